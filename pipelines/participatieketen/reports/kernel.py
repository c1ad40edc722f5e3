"""The kernel a notebook runs in: the Python that runs now, and nothing of this machine's settings."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from traitlets import default


class OwnKernel(AsyncKernelManager):
    """A kernel of sys.executable, also when another kernel is installed here under the name python3."""

    @default("kernel_spec_manager")
    def _own_kernel_only(self) -> KernelSpecManager:
        """Return a manager that looks in no folder, so that ipykernel of this environment remains."""
        return KernelSpecManager(parent=self, kernel_dirs=[])

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:  # noqa: ANN401 - as inherited
        """Start it with its own output thrown away: what a library prints there could hold values."""
        await super()._async_launch_kernel(kernel_cmd, **{**kw, "stdout": DEVNULL, "stderr": DEVNULL})


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
