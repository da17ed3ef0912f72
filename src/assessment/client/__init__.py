"""Client of the API for other programs: typed, with paging, retries and verified webhooks.

Needs httpx and msgspec only, and imports nothing of the server.
"""

from assessment.client.api_client import AssessmentClient
from assessment.client.api_errors import ApiProblemError, ApiUnreachableError, ProblemPlace
from assessment.client.records import (
    AssessmentRecord,
    DeliveryRecord,
    HeldBackRecord,
    InvitationRecord,
    KeyRecord,
    OrganisationRecord,
    UserRecord,
    WebhookRecord,
    WebhookSecretRecord,
)
from assessment.client.webhook_verification import WebhookMessage, WebhookVerificationError, verify_webhook

__all__ = [
    "ApiProblemError",
    "ApiUnreachableError",
    "AssessmentClient",
    "AssessmentRecord",
    "DeliveryRecord",
    "HeldBackRecord",
    "InvitationRecord",
    "KeyRecord",
    "OrganisationRecord",
    "ProblemPlace",
    "UserRecord",
    "WebhookMessage",
    "WebhookRecord",
    "WebhookSecretRecord",
    "WebhookVerificationError",
    "verify_webhook",
]
