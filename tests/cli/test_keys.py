"""Keys of the API by command: made, listed, revoked, rotated."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from assessment.errors import UnauthenticatedError
from assessment.services.auth import api_keys
from assessment.settings import read_settings
from assessment.storage import database
from tests.cli.conftest import PASSWORD

NOW = datetime.now(UTC)


def test_key_is_printed_alone_and_grants_its_scopes(migrated, session, data):
    migrated("user", "add", "a@example.org", given=PASSWORD)

    said = migrated("key", "add", "--name", "reports", "--scope", "read:scores", "--scope", "read:reports")

    secret = read_settings({"ASSESSMENT_DATA": str(data)}).secret
    holder = api_keys.authenticate_key(session, said.stdout.strip(), NOW, secret=secret)
    assert holder.scopes == {"read:scores", "read:reports"}


def test_added_key_is_in_no_file(migrated, data):
    migrated("user", "add", "a@example.org", given=PASSWORD)

    said = migrated("key", "add", "--name", "reports", "--scope", "read:scores")

    prefix, _, secret = said.stdout.strip().encode().split(b"_", 2)  # a secret may have underscores, too
    assert prefix == b"asr"
    assert len(secret) >= 32
    assert [path for path in data.rglob("*") if path.is_file() and secret in path.read_bytes()] == []


def test_key_for_unknown_workspace_is_rejected_with_known_names(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    said = migrated("key", "add", "--name", "x", "--scope", "read:scores", "--workspace", "agencie")

    assert said.exit_code == 1
    assert "There are: agency." in said.stderr


def test_key_without_workspace_belongs_to_only_one(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    only = migrated("key", "add", "--name", "x", "--scope", "read:scores")
    migrated("user", "add", "b@example.org", "--workspace", "branch", given=PASSWORD)
    unclear = migrated("key", "add", "--name", "x", "--scope", "read:scores")

    assert only.exit_code == 0
    assert unclear.exit_code == 1
    assert "There are: agency, branch. Choose one: --workspace NAME" in unclear.stderr


def test_unknown_scope_is_usage_error(migrated):
    assert migrated("key", "add", "--name", "x", "--scope", "all").exit_code == 2


class KeyCommands:
    """Keys made by command, and whether they open anything."""

    def __init__(self, run, data):
        self.run, self.data = run, data
        self.secret = read_settings({"ASSESSMENT_DATA": str(data)}).secret

    def add(self, *more):
        return self.run("key", "add", "--name", "reports", "--scope", "read:scores", *more).stdout.strip()

    def opens(self, text, now=NOW):
        engine = database.make_engine(f"sqlite:///{self.data / 'assessment.sqlite3'}")
        try:
            with database.read_session(engine) as session:
                api_keys.authenticate_key(session, text, now, secret=self.secret)
        except UnauthenticatedError:
            return False
        finally:
            engine.dispose()
        return True

    def listed(self):
        return json.loads(self.run("key", "list", "--json").stdout)


@pytest.fixture
def made(migrated, alice, data):
    return KeyCommands(migrated, data)


def test_key_add_with_expiry_expires(made):
    text = made.add("--expires", "90d")

    assert made.opens(text, NOW + timedelta(days=89))
    assert not made.opens(text, NOW + timedelta(days=91))


@pytest.mark.parametrize(("span", "code"), [("366d", 1), ("0d", 2), ("-1d", 2), ("soon", 2), ("99999w", 1)])
def test_key_add_with_impossible_expiry_is_rejected(made, span, code):
    said = made.run("key", "add", "--name", "x", "--scope", "read:scores", "--expires", span)

    assert (said.exit_code, said.stdout) == (code, "")


def test_key_list_shows_name_scopes_last_use_and_expiry(made, data):
    later = NOW + timedelta(hours=2)
    text = made.add("--expires", "90d")
    never = made.run("key", "list").stdout
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    with database.write_session(engine) as writing:
        holder = api_keys.authenticate_key(writing, text, NOW, secret=made.secret)
        api_keys.record_use(writing, holder, later)
    engine.dispose()

    used = made.run("key", "list").stdout

    head, line = never.splitlines()
    assert head.split("  ")[-1] == "expiry"
    assert f"reports  read:scores  never     {made.listed()[0]['expires_at'][:10]}" in line
    assert f"{later:%Y-%m-%d %H}:00 UTC" in used
    assert text.rpartition("_")[2] not in never


def test_key_revoke_takes_effect_at_once(made):
    text, other = made.add(), made.add()

    said = made.run("key", "revoke", text.split("_")[1])

    assert said.exit_code == 0
    assert (made.opens(text), made.opens(other)) == (False, True)
    assert "revoked" in made.run("key", "list").stdout


def test_key_revoke_of_unknown_id_is_rejected(made):
    said = made.run("key", "revoke", "nothing")

    assert said.exit_code == 1
    assert "no key with this id" in said.stderr


def test_key_rotate_without_overlap_ends_old_key_at_once(made):
    text = made.add("--expires", "90d")

    new = made.run("key", "rotate", text.split("_")[1]).stdout.strip()

    assert (made.opens(text), made.opens(new)) == (False, True)
    assert not made.opens(new, NOW + timedelta(days=91))
    assert {(each["name"], *each["scopes"]) for each in made.listed()} == {("reports", "read:scores")}


def test_key_rotate_with_overlap_keeps_old_key_for_overlap(made):
    text = made.add()

    new = made.run("key", "rotate", text.split("_")[1], "--overlap", "24h").stdout.strip()

    assert made.opens(text, NOW + timedelta(hours=23))
    assert not made.opens(text, NOW + timedelta(hours=25))
    assert made.opens(new, NOW + timedelta(hours=25))


def test_key_rotate_never_extends_old_key(made):
    text = made.add("--expires", "1h")

    made.run("key", "rotate", text.split("_")[1], "--overlap", "24h")

    assert not made.opens(text, NOW + timedelta(hours=2))


def test_key_rotate_of_revoked_key_is_rejected(made):
    text = made.add()
    made.run("key", "revoke", text.split("_")[1])

    said = made.run("key", "rotate", text.split("_")[1])

    assert (said.exit_code, said.stdout) == (1, "")
