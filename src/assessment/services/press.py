"""The press: prints reports in processes of their own, and keeps what was printed.

A report takes a second of one core; so it is made beside the server, not in it. Whoever asks waits no
longer than a limit, and who asks for what is being made waits for that. A worker that is killed, or too slow,
costs its own report and no other.
"""

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from contextlib import suppress
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from queue import Empty, LifoQueue
from tempfile import NamedTemporaryFile
from typing import TypeAlias

import assessment
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import UnavailableError
from assessment.pdf import sealing
from assessment.services.printing import Order, pack, printed, settle, unpack

WORKERS = 2
MOST_WAITING = 32
SECONDS = 60.0
MOST_BYTES = 256 * 1024 * 1024
LONGEST_KEPT = 7 * 24 * 3600.0  # seconds; what is deleted elsewhere is gone from here as well by then
ABANDONED = 3600.0
FOLDER = "reports"
TOO_LONG = "The report took too long and was given up."
NOT_MADE = "The report could not be made. Try again."

Printing: TypeAlias = Callable[[bytes], bytes]
# A pool of one process: where several share a pool, one that is killed takes the others' work with it.
Worker: TypeAlias = ProcessPoolExecutor


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
        self._idle: LifoQueue[Worker | None] = LifoQueue()
        for _ in range(workers):
            self._idle.put(None)  # begun when there is work for it
        self._workers: set[Worker] = set()
        self._making: dict[str, Future[bytes]] = {}
        self._is_closed = False

    def print(self, questionnaire: Questionnaire, order: Order, assessment: str) -> bytes:
        """Give the report, from the shelf if it was printed before; `UnavailableError` if it can't be had now.

        It is kept with what else there is of the assessment, until that is forgotten.
        """
        packed = pack(questionnaire, order)
        name = hashlib.sha256(f"{program()} {sealing.drawn_with()}".encode() + packed).hexdigest()
        if self.shelf is not None and (found := self.shelf.get(assessment, name)) is not None:
            return found
        with self._lock:
            made = self._making.get(name)
            mine = made is None
            if made is None:
                made = self._making[name] = Future()
        if mine:
            self._make(made, assessment, name, packed)
        return made.result()

    def forget(self, assessment: str) -> None:
        """Keep nothing more of an assessment: it was deleted, or its time is over."""
        if self.shelf is not None:
            self.shelf.forget(assessment)

    def outdate(self, assessment: str) -> None:
        """Evict the cached PDFs of an assessment; call it after the commit, or a reader caches the old ones again.

        A file that can't be deleted now expires later.
        """
        with suppress(OSError):
            self.forget(assessment)

    def close(self) -> None:
        """End the workers, whatever they are at."""
        with self._lock:
            self._is_closed = True
            workers = tuple(self._workers)
        for worker in workers:
            self._end(worker)

    def _make(self, made: "Future[bytes]", assessment: str, name: str, packed: bytes) -> None:
        """Make one for all who wait for it."""
        try:
            if self.shelf is not None:
                self.shelf.open(assessment)
            content = self._made(packed)
            if self.shelf is not None:
                self.shelf.put(assessment, name, content)
            made.set_result(content)
        except BaseException as error:
            made.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._making[name]

    def _made(self, packed: bytes) -> bytes:
        if not self._waiting.acquire(blocking=False):
            raise UnavailableError("Too many reports are being made. Try again in a minute.")
        try:
            return self._printed(packed, time.monotonic() + self.seconds)
        finally:
            self._waiting.release()

    def _printed(self, packed: bytes, given_up: float) -> bytes:
        """Print by the next worker that is free; to wait for one counts as well."""
        try:
            worker = self._idle.get(timeout=self.seconds)
        except Empty as error:
            raise UnavailableError(TOO_LONG) from error
        try:
            worker, future = self._begun(worker, packed)
            return future.result(given_up - time.monotonic())
        except TimeoutError as error:
            self._end(worker)
            raise UnavailableError(TOO_LONG) from error
        except (BrokenExecutor, CancelledError) as error:
            self._end(worker)
            raise UnavailableError(NOT_MADE) from error
        finally:
            self._idle.put(worker if worker in self._workers else None)

    def _begun(self, worker: Worker | None, packed: bytes) -> "tuple[Worker, Future[bytes]]":
        """Hand the work over; a worker that died while it was idle is replaced."""
        if worker is not None:
            with suppress(BrokenExecutor, RuntimeError):
                return worker, worker.submit(self.work, packed)
            self._end(worker)
        with self._lock:
            if self._is_closed:
                raise UnavailableError(NOT_MADE)
            worker = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=settle)
            self._workers.add(worker)
            return worker, worker.submit(self.work, packed)

    def _end(self, worker: Worker | None) -> None:
        """Stop waiting for anything of a worker; its process may be in the middle of something."""
        if worker is None:
            return
        with self._lock:
            self._workers.discard(worker)
        processes = list((worker._processes or {}).values())  # noqa: SLF001 - no public way to stop one that hangs
        worker.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with suppress(OSError, ValueError):
                process.kill()


class Shelf:
    """Printed reports by assessment, and by digest of all they are made of: whole files only, the oldest go first."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def get(self, assessment: str, name: str) -> bytes | None:
        """Take one down; it counts as used, though not as new."""
        path = self._of(assessment) / f"{name}.pdf"
        with suppress(OSError):
            written = path.stat().st_mtime
            if time.time() - written < LONGEST_KEPT:
                content = path.read_bytes()
                with suppress(OSError):
                    os.utime(path, (time.time(), written))
                return content
        return None

    def open(self, assessment: str) -> None:
        """Make room for an assessment, before anything of it is printed."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._of(assessment).mkdir(exist_ok=True, mode=0o700)

    def put(self, assessment: str, name: str, content: bytes) -> None:
        """Keep one, written beside and renamed; a full disk only means that it is made again.

        What was forgotten while this was printed has no room any more, and is not kept.
        """
        with suppress(OSError):
            folder = self._of(assessment)
            with NamedTemporaryFile(dir=folder, prefix=".", suffix=".new", delete=False) as scratch:
                try:
                    scratch.write(content)
                    scratch.flush()
                    os.fsync(scratch.fileno())
                    Path(scratch.name).replace(folder / f"{name}.pdf")
                except BaseException:
                    Path(scratch.name).unlink(missing_ok=True)
                    raise
            self._tidy()

    def forget(self, assessment: str) -> None:
        """Remove all that there is of an assessment; `OSError` where it can't be."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self._of(assessment))

    def _of(self, assessment: str) -> Path:
        return self.folder / hashlib.sha256(assessment.encode()).hexdigest()

    def _tidy(self) -> None:
        now, room = time.time(), self.most_bytes
        for path in self.folder.glob("*/.*.new"):
            if now - path.stat().st_mtime > ABANDONED:
                path.unlink(missing_ok=True)
        kept = [(path, path.stat()) for path in self.folder.glob("*/*.pdf")]
        for path, about in sorted(kept, key=lambda pair: pair[1].st_atime_ns, reverse=True):
            room -= about.st_size
            if room < 0 or now - about.st_mtime > LONGEST_KEPT:
                path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def program() -> str:
    """A digest of the program: another one may say or draw the same figures otherwise."""
    folder = Path(assessment.__file__).parent
    files = sorted(path for kind in ("*.py", "*.po") for path in folder.rglob(kind))
    stamps = [(str(path.relative_to(folder)), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()
