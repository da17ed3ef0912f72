"""Queries on responses: a respondent's answers, section times and browser sessions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import (
    CursorResult,
    LargeBinary,
    Select,
    String,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, Mode, ResponseState
from assessment.domain.survey.answer import SavedAnswer
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import is_sqlite, split_batches, truncate_to_day
from assessment.storage.results import release_snapshots
from assessment.storage.survey.bulk_insert import NewAnswer, insert_answers

response = tables.response
answer = tables.answer
section_time = tables.section_time
respondent_session = tables.respondent_session

COOKIE_PARAMETER = "cookie_hash"
IMPORTING_STATE = ResponseState.WITHDRAWN
MIDNIGHT_TEXT = "00:00:00.000000"


class SessionResponse(Struct, frozen=True, kw_only=True):
    """Response of a browser session, with its assessment and organisation; `functions` are joined by `;`."""

    id: str
    workspace_id: str
    assessment_id: str
    invitation_id: str | None
    role: str
    functions: str
    language: str
    state: ResponseState
    code_hash: bytes | None
    moved_on: date | None
    assessment_state: AssessmentState
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str
    confidentiality: Confidentiality
    minimum_group: int
    title: str
    asker: str
    mode: Mode
    closes_on: date | None
    closes_at: datetime | None
    opened_on: date | None
    share_results: bool
    held_back: list[str]
    organisation: str
    revoked_on: date | None


SESSION_RESPONSE_COLUMNS = (
    "id",
    "workspace_id",
    "assessment_id",
    "invitation_id",
    "role",
    "functions",
    "language",
    "state",
    "code_hash",
)
SESSION_ASSESSMENT_COLUMNS = (
    "questionnaire_id",
    "questionnaire_version",
    "questionnaire_digest",
    "confidentiality",
    "minimum_group",
    "title",
    "asker",
    "mode",
    "closes_on",
    "closes_at",
    "opened_on",
    "share_results",
    "held_back",
)


# Statements of each page view or Continue, built once: building one takes longer than running it.
OWN_ANSWERS = (
    answer.c.workspace_id == bindparam("of_workspace"),
    answer.c.response_id == bindparam("of_response"),
)
OWN_SECTION = (
    section_time.c.workspace_id == bindparam("of_workspace"),
    section_time.c.response_id == bindparam("of_response"),
    section_time.c.section == bindparam("of_section"),
)
IS_UNFINISHED = section_time.c.seconds.is_(None)
HAS_ANSWER = select(exists().where(*OWN_ANSWERS, answer.c.value != ""))
SELECT_ANSWERS = select(
    answer.c.item_id, answer.c.value, answer.c.reason, answer.c.evidence, answer.c.sequence, answer.c.saved_at
).where(*OWN_ANSWERS)
SELECT_SECTION = select(section_time.c.section).where(*OWN_SECTION)
SELECT_SECTION_START = select(section_time.c.shown_at).where(*OWN_SECTION, IS_UNFINISHED)
UPDATE_SECTION_SECONDS = (
    update(section_time).where(*OWN_SECTION, IS_UNFINISHED).values(seconds=bindparam("new_seconds"))
)


class LockedResponse(Struct, frozen=True):
    """Locked response with the state and closing time of its assessment."""

    id: str
    state: ResponseState
    code_hash: bytes | None
    withdraw_hash: bytes | None
    assessment_state: AssessmentState
    closes_at: datetime | None


def find_newest_response(session: Session, workspace_id: str, invitation_id: str) -> str | None:
    """Return the id of an invitation's newest response that was neither withdrawn nor set aside."""
    return session.scalar(
        select(response.c.id)
        .where(
            response.c.workspace_id == workspace_id,
            response.c.invitation_id == invitation_id,
            response.c.state.in_((ResponseState.STARTED, ResponseState.SENT)),
        )
        .order_by(response.c.draft_number.desc())
        .limit(1)
    )


def find_next_draft_number(session: Session, workspace_id: str, invitation_id: str) -> int:
    """Return the number of the next draft; the invitation must be locked."""
    last = session.scalar(
        select(func.max(response.c.draft_number)).where(
            response.c.workspace_id == workspace_id, response.c.invitation_id == invitation_id
        )
    )
    return 1 if last is None else int(last) + 1


def add_draft(session: Session, values: Mapping[str, Any]) -> None:
    """Insert an empty draft."""
    session.execute(insert(response).values(**values))


def add_session(session: Session, workspace_id: str, response_id: str, cookie_hash: bytes) -> None:
    """Insert a session: the browser with this cookie may answer."""
    session.execute(
        respondent_session.insert().values(workspace_id=workspace_id, response_id=response_id, cookie_hash=cookie_hash)
    )


