"""disclosure, audit: intervals checked by listing every possible table, and five schemes that must be refused."""

import sys
from itertools import product

import numpy as np
import polars as pl
import pytest
from highspy import HighsModelStatus

import crowd
from participatieketen import disclosure
from participatieketen.disclosure import audit as module
from participatieketen.disclosure import families
from participatieketen.disclosure.audit import (
    Examined,
    Limits,
    Tried,
    _each,
    _limits,
    _need,
    _seen,
    _solution,
    _solver,
    examine,
)
from participatieketen.disclosure.series import BOOK, NOTHING, newest
from participatieketen.disclosure.systems import NAME, NO_CROSSES, Crosses, System
from participatieketen.errors import DisclosureRefused, WrongUse

PLACES = crowd.walks(400, 24, seed=3)


def system(rows: list[list[int]], base: int = 5) -> System:
    """Return a table with its margins: cells r0c0, ..., rows r0t, ..., columns tc0, ..."""
    names = {(r, c): name(f"r{r}", f"c{c}") for r, row in enumerate(rows) for c, _ in enumerate(row)}
    truth = {names[r, c]: count for r, row in enumerate(rows) for c, count in enumerate(row)}
    identities = []
    for r, row in enumerate(rows):
        truth[name(f"r{r}", "t")] = sum(row)
        identities.append({name(f"r{r}", "t"): -1} | {names[r, c]: 1 for c in range(len(row))})
    for c, column in enumerate(zip(*rows, strict=True)):
        truth[name("t", f"c{c}")] = sum(column)
        identities.append({name("t", f"c{c}"): -1} | {names[r, c]: 1 for r in range(len(rows))})
    return families.weighed(truth, identities, base)


def name(start: str, end: str) -> families.Name:
    """Return the name of a cell."""
    return ("stock_flow", "", "", crowd.FIRST, start, end)


def lines(of: System, values: dict[str, int], bound: int | dict[str, int] = 4) -> pl.DataFrame:
    """Return the ledger's lines of these cells ("r0c1")."""
    rows = [
        (*cell, values[short], 5, bound if isinstance(bound, int) else bound[short], 0, values[short], False)
        for cell in of.cells.rows()
        if (short := cell[4] + cell[5]) in values
    ]
    return pl.DataFrame(rows, schema=BOOK, orient="row")


def listed(of: System, limits: Limits) -> tuple[list[int], list[int]]:
    """Return the lowest and highest count of each cell among all tables that are possible, listed one by one."""
    cells = [k for k, cell in enumerate(of.cells.rows()) if cell[4] != "t" and cell[5] != "t"]
    totals = [k for k in range(len(of.truth)) if k not in cells]
    sums = np.asarray(of.identities.todense())
    ranges = [range(int(limits[0][k]), int(limits[1][k]) + 1) for k in cells]
    found = []
    for inner in product(*ranges):
        whole = np.zeros(len(of.truth), dtype=int)
        whole[cells] = inner
        whole[totals] = (sums @ whole)[[int(np.flatnonzero(sums[:, k])[0]) for k in totals]]
        if not (sums @ whole).any() and (whole >= limits[0]).all() and (whole <= limits[1]).all():
            found.append(whole)
    return np.min(found, axis=0).tolist(), np.max(found, axis=0).tolist()


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([[1, 3], [2, 8]], {"r0c0": 0, "r0c1": 5, "r1c0": 0, "r1c1": 10, "r0t": 5, "r1t": 10, "tc0": 0, "tc1": 15}),
        ([[4, 0], [0, 6]], {"r0c0": 5, "r0c1": 0, "r1c0": 0, "r1c1": 5, "r0t": 5, "tc0": 5}),
        ([[2, 2], [2, 2]], {"r0t": 5, "r1t": 5, "tc0": 0, "tc1": 10, "r0c0": 0, "r0c1": 0, "r1c0": 5, "r1c1": 5}),
    ],
)
def test_intervals_are_those_of_all_possible_tables(rows: list[list[int]], values: dict[str, int]) -> None:
    """The linear programs find what listing every table finds."""
    of = system(rows)
    everything = np.ones(len(of.truth), dtype=bool)
    limits = _limits(of, lines(of, values), ~everything)
    seen = _seen(of, limits, Tried(everything, np.full(len(of.truth), 1_000)), NO_CROSSES)
    low, high = listed(of, limits)
    assert np.round(seen.low, 4).tolist() == low
    assert np.round(seen.high, 4).tolist() == high


