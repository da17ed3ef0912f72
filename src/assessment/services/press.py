"""The press: prints reports in processes of their own, and keeps what was printed.

A report takes a second of one core; so it is made beside the server, not in it. Whoever asks waits no
longer than a limit. A worker that is killed, or too slow, costs this one report: the next finds a new one.
"""

import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import NamedTemporaryFile

import assessment
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import UnavailableError
from assessment.pdf import sealing
from assessment.services.printing import Order, pack, printed, unpack

WORKERS = 2
MOST_WAITING = 32
SECONDS = 60.0
MOST_BYTES = 256 * 1024 * 1024
FOLDER = "reports"

Printing = Callable[[bytes], bytes]


def print_packed(content: bytes) -> bytes:
    """What a worker does."""
    return printed(*unpack(content))


class Press:
    """Prints for one server process; `folder` None keeps nothing."""

    def __init__(
        self,
        folder: Path | None,
        *,
        workers: int = WORKERS,
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
        work: Printing = print_packed,
    ) -> None:
        self.shelf = None if folder is None else Shelf(folder, most_bytes)
        self.workers, self.seconds, self.work = workers, seconds, work
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)
        self._pool: ProcessPoolExecutor | None = None

    def print(self, questionnaire: Questionnaire, order: Order) -> bytes:
        """Give the report, from the shelf if it was printed before; `UnavailableError` if it can't be had now."""
        packed = pack(questionnaire, order)
        if self.shelf is None:
            return self._made(packed)
        name = hashlib.sha256(f"{program()} {sealing.drawn_with()}".encode() + packed).hexdigest()
        found = self.shelf.get(name)
        if found is None:
            found = self._made(packed)
            self.shelf.put(name, found)
        return found

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            _end(pool)

    def _made(self, packed: bytes) -> bytes:
        if not self._waiting.acquire(blocking=False):
            raise UnavailableError("Too many reports are being made. Try again in a minute.")
        try:
            pool, future = self._begun(packed)
            try:
                return future.result(self.seconds)
            except TimeoutError as error:
                self._replace(pool)
                raise UnavailableError("The report took too long and was given up.") from error
            except BrokenProcessPool as error:
                self._replace(pool)
                raise UnavailableError("The report could not be made. Try again.") from error
        finally:
            self._waiting.release()

    def _begun(self, packed: bytes) -> tuple[ProcessPoolExecutor, "Future[bytes]"]:
        """Hand the work over; a pool that broke since it was last used is replaced once."""
        for last in (False, True):
            with self._lock:
                if self._pool is None:
                    self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
                pool = self._pool
            try:
                return pool, pool.submit(self.work, packed)
            except (BrokenProcessPool, RuntimeError) as error:
                self._replace(pool)
                if last:
                    raise UnavailableError("The report could not be made. Try again.") from error
        raise UnavailableError

    def _replace(self, pool: ProcessPoolExecutor) -> None:
        """Let go of a pool that is broken or stuck; whoever comes next makes a new one."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
        _end(pool)


def _end(pool: ProcessPoolExecutor) -> None:
    """Stop waiting for anything of a pool; its processes may be in the middle of something."""
    processes = list((pool._processes or {}).values())  # noqa: SLF001 - no public way to stop one that hangs
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with suppress(OSError, ValueError):
            process.kill()


class Shelf:
    """Printed reports by digest of all they are made of: whole files only, the oldest go first."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def get(self, name: str) -> bytes | None:
        """Take one down; it counts as new again."""
        path = self.folder / f"{name}.pdf"
        with suppress(OSError):
            content = path.read_bytes()
            with suppress(OSError):
                os.utime(path)
            return content
        return None

    def put(self, name: str, content: bytes) -> None:
        """Keep one, written beside and renamed; a full disk only means that it is made again."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with NamedTemporaryFile(dir=self.folder, prefix=".", suffix=".new", delete=False) as scratch:
                try:
                    scratch.write(content)
                    scratch.flush()
                    os.fsync(scratch.fileno())
                    Path(scratch.name).replace(self.folder / f"{name}.pdf")
                except BaseException:
                    Path(scratch.name).unlink(missing_ok=True)
                    raise
            self._tidy()

    def _tidy(self) -> None:
        kept = sorted(self.folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        room = self.most_bytes
        for path in kept:
            room -= path.stat().st_size
            if room < 0:
                path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def program() -> str:
    """A digest of the program: another one may say or draw the same figures otherwise."""
    folder = Path(assessment.__file__).parent
    files = sorted(path for kind in ("*.py", "*.po") for path in folder.rglob(kind))
    stamps = [(str(path.relative_to(folder)), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()
