"""Queries on mailings, mail templates, and recipients."""

from collections.abc import Collection
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ASSESSMENT_MAIL_KINDS, DeliveryMode, MailKind, ResponseState
from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.delivery.mail_counts import has_first_mail
from assessment.storage.people.invitations import INVITATION_COLUMNS, Invitation

mailing = tables.mailing
mail_template = tables.mail_template
invitation = tables.invitation
response = tables.response


class Mailing(Struct, frozen=True, kw_only=True):
    """One act of sending; `shown_count` is the number to show, never the true one of reminders (method 6.11)."""

    id: str
    workspace_id: str
    assessment_id: str | None
    kind: MailKind
    language: str
    subject: str
    body: str
    shown_count: int
    is_planned: bool
    reply_to: str | None
    queued_at: datetime
    cancelled_at: datetime | None


class Recipient(Struct, frozen=True):
    """Invitation of a queued mail; `functions` are joined by `;`."""

    role: str
    functions: str
    revoked_on: date | None
    unsubscribed_on: date | None


MAILING_COLUMNS = tuple(mailing.c[name] for name in Mailing.__struct_fields__)


def add_mailing(session: Session, entry: Mailing) -> None:
    session.execute(insert(mailing).values(**{name: getattr(entry, name) for name in Mailing.__struct_fields__}))