def test_rounded_and_added_up_is_not_refused() -> None:
    """The scheme in use, two years of it: the narrowest interval is base - 1."""
    found = disclosure.release(crowd.counts(PLACES), crowd.context(24), crowd.KEY, NOTHING, months=24)
    assert found.audited.cells > 100
    assert found.audited.narrowest == 4


def released(counts: dict[str, pl.DataFrame]) -> tuple[System, pl.DataFrame]:
    """Return the flows of a year and what is released of them."""
    found = disclosure.release(counts, crowd.context(12), crowd.KEY, NOTHING, months=12)
    layout = families.arcs(crowd.pairs(counts), crowd.INSIDE)
    first = counts["stock_flow"].filter(month=crowd.FIRST).with_columns(group=pl.lit(""))
    persons = families.grid(first, [crowd.FIRST], layout.flows, [""])[0, 0]
    of = families.flow_system(layout, persons, "stock_flow", (crowd.FIRST, crowd.FIRST, crowd.month(1)), 5)
    return of, found.lines.filter(pl.col("family") == "stock_flow")


def exactly(of: System, which: pl.Expr) -> pl.DataFrame:
    """Return lines that show these cells as they are."""
    true = of.cells.with_columns(value=of.truth, base=1, bound=0, extra=0, drawn=of.truth, renewed=False)
    return true.filter(which).select(*BOOK).cast({"base": pl.Int64, "bound": pl.Int64, "extra": pl.Int64})


OF, LINES = released(crowd.counts(PLACES[:, :13]))


def test_what_is_released_passes_in_this_table_too() -> None:
    """Without the four changes below nothing is refused."""
    assert examine(OF, LINES).passed().cells > 3


def test_hiding_what_is_under_ten_is_refused() -> None:
    """Totals minus what is shown give what is hidden."""
    with pytest.raises(DisclosureRefused, match=r"Tabel stock_flow: een aantal van 1 tot en met 9"):
        examine(OF, exactly(OF, pl.col("value") >= 10)).passed()


def test_one_exact_small_value_is_refused() -> None:
    """A tooltip with the count behind a rounded one."""
    small = (pl.col("value") > 0) & (pl.col("value") < 10)
    one = exactly(OF, small).head(1)
    assert one.height == 1
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        examine(OF, pl.concat([LINES, one])).passed()


def test_a_second_release_drawn_afresh_is_refused() -> None:
    """Two roundings of the same counts narrow them down."""
    other = disclosure.release(
        crowd.counts(PLACES[:, :13]), crowd.context(12), bytes(32), NOTHING, months=12
    ).lines.filter(pl.col("family") == "stock_flow")
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        examine(OF, pl.concat([LINES, other])).passed()


def test_margins_that_are_not_rounded_are_refused() -> None:
    """Exact stocks and totals beside rounded flows."""
    margin = (pl.col("from_position") == "totaal") | pl.col("to_position").is_in(["totaal", "buiten"])
    rounded = LINES.join(exactly(OF, margin), on=NAME, how="anti")
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        examine(OF, pl.concat([rounded, exactly(OF, margin)])).passed()


def public(of: System, which: pl.Expr, more: int = 0) -> pl.DataFrame:
    """Return these counts as figures that anyone can look up, or figures that are so many more."""
    return of.cells.with_columns(persons=of.truth + more).filter(which)


def test_public_knowledge_counts() -> None:
    """A total of four that anyone can look up leaves a part shown as 5 no more than 1 to 4."""
    of = system([[3, 1]])
    values = lines(of, {"r0c0": 5, "r0c1": 0, "r0t": 5, "tc0": 5, "tc1": 0})
    assert examine(of, values).passed().narrowest == 4
    with pytest.raises(DisclosureRefused, match="4 keer in 5 aantallen"):
        examine(of, values, public(of, (pl.col("to_position") == "t") & (pl.col("from_position") == "r0"))).passed()


