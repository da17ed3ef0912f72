"""Free texts of respondents: comments, and reasons why an item does not apply."""

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.columns import match_in_workspace

response = tables.response
answer = tables.answer


class WrittenText(Struct, frozen=True):
    """`key` is that of a comment, or the id of the item that does not apply."""

    response_id: str
    key: str
    text: str


def load_written_texts(session: Session, key: AssessmentKey) -> list[WrittenText]:
    """Return all comments and reasons of an assessment."""
    rows = session.execute(
        select(answer.c.response_id, answer.c.item_id, answer.c.reason)
        .join(response, match_in_workspace(response.c.id, answer.c.response_id))
        .where(
            response.c.workspace_id == key.workspace_id,
            response.c.assessment_id == key.assessment_id,
            answer.c.value != "",
            answer.c.reason != "",
        )
        .order_by(answer.c.response_id, answer.c.item_id)
    )
    return [WrittenText(*row) for row in rows]
