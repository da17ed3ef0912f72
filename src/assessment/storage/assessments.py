"""Queries on assessments, by workspace and id; each update increments the revision."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    String,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, ReleaseBasis
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.columns import match_in_workspace
from assessment.storage.cursor_pagination import PageRequest, RowPage, choose_order, load_page
from assessment.storage.people import people_summaries
from assessment.storage.results import releases
from assessment.storage.session_statements import SessionStatement
from assessment.storage.tables.assessments import Assessment as Assessment  # noqa: PLC0414  # what the queries return

assessment = tables.assessment
organisation = tables.organisation

ARCHIVED = "archived"
THIS = (
    assessment.c.workspace_id == bindparam("workspace_id"),
    assessment.c.id == bindparam("assessment_id"),
)
LOCK_STATE = SessionStatement(lambda: select(assessment.c.state).where(*THIS).with_for_update(read=True))
SELECT_DOMAINS = SessionStatement(
    lambda: (
        select(assessment.c.domains)
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .where(*THIS, organisation.c.erased_at.is_(None))
    )
)
IS_ARCHIVED = assessment.c.archived_on.is_not(None) | organisation.c.archived_on.is_not(None)


def find_assessment(session: Session, key: AssessmentKey, *, lock: bool = False) -> Assessment:
    """Return an assessment; raises NotFoundError.

    `lock` blocks other changes, and answers from being saved, until the commit.
    """
    statement = select_assessment(key.workspace_id, key.assessment_id)
    row = session.execute(statement.with_for_update(of=assessment) if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError
    return _read_assessment(row)


def select_assessment(workspace_id: str | BindParameter[str], assessment_id: str | BindParameter[str]) -> Select[Any]:
    """Build the select of an assessment; parameters of a prepared select or values."""
    return _select_assessments(workspace_id).where(assessment.c.id == assessment_id)


def lock_assessment_state(session: Session, key: AssessmentKey) -> AssessmentState | None:
    """Return the state and lock it (shared) until the commit; several transactions may have this lock at once."""
    state: AssessmentState | None = LOCK_STATE.find_value(session, key._asdict())
    return state


def load_domains(session: Session, key: AssessmentKey) -> list[str]:
    """Return the mail domains of an assessment; raises NotFoundError."""
    domains: list[str] | None = SELECT_DOMAINS.find_value(session, key._asdict())
    if domains is None:
        raise NotFoundError
    return domains


def find_due_assessments(session: Session, now: datetime) -> list[AssessmentKey]:
    """Return the key of each open assessment whose closing time has come, the earliest first."""
    rows = session.execute(
        select(assessment.c.workspace_id, assessment.c.id)
        .where(assessment.c.state == AssessmentState.OPEN, assessment.c.closes_at <= now)
        .order_by(assessment.c.closes_at, assessment.c.id)
    )
    return [AssessmentKey(*row) for row in rows]


def lock_assessments_with_closing_date(session: Session, workspace_id: str) -> list[Assessment]:
    """Return and lock a workspace's unclosed assessments with a closing date, by id to avoid deadlocks."""
    statement = (
        _select_assessments(workspace_id)
        .where(assessment.c.state != AssessmentState.CLOSED, assessment.c.closes_on.is_not(None))
        .order_by(assessment.c.id)
        .with_for_update(of=assessment)
    )
    return [_read_assessment(row) for row in session.execute(statement)]


def find_time_zone(session: Session, workspace_id: str) -> str:
    """Return the workspace's time zone (IANA name)."""
    name: str = session.execute(
        select(tables.workspace.c.time_zone).where(tables.workspace.c.id == workspace_id)
    ).scalar_one()
    return name


def find_workspace_day(session: Session, workspace_id: str, now: datetime) -> date:
    """Return the calendar day in the workspace's time zone."""
    return get_workspace_day(now, find_time_zone(session, workspace_id))


class AssessmentFilter(Struct, frozen=True, kw_only=True):
    """Which assessments to list; empty values filter nothing.

    `search` is part of a title or of a client's name. `archived`: only archived ones, or only others; None for all.
    """

    organisation_id: str | None = None
    state: str = ""
    search: str = ""
    archived: bool | None = None
    wave_of: str = ""


NO_FILTER = AssessmentFilter()


