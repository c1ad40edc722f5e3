"""A chain file becomes a Chain, or one line that says what contradicts itself."""

from datetime import date
from pathlib import Path

import pytest

from drawn import PARTICIPATIE
from participatieketen import chain as chains
from participatieketen import places
from participatieketen.chain import Chain
from participatieketen.errors import WrongUse

SMALL = '''
name = "klein"
title = "Kleine keten"
otherwise = "weg"
out_of_sight = "weg"
not_yet = "weg"

[[positions]]
code = "hoog"
label = "Hoog"
rank = 1
ended = [{ register = "laag", reasons = ["1"] }]

[[positions]]
code = "laag"
label = "Laag"
rank = 0
open = [{ register = "laag" }]

[[positions]]
code = "weg"
label = "Weg"

[[examples]]
code = "eerste"
title = "Een voorbeeld"
text = "Zo werkt het."
result = "plekken"
given = """
a | b
1 | 2
"""
expected = """
c
3
"""
peildatum = 2024-01-01

[[examples]]
code = "tweede"
title = "Nog een"
text = "Zo ook."
result = "stappen"
given = "a\\n1"
expected = "b\\n2"
peildatum = 2024-01-01
'''


@pytest.mark.parametrize(
    ("renamed", "message"),
    [
        ('{ hoog = "top" }', "hernoemt een plek die er nog is"),
        ('{ top = "hoger" }', "naar een plek die er niet is"),
        ('{ top = "piek", piek = "top" }', "naar een plek die er niet is"),
        ('{ top = "hoog", piek = "hoog" }', "hernoemt twee plekken naar een"),
    ],
)
def test_a_new_name_is_of_a_position_that_is_there(tmp_path: Path, renamed: str, message: str) -> None:
    """Its earlier code is gone, and no two get one."""
    path = tmp_path / "keten.toml"
    path.write_text(SMALL.replace('not_yet = "weg"', f'not_yet = "weg"\nrenamed = {renamed}'), encoding="utf-8")
    with pytest.raises(WrongUse, match=message):
        chains.read(path)


def test_a_position_that_was_renamed_twice_has_one_first_code(tmp_path: Path) -> None:
    """Both earlier codes lead to the one of today."""
    path = tmp_path / "keten.toml"
    renamed = 'renamed = { top = "piek", piek = "hoog" }'
    path.write_text(SMALL.replace('not_yet = "weg"', f'not_yet = "weg"\n{renamed}'), encoding="utf-8")
    found = chains.read(path)
    assert found.present_codes == {"top": "hoog", "piek": "hoog"}
    assert found.first_codes == {"hoog": "top"}


def test_the_default_chain_goes_from_bijstand_to_work() -> None:
    """Five positions have a rank, in the order that the city chose."""
    by_rank = sorted(PARTICIPATIE.ranks, key=PARTICIPATIE.ranks.__getitem__)
    assert by_rank == ["bijstand", "dagbesteding", "sociale_cooperatie", "startbaan", "werk"]
    assert (PARTICIPATIE.gap_days, PARTICIPATIE.follow_up_days, PARTICIPATIE.income) == (30, 730, "bijstand")
    assert PARTICIPATIE.observed_from == date(2021, 10, 1)


def test_every_chain_of_the_project_can_be_read() -> None:
    """The chains that come with the project are in order, and are called after their file."""
    for path in (places.project() / "pipelines/chains").glob("*.toml"):
        assert chains.read(path).name == path.stem


def test_what_a_file_leaves_out_has_a_default(tmp_path: Path) -> None:
    """Gaps of 30 days, work in sight for 730 days, no income, registers that were always complete."""
    small = _read(tmp_path, SMALL)
    assert (small.gap_days, small.follow_up_days, small.income, small.observed_from) == (30, 730, None, None)
    assert small.tracks == (("laag", "laag"),)
    assert small.sources == ("laag",)
    assert small.codes == ("hoog", "laag", "weg")


