"""What respondents wrote in their own words: comments, and reasons why an item does not apply."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.comment_fields import KEY_SEPARATOR
from assessment.storage import tables

response = tables.response
answer = tables.answer

IS_COMMENT = answer.c.item_id.contains(KEY_SEPARATOR)


class WrittenText(Struct, frozen=True):
    """`key` is that of a comment, or the id of the item that does not apply."""

    response_id: str
    key: str
    text: str


def load_written_texts(session: Session, key: AssessmentKey) -> list[WrittenText]:
    """Return all comments and reasons of an assessment."""
    rows = session.execute(
        select(answer.c.response_id, answer.c.item_id, answer.c.reason)
        .join(response, response.c.id == answer.c.response_id)
        .where(
            response.c.workspace_id == key.workspace_id,
            response.c.assessment_id == key.assessment_id,
            answer.c.value != "",
            answer.c.reason != "",
        )
        .order_by(answer.c.response_id, answer.c.item_id)
    )
    return [WrittenText(*row) for row in rows]


def delete_written_texts(session: Session, workspace_id: str, response_ids: Sequence[str]) -> None:
    """Delete comments and reasons; the answers stay."""
    of_these = (answer.c.workspace_id == workspace_id, answer.c.response_id.in_(response_ids))
    session.execute(delete(answer).where(*of_these, IS_COMMENT))
    session.execute(update(answer).where(*of_these, answer.c.reason != "").values(reason=""))