def list_assessments(
    session: Session, workspace_id: str, page_request: PageRequest, filters: AssessmentFilter = NO_FILTER
) -> RowPage[Assessment]:
    """List assessments, the newest first unless sorted otherwise."""
    statement = filter_assessments(_select_assessments(workspace_id), filters)
    order = choose_order(
        page_request.sort,
        "-created_at",
        created_at=(assessment.c.created_at, assessment.c.id),
        title=(assessment.c.title, assessment.c.id),
    )
    return load_page(session, statement, order, page_request, _read_assessment)


def filter_assessments(statement: Select[Any], filters: AssessmentFilter) -> Select[Any]:
    """Add the conditions of a filter to a select of assessments joined with their clients."""
    statement = statement.where(*_match_text(filters.search))
    if filters.archived is not None:
        statement = statement.where(IS_ARCHIVED if filters.archived else ~IS_ARCHIVED)
    if filters.organisation_id is not None:
        statement = statement.where(assessment.c.organisation_id == filters.organisation_id)
    if filters.state:
        statement = statement.where(assessment.c.state == filters.state)
    if filters.wave_of:
        statement = statement.where(assessment.c.wave_of == filters.wave_of)
    return statement


def load_assessments(session: Session, workspace_id: str, ids: Sequence[str]) -> tuple[Assessment, ...]:
    """Load these assessments, in the order of their ids; those that are gone are left out."""
    rows = session.execute(_select_assessments(workspace_id).where(assessment.c.id.in_(ids)))
    by_id = {row.id: _read_assessment(row) for row in rows}
    return tuple(by_id[id_] for id_ in ids if id_ in by_id)


def count_states(session: Session, workspace_id: str, search: str = "") -> dict[str, int]:
    """Return the number of assessments by state, and of `archived` ones, of those that match `search`."""
    place = case((IS_ARCHIVED, ARCHIVED), else_=type_coerce(assessment.c.state, String))
    rows = session.execute(
        select(place, func.count())
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .where(assessment.c.workspace_id == workspace_id, organisation.c.erased_at.is_(None), *_match_text(search))
        .group_by(place)
    )
    return {state: count for state, count in rows}  # noqa: C416  # a Row is no tuple to mypy


def _match_text(search: str) -> list[ColumnElement[bool]]:
    """Match part of a title or a client's name; SQLite ignores case for the letters of ASCII only."""
    if not search:
        return []
    columns = (assessment.c.title, organisation.c.name)
    exact = [column.contains(search, autoescape=True) for column in columns]
    lower = [func.lower(column).contains(search.lower(), autoescape=True) for column in columns]
    return [or_(*exact, *lower)]


def add_assessment(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(insert(assessment).values(**values))


def update_assessment(session: Session, previous: Assessment, values: Mapping[str, Any]) -> Assessment:
    """Update a locked assessment and return its new state; its settings decide who counts."""
    session.execute(
        update(assessment)
        .where(assessment.c.workspace_id == previous.workspace_id, assessment.c.id == previous.id)
        .values(**values, revision=previous.revision + 1)
    )
    people_summaries.mark_outdated(session, previous.key)
    return find_assessment(session, previous.key)


def save_closing_time(session: Session, key: AssessmentKey, closes_at: datetime | None) -> None:
    """Store the closing time of a locked assessment; no setting changes, so the revision stays."""
    session.execute(
        update(assessment)
        .where(assessment.c.workspace_id == key.workspace_id, assessment.c.id == key.assessment_id)
        .values(closes_at=closes_at)
    )


def _select_assessments(workspace_id: str | BindParameter[str]) -> Select[Any]:
    release = tables.release
    newest = (
        select(func.max(release.c.number))
        .where(match_in_workspace(release.c.assessment_id, assessment.c.id))
        .scalar_subquery()
    )
    return (
        select(
            assessment,
            organisation.c.name.label("organisation"),
            tables.workspace.c.time_zone,
            newest.label("release"),
            releases.has_release(assessment.c.id, ReleaseBasis.DELETED).label("is_basis_gone"),
            organisation.c.archived_on.label("client_archived_on"),
        )
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .join(tables.workspace, tables.workspace.c.id == assessment.c.workspace_id)
        .where(assessment.c.workspace_id == workspace_id, organisation.c.erased_at.is_(None))
    )


def _read_assessment(row: Row[Any]) -> Assessment:
    return Assessment(**row._mapping)  # noqa: SLF001  # public despite its name
