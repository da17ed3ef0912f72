"""A second browser, and the answers of all drafts."""

from contextlib import asynccontextmanager

from litestar import Litestar
from sqlalchemy import select

from assessment.storage import tables
from tests.web import people
from tests.web.people import Person


@asynccontextmanager
async def open_client(app: Litestar, links: dict[str, str], role: str = "practitioner"):
    async with people.open_client(app) as client:
        yield Person(client, links[role], role)


def read_answers(url: str) -> dict[str, str]:
    with people.open_read_session(url) as session:
        rows = session.execute(select(tables.answer.c.response_id, tables.answer.c.item_id, tables.answer.c.value))
        return {f"{row.response_id} {row.item_id}": row.value for row in rows}
