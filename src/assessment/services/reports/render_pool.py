"""Pool of worker processes that render reports; the files are cached.

A report takes a second of one core, so it is rendered outside of the server process. Each request has a timeout, and
concurrent requests for the same report share one rendering. A worker that crashes or times out loses only its own job.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from queue import Empty, LifoQueue
from typing import TypeAlias

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import UnavailableError
from assessment.services.reports.rendering import (
    RenderJob,
    list_renderer_versions,
    pack_job,
    prepare_worker,
    render_file,
    unpack_job,
)
from assessment.services.reports.report_cache import MAX_CACHE_BYTES, ReportCache, hash_program

WORKER_COUNT = 2
MAX_QUEUED = 32
TIMEOUT_SECONDS = 60.0
CACHE_FOLDER = "reports"
TIMED_OUT = "The report took too long and was given up."
RENDERING_FAILED = "The report could not be made. Try again."

RenderFunction: TypeAlias = Callable[[bytes], bytes]
# One pool per process: killing a process of a shared pool breaks the pool, and with it the jobs of the others.
RenderWorker: TypeAlias = ProcessPoolExecutor


def render_packed_job(content: bytes) -> bytes:
    """Worker process entry point."""
    return render_file(*unpack_job(content))


class RenderPool:
    """Render pool of one server process; without `folder`, files are not cached."""

    def __init__(
        self,
        folder: Path | None,
        *,
        workers: int = WORKER_COUNT,
        timeout: float = TIMEOUT_SECONDS,
        max_bytes: int = MAX_CACHE_BYTES,
        render: RenderFunction = render_packed_job,
    ) -> None:
        self.cache = None if folder is None else ReportCache(folder, max_bytes)
        self.workers, self._timeout, self._render = workers, timeout, render
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MAX_QUEUED)
        self._idle: LifoQueue[RenderWorker | None] = LifoQueue()
        for _ in range(workers):
            self._idle.put(None)  # started lazily, with its first job
        self._workers: set[RenderWorker] = set()
        self._in_progress: dict[str, Future[bytes]] = {}
        self._is_closed = False

    def render(self, questionnaire: Questionnaire, job: RenderJob, assessment: str) -> bytes:
        """Return a report's file, cached or rendered; `UnavailableError` after a timeout, a crash or with a full queue.

        It is cached per assessment, until the assessment's reports are evicted.
        """
        packed = pack_job(questionnaire, job)
        digest = hashlib.sha256(f"{hash_program()} {list_renderer_versions()}".encode() + packed).hexdigest()
        name = f"{digest}.{job.file_format}"
        if self.cache is not None and (content := self.cache.get(assessment, name)) is not None:
            return content
        with self._lock:
            future = self._in_progress.get(name)
            is_first = future is None
            if future is None:
                future = self._in_progress[name] = Future()
        if is_first:
            self._render_for_waiting(future, assessment, name, packed)
        return future.result()

    def delete_reports(self, assessment: str) -> None:
        """Delete the cached files of an assessment; `OSError` if that fails."""
        if self.cache is not None:
            self.cache.delete_all(assessment)

    def evict_reports(self, assessment: str) -> None:
        """Evict the cached files of an assessment. Call it after the commit, or a reader caches the old ones again.

        A file that can't be deleted expires after `MAX_AGE_SECONDS`.
        """
        with suppress(OSError):
            self.delete_reports(assessment)

    def close(self) -> None:
        """Kill the workers, even busy ones."""
        with self._lock:
            self._is_closed = True
            workers = tuple(self._workers)
        for worker in workers:
            self._kill_worker(worker)

    def _render_for_waiting(self, future: "Future[bytes]", assessment: str, name: str, packed: bytes) -> None:
        """Render a report once for all requests that wait for it."""
        try:
            if self.cache is not None:
                self.cache.create_folder(assessment)
            content = self._render_limited(packed)
            if self.cache is not None:
                self.cache.put(assessment, name, content)
            future.set_result(content)
        except BaseException as error:
            future.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._in_progress[name]

    def _render_limited(self, packed: bytes) -> bytes:
        if not self._waiting.acquire(blocking=False):
            raise UnavailableError("Too many reports are being made. Try again in a minute.")
        try:
            return self._run_in_worker(packed, time.monotonic() + self._timeout)
        finally:
            self._waiting.release()

    def _run_in_worker(self, packed: bytes, deadline: float) -> bytes:
        """Render in the next idle worker; the timeout includes the wait for it."""
        try:
            worker = self._idle.get(timeout=self._timeout)
        except Empty as error:
            raise UnavailableError(TIMED_OUT) from error
        try:
            worker, future = self._submit(worker, packed)
            return future.result(deadline - time.monotonic())
        except TimeoutError as error:
            self._kill_worker(worker)
            raise UnavailableError(TIMED_OUT) from error
        except (BrokenExecutor, CancelledError) as error:
            self._kill_worker(worker)
            raise UnavailableError(RENDERING_FAILED) from error
        finally:
            self._idle.put(worker if worker in self._workers else None)

    def _submit(self, worker: RenderWorker | None, packed: bytes) -> "tuple[RenderWorker, Future[bytes]]":
        """Submit the job; a worker that died while idle is replaced."""
        if worker is not None:
            with suppress(BrokenExecutor, RuntimeError):
                return worker, worker.submit(self._render, packed)
            self._kill_worker(worker)
        with self._lock:
            if self._is_closed:
                raise UnavailableError(RENDERING_FAILED)
            worker = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=prepare_worker)
            self._workers.add(worker)
            return worker, worker.submit(self._render, packed)

    def _kill_worker(self, worker: RenderWorker | None) -> None:
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
