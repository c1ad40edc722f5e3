"""Notebooks -> an accessible HTML site, published in one step."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from participatieketen.reports.release import Basis, GroupPages, Release
from participatieketen.reports.style import Style
from participatieketen.reports.style import read as read_style

__all__ = ["Basis", "GroupPages", "Release", "Style", "build_site", "read_style"]


def build_site(  # noqa: PLR0913, PLR0917 - what a release is made of
    notebooks: Sequence[Path],
    parameters: Mapping[str, object],
    run_folder: Path,
    published: Path,
    release: Release,
    on_progress: Callable[[str], None],
    timeout_s: int = 600,
    keep: int = 12,
    *,
    basis: Basis | None = None,
    loops: Sequence[GroupPages] = (),
    guarded: Sequence[Path] = (),
    constants: Sequence[str] = (),
) -> Path:
    """Return the folder of the published release, `published`/releases/<release.id>.

    notebooks    one page each, in this order; all parameters of each have to be given
    parameters   `released` is the path of the released tables that recipes are made of; notebooks get its name
    run_folder   in the workspace: keeps the executed notebooks (0600), also when one fails
    timeout_s    longest time for one cell
    keep         releases that stay published, at least three
    basis        for the pages of downloads and definitions; without it they are left out
    loops        pages of one notebook for each group; parameters are those of the notebooks, and `group`
    constants    phrases with a number of a rule or a law, that texts of notebooks may have
    guarded      folders that no notebook may change, beside `published`: ledger and releases
    Raises       WrongUse before anything runs, NotebookFailed, DisclosureRefused, NoAccess; then nothing is published.
    """
    from participatieketen.reports.build import build  # noqa: PLC0415 - papermill and nbconvert take 3 s to import

    return build(
        notebooks,
        parameters,
        run_folder,
        published,
        release,
        on_progress,
        timeout_s,
        keep,
        basis,
        loops,
        guarded,
        constants,
    )
