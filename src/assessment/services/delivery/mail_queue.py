"""Put mailings into the outbox: small ones in the caller's transaction, large ones later and in batches.

A transaction that queued ten thousand mails would hold SQLite's only write lock for seconds. So the caller's
transaction stores only who the recipients are; the outbox worker makes their links and mails, in the order of their
random ids. A batch deletes its recipients, so after a crash the next worker continues, and nobody is mailed twice.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality, MailKind, OutboxState
from assessment.domain.mail_template import MailText
from assessment.errors import UnavailableError
from assessment.services.auth import tokens, users
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery.mail_payloads import MailPayload, encrypt_payload
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.operations import audit_trail
from assessment.storage import assessments, database
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import mailing_recipients, mailings, outbox
from assessment.storage.delivery.mailings import Mailing
from assessment.storage.people import invitation_links
from assessment.storage.people.invitations import Invitation

BATCH_SIZE = 200  # mails in one transaction: about 0.05 s
MAILS_QUEUED = "mails.queued"

ShouldStop = Callable[[], bool]

log = logging.getLogger("assessment.mail")


def make_mailing(  # noqa: PLR0913  # the columns
    assessment: Assessment,
    kind: MailKind,
    text: MailText,
    count: int,
    now: datetime,
    *,
    reply_to: str | None = None,
    is_planned: bool = False,
    random: Random,
) -> Mailing:
    """Make a mailing. Replies go to a person in attributable mode only: elsewhere, they would show who reads."""
    return Mailing(
        id=tokens.generate_id(random),
        workspace_id=assessment.workspace_id,
        assessment_id=assessment.id,
        kind=kind,
        language=assessment.language,
        subject=text.subject,
        body=text.body,
        shown_count=count,
        is_planned=is_planned,
        reply_to=users.check_address(reply_to)
        if reply_to and assessment.confidentiality == Confidentiality.ATTRIBUTABLE
        else None,
        queued_at=now,
        cancelled_at=None,
    )


def queue_mailing(
    session: Session,
    mail: MailSettings,
    mailing: Mailing,
    invitation_ids: Sequence[str],
    not_before: datetime,
    random: Random,
) -> None:
    """Write the mailing of an assessment, and its mails or recipients.

    Its audit entry names no person: for a reminder it would show who has not sent.
    """
    mailings.add_mailing(session, mailing)
    if len(invitation_ids) <= BATCH_SIZE:
        key = AssessmentKey(mailing.workspace_id, mailing.assessment_id or "")
        people = mailings.find_mail_invitations(session, key, invitation_ids)
        _add_mails(session, mail, mailing, people, not_before, random)
    else:
        mailing_recipients.add_recipients(session, mailing, invitation_ids, not_before)
    audit_trail.record_event(
        session,
        mailing.workspace_id,
        mailing.queued_at,
        MAILS_QUEUED,
        mailing.assessment_id or mailing.id,
        kind=mailing.kind,
        mails=mailing.shown_count,
    )


def queue_waiting_mails(engine: Engine, mail: MailSettings, should_stop: ShouldStop = lambda: False) -> int:
    """Queue the mails of all recipients who wait, each batch in its own transaction; return how many.

    Any number of processes may run this at the same time.
    """
    count, after, is_first = 0, "", True
    while not should_stop():
        with database.read_session(engine) as session:
            waiting = mailing_recipients.find_waiting_mailing(session, after)
        if waiting is None:
            break
        if not is_first:
            database.pause_between_writes(engine)
        is_first = False
        key, mailing_id = waiting
        try:
            with database.write_session(engine) as session:
                assessments.find_assessment(session, key, lock=True)
                count += _queue_batch(session, mail, key, mailing_id)
        except UnavailableError:
            raise
        except Exception:  # one broken mailing must not keep the others back
            log.exception("queueing failed", extra={"fields": {"mailing": mailing_id}})
            after = mailing_id
    return count


def _queue_batch(session: Session, mail: MailSettings, key: AssessmentKey, mailing_id: str) -> int:
    """Queue one batch; those who were revoked or erased meanwhile are left out."""
    batch = mailing_recipients.take_recipients(session, key.workspace_id, mailing_id, BATCH_SIZE)
    if batch is None:  # another process was faster
        return 0
    mailing = mailings.find_mailing(session, key.workspace_id, mailing_id)
    people = mailings.find_mail_invitations(session, key, batch.invitation_ids)
    _add_mails(session, mail, mailing, people, batch.not_before, RANDOM)
    return len(people)


def _add_mails(
    session: Session,
    mail: MailSettings,
    mailing: Mailing,
    people: Sequence[Invitation],
    not_before: datetime,
    random: Random,
) -> None:
    """Write a new link for each person, and the outbox rows."""
    links: dict[bytes, str] = {}
    rows = []
    for person in sorted(people, key=lambda person: person.id):
        token = tokens.generate_token(random)
        links[tokens.hash_token(token)] = person.id
        payload = MailPayload(person.email or "", person.name or "", f"/s/{token}")
        rows.append(make_outbox_row(mail, mailing, person.id, payload, not_before, random))
    today = assessments.find_workspace_day(session, mailing.workspace_id, mailing.queued_at)
    invitation_links.add_links(session, mailing.workspace_id, links, today)
    outbox.add_mails(session, rows)


def make_outbox_row(
    mail: MailSettings,
    mailing: Mailing,
    invitation_id: str | None,
    payload: MailPayload,
    not_before: datetime,
    random: Random,
) -> dict[str, object]:
    return {
        "id": tokens.generate_id(random),
        "workspace_id": mailing.workspace_id,
        "mailing_id": mailing.id,
        "kind": mailing.kind,
        "assessment_id": mailing.assessment_id,
        "invitation_id": invitation_id,
        "payload": encrypt_payload(mail.secret, payload),
        "state": OutboxState.QUEUED,
        "attempts": 0,
        "not_before": not_before,
    }
