"""PostgreSQL databases with the schema, emptied and used again: creating one takes as long as twenty tests.

A database gets a new name for each test, so that a thread or process that a test has left behind can't reach it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

# Everything that a test may change in a database, except the rows of our tables. Copies have the ids of the template.
FINGERPRINT = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT concat_ws(' ', oid, relname, relkind, relacl, reloptions, relrowsecurity)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull, attisdropped)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', oid, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', adrelid, adnum, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
    UNION ALL SELECT concat_ws(' ', oid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', oid, proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', oid, nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
    UNION ALL SELECT concat_ws(' ', oid, extname) FROM pg_extension
    UNION ALL SELECT setconfig::text FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
    WHERE datname = current_database()
    UNION ALL SELECT concat_ws(' ', datconnlimit, datallowconn) FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT version_num FROM alembic_version
) AS lines (line)
"""
TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' ORDER BY relname
"""


@contextmanager
def create_database(server: str, template: str = "template1") -> Iterator[str]:
    """Create a database under a random name, and drop it in the end."""
    name = generate_name()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        yield build_url(server, name)
        drop_database(connection, name)


def generate_name() -> str:
    return f"assessment_test_{secrets.token_hex(8)}"


def build_url(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(scheme="postgresql", path=f"/{name}"))


def drop_database(connection: psycopg.Connection, name: str) -> None:
    connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


class PostgresPool:
    """Copies of a template database that are not in use."""

    def __init__(self, server: str, template: str) -> None:
        self.server, self.template = server, template
        self.idle: list[str] = []
        self.connection = psycopg.connect(server, autocommit=True)
        with psycopg.connect(build_url(server, template)) as connection:
            self.fingerprint = read_value(connection, FINGERPRINT)
            self.tables = [name for (name,) in connection.execute(TABLES)]

    @contextmanager
    def borrow_database(self) -> Iterator[str]:
        """Lend an empty database."""
        name = generate_name()
        if self.idle:
            old = Identifier(self.idle.pop())
            self.connection.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(old, Identifier(name)))
        else:
            template = Identifier(self.template)
            self.connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), template))
        yield build_url(self.server, name)
        if self._empty_database(name):
            self.idle.append(name)
        else:
            drop_database(self.connection, name)

    def close(self) -> None:
        for name in self.idle:
            drop_database(self.connection, name)
        self.connection.close()

    def _empty_database(self, name: str) -> bool:
        """Disconnect everybody and delete all rows; False if a test has changed more than rows."""
        self.connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        with psycopg.connect(build_url(self.server, name), autocommit=True) as connection:
            if read_value(connection, FINGERPRINT) != self.fingerprint:
                return False
            # Without foreign keys, whose checks would take longer than the deletion.
            deletions = SQL("; ").join(SQL("DELETE FROM {}").format(Identifier(table)) for table in self.tables)
            connection.execute(SQL("SET session_replication_role = replica; {}").format(deletions))
        return True


def read_value(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query).fetchone()  # type: ignore[arg-type] # a constant of this module
    assert row is not None
    return row[0]
