"""A database of a newer program is refused by every command; a migration without its copy does not happen."""

import hashlib
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from assessment.errors import AppError
from assessment.services.operations import backups
from assessment.storage import database, schema
from tests.cli.conftest import Run
from tests.cli.test_workspace_and_migrate import SECRET, load_schema
from tests.containers import find_free_port

COMMANDS = {
    "migrate": [],
    "serve": ["--port", "PORT"],
    "work": [],
    "backup": ["FOLDER"],
    "retention": ["--confirm"],
    "respondent": ["erase", "kim@example.org", "--confirm"],
    "workspace": ["time-zone", "Europe/Vienna"],
    "user": ["add", "anna@example.org"],
    "key": ["list"],
    "move": ["--to", "postgresql://assessment@127.0.0.1:PORT/assessment"],
}


def read_digest(file):
    """Digest of all that is in a database, whatever is in its log."""
    with closing(sqlite3.connect(file)) as connection:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


@pytest.fixture
def newer_file(run, data):
    """A database with a revision that this program does not know."""
    run("migrate")
    file = data / "assessment.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    return file


@pytest.mark.parametrize("command", COMMANDS)
def test_newer_database_is_refused_by_every_command_and_unchanged(newer_file, run: Run, tmp_path, command):
    before = read_digest(newer_file)
    places = {"PORT": str(find_free_port()), "FOLDER": str(tmp_path)}
    arguments = [places.get(word, word.replace("PORT", places["PORT"])) for word in COMMANDS[command]]

    said = run(command, *arguments, given="lantern harbour violet 7\n")

    assert said.exit_code != 0
    assert "newer version of this program" in said.stderr
    assert "nstall that" in said.stderr  # Install that version, or: install that one
    assert read_digest(newer_file) == before
    assert list(tmp_path.glob("*.backup")) == []


def fail_to_copy(*_, **__):
    raise AppError("No space left on device")


def test_sqlite_is_not_migrated_without_its_copy(run, data, monkeypatch):
    data.mkdir()
    file = data / "assessment.sqlite3"
    load_schema(f"sqlite:///{file}", "sqlite")
    before = read_digest(file)
    monkeypatch.setattr(schema, "copy_database", fail_to_copy)

    said = run("migrate")

    assert said.exit_code == 1
    assert read_digest(file) == before


def test_postgresql_is_not_migrated_without_its_copy(run, postgres_url, monkeypatch):
    load_schema(postgres_url, "postgresql")
    for name, value in {
        "DATABASE_URL": postgres_url,
        "PUBLIC_URL": "https://survey.example.org",
        "SECRET": SECRET,
    }.items():
        monkeypatch.setenv(f"ASSESSMENT_{name}", value)
    monkeypatch.setattr(backups, "create_backup", fail_to_copy)

    said = run("migrate")

    engine = database.make_engine(postgres_url)
    with engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    assert said.exit_code == 1
    assert revision == "0005"


def test_mutant_that_migrates_before_it_copies_is_caught(run, data, monkeypatch):
    data.mkdir()
    file = data / "assessment.sqlite3"
    load_schema(f"sqlite:///{file}", "sqlite")
    before = read_digest(file)
    monkeypatch.setattr(schema, "create_backup", lambda *_: None)
    monkeypatch.setattr(schema, "copy_database", fail_to_copy)

    run("migrate")

    assert read_digest(file) != before
