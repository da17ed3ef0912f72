"""Response types of the API. Fields that a newer server adds are ignored."""

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from assessment.client.api_errors import ProblemDocument

T = TypeVar("T")


class ListPage(Struct, Generic[T], frozen=True):
    """One page of a list."""

    data: list[T]
    next_cursor: str | None = None


class OrganisationRecord(Struct, frozen=True):
    """A client whose social media is assessed."""

    id: str
    name: str
    created_at: datetime
    contact_name: str = ""
    contact_email: str = ""
    archived_on: date | None = None


class HeldBackRecord(Struct, frozen=True):
    """Figures that the last close did not publish, and why."""

    figures: str
    reason: str


class QuestionnaireRecord(Struct, frozen=True):
    """The questionnaire of an assessment; `digest` is null before the opening."""

    id: str
    version: str
    digest: str | None = None


class AssessmentRecord(Struct, frozen=True):
    """An assessment; `release` is the number of its newest published result."""

    id: str
    organisation: str
    questionnaire: QuestionnaireRecord
    title: str
    state: str
    confidentiality: str
    mode: str
    language: str
    minimum_group: int
    closes_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    wave_of: str | None = None
    release: int | None = None
    held_back: list[HeldBackRecord] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)


class InvitationRecord(Struct, frozen=True):
    """An invited person; `link` is returned once, where you hand it over yourself."""

    id: str
    role: str
    functions: list[str]
    email: str | None = None
    name: str | None = None
    deliver: str = "link"
    link: str | None = None


class JobRecord(Struct, frozen=True):
    """A large request that the server carries out in the background; `problem` is why it failed."""

    id: str
    state: str
    done: int
    total: int | None = None
    problem: ProblemDocument | None = None


class KeyRecord(Struct, frozen=True):
    """An API key, without its text."""

    id: str
    name: str
    scopes: list[str]
    state: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class UserRecord(Struct, frozen=True):
    """A user of the workspace."""

    id: str
    email: str
    role: str
    state: str
    last_sign_in_at: datetime | None = None
    has_second_factor: bool = False
    is_last_owner: bool = False


class WebhookRecord(Struct, frozen=True):
    """A receiver of events; `ended_at`: it replied 410."""

    id: str
    url: str
    events: list[str]
    created_at: datetime
    ended_at: datetime | None = None
    previous_secret_until: datetime | None = None
    enabled: bool = True


class WebhookSecretRecord(WebhookRecord, frozen=True, kw_only=True):
    """The same with its signing secret, which is returned once."""

    secret: str


class DeliveryRecord(Struct, frozen=True):
    """A line of the delivery log of a webhook."""

    id: str
    event_id: str
    event: str
    payload: dict[str, Any]
    state: str
    attempts: int
    created_at: datetime
    attempted_at: datetime | None = None
    next_attempt_at: datetime | None = None
    status_code: int | None = None
    problem: str | None = None
    finished_at: datetime | None = None
