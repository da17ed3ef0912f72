"""`assessment workspace time-zone`, and the backup that `assessment migrate` makes or asks for."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assessment.demo import keeping
from assessment.library import Library, shipped
from assessment.services import assessing, organising, users
from assessment.services.assessing import NewAssessment
from assessment.storage import database

SCHEMAS = Path(__file__).parents[1] / "storage" / "schemas"
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"


def load(url, kind):
    engine = database.connect(url)
    for name in (f"0005.{kind}.sql", "0005.rows.sql"):
        with database.writing(engine) as session:
            for statement in (SCHEMAS / name).read_text("utf-8").split(";\n"):
                if statement.strip():
                    session.connection().exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def draft(run, data):
    """A draft that closes on a day to come; returns what reads it again."""
    run("migrate")
    engine = database.connect(f"sqlite:///{data / 'assessment.sqlite3'}")
    now = datetime.now(UTC)
    with database.writing(engine) as session:
        home = users.workspace_of(session, "Berg", now)
        client = organising.create(session, home, "Client", now).id
        new = NewAssessment(
            organisation=client, questionnaire="social-media-integration", title="T", closes_on=date(2099, 12, 10)
        )
        made = assessing.create(session, home, new, Library([shipped()]), now).id

    def held():
        with database.reading(engine) as session:
            return assessing.get(session, home, made)

    yield held
    engine.dispose()


def test_time_zone_moves_the_closing_time(run, draft):
    said = run("workspace", "time-zone", "Pacific/Auckland")

    assert said.exit_code == 0
    assert draft().time_zone == "Pacific/Auckland"
    assert draft().closes_at == datetime(2099, 12, 10, 11, tzinfo=UTC)


def test_time_zone_that_does_not_exist_is_refused_with_the_nearest(run, draft):
    said = run("workspace", "time-zone", "Europe/Wien")

    assert said.exit_code == 1
    assert "There is no time zone Europe/Wien." in said.stderr
    assert draft().time_zone == "UTC"


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "", "Europe"])
def test_path_is_no_time_zone(run, draft, zone):
    assert run("workspace", "time-zone", zone).exit_code == 1
    assert draft().time_zone == "UTC"


def test_sqlite_is_copied_before_it_is_migrated(run, data):
    data.mkdir()
    load(f"sqlite:///{data / 'assessment.sqlite3'}", "sqlite")

    said = run("migrate")

    assert said.exit_code == 0
    copies = list(data.glob("*.backup"))
    assert len(copies) == 1
    assert str(copies[0]) in said.stderr


def test_postgresql_is_migrated_after_the_backup_command_is_named(run, postgres_url, monkeypatch):
    load(postgres_url, "postgresql")
    monkeypatch.setenv("ASSESSMENT_DATABASE_URL", postgres_url)
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", "https://survey.example.org")
    monkeypatch.setenv("ASSESSMENT_SECRET", SECRET)

    said = run("migrate")

    assert said.exit_code == 0, said.stderr
    assert said.stderr.index("pg_dump --format=custom") < said.stderr.index("has the newest schema now")


def test_demo_that_was_loaded_long_ago_keeps_its_survey_open(tmp_path):
    folder, now = keeping.Folder(tmp_path), datetime.now(UTC)
    loaded = keeping.load(folder, Library([shipped()]), SECRET, now, nullcontext(int))

    keeping.refresh(folder, loaded, SECRET, now + timedelta(days=40))

    engine = database.connect(f"sqlite:///{folder.database}")
    with database.reading(engine) as session:
        held = assessing.get(session, loaded.workspace, loaded.open_assessment)
    engine.dispose()
    assert held.state == "open"
    assert held.closes_at > now + timedelta(days=40)
