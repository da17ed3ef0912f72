"""Pool of worker processes that render reports; the files are cached.

A report takes a second of one core, so it is rendered outside of the server process. Each request has a timeout, and
concurrent requests for the same report share one rendering. A worker that crashes or times out loses only its own job.
"""

import asyncio
import hashlib
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from anyio import move_on_after, to_thread
from msgspec import Struct

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

if TYPE_CHECKING:
    from pebble import ProcessFuture, ProcessPool

WORKER_COUNT = 2
MAX_QUEUED = 32
TIMEOUT_SECONDS = 60.0
CACHE_FOLDER = "reports"
TIMED_OUT = "The report took too long and was given up."
RENDERING_FAILED = "The report could not be made. Try again."

RenderFunction: TypeAlias = Callable[[bytes], bytes]
JobOutcome: TypeAlias = tuple[bytes, str]  # the PDF, or a traceback


class RenderProgress(Struct, frozen=True):
    """How far a file is: ready in the cache, being drawn, or waiting for `ahead` others that are drawn first."""

    is_ready: bool = False
    ahead: int = 0


class RenderError(Exception):
    """A worker raised an exception; the message is its traceback."""


def create_process_pool(workers: int) -> "ProcessPool":
    from pebble import ProcessPool  # noqa: PLC0415  # a server process may never render

    return ProcessPool(max_workers=workers, context=get_context("spawn"), initializer=prepare_worker)


def render_packed_job(content: bytes) -> bytes:
    """Render a serialized job."""
    return render_file(*unpack_job(content))


def run_job(render: RenderFunction, content: bytes) -> JobOutcome:
    """Worker process entry point. Returns errors as text: an exception that can't be unpickled would break the pool."""
    try:
        return render(content), ""
    except Exception:  # noqa: BLE001  # reported by the server process
        return b"", traceback.format_exc()


def _name_file(questionnaire: Questionnaire, job: RenderJob) -> tuple[str, bytes]:
    """Name the cached file of a job, and serialize the job."""
    packed = pack_job(questionnaire, job)
    digest = hashlib.sha256(f"{hash_program()} {list_renderer_versions()}".encode() + packed).hexdigest()
    return f"{digest}.{job.file_format}", packed


