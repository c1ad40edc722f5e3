"""The kernel that notebooks run in: the Python that runs now, and nothing of this machine's settings."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop, run_sync
from traitlets import default

from participatieketen.places import IN_A_RUN
from participatieketen.reports import fence

PACKAGE_FIRST = "__import__('participatieketen')"
RECIPES_FIRST = "__import__('participatieketen.recipes')"

PASSED_ON = frozenset(
    {
        *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_TIME", "TZ", "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS"),
    }
)
"""What the kernel of a report gets of the environment: how to start, and the language. No key, no workspace."""

FRESH = """
from IPython import get_ipython
from os import chdir
chdir({folder!r})
get_ipython().reset(new_session=True)
"""
FRESH_TIMEOUT_S = 60  # it takes milliseconds, unless what a notebook left running keeps the kernel busy


class OwnKernel(AsyncKernelManager):
    """A kernel of sys.executable, also when another kernel is installed here under the name python3."""

    newest_client: AsyncKernelClient | None = None
    own_folder: Path | None = None  # of a closed kernel: all that it can write to

    @default("kernel_spec_manager")
    def _own_kernel_only(self) -> KernelSpecManager:
        """Return a manager that looks in no folder, so that ipykernel of this environment remains."""
        return KernelSpecManager(parent=self, kernel_dirs=[])

    def client(self, **kw: Any) -> AsyncKernelClient:  # type: ignore[override]  # noqa: ANN401 - as inherited
        """Return a new client and remember it: nbclient leaves it open when the kernel goes on to another notebook."""
        self.newest_client = super().client(**kw)
        return self.newest_client

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:  # noqa: ANN401 - as inherited
        """Start it with its own output thrown away: what a library prints there could hold values."""
        if self.own_folder:
            begin = kernel_cmd.index("-f")  # what stands before it is how ipykernel starts itself
            kernel_cmd = [sys.executable, "-I", fence.__file__, str(self.own_folder), *kernel_cmd[begin:]]
            kw = {**kw, "env": closed_environment(self.own_folder)}
        await super()._async_launch_kernel(kernel_cmd, **{**kw, "stdout": DEVNULL, "stderr": DEVNULL})


def closed_environment(folder: Path) -> dict[str, str]:
    """Return the environment of the kernel of a report: nothing of this one but what a program needs to start."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in PASSED_ON}
    own = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(folder))
    return {**kept, **own, IN_A_RUN: "1"}


@dataclass(frozen=True)
class Kernel:
    """A kernel for notebooks one after another, and what it is started with; the first notebook starts it.

    folder   of a closed kernel: where it works, empty at the start of each notebook; else where the notebook is kept
    """

    manager: OwnKernel
    arguments: tuple[str, ...]
    folder: Path | None = None

    def clear(self, folder: Path) -> None:
        """Forget what the notebook before this one named, counted, wrote and showed, and go back to the folder.

        Imported modules stay: they are what takes long. Raises RuntimeError when the kernel does not answer.
        """
        if self.folder:
            _empty(self.folder)
        client = self.manager.newest_client
        if client is None or not self.manager.has_kernel:
            return
        try:
            status = run_sync(_status)(client, FRESH.format(folder=str(folder)))
        finally:
            client.stop_channels()
        if status != "ok":
            raise RuntimeError(status)


async def _status(client: AsyncKernelClient, source: str) -> str:
    """Return how running this went, in jupyter's word: ok or error; or that there was no answer."""
    given: dict[str, Any] = {"silent": True, "store_history": False, "reply": True, "timeout": FRESH_TIMEOUT_S}
    try:
        reply = await client.execute(source, **given)
    except TimeoutError:
        return "no answer"
    return str(reply["content"]["status"])


@contextmanager
def own_kernel(*, closed: bool = False) -> Iterator[Kernel]:
    """Yield a kernel without the user's own IPython settings and start-up files; afterwards nothing of it is left.

    closed   the kernel of a report: it knows recipes and nothing else, gets nothing of this environment, works in an
             empty folder, is spoken to by files instead of the network, and stands inside the fence where there is one
    """
    with TemporaryDirectory(prefix="keten-") as settings, own_loop():
        manager = OwnKernel(kernel_name="python3")
        start = (
            f"--ipython-dir={settings}",
            "--IPKernelApp.exec_PYTHONSTARTUP=False",
            "--HistoryManager.enabled=False",
            f"--IPKernelApp.exec_lines={RECIPES_FIRST if closed else PACKAGE_FIRST}",
        )
        work = _closed(manager, Path(settings)) if closed else None
        try:
            yield Kernel(manager, start, work)
        finally:
            run_sync(_ended)(manager)


def _closed(manager: OwnKernel, own: Path) -> Path:
    """Let the kernel be spoken to through files in its own folder, and return the folder it works in."""
    work = own / "werk"
    work.mkdir()
    manager.own_folder = own
    manager.connection_file = str(own / "kernel.json")
    if os.name == "posix":
        manager.transport, manager.ip = "ipc", str(own / "k")
    return work


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            rmtree(path)
        else:
            path.unlink()


async def _ended(manager: OwnKernel) -> None:
    """Kill the kernel with its process group, so that nothing a cell started stays behind."""
    if manager.newest_client:
        manager.newest_client.stop_channels()
    try:
        if await manager.is_alive():
            await manager.shutdown_kernel(now=True)
    finally:
        await manager.cleanup_resources()


@contextmanager
def own_loop() -> Iterator[None]:
    """Close the event loop jupyter makes for this thread, and end what a killed kernel left waiting in it."""
    try:
        yield
    finally:
        loop = ensure_event_loop()
        if not loop.is_running():  # it is ours, not that of a notebook or program we are called from
            waiting = asyncio.all_tasks(loop)
            for task in waiting:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
            loop.close()
