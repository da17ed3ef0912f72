"""Browser sessions of respondents, and the response behind a session's cookie."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import LargeBinary, Select, String, bindparam, cast, delete, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, Mode, ResponseState
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace, select_one
from assessment.storage.session_statements import SessionStatement

response = tables.response
respondent_session = tables.respondent_session

COOKIE_PARAMETER = "cookie_hash"
NO_REASONS = "[]"  # as JSON

INSERT_SESSION = SessionStatement(respondent_session.insert)
DELETE_SESSIONS = SessionStatement(
    lambda: delete(respondent_session).where(
        respondent_session.c.workspace_id == bindparam("of_workspace"),
        respondent_session.c.response_id == bindparam("of_response"),
        respondent_session.c.moved_on.is_(None),
    )
)


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
    is_earlier_release_kept: bool
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
)


def add_session(session: Session, workspace_id: str, response_id: str, cookie_hash: bytes) -> None:
    """Insert a session: the browser with this cookie may answer."""
    values = {"workspace_id": workspace_id, "response_id": response_id, "cookie_hash": cookie_hash}
    INSERT_SESSION.execute(session, values)


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
    DELETE_SESSIONS.execute(session, {"of_workspace": workspace_id, "of_response": response_id})


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
            # As text: decoding JSON takes longer than all other columns together.
            (cast(assessment.c.held_back, String) != NO_REASONS).label("is_earlier_release_kept"),
            select_one(organisation.c.name, match_in_workspace(organisation.c.id, assessment.c.organisation_id)).label(
                "organisation"
            ),
            select_one(invitation.c.revoked_on, match_in_workspace(invitation.c.id, response.c.invitation_id)).label(
                "revoked_on"
            ),
        )
        .join(respondent_session, match_in_workspace(respondent_session.c.response_id, response.c.id))
        .join(assessment, match_in_workspace(assessment.c.id, response.c.assessment_id))
        .where(respondent_session.c.cookie_hash == bindparam(COOKIE_PARAMETER, type_=LargeBinary()))
    )


SELECT_SESSION_RESPONSE = SessionStatement(select_session_response)


def find_response_by_cookie(session: Session, cookie_hash: bytes) -> SessionResponse | None:
    """Return response, assessment and organisation of a session."""
    row = SELECT_SESSION_RESPONSE.find_row(session, {COOKIE_PARAMETER: cookie_hash})
    return None if row is None else SessionResponse(**row)
