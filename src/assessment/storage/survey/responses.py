"""Queries on responses: a respondent's answers and section times."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.domain.survey.answer import SavedAnswer
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace
from assessment.storage.database import is_sqlite
from assessment.storage.results import release_snapshots, voices
from assessment.storage.session_statements import SessionStatement
from assessment.storage.sql_expressions import match_ids
from assessment.storage.survey import response_imports
from assessment.storage.survey.packed_answers import PACKED_COLUMNS

assessment = tables.assessment
response = tables.response
answer = tables.answer
section_time = tables.section_time


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
HAS_ANSWER = SessionStatement(lambda: select(exists().where(*OWN_ANSWERS, answer.c.value != "")))
SELECT_ANSWERS = select(
    answer.c.item_id, answer.c.value, answer.c.reason, answer.c.evidence, answer.c.sequence, answer.c.saved_at
).where(*OWN_ANSWERS)
LOAD_ANSWERS = SessionStatement(lambda: SELECT_ANSWERS)
SELECT_SECTION = SessionStatement(lambda: select(section_time.c.section).where(*OWN_SECTION))
SELECT_SECTION_START = SessionStatement(lambda: select(section_time.c.shown_at).where(*OWN_SECTION, IS_UNFINISHED))
UPDATE_SECTION_SECONDS = SessionStatement(
    lambda: (
        update(section_time)
        .where(*OWN_SECTION, IS_UNFINISHED)
        .values(seconds=bindparam("new_seconds"), shown_at=bindparam("shown_on"))
    )
)


OWN_RESPONSE = (response.c.workspace_id == bindparam("of_workspace"), response.c.id == bindparam("of_response"))
INSERT_RESPONSE = SessionStatement(lambda: insert(response))
SELECT_LAST_NUMBER = SessionStatement(
    lambda: select(func.max(response.c.draft_number)).where(
        response.c.workspace_id == bindparam("of_workspace"), response.c.invitation_id == bindparam("of_invitation")
    )
)
HAS_SENT_RESPONSE = SessionStatement(
    lambda: select(
        exists().where(
            response.c.workspace_id == bindparam("of_workspace"),
            match_ids(response.c.invitation_id, "of_invitations"),
            response.c.state == ResponseState.SENT,
        )
    )
)
LOCK_ASSESSMENT_OF_RESPONSE = SessionStatement(
    lambda: (
        select(assessment.c.state)
        .where(
            assessment.c.workspace_id == bindparam("of_workspace"),
            assessment.c.id == select(response.c.assessment_id).where(*OWN_RESPONSE).scalar_subquery(),
        )
        .with_for_update(read=True)
    )
)
LOCK_RESPONSE = SessionStatement(
    lambda: (
        select(
            *(response.c[name] for name in ("id", "state", "code_hash", "withdraw_hash")),
            assessment.c.state.label("assessment_state"),
            assessment.c.closes_at,
        )
        .join(assessment, match_in_workspace(assessment.c.id, response.c.assessment_id))
        .where(*OWN_RESPONSE, assessment.c.state == bindparam("locked_state"))
        .with_for_update(of=response)
    )
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
    last = SELECT_LAST_NUMBER.find_value(session, {"of_workspace": workspace_id, "of_invitation": invitation_id})
    return 1 if last is None else int(last) + 1


def add_draft(session: Session, values: Mapping[str, Any]) -> None:
    """Insert an empty draft."""
    INSERT_RESPONSE.execute(session, values)


def find_response_by_code(
    session: Session, key: AssessmentKey, hashes: Sequence[bytes], invitation_ids: Sequence[str]
) -> str | None:
    """Return the id of the response that a code opens; it has answers and belongs to these invitations or to none.

    Without an invitation (anonymous), the hash alone links the code to the link.
    """
    has_answers = exists().where(match_in_workspace(answer.c.response_id, response.c.id), answer.c.value != "")
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
    return bool(HAS_ANSWER.find_value(session, _make_parameters(workspace_id, response_id)))


def has_sent_response(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> bool:
    """Return whether a response of one of these invitations was sent."""
    parameters = {"of_workspace": workspace_id, "of_invitations": invitation_ids}
    return bool(HAS_SENT_RESPONSE.find_value(session, parameters))


def lock_response(session: Session, workspace_id: str, response_id: str) -> LockedResponse | None:
    """Return a response with its assessment's state and closing time, both locked until the commit.

    The assessment is locked first, as everywhere, to avoid deadlocks.
    """
    here = _make_parameters(workspace_id, response_id)
    state = LOCK_ASSESSMENT_OF_RESPONSE.find_value(session, here)
    row = LOCK_RESPONSE.find_row(session, here | {"locked_state": state})
    return None if row is None else LockedResponse(**row)


def update_response(session: Session, workspace_id: str, response_id: str, **values: Any) -> None:  # noqa: ANN401
    values = {f"new_{name}": value for name, value in values.items()}
    _update_response(tuple(values)).execute(session, _make_parameters(workspace_id, response_id) | values)


@cache
def _update_response(parameters: tuple[str, ...]) -> SessionStatement:
    """Return the update of the columns of these parameters."""
    columns = [response.c[name.removeprefix("new_")] for name in parameters]
    values = {column: bindparam(name, type_=column.type) for name, column in zip(parameters, columns, strict=True)}
    return SessionStatement(lambda: update(response).where(*OWN_RESPONSE).values(values))


def set_response_aside(session: Session, workspace_id: str, response_id: str) -> None:
    """Exclude a response from all results: its respondent reported that someone else moved it."""
    update_response(
        session, workspace_id, response_id, state=ResponseState.SET_ASIDE, code_hash=None, withdraw_hash=None
    )


def erase_response(session: Session, workspace_id: str, response_id: str) -> None:
    """Delete answers, times, snapshots and the name of a file's row.

    The empty response stays, so that the link can show what happened.
    """
    release_snapshots.delete_snapshots_with_response(session, workspace_id, response_id)
    voices.withdraw_voices(session, workspace_id, response_id)
    for table in (answer, section_time):
        session.execute(delete(table).where(table.c.workspace_id == workspace_id, table.c.response_id == response_id))
    response_imports.erase_labels(session, response.c.workspace_id == workspace_id, response.c.id == response_id)
    emptied = dict.fromkeys(("withdraw_hash", "code_hash", "sent_at", "seconds", *PACKED_COLUMNS))
    update_response(session, workspace_id, response_id, state=ResponseState.WITHDRAWN, **emptied)


def load_stored_answers(session: Session, workspace_id: str, response_id: str) -> dict[str, SavedAnswer]:
    """Return stored answers by item id, cleared ones included: their sequence still counts."""
    rows = LOAD_ANSWERS.list_rows(session, _make_parameters(workspace_id, response_id))
    return {item: SavedAnswer(*content, item=item, saved_at=saved_at) for item, *content, saved_at in rows}


def has_section_time(session: Session, workspace_id: str, response_id: str, section: str) -> bool:
    """Return whether the first display of a section is recorded."""
    return SELECT_SECTION.find_value(session, _make_parameters(workspace_id, response_id, section)) is not None


def record_section_shown(session: Session, workspace_id: str, response_id: str, section: str, now: datetime) -> None:
    """Record the first display of a section; later ones are ignored."""
    row = {"workspace_id": workspace_id, "response_id": response_id, "section": section, "shown_at": now}
    session.execute(_make_insert(session, section_time).values(**row).on_conflict_do_nothing())


def find_section_start(session: Session, workspace_id: str, response_id: str, section: str) -> datetime | None:
    """Return when a section was first displayed; None once it was continued."""
    own_section = _make_parameters(workspace_id, response_id, section)
    moment: datetime | None = SELECT_SECTION_START.find_value(session, own_section)
    return moment


def record_section_seconds(
    session: Session, workspace_id: str, response_id: str, section: str, seconds: float, day: datetime
) -> None:
    """Record the seconds a section took, unless recorded before; of when it was displayed, only the day is left."""
    own_section = _make_parameters(workspace_id, response_id, section)
    UPDATE_SECTION_SECONDS.execute(session, own_section | {"new_seconds": seconds, "shown_on": day})


def _make_parameters(workspace_id: str, response_id: str, section: str = "") -> dict[str, Any]:
    parameters = {"of_workspace": workspace_id, "of_response": response_id}
    return parameters | {"of_section": section} if section else parameters


def _make_insert(session: Session, table: Any) -> Any:  # noqa: ANN401  # one of two dialects' inserts
    return (sqlite if is_sqlite(session.connection()) else postgresql).insert(table)
