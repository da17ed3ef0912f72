"""Wire types of webhooks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.resources.wire import RequestStruct, copy_fields
from assessment.domain.closed_sets import WebhookEvent
from assessment.services.webhooks import subscriptions
from assessment.services.webhooks.subscriptions import MAX_OVERLAP, MAX_URL_LENGTH
from assessment.storage.delivery.webhooks import Webhook

MAX_OVERLAP_HOURS = MAX_OVERLAP // timedelta(hours=1)
DEFAULT_OVERLAP_HOURS = 24
REQUEST_EXAMPLE = {"url": "https://hooks.example.org/assessment", "events": ["assessment.closed", "report.ready"]}
RESPONSE_EXAMPLE = {
    "id": "ymz4wmjd3dcsrrbv5q2uxbcd",
    **REQUEST_EXAMPLE,
    "created_at": "2026-11-02T09:30:00Z",
    "ended_at": None,
    "previous_secret_until": None,
    "enabled": True,
}
SECRET_EXAMPLE = RESPONSE_EXAMPLE | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}

# Only described here: the service validates, so that one response names every fault.
UrlText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_URL_LENGTH, "format": "uri"})]
EventName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [str(event) for event in WebhookEvent]})]
EventNames: TypeAlias = Annotated[tuple[EventName, ...], Meta(extra_json_schema={"minItems": 1})]
WebhookSort: TypeAlias = Literal["-created_at", "created_at"]
OverlapHours: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_OVERLAP_HOURS)]


class NewSubscription(RequestStruct, frozen=True):
    """A receiver of events."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "url": "An `https` address on the public internet. Redirects are not followed.",
        "events": "The events to receive.",
    }

    url: UrlText
    events: EventNames


class SubscriptionChange(RequestStruct, frozen=True):
    """Fields to change; those that are not sent stay as they are."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "url": "An `https` address on the public internet. Redirects are not followed.",
        "events": "The events to receive.",
        "enabled": "False stops deliveries, and cancels those that are queued; true starts them again.",
    }

    url: UrlText | UnsetType = UNSET
    events: EventNames | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class SecretRotation(RequestStruct, frozen=True):
    """How long the present secret signs next to the new one."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "overlap_hours": "For so long, each delivery has a signature of both secrets."
    }

    overlap_hours: OverlapHours = DEFAULT_OVERLAP_HOURS


class WebhookOut(Struct, frozen=True):
    """A receiver of events. `ended_at`: it replied 410, and nothing is delivered any more."""

    id: str
    url: str
    events: tuple[WebhookEvent, ...]
    created_at: datetime
    ended_at: datetime | None
    previous_secret_until: datetime | None
    enabled: bool


class WebhookSecretOut(WebhookOut, frozen=True):
    """The same with its signing secret, which is returned only here."""

    secret: str


def build_webhook_out(webhook: Webhook) -> WebhookOut:
    return copy_fields(webhook, WebhookOut, enabled=webhook.is_enabled)


def build_secret_out(new: subscriptions.NewWebhook) -> WebhookSecretOut:
    return copy_fields(new.webhook, WebhookSecretOut, enabled=new.webhook.is_enabled, secret=new.secret)
