"""How far responses have come: sections displayed, seconds taken, days of sending; of whole assessments only."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ResponseState
from assessment.storage import tables
from assessment.storage.columns import match_assessment

response = tables.response
answer = tables.answer
section_time = tables.section_time


class RouteCount(NamedTuple):
    """Number of sent responses with the same pages; `functions` are joined by `;`."""

    role: str
    functions: str
    sent: int


class UnsentResponse(NamedTuple):
    """Sections that an unsent response with an answer has displayed, by whether they were continued."""

    role: str
    functions: str
    sections: dict[str, bool]


class ResponseSeconds(NamedTuple):
    """Seconds of a sent response, and how many of its pages are timed."""

    role: str
    functions: str
    pages: int
    seconds: float


def count_sent_routes(session: Session, key: AssessmentKey) -> list[RouteCount]:
    """Count sent responses by role and functions; not those from files, which have no sections."""
    keys = response.c.role, response.c.functions
    rows = session.execute(select(*keys, func.count()).where(*_match_sent(key)).group_by(*keys))
    return [RouteCount(*row) for row in rows]


def list_unsent_responses(session: Session, key: AssessmentKey) -> list[UnsentResponse]:
    """Return the unsent responses with an answer, without anything that identifies them."""
    has_answer = exists().where(answer.c.response_id == response.c.id, answer.c.value != "")
    rows = session.execute(
        select(response.c.id, response.c.role, response.c.functions, section_time.c.section, section_time.c.seconds)
        .outerjoin(section_time, section_time.c.response_id == response.c.id)
        .where(
            *match_assessment(response, key),
            response.c.label.is_(None),
            response.c.state == ResponseState.STARTED,
            has_answer,
        )
    )
    unsent: dict[str, UnsentResponse] = {}
    for row in rows:
        sections = unsent.setdefault(row.id, UnsentResponse(row.role, row.functions, {})).sections
        if row.section is not None:
            sections[row.section] = row.seconds is not None
    return list(unsent.values())


def iterate_sent_seconds(session: Session, key: AssessmentKey) -> Iterator[ResponseSeconds]:
    """Yield the time that each sent response took."""
    rows = session.execute(
        select(
            response.c.role,
            response.c.functions,
            func.count(section_time.c.seconds),
            func.coalesce(func.sum(section_time.c.seconds), 0),
        )
        .join(section_time, and_(section_time.c.response_id == response.c.id, section_time.c.seconds.is_not(None)))
        .where(*_match_sent(key))
        .group_by(response.c.id, response.c.role, response.c.functions)
    )
    return (ResponseSeconds(row[0], row[1], row[2], row[3]) for row in rows)


def list_sending_times(session: Session, key: AssessmentKey) -> list[datetime]:
    """Return when responses were sent; anonymous ones have no time."""
    moments = session.scalars(select(response.c.sent_at).where(*_match_sent(key), response.c.sent_at.is_not(None)))
    return [moment for moment in moments if moment is not None]


def _match_sent(key: AssessmentKey) -> tuple[ColumnElement[bool], ...]:
    return (
        *match_assessment(response, key),
        response.c.label.is_(None),
        response.c.state == ResponseState.SENT,
    )