def test_a_total_that_is_public_leaves_its_groups_no_less_room() -> None:
    """Of three people in a total that anyone can look up, each group at base 10 would be known to be three at most."""
    cells = [name("a", "b"), *(("stock_flow", "wijk", group, crowd.FIRST, "a", "b") for group in "xy")]
    of = families.weighed(dict(zip(cells, (3, 2, 1), strict=True)), [dict(zip(cells, (-1, 1, 1), strict=True))], 5)
    of = System(of.cells, of.truth, np.array([5, 10, 10]), of.identities)
    values = pl.DataFrame(
        [(*cells[0], 5, 5, 4, 0, 5, False), *((*cell, 0, 10, 9, 0, 0, False) for cell in cells[1:])], BOOK, orient="row"
    )
    assert examine(of, values).passed().cells == 3
    with pytest.raises(DisclosureRefused, match="Tabel stock_flow wijk: een aantal van 1 tot en met 9"):
        examine(of, values, public(of, pl.col("grouping") == "")).passed()


def test_a_public_figure_that_is_no_count_is_refused() -> None:
    """A name that does not occur, another number, or the same figure twice: the line says how many."""
    of = system([[3, 1]])
    values, right = lines(of, {"r0c0": 5, "r0c1": 0, "r0t": 5}), public(of, pl.col("to_position") == "c0")
    for wrong in (right.with_columns(to_position=pl.lit("x")), public(of, pl.col("to_position") == "c0", 1)):
        with pytest.raises(WrongUse, match=r"Van de 2 bekende aantallen .* zijn er 2 dubbel"):
            examine(of, values, wrong).passed()
    with pytest.raises(WrongUse, match="zijn er 2 dubbel"):
        examine(of, values, pl.concat([right, right])).passed()


def test_a_whole_group_that_provably_made_one_move_is_refused() -> None:
    """Of twenty people all twenty went one way, and the other way is shown as exactly empty."""
    of = system([[20, 0], [30, 40]])
    values = {"r0c0": 20, "r0t": 20, "r1c0": 30, "r1c1": 40, "r1t": 70, "tc0": 50, "tc1": 40}
    assert examine(of, lines(of, values | {"r0c1": 0})).passed().narrowest is None
    known = dict.fromkeys([*values, "r0c1"], 4) | {"r0c1": 0}
    with pytest.raises(DisclosureRefused, match="iedereen dezelfde stap"):
        examine(of, lines(of, values | {"r0c1": 0}, known)).passed()


def test_a_part_needs_no_more_room_than_its_total_has() -> None:
    """A group at base 10 in a total that was released as 0 at base 5 is 4 at most."""
    cells = families.named([name("a", "b"), ("stock_flow", "wijk", "x", crowd.FIRST, "a", "b")])
    of = System(cells, np.array([2, 2]), np.array([5, 10]), np.zeros((0, 2)))
    assert _need(of, np.array([4.0, 9.0])).tolist() == [4, 4]
    assert _need(of, np.array([8.0, 9.0])).tolist() == [4, 8]


def test_a_total_with_two_values_leaves_its_groups_no_less_room() -> None:
    """Two values of one total narrow it to three; a group in it known to seven is still refused."""
    cells = [name("a", "b"), *(("stock_flow", "wijk", group, crowd.FIRST, "a", "b") for group in "xy")]
    of = families.weighed(dict(zip(cells, (17, 4, 13), strict=True)), [dict(zip(cells, (-1, 1, 1), strict=True))], 5)
    of = System(of.cells, of.truth, np.array([5, 10, 10]), of.identities)
    rows = [
        (*cells[0], 15, 5, 4, 0, 15, False),
        (*cells[0], 20, 5, 4, 0, 15, False),
        (*cells[1], 10, 10, 9, 0, 10, False),
        (*cells[2], 20, 10, 9, 0, 20, False),
    ]
    values = pl.DataFrame(rows, BOOK, orient="row")
    assert _limits(of, values, of.truth < 0)[0].tolist() == [16, 1, 11]
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9 is te precies af te leiden, 1 keer"):
        examine(of, values).passed()


Table = list[list[int]]


