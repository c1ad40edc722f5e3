"""Controlled rounding: the multiples of the base nearest to the targets that add up as the true counts do."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from highspy import Highs, HighsLp, HighsModelStatus, HighsVarType, MatrixFormat
from scipy import sparse

from participatieketen.disclosure.systems import Counts, Matrix, System
from participatieketen.errors import DisclosureRefused

Numbers = npt.NDArray[np.float64]

TIME_LIMIT_S = 60.0
EXTRA_STEPS = (0, 1, 2)

_PER_EXTRA = 1_000.0  # an extra step costs more than any number of counts rounded the other way
_PER_SLACK = 2.0  # a step within the slack of a cell costs as much as two counts rounded the other way
_BETWEEN_EQUALS = 0.1  # so much of the cost is drawn, so that one solution is the best
_WHOLE = 0.5


@dataclass(frozen=True)
class Goal:
    """Where the counts of a system are rounded to when nothing else is asked.

    target     (cells,) multiples of the base
    low, high  (cells,) the multiples that a value lies between without extra steps; the target is one of them
    draw       (cells,) in [0, 1): decides between solutions that are as near
    weight     (cells,) what it costs to miss the target by a step of the base
    """

    target: Counts
    low: Counts
    high: Counts
    draw: Numbers
    weight: Numbers

    def only(self, which: npt.NDArray[np.bool_]) -> "Goal":
        """Return the goal of these cells."""
        return Goal(self.target[which], self.low[which], self.high[which], self.draw[which], self.weight[which])

    def beyond(self, values: Counts, base: Counts) -> Counts:
        """Return (cells,) how many steps of the base values lie beyond low and high."""
        return np.asarray(np.maximum(0, np.maximum(self.low - values, values - self.high)) // base)


def rounded(system: System, goal: Goal, fixed: Counts) -> Counts:
    """Return (cells,) values that satisfy every identity of the system and miss the goal as little as that allows.

    fixed   (cells,) values released before; -1 = free
    Returns values that add up with those released before; of a system apart, where that takes an extra step, values
            that add up among themselves.
    Raises  DisclosureRefused when no solution is found within two extra steps or a minute.
    Source  Cox & Ernst (1982), INFOR 20(4), 423-432: controlled rounding; here as an integer program.
    """
    for steps in EXTRA_STEPS:
        if (values := _solved(system, goal, fixed, steps)) is not None:
            return values
        if system.apart and (values := _solved(system, goal, np.full_like(fixed, -1), 0)) is not None:
            return np.where(fixed < 0, values, fixed)
    raise DisclosureRefused(
        f"Tabel {system.table}: afronden op wat al is vrijgegeven lukt niet meer. "
        "Er is niets vrijgegeven: herzie de eerdere maanden (keten run --revise)."
    )


def _solved(system: System, goal: Goal, fixed: Counts, steps: int) -> Counts | None:
    """Return the best values with at most so many extra steps, or None.

    A free value is the target, so many steps of the base away from it (towards the other end), and extra steps up or
    down: what the program counts are steps, so that its cost is that of what was missed and nothing else.
    """
    free = fixed < 0
    base, room, aim = system.base[free], system.room[free], goal.only(free)
    away = np.where(aim.target > aim.low, -1, 1) * base
    cost = aim.weight * (1 + _BETWEEN_EQUALS * aim.draw)
    extra = np.where(room > 0, _PER_SLACK, _PER_EXTRA) * (1 + aim.draw)
    most = np.maximum(steps, room)
    start = fixed.copy()
    start[free] = aim.target
    columns = system.identities[:, free]
    found = minimum(
        sparse.hstack([columns @ _diagonal(step) for step in (away, base, -base)], format="csc"),
        -(system.identities @ start),
        np.concatenate([cost, extra, extra]),
        np.concatenate([(aim.high - aim.low) // base, most, np.minimum(most, aim.low // base)]),
    )
    if found is None:
        return None
    towards, more, less = np.split(found, 3)
    start[free] += away * towards + base * (more - less)
    return start


def _diagonal(steps: Counts) -> Matrix:
    return sparse.diags_array(steps, dtype=np.int64)


def minimum(matrix: Matrix, right: Counts, cost: Numbers, upper: Counts) -> Counts | None:
    """Return whole x in [0, upper] with matrix @ x = right and the least cost, or None when there is none.

    Raises DisclosureRefused when the best is not known within a minute.
    """
    solver = program(matrix, (right, right), (0 * upper, upper), cost, whole=True)
    solver.setOptionValue("time_limit", TIME_LIMIT_S)
    solver.setOptionValue("mip_rel_gap", 0.0)  # the best, not one that costs a little more
    solver.run()
    status = solver.getModelStatus()
    if status in {HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible}:
        return None
    if status not in {HighsModelStatus.kOptimal, HighsModelStatus.kModelEmpty}:
        raise DisclosureRefused("Afronden duurt te lang of loopt vast. Er is niets vrijgegeven: meld dit als fout.")
    return np.floor(np.array(solver.getSolution().col_value) + _WHOLE).astype(np.int64)


def program(
    matrix: Matrix, rows: tuple[Any, Any], columns: tuple[Any, Any], cost: npt.ArrayLike, *, whole: bool
) -> Highs:
    """Return a solver that holds: minimise cost @ x with rows[0] <= matrix @ x <= rows[1], columns likewise for x."""
    compressed = sparse.csc_array(matrix)
    model = HighsLp()
    model.num_row_, model.num_col_ = compressed.shape
    model.col_cost_ = np.asarray(cost, dtype=float)
    model.col_lower_, model.col_upper_ = (np.asarray(side, dtype=float) for side in columns)
    model.row_lower_, model.row_upper_ = (np.asarray(side, dtype=float) for side in rows)
    model.a_matrix_.format_ = MatrixFormat.kColwise
    model.a_matrix_.start_ = compressed.indptr
    model.a_matrix_.index_ = compressed.indices
    model.a_matrix_.value_ = compressed.data.astype(float)
    if whole:
        model.integrality_ = [HighsVarType.kInteger] * compressed.shape[1]
    solver = Highs()  # type: ignore[no-untyped-call] # highspy ships no types here
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("parallel", "off")
    solver.passModel(model)
    return solver
