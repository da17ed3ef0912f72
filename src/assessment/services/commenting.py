"""A consultant's own texts, findings, moderated scores and logo for the reports of an assessment.

Each save adds an immutable revision; reports use the newest. Released figures never change.
"""

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.comments import Comments, commented, faults
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details
from assessment.domain.result import Result
from assessment.errors import ChangedError, InvalidError, Problem
from assessment.library import Library
from assessment.pdf.logo import redrawn
from assessment.services import shelf
from assessment.storage import assessments, comments
from assessment.wording.sentences import N_

PROBLEMS_MOST = 200
NOTHING = Comments()


class Kept(Struct, frozen=True):
    """Newest revision; `revision` 0 means none. `release` is the number of the newest release at that time."""

    comments: Comments = NOTHING
    logo: bytes | None = None
    revision: int = 0
    release: int | None = None
    saved_at: datetime | None = None
    saved_by: str = ""
    by_key: bool = False


class Picture(Struct, frozen=True):
    """Redrawn logo, or the problems with the uploaded one."""

    content: bytes | None = None
    problems: tuple[Problem, ...] = ()


class New(Struct, frozen=True, kw_only=True):
    """Revision to save, by a user or an API key."""

    comments: Comments
    logo: Picture
    user_id: str | None = None
    key_id: str | None = None
    saved_at: datetime


def kept(session: Session, workspace_id: str, assessment_id: str) -> Kept:
    """Return the newest revision; `NotFoundError` without such an assessment."""
    found = comments.newest(session, workspace_id, assessment_id)
    if found is None:
        assessments.find(session, workspace_id, assessment_id)
        return Kept()
    return Kept(
        comments=msgspec.json.decode(found.content, type=Comments),
        logo=found.logo,
        revision=found.number,
        release=found.release,
        saved_at=found.saved_at,
        saved_by=found.name,
        by_key=found.by_key,
    )


def picture(logo: bytes | None) -> Picture:
    """Re-encode a logo from its pixels, which drops metadata and payloads. Slow, so call it without holding locks."""
    try:
        return Picture(redrawn(logo) if logo is not None else None)
    except InvalidError as error:
        return Picture(None, error.problems)


def save(
    session: Session, workspace_id: str, assessment_id: str, new: New, library: Library, revision: int | None = None
) -> Kept:
    """Add a revision, in any state of the assessment; no-op if nothing changed.

    `InvalidError` lists all problems, `ChangedError` if `revision` is not the newest.
    """
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    before = kept(session, workspace_id, assessment_id)
    if revision is not None and revision != before.revision:
        raise ChangedError
    problems = [*faults(new.comments, shelf.questionnaire_for(session, held, library)), *new.logo.problems]
    if problems:
        raise InvalidError(N_("These comments can't stand in a report."), problems[:PROBLEMS_MOST])
    if (new.comments, new.logo.content) == (before.comments, before.logo):
        return before
    values = {
        "number": before.revision + 1,
        "content": msgspec.json.encode(new.comments),
        "logo": new.logo.content,
        "release": held.release,
        "user_id": new.user_id,
        "key_id": new.key_id,
        "saved_at": new.saved_at,
    }
    comments.add(session, workspace_id, assessment_id, values)
    return kept(session, workspace_id, assessment_id)


def added(details: Details, own: Kept, questionnaire: Questionnaire, result: Result, language: str) -> Details:
    """Add saved comments to the details of a report."""
    return commented(details, own.comments, questionnaire, result, language, own.logo)
