"""Examples: what readers see of the rules (page Definities) is drawn in the file of the chain, and true."""

from dataclasses import replace

import pytest

from drawn import PARTICIPATIE, drawn
from examples import result_of
from participatieketen.chain import Chain, Example

EXAMPLES = {example.code: example for example in PARTICIPATIE.examples}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_is_what_the_rules_make_of_it(example: Example) -> None:
    """From rows of registers to the table that readers see, through the SQL of the spells."""
    assert result_of(example, PARTICIPATIE) == drawn(example.expected)


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("gat", replace(PARTICIPATIE, gap_days=31)),
        ("naar-werk", replace(PARTICIPATIE, follow_up_days=700)),
        ("startbaan-na-bijstand", replace(PARTICIPATIE, gap_days=29)),
    ],
)
def test_an_example_is_of_this_chain(code: str, other: Chain) -> None:
    """With another limit of time something else comes out, so a rule cannot change unseen."""
    assert result_of(EXAMPLES[code], other) != drawn(EXAMPLES[code].expected)


def test_readers_see_an_example_of_every_rule() -> None:
    """Of each rule of time and order that the report rests on."""
    assert set(EXAMPLES) == {
        "overlap", "zelfde-dag", "richting", "gat", "even-nergens", "naar-werk", "opnieuw", "pauze", "inkomen", "paar",
        "begin", "aantallen", "startbaan-na-bijstand", "na-startbaan",
    }  # fmt: skip
