"""Names in imported files: found, exported, erased, and replaced after their period, in the bytes of the database."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing, reopening
from assessment.services.people import response_import
from assessment.services.results import answer_export
from assessment.storage import database, tables
from assessment.storage.survey import response_imports
from tests.cli.test_respondents import NOW, World, world  # noqa: F401  # the last is a fixture
from tests.trust.test_erasure import list_rows

LEE, NORA = "Lee.Canary@client.example", "Nora Canarynora"


@pytest.fixture
def imported(world, golden):  # noqa: F811
    """A closed assessment with a file of 24 people, of whom two have a name; one commented."""
    return import_file(world, golden)


def import_file(world, golden, confidentiality="attributable", names=(LEE, NORA)):  # noqa: F811
    text = (golden / "plain-24.csv").read_text("utf-8")
    labels = [line.split(",")[0] for line in text.splitlines()[1:3]]
    for name, canary in zip(labels, names, strict=True):
        text = text.replace(f"\n{name},", f"\n{canary},", 1)
    assessment, _ = world.open("File", confidentiality, invite=False)
    key = AssessmentKey(world.home, assessment)
    with database.write_session(world.engine) as session:
        response_import.import_responses(session, key, text, NOW)
    with database.write_session(world.engine) as session:
        closing.close_assessment(session, key, NOW)
    return key


def find_canaries(data):
    content = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    return {canary for canary in (LEE, NORA) if canary.encode() in content}


def list_labels(world, key):  # noqa: F811
    with database.read_session(world.engine) as session:
        response = tables.response
        rows = session.execute(
            select(response.c.id, response.c.label, response.c.state).where(
                response.c.assessment_id == key.assessment_id
            )
        )
        return {row.id: (row.label, row.state) for row in rows}


def run_while_open(world, run, *command):  # noqa: F811
    """Run while another connection is open, which keeps SQLite from emptying its log at the end by itself."""
    with world.engine.connect() as connection:
        connection.execute(select(1)).all()
        connection.rollback()
        return run(*command)


def close_long_ago(world, key, days):  # noqa: F811
    with database.write_session(world.engine) as session:
        table = tables.assessment
        day = datetime.now(UTC).date() - timedelta(days=days)
        session.execute(update(table).where(table.c.id == key.assessment_id).values(closed_on=day))


def test_names_of_a_file_are_replaced_after_their_period(world, run, data, imported):  # noqa: F811
    close_long_ago(world, imported, 400)
    before = find_canaries(data)

    said = run_while_open(world, run, "retention", "--confirm")

    labels = list_labels(world, imported)
    assert said.exit_code == 0, said.stderr
    assert before == {LEE, NORA}
    assert find_canaries(data) == set()
    assert labels == {id_: (id_, "sent") for id_ in labels}
    assert len(labels) == 24
    assert run("retention").exit_code == 0


def test_answers_of_a_file_stay_with_ids_instead_of_names(world, run, imported):  # noqa: F811
    with database.read_session(world.engine) as session:
        before = answer_export.render_responses_csv(session, imported).splitlines()
    close_long_ago(world, imported, 400)

    run("retention", "--confirm")

    with database.read_session(world.engine) as session:
        after = answer_export.render_responses_csv(session, imported).splitlines()
    assert [line.partition(",")[2] for line in after] == [line.partition(",")[2] for line in before]
    assert LEE in "".join(before)


def test_names_of_a_file_that_is_not_due_stay(world, run, data, imported):  # noqa: F811
    close_long_ago(world, imported, 300)

    assert run("retention").exit_code == 0
    assert find_canaries(data) == {LEE, NORA}


def test_names_go_with_the_answers_where_those_are_stored_for_a_shorter_time(world, run, data, imported):  # noqa: F811
    close_long_ago(world, imported, 100)

    said = run_while_open(world, run, "retention", "--people", "60", "--answers", "3", "--confirm")

    assert said.exit_code == 0, said.stderr
    assert find_canaries(data) == set()


@pytest.mark.parametrize("name", [LEE.upper(), f"  {NORA}\u200b"])
def test_person_of_a_file_is_exported_and_erased_by_name(world, run, data, imported, name):  # noqa: F811
    canary = LEE if "@" in name else NORA
    exported = json.loads(run("respondent", "export", name).stdout)

    unconfirmed = run("respondent", "erase", name)
    said = run_while_open(world, run, "respondent", "erase", name, "--confirm")

    response = exported["imported_responses"][0]
    states = [state for _, state in list_labels(world, imported).values()]
    assert exported["invitations"] == []
    assert (response["label"], response["assessment"]["title"]) == (canary, "File")
    assert response["answers"]
    assert (unconfirmed.exit_code, response["id"] in unconfirmed.stderr) == (1, True)
    assert said.exit_code == 0, said.stderr
    assert find_canaries(data) == {LEE, NORA} - {canary}
    assert (states.count("withdrawn"), states.count("sent")) == (1, 23)
    assert world.count(tables.answer, response_id=response["id"]) == 0
    assert world.count(tables.erasure, subject=response["id"], kind="response") == 1
    acts = [each for each in world.actions() if each[1].startswith("respondent.")]
    assert acts == [("operator", "respondent.exported"), ("operator", "respondent.erased")]
    assert run("respondent", "erase", name).exit_code != 0


@pytest.mark.parametrize(
    "typed", ["jürgen@bücher.example", "jürgen@xn--bcher-kva.example", "mailto:Jürgen@BÜCHER.example"]
)
def test_address_of_a_file_is_found_in_any_spelling(world, run, golden, typed):  # noqa: F811
    """SQLite's own `lower` leaves letters that are not ASCII as they are."""
    import_file(world, golden, names=("JÜRGEN@Bücher.example", NORA))

    exported = json.loads(run("respondent", "export", typed).stdout)

    assert [each["label"] for each in exported["imported_responses"]] == ["JÜRGEN@Bücher.example"]


