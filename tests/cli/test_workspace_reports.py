"""`assessment workspace reports` and `assessment report --colour`: what reports look like, set without the console."""

from datetime import UTC, datetime

import pytest
from docx import Document
from PIL import Image
from sqlalchemy import select

from assessment.services.auth import users
from assessment.storage import database, tables


@pytest.fixture
def stored(run, data):
    """A workspace; returns what reads its look and its log."""
    run("migrate")
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    with database.write_session(engine) as session:
        users.find_or_create_workspace(session, "Berg", datetime.now(UTC))

    def read():
        with database.read_session(engine) as session:
            row = session.execute(
                select(tables.workspace.c.prepared_by, tables.workspace.c.logo, tables.workspace.c.accent)
            ).one()
            actions = session.scalars(select(tables.audit_entry.c.action)).all()
        return row, actions

    yield read
    engine.dispose()


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "logo.png"
    Image.new("RGB", (40, 20), "#0B3D63").save(path)
    return path


def test_look_of_reports_is_set_printed_and_recorded(run, stored, picture):
    said = run("workspace", "reports", "--prepared-by", "Berg & Partner", "--logo", str(picture), "--colour", "#0b3d63")

    (prepared_by, logo, accent), actions = stored()
    assert said.exit_code == 0
    assert (prepared_by, accent) == ("Berg & Partner", "#0B3D63")
    assert logo.startswith(b"\x89PNG")
    assert actions.count("workspace.changed") == 2
    assert said.stdout.splitlines() == ["Prepared by: Berg & Partner", "Logo: yes", "Colour: #0B3D63"]


def test_empty_values_remove_and_missing_options_keep(run, stored, picture):
    run("workspace", "reports", "--prepared-by", "Berg", "--logo", str(picture), "--colour", "#0B3D63")

    said = run("workspace", "reports", "--logo", "", "--colour", "")

    assert stored()[0] == ("Berg", None, "")
    assert said.stdout.splitlines() == ["Prepared by: Berg", "Logo: –", "Colour: –"]


@pytest.mark.parametrize("colour", ["#FFEE00", "blue", "#12345"])
def test_unreadable_colour_is_refused(run, stored, colour):
    said = run("workspace", "reports", "--colour", colour)

    assert said.exit_code == 1
    assert stored()[0].accent == ""


def test_file_that_is_no_picture_is_refused(run, stored, tmp_path):
    (tmp_path / "logo.png").write_text("no picture")

    refused = run("workspace", "reports", "--logo", str(tmp_path / "logo.png"))
    missing = run("workspace", "reports", "--logo", str(tmp_path / "none.png"))

    assert (refused.exit_code, missing.exit_code) == (1, 1)
    assert stored()[0].logo is None


def test_report_of_a_file_has_the_colour_of_the_firm(run, golden, tmp_path):
    output = tmp_path / "report.docx"

    said = run("report", golden / "small-9.csv", "-o", output, "--colour", "#0b3d63")

    assert said.exit_code == 0
    assert "0B3D63" in Document(output).styles.element.xml + Document(output).element.xml


def test_report_with_an_unreadable_colour_is_a_usage_error(run, golden, tmp_path):
    said = run("report", golden / "small-9.csv", "-o", tmp_path / "report.docx", "--colour", "#FFEE00")

    assert said.exit_code == 2
    assert not (tmp_path / "report.docx").exists()
