"""Move all rows from SQLite to an empty PostgreSQL database, and verify them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from assessment.errors import ConflictError
from assessment.services.operations import backups, database_filling
from assessment.services.operations.step_progress import StepTracker, ignore_step
from assessment.storage import database, schema
from assessment.storage.backup import table_rows
from assessment.storage.backup.table_rows import TableChunk, TableDigest, TableSummary


def move_database(
    source: Engine, target: Engine, *, secret: str, now: datetime, track: StepTracker = ignore_step
) -> dict[str, TableSummary]:
    """Copy all tables; return what each has. The source stays as it is.

    Raises `ConflictError` if the source is in use, or the target is not empty.
    """
    source.dispose()  # idle connections of this process would count as use
    with (
        database.translate_errors(),
        _lock_source(source),
        table_rows.open_snapshot(source) as reader,
        database_filling.open_empty_target(target, replace=False, now=now) as writer,
    ):
        sources = table_rows.reflect_tables(reader).values()
        row_count = table_rows.count_rows(reader, sources)
        digests: dict[str, TableDigest] = {}
        summaries: dict[str, TableSummary] = {}

        def read_source() -> Iterator[TableChunk]:
            for chunk in table_rows.read_chunks(reader, sources):
                digests.setdefault(chunk.table, TableDigest()).add_chunk(chunk)
                yield chunk
            summaries.update({name: digest.summary for name, digest in digests.items()})

        database_filling.fill_tables(
            writer, schema.read_revision(reader), read_source(), lambda: summaries, row_count, track
        )
        _check_audit_logs(reader, writer, secret)
    return summaries


def _check_audit_logs(reader: Connection, writer: Connection, secret: str) -> None:
    if backups.find_altered_logs(reader, secret) != backups.find_altered_logs(writer, secret):
        raise ConflictError("The audit log would not match its HMACs any more: nothing was changed.")


@contextmanager
def _lock_source(source: Engine) -> Iterator[None]:
    """Lock the tables while they are copied: rows that others write meanwhile would not be copied."""
    path = Path(str(source.url.database))
    database_filling.check_unused_file(path)
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as driver:
        driver.execute("PRAGMA journal_mode = WAL").fetchone()
        driver.execute("BEGIN IMMEDIATE")
        yield
        driver.execute("ROLLBACK")