def find_mailing(session: Session, workspace_id: str, mailing_id: str) -> Mailing:
    """Return a mailing; raises NotFoundError."""
    row = session.execute(
        select(*MAILING_COLUMNS).where(mailing.c.workspace_id == workspace_id, mailing.c.id == mailing_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return Mailing(**row._mapping)  # noqa: SLF001  # public despite its name


def list_mailings(session: Session, key: AssessmentKey) -> tuple[Mailing, ...]:
    """Return the mailings to people of an assessment, the first one first."""
    rows = session.execute(
        select(*MAILING_COLUMNS)
        .where(*match_assessment(mailing, key), mailing.c.kind.in_(ASSESSMENT_MAIL_KINDS))
        .order_by(mailing.c.queued_at, mailing.c.id)
    )
    return tuple(Mailing(**row._mapping) for row in rows)  # noqa: SLF001  # public despite its name


def set_cancelled(session: Session, workspace_id: str, mailing_id: str, now: datetime) -> None:
    session.execute(
        update(mailing)
        .where(mailing.c.workspace_id == workspace_id, mailing.c.id == mailing_id)
        .values(cancelled_at=now)
    )


def set_shown_count(session: Session, workspace_id: str, mailing_id: str, count: int) -> None:
    session.execute(
        update(mailing)
        .where(mailing.c.workspace_id == workspace_id, mailing.c.id == mailing_id)
        .values(shown_count=count)
    )


def find_template(session: Session, key: AssessmentKey, kind: MailKind, language: str) -> tuple[str, str] | None:
    """Return subject and body of the consultant's own text, if there is one."""
    row = session.execute(
        select(mail_template.c.subject, mail_template.c.body).where(*_match_template(key, kind, language))
    ).one_or_none()
    return None if row is None else (row.subject, row.body)


def save_template(session: Session, key: AssessmentKey, kind: MailKind, language: str, text: tuple[str, str]) -> None:
    delete_template(session, key, kind, language)
    session.execute(
        insert(mail_template).values(
            workspace_id=key.workspace_id,
            assessment_id=key.assessment_id,
            kind=kind,
            language=language,
            subject=text[0],
            body=text[1],
        )
    )


def delete_template(session: Session, key: AssessmentKey, kind: MailKind, language: str) -> None:
    session.execute(delete(mail_template).where(*_match_template(key, kind, language)))


def _match_template(key: AssessmentKey, kind: MailKind, language: str) -> tuple[ColumnElement[bool], ...]:
    return (
        *match_assessment(mail_template, key),
        mail_template.c.kind == kind,
        mail_template.c.language == language,
    )


def list_unmailed_ids(session: Session, key: AssessmentKey) -> tuple[str, ...]:
    """Return the ids of invitations to mail whose first mail is neither accepted nor queued nor refused."""
    return _select_mailable_ids(session, key, invitation.c.mailed_on.is_(None), ~has_first_mail(key.workspace_id))


def list_mailed_ids(session: Session, key: AssessmentKey, until: date = date.max) -> tuple[str, ...]:
    """Return the ids of active invitations mailed on `until` or before, also of those who stopped later mails."""
    return _select_mailable_ids(session, key, invitation.c.mailed_on <= until)


def list_mail_invitations(session: Session, key: AssessmentKey) -> tuple[Invitation, ...]:
    """Return active invitations that the server mails, by position."""
    return _select_mailable(session, key)


def find_mail_invitations(
    session: Session, key: AssessmentKey, invitation_ids: Collection[str]
) -> tuple[Invitation, ...]:
    """Return those of the ids that are active and mailed by the server, by position."""
    return _select_mailable(session, key, invitation.c.id.in_(invitation_ids))


def _select_mailable_ids(session: Session, key: AssessmentKey, *more: ColumnElement[bool]) -> tuple[str, ...]:
    """Return ids in the order of position, without the other columns: there may be thousands of people."""
    query = select(invitation.c.id).where(*_is_mailable(key), *more).order_by(invitation.c.position)
    return tuple(session.scalars(query))


def _is_mailable(key: AssessmentKey) -> tuple[ColumnElement[bool], ...]:
    return (
        *match_assessment(invitation, key),
        invitation.c.deliver == DeliveryMode.MAIL,
        invitation.c.email.is_not(None),
        invitation.c.revoked_on.is_(None),
    )


def _select_mailable(session: Session, key: AssessmentKey, *more: ColumnElement[bool]) -> tuple[Invitation, ...]:
    rows = session.execute(select(*INVITATION_COLUMNS).where(*_is_mailable(key), *more).order_by(invitation.c.position))
    return tuple(
        Invitation(**(dict(row._mapping) | {"functions": tuple(row.functions.split(";"))}))  # noqa: SLF001
        for row in rows
    )


def find_sent_invitations(session: Session, key: AssessmentKey) -> set[str]:
    """Return the ids of invitations with a sent response, and of all that they replace or are replaced by."""
    sent = set(
        session.scalars(
            select(response.c.invitation_id).where(
                *match_assessment(response, key),
                response.c.invitation_id.is_not(None),
                response.c.state == ResponseState.SENT,
            )
        )
    )
    pairs = session.execute(
        select(invitation.c.id, invitation.c.replaces)
        .where(
            *match_assessment(invitation, key),
            invitation.c.replaces.is_not(None),
        )
        .order_by(invitation.c.position)
    ).all()
    for id_, replaced in pairs:  # a replacement comes after what it replaces
        if replaced in sent:
            sent.add(id_)
    for id_, replaced in reversed(pairs):
        if id_ in sent:
            sent.add(replaced)
    return sent


def find_first_mailing_day(session: Session, key: AssessmentKey) -> date | None:
    """Return the day of the first invitation that was mailed, revoked or not."""
    first: date | None = session.scalar(
        select(func.min(invitation.c.mailed_on)).where(*match_assessment(invitation, key))
    )
    return first


def count_mailed(session: Session, key: AssessmentKey) -> int:
    """Count invitations that were mailed, revoked ones too; a replaced one counts through its replacement."""
    return (
        session.scalar(
            select(func.count())
            .select_from(invitation)
            .where(
                *match_assessment(invitation, key),
                invitation.c.mailed_on.is_not(None),
                ~_is_replaced(),
            )
        )
        or 0
    )


def _is_replaced() -> ColumnElement[bool]:
    later = invitation.alias("later")
    return exists().where(later.c.workspace_id == invitation.c.workspace_id, later.c.replaces == invitation.c.id)


def count_unsubscribed(session: Session, key: AssessmentKey) -> int:
    """Count people who stopped later mails, revoked ones too: otherwise revoking would show who it was."""
    return (
        session.scalar(
            select(func.count())
            .select_from(invitation)
            .where(
                *match_assessment(invitation, key),
                invitation.c.unsubscribed_on.is_not(None),
                ~_is_replaced(),
            )
        )
        or 0
    )


def set_unsubscribed(session: Session, workspace_id: str, invitation_ids: Collection[str], today: date) -> None:
    """Stop later mails; the revision stays, so that the ETag does not change."""
    session.execute(
        update(invitation)
        .where(
            invitation.c.workspace_id == workspace_id,
            invitation.c.id.in_(invitation_ids),
            invitation.c.unsubscribed_on.is_(None),
        )
        .values(unsubscribed_on=today)
    )


def copy_unsubscribed(session: Session, workspace_id: str, replaced_id: str, replacement_id: str) -> None:
    """Copy the choice to get no later mails to a replacement."""
    choice = select(invitation.c.unsubscribed_on).where(
        invitation.c.workspace_id == workspace_id, invitation.c.id == replaced_id
    )
    session.execute(
        update(invitation)
        .where(invitation.c.workspace_id == workspace_id, invitation.c.id == replacement_id)
        .values(unsubscribed_on=session.scalar(choice))
    )


def set_mailed(session: Session, workspace_id: str, invitation_id: str, today: date) -> None:
    """Store the day, in the workspace's zone, of the first mail that a server accepted; the revision stays."""
    session.execute(
        update(invitation)
        .where(
            invitation.c.workspace_id == workspace_id,
            invitation.c.id == invitation_id,
            invitation.c.mailed_on.is_(None),
        )
        .values(mailed_on=today)
    )


def load_recipient(session: Session, workspace_id: str, invitation_id: str) -> Recipient | None:
    """Return what decides whether a queued mail still goes out, and what its text needs."""
    row = session.execute(
        select(*(invitation.c[name] for name in Recipient.__struct_fields__)).where(
            invitation.c.workspace_id == workspace_id, invitation.c.id == invitation_id
        )
    ).one_or_none()
    return None if row is None else Recipient(*row)
