"""`assessment migrate`, `user add`, `key add`: from nothing to somebody who may come in."""

from datetime import UTC, datetime

import pytest

from assessment.errors import UnauthenticatedError
from assessment.services import keys, signing_in
from assessment.services.limiting import Limiter
from assessment.settings import read
from assessment.storage import database

PASSWORD = "seven purple ladders lean"
NOW = datetime.now(UTC)


@pytest.fixture
def migrated(run):
    assert run("migrate").exit_code == 0
    return run


@pytest.fixture
def session(data):
    engine = database.connect(f"sqlite:///{data / 'assessment.sqlite3'}")
    with database.reading(engine) as session:
        yield session
    engine.dispose()


def recognise(session, email, password):
    return signing_in.recognise(session, email, password, NOW, limiter=Limiter(), address="here")


def test_migrating_says_what_changed_and_what_comes_next(run):
    first, second = run("migrate"), run("migrate")

    assert "has the newest schema now" in first.stderr
    assert "pysqlite" not in first.stderr
    assert "assessment user add" in first.stderr
    assert "has the newest schema already" in second.stderr


@pytest.mark.parametrize(
    "command", [("user", "add", "a@example.org"), ("key", "add", "--name", "x", "--scope", "read:scores"), ("serve",)]
)
def test_without_a_schema_the_remedy_is_named(run, command):
    said = run(*command, given=PASSWORD)

    assert said.exit_code == 1
    assert "Run: assessment migrate" in said.stderr


def test_a_user_with_a_password_from_standard_input_can_sign_in(migrated, session):
    said = migrated("user", "add", "Alice@Example.org", "--admin", given=f"{PASSWORD}\nsecond line\n")

    assert said.exit_code == 0
    assert said.stdout == ""
    assert recognise(session, "alice@example.org", PASSWORD)


def test_a_password_may_come_from_a_file(migrated, session, tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\r\n", encoding="utf-8")

    migrated("user", "add", "bob@example.org", "--workspace", "agency", "--password-file", file)

    assert recognise(session, "bob@example.org", PASSWORD)


def test_the_first_workspace_is_named_by_whoever_makes_it_or_told_how(migrated):
    unnamed = migrated("user", "add", "a@example.org", given=PASSWORD)

    assert "Made the workspace main." in unnamed.stderr
    assert "gives its own with --workspace NAME" in unnamed.stderr
    assert "Added a@example.org to the workspace main." in unnamed.stderr


def test_a_first_workspace_with_a_name_needs_no_advice(migrated):
    named = migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    assert "Made the workspace agency.\nAdded a@example.org to the workspace agency." in named.stderr
    assert "--workspace" not in named.stderr


def test_a_second_user_joins_the_only_workspace(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    second = migrated("user", "add", "b@example.org", given=PASSWORD)

    assert second.stderr.startswith("Added b@example.org to the workspace agency.")


def test_among_several_workspaces_nobody_is_put_by_chance(migrated, session):
    for name in ("main", "agency"):
        migrated("user", "add", f"{name}@example.org", "--workspace", name, given=PASSWORD)

    unclear = migrated("user", "add", "b@example.org", given=PASSWORD)

    assert unclear.exit_code == 1
    assert "There are: agency, main. Choose one: --workspace NAME" in unclear.stderr
    with pytest.raises(UnauthenticatedError):
        recognise(session, "b@example.org", PASSWORD)


def test_a_further_workspace_is_told_as_apart_from_the_others(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    misspelt = migrated("user", "add", "b@example.org", "--workspace", "agencie", given=PASSWORD)

    assert "Nobody in it sees the clients of the others: agency." in misspelt.stderr


def test_a_weak_password_is_refused_and_nobody_is_added(migrated, session):
    said = migrated("user", "add", "a@example.org", given="short\n")

    assert said.exit_code == 1
    assert "fewer than 12 characters" in said.stderr
    with pytest.raises(UnauthenticatedError):
        recognise(session, "a@example.org", "short")


def test_a_key_is_printed_alone_and_opens_what_it_may(migrated, session, data):
    migrated("user", "add", "a@example.org", given=PASSWORD)

    said = migrated("key", "add", "--name", "reports", "--scope", "read:scores", "--scope", "read:reports")

    secret = read({"ASSESSMENT_DATA": str(data)}).secret
    holder = keys.key_holder(session, said.stdout.strip(), NOW, secret=secret)
    assert holder.scopes == {"read:scores", "read:reports"}


def test_a_key_for_an_unknown_workspace_is_refused_and_the_known_are_named(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    said = migrated("key", "add", "--name", "x", "--scope", "read:scores", "--workspace", "agencie")

    assert said.exit_code == 1
    assert "There are: agency." in said.stderr


def test_a_key_without_a_workspace_is_for_the_only_one(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    only = migrated("key", "add", "--name", "x", "--scope", "read:scores")
    migrated("user", "add", "b@example.org", "--workspace", "branch", given=PASSWORD)
    unclear = migrated("key", "add", "--name", "x", "--scope", "read:scores")

    assert only.exit_code == 0
    assert unclear.exit_code == 1
    assert "There are: agency, branch. Choose one: --workspace NAME" in unclear.stderr


def test_an_unknown_scope_is_used_wrongly(migrated):
    assert migrated("key", "add", "--name", "x", "--scope", "all").exit_code == 2
