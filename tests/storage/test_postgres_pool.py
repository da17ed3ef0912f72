"""Test databases are used again only if nothing but rows was changed."""

import psycopg
import pytest

from tests.postgres_pool import PostgresPool

READ_TITLES = "SELECT name FROM workspace"


@pytest.fixture
def pool(postgres_pool: PostgresPool) -> PostgresPool:
    """The pool with at least one idle database."""
    with postgres_pool.borrow_database():
        pass
    return postgres_pool


def use_database(pool: PostgresPool, statement: str) -> str:
    """Run a statement in a borrowed database; return its URL."""
    with pool.borrow_database() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type] # written below
    return url


def test_rows_of_an_earlier_test_are_deleted(pool: PostgresPool):
    idle = len(pool.idle)
    use_database(pool, "INSERT INTO workspace (id, name, created_at) VALUES ('w', 'Berg', now())")

    with pool.borrow_database() as url, psycopg.connect(url) as connection:
        rows = connection.execute(READ_TITLES).fetchall()

    assert rows == []
    assert len(pool.idle) == idle


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (id int)",
        "ALTER TABLE workspace ADD COLUMN extra int",
        "ALTER TABLE workspace ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE workspace ALTER COLUMN name SET DEFAULT 'x'",
        "ALTER TABLE workspace ADD CHECK (id <> '')",
        "GRANT SELECT ON workspace TO PUBLIC",
        "CREATE FUNCTION refuse() RETURNS int RETURN 1",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_database_with_changed_schema_is_dropped(pool: PostgresPool, statement: str):
    idle = len(pool.idle)

    use_database(pool, statement)

    assert len(pool.idle) == idle - 1


def test_database_of_an_earlier_test_is_out_of_reach(pool: PostgresPool):
    url = use_database(pool, READ_TITLES)

    with pool.borrow_database(), pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
