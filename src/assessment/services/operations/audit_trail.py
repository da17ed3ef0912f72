"""Audit log: who did what and when, as a hash chain of HMACs keyed with the server's secret.

The edge attaches the secret to the engine and the actor to the session, so a service passes only the event, and the
entry is written in the event's own transaction. An engine without a secret (in tests) records nothing.

Entries refer to things by id. They contain no answer, no address of a respondent, and nothing that a respondent did.
The chain reveals every change, insertion and deletion of entries, but not a database restored from an older backup.
"""

import hmac
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.storage.auth import audit_log, users
from assessment.storage.auth.audit_log import AuditEntry, AuditHead

SECRET_OPTION = "assessment_audit_secret"  # noqa: S105  # the option's name, not a secret
ACTOR_KEY = "assessment_audit_actor"
SERVER_ACTOR, OPERATOR_ACTOR = "server", "operator"  # automatic actions; commands typed on the server's machine
KEY_ACTOR = "key:"  # before the name of an API key, which may be any text: an address, or "server"

LOG_STARTED = "log.started"
WORKSPACE_CREATED, WORKSPACE_CHANGED = "workspace.created", "workspace.changed"
USER_ADDED, USER_DISABLED, USER_ENABLED = "user.added", "user.disabled", "user.enabled"
USER_REMOVED, ROLE_CHANGED, SET_UP_LINK_MADE = "user.removed", "user.role", "user.link"
PASSWORD_CHANGED = "user.password"  # noqa: S105  # an event name
SECOND_FACTOR_SET_UP, SECOND_FACTOR_REMOVED = "user.second-factor-on", "user.second-factor-off"
RECOVERY_CODES_MADE, RECOVERY_CODE_USED = "user.recovery-codes", "user.recovery-code-used"
KEY_ADDED, KEY_CHANGED, KEY_REVOKED = "key.added", "key.changed", "key.revoked"
KEY_REPLACED = "key.replaced"  # by another, and works a while longer
ASSESSMENT_CREATED, ASSESSMENT_CHANGED = "assessment.created", "assessment.changed"
ASSESSMENT_OPENED, ASSESSMENT_CLOSED, ASSESSMENT_REOPENED = (
    "assessment.opened",
    "assessment.closed",
    "assessment.reopened",
)
ASSESSMENT_ARCHIVED, ASSESSMENT_RESTORED = "assessment.archived", "assessment.restored"
ASSESSMENT_DELETED = "assessment.deleted"
CLIENT_CREATED, CLIENT_CHANGED, CLIENT_ERASED = "client.created", "client.changed", "client.erased"
CLIENT_ARCHIVED, CLIENT_RESTORED = "client.archived", "client.restored"
PEOPLE_INVITED, LINK_CREATED = "invitations.created", "link.made"
LINK_QUEUED, LINK_MAILED = "link.queued", "link.mailed"  # further links: asked for, and taken by a worker to be sent
INVITATION_CHANGED, INVITATION_REVOKED = "invitation.changed", "invitation.revoked"
INVITATION_REPLACED = "invitation.replaced"
RESPONSES_IMPORTED, RESPONSES_EXPORTED = "responses.imported", "responses.exported"
RESPONDENT_EXPORTED, RESPONDENT_ERASED = "respondent.exported", "respondent.erased"
RETENTION_APPLIED = "retention.applied"

STATE_CHANGES = frozenset(
    {ASSESSMENT_OPENED, ASSESSMENT_CLOSED, ASSESSMENT_REOPENED, INVITATION_REPLACED, INVITATION_REVOKED}
)

ActorName: TypeAlias = str | Callable[[], str]


class AuditEvent(Struct, frozen=True):
    """Event to record: `subject` is the id of what was acted on, `details` are plain JSON values."""

    action: str
    subject: str
    details: dict[str, Any] = {}


class RecordedLink(Struct, frozen=True):
    """Creation of an invitation's link; `number` is 1 for the first, 0 for one in an invitation mailed again."""

    number: int
    made_on: date
    actor: str


class AuditedChange(Struct, frozen=True):
    """Change of fields or state of an assessment or invitation."""

    actor: str
    action: str
    fields: tuple[str, ...] = ()


class AuditFault(Struct, frozen=True):
    """Place where a log does not match its HMACs; `number` is 0 if its head does not match."""

    workspace_id: str
    number: int


def attach_secret(engine: Engine, secret: str) -> None:
    """Enable recording for all sessions of an engine."""
    engine.update_execution_options(**{SECRET_OPTION: secret})


def set_actor(session: Session, actor: ActorName) -> None:
    """Set the actor of a session; a callable is called only when an event is recorded."""
    session.info[ACTOR_KEY] = actor


def get_actor(session: Session) -> str:
    """Return who acts in a session, as it is recorded."""
    actor: ActorName = session.info.get(ACTOR_KEY, SERVER_ACTOR)
    return actor() if callable(actor) else actor


def record_event(
    session: Session,
    workspace_id: str,
    now: datetime,
    action: str,
    subject: str,
    **details: Any,  # noqa: ANN401  # plain JSON values
) -> None:
    record_events(session, workspace_id, now, [AuditEvent(action, subject, details)])


