"""Pool of worker processes that render reports, and a cache of the PDFs.

A report takes a second of one core, so it is rendered outside of the server process. Each request has a timeout, and
concurrent requests for the same report share one rendering. A worker that crashes or times out loses only its own job.
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
from assessment.pdf import provenance_attachment
from assessment.services.reports.rendering import RenderJob, pack_job, prepare_worker, render_pdf, unpack_job

WORKER_COUNT = 2
MAX_QUEUED = 32
TIMEOUT_SECONDS = 60.0
MAX_CACHE_BYTES = 256 * 1024 * 1024
MAX_AGE_SECONDS = 7 * 24 * 3600.0  # bounds how long deleted data can stay in cached PDFs
SCRATCH_MAX_AGE_SECONDS = 3600.0
CACHE_FOLDER = "reports"
TIMED_OUT = "The report took too long and was given up."
RENDERING_FAILED = "The report could not be made. Try again."

RenderFunction: TypeAlias = Callable[[bytes], bytes]
# One pool per process: killing a process of a shared pool breaks the pool, and with it the jobs of the others.
RenderWorker: TypeAlias = ProcessPoolExecutor


def render_packed_job(content: bytes) -> bytes:
    """RenderWorker process entry point."""
    return render_pdf(*unpack_job(content))


class RenderPool:
    """Render pool of one server process; without `folder`, PDFs are not cached."""

    def __init__(
        self,
        folder: Path | None,
        *,
        workers: int = WORKER_COUNT,
        seconds: float = TIMEOUT_SECONDS,
        max_bytes: int = MAX_CACHE_BYTES,
        work: RenderFunction = render_packed_job,
    ) -> None:
        self.shelf = None if folder is None else PdfCache(folder, max_bytes)
        self.workers, self.seconds, self.work = workers, seconds, work
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MAX_QUEUED)
        self._idle: LifoQueue[RenderWorker | None] = LifoQueue()
        for _ in range(workers):
            self._idle.put(None)  # started lazily, with its first job
        self._workers: set[RenderWorker] = set()
        self._making: dict[str, Future[bytes]] = {}
        self._is_closed = False

    def print(self, questionnaire: Questionnaire, order: RenderJob, assessment: str) -> bytes:
        """Return a report's PDF, cached or rendered; `UnavailableError` after a timeout, a crash or with a full queue.

        It is cached per assessment, until the assessment's reports are evicted.
        """
        packed = pack_job(questionnaire, order)
        name = hashlib.sha256(
            f"{hash_program()} {provenance_attachment.list_renderer_versions()}".encode() + packed
        ).hexdigest()
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
        """Delete the cached PDFs of an assessment; `OSError` if that fails."""
        if self.shelf is not None:
            self.shelf.forget(assessment)

    def evict_reports(self, assessment: str) -> None:
        """Evict the cached PDFs of an assessment. Call it after the commit, or a reader caches the old ones again.

        A file that can't be deleted expires after `LONGEST_KEPT`.
        """
        with suppress(OSError):
            self.forget(assessment)

    def close(self) -> None:
        """Kill the workers, even busy ones."""
        with self._lock:
            self._is_closed = True
            workers = tuple(self._workers)
        for worker in workers:
            self._end(worker)

    def _make(self, made: "Future[bytes]", assessment: str, name: str, packed: bytes) -> None:
        """Render a report once for all requests that wait for it."""
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
        """Render in the next idle worker; the timeout includes the wait for it."""
        try:
            worker = self._idle.get(timeout=self.seconds)
        except Empty as error:
            raise UnavailableError(TIMED_OUT) from error
        try:
            worker, future = self._begun(worker, packed)
            return future.result(given_up - time.monotonic())
        except TimeoutError as error:
            self._end(worker)
            raise UnavailableError(TIMED_OUT) from error
        except (BrokenExecutor, CancelledError) as error:
            self._end(worker)
            raise UnavailableError(RENDERING_FAILED) from error
        finally:
            self._idle.put(worker if worker in self._workers else None)

    def _begun(self, worker: RenderWorker | None, packed: bytes) -> "tuple[RenderWorker, Future[bytes]]":
        """Submit the job; a worker that died while idle is replaced."""
        if worker is not None:
            with suppress(BrokenExecutor, RuntimeError):
                return worker, worker.submit(self.work, packed)
            self._end(worker)
        with self._lock:
            if self._is_closed:
                raise UnavailableError(RENDERING_FAILED)
            worker = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=prepare_worker)
            self._workers.add(worker)
            return worker, worker.submit(self.work, packed)

    def _end(self, worker: RenderWorker | None) -> None:
        """Discard a worker and kill its process."""
        if worker is None:
            return
        with self._lock:
            self._workers.discard(worker)
        processes = list((worker._processes or {}).values())  # noqa: SLF001 - no public way to stop one that hangs
        worker.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with suppress(OSError, ValueError):
                process.kill()


class PdfCache:
    """PDF files by assessment and by digest of all inputs; evicts the least recently used."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder, self.max_bytes = folder, max_bytes

    def get(self, assessment: str, name: str) -> bytes | None:
        """Return a cached PDF; updates the access time only, because the modification time decides expiry."""
        path = self._of(assessment) / f"{name}.pdf"
        with suppress(OSError):
            written = path.stat().st_mtime
            if time.time() - written < MAX_AGE_SECONDS:
                content = path.read_bytes()
                with suppress(OSError):
                    os.utime(path, (time.time(), written))
                return content
        return None

    def open(self, assessment: str) -> None:
        """Create the assessment's folder, before anything is rendered."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._of(assessment).mkdir(exist_ok=True, mode=0o700)

    def put(self, assessment: str, name: str, content: bytes) -> None:
        """Write a PDF atomically; errors like a full disk are ignored, because it can be rendered again.

        If the assessment was evicted during the rendering, its folder is gone, and nothing is stored.
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
        """Delete the assessment's folder; `OSError` if that fails."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self._of(assessment))

    def _of(self, assessment: str) -> Path:
        return self.folder / hashlib.sha256(assessment.encode()).hexdigest()

    def _tidy(self) -> None:
        now, room = time.time(), self.max_bytes
        for path in self.folder.glob("*/.*.new"):
            if now - path.stat().st_mtime > SCRATCH_MAX_AGE_SECONDS:
                path.unlink(missing_ok=True)
        kept = [(path, path.stat()) for path in self.folder.glob("*/*.pdf")]
        for path, about in sorted(kept, key=lambda pair: pair[1].st_atime_ns, reverse=True):
            room -= about.st_size
            if room < 0 or now - about.st_mtime > MAX_AGE_SECONDS:
                path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def hash_program() -> str:
    """Digest of the program's files: another version may render the same figures differently."""
    folder = Path(assessment.__file__).parent
    files = sorted(path for kind in ("*.py", "*.po") for path in folder.rglob(kind))
    stamps = [(str(path.relative_to(folder)), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()
