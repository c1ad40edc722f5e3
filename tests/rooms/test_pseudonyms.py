"""Pseudonyms: the key, the hash, and what counts as a BSN."""

import hashlib
import os
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from participatieketen import places, pseudonyms
from participatieketen.errors import NoAccess, WrongUse
from participatieketen.pseudonyms import Key
from smalltown import BSN_FORMS

NO_BSN = (
    "123456789", "20260131", "31012026", "2026-01-31", "31-01-2026 2", "bijstand_2026-01", "bijstand_2026-01_123.csv",
    "levering 2026-01-123", "20260131_2", "202601_123", "zaak 2024-12345", "99991231", "1112223334", "1111222333",
    "111222", "111.222", "000000000", "3f2504e0-4f89-11d3-9a0c-0305111222333", f"{'a' * 23}111222333{'b' * 8}", "",
)  # fmt: skip
KEY = Key(bytes(range(32)), pseudonyms.key_id(bytes(range(32))))


def is_bsn(*texts: str | None) -> list[bool]:
    """Return the test's judgement of each text."""
    return pl.select(pseudonyms.eleven_test(pl.lit(pl.Series(texts, dtype=pl.String)))).to_series().to_list()


def slow_eleven_test(text: str) -> bool:
    """Return the 11-proef as the law's explanation writes it, digit by digit."""
    if not (text.isdecimal() and text.isascii() and len(text) in (8, 9)):
        return False
    digits = [int(digit) for digit in text.zfill(9)]
    total = sum(weight * digit for weight, digit in zip(range(9, 1, -1), digits[:8], strict=True)) - digits[8]
    return total % 11 == 0 and any(digits)


def test_known_numbers_pass() -> None:
    """The example of the 11-proef and the numbers in the iStandaarden's own samples."""
    known = ("123456782", "999996770", "999996782", "999900006", "999993653", "111222333")
    assert all(is_bsn(*known))


def test_numbers_that_are_no_bsn_fail() -> None:
    """A wrong check digit, the official 'unknown' and 'unborn', too short, too long, blanks, letters, nothing."""
    wrong = ("123456789", "000000000", "00000000", "999999999", "1234567", "1234567820", " 123456782", "12345678a")
    assert not any(is_bsn(*wrong, "", None, "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0662"))


def test_eight_digits_are_tested_with_their_leading_zero() -> None:
    """012345672 and 12345672 are one number; 87654321 is none with a zero before it."""
    assert is_bsn("012345672", "12345672", "87654321") == [True, True, False]
    padded = pl.select(pseudonyms.nine_digits(pl.lit(pl.Series(["12345672", "012345672", "1234567"]))))
    assert padded.to_series().to_list() == ["012345672", "012345672", "1234567"]


def test_the_fast_test_agrees_with_the_slow_one() -> None:
    """Every number of two stretches, one of them short of a digit."""
    texts = [str(number) for number in (*range(99_999_000, 100_002_000), *range(111_222_000, 111_224_000))]
    assert is_bsn(*texts) == [slow_eleven_test(text) for text in texts]


@pytest.mark.parametrize("form", BSN_FORMS)
@pytest.mark.parametrize("around", ["{}", "bsn:{}.", "x{}y", "_{}_", "12-{}", "Jansen, {} en zo", "2026-01_{}"])
def test_a_bsn_is_seen_in_each_form_wherever_it_stands(form: str, around: str) -> None:
    """Glued to letters, in groups, without its leading zero."""
    assert pseudonyms.holding_bsn(["niets", around.format(form)]) == [2]


@pytest.mark.parametrize("text", NO_BSN)
def test_what_only_looks_like_a_bsn_is_none(text: str) -> None:
    """Dates, months, case numbers, hashes, longer and shorter numbers, numbers that fail the 11-proef."""
    assert pseudonyms.holding_bsn([text]) == []


@pytest.mark.parametrize("digits", [8, 9])
def test_of_random_numbers_one_in_eleven_is_taken_for_a_bsn(digits: int) -> None:
    """The 11-proef lets 9.1 % through; a few of eight digits read as a date."""
    any_number = random.Random(11)  # noqa: S311 - the same numbers each time
    texts = [str(number) for number in any_number.sample(range(10 ** (digits - 1), 10**digits), 50_000)]
    share = len(pseudonyms.holding_bsn(texts)) / len(texts)
    assert share == pytest.approx(1 / 11, abs=0.004)


def test_no_date_of_a_century_and_a_half_is_taken_for_a_bsn() -> None:
    """In the three forms that deliveries have, alone and in the name of a file."""
    days = pl.date_range(date(1900, 1, 1), date(2049, 12, 31), "1d", eager=True)
    for form in ("%Y%m%d", "%d%m%Y", "%Y-%m-%d", "%d-%m-%Y"):
        texts = days.dt.strftime(form)
        assert pseudonyms.holding_bsn(texts.to_list()) == []
        assert pseudonyms.holding_bsn(("bijstand_" + texts + "_2.csv").to_list()) == []


