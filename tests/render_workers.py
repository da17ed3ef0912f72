"""Worker processes that all applications of a process of pytest share: a start takes two seconds of processor time."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from pebble import ProcessPool

from assessment.services.reports import render_pool

ProcessFuture = Future[render_pool.JobOutcome]
create_own_pool = render_pool.create_process_pool  # before `render_pool` gets the shared one


class SharedWorkers:
    """Stands for the process pool of each render pool; a job that was rendered before is not rendered again."""

    def __init__(self) -> None:
        self._processes: ProcessPool | None = None
        self._outcomes: dict[str, render_pool.JobOutcome] = {}

    def __call__(self, _workers: int) -> "SharedWorkers":
        """Take the place of `create_process_pool`."""
        return self

    def schedule(self, function: Any, args: Sequence[Any]) -> ProcessFuture:
        render, packed = args
        name = f"{render.__module__}.{render.__qualname__} {hashlib.sha256(packed).hexdigest()}"
        if name in self._outcomes:
            done = ProcessFuture()
            done.set_result(self._outcomes[name])
            return done
        if self._processes is None:
            self._processes = create_own_pool(1)
        job: ProcessFuture = self._processes.schedule(function, args=args)
        job.add_done_callback(lambda job: self._store_outcome(name, job))
        return job

    def _store_outcome(self, name: str, job: ProcessFuture) -> None:
        if not job.cancelled() and job.exception() is None and not job.result()[1]:
            self._outcomes[name] = job.result()

    def stop(self) -> None:
        """Do nothing: other render pools go on."""

    def join(self) -> None:
        """Do nothing, as `stop`."""

    def close(self) -> None:
        """Stop the processes at the end of the tests."""
        if self._processes is not None:
            self._processes.stop()
            self._processes.join()
