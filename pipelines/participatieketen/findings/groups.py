"""Groups that differ from the others of their grouping by more than chance allows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from participatieketen.charts import words
from participatieketen.charts.group_difference import Comparison, Part, differences
from participatieketen.charts.group_share import DIRECTIONS, people_of
from participatieketen.findings.finding import Finding, blank, slug
from participatieketen.findings.shares import Banded
from participatieketen.findings.templates import GROUP, PHRASES

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released


def groups(group_share: "Released") -> Iterator[Finding]:
    """Yield a finding for every group that differs, as `charts.differences` tells; each tells both directions.

    group_share  grouping, group_code, label, direction, n, moved, share, lower, upper
    """
    found, made = differences(group_share.frame)
    for _, both in groupby(found, key=lambda one: (one.part.grouping, one.part.code)):
        yield _finding(list(both), made, group_share.context)


def _finding(found: list[Comparison], made: list[Comparison], context: "Context") -> Finding:
    """Return what the group differs in, and of the other direction that it does not, or cannot be compared."""
    group = found[0].part
    other = [way for way in DIRECTIONS if way not in {one.part.direction for one in found}]
    people = people_of(context, group.grouping, group.code, group.label)
    tested = GROUP.says("toets" if len(found) == 1 else "toets-beide")
    first = GROUP.says("verschil", people=people, **_beside(found[0]))
    said = [first, *map(_said_too, found[1:]), tested, *(_other(group, way, made) for way in other)]
    shown = [(one.part.direction, _banded(one.part)) for one in found]
    return replace(
        blank(GROUP, _name(group), context, people=words.capital(people)),
        number=" · ".join(f"{words.percent(share.share)} {way}" for way, share in shown),
        sentence=" ".join(said),
        values={key: value for one in found for key, value in _values(one).items()} | {"vergelijkingen": len(made)},
        range=", ".join(f"{way} {share.between}" for way, share in shown),
        chance="signaal",
        period=_year(context),
    )


def beside_others(found: Finding) -> str:
    """Return a finding on a group in short, with what it is set beside, as a name in a sentence.

    "deelnemers aan het Innovatielab (20% vooruit, anderen 10%)"; of a finding of an earlier release too.
    """
    shown = [
        f"{words.percent(found.values[way])} {way}{_others(found, way)}" for way in DIRECTIONS if way in found.values
    ]
    name = f"{found.title[:1].lower()}{found.title[1:]}"
    return f"{name} ({'; '.join(shown)})" if shown else name


def _others(found: Finding, way: str) -> str:
    rest = found.values.get(f"{way}_anderen")
    return "" if rest is None else f", {PHRASES['anderen']} {words.percent(rest)}"


def _year(context: "Context") -> str:
    """Return the year in which the groups were followed: the last one that is not provisional."""
    after = context.provisional_from
    return words.months(words.year_before(after), after - timedelta(days=1))


def _name(group: Part) -> str:
    return f"groep-{slug(group.grouping)}--{slug(group.code)}"


def _said_too(one: Comparison) -> str:
    """Return a second difference of the same group, in the other direction."""
    return GROUP.says("ook", **_beside(one))


def _beside(one: Comparison) -> dict[str, str]:
    share = _banded(one.part)
    return {
        "share": words.with_band(_about(share.share), share.lower, share.upper),
        "direction": one.part.direction,
        "others": PHRASES["andere-groep" if one.others == 1 else "andere-groepen"],
        "rest": _about(one.rest),
    }


def _banded(part: Part) -> Banded:
    return Banded(part.share, part.lower, part.upper, part.n)


def _about(share: float) -> str:
    shown = words.percent(share)
    return {"<1%": PHRASES["minder-dan-1"], ">99%": PHRASES["meer-dan-99"]}.get(shown, f"ongeveer {shown}")


def _other(group: Part, way: str, made: Sequence[Comparison]) -> str:
    compared = {(one.part.grouping, one.part.code, one.part.direction) for one in made}
    return GROUP.says("gelijk" if (group.grouping, group.code, way) in compared else "onbekend", direction=way)


def _values(one: Comparison) -> dict[str, float]:
    way = one.part.direction
    return _banded(one.part).values(way) | {f"{way}_n": one.part.n, f"{way}_anderen": round(one.rest, 2)}