def record_events(session: Session, workspace_id: str, now: datetime, events: Sequence[AuditEvent]) -> None:
    """Append entries in order, and update the head of the chain."""
    secret = session.get_bind().get_execution_options().get(SECRET_OPTION)
    if secret is None or not events:
        return
    name = get_actor(session)
    before = audit_log.lock_head(session, workspace_id)
    key, mac, entries = _derive_key(secret), audit_log.find_mac(session, workspace_id, before.number), []
    for number, event in enumerate(events, start=before.number + 1):
        unsigned = AuditEntry(
            workspace_id=workspace_id,
            number=number,
            at=now,
            actor=name,
            action=event.action,
            subject=event.subject,
            details=event.details,
            mac=b"",
        )
        mac = _sign_entry(key, unsigned, mac)
        entries.append(msgspec.structs.asdict(unsigned) | {"mac": mac})
    last = before.number + len(entries)
    audit_log.append_entries(session, entries, AuditHead(last, _sign_head(key, workspace_id, last, mac)))


def start_logs(session: Session, now: datetime) -> None:
    """Start the log of each workspace that has none, so that a missing log later means a deleted one."""
    for workspace_id in users.list_workspace_ids(session):
        if audit_log.find_head(session, workspace_id) is None:
            record_event(session, workspace_id, now, LOG_STARTED, workspace_id)


def verify_logs(session: Session, secret: str) -> Iterator[AuditFault]:
    """Yield the first fault of each workspace's log."""
    for workspace_id in users.list_workspace_ids(session):
        fault = find_fault(session, workspace_id, secret)
        if fault is not None:
            yield fault


def find_fault(session: Session, workspace_id: str, secret: str) -> AuditFault | None:
    """Return the first fault of one workspace's log; None if all of it matches its HMACs."""
    number = _find_first_fault(session, workspace_id, _derive_key(secret))
    return None if number is None else AuditFault(workspace_id, number)


def count_entries(session: Session) -> int:
    """Sum the entry counts stored in the heads of all logs."""
    heads = (audit_log.find_head(session, workspace_id) for workspace_id in users.list_workspace_ids(session))
    return sum(head.number for head in heads if head is not None)


def list_links(session: Session, workspace_id: str, invitation_id: str) -> tuple[RecordedLink, ...]:
    """Return the recorded links of an invitation, oldest first."""
    return tuple(
        RecordedLink(int(entry.details.get("number", 0)), entry.at.date(), entry.actor)
        for entry in audit_log.list_entries_of_subject(session, workspace_id, invitation_id)
        if entry.action in (LINK_CREATED, LINK_MAILED)
    )


def list_changes_since(session: Session, workspace_id: str, subject: str, revision: int) -> tuple[AuditedChange, ...]:
    """Return the changes of an assessment or invitation after a revision, oldest first."""
    entries = audit_log.list_entries_of_subject(session, workspace_id, subject)
    return tuple(_read_change(entry) for entry in entries if entry.details.get("revision", 0) > revision)


def find_last_state_change(session: Session, workspace_id: str, subject: str) -> AuditedChange | None:
    """Return the last opening, close, replacement or revocation."""
    entries = audit_log.list_entries_of_subject(session, workspace_id, subject)
    return next((_read_change(entry) for entry in reversed(entries) if entry.action in STATE_CHANGES), None)


def find_last_actor(session: Session, workspace_id: str, subject: str, action: str) -> str:
    """Return who did this last to a subject; empty if nobody did."""
    entries = audit_log.list_entries_of_subject(session, workspace_id, subject, action)
    return entries[-1].actor if entries else ""


def _read_change(entry: AuditEntry) -> AuditedChange:
    fields = entry.details.get("settings") or entry.details.get("fields") or ()
    return AuditedChange(entry.actor, entry.action, tuple(fields))


def _find_first_fault(session: Session, workspace_id: str, key: bytes) -> int | None:
    head = audit_log.find_head(session, workspace_id)
    if head is None:
        return 0
    number, mac = 0, b""
    for entry in audit_log.iterate_entries(session, workspace_id):
        number += 1
        expected = _sign_entry(key, entry, mac)
        if entry.number != number or not hmac.compare_digest(expected, entry.mac):
            return number
        mac = expected
    if head.number != number or not hmac.compare_digest(head.mac, _sign_head(key, workspace_id, number, mac)):
        return 0
    return None


def _derive_key(secret: str) -> bytes:
    return f"audit log:{secret}".encode()


def _sign_entry(key: bytes, entry: AuditEntry, previous: bytes) -> bytes:
    """HMAC of an entry and the previous HMAC. JSON separates the fields unambiguously, whatever they contain."""
    content = (
        entry.workspace_id,
        entry.number,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.details,
    )
    return hmac.digest(key, msgspec.json.encode(content, order="deterministic") + previous, "sha256")


def _sign_head(key: bytes, workspace_id: str, number: int, mac: bytes) -> bytes:
    return hmac.digest(key, msgspec.json.encode(("head", workspace_id, number)) + mac, "sha256")
