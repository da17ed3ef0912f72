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

from assessment.storage import audit, users
from assessment.storage.audit import Entry, Head

SECRET = "assessment_audit_secret"  # noqa: S105  # the option's name, not a secret
ACTOR = "assessment_audit_actor"
SERVER, OPERATOR = "server", "operator"  # what it does by itself; whoever types commands on its machine
KEY_ACTOR = "key:"  # before the name of an API key, which may be any text: an address, or "server"

LOG_STARTED = "log.started"
WORKSPACE_CREATED = "workspace.created"
USER_ADDED, USER_DISABLED, USER_ENABLED = "user.added", "user.disabled", "user.enabled"
PASSWORD_CHANGED = "user.password"  # noqa: S105  # an event name
KEY_ADDED, KEY_REVOKED = "key.added", "key.revoked"
ASSESSMENT_CREATED, ASSESSMENT_CHANGED = "assessment.created", "assessment.changed"
ASSESSMENT_OPENED, ASSESSMENT_CLOSED, ASSESSMENT_REOPENED = (
    "assessment.opened",
    "assessment.closed",
    "assessment.reopened",
)
PEOPLE_INVITED, LINK_MADE = "invitations.created", "link.made"
INVITATION_CHANGED, INVITATION_REVOKED = "invitation.changed", "invitation.revoked"
INVITATION_REPLACED = "invitation.replaced"
RESPONSES_IMPORTED, RESPONSES_EXPORTED = "responses.imported", "responses.exported"
RESPONDENT_EXPORTED, RESPONDENT_ERASED = "respondent.exported", "respondent.erased"

STATE_CHANGES = frozenset(
    {ASSESSMENT_OPENED, ASSESSMENT_CLOSED, ASSESSMENT_REOPENED, INVITATION_REPLACED, INVITATION_REVOKED}
)

Actor: TypeAlias = str | Callable[[], str]


class Act(Struct, frozen=True):
    """Event to record: `subject` is the id of what was acted on, `details` are plain JSON values."""

    action: str
    subject: str
    details: dict[str, Any] = {}


class MadeLink(Struct, frozen=True):
    """Creation of an invitation's link; `number` is 1 for the first."""

    number: int
    made_on: date
    actor: str


class Change(Struct, frozen=True):
    """Change of fields or state of an assessment or invitation."""

    actor: str
    action: str
    fields: tuple[str, ...] = ()


class Fault(Struct, frozen=True):
    """Place where a log does not match its HMACs; `number` is 0 if its head does not match."""

    workspace_id: str
    number: int


def attach_secret(engine: Engine, secret: str) -> None:
    """Enable recording for all sessions of an engine."""
    engine.update_execution_options(**{SECRET: secret})


def set_actor(session: Session, actor: Actor) -> None:
    """Set the actor of a session; a callable is called only when an event is recorded."""
    session.info[ACTOR] = actor


def record(
    session: Session,
    workspace_id: str,
    now: datetime,
    action: str,
    subject: str,
    **details: Any,  # noqa: ANN401  # plain JSON values
) -> None:
    record_all(session, workspace_id, now, [Act(action, subject, details)])


def record_all(session: Session, workspace_id: str, now: datetime, acts: Sequence[Act]) -> None:
    """Append entries in order, and update the head of the chain."""
    secret = session.get_bind().get_execution_options().get(SECRET)
    if secret is None or not acts:
        return
    actor = session.info.get(ACTOR, SERVER)
    name = actor() if callable(actor) else actor
    before = audit.lock_head(session, workspace_id)
    key, mac, entries = _key(secret), audit.find_mac(session, workspace_id, before.number), []
    for number, act in enumerate(acts, start=before.number + 1):
        unsigned = Entry(
            workspace_id=workspace_id,
            number=number,
            at=now,
            actor=name,
            action=act.action,
            subject=act.subject,
            details=act.details,
            mac=b"",
        )
        mac = _mac(key, unsigned, mac)
        entries.append(msgspec.structs.asdict(unsigned) | {"mac": mac})
    last = before.number + len(entries)
    audit.append_entries(session, entries, Head(last, _head_mac(key, workspace_id, last, mac)))


def start_logs(session: Session, now: datetime) -> None:
    """Start the log of each workspace that has none, so that a missing log later means a deleted one."""
    for workspace_id in users.workspace_ids(session):
        if audit.find_head(session, workspace_id) is None:
            record(session, workspace_id, now, LOG_STARTED, workspace_id)


def verify_logs(session: Session, secret: str) -> Iterator[Fault]:
    """Yield the first fault of each workspace's log."""
    for workspace_id in users.workspace_ids(session):
        number = _first_fault(session, workspace_id, _key(secret))
        if number is not None:
            yield Fault(workspace_id, number)


def count_entries(session: Session) -> int:
    """Sum the entry counts stored in the heads of all logs."""
    heads = (audit.find_head(session, workspace_id) for workspace_id in users.workspace_ids(session))
    return sum(head.number for head in heads if head is not None)


def links_made(session: Session, workspace_id: str, invitation_id: str) -> tuple[MadeLink, ...]:
    """Return the recorded links of an invitation, oldest first."""
    entries = audit.entries_of_subject(session, workspace_id, invitation_id, LINK_MADE)
    return tuple(MadeLink(int(each.details["number"]), each.at.date(), each.actor) for each in entries)


def changes_since(session: Session, workspace_id: str, subject: str, revision: int) -> tuple[Change, ...]:
    """Return the changes of an assessment or invitation after a revision, oldest first."""
    entries = audit.entries_of_subject(session, workspace_id, subject)
    return tuple(_change_of(each) for each in entries if each.details.get("revision", 0) > revision)


def last_state_change(session: Session, workspace_id: str, subject: str) -> Change | None:
    """Return the last opening, close, replacement or revocation."""
    entries = audit.entries_of_subject(session, workspace_id, subject)
    return next((_change_of(each) for each in reversed(entries) if each.action in STATE_CHANGES), None)


def _change_of(entry: Entry) -> Change:
    fields = entry.details.get("settings") or entry.details.get("fields") or ()
    return Change(entry.actor, entry.action, tuple(fields))


def _first_fault(session: Session, workspace_id: str, key: bytes) -> int | None:
    head = audit.find_head(session, workspace_id)
    if head is None:
        return 0
    number, mac = 0, b""
    for entry in audit.iterate_entries(session, workspace_id):
        number += 1
        expected = _mac(key, entry, mac)
        if entry.number != number or not hmac.compare_digest(expected, entry.mac):
            return number
        mac = expected
    if head.number != number or not hmac.compare_digest(head.mac, _head_mac(key, workspace_id, number, mac)):
        return 0
    return None


def _key(secret: str) -> bytes:
    return f"audit log:{secret}".encode()


def _mac(key: bytes, entry: Entry, previous: bytes) -> bytes:
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


def _head_mac(key: bytes, workspace_id: str, number: int, mac: bytes) -> bytes:
    return hmac.digest(key, msgspec.json.encode(("head", workspace_id, number)) + mac, "sha256")