def test_answers_of_a_file_in_an_anonymous_assessment_are_found_by_name(world, run, data, golden):  # noqa: F811
    import_file(world, golden, "anonymous")

    said = run_while_open(world, run, "respondent", "erase", NORA, "--confirm")

    assert said.exit_code == 0, said.stderr
    assert "can’t be found" not in said.stderr
    assert find_canaries(data) == {LEE}


def test_erased_response_of_a_file_is_no_remains_of_an_import(world, run, golden, imported):  # noqa: F811
    """It has a label and the state of a withdrawn one, as responses of an incomplete import."""
    run("respondent", "erase", NORA, "--confirm")
    with database.write_session(world.engine) as session:
        reopening.reopen_assessment(session, imported, NOW)
    more = (golden / "small-9.csv").read_text("utf-8").replace("\nr", "\nmore")

    with database.read_session(world.engine) as session:
        incomplete = response_imports.list_incomplete_imports(session, imported)
        incoming = response_import.prepare_import(session, imported, more, NOW)
    with (
        response_import.stage_import(world.engine, incoming, NOW) as staged,
        database.write_session(world.engine) as session,
    ):
        response_import.finish_import(session, staged, NOW)

    assert incomplete == []
    assert [state for _, state in list_labels(world, imported).values()].count("withdrawn") == 1


def test_mutant_that_leaves_labels_leaves_the_canaries(world, run, data, imported, monkeypatch):  # noqa: F811
    monkeypatch.setattr(response_imports, "erase_labels", lambda *_: None)
    close_long_ago(world, imported, 400)

    run_while_open(world, run, "retention", "--confirm")
    run_while_open(world, run, "respondent", "erase", NORA, "--confirm")

    assert find_canaries(data) == {LEE, NORA}


def test_names_of_a_file_are_in_no_row_of_postgresql(run, data, migrated_postgres_url, golden, monkeypatch):
    secret = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
    for name, value in (
        ("DATABASE_URL", migrated_postgres_url),
        ("PUBLIC_URL", "https://a.example"),
        ("SECRET", secret),
    ):
        monkeypatch.setenv(f"ASSESSMENT_{name}", value)
    data.mkdir()
    engine = database.make_engine(migrated_postgres_url)
    other = World(engine, secret)
    key = import_file(other, golden)
    run("respondent", "erase", LEE, "--confirm")
    erased = list_rows(migrated_postgres_url)
    close_long_ago(other, key, 400)

    run("retention", "--confirm")

    engine.dispose()
    assert (LEE.encode() in erased, NORA.encode() in erased) == (False, True)
    assert NORA.encode() not in list_rows(migrated_postgres_url)
