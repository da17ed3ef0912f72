"""Durations of responses to a questionnaire, from closed assessments of one workspace."""

from collections.abc import Collection
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, func, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, ReleaseBasis, ResponseState
from assessment.storage import tables
from assessment.storage.columns import match_in_workspace
from assessment.storage.people import counting_people
from assessment.storage.results import releases
from assessment.storage.session_statements import SessionStatement
from assessment.storage.sql_expressions import match_ids
from assessment.storage.survey import packed_answers

MAX_RESPONSES = 500  # newest first; more would not change a percentile by a minute

assessment = tables.assessment
response = tables.response
section_time = tables.section_time


class TimedResponse(NamedTuple):
    """Times of a sent response: stated in a file, packed by section, or the number and sum of its timed pages."""

    id: str
    assessment_id: str
    functions: str
    stated: float | None
    packed_sections: str | None
    packed_seconds: str | None
    pages: int
    seconds: float | None


def load_response_seconds(
    session: Session,
    workspace_id: str,
    questionnaire: tuple[str, str],
    role: str,
    functions: Collection[str],
    pages: Collection[str],
    min_responses: int,
) -> list[float]:
    """Return the seconds of sent responses with this role in exactly these functions; empty if they are too few.

    `questionnaire` is id and version. `pages` are the first sections of the pages such a respondent gets: a
    response with an untimed page is left out.

    Anyone with a link can see a figure computed from these, so the times of one person must not be the only unknown
    ones. All are from one assessment, the latest with enough of them, that was closed once and published a release:
    repeated closing would show who sent in between. Only people who count are timed: invented ones, and times from a
    file, are known to anyone who made them up.
    """
    parameters = {"of_workspace": workspace_id, "of_role": role, "of_pages": list(pages)}
    parameters |= {"of_questionnaire": questionnaire[0], "of_version": questionnaire[1]}
    wanted = set(functions)
    timed = (TimedResponse(*row) for row in _select_seconds.list_rows(session, parameters))
    rows = [row for row in timed if set(row.functions.split(";")) == wanted]
    for assessment_id, group in groupby(rows, key=lambda row: row.assessment_id):
        measured = ((row.id, _sum_seconds(row, pages)) for row in group)
        seconds_by_id = {id_: seconds for id_, seconds in measured if seconds is not None}
        if len(seconds_by_id) >= min_responses:
            key = AssessmentKey(workspace_id, assessment_id)
            counts = counting_people.load_count_flags(session, key, list(seconds_by_id))
            flags = [True] * len(seconds_by_id) if counts is None else counts.tolist()
            seconds = [
                duration for duration, is_counting in zip(seconds_by_id.values(), flags, strict=True) if is_counting
            ]
            if len(seconds) >= min_responses:
                return seconds
    return []


def _sum_seconds(row: TimedResponse, pages: Collection[str]) -> float | None:
    """Return the stated seconds of a response, or the seconds of its pages; None if one is not timed."""
    if row.stated is not None:
        return float(row.stated)
    if row.packed_sections and row.packed_seconds:
        by_page = packed_answers.read_seconds(row.packed_sections, row.packed_seconds)
        return sum(by_page[page] for page in pages) if set(by_page).issuperset(pages) else None
    return float(row.seconds) if row.seconds is not None and row.pages == len(pages) else None


@SessionStatement
def _select_seconds() -> Select[Any]:
    return (
        select(
            response.c.id,
            response.c.assessment_id,
            response.c.functions,
            response.c.seconds.label("stated"),
            response.c.packed_sections,
            response.c.packed_seconds,
            func.count(section_time.c.seconds).label("pages"),
            func.sum(section_time.c.seconds).label("seconds"),
        )
        .join(
            assessment,
            (assessment.c.workspace_id == response.c.workspace_id) & (assessment.c.id == response.c.assessment_id),
        )
        .outerjoin(
            section_time,
            match_in_workspace(section_time.c.response_id, response.c.id)
            & match_ids(section_time.c.section, "of_pages")
            & section_time.c.seconds.is_not(None),
        )
        .where(
            response.c.workspace_id == bindparam("of_workspace", type_=String()),
            assessment.c.state == AssessmentState.CLOSED,
            releases.has_release(assessment.c.id, ReleaseBasis.LIVE),
            ~releases.has_release(assessment.c.id, ReleaseBasis.COPIED),
            ~releases.has_release(assessment.c.id, ReleaseBasis.DELETED),
            assessment.c.questionnaire_id == bindparam("of_questionnaire", type_=String()),
            assessment.c.questionnaire_version == bindparam("of_version", type_=String()),
            response.c.state == ResponseState.SENT,
            response.c.label.is_(None),
            response.c.role == bindparam("of_role", type_=String()),
        )
        .group_by(
            response.c.id,
            response.c.assessment_id,
            response.c.functions,
            response.c.seconds,
            response.c.packed_sections,
            response.c.packed_seconds,
            assessment.c.closed_on,
        )
        .order_by(assessment.c.closed_on.desc(), response.c.assessment_id)
        .limit(MAX_RESPONSES)
    )