def merged(rows: Table, base: int = 5) -> tuple[System, Crosses]:
    """Return groups x, y (rows) that leave "a" for o0, o1, ...: per group all together, per place everyone."""
    groups = [("stock_flow", "wijk", "xy"[r], crowd.FIRST, "a", "buiten") for r, _ in enumerate(rows)]
    places = [name("a", f"o{c}") for c, _ in enumerate(rows[0])]
    total = ("stock_flow", "wijk", "totaal", crowd.FIRST, "a", "buiten")
    truth = dict(zip([*groups, *places, total], [*map(sum, rows), *np.sum(rows, axis=0), np.sum(rows)], strict=True))
    sums = [dict.fromkeys(parts, 1) | {total: -1} for parts in (groups, places)]
    of = families.weighed(truth, sums, 5)
    of = System(of.cells, of.truth, np.where(of.cells["grouping"] == "wijk", base, 5), of.identities)
    row, column = (places.ravel() for places in np.indices(np.shape(rows)))
    return of, Crosses(row, column + len(rows), np.full(row.size, len(truth) - 1), np.ravel(rows))


def released_as(of: System, values: list[int], bounds: list[int]) -> pl.DataFrame:
    """Return the ledger's lines of the first cells of a system."""
    numbers = zip(of.cells.rows(), values, bounds, strict=False)
    return pl.DataFrame(
        [(*cell, value, 5, bound, 0, value, False) for cell, value, bound in numbers], BOOK, orient="row"
    )


TABLES = [
    ([[2, 3], [1, 4]], [5, 5, 5, 5, 10], [4, 4, 4, 4, 4]),
    ([[1, 0], [4, 2]], [0, 10, 5, 0, 10], [1, 4, 2, 2, 3]),
    ([[7, 1], [6, 2]], [8, 8, 13, 3, 16], [0, 0, 0, 0, 0]),
    ([[3, 1, 0], [2, 0, 1]], [5, 5, 5, 0, 0, 5], [1, 3, 2, 1, 2, 4]),
]


