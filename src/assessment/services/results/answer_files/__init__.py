"""Raw answers as files: CSV, a workbook, and a file for SPSS with labels."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.services.results.answer_export import export_responses, load_exported_answers, record_export
from assessment.services.results.answer_files.answer_workbook import render_answer_workbook
from assessment.services.results.answer_files.spss_answers import render_spss_file
from assessment.services.results.figure_export import MEDIA_TYPES as FIGURE_TYPES

CSV, XLSX, SAV = "csv", "xlsx", "sav"
MEDIA_TYPES = {CSV: "text/csv", XLSX: FIGURE_TYPES["xlsx"], SAV: "application/x-spss-sav"}
RENDERERS = {XLSX: render_answer_workbook, SAV: render_spss_file}


def export_answers(session: Session, key: AssessmentKey, now: datetime, kind: str) -> bytes:
    """Render raw answers in one of `MEDIA_TYPES` and record it in the audit log.

    `NotAttributableError` if answers were given in confidence, `NotClosedError` before the close.
    """
    if kind == CSV:
        return export_responses(session, key, now).encode()
    content = RENDERERS[kind](load_exported_answers(session, key))
    record_export(session, key, now)
    return content
