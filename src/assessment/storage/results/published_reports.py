"""Published reports and their stored files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.auth.removed_users import AUTHOR_NAME
from assessment.storage.columns import match_assessment

published_report, published_file = tables.published_report, tables.published_file
user, api_key, voice = tables.user, tables.api_key, tables.voice


class PublishedReport(Struct, frozen=True):
    """A published report without its inputs.

    `published_by` is an address, or a key's name if `by_key`; `quotes` are the comments by function.
    """

    id: str
    workspace_id: str
    assessment_id: str
    number: int
    language: str
    release: int
    comments_number: int
    quotes: dict[str, list[str]]
    note: str
    published_at: datetime
    withdrawn_at: datetime | None
    is_amended: bool
    published_by: str
    by_key: bool


def list_reports(session: Session, key: AssessmentKey) -> Sequence[PublishedReport]:
    """List the published reports of an assessment, the newest first."""
    rows = session.execute(
        _select_reports(*match_assessment(published_report, key)).order_by(published_report.c.number.desc())
    )
    return [PublishedReport(**row._mapping) for row in rows]  # noqa: SLF001  # public despite its name


def find_report(session: Session, key: AssessmentKey, report_id: str) -> PublishedReport:
    """Return a published report of an assessment; `NotFoundError` if there is none."""
    return _find_report(session, *match_assessment(published_report, key), published_report.c.id == report_id)


def find_shared_report(session: Session, workspace_id: str, report_id: str) -> PublishedReport:
    """Return the published report that a link opens; `NotFoundError` if there is none."""
    return _find_report(session, published_report.c.workspace_id == workspace_id, published_report.c.id == report_id)


def load_inputs(session: Session, report: PublishedReport) -> bytes:
    """Return the compressed render job."""
    content: bytes = session.execute(
        select(published_report.c.inputs).where(
            published_report.c.workspace_id == report.workspace_id, published_report.c.id == report.id
        )
    ).scalar_one()
    return content


def add_report(session: Session, key: AssessmentKey, values: Mapping[str, Any]) -> int:
    """Insert a published report, and return its number; the assessment must be locked."""
    last = session.scalar(select(func.max(published_report.c.number)).where(*match_assessment(published_report, key)))
    number = (last or 0) + 1
    session.execute(
        insert(published_report).values(
            **values, workspace_id=key.workspace_id, assessment_id=key.assessment_id, number=number
        )
    )
    return number


def withdraw_report(session: Session, report: PublishedReport, now: datetime) -> None:
    """Mark a published report as withdrawn."""
    session.execute(
        update(published_report)
        .where(published_report.c.workspace_id == report.workspace_id, published_report.c.id == report.id)
        .values(withdrawn_at=now)
    )


def find_file(session: Session, report: PublishedReport, audience: str, file_format: str) -> bytes | None:
    """Return a stored file; None if nobody has read it yet."""
    content: bytes | None = session.scalar(
        select(published_file.c.content).where(
            published_file.c.workspace_id == report.workspace_id,
            published_file.c.report_id == report.id,
            published_file.c.audience == audience,
            published_file.c.file_format == file_format,
        )
    )
    return content


def add_file(session: Session, report: PublishedReport, audience: str, file_format: str, content: bytes) -> bytes:
    """Store a file, and return the stored one: the first wins. The report is locked meanwhile.

    A report that was amended during the rendering stores nothing, and returns `content`.
    """
    row = session.execute(
        select(published_report.c.quotes)
        .where(published_report.c.workspace_id == report.workspace_id, published_report.c.id == report.id)
        .with_for_update()
    ).one_or_none()
    if row is None or row.quotes != report.quotes:
        return content
    stored = find_file(session, report, audience, file_format)
    if stored is not None:
        return stored
    session.execute(
        insert(published_file).values(
            report_id=report.id,
            workspace_id=report.workspace_id,
            audience=audience,
            file_format=file_format,
            content=content,
        )
    )
    return content


def remove_deleted_quotes(session: Session, key: AssessmentKey) -> None:
    """Remove comments that no longer exist from published reports, with the files that quote them.

    Erasure comes before freezing: such a report is amended, which its list shows.
    """
    left = {
        (row.pool, row.text)
        for row in session.execute(select(voice.c.pool, voice.c.text).where(*match_assessment(voice, key)))
    }
    for report in list_reports(session, key):
        quotes = {place: [text for text in texts if (place, text) in left] for place, texts in report.quotes.items()}
        if quotes == report.quotes:
            continue
        here = (published_report.c.workspace_id == key.workspace_id, published_report.c.id == report.id)
        session.execute(
            update(published_report)
            .where(*here)
            .values(quotes={place: texts for place, texts in quotes.items() if texts}, is_amended=True)
        )
        session.execute(
            delete(published_file).where(
                published_file.c.workspace_id == key.workspace_id, published_file.c.report_id == report.id
            )
        )


def _find_report(session: Session, *where: ColumnElement[bool]) -> PublishedReport:
    row = session.execute(_select_reports(*where)).one_or_none()
    if row is None:
        raise NotFoundError
    return PublishedReport(**row._mapping)  # noqa: SLF001  # public despite its name


def _select_reports(*where: ColumnElement[bool]) -> Select[Any]:
    joined = ("published_by", "by_key")
    columns = [published_report.c[name] for name in PublishedReport.__struct_fields__ if name not in joined]
    return (
        select(
            *columns,
            AUTHOR_NAME.label("published_by"),
            published_report.c.key_id.is_not(None).label("by_key"),
        )
        .outerjoin(user, user.c.id == published_report.c.user_id)
        .outerjoin(api_key, api_key.c.id == published_report.c.key_id)
        .where(*where)
    )
