"""Publish a release: all of it or nothing, in one step, next to the ones before it."""

import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from participatieketen import dutch
from participatieketen.errors import NoAccess, WrongUse
from participatieketen.files import READERS, sync_folder, write_new
from participatieketen.findings import Finding
from participatieketen.reports.pages import Listed, contents_page, listed_pages, start_page
from participatieketen.reports.release import NAME, Release, plain_name

KEEP_AT_LEAST = 3
FIRST = 3  # findings that a list of releases tells
MADE_ON = re.compile(r'<p class="gemaakt">.*?</p>', re.DOTALL)


def publish(  # noqa: PLR0913, PLR0917 - what a release is made of
    pages: Mapping[str, str],
    titles: Mapping[str, str],
    release: Release,
    folder: Path,
    keep: int = 12,
    downloads: Mapping[str, bytes] | None = None,
    under: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
) -> Path:
    """Return the folder of the published release; readers see the start page of before or of after, whole.

    pages      name -> HTML; becomes <name>.html in folder/releases/<id>/
    titles     name -> title, for the release's own index, in its order
    keep       releases that stay, the newest by peildatum; at least three
    downloads  address in the release's folder -> content
    under      name -> the page that it is listed under
    about      name -> one sentence on what the page is about, for the release's own index
    The same pages under the same id again change nothing; other pages are WrongUse: a release never changes.
    Raises     NoAccess, with the earlier releases and the start page as they were.
    """
    listed = listed_pages({name: title for name, title in titles.items() if name in pages}, under, about)
    files = {**_files(pages, listed, release), **(downloads or {})}
    target = folder / "releases" / release.id
    try:
        _clear_leftovers(folder)
        if not target.exists():
            _place(files, folder / f".bouw-{release.id}", target)
        elif not _same(files, target):
            raise WrongUse(f"Uitgave {release.id} is al gepubliceerd met een andere inhoud: kies een nieuw kenmerk.")
        stay, gone = _split(folder / "releases", release.id, max(keep, KEEP_AT_LEAST))
        _replace_start_page(folder, release, stay)
        for old in gone:
            _remove(old, folder)
    except OSError:
        _clear_quietly(folder)
        size = sum(len(_bytes(content)) for content in files.values()) // 1000 + 1
        raise NoAccess(
            f"{folder}: publiceren lukt niet; geef schrijfrecht en zorg voor {size} kB ruimte. "
            "De eerdere uitgaven staan er nog."
        ) from None
    return target


def _files(pages: Mapping[str, str], listed: list[Listed], release: Release) -> dict[str, str | bytes]:
    """Return the pages of a release and what it says of itself, file name -> content."""
    names = [plain_name(name, "De naam van een pagina") for name in pages]
    if not names or "index" in names:
        raise WrongUse("Een uitgave heeft minstens één pagina, en geen pagina met de naam index.")
    return {
        **{f"{name}.html": pages[name] for name in names},
        "index.html": contents_page(release, listed),
        "release.json": _json(_described(release)),
        "run.json": _json(release.record),
    }


def _described(release: Release) -> dict[str, object]:
    return {
        "id": release.id,
        "organisation": release.organisation,
        "title": release.title,
        "peildatum": release.peildatum.isoformat(),
        "fictional": release.fictional,
        "made_on": release.made_on,
        "made": release.made,
        "leading": release.leading,
        "run": release.run,
        "positions": release.positions,
        "news": release.news,
        "findings": [_told(found) for found in release.findings],
    }


def _told(found: Finding) -> dict[str, object]:
    """Return what others may tell of a finding."""
    return {name: getattr(found, name) for name in ("id", "title", "number", "sentence", "change", "chance", "page")}


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n"


def _place(files: Mapping[str, str | bytes], build: Path, target: Path) -> None:
    """Write the release aside, make sure it is on disk, and give it its name in one step."""
    _open_to_readers(build.parent)
    _open_to_readers(build)
    for name, content in files.items():
        _open_to_readers((build / name).parent)
        write_new(build / name, _bytes(content), READERS)
    for inside in {(build / name).parent for name in files}:
        sync_folder(inside)
    _open_to_readers(target.parent)
    build.rename(target)
    sync_folder(target.parent)


