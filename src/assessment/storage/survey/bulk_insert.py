"""Bulk insert of answers from a file, with the driver's own batches.

Insert them sorted by their key (workspace, response, item): each row then goes to the end of the same page.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from sqlalchemy.orm import Session

from assessment.storage import tables
from assessment.storage.database import INSERT_BATCH_SIZE, is_sqlite


class NewAnswer(NamedTuple):
    """Columns of the table `answer`."""

    response_id: str
    item_id: str
    workspace_id: str
    value: str
    reason: str
    evidence: str
    sequence: int
    saved_at: datetime


COLUMNS = ", ".join(NewAnswer._fields)
PLACEHOLDERS = ", ".join("?" for _ in NewAnswer._fields)
ARRAY_TYPES = {"sequence": "bigint", "saved_at": "timestamptz"}
ARRAYS = ", ".join(f"%s::{ARRAY_TYPES.get(name, 'text')}[]" for name in NewAnswer._fields)
SQLITE_INSERT = f"INSERT INTO answer ({COLUMNS}) VALUES ({PLACEHOLDERS})"  # noqa: S608  # constants
POSTGRES_INSERT = f"INSERT INTO answer ({COLUMNS}) SELECT * FROM unnest({ARRAYS})"  # noqa: S608  # constants


def insert_answers(session: Session, answers: Iterable[NewAnswer]) -> None:
    """Insert answers in batches."""
    connection = session.connection()
    if not is_sqlite(connection):
        for batch in _split_batches(answers):
            connection.exec_driver_sql(POSTGRES_INSERT, tuple(list(column) for column in zip(*batch, strict=True)))
        return
    encode = tables.answer.c.saved_at.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    encode_time = lru_cache(1)(encode or (lambda time: time))  # all answers of a file have the same
    encoded = ((*answer[:-1], encode_time(answer.saved_at)) for answer in answers)
    for rows in _split_batches(encoded):
        connection.exec_driver_sql(SQLITE_INSERT, rows)


def _split_batches(source: Iterable[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    rows = iter(source)
    while batch := list(islice(rows, INSERT_BATCH_SIZE)):
        yield batch
