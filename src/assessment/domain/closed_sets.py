"""Closed sets, each defined once: the database, files and the API contain their values."""

from enum import StrEnum


class AssessmentState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Confidentiality(StrEnum):
    """Level of protection that respondents are promised."""

    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"
    ATTRIBUTABLE = "attributable"


class Mode(StrEnum):
    """Individual answers of many people, or one team answer per function."""

    SURVEY = "survey"
    CONSENSUS = "consensus"


class ReleaseBasis(StrEnum):
    """Place of the answers behind a release: the assessment's own, a copy made when it was reopened, or deleted."""

    LIVE = "live"
    COPIED = "kept"
    DELETED = "gone"


class ResponseState(StrEnum):
    STARTED = "started"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    SET_ASIDE = "set-aside"
    PREVIEW = "preview"  # never stored


class DeliveryMode(StrEnum):
    """Delivery of an invitation's link: by hand by a consultant, or by mail from the server."""

    LINK = "link"
    MAIL = "mail"


class MemberRole(StrEnum):
    """Owners also manage users, keys, settings and the audit log; editors run assessments; viewers change nothing."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class ActionStatus(StrEnum):
    """Progress of an action of the roadmap, as the consultant records it."""

    NOT_BEGUN = "not-begun"
    UNDER_WAY = "under-way"
    DONE = "done"
    DROPPED = "dropped"


class MailKind(StrEnum):
    INVITATION = "invitation"
    REMINDER = "reminder"
    CLOSING_SOON = "closing-soon"
    RESULTS = "results"
    TEST = "test"
    USER_INVITATION = "user-invitation"
    PASSWORD_RESET = "password-reset"  # noqa: S105  # a kind of mail
    CLOSED = "closed"  # an assessment closed by itself
    REPORT = "report"  # a link to a published report, to a client


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ErasureKind(StrEnum):
    """Kind of an erasure that is repeated after a restore."""

    INVITATION = "invitation"
    RESPONSE = "response"
    ORGANISATION = "organisation"


class WebhookEvent(StrEnum):
    ASSESSMENT_OPENED = "assessment.opened"
    ASSESSMENT_CLOSED = "assessment.closed"
    REPORT_READY = "report.ready"
    RESPONSE_SENT = "response.sent"


class DeliveryState(StrEnum):
    """State of one event on its way to one webhook."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DeliveryProblem(StrEnum):
    """Why the last attempt to deliver an event failed."""

    STATUS = "status"  # the receiver replied with another status than 2xx
    REDIRECT = "redirect"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    ADDRESS = "address"  # the host has an address that is not public
    CERTIFICATE = "certificate"
    SECRET = "secret"  # noqa: S105  # the signing secret was encrypted with another secret of the server


class BulkJobKind(StrEnum):
    """Kind of the objects that a large request creates in the background."""

    INVITATIONS = "invitations"
    RESPONSES = "responses"


class BulkJobState(StrEnum):
    """State of a large request that is worked off in the background."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BulkPartKind(StrEnum):
    """Content of a part of a bulk job: rows of the request, links that were made, or the reason of its failure."""

    REQUEST = "request"
    LINKS = "links"
    FAILURE = "failure"


class KeyState(StrEnum):
    """State of an API key at a time."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class SchemaState(StrEnum):
    """Schema of a database, compared with the one of the program."""

    CURRENT = "current"
    EMPTY = "empty"
    OLD = "old"
    NEWER = "newer"


class WordKind(StrEnum):
    """Meaning of a word in a list of people."""

    ROLE = "role"
    FUNCTIONS = "functions"


EDITING_ROLES = frozenset({MemberRole.OWNER, MemberRole.EDITOR})
STORED_RESPONSE_STATES = tuple(state for state in ResponseState if state is not ResponseState.PREVIEW)
TOKEN_KINDS = (MailKind.USER_INVITATION, MailKind.PASSWORD_RESET)
CONSOLE_MAIL_KINDS = (*TOKEN_KINDS, MailKind.CLOSED, MailKind.REPORT)  # to consultants and clients, not to respondents
ASSESSMENT_MAIL_KINDS = (MailKind.INVITATION, MailKind.REMINDER, MailKind.CLOSING_SOON, MailKind.RESULTS)
