"""`assessment doctor` finds the fault of twenty broken installations, and names what fixes each."""

import shutil
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import OperationalError

from assessment.cli.commands import doctor
from assessment.questionnaires import find_shipped_folder
from assessment.storage import database, schema, tables
from tests.containers import find_free_port
from tests.smtp_server import run_smtp_server
from tests.storage import rows

PASSWORD = "lantern harbour violet 7"
SECRET = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Installation:
    """A working installation on SQLite, with what a fault needs to break it."""

    def __init__(self, run, data, monkeypatch, tmp_path):
        self.run, self.data, self.monkeypatch, self.tmp_path = run, data, monkeypatch, tmp_path
        self.file = data / "assessment.sqlite3"
        self.url = f"sqlite:///{self.file}"
        run("migrate")
        run("user", "add", "anna@example.org", given=PASSWORD)

    def set(self, **values):
        for name, value in values.items():
            self.monkeypatch.setenv(f"ASSESSMENT_{name}", str(value))

    @contextmanager
    def write(self):
        engine = database.make_engine(self.url)
        with database.write_session(engine) as session:
            yield session
        engine.dispose()


@pytest.fixture
def installation(run, data, monkeypatch, tmp_path):
    return Installation(run, data, monkeypatch, tmp_path)


def misspell_setting(broken):
    broken.set(PUBLIC_ULR="https://survey.example.org")


def use_plain_http(broken):
    broken.set(PUBLIC_URL="http://survey.example.org")


def leave_placeholder_secret(broken):
    broken.set(SECRET="change-me" * 8)


def name_missing_secret_file(broken):
    broken.set(SECRET_FILE=broken.tmp_path / "nothing")


def set_guessable_backup_key(broken):
    broken.set(BACKUP_KEY="a" * 40)


def forget_proxy(broken):
    broken.set(PUBLIC_URL="https://survey.example.org", PROXIES=0)


def delete_database(broken):
    broken.file.unlink()


def downgrade_schema(broken):
    broken.file.unlink()
    engine = database.make_engine(broken.url)
    with engine.connect().execution_options(**{database.WRITE_OPTION: True}) as connection, connection.begin():
        schema.upgrade_schema(connection, "0013")
    engine.dispose()


def use_newer_schema(broken):
    with broken.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def overwrite_file(broken):
    with broken.file.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 20_000)


def overwrite_page(broken, table):
    """Overwrite the first page of a table; the schema before it stays readable."""
    with closing(sqlite3.connect(broken.file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with broken.file.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def overwrite_page_of_answers(broken):
    overwrite_page(broken, "answer")


def overwrite_page_of_audit_log(broken):
    overwrite_page(broken, "audit_entry")


def overwrite_header(broken):
    with broken.file.open("r+b") as file:
        file.write(b"not a database at all")


def leave_orphan(broken):
    with closing(sqlite3.connect(broken.file)) as connection:
        connection.execute("INSERT INTO membership (workspace_id, user_id, role) VALUES ('gone', 'gone', 'owner')")
        connection.commit()


def put_folder_in_place_of_file(broken):
    broken.file.unlink()
    broken.file.mkdir()


def alter_audit_log(broken):
    with broken.write() as session:
        session.execute(update(tables.audit_entry).where(tables.audit_entry.c.number == 2).values(actor="nobody"))


def delete_users(broken):
    with broken.write() as session:
        session.execute(tables.user.delete())


def stop_mail_server(broken):
    broken.set(SMTP_URL=f"smtp://127.0.0.1:{find_free_port()}")


def stop_worker(broken):
    """Mails are due for a day, and nothing sends them."""
    with broken.write() as session:
        rows.insert_assessment(session, NOW)
        mailing = {"id": "m", "workspace_id": rows.WORKSPACE, "kind": "test", "language": "en"}
        session.execute(insert(tables.mailing).values(subject="s", body="b", shown_count=1, queued_at=NOW, **mailing))
        due = datetime.now(UTC) - timedelta(days=1)
        row = {"id": "o", "workspace_id": rows.WORKSPACE, "mailing_id": "m", "kind": "test", "payload": b"p"}
        session.execute(insert(tables.outbox).values(not_before=due, **row))


def stop_worker_of_webhooks(broken):
    """A webhook is due for a day, and nothing sends it."""
    due = datetime.now(UTC) - timedelta(days=1)
    with broken.write() as session:
        rows.insert_assessment(session, NOW)
        rows.insert_delivery(session, due)


def stop_worker_of_large_requests(broken):
    """A file of people waits for a day, and nothing reads it."""
    with broken.write() as session:
        rows.insert_assessment(session, NOW)
        rows.insert_bulk_job(session, datetime.now(UTC) - timedelta(days=1))


def expose_files(broken):
    broken.data.chmod(0o755)
    (broken.data / "secret").chmod(0o644)


def fill_disk(broken):
    broken.monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1024**2))


def break_questionnaire(broken):
    folder = broken.tmp_path / "questionnaires" / "mine"
    shutil.copytree(find_shipped_folder() / "social-media-pulse", folder)
    with (folder / "questionnaire.toml").open("a") as file:
        file.write("id = \n")
    broken.set(QUESTIONNAIRES=folder.parent)


def set_up_provider_in_part(broken):
    broken.set(OIDC_ISSUER="https://login.example.org")


def name_provider_that_does_not_answer(broken):
    issuer = f"https://127.0.0.1:{find_free_port()}"
    broken.set(OIDC_ISSUER=issuer, OIDC_CLIENT_ID="assessment", OIDC_CLIENT_SECRET="x" * 20)


def lose_fonts(broken):
    broken.monkeypatch.setattr("assessment.pdf.typesetting.fonts.register_fonts", dict)


