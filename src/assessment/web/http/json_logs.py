"""JSON logs, one object per line. Routes are logged as templates, never URLs, form fields, cookies or tokens."""

import logging
import time
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar.types import Message, Scope

from assessment.web.http.headers import get_request_id
from assessment.web.http.metrics import RequestMetrics

access_logger = logging.getLogger("assessment.access")
error_logger = logging.getLogger("assessment.failures")


class JsonFormatter(logging.Formatter):
    """Formatter for JSON lines; of an exception it logs type and locations, not the text."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line |= describe_exception(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def describe_exception(error: BaseException) -> dict[str, object]:
    """Return type and locations of an exception, without its text: that may quote what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "places": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }


async def log_request(message: Message, scope: Scope) -> None:
    """Write the access log and count the request when its response starts; the duration is in milliseconds."""
    if message["type"] != "http.response.start" or "method" not in scope:
        return
    fields: dict[str, Any] = {
        "request": get_request_id(scope),
        "method": scope.get("method"),
        "route": scope.get("path_template") or "-",
        "status": message["status"],
    }
    began = scope.get("state", {}).get("began")
    seconds = None if began is None else time.perf_counter() - began
    if seconds is not None:
        fields["milliseconds"] = round(seconds * 1000, 1)
    metrics: RequestMetrics | None = scope["litestar_app"].state.get("request_metrics")
    if metrics is not None:
        metrics.observe_request(fields["route"], str(fields["method"]), message["status"], seconds)
    if access_logger.isEnabledFor(logging.INFO):
        # `info` would walk the stack for the name of this function, which no line has.
        record = access_logger.makeRecord(
            access_logger.name, logging.INFO, "", 0, "request", (), None, extra={"fields": fields}
        )
        access_logger.handle(record)
