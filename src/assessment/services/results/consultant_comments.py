"""A consultant's own texts, findings, moderated scores and logo for the reports of an assessment.

Each save adds an immutable revision; reports use the newest. Released figures never change.
"""

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import ReportDetails
from assessment.domain.report.comments import Comments, add_comments, find_comment_problems
from assessment.domain.result import Result
from assessment.errors import ChangedError, InvalidError, NotFoundError, Problem
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import published_questionnaires
from assessment.storage import assessments
from assessment.storage.results import comments
from assessment.storage.results.comments import SavedComments

MAX_PROBLEMS = 200
NO_COMMENTS = Comments()


class ConsultantComments(Struct, frozen=True):
    """Newest revision; `revision` 0 means none. `release` is the number of the newest release at that time."""

    comments: Comments = NO_COMMENTS
    logo: bytes | None = None
    logo_number: int | None = None
    revision: int = 0
    release: int | None = None
    saved_at: datetime | None = None
    saved_by: str = ""
    by_key: bool = False


class LogoImage(Struct, frozen=True):
    """Redrawn logo, or the problems with the uploaded one."""

    content: bytes | None = None
    problems: tuple[Problem, ...] = ()


class CommentsRevision(Struct, frozen=True, kw_only=True):
    """Revision to save, by a user or an API key."""

    comments: Comments
    logo: LogoImage
    user_id: str | None = None
    key_id: str | None = None
    saved_at: datetime


def load_comments(session: Session, key: AssessmentKey) -> ConsultantComments:
    """Return the newest revision; `NotFoundError` without such an assessment."""
    row = comments.find_newest_comments(session, key)
    if row is None:
        assessments.find_assessment(session, key)
        return ConsultantComments()
    return _decode_revision(row)


def load_revision(session: Session, key: AssessmentKey, number: int) -> ConsultantComments:
    """Return one revision, 0 being the empty one before the first; `NotFoundError` if there is none."""
    if number == 0:
        assessments.find_assessment(session, key)
        return ConsultantComments()
    row = comments.find_comments(session, key, number)
    if row is None:
        raise NotFoundError
    return _decode_revision(row)


def list_revisions(session: Session, key: AssessmentKey, limit: int) -> list[ConsultantComments]:
    """List the newest revisions, the newest first."""
    return [_decode_revision(row) for row in comments.list_comments(session, key, limit)]


def _decode_revision(row: SavedComments) -> ConsultantComments:
    return ConsultantComments(
        comments=msgspec.json.decode(row.content, type=Comments),
        logo=row.logo,
        logo_number=row.logo_number,
        revision=row.number,
        release=row.release,
        saved_at=row.saved_at,
        saved_by=row.name,
        by_key=row.by_key,
    )


def redraw_logo(logo: bytes | None) -> LogoImage:
    """Re-encode a logo from its pixels, which drops metadata and payloads. Slow, so call it without holding locks."""
    from assessment.pdf.logo import reencode_logo  # noqa: PLC0415  # loads ReportLab, which nothing else here needs

    try:
        return LogoImage(reencode_logo(logo) if logo is not None else None)
    except InvalidError as error:
        return LogoImage(None, error.problems)


def save_comments(
    session: Session,
    key: AssessmentKey,
    new: CommentsRevision,
    catalogue: QuestionnaireCatalogue,
    revision: int | None = None,
) -> ConsultantComments:
    """Add a revision, in any state of the assessment; no-op if nothing changed.

    `InvalidError` lists all problems, `ChangedError` if `revision` is not the newest.
    """
    assessment = assessments.find_assessment(session, key, lock=True)
    before = load_comments(session, key)
    if revision is not None and revision != before.revision:
        raise ChangedError
    problems = [
        *find_comment_problems(
            new.comments, published_questionnaires.find_questionnaire(session, assessment, catalogue)
        ),
        *new.logo.problems,
    ]
    if problems:
        raise InvalidError(N_("These comments can’t stand in a report."), problems[:MAX_PROBLEMS])
    if (new.comments, new.logo.content) == (before.comments, before.logo):
        return before
    has_same_logo = new.logo.content == before.logo
    new_logo_number = before.revision + 1 if new.logo.content is not None else None
    values = {
        "number": before.revision + 1,
        "content": msgspec.json.encode(new.comments),
        "logo": None if has_same_logo else new.logo.content,
        "logo_number": before.logo_number if has_same_logo else new_logo_number,
        "release": assessment.release,
        "user_id": new.user_id,
        "key_id": new.key_id,
        "saved_at": new.saved_at,
    }
    comments.add_comments(session, key, values)
    return load_comments(session, key)


def add_saved_comments(  # the parts of a report
    details: ReportDetails,
    own: ConsultantComments,
    questionnaire: Questionnaire,
    result: Result,
    language: str,
    *,
    workspace_logo: bytes | None = None,
) -> ReportDetails:
    """Add saved comments to the details of a report; without a logo of their own, with that of the workspace."""
    return add_comments(details, own.comments, questionnaire, result, language, own.logo or workspace_logo)