def tables(of: System, crosses: Crosses, limits: Limits, shape: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Return the lowest and highest count of each cross among all tables with possible margins, listed one by one."""
    most = int(max(np.minimum(limits[1][crosses.row], limits[1][crosses.column])))
    inner = np.indices((most + 1,) * len(crosses.truth)).reshape(len(crosses.truth), -1)
    table = inner.reshape(*shape, -1)
    whole = np.vstack([table.sum(axis=1), table.sum(axis=0), inner.sum(axis=0)])
    possible = inner[:, ((whole >= limits[0][:, None]) & (whole <= limits[1][:, None])).all(axis=0)]
    assert possible.size
    assert not (of.identities @ whole).any()
    return possible.min(axis=1).tolist(), possible.max(axis=1).tolist()


@pytest.mark.parametrize(("rows", "values", "bounds"), TABLES)
def test_what_margins_leave_is_what_all_possible_tables_leave(
    rows: Table, values: list[int], bounds: list[int]
) -> None:
    """The interval of a count that is never released is that of all tables, in many programs at once and in its own."""
    of, crosses = merged(rows)
    limits = _limits(of, released_as(of, values, bounds), of.truth < 0)
    low, high = tables(of, crosses, limits, np.shape(rows))
    cells, every = len(of.truth), len(of.truth) + len(low)
    seen = _seen(of, limits, Tried(np.arange(every) >= cells, np.full(every, 1_000)), crosses)
    assert np.round(seen.low[cells:], 4).tolist() == low
    assert np.round(seen.high[cells:], 4).tolist() == high
    truth = np.concatenate([of.truth, crosses.truth]).astype(float)
    for place in range(cells, every):
        one = Tried(np.arange(every) == place, np.full(every, 1_000))
        alone = _each(of, limits, one, crosses, module.Seen(truth, truth))
        assert np.round([alone.low[place], alone.high[place]], 4).tolist() == [low[place - cells], high[place - cells]]


def test_a_count_that_is_never_released_can_be_worked_out_from_its_margins() -> None:
    """With both margins looked up, of the five of x at most the three of o0 went to o0: no cell gives it away."""
    of, crosses = merged([[2, 3], [1, 4]])
    values = released_as(of, [5, 5, 5, 5, 10], [4, 4, 4, 4, 4])
    margins = public(of, (pl.col("group_code") == "x") | (pl.col("to_position") == "o0"))
    assert examine(of, values, crosses=crosses).passed().cells == 8
    assert examine(of, values, margins).passed().cells == 2
    with pytest.raises(DisclosureRefused, match=r"Tabel stock_flow wijk: een aantal van 1 .*, 3 keer in 9 aantallen"):
        examine(of, values, margins, crosses).passed()


def test_a_count_that_is_never_released_needs_no_more_room_than_its_column() -> None:
    """At base 10 four is enough where everyone together was released as 0 at base 5, and not where it was 5."""
    of, crosses = merged([[1, 6], [1, 6]], base=10)
    bounds = [9, 9, 4, 4, 9]
    assert examine(of, released_as(of, [10, 0, 0, 15, 10], bounds), crosses=crosses).passed().narrowest == 4
    narrow = public(of, pl.col("to_position") == "o0")
    with pytest.raises(DisclosureRefused, match="Tabel stock_flow wijk"):
        examine(of, released_as(of, [10, 0, 5, 15, 10], bounds), narrow, crosses).passed()


def corrected(places: np.ndarray[tuple[int, int], np.dtype[np.int64]], seed: int) -> None:
    """Let some people turn out to have left two months ago."""
    random = np.random.default_rng(seed)
    who = random.choice(len(places), 4, replace=False)
    places[who, -3:] = 3


def test_a_year_of_releases_with_corrections_and_a_revision_passes() -> None:
    """Every month a release, every month late corrections, once a revision: all of it together shows nobody."""
    places, kept = PLACES.copy(), NOTHING
    for months in range(13, 25):
        seen = places[:, : months + 1]
        corrected(seen, months)
        found = disclosure.release(
            crowd.counts(seen), crowd.context(months), crowd.KEY, kept, months=24, revise=months == 22
        )
        assert found.audited.narrowest is not None
        assert found.audited.narrowest >= 4
        kept = pl.concat([kept, found.lines])
        tables = [found.tables[name] for name in ("released_stock_flow", "released_steps")]
        wider = [note for note in tables[0].context.notes if "Om optellingen te laten kloppen" in note]
        assert bool(wider) == any(bound > 4 for table in tables for bound in table.frame["bound"])
    assert 0 < kept.height - newest(kept).height < 200


def test_a_revision_of_few_is_refused() -> None:
    """With nobody moved there is nothing to revise, and what moved could be one person."""
    counts = crowd.counts(PLACES)
    first = disclosure.release(counts, crowd.context(24), crowd.KEY, NOTHING, months=24)
    with pytest.raises(DisclosureRefused, match="minstens 10 bewegingen"):
        disclosure.release(counts, crowd.context(24), crowd.KEY, first.lines, months=24, revise=True)


def test_a_program_that_runs_aground_is_solved_along_the_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no step left for the way from within, the least cost is what it is along the edges."""
    truth = OF.truth.astype(np.float64)
    limits: Limits = (0 * truth, truth + 4)
    cost = np.random.default_rng(1).choice([-1.0, 1.0], len(OF.truth))
    right = _solution(_solver(OF, limits), cost) @ cost
    monkeypatch.setattr(module, "_LARGE", 1)
    aground = _solver(OF, limits)
    aground.setOptionValue("presolve", "off")
    aground.setOptionValue("ipm_iteration_limit", 1)
    aground.run()
    assert aground.getModelStatus() != HighsModelStatus.kOptimal
    assert _solution(aground, cost) @ cost == pytest.approx(right)


PAIR = ("from_position", "to_position")
A, B = ("laag", "midden"), ("midden", "hoog")


def arcs_of_steps(counted: dict[tuple[int, tuple[str, str]], int]) -> pl.DataFrame:
    """Return the steps of thirteen months along two arcs, both forward."""
    rows = [(crowd.month(m), *arc, "vooruit", counted.get((m, arc), 0)) for m in range(13) for arc in (A, B)]
    schema = ("month", "from_position", "to_position", "direction", "steps")
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_years_that_follow_each_other_tell_of_the_month_between_them() -> None:
    """Of an arc 0 in one year and 10 in the next, and 0 forward in the last month: 2 to 4 then stepped along it."""
    steps = arcs_of_steps({(5, A): 4, (12, A): 4})
    of = families.arc_system(steps, [crowd.month(11), crowd.month(12)], 5)
    told = {("step_year", crowd.month(11), A[0]): 0, ("step_year", crowd.month(12), A[0]): 10}
    told |= {("step_month", crowd.month(m), "vooruit"): 5 if m == 5 else 0 for m in range(13)}
    rows = [
        (*cell, value, 5, 4, 0, value, False)
        for cell in of.cells.rows()
        if (value := told.get((cell[0], cell[3], cell[4]))) is not None
    ]
    told_lines = pl.DataFrame(rows, schema=BOOK, orient="row")
    assert told_lines.height == len(told)
    refused = examine(of, told_lines).refused.filter(family="step")
    assert refused.select("month", "from_position", "to_position").rows() == [(crowd.month(12), *A)]
    alone = families.arc_system(steps, [crowd.month(12)], 5)
    assert examine(alone, told_lines).refused.is_empty()


COUNTS, EARLIER = crowd.counts(PLACES), crowd.month(18)
OF_YEAR = COUNTS["step"].filter(pl.col("month").is_between(crowd.month(7), EARLIER))
YEARS = (
    ("step_year", OF_YEAR.group_by(PAIR, maintain_order=True).agg(count=pl.col("steps").sum())),
    ("year_matrix", COUNTS["year_matrix"].filter(month=EARLIER).select(*PAIR, count="persons")),
)


@pytest.mark.parametrize(("family", "table", "refused"), [(*YEARS[0], "step, step_year"), (*YEARS[1], "year_matrix")])
def test_what_an_earlier_report_told_of_its_year_counts(family: str, table: pl.DataFrame, refused: str) -> None:
    """A small count that is known exactly from the year of a report of months ago is refused."""
    lines_ = disclosure.release(COUNTS, crowd.context(24), crowd.KEY, NOTHING, months=24).lines
    start, to, true = table.filter(pl.col("count") > 0).sort("count").row(0)
    assert true < 10
    cell = (family, "", "", EARLIER, start, to)
    told = pl.DataFrame([(*cell, true, 1, 0, 0, true, False)], schema=BOOK, orient="row")
    assert disclosure.audited(COUNTS, crowd.context(24), lines_).narrowest == 4
    with pytest.raises(DisclosureRefused, match=f"Tabel {refused}: een aantal van 1 tot en met 9"):
        disclosure.audited(COUNTS, crowd.context(24), pl.concat([lines_, told]))


@pytest.mark.parametrize(("count", "refused"), [(1, True), (9, True), (10, False)])
def test_counts_of_one_to_nine_are_tried_and_no_others(count: int, refused: bool) -> None:  # noqa: FBT001
    """Each exactly known: nine is small and ten is not, so that the audit may not be blind to either end."""
    of = system([[count, 40]])
    exact = lines(of, {"r0c0": count}, 0)
    found = examine(of, exact)
    assert (found.audit.cells > 0) is refused
    assert (not found.refused.is_empty()) is refused


def test_no_release_leaves_without_its_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the audit refuses is refused, whichever of its two parts it is: tables that add up, or single counts."""
    counts = crowd.counts(PLACES[:, :14])
    tried: list[set[str]] = []

    def refusing(of: System, *_: object, **__: object) -> Examined:
        tried.append(set(of.cells["family"]))
        rule = of.cells.head(1).with_columns(rule=pl.lit(module.TOO_NARROW))
        return Examined(module.Audit(1, 0), rule.with_columns(grouping=pl.lit("")), 1)

    monkeypatch.setitem(vars(sys.modules["participatieketen.disclosure.release"]), "examine", refusing)
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        disclosure.release(counts, crowd.context(13), crowd.KEY, NOTHING, months=12)
    assert any("stock_flow" in families_ for families_ in tried)
    tried.clear()
    delivery = pl.DataFrame({"source": ["a"], "peildatum": [crowd.FIRST], "loaded": 12, "quarantined": 3}).with_columns(
        duplicates=0, expired=0
    )
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        disclosure.release({"delivery": delivery}, crowd.context(13), crowd.KEY, NOTHING, months=12)
    assert any("delivery" in families_ for families_ in tried)