def test_an_example_is_kept_as_it_is_drawn(tmp_path: Path) -> None:
    """Heads first, then the rows, without the spaces that line it up."""
    (first, second) = _read(tmp_path, SMALL).examples
    assert chains.drawn(first.given) == [["a", "b"], ["1", "2"]]
    assert chains.drawn(second.expected) == [["b"], ["2"]]
    assert chains.drawn(" x  |   y z \n|1") == [["x", "y z"], ["", "1"]]


def test_the_observation_begins_when_the_last_register_is_complete(tmp_path: Path) -> None:
    """Of several registers the latest day counts."""
    days = "[registers.laag]\nobserved_from = 2020-01-01\n[registers.ander]\nobserved_from = 2022-01-01"
    other = SMALL.replace('open = [{ register = "laag" }]', 'open = [{ register = "laag" }, { register = "ander" }]')
    assert _read(tmp_path, f"{other}\n{days}").observed_from == date(2022, 1, 1)


BREAK = """[[breaks]]
date = 2022-01-01
label = "Anders"
reason = "Het register telt anders."
source = "brief"
positions = ["laag"]

[[breaks]]
date = 2023-01-01
label = "Weer anders"
reason = "En weer."
source = "brief"
registers = ["laag"]

[[examples]]"""


def test_a_chain_names_its_trend_breaks(tmp_path: Path) -> None:
    """By day, with what they touch; a break of neither touches all."""
    first, second = _read(tmp_path, SMALL.replace("[[examples]]", BREAK, 1)).breaks
    assert (first.date, first.positions, first.registers) == (date(2022, 1, 1), ("laag",), ())
    assert (second.label, second.reason, second.source) == ("Weer anders", "En weer.", "brief")
    assert [one.date for one in PARTICIPATIE.breaks] == [
        date(2021, 10, 1), date(2022, 3, 1), date(2023, 1, 1), date(2024, 1, 1), date(2026, 1, 1),
    ]  # fmt: skip


def test_what_is_as_last_delivered_says_so() -> None:
    """A grouping that is not of the day has a caution for readers, and so has age of which only the year is known."""
    cautious = {grouping.code for grouping in PARTICIPATIE.groupings if grouping.caution}
    assert cautious == {"wijk", "leefvorm", "leeftijdsgroep"}


GROUPING = """[[groupings]]
code = "wijk"
label = "Wijk"
sql = "wijk.sql"
names = { n = "Noord", w = "West" }
people = "mensen uit {group}"
called = { n = "noorderlingen" }

[[examples]]"""