def test_a_pseudonym_is_the_keyed_hash_of_the_design() -> None:
    """blake2b with the key, personalised, sixteen bytes: 32 hex digits."""
    expected = hashlib.blake2b(b"999900006", key=KEY.secret, person=b"keten-v1", digest_size=16).hexdigest()
    assert pseudonyms.pseudonym("999900006", KEY) == expected
    assert len(expected) == 32


def test_another_key_gives_other_pseudonyms() -> None:
    """Without the key nobody can try all numbers."""
    other = Key(bytes(32), pseudonyms.key_id(bytes(32)))
    assert pseudonyms.pseudonym("999900006", KEY) != pseudonyms.pseudonym("999900006", other)
    assert KEY.id != other.id


def test_a_column_gets_the_pseudonym_of_each_number() -> None:
    """Repeats are equal, null stays null, order stays."""
    numbers = pl.Series(["999900006", None, "123456782", "999900006"])
    hashed = [None if number is None else pseudonyms.pseudonym(number, KEY) for number in numbers]
    assert pseudonyms.pseudonyms(numbers, KEY).to_list() == hashed
    assert pseudonyms.pseudonyms(pl.Series([], dtype=pl.String), KEY).to_list() == []


def test_a_key_is_never_shown() -> None:
    """Not even by accident in a log."""
    assert KEY.secret.hex() not in repr(KEY)
    assert str(KEY.secret) not in repr(KEY)


def test_a_new_key_is_read_back(tmp_path: Path) -> None:
    """Made for its owner only, and never made over another."""
    path = tmp_path / "map" / "sleutel"
    made = pseudonyms.new_key(path)
    assert pseudonyms.read_key(path) == made
    assert pseudonyms.read_rounding_key(path).id not in {made.id, ""}
    assert path.stat().st_mode & 0o777 == 0o400
    with pytest.raises(WrongUse, match="bestaat al"):
        pseudonyms.new_key(path)
    assert pseudonyms.read_key(path) == made


@pytest.mark.parametrize("rights", [0o440, 0o644, 0o604, 0o700])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, rights: int) -> None:
    """The error names the file and the right it needs."""
    path = tmp_path / "sleutel"
    pseudonyms.new_key(path)
    path.chmod(rights)
    with pytest.raises(NoAccess, match=f"sleutel heeft rechten {rights:04o}: alleen 0400 of 0600 mag"):
        pseudonyms.read_key(path)
    path.chmod(0o600)
    pseudonyms.read_key(path)


@pytest.mark.parametrize("content", [b"", b"geheim", b"ab" * 32, b"ab" * 31 + b"\n" + b"ab" * 33, b"\xff\xfe"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """One key alone, too short, too long, no hexadecimal digits; what is in it is not shown."""
    path = tmp_path / "sleutel"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(NoAccess, match="sleutel") as error:
        pseudonyms.read_key(path)
    assert "geheim" not in str(error.value)


def test_a_missing_key_is_said_so(tmp_path: Path) -> None:
    """Exit code 6, naming the path."""
    with pytest.raises(NoAccess, match="bestaat niet"):
        pseudonyms.read_key(tmp_path / "sleutel")


def test_a_key_inside_the_workspace_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever copies the workspace must not get the key with it; a link does not help."""
    monkeypatch.setenv("KETEN_HOME", str(tmp_path / "home"))
    with pytest.raises(NoAccess, match="buiten het project en de werkmap"):
        pseudonyms.new_key(tmp_path / "home" / "sleutel")
    (tmp_path / "link").symlink_to(tmp_path / "home", target_is_directory=True)
    with pytest.raises(NoAccess, match="buiten het project en de werkmap"):
        pseudonyms.read_key(tmp_path / "link" / "sleutel")


def test_the_key_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """KETEN_KEY, else that of the town in the workspace, else the user's own; a name that is no name leads nowhere."""
    monkeypatch.setenv("KETEN_KEY", os.fspath(Path("ergens") / "anders"))
    assert pseudonyms.default_path() == Path("ergens") / "anders"
    monkeypatch.delenv("KETEN_KEY")
    own = Path.home() / ".config" / "keten" / "sleutel"
    assert pseudonyms.default_path() == own
    demo = places.workspace().demo
    demo.mkdir(parents=True)
    for name, path in (("0123456789abcdef", own.parent / "demo" / "0123456789abcdef" / "sleutel"), ("../../x", own)):
        (demo / "sleutel").write_text(name, encoding="ascii")
        assert pseudonyms.default_path() == path
