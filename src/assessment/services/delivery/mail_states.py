"""State of the first mail of each invitation: what was done to deliver a link, never what was done with it."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode, OutboxState
from assessment.storage.delivery import mailing_recipients, mailings, outbox
from assessment.storage.people.invitations import Invitation

WAITING = (OutboxState.QUEUED, None)  # in a large mailing whose mails are being made


class FirstMailState(StrEnum):
    """State of the mail with a person's link."""

    UNMAILED = "draft"
    QUEUED = "queued"
    MAILED = "mailed"
    REFUSED = "refused"
    FAILED = "failed"


class MailState(Struct, frozen=True):
    """State of the first mail of an invitation; `code` is the SMTP code of a refusal (550: no such mailbox).

    `state` is draft (not mailed yet), queued, mailed, refused (by the server of the address) or failed (given up after
    days of retries).
    """

    state: FirstMailState
    mailed_on: date | None
    code: int | None = None


class DeliveryTotals(Struct, frozen=True, kw_only=True):
    """Numbers of people.

    Mailed by the server: `unmailed` (no mail yet), `queued`, `mailed`, `refused` (by the server of the address) and
    `failed` (given up). Handed out by a consultant: `handed_out` (has a link) and `without_link`.
    """

    unmailed: int
    queued: int
    mailed: int
    refused: int
    failed: int
    handed_out: int
    without_link: int
    revoked: int

    @property
    def by_mail(self) -> int:
        """Number of people whose link the server mails."""
        return self.unmailed + self.queued + self.mailed + self.refused + self.failed


def load_mail_states(session: Session, key: AssessmentKey) -> dict[str, MailState]:
    """Return the state of the first mail of each active invitation that the server mails, by invitation id."""
    states = outbox.load_invitation_states(session, key)
    states |= dict.fromkeys(mailing_recipients.find_first_mail_recipients(session, key), WAITING)
    people = mailings.list_mail_invitations(session, key)
    return {person.id: _make_state(person, *states.get(person.id, (None, None))) for person in people}


def load_mail_states_of(session: Session, workspace_id: str, people: Sequence[Invitation]) -> dict[str, MailState]:
    """Return the same for a few people, without reading anything of the others."""
    mailed = [
        person
        for person in people
        if person.deliver == DeliveryMode.MAIL and person.email and person.revoked_on is None
    ]
    if not mailed:
        return {}
    ids = [person.id for person in mailed]
    states = outbox.load_states_of_invitations(session, workspace_id, ids)
    waiting = mailing_recipients.find_first_mail_recipients_among(session, workspace_id, ids)
    states |= dict.fromkeys(waiting, WAITING)
    return {person.id: _make_state(person, *states.get(person.id, (None, None))) for person in mailed}


def _make_state(person: Invitation, state: OutboxState | None, code: int | None) -> MailState:
    if state in (OutboxState.QUEUED, OutboxState.SENDING):
        return MailState(FirstMailState.QUEUED, person.mailed_on)
    if state in (OutboxState.REFUSED, OutboxState.FAILED):
        return MailState(FirstMailState(state), person.mailed_on, code)
    return MailState(FirstMailState.MAILED if person.mailed_on else FirstMailState.UNMAILED, person.mailed_on)