def test_a_chain_says_what_the_people_of_its_groups_are_called(tmp_path: Path) -> None:
    """By code, and of every other group by its label."""
    (grouping,) = _read(tmp_path, SMALL.replace("[[examples]]", GROUPING, 1)).groupings
    assert (grouping.people, grouping.called) == ("mensen uit {group}", {"n": "noorderlingen"})


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('title = "Kleine keten"', 'title = ""\ntitel = ""', "titel is geen bekende sleutel"),
        ('title = "Kleine keten"', "", "title ontbreekt"),
        ('label = "Hoog"', "", "positions.0.label ontbreekt"),
        ('ended = [{ register = "laag"', 'ended = [{ register = "lag"', "noemt register lag, maar geen positie"),
        ('open = [{ register = "laag" }]', 'open = [{ register = "laag", column = "x" }]', "column zonder values"),
        ("rank = 1", "rang = 1", "positions.0.rang is geen bekende sleutel"),
        ("rank = 1", 'rank = "hoog"', "positions.0.rank past niet"),
        ('reasons = ["1"]', 'redenen = ["1"]', "positions.0.ended.0.redenen is geen bekende sleutel"),
        ('open = [{ register = "laag" }]', "open = [{}]", "positions.1.open.0.register ontbreekt"),
        ('open = [{ register = "laag" }]', "", "heeft geen positie met een regel op een register"),
        ('otherwise = "weg"', 'otherwise = "hoog"', "otherwise"),
        ('out_of_sight = "weg"', 'out_of_sight = "laag"', "out_of_sight"),
        ('not_yet = "weg"', 'not_yet = "nergens"', "not_yet"),
        ('code = "hoog"', 'code = "laag"', "code die al bestaat"),
        ('title = "Kleine keten"', 'title = "Kleine keten"\ngap_days = -1', "gap_days"),
        ('title = "Kleine keten"', 'title = "Kleine keten"\nfollow_up_days = -1', "follow_up_days"),
        ('title = "Kleine keten"', 'title = "Kleine keten"\nincome = "ander"', "income"),
        ('title = "Kleine keten"', "title = ", "is geen geldige TOML"),
        ("a | b\n1 | 2", "a | b\n1 | 2 | 3", "examples.0 heeft bij given geen tabel met koppen en even lange rijen"),
        ("c\n3", "c", "examples.0 heeft bij expected geen tabel"),
        ('result = "plekken"', 'result = "dagen"', "examples.0.result past niet"),
        ('code = "tweede"', 'code = "eerste"', "voorbeeld met een code die al bestaat"),
        ('reasons = ["1"]', 'column = "vervolg"', "column zonder reasons"),
        ('reasons = ["1"]', 'unless_open = "ander"', "noemt register ander, maar geen positie"),
        (
            'reasons = ["1"] }',
            'reasons = ["1"] }, { register = "laag", reasons = ["2"], unless_open = "laag" }',
            "verschillen in unless_open",
        ),
        (
            "[[examples]]",
            BREAK.replace('"laag"', '"lag"', 1),
            "trendbreuk van 2022-01-01 positie lag, en die is er niet",
        ),
        ("[[examples]]", BREAK.replace('registers = ["laag"]', 'registers = ["lag"]'), "2023-01-01 register lag"),
        ("[[examples]]", BREAK.replace("2023", "2021"), "niet op volgorde"),
        ("[[examples]]", BREAK.replace("2023", "2022"), "twee op een dag"),
        ("[[examples]]", BREAK.replace('label = "Anders"', ""), "breaks.0.label ontbreekt"),
        ("[[examples]]", BREAK.replace("2022-01-01", '"januari"'), "breaks.0.date past niet"),
        ("[[examples]]", GROUPING.replace("{group}", "hier"), "groupings.0 heeft people zonder {group}"),
        (
            "[[examples]]",
            GROUPING.replace("called = { n", "called = { z"),
            "groupings.0 noemt in called een code die niet in names staat",
        ),
    ],
)
def test_a_broken_chain_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """The line names the file and the key."""
    assert old in SMALL
    with pytest.raises(WrongUse) as refused:
        _read(tmp_path, SMALL.replace(old, new, 1))
    assert "klein.toml" in str(refused.value)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_chain_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The line names the file."""
    with pytest.raises(WrongUse, match=r"weg\.toml bestaat niet"):
        chains.read(tmp_path / "weg.toml")


@pytest.mark.parametrize(
    ("start", "end", "direction"),
    [
        ("bijstand", "startbaan", "vooruit"),
        ("werk", "dagbesteding", "terug"),
        ("nog_niet", "bijstand", "in"),
        ("overig", "werk", "in"),
        ("werk", "uit_beeld", "uit"),
        ("verhuisd", "overleden", None),
        ("bijstand", "bijstand", None),
    ],
)
def test_a_step_has_a_direction(start: str, end: str, direction: str | None) -> None:
    """Ranks tell forward from back; outside the chain there are only in and out."""
    assert PARTICIPATIE.direction(start, end) == direction


def _read(folder: Path, text: str) -> Chain:
    path = folder / "klein.toml"
    path.write_text(text, encoding="utf-8")
    return chains.read(path)
