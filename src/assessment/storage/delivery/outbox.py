"""Outbox: one row per mail and recipient, claimed by workers with leases.

A worker claims rows, sends each, and marks it. It renews its leases meanwhile; those of a killed worker expire, and
another one claims the rows. PostgreSQL lets workers claim at the same time (`SKIP LOCKED`); on SQLite writing is
exclusive anyway.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, insert, or_, select, text, tuple_, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ASSESSMENT_MAIL_KINDS, MailKind, OutboxState
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace
from assessment.storage.database import is_sqlite
from assessment.storage.people import people_summaries

outbox = tables.outbox
mailing = tables.mailing

CLAIM_LOCK = 7_303_204_118  # arbitrary, but the same in every process: the rate counts the mails of all workers
RATE_WINDOW = timedelta(minutes=1)


class ClaimedMail(Struct, frozen=True):
    """One claimed row; `attempts` counts this one."""

    id: str
    workspace_id: str
    mailing_id: str
    kind: MailKind
    assessment_id: str | None
    invitation_id: str | None
    payload: bytes
    attempts: int


KEY = (outbox.c.workspace_id, outbox.c.id)
CLAIMED_COLUMNS = tuple(outbox.c[name] for name in ClaimedMail.__struct_fields__)


def add_mails(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Queue mails."""
    if rows:
        session.execute(insert(outbox), [dict(row) for row in rows])
    _mark_outdated(session, {(row["workspace_id"], row["assessment_id"]) for row in rows})


def claim_mails(
    session: Session, lease_id: str, now: datetime, lease: timedelta, limit: int, mails_per_minute: int
) -> tuple[ClaimedMail, ...]:
    """Claim due mails, the earliest first: queued ones, or a single one whose lease has expired.

    At most `limit`, and no more than the rate of all workers leaves in this minute. A mail that ended its worker is
    claimed alone, so that those next to it are sent, and it alone fails in the end.
    """
    if not is_sqlite(session.connection()):
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": CLAIM_LOCK})
    recent = session.scalar(select(func.count()).where(outbox.c.taken_at > now - RATE_WINDOW)) or 0
    number = min(limit, mails_per_minute - recent)
    if number <= 0:
        return ()
    is_due = _is_due(now)
    if session.scalar(select(outbox.c.id).where(_has_expired(now)).limit(1)) is not None:
        number, is_due = 1, _has_expired(now)
    due = (
        select(*KEY)
        .where(is_due)
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(number)
        .with_for_update(skip_locked=True)
        .cte("due")  # PostgreSQL may run a subquery once for each row, and then claims more than its limit
    )
    rows = session.execute(
        update(outbox)
        .where(tuple_(*KEY).in_(select(due)))
        .values(
            state=OutboxState.SENDING,
            lease_id=lease_id,
            lease_until=now + lease,
            taken_at=now,
            attempts=outbox.c.attempts + 1,
        )
        .returning(*CLAIMED_COLUMNS)
    )
    return tuple(ClaimedMail(*row) for row in rows)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(outbox.c.state == OutboxState.QUEUED, outbox.c.not_before <= now),
        _has_expired(now),
    )


def _has_expired(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.state == OutboxState.SENDING, outbox.c.lease_until <= now)


def renew_leases(session: Session, lease_id: str, until: datetime) -> None:
    """Extend the leases of a worker."""
    session.execute(
        update(outbox)
        .where(outbox.c.state == OutboxState.SENDING, outbox.c.lease_id == lease_id)
        .values(lease_until=until)
    )


def finish_mail(
    session: Session,
    claimed: ClaimedMail,
    lease_id: str,
    state: OutboxState,
    now: datetime,
    reply_code: int | None = None,
) -> bool:
    """Store the outcome and clear the payload; False if the worker has lost its lease.

    The caller marks the counts of people as outdated, if the mail was an invitation.
    """
    return _update_leased(
        session,
        claimed,
        lease_id,
        state=state,
        payload=None,
        lease_id=None,
        lease_until=None,
        reply_code=reply_code,
        finished_on=now.date(),
    )


def requeue_mail(
    session: Session, claimed: ClaimedMail, lease_id: str, not_before: datetime, attempts: int, reply_code: int | None
) -> bool:
    """Queue a claimed mail again; False if the worker has lost its lease."""
    return _update_leased(
        session,
        claimed,
        lease_id,
        state=OutboxState.QUEUED,
        lease_id=None,
        lease_until=None,
        not_before=not_before,
        attempts=attempts,
        reply_code=reply_code,
    )


def _update_leased(session: Session, claimed: ClaimedMail, held_lease: str, /, **values: Any) -> bool:  # noqa: ANN401
    changed = session.execute(
        update(outbox)
        .where(
            outbox.c.workspace_id == claimed.workspace_id,
            outbox.c.id == claimed.id,
            outbox.c.state == OutboxState.SENDING,
            outbox.c.lease_id == held_lease,
        )
        .values(**values)
        .returning(outbox.c.id)
    )
    return changed.one_or_none() is not None


def cancel_mails(session: Session, workspace_id: str, now: datetime, *conditions: ColumnElement[bool]) -> int:
    """Cancel queued mails and clear their payload; return their number. Those being sent go out."""
    cancelled = session.execute(
        update(outbox)
        .where(outbox.c.workspace_id == workspace_id, outbox.c.state == OutboxState.QUEUED, *conditions)
        .values(state=OutboxState.CANCELLED, payload=None, finished_on=now.date())
        .returning(outbox.c.assessment_id)
    ).all()
    _mark_outdated(session, {(workspace_id, row.assessment_id) for row in cancelled})
    return len(cancelled)


