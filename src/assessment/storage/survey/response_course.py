"""How far responses have come: sections displayed, seconds taken, days of sending; of whole assessments only."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ResponseState
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace

response = tables.response
answer = tables.answer
section_time = tables.section_time


class BegunResponse(NamedTuple):
    """Response that was sent or has an answer; `functions` are joined by `;`, anonymous ones have no invitation."""

    id: str
    invitation_id: str | None
    role: str
    functions: str
    is_sent: bool


class UnsentResponse(NamedTuple):
    """Sections that an unsent response with an answer has displayed, by whether they were continued."""

    id: str
    role: str
    functions: str
    sections: dict[str, bool]


class ResponseSeconds(NamedTuple):
    """Seconds of a sent response, and how many of its pages are timed."""

    id: str
    role: str
    functions: str
    pages: int
    seconds: float


def list_begun_responses(session: Session, key: AssessmentKey) -> list[BegunResponse]:
    """Return what was sent or has an answer; not responses from files, which have no sections."""
    is_sent = response.c.state == ResponseState.SENT
    is_begun = is_sent | and_(response.c.state == ResponseState.STARTED, _has_answer())
    rows = session.execute(
        select(response.c.id, response.c.invitation_id, response.c.role, response.c.functions, is_sent).where(
            *match_assessment(response, key), response.c.label.is_(None), is_begun
        )
    )
    return [BegunResponse(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def list_unsent_responses(session: Session, key: AssessmentKey) -> list[UnsentResponse]:
    """Return the unsent responses with an answer."""
    rows = session.execute(
        select(response.c.id, response.c.role, response.c.functions, section_time.c.section, section_time.c.seconds)
        .outerjoin(section_time, match_in_workspace(section_time.c.response_id, response.c.id))
        .where(
            *match_assessment(response, key),
            response.c.label.is_(None),
            response.c.state == ResponseState.STARTED,
            _has_answer(),
        )
    )
    unsent: dict[str, UnsentResponse] = {}
    for row in rows:
        sections = unsent.setdefault(row.id, UnsentResponse(row.id, row.role, row.functions, {})).sections
        if row.section is not None:
            sections[row.section] = row.seconds is not None
    return list(unsent.values())


def iterate_sent_seconds(session: Session, key: AssessmentKey) -> Iterator[ResponseSeconds]:
    """Yield the time that each sent response took."""
    rows = session.execute(
        select(
            response.c.id,
            response.c.role,
            response.c.functions,
            func.count(section_time.c.seconds),
            func.coalesce(func.sum(section_time.c.seconds), 0),
        )
        .join(
            section_time,
            and_(match_in_workspace(section_time.c.response_id, response.c.id), section_time.c.seconds.is_not(None)),
        )
        .where(*_match_sent(key))
        .group_by(response.c.id, response.c.role, response.c.functions)
    )
    return (ResponseSeconds(*row) for row in rows)


def list_sending_days(session: Session, key: AssessmentKey) -> list[date]:
    """Return the days (UTC) on which responses were sent; anonymous ones have none."""
    moments = session.scalars(select(response.c.sent_at).where(*_match_sent(key), response.c.sent_at.is_not(None)))
    return [moment.date() for moment in moments if moment is not None]


def _has_answer() -> ColumnElement[bool]:
    return exists().where(match_in_workspace(answer.c.response_id, response.c.id), answer.c.value != "")


def _match_sent(key: AssessmentKey) -> tuple[ColumnElement[bool], ...]:
    return (
        *match_assessment(response, key),
        response.c.label.is_(None),
        response.c.state == ResponseState.SENT,
    )
