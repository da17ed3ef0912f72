"""Released headline figures of all closed assessments of a workspace, a row for each figure, as CSV or XLSX."""

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.verification.provenance import strip_careless_log
from assessment.errors import InvalidError, Problem, with_values
from assessment.services.results.figure_export import (
    CREATED_AT,
    CSV,
    MAX_CELL_LENGTH,
    MEDIA_TYPES,
    XLSX,
    CellValue,
    escape_formula,
    iterate_figures,
)
from assessment.storage import assessments
from assessment.storage.assessments import Assessment, AssessmentFilter
from assessment.storage.cursor_pagination import MAX_LIMIT, PageRequest
from assessment.storage.results import releases
from assessment.storage.results.releases import Release

PORTFOLIO_KINDS = (CSV, XLSX)
HEADER = (
    "organisation", "assessment", "title", "closed on", "questionnaire", "version", "release",
    "figure", "value", "hidden because",
)  # fmt: skip
# Every figure of 200 assessments would be more rows than a sheet has; an assessment's own export has all of its own.
HEADLINE = re.compile(
    r"overall\.(score|maturity|band|level|interval\[[01]\])"
    r"|functions\.[^.]+\.(score|maturity|band|level|interval\[[01]\]|dimensions\.[^.]+\.score)"
    r"|indices\.[^.]+\.(score|class|signed)|indices\.beyond_one_network"
)


def export_portfolio(session: Session, workspace_id: str, kind: str, organisation_id: str | None = None) -> bytes:
    """Render the newest release of each closed assessment, the newest assessments first."""
    if kind not in PORTFOLIO_KINDS:
        known = with_values("There is {known}.", known=PORTFOLIO_KINDS)
        raise InvalidError(
            "There is no such export.", [Problem("This is not offered.", known, column="format", code="unknown-value")]
        )
    rows = _iterate_rows(session, workspace_id, organisation_id)
    return _render_csv(rows) if kind == CSV else _render_workbook(rows)


def get_media_type(kind: str) -> str:
    return MEDIA_TYPES[kind]


def _iterate_rows(session: Session, workspace_id: str, organisation_id: str | None) -> Iterator[tuple[CellValue, ...]]:
    for assessment, release in _iterate_released(session, workspace_id, organisation_id):
        about = (
            assessment.organisation,
            assessment.id,
            assessment.title,
            str(assessment.closed_on or release.released_on),
            assessment.questionnaire_id,
            assessment.questionnaire_version,
            release.number,
        )
        for figure in iterate_figures(bytes(strip_careless_log(release.content))):
            if HEADLINE.fullmatch(figure.path):
                yield (*about, figure.path, figure.value, figure.reason)


def _iterate_released(
    session: Session, workspace_id: str, organisation_id: str | None
) -> Iterator[tuple[Assessment, Release]]:
    """Yield closed assessments with their newest release, loaded in batches."""
    cursor: str | None = None
    while True:
        place = PageRequest(cursor, MAX_LIMIT)
        filters = AssessmentFilter(organisation_id=organisation_id, state=AssessmentState.CLOSED)
        page = assessments.list_assessments(session, workspace_id, place, filters)
        latest = releases.load_latest_releases(session, workspace_id, [assessment.id for assessment in page.data])
        yield from ((assessment, latest[assessment.id]) for assessment in page.data if assessment.id in latest)
        cursor = page.next_cursor
        if cursor is None:
            return


def _render_csv(rows: Iterator[tuple[CellValue, ...]]) -> bytes:
    file = StringIO(newline="")
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(HEADER)
    for row in rows:
        out.writerow([escape_formula(value) for value in row])
    return file.getvalue().encode("utf-8-sig")


def _render_workbook(rows: Iterator[tuple[CellValue, ...]]) -> bytes:
    import xlsxwriter  # noqa: PLC0415  # a server process may never need it

    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": CREATED_AT.replace(tzinfo=None)})
        sheet, strong = book.add_worksheet("Figures"), book.add_format({"bold": True})
        for column, name in enumerate(HEADER):
            sheet.write_string(0, column, name, strong)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write_value(sheet, number, column, value)
        sheet.autofilter(0, 0, 0, len(HEADER) - 1)
    return target.getvalue()


def _write_value(sheet: Any, row: int, column: int, value: CellValue) -> None:  # noqa: ANN401  # the library has no types
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value[:MAX_CELL_LENGTH])
