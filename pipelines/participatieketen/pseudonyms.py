"""BSN -> keyed pseudonym, the file with the keys, and the test that tells a BSN from another number.

A plain hash of all valid BSNs is broken in a minute; a keyed one is not, as long as the key stays out of the
repository and out of the workspace.
"""

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from participatieketen import places
from participatieketen.errors import NoAccess, WrongUse
from participatieketen.files import sync_folder

BYTES = 32
"""Length of a key."""

VARIABLE = "KETEN_KEY"
"""Environment variable that says where the file with the keys is."""

LINES = 2
"""A file holds the key of pseudonyms and the key of rounding: rotation replaces the first and keeps the second."""

FILE_BYTES = LINES * (2 * BYTES + 1)
"""Size of a whole file: each key in hexadecimal digits, with the end of its line."""

_TOWN = "sleutel"
"""File in the workspace's demo/ with the name of the town's key, by which it is found wherever the workspace is put."""

_OWNER_ONLY = (0o400, 0o600)
_PERSON = b"keten-v1"
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_UNKNOWN = "000000000"  # passes the 11-proef, and is the official "BSN unknown"

_BETWEEN = "[ ._/\u00a0\u202f-]"
"""What may stand between the groups of a number; in one number it is the same sign everywhere."""

_ROUGH = rf"[0-9](?:{_BETWEEN}?[0-9]){{7}}"
"""Whatever holds a number of at least eight digits: few texts do, and only those are looked at closely."""

_RUN = re.compile("(?<![0-9])[0-9]{8,9}(?![0-9])")
_GROUPED = tuple(
    re.compile(rf"(?<![0-9])(?=([0-9]{{2,7}}({_BETWEEN})[0-9]{{2,7}}(?:\2[0-9]{{2,7}}){{{more}}})(?![0-9]))")
    for more in range(3)
)
_YEAR, _MONTH, _DAY = "(?:1[89][0-9]{2}|20[0-9]{2}|2999|9999)", "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(f"{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR}")
_DATED = re.compile(f"{_YEAR}|{_YEAR}{_MONTH}")
_RANDOM = re.compile(
    "(?<![0-9A-Za-z])(?:[0-9a-fA-F]{32,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?![0-9A-Za-z])"
)
"""A hash or a UUID: one in a hundred holds nine digits in a row that pass the 11-proef."""


@dataclass(frozen=True)
class Key:
    """The secret and the name by which tables say which one made them."""

    secret: bytes = field(repr=False)
    id: str


