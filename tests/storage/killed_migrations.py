"""Run as a program: migrate a database of an older schema, killed after each n-th statement, and check what is left.

Arguments: URL, step. Prints the number of kills. With `hasty` it commits after each statement: that must be caught.
Children are forked, because starting Python takes a hundred times as long as the migration.
"""

import os
import signal
import sys
from datetime import UTC, datetime

from sqlalchemy import event, inspect

from assessment.storage import database, schema

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def describe_tables(url):
    """Names of tables with their columns."""
    engine = database.make_engine(url)
    inspector = inspect(engine)
    names = inspector.get_table_names()
    tables = {name: sorted(column["name"] for column in inspector.get_columns(name)) for name in names}
    state = schema.find_schema_state(engine)
    engine.dispose()
    return state, tables


def migrate_until(url, statement, *, is_hasty):
    """Migrate and kill this process after a statement of the transaction."""
    engine, count = database.make_engine(url), 0

    def count_statement(connection, *_arguments):
        nonlocal count
        if not connection.in_transaction():
            return
        count += 1
        if is_hasty:
            connection.connection.dbapi_connection.commit()
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "after_cursor_execute", count_statement)
    schema.create_backup = lambda *_: None  # it is tested elsewhere
    schema.migrate_schema(engine, NOW)
    os._exit(0)


def count_kills(url, step, *, is_hasty):
    """Return the number of kills; raises AssertionError if one leaves something between the old and the new schema."""
    before = describe_tables(url)
    assert before[0] == "old"
    kills, statement = 0, step
    while True:
        child = os.fork()
        if not child:
            migrate_until(url, statement, is_hasty=is_hasty)
        _, status = os.waitpid(child, 0)
        after = describe_tables(url)
        if not os.WIFSIGNALED(status):
            assert (os.waitstatus_to_exitcode(status), after[0]) == (0, "current")
            return kills
        kills += 1
        assert after == before or after[0] == "current", f"something in between after statement {statement}"
        statement += step


if __name__ == "__main__":
    sys.stdout.write(f"{count_kills(sys.argv[1], int(sys.argv[2]), is_hasty='hasty' in sys.argv[3:])}\n")