def find_live_sessions(session: Session, cookie_hashes: Sequence[bytes]) -> list[bytes]:
    """Return those of the hashes that belong to a session whose response was not moved away."""
    hashed = respondent_session.c.cookie_hash
    return list(
        session.scalars(select(hashed).where(hashed.in_(cookie_hashes), respondent_session.c.moved_on.is_(None)))
    )


def delete_session(session: Session, cookie_hash: bytes) -> None:
    session.execute(delete(respondent_session).where(respondent_session.c.cookie_hash == cookie_hash))


def delete_sessions(session: Session, workspace_id: str, response_id: str) -> None:
    """Delete a response's sessions, except of browsers that it was moved away from: they may object."""
    session.execute(
        delete(respondent_session).where(
            respondent_session.c.workspace_id == workspace_id,
            respondent_session.c.response_id == response_id,
            respondent_session.c.moved_on.is_(None),
        )
    )


def delete_assessment_sessions(session: Session, key: AssessmentKey) -> None:
    """Delete all sessions of an assessment: after the close no browser shows its answers."""
    of_these = select(response.c.id).where(*match_assessment(response, key))
    session.execute(
        delete(respondent_session).where(
            respondent_session.c.workspace_id == key.workspace_id, respondent_session.c.response_id.in_(of_these)
        )
    )


def mark_sessions_moved(session: Session, workspace_id: str, response_id: str, today: date) -> None:
    """Record in a response's sessions that it was moved to another browser."""
    session.execute(
        update(respondent_session)
        .where(
            respondent_session.c.workspace_id == workspace_id,
            respondent_session.c.response_id == response_id,
            respondent_session.c.moved_on.is_(None),
        )
        .values(moved_on=today)
    )


@cache
def select_session_response() -> Select[Any]:
    """Build the select of response, assessment and organisation of a session, by `COOKIE_PARAMETER`."""
    assessment, organisation, invitation = tables.assessment, tables.organisation, tables.invitation
    return (
        select(
            *(response.c[name] for name in SESSION_RESPONSE_COLUMNS),
            respondent_session.c.moved_on,
            assessment.c.state.label("assessment_state"),
            *(assessment.c[name] for name in SESSION_ASSESSMENT_COLUMNS),
            organisation.c.name.label("organisation"),
            invitation.c.revoked_on,
        )
        .join(respondent_session, respondent_session.c.response_id == response.c.id)
        .join(assessment, assessment.c.id == response.c.assessment_id)
        .join(organisation, organisation.c.id == assessment.c.organisation_id)
        .join(invitation, invitation.c.id == response.c.invitation_id, isouter=True)
        .where(respondent_session.c.cookie_hash == bindparam(COOKIE_PARAMETER, type_=LargeBinary()))
    )


def find_response_by_cookie(session: Session, cookie_hash: bytes) -> SessionResponse | None:
    """Return response, assessment and organisation of a session."""
    row = session.execute(select_session_response(), {COOKIE_PARAMETER: cookie_hash}).one_or_none()
    return None if row is None else SessionResponse(**row._mapping)  # noqa: SLF001  # public despite its name


def find_response_by_code(
    session: Session, key: AssessmentKey, hashes: Sequence[bytes], invitation_ids: Sequence[str]
) -> str | None:
    """Return the id of the response that a code opens; it has answers and belongs to these invitations or to none.

    Without an invitation (anonymous), the hash alone links the code to the link.
    """
    has_answers = exists().where(answer.c.response_id == response.c.id, answer.c.value != "")
    return session.scalar(
        select(response.c.id).where(
            *match_assessment(response, key),
            response.c.state.in_((ResponseState.STARTED, ResponseState.SENT)),
            response.c.code_hash.in_(hashes) | response.c.withdraw_hash.in_(hashes),
            response.c.invitation_id.is_(None) | response.c.invitation_id.in_(invitation_ids),
            has_answers,
        )
    )


def find_invitation_id(session: Session, workspace_id: str, response_id: str) -> str | None:
    """Return the id of a response's invitation; None if it is anonymous."""
    return session.scalar(
        select(response.c.invitation_id).where(response.c.workspace_id == workspace_id, response.c.id == response_id)
    )


def find_assessment_id(session: Session, workspace_id: str, response_id: str) -> str | None:
    return session.scalar(
        select(response.c.assessment_id).where(response.c.workspace_id == workspace_id, response.c.id == response_id)
    )


def has_saved_answers(session: Session, workspace_id: str, response_id: str) -> bool:
    """Return whether any answer is not cleared."""
    return bool(session.scalar(HAS_ANSWER, _make_parameters(workspace_id, response_id)))


