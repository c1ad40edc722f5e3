"""The key that the extract is made with is the key that is in place: else a person would be two."""

import os
from collections.abc import Callable

from participatieketen import extract, intake, pseudonyms
from participatieketen.errors import CorruptInput, NoAccess, WrongUse
from participatieketen.places import Workspace
from participatieketen.pseudonyms import Key


def key_in_place(workspace: Workspace, say: Callable[[str], None]) -> Key:
    """Return the key; the first run of all, with no key named and nothing taken in yet, makes one.

    A rotation that was stopped halfway is finished or undone first. Raises NoAccess when the extract is made with
    another key, or the key cannot be read.
    """
    place = pseudonyms.default_path()
    settle(workspace, say)
    if not (
        place.exists()
        or pseudonyms.town_path(workspace)
        or pseudonyms.VARIABLE in os.environ
        or intake.read_log(workspace)
    ):
        say(f"nieuwe sleutel gemaakt: {place}; bewaar een kopie")
        return pseudonyms.new_key(place)
    key, made_with = pseudonyms.read_key(place), key_of_extract(workspace)
    if made_with not in {None, key.id}:
        raise NoAccess(
            f"Het extract is gemaakt met sleutel {made_with}, maar {place} is sleutel {key.id}: zet {made_with} terug, "
            f"of verwijder {workspace.extract}; dan krijgt iedereen een nieuw pseudoniem."
        )
    return key


def needs_town_key(workspace: Workspace) -> bool:
    """Tell whether a made-up town in this workspace gets a key of its own: none was named, and nothing has one yet."""
    return not (os.environ.get(pseudonyms.VARIABLE) or pseudonyms.town_path(workspace) or intake.read_log(workspace))


def settle(workspace: Workspace, say: Callable[[str], None]) -> None:
    """Finish a rotation of which the extract stands, undo one of which it does not; nothing waits afterwards.

    Raises NoAccess when that cannot be done now: then it can be later.
    """
    place = pseudonyms.default_path()
    waiting = pseudonyms.successor(place, workspace.home)
    if not waiting.exists():
        return
    whole = waiting.stat().st_size >= pseudonyms.FILE_BYTES  # a stop while it was written leaves less
    new = pseudonyms.read_key(waiting).id if whole else None
    if new and new == key_of_extract(workspace):
        pseudonyms.succeed(waiting, place)
        say(f"sleutel vervangen door {new}: {place}; bewaar een kopie")
    else:
        waiting.unlink()
        say("het vervangen van de sleutel is niet doorgegaan; de oude sleutel geldt")


def key_of_extract(workspace: Workspace) -> str | None:
    """Return the id of the key that the extract is made with; None without an extract that can be read."""
    try:
        found: str = extract.query(workspace.extract, "select key_id from extract").item()
    except (WrongUse, CorruptInput):
        return None
    return found
