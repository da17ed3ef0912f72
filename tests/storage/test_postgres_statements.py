"""Statements sent by libpq without a cursor: values, rows and errors are those of psycopg."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from assessment.storage import database
from assessment.storage.postgres_statements import PostgresStatements, PreparedStatement

NOW = datetime(2026, 3, 2, 9, 30, 15, 250000, tzinfo=UTC)
SELECT_VALUES = (
    "SELECT %(text)s::text, %(number)s::bigint, %(moment)s::timestamptz, %(bytes)s::bytea, %(ids)s::text[],"
    " %(nothing)s::bigint, %(text)s::text || '%%'"
)


@pytest.fixture
def connection(migrated_postgres_url: str) -> Iterator[psycopg.Connection]:
    engine = database.make_engine(migrated_postgres_url)
    with psycopg.connect(**database.make_postgres_arguments(engine), autocommit=True) as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def statements(connection: psycopg.Connection) -> PostgresStatements:
    return PostgresStatements(connection)


@pytest.mark.parametrize("number", [0, -1, 2**40])
def test_values_come_back_as_they_were_sent(statements: PostgresStatements, number: int):
    values = {"text": "O'Neil % \\ \"", "number": number, "moment": NOW, "bytes": b"\0\xff", "ids": ["a,b", "{c}"]}

    rows = statements.execute(SELECT_VALUES, values | {"nothing": None})

    assert rows == [(*values.values(), None, f"{values['text']}%")]


def test_one_statement_takes_values_of_any_size(statements: PostgresStatements):
    rows = [statements.execute("SELECT %s::bigint", [number]) for number in (1, 2**40)]

    assert rows == [[(1,)], [(2**40,)]]


def test_repeated_name_is_one_parameter():
    prepared = PreparedStatement.parse(b"one", "SELECT %(a)s, %(b)s, %(a)s")

    assert (prepared.text, prepared.keys) == (b"SELECT $1, $2, $1", ("a", "b"))


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SELECT 1 / %s::int", psycopg.errors.DivisionByZero),
        ("SELECT %s FROM missing", psycopg.errors.UndefinedTable),
    ],
    ids=["running", "preparing"],
)
def test_error_is_that_of_psycopg_and_leaves_the_connection_usable(
    statements: PostgresStatements, statement: str, error: type[psycopg.Error]
):
    with pytest.raises(error):
        statements.execute(statement, [0])

    assert statements.execute("SELECT %s::int", [5]) == [(5,)]


def test_lost_connection_is_an_operational_error(statements: PostgresStatements, migrated_postgres_url: str):
    ((process,),) = statements.execute("SELECT pg_backend_pid()", ())
    with psycopg.connect(migrated_postgres_url) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [process])

    with pytest.raises(psycopg.OperationalError):
        statements.execute("SELECT %s::int", [5])


def test_commit_of_a_failed_transaction_raises(statements: PostgresStatements):
    statements.run_command(b"BEGIN")
    with pytest.raises(psycopg.errors.DivisionByZero):
        statements.execute("SELECT 1 / %s::int", [0])

    with pytest.raises(psycopg.OperationalError):
        statements.commit()
