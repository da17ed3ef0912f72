"""`assessment workspace time-zone`, and the copy that `assessment migrate` makes."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assessment.demo import demo_folder
from assessment.domain.assessment import AssessmentKey
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import users
from assessment.storage import database

SCHEMAS = Path(__file__).parents[1] / "storage" / "schemas"
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"


def load_schema(url, kind):
    engine = database.make_engine(url)
    for name in (f"0005.{kind}.sql", "0005.rows.sql"):
        with database.write_session(engine) as session:
            for statement in (SCHEMAS / name).read_text("utf-8").split(";\n"):
                if statement.strip():
                    session.connection().exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def draft(run, data):
    """A draft that closes on a day to come; returns what reads it again."""
    run("migrate")
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    now = datetime.now(UTC)
    with database.write_session(engine) as session:
        home = users.find_or_create_workspace(session, "Berg", now)
        client = client_organisations.create_organisation(session, home, "Client", now).id
        new = AssessmentInput(
            organisation=client, questionnaire="social-media-integration", title="T", closes_on=date(2099, 12, 10)
        )
        made = assessment_setup.create_assessment(
            session, home, new, QuestionnaireCatalogue([find_shipped_folder()]), now
        ).id

    def held():
        with database.read_session(engine) as session:
            return assessment_setup.get_assessment(session, AssessmentKey(home, made))

    yield held
    engine.dispose()


def test_time_zone_changes_closing_time(run, draft):
    said = run("workspace", "time-zone", "Pacific/Auckland")

    assert said.exit_code == 0
    assert draft().time_zone == "Pacific/Auckland"
    assert draft().closes_at == datetime(2099, 12, 10, 11, tzinfo=UTC)


def test_unknown_time_zone_is_rejected_with_closest_name(run, draft):
    said = run("workspace", "time-zone", "Europe/Wien")

    assert said.exit_code == 1
    assert "There is no time zone Europe/Wien." in said.stderr
    assert draft().time_zone == "UTC"


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "", "Europe"])
def test_time_zone_with_path_is_rejected(run, draft, zone):
    assert run("workspace", "time-zone", zone).exit_code == 1
    assert draft().time_zone == "UTC"


def test_sqlite_is_copied_before_migration(run, data):
    data.mkdir()
    load_schema(f"sqlite:///{data / 'assessment.sqlite3'}", "sqlite")

    said = run("migrate")

    assert said.exit_code == 0
    copies = list(data.glob("*.backup"))
    assert len(copies) == 1
    assert str(copies[0]) in said.stderr


def test_old_demo_keeps_its_survey_open(tmp_path):
    folder, now = demo_folder.DemoFolder(tmp_path), datetime.now(UTC)
    loaded = demo_folder.load_demo(
        folder, QuestionnaireCatalogue([find_shipped_folder()]), SECRET, now, nullcontext(int)
    )

    demo_folder.refresh_demo(folder, loaded, SECRET, now + timedelta(days=40))

    engine = database.make_engine(f"sqlite:///{folder.database}")
    with database.read_session(engine) as session:
        held = assessment_setup.get_assessment(session, AssessmentKey(loaded.workspace, loaded.open_assessment))
    engine.dispose()
    assert held.state == "open"
    assert held.closes_at > now + timedelta(days=40)
