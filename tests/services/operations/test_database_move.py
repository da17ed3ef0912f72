"""Moving from SQLite to PostgreSQL."""

import psycopg
import pytest
from sqlalchemy import select

from assessment.errors import AppError, ConflictError
from assessment.services.operations import database_filling, database_move
from assessment.storage import database, schema, tables
from assessment.storage.backup import table_rows
from tests.services.operations.backup_steps import summarise
from tests.services.operations.conftest import NOW, SECRET, fill_database


@pytest.fixture
def source(migrated_sqlite_url):
    engine = database.make_engine(migrated_sqlite_url)
    fill_database(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_postgres(postgres_url):
    engine = database.make_engine(postgres_url)
    yield engine
    engine.dispose()


def move(source, target):
    source.dispose()
    return database_move.move_database(source, target, secret=SECRET, now=NOW)


def test_moved_database_has_the_same_rows(source, empty_postgres):
    moved = move(source, empty_postgres)

    assert moved == summarise(source) == summarise(empty_postgres)
    assert set(moved) == set(tables.metadata.tables)


def test_move_into_a_database_with_tables_is_refused(source, empty_postgres):
    move(source, empty_postgres)

    with pytest.raises(ConflictError, match="has tables already"):
        move(source, empty_postgres)


def test_move_while_the_file_is_in_use_is_refused(source, empty_postgres):
    other = database.make_engine(source.url.render_as_string())
    with other.connect() as connection:
        connection.execute(select(tables.workspace.c.id)).all()
        connection.rollback()

        with pytest.raises(ConflictError, match="Stop the server"):
            move(source, empty_postgres)
    other.dispose()


def test_move_that_loses_a_row_is_rolled_back(source, empty_postgres, monkeypatch):
    real = table_rows.insert_chunk
    monkeypatch.setattr(
        table_rows,
        "insert_chunk",
        lambda connection, table, chunk: real(
            connection, table, table_rows.TableChunk(chunk.table, chunk.columns, chunk.rows[1:])
        ),
    )

    with pytest.raises(AppError, match="would differ"):
        move(source, empty_postgres)

    assert schema.find_schema_state(empty_postgres) == "empty"


def test_mutant_that_compares_nothing_moves_too_few_rows(source, empty_postgres, monkeypatch):
    real = table_rows.insert_chunk
    monkeypatch.setattr(database_filling, "compare_tables", lambda *_: None)
    monkeypatch.setattr(
        table_rows,
        "insert_chunk",
        lambda connection, table, chunk: real(
            connection,
            table,
            table_rows.TableChunk(chunk.table, chunk.columns, chunk.rows[1:] if table.name == "answer" else chunk.rows),
        ),
    )

    move(source, empty_postgres)

    assert summarise(empty_postgres)["answer"].rows == 11


def test_move_needs_no_superuser(source, empty_postgres, postgres_url):
    """Foreign keys are dropped and added again by the owner of the tables."""
    name = f"owner_of_{postgres_url.rpartition('assessment_test_')[2][:16]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER")  # type: ignore[arg-type]
        connection.execute(f"ALTER SCHEMA public OWNER TO {name}")  # type: ignore[arg-type]
    owner = database.make_engine(empty_postgres.url.set(username=name).render_as_string(hide_password=False))

    moved = move(source, owner)

    assert moved["answer"].rows == 12
    owner.dispose()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"REASSIGN OWNED BY {name} TO CURRENT_USER; DROP OWNED BY {name}; DROP ROLE {name}")  # type: ignore[arg-type]
