"""Answers and section times of an anonymous response after the close: three texts in its row.

A close has to move every anonymous row, since the place of a row shows who answered after whom. Anonymous assessments
never open again, so what was answered moves as one row instead of about thirty. What the person wrote, sequence numbers
and times are left out. The texts are those that SQLite's loader makes of the rows (`answer_groups`).
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, ScalarSelect, String, func, literal_column, select

from assessment.domain.survey.comment_fields import KEY_SEPARATOR as COMMENT_SEPARATOR
from assessment.storage import tables
from assessment.storage.columns import match_in_workspace
from assessment.storage.row_packing import ROW_SEPARATOR, SEPARATOR, join_keys
from assessment.storage.sql_expressions import join_in_order

response = tables.response
answer = tables.answer
section_time = tables.section_time

BETWEEN_ROWS = literal_column(f"'{ROW_SEPARATOR}'", String)
BETWEEN_FIGURES = literal_column(f"'{SEPARATOR}'", String)
PACKED_COLUMNS = ("packed_answers", "packed_sections", "packed_seconds")


def pack_response() -> Mapping[str, ColumnElement[str]]:
    """Return the text for each of `PACKED_COLUMNS`, within a select of responses; a packed one keeps its texts."""
    texts = (_join_answers(), _join_times(section_time.c.section), _join_times(section_time.c.seconds))
    return {
        name: func.coalesce(response.c[name], text, literal_column("''", String))
        for name, text in zip(PACKED_COLUMNS, texts, strict=True)
    }


def read_seconds(sections: str, seconds: str) -> dict[str, float]:
    """Return the seconds of each section of a packed response."""
    names = sections.split(ROW_SEPARATOR) if sections else []
    return dict(zip(names, map(float, seconds.split(SEPARATOR) if seconds else ()), strict=True))


def _join_answers() -> ScalarSelect[str]:
    texts = join_in_order(
        join_keys((answer.c.item_id, answer.c.value, answer.c.evidence)), BETWEEN_ROWS, answer.c.item_id
    )
    own = (
        match_in_workspace(answer.c.response_id, response.c.id),
        answer.c.value != "",
        ~answer.c.item_id.contains(COMMENT_SEPARATOR),
    )
    return select(texts).where(*own).scalar_subquery()


def _join_times(column: ColumnElement[str] | ColumnElement[float]) -> ScalarSelect[str]:
    between = BETWEEN_ROWS if column is section_time.c.section else BETWEEN_FIGURES
    own = (match_in_workspace(section_time.c.response_id, response.c.id), section_time.c.seconds.is_not(None))
    return select(join_in_order(column, between, section_time.c.section)).where(*own).scalar_subquery()
