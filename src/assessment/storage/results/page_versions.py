"""Versions of all that the results page depends on besides the assessment itself, small enough to compare."""

from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, String, Table, bindparam, case, cast, func, literal_column, select, true
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.auth.removed_users import AUTHOR_NAME
from assessment.storage.columns import match_in_workspace

assessment, release, comments, voice = tables.assessment, tables.release, tables.comments, tables.voice
user, api_key = tables.user, tables.api_key
COMMA: Any = literal_column("','")  # in the statement, which is prepared


class PageVersion(Struct, frozen=True):
    """Digest of the newest release; number and author of the newest texts of consultants; comments of respondents.

    Of the latter: how many there are, how many of them are withdrawn, and the places of the chosen ones. Number and
    sum of the scores that clients of the workspace share, for the rank: as text, since a prepared read gets no floats.
    """

    release: str | None
    texts: int | None
    author: str | None
    voices: int
    withdrawn_voices: int | None
    chosen_voices: str | None
    shared_scores: int
    shared_total: str | None


def _match_own(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        table.c.workspace_id == bindparam("workspace_id", type_=String()),
        table.c.assessment_id == bindparam("assessment_id", type_=String()),
    )


def _build_select() -> Select[Any]:
    newest_texts = (
        select(comments.c.number, AUTHOR_NAME.label("author"))
        .outerjoin(user, user.c.id == comments.c.user_id)
        .outerjoin(api_key, api_key.c.id == comments.c.key_id)
        .where(*_match_own(comments))
        .order_by(comments.c.number.desc())
        .limit(1)
        .subquery()
    )
    newest_release = select(release.c.digest).where(*_match_own(release)).order_by(release.c.number.desc()).limit(1)
    counted = (
        select(
            func.count().label("number"),
            func.sum(case((voice.c.is_withdrawn, 1), else_=0)).label("withdrawn"),
            func.aggregate_strings(case((voice.c.is_chosen, cast(voice.c.position, String))), COMMA).label("chosen"),
        )
        .where(*_match_own(voice))
        .subquery()
    )
    shared = (
        select(
            func.count().label("shared_scores"), cast(func.sum(release.c.overall_score), String).label("shared_total")
        )
        .join(assessment, match_in_workspace(assessment.c.id, release.c.assessment_id))
        .where(
            assessment.c.workspace_id == bindparam("workspace_id", type_=String()),
            assessment.c.in_benchmarks,
        )
        .subquery()
    )
    return (
        select(newest_release.scalar_subquery(), newest_texts, counted, shared)
        .select_from(counted)
        .join(shared, true())
        .outerjoin(newest_texts, newest_texts.c.number.is_not(None))
    )


SELECT_VERSION = _build_select()  # built once: that takes longer than running it


def load_page_version(session: Session, key: AssessmentKey) -> PageVersion:
    return PageVersion(*session.execute(SELECT_VERSION, key._asdict()).one())
