"""Counts of invited, begun and sent responses, never of identified people.

Invitations are counted live. Responses are counted at most once an hour and stored (method 6.11), so that no one can
look before and after one person answers. Responses from a file come from the consultant and are counted live.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, String, and_, bindparam, case, exists, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, DeliveryMode, ResponseState
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace
from assessment.storage.database import is_sqlite
from assessment.storage.people.replaced_invitations import select_replaced
from assessment.storage.session_statements import SessionStatement

MAX_CACHED_SELECTS = 64

assessment = tables.assessment
invitation = tables.invitation
response = tables.response
answer = tables.answer
hourly_count = tables.hourly_count


class GroupCount(NamedTuple):
    """Counts of one assessment by role and functions."""

    assessment_id: str
    role: str
    functions: str
    invited: int
    begun: int
    sent: int


class CountSnapshot(Struct, frozen=True):
    """Counts at a time, as JSON."""

    counted_at: datetime
    content: bytes


class OutdatedCount(Struct, frozen=True):
    """Assessment whose snapshot is missing (`content` is None) or outdated."""

    assessment_id: str
    state: AssessmentState
    content: bytes | None


def count_invited(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> list[GroupCount]:
    """Count invitations, and responses from files.

    Revoked invitations count; a replaced one does not, because its replacement does (method 6.9, 6.11).
    """
    is_replaced = invitation.c.id.in_(select_replaced(workspace_id))
    keys = invitation.c.assessment_id, invitation.c.role, invitation.c.functions
    invited = (
        select(*keys, func.count())
        .where(invitation.c.workspace_id == workspace_id, invitation.c.assessment_id.in_(assessment_ids), ~is_replaced)
        .group_by(*keys)
    )
    keys = response.c.assessment_id, response.c.role, response.c.functions
    from_files = (
        select(*keys, func.count(), func.count(), _count_where(response.c.state == ResponseState.SENT))
        .where(*_match_assessments(workspace_id, assessment_ids), response.c.label.is_not(None), _has_content())
        .group_by(*keys)
    )
    people = [GroupCount(row[0], row[1], row[2], row[3], 0, 0) for row in session.execute(invited)]
    return people + [GroupCount(*row) for row in session.execute(from_files)]


def count_responses(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> list[GroupCount]:
    """Count browsers that saved an answer or sent, and responses that were sent.

    Browsers, not people: someone who begins in a second browser counts twice. If each link counted once, a person
    who has another one's link could begin with it and see from the count whether its owner had begun.
    """
    keys = response.c.assessment_id, response.c.role, response.c.functions
    rows = session.execute(
        select(*keys, func.count(), _count_where(response.c.state == ResponseState.SENT))
        .where(*_match_assessments(workspace_id, assessment_ids), response.c.label.is_(None), _has_content())
        .group_by(*keys)
    )
    return [GroupCount(row[0], row[1], row[2], 0, row[3], row[4]) for row in rows]


def find_outdated_counts(
    session: Session, workspace_id: str, assessment_ids: Collection[str], now: datetime, before: datetime
) -> list[OutdatedCount]:
    """Return the assessments without a snapshot from between `before` and now."""
    rows = session.execute(
        select(assessment.c.id, assessment.c.state, hourly_count.c.content)
        .join(hourly_count, match_in_workspace(hourly_count.c.assessment_id, assessment.c.id), isouter=True)
        .where(
            assessment.c.workspace_id == workspace_id,
            assessment.c.id.in_(assessment_ids),
            hourly_count.c.counted_at.is_(None) | _is_outdated(now, before),
        )
    )
    return [OutdatedCount(*row) for row in rows]


def find_open_assessments_to_count(session: Session, now: datetime, before: datetime) -> list[tuple[str, str]]:
    """Return workspace id and id of each open assessment without a snapshot from between `before` and now."""
    rows = session.execute(
        select(assessment.c.workspace_id, assessment.c.id)
        .join(hourly_count, match_in_workspace(hourly_count.c.assessment_id, assessment.c.id), isouter=True)
        .where(assessment.c.state == "open", hourly_count.c.counted_at.is_(None) | _is_outdated(now, before))
        .order_by(assessment.c.id)
    )
    return [(row.workspace_id, row.id) for row in rows]


def find_snapshots(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, CountSnapshot]:
    columns = (hourly_count.c.assessment_id, hourly_count.c.counted_at, hourly_count.c.content)
    rows = session.execute(
        select(*columns).where(
            hourly_count.c.workspace_id == workspace_id, hourly_count.c.assessment_id.in_(assessment_ids)
        )
    )
    return {row[0]: CountSnapshot(*row[1:]) for row in rows}


def save_snapshots(
    session: Session, workspace_id: str, contents: Mapping[str, bytes], now: datetime, before: datetime
) -> None:
    """Store snapshots, unless another process has stored one between `before` and now (upsert)."""
    add: Any = (sqlite if is_sqlite(session.connection()) else postgresql).insert(hourly_count)
    rows = [
        {"workspace_id": workspace_id, "assessment_id": id_, "counted_at": now, "content": content}
        for id_, content in contents.items()
    ]
    new = add.excluded
    session.execute(
        add.on_conflict_do_update(
            index_elements=[hourly_count.c.workspace_id, hourly_count.c.assessment_id],
            set_={"counted_at": new.counted_at, "content": new.content},
            where=_is_outdated(now, before),
        ),
        rows,
    )


def update_snapshot(session: Session, key: AssessmentKey, content: bytes) -> None:
    """Replace the content of a snapshot; its time stays."""
    session.execute(update(hourly_count).where(*match_assessment(hourly_count, key)).values(content=content))


def _is_outdated(now: datetime, before: datetime) -> ColumnElement[bool]:
    """SQL condition: the snapshot is outdated, or from the future because a clock was wrong."""
    return (hourly_count.c.counted_at <= before) | (hourly_count.c.counted_at > now)


def _match_assessments(workspace_id: str, assessment_ids: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return response.c.workspace_id == workspace_id, response.c.assessment_id.in_(assessment_ids)


def _has_content() -> ColumnElement[bool]:
    """SQL condition: sent, or started with at least one answer; pressing Start alone does not count."""
    has_answer = or_(
        response.c.packed_answers != "",  # since the close of an anonymous assessment
        exists().where(match_in_workspace(answer.c.response_id, response.c.id), answer.c.value != ""),
    )
    return or_(response.c.state == ResponseState.SENT, and_(response.c.state == ResponseState.STARTED, has_answer))


def _count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


class InvitedGroup(NamedTuple):
    """Number of people invited alike; `domain` is one of the assessment's, or empty.

    `has_tag`: their addresses have a `+`, so that several can be the same mailbox.
    """

    functions: str
    is_mailed: bool
    domain: str
    is_late: bool
    is_revoked: bool
    has_tag: bool
    people: int


def count_invited_groups(session: Session, key: AssessmentKey, domains: Sequence[str]) -> list[InvitedGroup]:
    """Count invited people, whatever they have done; a replaced invitation counts through its replacement."""
    rows = _select_invited_groups(tuple(domains)).list_rows(session, key._asdict())
    return [InvitedGroup(*row) for row in rows]


@lru_cache(MAX_CACHED_SELECTS)
def _select_invited_groups(domains: tuple[str, ...]) -> SessionStatement:
    return SessionStatement(lambda: _build_invited_groups(domains))


def _build_invited_groups(domains: tuple[str, ...]) -> Select[Any]:
    workspace = bindparam("workspace_id", type_=String())
    is_replaced = invitation.c.id.in_(select_replaced(workspace))
    named = [(invitation.c.email.endswith(f"@{domain}", autoescape=True), domain) for domain in domains]
    grouped = (
        select(
            invitation.c.functions,
            (invitation.c.deliver == DeliveryMode.MAIL).label("is_mailed"),
            (case(*named, else_="") if named else literal("")).label("domain"),
            invitation.c.is_late,
            invitation.c.revoked_on.is_not(None).label("is_revoked"),
            func.coalesce(invitation.c.email.contains("+"), literal(value=False)).label("has_tag"),
        )
        .where(
            invitation.c.workspace_id == workspace,
            invitation.c.assessment_id == bindparam("assessment_id", type_=String()),
            ~is_replaced,
        )
        .subquery()
    )
    return select(*grouped.c, func.count()).group_by(*grouped.c)
