"""Names of downloaded files (RFC 6266): client, title and day, without characters that a file system refuses."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.domain.text_normalisation import normalize_text
from assessment.services.assessments import assessment_setup
from assessment.services.reports.report_requests import ReportRequest
from assessment.storage.results.published_reports import PublishedReport

MAX_PART_LENGTH = 60  # characters; the whole must fit into the 255 bytes of a file name
REFUSED_CHARACTERS = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|%;]+')
SEPARATOR = " - "
FALLBACK_NAME = "download"
ISO_DATE_LENGTH = 10


def build_disposition(parts: Sequence[str | date | None], ending: str, *, is_inline: bool = False) -> str:
    """Return the header Content-Disposition of a file that is named by its parts; empty ones are left out.

    The browser shows an inline file, and uses its name where it is saved.
    """
    kind = "inline" if is_inline else "attachment"
    cleaned = [clean_part(part.isoformat() if isinstance(part, date) else part) for part in parts if part]
    name = SEPARATOR.join(part for part in cleaned if part) or FALLBACK_NAME
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip(" .-") or FALLBACK_NAME
    return f"{kind}; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(f'{name}.{ending}', safe='')}"


def name_edition(audience: str) -> str:
    """Return the part of a file name for an edition; the full report is just the report."""
    return "report" if audience == FULL_EDITION else f"report {audience.replace(':', ' ')}"


def build_report_disposition(requested: ReportRequest) -> str:
    """Return the header of a report that was requested with the client's names."""
    job, details = requested.job, requested.job.contents.details
    day = (details.date or "")[:ISO_DATE_LENGTH]
    parts = (details.organisation, details.title, day, name_edition(job.audience), job.language)
    return build_disposition(parts, job.file_format)


def clean_part(text: str) -> str:
    """Return a text without invisible and refused characters; no part begins or ends with a dot or a space."""
    return REFUSED_CHARACTERS.sub("-", normalize_text(text))[:MAX_PART_LENGTH].strip(" .-")


def name_published_file(
    session: Session, report: PublishedReport, audience: str, file_format: str, *, is_inline: bool = False
) -> str:
    """Return the header of a file of a published report: named by client, title and day of publication."""
    assessment = assessment_setup.get_assessment(session, AssessmentKey(report.workspace_id, report.assessment_id))
    parts = (
        assessment.organisation,
        assessment.title,
        get_workspace_day(report.published_at, assessment.time_zone),
        name_edition(audience),
        report.language,
    )
    return build_disposition(parts, file_format, is_inline=is_inline)
