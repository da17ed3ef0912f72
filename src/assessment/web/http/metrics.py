"""Prometheus metrics of requests: counts and durations by route template, never by URL, tenant or person.

Server processes share their numbers through files in `FOLDER_VARIABLE` (prometheus-client's multi-process mode). The
library reads that variable when it is imported, so it is imported only after `serve` has set it.
"""

import os

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DURATION_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class RequestMetrics:
    """Counter and histogram of one process."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Histogram  # noqa: PLC0415  # see above

        # Without a registry: the collector reads the files, and tests create several applications in one process.
        self._count = Counter(
            "assessment_requests", "Requests by route, method and status.", ("route", "method", "status"), registry=None
        )
        self._duration = Histogram(
            "assessment_request_seconds",
            "Seconds until the response began, by route.",
            ("route",),
            buckets=DURATION_BUCKETS,
            registry=None,
        )

    def observe_request(self, route: str, method: str, status: int, seconds: float | None) -> None:
        self._count.labels(route, method if method in METHODS else "other", str(status)).inc()
        if seconds is not None:
            self._duration.labels(route).observe(seconds)


def make_request_metrics() -> RequestMetrics | None:
    """Return the metrics of this process; None unless the server was started with a port for them."""
    return RequestMetrics() if os.environ.get(FOLDER_VARIABLE) else None
