"""Peak memory of processes during a block, sampled: unlike ru_maxrss it excludes earlier peaks."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil

SAMPLE_SECONDS = 0.01
MEGABYTE = 1024 * 1024


class PeakMemory:
    """Samples the processes that `named` returns while the block runs; `megabytes` is the peak by process id."""

    def __init__(self, named: Callable[[], Iterable[int]]) -> None:
        self.named = named
        self.megabytes: dict[int, int] = {}
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watching.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watching.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            for process in self.named():
                with suppress(psutil.Error):
                    now = psutil.Process(process).memory_info().rss // MEGABYTE
                    self.megabytes[process] = max(now, self.megabytes.get(process, 0))
