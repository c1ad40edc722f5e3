"""What is owed to the persons in the workspace: another key now and then, and not to be kept for ever.

Both make the extract anew from the deliveries that are kept. Call them with the workspace locked.
"""

from math import ceil

from participatieketen import chain, intake, pseudonyms
from participatieketen.errors import WrongUse
from participatieketen.months import YEAR
from participatieketen.pipeline.definition import Pipeline
from participatieketen.pipeline.keys import key_in_place, key_of_extract, settle
from participatieketen.pipeline.load import Loaded, Say, rebuild
from participatieketen.places import Workspace

DAYS_PER_YEAR = 365.25


def rotate(pipeline: Pipeline, workspace: Workspace, say: Say) -> None:
    """Give everyone another pseudonym: a new key, the extract made with it, then the old key is gone.

    The key of rounding stays, so that a month that was published is not drawn again.

    Whenever it is stopped, the next command that needs the key finishes or undoes it. Raises what `load` raises; then
    key and extract are as they were.
    """
    key_in_place(workspace, say)
    place = pseudonyms.default_path()
    waiting = pseudonyms.successor(place, workspace.home)
    new = pseudonyms.new_key(waiting, pseudonyms.read_rounding_key(place))
    try:
        if key_of_extract(workspace) is None:
            pseudonyms.succeed(waiting, place)
            say(f"sleutel vervangen door {new.id}: {place}; bewaar een kopie")
        else:
            rebuild(pipeline, workspace, new, say)
    finally:
        settle(workspace, say)


def retain(pipeline: Pipeline, workspace: Workspace, months: int, say: Say) -> Loaded | None:
    """Keep persons for so many months after their last end, now and in every later run; None: nothing is kept yet.

    Raises WrongUse when no year would be left to follow the chain in, and what `load` raises: then the months count
    from the next run on.
    """
    least = YEAR + 1 + ceil(chain.read(pipeline.chain).follow_up_days * YEAR / DAYS_PER_YEAR)
    if months < least:
        raise WrongUse(
            f"Met {months} maanden blijft er geen jaar over om de keten in te volgen: bewaar minstens {least} maanden."
        )
    key = key_in_place(workspace, say)
    intake.write_months(workspace, months)
    return rebuild(pipeline, workspace, key, say) if intake.read_log(workspace) else None
