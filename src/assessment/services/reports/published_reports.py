"""Publish reports: freeze their inputs, and return the same bytes from then on.

The inputs are stored at once, a file when it is first read: from then on every reader gets the same bytes, whatever
version of the program runs. Comments of respondents are stored apart, since their erasure comes before freezing.
"""

import zlib
from datetime import datetime
from typing import Any

from anyio import to_thread
from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.comment_parts import list_changed_parts
from assessment.domain.report.file_formats import FileFormat, list_format_audiences
from assessment.errors import InvalidError, NotFoundError, Problem
from assessment.i18n.messages import N_
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.rendering import RenderJob, pack_job, unpack_job
from assessment.services.results import consultant_comments
from assessment.storage import assessments, database
from assessment.storage.results import published_reports
from assessment.storage.results.published_reports import PublishedReport

REPORT_PUBLISHED, REPORT_WITHDRAWN = "report.published", "report.withdrawn"
MAX_NOTE_LENGTH = 240


class Publication(Struct, frozen=True):
    """A report to publish, and its publisher: a user or an API key."""

    language: str | None
    note: str
    published_at: datetime
    user_id: str | None = None
    key_id: str | None = None


class FrozenReport(Struct, frozen=True):
    """A published report with its questionnaire and render job."""

    report: PublishedReport
    questionnaire: Questionnaire
    job: RenderJob

    def list_audiences(self, file_format: FileFormat) -> tuple[str, ...]:
        """List the editions in one file format."""
        return list_format_audiences(file_format, self.questionnaire, self.job.contents.figures)


class ChangesSince(Struct, frozen=True):
    """Differences between a published report and now; `parts` are names of parts of the consultant's comments."""

    parts: tuple[str, ...] = ()
    has_new_figures: bool = False
    has_new_quotes: bool = False
    has_new_comparison: bool = False
    has_new_logo: bool = False
    has_new_author: bool = False
    has_new_colour: bool = False
    has_new_names: bool = False
    has_new_questionnaire: bool = False
    has_new_rank: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether a report published now would have the same content."""
        return self == ChangesSince()


def publish_report(session: Session, key: AssessmentKey, new: Publication, random: Random = RANDOM) -> str:
    """Freeze the report as it is now, in one language, and return its id.

    Raises as `report_requests.request_report`, and `InvalidError` for a note that is too long.
    """
    if len(new.note) > MAX_NOTE_LENGTH:
        problem = Problem(N_("This is too long."), N_("Say it in fewer words."), pointer="/note", code="too-long")
        raise InvalidError(problems=[problem])
    assessment = assessments.find_assessment(session, key, lock=True)
    requested = report_requests.request_report(session, key, FULL_EDITION, new.language)
    details = requested.job.contents.details
    quotes = details.comments if isinstance(details.comments, dict) else {}
    contents = replace(requested.job.contents, details=replace(details, comments=UNSET))
    values: dict[str, Any] = {
        "id": tokens.generate_id(random),
        "language": requested.job.language,
        "release": assessment.release,
        "comments_number": requested.comments.revision,
        "inputs": zlib.compress(pack_job(requested.questionnaire, replace(requested.job, contents=contents))),
        "quotes": {place: list(texts) for place, texts in quotes.items()},
        "note": new.note,
        "user_id": new.user_id,
        "key_id": new.key_id,
        "published_at": new.published_at,
    }
    number = published_reports.add_report(session, key, values)
    audit_trail.record_event(
        session, key.workspace_id, new.published_at, REPORT_PUBLISHED, key.assessment_id, number=number
    )
    report_id: str = values["id"]
    return report_id


def withdraw_report(session: Session, key: AssessmentKey, report_id: str, now: datetime) -> None:
    """Withdraw a published report: its links open nothing any more. No-op if it is withdrawn."""
    assessments.find_assessment(session, key, lock=True)
    report = published_reports.find_report(session, key, report_id)
    if report.withdrawn_at is None:
        published_reports.withdraw_report(session, report, now)
        audit_trail.record_event(
            session, key.workspace_id, now, REPORT_WITHDRAWN, key.assessment_id, number=report.number
        )


def load_frozen_report(session: Session, report: PublishedReport) -> FrozenReport:
    """Return a published report with its job for the full PDF."""
    questionnaire, job = unpack_job(zlib.decompress(published_reports.load_inputs(session, report)))
    quotes = {place: tuple(texts) for place, texts in report.quotes.items()}
    details = replace(job.contents.details, comments=quotes or UNSET)
    if report.is_amended:
        details = replace(details, are_comments_withdrawn=True)
    return FrozenReport(report, questionnaire, replace(job, contents=replace(job.contents, details=details)))


class UnrenderedFile(Struct, frozen=True):
    """A file of a published report that nobody has read before."""

    report: PublishedReport
    questionnaire: Questionnaire
    job: RenderJob


def prepare_file(session: Session, report: PublishedReport, audience: str, file_format: str) -> bytes | UnrenderedFile:
    """Return a stored file, or what to render; ends the read session.

    `NotFoundError` for an edition or a format that does not exist.
    """
    stored = published_reports.find_file(session, report, audience, file_format)
    if stored is not None:
        return stored
    if file_format not in tuple(FileFormat):
        raise NotFoundError
    frozen = load_frozen_report(session, report)
    if audience not in frozen.list_audiences(FileFormat(file_format)):
        raise NotFoundError
    session.close()  # rendering takes seconds: do not occupy a database connection meanwhile
    job = replace(frozen.job, audience=audience, file_format=FileFormat(file_format))
    return UnrenderedFile(report, frozen.questionnaire, job)


async def finish_file(prepared: bytes | UnrenderedFile, engine: Engine, render_pool: RenderPool) -> bytes:
    """Return a file of `prepare_file`, rendered and stored where it has to be."""
    if isinstance(prepared, bytes):
        return prepared
    content = await render_pool.render_async(prepared.questionnaire, prepared.job, prepared.report.assessment_id)
    return await to_thread.run_sync(_store_file, engine, prepared, content)


def _store_file(engine: Engine, prepared: UnrenderedFile, content: bytes) -> bytes:
    with database.write_session(engine) as session:
        job = prepared.job
        return published_reports.add_file(session, prepared.report, job.audience, str(job.file_format), content)


def find_changes(session: Session, key: AssessmentKey, report: PublishedReport) -> ChangesSince:
    """Compare a published report with what would be published now."""
    frozen = load_frozen_report(session, report)
    current = report_requests.request_report(session, key, FULL_EDITION, report.language)
    before = consultant_comments.load_revision(session, key, report.comments_number)
    old, new = frozen.job.contents, current.job.contents
    return ChangesSince(
        parts=tuple(list_changed_parts(before.comments, current.comments.comments)),
        has_new_figures=bytes(old.result) != bytes(new.result),
        has_new_quotes=old.details.comments != new.details.comments,
        has_new_comparison=(old.earlier, bytes(old.before)) != (new.earlier, bytes(new.before)),
        has_new_logo=old.details.logo != new.details.logo,
        has_new_author=old.details.author != new.details.author,
        has_new_colour=old.details.accent != new.details.accent,
        has_new_names=(old.details.organisation, old.details.title) != (new.details.organisation, new.details.title),
        has_new_rank=old.details.rank != new.details.rank,
        has_new_questionnaire=frozen.questionnaire != current.questionnaire,
    )
