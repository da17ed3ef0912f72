"""The workbook: a sheet for each kind of content, with filters, native charts and print set-up."""

from datetime import UTC, datetime
from io import BytesIO

from assessment.office.plain_text import clean_line
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook
from assessment.office.workbook.sheets import (
    advice,
    change,
    functions,
    hand_offs,
    items,
    key_figures,
    overview,
    own_words,
    people,
    perception_gap,
    provenance,
    roadmap,
)

CREATED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # constant, so that the same figures give the same bytes
MAX_PROPERTY_LENGTH = 200
SHEETS = (
    overview.add_overview,
    key_figures.add_key_figures,
    functions.add_functions,
    items.add_items,
    perception_gap.add_perception_gap,
    hand_offs.add_hand_offs,
    advice.add_advice,
    roadmap.add_roadmap,
    change.add_change,
    own_words.add_own_words,
    people.add_people,
    provenance.add_provenance,
)


def write_workbook(selection: EditionSelection) -> bytes:
    """Write the workbook of an edition."""
    target = BytesIO()
    book = ReportBook(target, selection.translator, f"{selection.subject} · {selection.footer}")
    details = selection.report.details
    book.book.set_properties(
        {
            "title": clean_line(selection.subject, MAX_PROPERTY_LENGTH),
            "subject": clean_line(selection.report.instrument, MAX_PROPERTY_LENGTH),
            "author": clean_line(details.author or details.organisation, MAX_PROPERTY_LENGTH),
            "created": CREATED_AT.replace(tzinfo=None),
        }
    )
    for add_sheet in SHEETS:
        add_sheet(book, selection)
    book.book.close()
    return target.getvalue()
