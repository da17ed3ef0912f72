"""`assessment backup`, `restore` and `move` on the command line."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from assessment.storage import database, schema, tables

PASSWORD = "lantern harbour violet 7"
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
KEY = "0c9f4e1b7a6d5c3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c"


@pytest.fixture
def installation(run, data):
    run("migrate")
    run("user", "add", "anna@example.org", given=PASSWORD)
    return data


def load_users(url):
    engine = database.make_engine(url)
    with database.read_session(engine) as session:
        emails = session.scalars(select(tables.user.c.email)).all()
    engine.dispose()
    return emails


def test_backup_is_restored_by_the_command(installation, run, tmp_path):
    written = run("backup", tmp_path / "copies", "--keep", "3")
    (installation / "assessment.sqlite3").unlink()

    restored = run("restore", written.stdout.strip())

    assert (written.exit_code, restored.exit_code) == (0, 0), restored.stderr
    assert re.search(r"copies/assessment-\d{8}T\d{6}Z\.backup$", written.stdout.strip())
    assert load_users(f"sqlite:///{installation / 'assessment.sqlite3'}") == ["anna@example.org"]
    assert run("doctor").exit_code == 0


def test_restore_over_a_database_needs_replace(installation, run, tmp_path):
    written = run("backup", tmp_path / "one.backup").stdout.strip()

    refused = run("restore", written)
    restored = run("restore", written, "--replace")

    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    assert restored.exit_code == 0
    assert ".replaced" in restored.stderr


def test_backup_with_key_is_encrypted(installation, run, tmp_path, monkeypatch):
    monkeypatch.setenv("ASSESSMENT_BACKUP_KEY", KEY)
    encrypted = run("backup", tmp_path / "one.backup").stdout.strip()
    monkeypatch.delenv("ASSESSMENT_BACKUP_KEY")

    refused = run("restore", encrypted, "--replace")

    assert refused.exit_code == 1
    assert "Set ASSESSMENT_BACKUP_KEY" in refused.stderr


def test_damaged_backup_is_refused_without_traceback(installation, run, tmp_path):
    path = tmp_path / "one.backup"
    run("backup", path)
    path.write_bytes(path.read_bytes()[:-40])

    refused = run("restore", path, "--replace")

    assert refused.exit_code == 1
    assert "incomplete or was altered" in refused.stderr


def test_move_compares_every_table(installation, run, postgres_url):
    moved = run("move", "--to", postgres_url)

    assert moved.exit_code == 0, moved.stderr
    assert {line.split()[0] for line in moved.stdout.splitlines()} == set(tables.metadata.tables)
    assert load_users(postgres_url) == ["anna@example.org"]
    assert load_users(f"sqlite:///{installation / 'assessment.sqlite3'}") == ["anna@example.org"]


def test_move_to_sqlite_is_refused(installation, run, tmp_path):
    refused = run("move", "--to", f"sqlite:///{tmp_path / 'other.sqlite3'}")

    assert refused.exit_code == 1
    assert not (tmp_path / "other.sqlite3").exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql:/anna:hidden@database/assessment", "--to: must start with sqlite:/// or postgresql://."),
        ("postgresql://anna:hidden@database:abc/assessment", "--to: names a host or port that can't exist."),
        ("postgresql://anna:hidden@database:70000/assessment", "--to: names a host or port that can't exist."),
    ],
)
def test_move_to_a_mistyped_url_names_how_to_write_it_and_no_password(installation, run, url, message):
    refused = run("move", "--to", url)

    assert refused.exit_code == 1
    assert message in refused.stderr
    assert "hidden" not in refused.stderr


def test_postgresql_migration_writes_a_backup_first(run, data, postgres_url, tmp_path, monkeypatch):
    engine = database.make_engine(postgres_url)
    with engine.connect().execution_options(**{database.WRITE_OPTION: True}) as connection, connection.begin():
        schema.upgrade_schema(connection, "0013")
    engine.dispose()
    monkeypatch.setenv("ASSESSMENT_DATABASE_URL", postgres_url)
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", "https://survey.example.org")
    monkeypatch.setenv("ASSESSMENT_SECRET", SECRET)

    migrated = run("migrate")

    (copy,) = (data / "backups").glob("before-migration-*.backup")
    assert migrated.exit_code == 0, migrated.stderr
    assert str(copy) in migrated.stderr


@pytest.mark.slow
def test_repeated_backup_ends_on_signal_and_keeps_the_newest(installation, run, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    for day in (1, 2):
        (folder / f"assessment-2020010{day}T020000Z.backup").touch()
    program = Path(sys.executable).with_name("assessment")
    command = [program, "backup", str(folder), "--every", "1w", "--keep", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    first = process.stdout.readline().strip()
    while len(list(folder.iterdir())) > 2:  # old ones are deleted before the path is printed
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate()

    assert process.returncode == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["assessment-20200102T020000Z.backup", first.rpartition("/")[2]]