def _read_error(waiting: "asyncio.Future[bytes]") -> None:
    """Read the error, which asyncio would report as never read if the request has ended."""
    if not waiting.cancelled():
        waiting.exception()


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
        self._processes: ProcessPool | None = None  # until the first job
        self._jobs: set[ProcessFuture[JobOutcome]] = set()
        self._in_progress: dict[str, Future[bytes]] = {}
        self._failed: dict[str, BaseException] = {}
        self._is_closed = False

    def render(self, questionnaire: Questionnaire, job: RenderJob, assessment_id: str) -> bytes:
        """Return a report's file, cached or rendered; `UnavailableError` after a timeout, a crash or with a full queue.

        It is cached per assessment, until the assessment's reports are evicted.
        """
        name, packed = _name_file(questionnaire, job)
        if self.cache is not None and (content := self.cache.get(assessment_id, name)) is not None:
            return content
        with self._lock:
            future, is_new = self._find_or_add_future(name)
        if is_new:
            self._render_for_waiting(future, assessment_id, name, packed)
        return future.result()

    async def render_async(self, questionnaire: Questionnaire, job: RenderJob, assessment_id: str) -> bytes:
        """Return the rendered file as `render`; waits in the event loop, not in a thread that serves requests."""
        future = await to_thread.run_sync(self._begin, questionnaire, job, assessment_id)
        waiting = asyncio.wrap_future(future)
        waiting.add_done_callback(_read_error)
        return await asyncio.shield(waiting)  # others may wait for the same file: a request that ends must not end it

    async def start_async(
        self, questionnaire: Questionnaire, job: RenderJob, assessment_id: str, wait: float
    ) -> RenderProgress:
        """Return the progress as `start`; waits in the event loop, not in a thread that serves requests."""
        progress = await to_thread.run_sync(self.start, questionnaire, job, assessment_id, 0.0)
        if progress.is_ready:
            return progress
        try:
            with move_on_after(wait):
                await self.render_async(questionnaire, job, assessment_id)
        except Exception:
            with self._lock:
                self._failed.pop(_name_file(questionnaire, job)[0], None)  # it is raised here, not a second time
            raise
        return await to_thread.run_sync(self.start, questionnaire, job, assessment_id, 0.0)

    def _begin(self, questionnaire: Questionnaire, job: RenderJob, assessment_id: str) -> "Future[bytes]":
        """Begin rendering on a thread of its own, unless it is cached or rendered already; return its future."""
        name, packed = _name_file(questionnaire, job)
        if self.cache is not None and (content := self.cache.get(assessment_id, name)) is not None:
            cached: Future[bytes] = Future()
            cached.set_result(content)
            return cached
        with self._lock:
            future, is_new = self._find_or_add_future(name)
        if is_new:
            arguments = (future, assessment_id, name, packed)
            threading.Thread(target=self._render_quietly, args=arguments, daemon=True).start()
        return future

    def _find_or_add_future(self, name: str) -> "tuple[Future[bytes], bool]":
        """Return the future of a file, and whether it is new: then the caller renders the file. The lock is held."""
        future = self._in_progress.get(name)
        if future is not None:
            return future, False
        future = self._in_progress[name] = Future()
        return future, True

    def _render_quietly(self, future: "Future[bytes]", assessment_id: str, name: str, packed: bytes) -> None:
        """Render a report; waiting requests get its error from the future."""
        with suppress(BaseException):
            self._render_for_waiting(future, assessment_id, name, packed)

    def start(self, questionnaire: Questionnaire, job: RenderJob, assessment_id: str, wait: float) -> RenderProgress:
        """Render in the background, wait up to `wait` seconds, and return how far it is.

        Once it is ready, `render` returns the file at once. Raises what the rendering raised, once. Without a cache
        nothing is started, and the file counts as ready: only `render` can return it.
        """
        name, packed = _name_file(questionnaire, job)
        if self.cache is None or self.cache.get(assessment_id, name) is not None:
            return RenderProgress(is_ready=True)
        with self._lock:
            if (error := self._failed.pop(name, None)) is not None:
                raise error
            future, is_new = self._find_or_add_future(name)
        if is_new:
            threading.Thread(
                target=self._render_in_background, args=(future, assessment_id, name, packed), daemon=True
            ).start()
        try:
            future.result(wait)
        except FutureTimeoutError:
            with self._lock:
                place = list(self._in_progress).index(name) if name in self._in_progress else 0
            return RenderProgress(ahead=max(0, place + 1 - self.workers))
        except BaseException:
            with self._lock:
                self._failed.pop(name, None)
            raise
        return RenderProgress(is_ready=True)

    def _render_in_background(self, future: "Future[bytes]", assessment_id: str, name: str, packed: bytes) -> None:
        """Render, and store an error for the next who asks."""
        try:
            self._render_for_waiting(future, assessment_id, name, packed)
        except BaseException as error:  # noqa: BLE001  # raised again by `start`
            with self._lock:
                self._failed[name] = error
                while len(self._failed) > MAX_QUEUED:
                    self._failed.pop(next(iter(self._failed)))

    def delete_reports(self, assessment_id: str) -> None:
        """Delete the cached files of an assessment; `OSError` if that fails."""
        if self.cache is not None:
            self.cache.delete_all(assessment_id)

    def evict_reports(self, assessment_id: str) -> None:
        """Evict the cached files of an assessment. Call it after the commit, or a reader caches the old ones again.

        A file that can't be deleted expires after `MAX_AGE_SECONDS`.
        """
        with suppress(OSError):
            self.delete_reports(assessment_id)

    def close(self) -> None:
        """Kill the workers, even busy ones."""
        with self._lock:
            self._is_closed = True
            jobs, processes = tuple(self._jobs), self._processes
        for job in jobs:
            job.cancel()  # otherwise waiting requests would wait until their timeout
        if processes is not None:
            processes.stop()
            processes.join()

    def _render_for_waiting(self, future: "Future[bytes]", assessment_id: str, name: str, packed: bytes) -> None:
        """Render a report once for all requests that wait for it."""
        try:
            if self.cache is not None:
                self.cache.create_folder(assessment_id)
            content = self._render_limited(packed)
            if self.cache is not None:
                self.cache.put(assessment_id, name, content)
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
            return self._run_in_worker(packed)
        finally:
            self._waiting.release()

    def _run_in_worker(self, packed: bytes) -> bytes:
        """Render in the next idle worker; the timeout includes the wait for it."""
        from pebble import ProcessExpired  # noqa: PLC0415  # see above

        job = self._schedule_job(packed)
        try:
            outcome: JobOutcome = job.result(self._timeout)
        except TimeoutError as expired:
            raise UnavailableError(TIMED_OUT) from expired
        except (ProcessExpired, CancelledError) as killed:
            raise UnavailableError(RENDERING_FAILED) from killed
        finally:
            job.cancel()  # kills the worker, if it has not finished
            with self._lock:
                self._jobs.discard(job)
        content, error = outcome
        if error:
            raise RenderError(error)
        return content

    def _schedule_job(self, packed: bytes) -> "ProcessFuture[JobOutcome]":
        with self._lock:
            if self._is_closed:
                raise UnavailableError(RENDERING_FAILED)
            if self._processes is None:
                self._processes = create_process_pool(self.workers)
            job = self._processes.schedule(run_job, args=[self._render, packed])
            self._jobs.add(job)
            return job
