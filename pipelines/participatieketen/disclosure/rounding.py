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
class Rounded:
    """Values that add up.

    values  (cells,) multiples of the base
    extra   (cells,) steps of the base beyond the two multiples around the count
    """

    values: Counts
    extra: Counts


def rounded(system: System, target: Counts, draw: Numbers, fixed: Counts, between: tuple[Counts, Counts]) -> Rounded:
    """Return values that satisfy every identity of the system and are as near to the targets as that allows.

    target   (cells,) one of the two multiples around each count
    draw     (cells,) in [0, 1): decides between solutions that are as near
    fixed    (cells,) values released before; -1 = free
    between  (cells,) twice: the multiples of the base that a value lies between without extra steps
    Raises   DisclosureRefused when no solution is found within two extra steps or a minute.
    Source   Cox & Ernst (1982), INFOR 20(4), 423-432: controlled rounding; here as an integer program.
    """
    for steps in EXTRA_STEPS:
        if (found := _solved(system, target, draw, fixed, between, steps)) is not None:
            return found
    raise DisclosureRefused(
        f"Tabel {system.table}: afronden op wat al is vrijgegeven lukt niet meer. "
        "Er is niets vrijgegeven: herzie de voorlopige maanden (revise)."
    )


def _solved(
    system: System, target: Counts, draw: Numbers, fixed: Counts, between: tuple[Counts, Counts], steps: int
) -> Rounded | None:
    """Return the best values with at most so many extra steps, or None: x = base (main + more - less) when free."""
    free = fixed < 0
    base = system.base[free]
    low, high = (side[free] // base for side in between)
    cost = np.where(np.clip(target[free] // base, low, high) > low, -1, 1) * (1 + _BETWEEN_EQUALS * draw[free])
    room = system.room[free]
    extra = np.where(room > 0, _PER_SLACK, _PER_EXTRA) * (1 + draw[free])
    most = np.maximum(steps, room)
    columns = system.identities[:, free] @ sparse.diags_array(base, dtype=np.int64)
    found = minimum(
        sparse.hstack([columns, columns, -columns], format="csc"),
        -(system.identities[:, ~free] @ fixed[~free]),
        np.concatenate([cost, extra, extra]),
        (np.concatenate([low, 0 * low, 0 * low]), np.concatenate([high, most, np.minimum(most, low)])),
    )
    if found is None:
        return None
    main, more, less = np.split(found, 3)
    values, beyond = fixed.copy(), np.zeros_like(fixed)
    values[free], beyond[free] = base * (main + more - less), more + less
    return Rounded(values, beyond)


def minimum(matrix: Matrix, right: Counts, cost: Numbers, within: tuple[Counts, Counts]) -> Counts | None:
    """Return whole x in [lower, upper] with matrix @ x = right and the least cost, or None when there is none.

    Raises DisclosureRefused when the best is not known within a minute.
    """
    solver = program(matrix, (right, right), within, cost, whole=True)
    solver.setOptionValue("time_limit", TIME_LIMIT_S)
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
