"""Work of a running server without a request: mails, webhooks, due closes, counts, clearing up."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from anyio import create_task_group, to_thread
from litestar import Litestar

from assessment.components import Components
from assessment.services.assessments import interrupted_work
from assessment.services.assessments.closing_schedule import (
    CHECK_INTERVAL_SECONDS,
    close_due_or_log,
    count_open_or_log,
)
from assessment.services.auth.sign_in_limit import delete_old_tries_or_log


@asynccontextmanager
async def run_lifespan(app: Litestar) -> AsyncIterator[None]:
    """Lifespan: run the answer writer and scheduled work; at shutdown, write all queued answers."""
    components: Components = app.components  # type: ignore[attr-defined]
    components.writer.start()
    ending, stopping = threading.Event(), asyncio.Event()
    try:
        async with create_task_group() as tasks:
            tasks.start_soon(_clean_up_remains, components, ending, stopping)
            tasks.start_soon(_close_due_assessments, components, stopping)
            if components.outbox_worker is not None:
                tasks.start_soon(components.outbox_worker.run, stopping)
            if components.webhook_worker is not None:
                tasks.start_soon(components.webhook_worker.run, stopping)
            if components.bulk_worker is not None:
                tasks.start_soon(components.bulk_worker.run, stopping)
            try:
                yield
            finally:
                ending.set()
                stopping.set()
    finally:
        await to_thread.run_sync(components.writer.stop)
        await to_thread.run_sync(components.render_pool.close)
        components.read_connection.close()
        components.engine.dispose()


async def _clean_up_remains(components: Components, ending: threading.Event, stopping: asyncio.Event) -> None:
    """Finish or delete what interrupted work has left, at the start and every hour."""
    while not stopping.is_set():
        await to_thread.run_sync(interrupted_work.clean_up_or_log, components.engine, components.clock(), ending.is_set)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interrupted_work.INTERVAL_SECONDS)


async def _close_due_assessments(components: Components, stopping: asyncio.Event) -> None:
    """Close due assessments, first those that became due while no server ran, and take hourly counts of open ones.

    A running close is completed.
    """
    evict_reports = components.render_pool.evict_reports
    while not stopping.is_set():
        await to_thread.run_sync(close_due_or_log, components.engine, components.clock(), evict_reports)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), CHECK_INTERVAL_SECONDS)
            return
        await to_thread.run_sync(count_open_or_log, components.engine, components.clock())
        await to_thread.run_sync(delete_old_tries_or_log, components.engine, components.clock())