def has_sent_response(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> bool:
    """Return whether a response of one of these invitations was sent."""
    is_sent = exists().where(
        response.c.workspace_id == workspace_id,
        response.c.invitation_id.in_(invitation_ids),
        response.c.state == ResponseState.SENT,
    )
    return bool(session.scalar(select(is_sent)))


def lock_response(session: Session, workspace_id: str, response_id: str) -> LockedResponse | None:
    """Return a response with its assessment's state and closing time, both locked until the commit.

    The assessment is locked first, as everywhere, to avoid deadlocks.
    """
    assessment = tables.assessment
    here = (response.c.workspace_id == workspace_id, response.c.id == response_id)
    state = session.scalar(
        select(assessment.c.state)
        .where(assessment.c.id == select(response.c.assessment_id).where(*here).scalar_subquery())
        .with_for_update(read=True)
    )
    columns = (response.c[name] for name in ("id", "state", "code_hash", "withdraw_hash"))
    row = session.execute(
        select(*columns, assessment.c.state.label("assessment_state"), assessment.c.closes_at)
        .join(assessment, assessment.c.id == response.c.assessment_id)
        .where(*here, assessment.c.state == state)
        .with_for_update(of=response)
    ).one_or_none()
    return None if row is None else LockedResponse(**row._mapping)  # noqa: SLF001  # public despite its name


def update_response(session: Session, workspace_id: str, response_id: str, **values: Any) -> None:  # noqa: ANN401
    session.execute(
        update(response).where(response.c.workspace_id == workspace_id, response.c.id == response_id).values(**values)
    )


def update_drafts(session: Session, workspace_id: str, invitation_id: str, **values: Any) -> None:  # noqa: ANN401
    """Update all drafts of an invitation."""
    session.execute(
        update(response)
        .where(response.c.workspace_id == workspace_id, response.c.invitation_id == invitation_id)
        .values(**values)
    )


def set_response_aside(session: Session, workspace_id: str, response_id: str) -> None:
    """Exclude a response from all results: its respondent reported that someone else moved it."""
    update_response(
        session, workspace_id, response_id, state=ResponseState.SET_ASIDE, code_hash=None, withdraw_hash=None
    )


def erase_response(session: Session, workspace_id: str, response_id: str) -> None:
    """Delete answers, times and snapshots; the empty response stays, so that the link can show what happened."""
    release_snapshots.delete_snapshots_with_response(session, workspace_id, response_id)
    for table in (answer, section_time):
        session.execute(delete(table).where(table.c.workspace_id == workspace_id, table.c.response_id == response_id))
    emptied = dict.fromkeys(("withdraw_hash", "code_hash", "sent_at", "seconds"))
    update_response(session, workspace_id, response_id, state=ResponseState.WITHDRAWN, **emptied)


def load_stored_answers(session: Session, workspace_id: str, response_id: str) -> dict[str, SavedAnswer]:
    """Return stored answers by item id, cleared ones included: their sequence still counts."""
    rows = session.execute(SELECT_ANSWERS, _make_parameters(workspace_id, response_id))
    return {item: SavedAnswer(*content, item=item, saved_at=saved_at) for item, *content, saved_at in rows}


def has_section_time(session: Session, workspace_id: str, response_id: str, section: str) -> bool:
    """Return whether the first display of a section is recorded."""
    return session.scalar(SELECT_SECTION, _make_parameters(workspace_id, response_id, section)) is not None


def record_section_shown(session: Session, workspace_id: str, response_id: str, section: str, now: datetime) -> None:
    """Record the first display of a section; later ones are ignored."""
    row = {"workspace_id": workspace_id, "response_id": response_id, "section": section, "shown_at": now}
    session.execute(_make_insert(session, section_time).values(**row).on_conflict_do_nothing())


def find_section_start(session: Session, workspace_id: str, response_id: str, section: str) -> datetime | None:
    """Return when a section was first displayed; None once it was continued."""
    moment: datetime | None = session.scalar(SELECT_SECTION_START, _make_parameters(workspace_id, response_id, section))
    return moment


def record_section_seconds(session: Session, workspace_id: str, response_id: str, section: str, seconds: float) -> None:
    """Record the seconds a section took, unless recorded before."""
    session.execute(
        UPDATE_SECTION_SECONDS, {**_make_parameters(workspace_id, response_id, section), "new_seconds": seconds}
    )


def _make_parameters(workspace_id: str, response_id: str, section: str = "") -> dict[str, str]:
    parameters = {"of_workspace": workspace_id, "of_response": response_id}
    return parameters | {"of_section": section} if section else parameters


def _make_insert(session: Session, table: Any) -> Any:  # noqa: ANN401  # one of two dialects' inserts
    return (sqlite if is_sqlite(session.connection()) else postgresql).insert(table)


def has_imported_responses(session: Session, key: AssessmentKey) -> bool:
    """Return whether there are responses imported from a file."""
    response_id = session.scalar(
        select(response.c.id)
        .where(
            *match_assessment(response, key),
            response.c.label.is_not(None),
        )
        .limit(1)
    )
    return response_id is not None


def list_imported_labels(session: Session, key: AssessmentKey) -> set[str]:
    """Return the labels of respondents imported from files, incomplete imports excluded."""
    return set(
        session.scalars(
            select(response.c.label).where(
                *match_assessment(response, key),
                response.c.label.is_not(None),
                response.c.state != IMPORTING_STATE,
            )
        )
    )


def insert_responses(session: Session, rows: Sequence[Mapping[str, Any]], answers: Iterable[NewAnswer]) -> None:
    """Insert whole responses and their answers, in batches."""
    for batch in split_batches(rows):
        session.execute(insert(response), batch)
    insert_answers(session, answers)


def list_response_ids(session: Session, key: AssessmentKey) -> list[str]:
    """Return the ids of an assessment's responses: unsent ones first, then by their random ids."""
    here = match_assessment(response, key)
    return list(
        session.scalars(select(response.c.id).where(*here).order_by(response.c.sent_at.is_not(None), response.c.id))
    )


def truncate_times(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Truncate all timestamps of these responses to the day."""
    for table, column in ((answer, "saved_at"), (section_time, "shown_at"), (response, "sent_at")):
        key = table.c.id if table is response else table.c.response_id
        session.execute(
            update(table)
            .where(table.c.workspace_id == workspace_id, key.in_(ids))
            .values({column: truncate_to_day(session.connection(), table.c[column])})
        )


def find_assessments_with_exact_times(session: Session) -> list[AssessmentKey]:
    """Return the keys of closed assessments with a `sent_at` that is not truncated to the day."""
    assessment = tables.assessment
    exact = response.c.sent_at != truncate_to_day(session.connection(), response.c.sent_at)
    if is_sqlite(session.connection()):
        exact = func.substr(type_coerce(response.c.sent_at, String), 12) != MIDNIGHT_TEXT
    has_exact_times = (
        select(response.c.id)
        .where(response.c.workspace_id == assessment.c.workspace_id, response.c.assessment_id == assessment.c.id, exact)
        .exists()
    )
    query = select(assessment.c.workspace_id, assessment.c.id).where(
        assessment.c.state == AssessmentState.CLOSED, has_exact_times
    )
    return [AssessmentKey(*row) for row in session.execute(query)]


def rewrite_rows(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Delete and insert these responses again in the order of their random ids.

    Physical row order and transaction ids would reveal who answered after whom.
    """
    parts = (response, respondent_session, section_time, answer)
    rows_by_table = []
    for table in parts:
        key = table.c.id if table is response else table.c.response_id
        rows = session.execute(select(table).where(table.c.workspace_id == workspace_id, key.in_(ids)))
        rows_by_table.append(sorted(tuple(row) for row in rows))
    session.execute(delete(response).where(response.c.workspace_id == workspace_id, response.c.id.in_(ids)))
    for table, table_rows in zip(parts, rows_by_table, strict=True):
        names = [column.name for column in table.columns]
        for batch in split_batches(dict(zip(names, row, strict=True)) for row in table_rows):
            session.execute(insert(table), batch)


# Rows of an incomplete import have a label and the state of withdrawn ones, so that no figure counts them.
def _match_incomplete_import(key: AssessmentKey) -> tuple[Any, ...]:
    return (
        *match_assessment(response, key),
        response.c.label.is_not(None),
        response.c.state == IMPORTING_STATE,
    )


def list_incomplete_imports(session: Session, key: AssessmentKey) -> list[tuple[str, datetime]]:
    """Return id and start of each response of incomplete imports."""
    columns = (response.c.id, response.c.sent_at)
    rows = session.execute(select(*columns).where(*_match_incomplete_import(key)).order_by(response.c.id))
    return [(row[0], row[1]) for row in rows]


def complete_import(session: Session, key: AssessmentKey, started_at: datetime) -> int:
    """Activate the responses of one import in one update; return their number."""
    here = (*_match_incomplete_import(key), response.c.sent_at == started_at)
    return cast(
        "CursorResult[Any]", session.execute(update(response).where(*here).values(state=ResponseState.SENT))
    ).rowcount


def delete_responses(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Delete responses; sessions, answers and times follow by cascade."""
    session.execute(delete(response).where(response.c.workspace_id == workspace_id, response.c.id.in_(ids)))