FAULTS = [
    (misspell_setting, "Did you mean ASSESSMENT_PUBLIC_URL"),
    (use_plain_http, "must use https"),
    (leave_placeholder_secret, "openssl rand -hex 32"),
    (name_missing_secret_file, "ASSESSMENT_SECRET"),
    (set_guessable_backup_key, "openssl rand -hex 32"),
    (forget_proxy, "ASSESSMENT_PROXIES"),
    (delete_database, "assessment migrate"),
    (downgrade_schema, "assessment migrate"),
    (use_newer_schema, "Install that version"),
    (overwrite_file, "assessment restore BACKUP --replace"),
    (overwrite_page_of_answers, "assessment restore BACKUP --replace"),
    (overwrite_page_of_audit_log, "assessment restore BACKUP --replace"),
    (overwrite_header, "assessment restore BACKUP --replace"),
    (leave_orphan, "assessment restore BACKUP --replace"),
    (put_folder_in_place_of_file, "ls -l"),
    (alter_audit_log, "assessment restore BACKUP"),
    (delete_users, "assessment user add"),
    (stop_mail_server, "ASSESSMENT_SMTP_URL"),
    (stop_worker, "ASSESSMENT_SMTP_URL"),
    (stop_worker_of_webhooks, "assessment serve"),
    (stop_worker_of_large_requests, "assessment serve"),
    (expose_files, "chmod 600"),
    (fill_disk, "Free 200 MB"),
    (break_questionnaire, "questionnaire.toml:"),
    (set_up_provider_in_part, "ASSESSMENT_OIDC_CLIENT_ID"),
    (name_provider_that_does_not_answer, "Check ASSESSMENT_OIDC_ISSUER"),
    (lose_fonts, "Install the program again"),
]
# Each check of the doctor, with a fault that no other one finds.
CHECKS = {
    "_check_database": delete_database,
    "_check_contents": leave_orphan,
    "_check_audit_log": alter_audit_log,
    "_check_mail": stop_mail_server,
    "_check_provider": name_provider_that_does_not_answer,
    "_check_disk": fill_disk,
    "_check_file_modes": expose_files,
    "_check_questionnaires": break_questionnaire,
    "_check_fonts": lose_fonts,
}


def list_problems(said):
    """Only the lines that say what to fix: names of settings are in other lines too."""
    return [line for line in said.stdout.splitlines() if line.startswith(" " * 6)]


@pytest.mark.parametrize(("fault", "remedy"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_doctor_finds_the_fault_and_names_what_fixes_it(installation, run, fault, remedy):
    fault(installation)

    said = run("doctor")

    assert said.exit_code == 1, said.stdout
    assert any(remedy in line for line in list_problems(said)), said.stdout
    assert "Traceback" not in said.stdout + said.stderr


def test_damaged_page_is_reported_by_what_the_integrity_check_found(installation, run):
    overwrite_page_of_answers(installation)

    (problem,) = (line for line in list_problems(run("doctor")) if "damaged" in line)

    assert "malformed" not in problem
    assert "page" in problem.lower()


def test_database_that_others_lock_is_not_called_damaged(installation, run, monkeypatch):
    def fail(*_):
        raise OperationalError("SELECT 1", None, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr("assessment.cli.support.database_checks.find_database_problems", fail)

    problems = list_problems(run("doctor"))

    assert [line.strip() for line in problems] == ["database is locked"]


@pytest.mark.parametrize("check", CHECKS)
def test_mutant_without_a_check_misses_its_fault(installation, run, monkeypatch, check):
    CHECKS[check](installation)
    monkeypatch.setattr(doctor, check, lambda *_: doctor.InstallationCheck("", "not looked at"))

    said = run("doctor")

    assert not any(dict(FAULTS)[CHECKS[check]] in line for line in list_problems(said))


def test_every_check_of_the_doctor_has_a_mutant():
    assert {name for name in vars(doctor) if name.startswith("_check_")} == set(CHECKS)


def test_there_are_twenty_broken_installations():
    assert len(FAULTS) >= 20


def test_working_installation_has_no_fault(installation, run):
    assert run("doctor").exit_code == 0


def test_postgresql_as_superuser_and_without_durability_is_reported(run, migrated_postgres_url, monkeypatch):
    """The server of the tests is careless on purpose."""
    monkeypatch.setenv("ASSESSMENT_DATABASE_URL", migrated_postgres_url)
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", "https://survey.example.org")
    monkeypatch.setenv("ASSESSMENT_SECRET", SECRET)

    said = run("doctor")

    assert "ALTER ROLE postgres NOSUPERUSER" in said.stdout
    assert "ALTER SYSTEM SET fsync = on" in said.stdout


def test_unreachable_postgresql_is_reported_with_the_command_to_check_it(run, monkeypatch):
    monkeypatch.setenv("ASSESSMENT_DATABASE_URL", f"postgresql://nobody:word@127.0.0.1:{find_free_port()}/nothing")
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", "https://survey.example.org")
    monkeypatch.setenv("ASSESSMENT_SECRET", SECRET)

    said = run("doctor")

    assert "pg_isready" in said.stdout
    assert "nobody:word" not in said.stdout


def test_file_that_can_only_be_read_is_reported_with_chown(installation, run, monkeypatch):
    """Root, who may run the tests, can write to every file."""
    monkeypatch.setattr("assessment.storage.write_check.check_write", lambda _: "not possible")

    assert "chown" in run("doctor").stdout


def test_worker_of_a_mail_server_that_answers_is_named(installation, run):
    stop_worker(installation)
    with run_smtp_server() as mailbox:
        installation.set(SMTP_URL=mailbox.url)

        said = run("doctor")

    assert "Run: assessment serve" in said.stdout