def default_path() -> Path:
    """Return where the key is: KETEN_KEY; else that of the made-up town in the workspace; else ~/.config/keten/sleutel.

    Real people have one key, in whatever workspace they are counted; a made-up town has one of its own.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named)
    return town_path(places.workspace()) or _config() / "sleutel"


def town_path(workspace: places.Workspace) -> Path | None:
    """Return where the key is that `keten demo` made for the town in this workspace; None when it made none."""
    try:
        name = (workspace.demo / _TOWN).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return _config() / "demo" / name / "sleutel" if re.fullmatch("[0-9a-f]{16}", name) else None


def new_town_key(workspace: places.Workspace) -> Key:
    """Make a key for the made-up town of this workspace, outside it, and let the workspace say which; see `new_key`."""
    name = secrets.token_hex(8)
    key = new_key(_config() / "demo" / name / "sleutel")
    try:
        workspace.demo.mkdir(mode=0o700, parents=True, exist_ok=True)
        (workspace.demo / _TOWN).write_text(f"{name}\n", encoding="ascii")
    except OSError:
        raise NoAccess(f"{workspace.demo} kan niet worden geschreven: geef schrijfrecht op de werkmap.") from None
    return key


def _config() -> Path:
    return Path.home() / ".config" / "keten"


def key_id(secret: bytes) -> str:
    """Return 8 hex digits that name the key and do not give it away."""
    return hashlib.blake2b(secret, person=b"keten-id").hexdigest()[:8]


def read_key(path: Path) -> Key:
    """Return the key of pseudonyms.

    path    file of two lines of 64 hex digits
    Raises  NoAccess when it is missing, readable by others, no such file, or kept in the project or the workspace.
    """
    return _keys(path)[0]


def read_rounding_key(path: Path) -> Key:
    """Return the key of rounding in the same file: released figures are drawn with it. Raises as `read_key`."""
    return _keys(path)[1]


def _keys(path: Path) -> list[Key]:
    _refuse_inside(path)
    try:
        rights = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise NoAccess(
            f"De sleutel {path} bestaat niet: zet hem terug, of maak een nieuwe met `keten key new`."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise NoAccess(f"De sleutel {path} is niet te lezen: geef de eigenaar leesrecht (0400).") from None
    if os.name == "posix" and rights not in _OWNER_ONLY:
        raise NoAccess(f"De sleutel {path} heeft rechten {rights:04o}: alleen 0400 of 0600 mag (chmod 0400).")
    secrets_ = [_secret(line) for line in text.split()]
    if len(secrets_) != LINES or not all(len(secret) == BYTES for secret in secrets_):
        raise NoAccess(
            f"De sleutel {path} is geen bestand van {LINES} regels van {2 * BYTES} hexadecimale tekens: "
            "zet de kopie terug."
        )
    return [Key(secret, key_id(secret)) for secret in secrets_]


def _secret(line: str) -> bytes:
    try:
        return bytes.fromhex(line)
    except ValueError:
        return b""


def new_key(path: Path, rounding: Key | None = None) -> Key:
    """Make a new file of keys (0400) and return the key of pseudonyms.

    rounding  the key of rounding to keep; None: a new one
    Raises    WrongUse when the file exists, NoAccess when it cannot be made.
    """
    _refuse_inside(path)
    secret = secrets.token_bytes(BYTES)
    lines = (secret, rounding.secret if rounding else secrets.token_bytes(BYTES))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
            file.write("".join(f"{line.hex()}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except FileExistsError:
        raise WrongUse(f"De sleutel {path} bestaat al en wordt niet overschreven.") from None
    except OSError:
        raise NoAccess(f"De sleutel {path} kan niet worden gemaakt: geef schrijfrecht op de map.") from None
    return Key(secret, key_id(secret))


def successor(path: Path, home: Path) -> Path:
    """Return where the next key of one workspace waits until its extract is made with it: beside the key itself."""
    place = path.resolve()
    return place.with_name(f"{place.name}.{hashlib.blake2b(bytes(home), digest_size=4).hexdigest()}.nieuw")


def succeed(new: Path, path: Path) -> None:
    """Put a new key in the place of the old one, which is gone then; raises NoAccess."""
    place = path.resolve()  # behind a link lies the file that has to go
    try:
        new.replace(place)
        sync_folder(place.parent)
    except OSError:
        raise NoAccess(
            f"De sleutel {place} kan niet worden vervangen door {new}: geef schrijfrecht op de map en draai opnieuw."
        ) from None


def _refuse_inside(path: Path) -> None:
    for folder in (places.project(), places.workspace().home):
        if path.resolve().is_relative_to(folder.resolve()):
            raise NoAccess(f"De sleutel {path} staat in {folder}: bewaar hem buiten het project en de werkmap.")


def pseudonym(number: str, key: Key) -> str:
    """Return 32 hex digits for a number: always the same with one key, not to be guessed without it."""
    return hashlib.blake2b(number.encode(), key=key.secret, person=_PERSON, digest_size=16).hexdigest()


def release_mark(content: bytes, key: Key) -> str:
    """Return 8 hex digits of a digest under the key of rounding, as part of a release's name.

    Without the key nobody can try whether a release was made from what they guess. It shares nothing with the draws of
    rounding, which are HMACs.
    """
    return hashlib.blake2b(content, key=key.secret, person=b"keten-uitgave", digest_size=4).hexdigest()


def pseudonyms(numbers: pl.Series, key: Key) -> pl.Series:
    """Return the pseudonym of each number, null for null; a number that repeats is hashed once."""
    unique = numbers.drop_nulls().unique()
    hashed = pl.Series([pseudonym(number, key) for number in unique], dtype=pl.String)
    return numbers.replace_strict(unique, hashed, default=None, return_dtype=pl.String)


def nine_digits(number: pl.Expr) -> pl.Expr:
    """Return the number with the leading zero that spreadsheets drop: eight digits become nine."""
    return pl.when(number.str.contains("^[0-9]{8}$")).then("0" + number).otherwise(number)


def eleven_test(number: pl.Expr) -> pl.Expr:
    """Return whether a text is a BSN after `nine_digits`: nine digits, 11-proef, and not 000000000.

    Never null. One in eleven random numbers passes too (9.1 %).
    """
    padded = nine_digits(number)
    total = pl.sum_horizontal(
        padded.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(_WEIGHTS)
    )
    passes = padded.str.contains("^[0-9]{9}$") & (padded != _UNKNOWN) & (total % 11 == 0)
    return passes.fill_null(value=False)


def numbers_in(texts: pl.Series) -> pl.DataFrame:
    """Return (numbers x 2) text, number: each number of nine digits in each different text, whether it is a BSN or not.

    Alone, between other text or right against letters; in groups with one sign between them all (111.222.333,
    1112 22 333), or with eight digits because the zero in front was dropped. What reads as a date, or as a year and a
    number (20260131, 2026-01_3, 2024-12345), a hash and a UUID hold none.
    """
    looked_at = texts.filter(texts.str.contains(_ROUGH)).unique(maintain_order=True)
    rows = [(text, number) for text in looked_at for number in dict.fromkeys(_numbers(text))]
    return pl.DataFrame(rows, schema={"text": pl.String, "number": pl.String}, orient="row")


def holding_bsn(texts: Sequence[str]) -> list[int]:
    """Return the places, from 1, of the texts with a BSN in them, as of names of files, sheets or columns."""
    found = set(numbers_in(pl.Series(list(texts), dtype=pl.String)).filter(eleven_test(pl.col("number")))["text"])
    return [place for place, text in enumerate(texts, start=1) if text in found]


def _numbers(text: str) -> Iterator[str]:
    plain = _RANDOM.sub("|", text)
    yield from (run.zfill(len(_UNKNOWN)) for run in _RUN.findall(plain) if not _DATE.fullmatch(run))
    for groups in _GROUPED:
        for whole, between in groups.findall(plain):
            parts = whole.split(between)
            if _one_number(parts, between):
                yield "".join(parts).zfill(len(_UNKNOWN))


def _one_number(parts: list[str], between: str) -> bool:
    """Return whether groups of digits are one number of nine, or of eight as spreadsheets group them: 12.345.672."""
    sizes = tuple(map(len, parts))
    if sum(sizes) != len(_UNKNOWN):
        return sizes == (2, 3, 3)
    pair = len(parts) == 2  # noqa: PLR2004 - a year and a number
    dated = _DATED.fullmatch(parts[0]) is not None and (pair or between in "-_/")
    return not dated and not (pair and _DATED.fullmatch(parts[1]))
