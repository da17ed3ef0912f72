"""Content and outcome of a delivery; not in the sender, whose libraries only servers with webhooks load."""

from datetime import timedelta

from msgspec import Struct

from assessment.domain.closed_sets import DeliveryProblem

GONE = 410


class DeliveryResult(Struct, frozen=True):
    """Outcome of an attempt; `retry_after` is what the receiver asks for."""

    status: int | None = None
    problem: DeliveryProblem | None = None
    retry_after: timedelta | None = None

    @property
    def is_delivered(self) -> bool:
        return self.problem is None

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


class WebhookRequest(Struct, frozen=True):
    """POST of one event."""

    url: str
    headers: dict[str, str]
    body: bytes
