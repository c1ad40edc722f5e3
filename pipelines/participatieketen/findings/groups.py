"""Groups that differ from the others of their grouping by more than chance allows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.findings.changes import share_in
from participatieketen.findings.finding import Finding, blank, slug
from participatieketen.findings.shares import values
from participatieketen.findings.templates import GROUP, PHRASES
from participatieketen.months import year_before
from participatieketen.readings import DIRECTIONS, Comparison, Part, differences, people_of, wording

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released


COARSER = 2
"""Times the base: at which a grouping with small groups is rounded."""


def groups(group_share: "Released") -> Iterator[Finding]:
    """Yield a finding for every group that differs, as `readings.differences` tells; each tells both directions.

    group_share  grouping, group_code, label, direction, x, n, x_households, n_households, base
    """
    differ, made = differences(group_share.frame)
    coarser = {(one.part.grouping, one.part.code) for one in _at_coarser(group_share)}
    for name, both in groupby(differ, key=lambda one: (one.part.grouping, one.part.code)):
        yield _finding(list(both), made, group_share.context, coarser=name in coarser)


def _at_coarser(group_share: "Released") -> list[Comparison]:
    """Return the groups that would differ too if their counts were rounded to the coarser base."""
    return differences(group_share.frame, COARSER * group_share.context.base)[0]


def _finding(differ: list[Comparison], made: list[Comparison], context: "Context", *, coarser: bool) -> Finding:
    """Return what the group differs in, and of the other direction that it may be chance, or cannot be compared."""
    group = differ[0].part
    other = [way for way in DIRECTIONS if way not in {one.part.direction for one in differ}]
    people = people_of(context, group.grouping, group.code, group.label)
    tested = GROUP.says("toets" if len(differ) == 1 else "toets-beide")
    first = GROUP.says("verschil", people=people, **_beside(differ[0]))
    sentences = [first, *map(_also, differ[1:]), tested, *(_other(group, way, made) for way in other)]
    shown = [(one.part.direction, one.part.share) for one in differ]
    numbers = {"vergelijkingen": len(made), "afgerond_op": group.base, "ook_bij_grover": int(coarser)}
    return replace(
        blank(GROUP, _name(group), context, people=dutch.capital(people)),
        number=" · ".join(f"{share.figure} {way}" for way, share in shown),
        sentence=words.joined(*sentences, context.caution_of(group.grouping)),
        values={key: value for one in differ for key, value in _values(one).items()} | numbers,
        range=", ".join(f"{way} {share.between}" for way, share in shown),
        chance="signaal",
        period=_year(context),
    )


def news_of_base(found: Finding, bases: Mapping[str, int]) -> bool:
    """Return whether a finding on a group may be there, or gone, by nothing but another base of its grouping.

    bases  as of `bases_of`, of the other release
    """
    base = bases.get(_grouping_id(found))
    other = base is not None and base != found.values.get("afgerond_op", base)
    return other and not found.values.get("ook_bij_grover", 1)


def bases_of(tables: Mapping[str, "Released"]) -> dict[str, int]:
    """Return what the counts of each grouping are multiples of, by what the ids of its findings begin with."""
    if "group_share" not in tables:
        return {}
    rows = tables["group_share"].frame.select("grouping", "base").unique("grouping", maintain_order=True).iter_rows()
    return {f"groep-{slug(grouping)}": base for grouping, base in rows}


def bases_told(found: Sequence[Finding]) -> dict[str, int]:
    """Return the same as `bases_of`, as far as findings tell."""
    return {_grouping_id(one): round(one.values["afgerond_op"]) for one in found if "afgerond_op" in one.values}


def _grouping_id(found: Finding) -> str:
    return found.id.partition("--")[0]


def beside_others(found: Finding) -> str:
    """Return a finding on a group in short, with what it is set beside, as a name in a sentence.

    "deelnemers aan het Innovatielab (20% vooruit, anderen 10%)"; of a finding of an earlier release too.
    """
    shown = [
        f"{share_in(found, way).figure} {way}{_others(found, way)}"
        for way in DIRECTIONS
        if f"{way}_onder" in found.values
    ]
    name = f"{found.title[:1].lower()}{found.title[1:]}"
    return f"{name} ({'; '.join(shown)})" if shown else name


def _others(found: Finding, way: str) -> str:
    rest = found.values.get(f"{way}_anderen")
    return "" if rest is None else f", {PHRASES['anderen']} {wording.percent(rest)}"


def _year(context: "Context") -> str:
    """Return the year in which the groups were followed: the last one that is not provisional."""
    after = context.provisional_from
    return dutch.months(year_before(after), after - timedelta(days=1))


def _name(group: Part) -> str:
    return f"groep-{slug(group.grouping)}--{slug(group.code)}"


def _also(one: Comparison) -> str:
    """Return a second difference of the same group, in the other direction."""
    return GROUP.says("ook", **_beside(one))


def _beside(one: Comparison) -> dict[str, str]:
    return {
        "share": one.part.share.stated,
        "direction": one.part.direction,
        "others": PHRASES["andere-groep" if one.others == 1 else "andere-groepen"],
        "rest": _about(one),
    }


def _about(one: Comparison) -> str:
    """Return the share of the others; where it is mostly rounding, on which side of the group it lies."""
    if one.rest is None:
        return PHRASES["minder" if one.side > 0 else "meer" if one.side < 0 else "te-weinig"]
    shown = wording.percent(one.rest)
    return {"<1%": PHRASES["minder-dan-1"], ">99%": PHRASES["meer-dan-99"]}.get(shown, f"ongeveer {shown}")


def _other(group: Part, way: str, made: Sequence[Comparison]) -> str:
    """Return both figures of a direction in which the group is not shown to differ."""
    same = (group.grouping, group.code, way)
    one = next((one for one in made if (one.part.grouping, one.part.code, one.part.direction) == same), None)
    return GROUP.says("onbekend", direction=way) if one is None else GROUP.says("toeval", **_beside(one))


def _values(one: Comparison) -> dict[str, float]:
    way = one.part.direction
    others = {} if one.rest is None else {f"{way}_anderen": one.rest}
    return values(one.part.share, way) | {f"{way}_n": one.part.n} | others
