"""Record links that are mailed to people who have one already; their next page announces them.

A mailing can be cancelled until a worker claims its mails. So queueing it records only who asked for it, and the claim
records the link, before anything is sent: a mail server could refuse a mail that it has read. Recorded links are never
taken back: browsers remember how many they have shown, so the next one would not be announced.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import MailKind
from assessment.services.operations import audit_trail
from assessment.services.operations.audit_trail import AuditEvent
from assessment.storage.auth import audit_log
from assessment.storage.auth.audit_log import AuditEntry
from assessment.storage.delivery.mailings import Mailing
from assessment.storage.delivery.outbox import ClaimedMail
from assessment.storage.people import invitation_links, replaced_invitations

MAILING = "mailing"


def find_further(
    session: Session, key: AssessmentKey, chosen: Collection[str], unmailed: Collection[str]
) -> tuple[str, ...]:
    """Return those of the invitations to mail whose person has had a link, in order.

    The first mail of a replacement brings one, unless no earlier invitation of the person has a link.
    """
    replacements = replaced_invitations.find_replacements(session, key.workspace_id, chosen) & {*unmailed}
    first = {*unmailed} - {
        invitation_id for invitation_id in replacements if _has_earlier_links(session, key, invitation_id)
    }
    return tuple(invitation_id for invitation_id in chosen if invitation_id not in first)


def record_queued(session: Session, mailing: Mailing, invitation_ids: Sequence[str]) -> None:
    """Record who mails these invitations again, in the transaction that queues the mailing."""
    events = [AuditEvent(audit_trail.LINK_QUEUED, id_, {MAILING: mailing.id}) for id_ in invitation_ids]
    audit_trail.record_events(session, mailing.workspace_id, mailing.queued_at, events)


def record_claimed(session: Session, claimed: Sequence[ClaimedMail], now: datetime) -> None:
    """Record the further links among claimed mails, once each, with the actor who queued them."""
    mails = [mail for mail in claimed if mail.kind == MailKind.INVITATION and mail.invitation_id is not None]
    for workspace_id, of_workspace in groupby(
        sorted(mails, key=attrgetter("workspace_id")), key=attrgetter("workspace_id")
    ):
        pending = _list_pending(session, workspace_id, {(mail.invitation_id, mail.mailing_id) for mail in of_workspace})
        for actor, entries in groupby(sorted(pending, key=attrgetter("actor", "number")), key=attrgetter("actor")):
            audit_trail.set_actor(session, actor)
            events = [AuditEvent(audit_trail.LINK_MAILED, entry.subject, entry.details) for entry in entries]
            audit_trail.record_events(session, workspace_id, now, events)


def _list_pending(session: Session, workspace_id: str, mails: Collection[tuple[str | None, str]]) -> list[AuditEntry]:
    """Return the entries of queued links that have no entry of a mailed link yet."""
    entries = audit_log.list_entries_of_subjects(
        session,
        workspace_id,
        [invitation_id for invitation_id, _ in mails if invitation_id],
        (audit_trail.LINK_QUEUED, audit_trail.LINK_MAILED),
    )
    recorded = {_identify(entry) for entry in entries if entry.action == audit_trail.LINK_MAILED}
    return [
        entry
        for entry in entries
        if entry.action == audit_trail.LINK_QUEUED and _identify(entry) in {*mails} - recorded
    ]


def _identify(entry: AuditEntry) -> tuple[str, str]:
    return entry.subject, entry.details.get(MAILING, "")


def _has_earlier_links(session: Session, key: AssessmentKey, invitation_id: str) -> bool:
    person = replaced_invitations.find_replacement_chain(session, key, invitation_id)
    earlier = person[: person.index(invitation_id)]
    return bool(invitation_links.list_linked_invitations(session, key.workspace_id, earlier))