def _open_to_readers(folder: Path) -> None:
    """Make the folder when it is not there, for others to read: a run itself works under umask 077."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8")


def _same(files: Mapping[str, str | bytes], target: Path) -> bool:
    """Return whether the pages there say the same, whenever and by whichever run they were made."""
    pages = {name: content for name, content in files.items() if isinstance(content, str) and name.endswith(".html")}
    there = {path.name: path.read_text(encoding="utf-8") for path in target.glob("*.html")}
    return _undated(pages) == _undated(there)


def _undated(pages: Mapping[str, str]) -> dict[str, str]:
    return {name: MADE_ON.sub("", content) for name, content in pages.items()}


def _split(releases: Path, current: str, keep: int) -> tuple[list[Path], list[Path]]:
    """Return the releases to list (newest first) and those beyond `keep`; the current one always stays."""
    there = [path for path in releases.iterdir() if path.is_dir() and NAME.fullmatch(path.name)]
    newest = sorted(there, key=_age, reverse=True)
    first = [path for path in newest if path.name == current] + [path for path in newest if path.name != current]
    stay = set(first[:keep])
    return [path for path in newest if path in stay], [path for path in newest if path not in stay]


def _age(release: Path) -> tuple[str, bool, str, str]:
    found = _description(release)
    return str(found.get("peildatum", "")), bool(found.get("leading")), str(found.get("made", "")), release.name


def _description(release: Path) -> dict[str, Any]:
    """Return release.json, or nothing when it is missing or damaged: one old release must not stop a new one."""
    try:
        found = json.loads((release / "release.json").read_text(encoding="utf-8"))
        date.fromisoformat(found["peildatum"])
        _sentences(found)
        _news(found)
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return dict(found)


def _listed(release: Path) -> Listed:
    found = _description(release)
    address = f"releases/{release.name}/index.html"
    if not found:
        return Listed(address=address, title=release.name, facts=("gegevens van deze uitgave ontbreken",))
    peildatum = date.fromisoformat(found["peildatum"])
    title = f"{found.get('title', release.name)}, {dutch.month(peildatum)}"
    facts = (
        str(found.get("organisation", "")),
        f"peildatum {dutch.day(peildatum)}",
        f"gemaakt op {found.get('made_on', '')}",
    )
    return Listed(
        address,
        title,
        facts,
        fictional=bool(found.get("fictional")),
        findings=_sentences(found)[:FIRST],
        news=_news(found),
        positions=tuple(map(str, found.get("positions", ()))),
    )


def _sentences(found: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one["sentence"]) for one in found.get("findings", []))


def _news(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a release says changed; an old one says it in one sentence, as `since`."""
    told = found.get("news", found.get("since", ()))
    return (told,) if isinstance(told, str) else tuple(str(text) for text in told)


def _replace_start_page(folder: Path, release: Release, releases: list[Path]) -> None:
    """Put the new start page and the feed in place: both are whole on disk before either is seen."""
    listed = [_listed(one) for one in releases]
    new = {
        "feed.json": _json(_feed(release, releases)),
        "index.html": start_page(release.organisation, listed, release.style),
    }
    for name, content in new.items():
        write_new(folder / f".bouw-{name}", _bytes(content), READERS)
    for name in new:
        (folder / f".bouw-{name}").replace(folder / name)
    sync_folder(folder)


def _feed(release: Release, releases: list[Path]) -> dict[str, object]:
    """Return the releases as a JSON Feed, version 1.1 (jsonfeed.org); addresses are relative to it."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{release.organisation}: rapporten over de participatieketen",
        "home_page_url": "index.html",
        "language": "nl",
        "items": [_item(one) for one in releases],
    }


def _item(release: Path) -> dict[str, object]:
    found, listed = _description(release), _listed(release)
    told = [*(["Fictieve gegevens."] if listed.fictional else []), *listed.news, *_sentences(found)]
    item: dict[str, object] = {
        "id": release.name,
        "url": listed.address,
        "title": listed.title,
        "content_text": "\n".join(text for text in told if text) or listed.title,
    }
    return item | ({"date_published": f"{found['made']}T00:00:00Z"} if found.get("made") else {})


def _remove(release: Path, folder: Path) -> None:
    """Take a release away in one step, then delete it."""
    away = release.rename(folder / f".bouw-weg-{release.name}")
    shutil.rmtree(away)


def _clear_leftovers(folder: Path) -> None:
    """Remove what a run that was killed left half built; only one run publishes at a time."""
    for left in folder.glob(".bouw-*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _clear_quietly(folder: Path) -> None:
    try:
        _clear_leftovers(folder)
    except OSError:
        return