def _mark_outdated(session: Session, keys: Collection[tuple[str, str | None]]) -> None:
    for workspace_id, assessment_id in keys:
        if assessment_id is not None:
            people_summaries.mark_outdated(session, AssessmentKey(workspace_id, assessment_id))


def cancel_mailing(session: Session, workspace_id: str, mailing_id: str, now: datetime) -> int:
    """Cancel the queued mails of one mailing; return their number."""
    return cancel_mails(session, workspace_id, now, outbox.c.mailing_id == mailing_id)


def cancel_mails_of_invitations(
    session: Session,
    workspace_id: str,
    invitation_ids: Collection[str],
    now: datetime,
    kinds: Collection[MailKind] = (),
) -> int:
    """Cancel the queued mails of these invitations (if `kinds`: only of these kinds); return their number."""
    chosen = (outbox.c.kind.in_(kinds),) if kinds else ()
    return cancel_mails(session, workspace_id, now, outbox.c.invitation_id.in_(invitation_ids), *chosen)


def load_invitation_states(session: Session, key: AssessmentKey) -> dict[str, tuple[OutboxState, int | None]]:
    """Return state and reply code of the newest first mail of each invitation; of no other kind of mail."""
    return _load_states(session, *match_assessment(outbox, key))


def load_states_of_invitations(
    session: Session, workspace_id: str, invitation_ids: Collection[str]
) -> dict[str, tuple[OutboxState, int | None]]:
    """Return the same for these invitations, found by their own index."""
    return _load_states(session, outbox.c.workspace_id == workspace_id, outbox.c.invitation_id.in_(invitation_ids))


def _load_states(session: Session, *conditions: ColumnElement[bool]) -> dict[str, tuple[OutboxState, int | None]]:
    rows = session.execute(
        select(outbox.c.invitation_id, outbox.c.state, outbox.c.reply_code)
        .where(*conditions, outbox.c.kind == MailKind.INVITATION)
        .join(mailing, match_in_workspace(mailing.c.id, outbox.c.mailing_id))
        .order_by(mailing.c.queued_at)
    )
    return {row.invitation_id: (row.state, row.reply_code) for row in rows}


def find_unfinished_invitations(session: Session, key: AssessmentKey) -> set[str]:
    """Return the ids of invitations whose first mail is queued or being sent."""
    return set(
        session.scalars(
            select(outbox.c.invitation_id).where(
                *match_assessment(outbox, key),
                outbox.c.kind == MailKind.INVITATION,
                outbox.c.state.in_((OutboxState.QUEUED, OutboxState.SENDING)),
            )
        )
    )


def find_queued_mailings(session: Session, key: AssessmentKey) -> set[str]:
    """Return the ids of mailings with mails that no worker has taken yet."""
    return set(
        session.scalars(
            select(outbox.c.mailing_id)
            .where(
                *match_assessment(outbox, key),
                outbox.c.state == OutboxState.QUEUED,
            )
            .distinct()
        )
    )


def has_due_mails(session: Session, now: datetime) -> bool:
    """Return whether any mail can be claimed; a cheap read before the write lock is taken."""
    return session.scalar(select(outbox.c.id).where(_is_due(now)).limit(1)) is not None


def find_oldest_due(session: Session, now: datetime) -> datetime | None:
    """Return since when the oldest queued mail is due."""
    moment: datetime | None = session.scalar(
        select(outbox.c.not_before)
        .where(outbox.c.state == OutboxState.QUEUED, outbox.c.not_before <= now)
        .order_by(outbox.c.not_before)
        .limit(1)
    )
    return moment


def count_queued_mails(session: Session) -> int:
    """Count the mails that are queued, due or not."""
    return int(session.scalar(select(func.count()).where(outbox.c.state == OutboxState.QUEUED)) or 0)


def has_purgeable_mails(session: Session, now: datetime) -> bool:
    """Return whether `purge_finished_mails` would change anything."""
    return session.scalar(select(outbox.c.id).where(*_is_purgeable(now)).limit(1)) is not None


def purge_finished_mails(session: Session, now: datetime) -> None:
    """Delete finished mails except invitations, and clear the time of day of all finished mails.

    Rows of reminders would show who had not sent yet; times would help to match mails with answers. Of mails to
    consultants and clients, the text goes too: it names clients and assessments.
    """
    deleted = session.execute(
        outbox.delete()
        .where(*_is_purgeable(now), outbox.c.kind != MailKind.INVITATION)
        .returning(outbox.c.workspace_id, outbox.c.mailing_id, outbox.c.kind)
    ).all()
    for row in deleted:
        if row.kind not in ASSESSMENT_MAIL_KINDS:
            session.execute(
                mailing.delete().where(mailing.c.workspace_id == row.workspace_id, mailing.c.id == row.mailing_id)
            )
    session.execute(update(outbox).where(*_is_purgeable(now)).values(taken_at=None))


def _is_purgeable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """SQL conditions: finished, no longer counted for the rate, and not yet without its time."""
    return (
        outbox.c.state.in_((OutboxState.SENT, OutboxState.REFUSED, OutboxState.FAILED, OutboxState.CANCELLED)),
        or_(
            outbox.c.taken_at <= now - RATE_WINDOW,
            and_(outbox.c.taken_at.is_(None), outbox.c.kind != MailKind.INVITATION),
        ),
    )
