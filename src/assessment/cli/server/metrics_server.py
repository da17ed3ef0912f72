"""HTTP server for Prometheus, in the process that starts the others: their metrics, and the installation's state."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assessment.errors import AppError
from assessment.web.http.metrics import FOLDER_VARIABLE

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from sqlalchemy import Engine

    from assessment.settings import Settings


class InstallationCollector:
    """Gauges that are measured at each scrape."""

    def __init__(self, settings: "Settings", engine: "Engine") -> None:
        self._settings, self._engine = settings, engine

    def collect(self) -> Iterator["Metric"]:
        """Yield readiness by part, free disk space, and queued mails; the last only if the database answers."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        from assessment.services.operations import readiness

        now = datetime.now(UTC)
        state = readiness.check_readiness(self._engine, self._settings.data, now)
        ready = GaugeMetricFamily("assessment_ready", "1 if requests can be served.")
        ready.add_metric([], float(state.ready))
        yield ready
        parts = GaugeMetricFamily("assessment_part_ok", "1 if this part is well, by part.", labels=["part"])
        for part in state.__struct_fields__:
            parts.add_metric([part], float(getattr(state, part) in ("ok", "current", "busy")))
        yield parts
        free = GaugeMetricFamily("assessment_disk_free_bytes", "Free space of the data folder.")
        free.add_metric([], float(readiness.measure_free_bytes(self._settings.data)))
        yield free
        try:
            yield from self._measure_mails(now)
        except AppError:
            return

    def _measure_mails(self, now: datetime) -> Iterator["Metric"]:
        from prometheus_client.metrics_core import GaugeMetricFamily

        from assessment.services.operations import readiness
        from assessment.storage import database
        from assessment.storage.delivery import outbox

        with database.read_session(self._engine) as session:
            count = outbox.count_queued_mails(session)
        queued = GaugeMetricFamily("assessment_queued_mails", "Mails that are queued, due or not.")
        queued.add_metric([], float(count))
        yield queued
        delay = GaugeMetricFamily("assessment_oldest_job_seconds", "Since when the oldest job is due.")
        longest = max(readiness.measure_job_delays(self._engine, now).values())
        delay.add_metric([], longest.total_seconds())
        yield delay


@contextmanager
def run_metrics_server(settings: "Settings") -> Iterator[None]:
    """Serve metrics while the block runs, if a port is set for them. Raises `OSError` if it is taken.

    The folder of the processes' numbers is made here, before any of them imports the library.
    """
    if settings.metrics_address is None:
        yield
        return
    host, port = settings.metrics_address
    with tempfile.TemporaryDirectory(prefix="assessment-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER_VARIABLE] = folder
        from prometheus_client import CollectorRegistry, start_http_server
        from prometheus_client.multiprocess import MultiProcessCollector

        from assessment.storage import database

        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        engine = database.make_engine(settings.database_url)
        registry.register(InstallationCollector(settings, engine))
        server, thread = start_http_server(port, host, registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            engine.dispose()
            del os.environ[FOLDER_VARIABLE]
