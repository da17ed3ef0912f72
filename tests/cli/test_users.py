"""`assessment migrate`, `user add`, `key add`: from nothing to someone who may come in."""

import json
from datetime import UTC, datetime

import pyotp
import pytest

from assessment.errors import UnauthenticatedError
from assessment.services.auth import second_factor, user_sessions, users
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.storage import database
from tests.cli.conftest import PASSWORD

NOW = datetime.now(UTC)


def check_password(engine, email, password):
    limiter = RateLimiter(engine, "", "")
    return user_sessions.check_credentials(engine, email, password, NOW, limiter=limiter, address="here")


def test_migrate_prints_change_and_next_command(run):
    first, second = run("migrate"), run("migrate")

    assert "has the newest schema now" in first.stderr
    assert "pysqlite" not in first.stderr
    assert "assessment user add" in first.stderr
    assert "has the newest schema already" in second.stderr


@pytest.mark.parametrize(
    "command", [("user", "add", "a@example.org"), ("key", "add", "--name", "x", "--scope", "read:scores"), ("serve",)]
)
def test_command_without_schema_names_remedy(run, command):
    said = run(*command, given=PASSWORD)

    assert said.exit_code == 1
    assert "Run: assessment migrate" in said.stderr


def test_user_with_password_from_stdin_can_sign_in(migrated, session):
    said = migrated("user", "add", "Alice@Example.org", "--admin", given=f"{PASSWORD}\nsecond line\n")

    assert said.exit_code == 0
    assert said.stdout == ""
    assert check_password(session.get_bind(), "alice@example.org", PASSWORD)


def test_password_from_file_is_accepted(migrated, session, tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\r\n", encoding="utf-8")

    migrated("user", "add", "bob@example.org", "--workspace", "agency", "--password-file", file)

    assert check_password(session.get_bind(), "bob@example.org", PASSWORD)


@pytest.mark.parametrize("command", [["add", "--workspace", "agency"], ["password"]])
@pytest.mark.parametrize("is_file", [True, False])
def test_password_that_is_not_utf_8_is_refused_with_its_place(migrated, tmp_path, command, is_file):
    migrated("user", "add", "bob@example.org", "--workspace", "agency", given=PASSWORD)
    content, file = "Straße am Hügel 7".encode("latin-1"), tmp_path / "password"
    file.write_bytes(content)
    email = "anna@example.org" if command[0] == "add" else "bob@example.org"
    source = ["--password-file", file] if is_file else []

    refused = migrated("user", command[0], email, *command[1:], *source, given=content)

    assert refused.exit_code == 1
    assert f"{file if is_file else 'standard input'}: is not UTF-8. Save it as UTF-8." in refused.stderr


def test_first_workspace_without_name_gets_default_and_advice(migrated):
    unnamed = migrated("user", "add", "a@example.org", given=PASSWORD)

    assert "Created the workspace main." in unnamed.stderr
    assert "Give your own with --workspace NAME" in unnamed.stderr
    assert "Added a@example.org to the workspace main." in unnamed.stderr


def test_first_workspace_with_name_prints_no_advice(migrated):
    named = migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    assert "Created the workspace agency.\nAdded a@example.org to the workspace agency." in named.stderr
    assert "--workspace" not in named.stderr


def test_second_user_joins_only_workspace(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    second = migrated("user", "add", "b@example.org", given=PASSWORD)

    assert second.stderr.startswith("Added b@example.org to the workspace agency.")


def test_user_with_several_workspaces_must_name_one(migrated, session):
    for name in ("main", "agency"):
        migrated("user", "add", f"{name}@example.org", "--workspace", name, given=PASSWORD)

    unclear = migrated("user", "add", "b@example.org", given=PASSWORD)

    assert unclear.exit_code == 1
    assert "There are: agency, main. Choose one: --workspace NAME" in unclear.stderr
    with pytest.raises(UnauthenticatedError):
        check_password(session.get_bind(), "b@example.org", PASSWORD)


def test_further_workspace_prints_separation_warning(migrated):
    migrated("user", "add", "a@example.org", "--workspace", "agency", given=PASSWORD)

    misspelt = migrated("user", "add", "b@example.org", "--workspace", "agencie", given=PASSWORD)

    assert "Its members don’t see the clients of the other workspaces: agency." in misspelt.stderr


def test_invited_user_is_administrator_if_so_asked(migrated, session, monkeypatch):
    monkeypatch.setenv("ASSESSMENT_SMTP_URL", "smtp://127.0.0.1:9")  # the mail is only queued

    for name, options in (("a", ("--admin",)), ("b", ())):
        said = migrated("user", "add", f"{name}@example.org", "--workspace", "agency", "--invite", *options)
        assert said.exit_code == 0, said.stderr

    admins = {member.email: member.admin for member in users.list_users(session)}
    assert admins == {"a@example.org": True, "b@example.org": False}


def test_weak_password_is_rejected_and_no_user_added(migrated, session):
    said = migrated("user", "add", "a@example.org", given="short\n")

    assert said.exit_code == 1
    assert "fewer than 12 characters" in said.stderr
    with pytest.raises(UnauthenticatedError):
        check_password(session.get_bind(), "a@example.org", "short")


def sign_in(data, email="alice@example.org", password=PASSWORD):
    """Open a session; return its token."""
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    try:
        found = check_password(engine, email, password)
        with database.write_session(engine) as writing:
            return user_sessions.begin_session(writing, found, NOW)
    finally:
        engine.dispose()


def is_signed_in(data, token):
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    try:
        with database.read_session(engine) as session:
            user_sessions.load_consultant(session, token, NOW)
    except UnauthenticatedError:
        return False
    finally:
        engine.dispose()
    return True


def test_user_list_shows_address_role_workspace_and_block(migrated, alice):
    migrated("user", "add", "bob@example.org", "--role", "viewer", "--admin", given=PASSWORD)
    migrated("user", "disable", "bob@example.org")

    said = migrated("user", "list")
    as_json = json.loads(migrated("user", "list", "--json").stdout)

    assert [line.split() for line in said.stdout.splitlines()] == [
        ["alice@example.org", "owner", "agency"],
        ["bob@example.org", "viewer,", "admin", "agency", "blocked"],
    ]
    assert as_json[1] == {
        "email": "bob@example.org",
        "role": "viewer",
        "workspace": "agency",
        "admin": True,
        "disabled": True,
    }


def test_user_password_ends_sessions_and_old_password(migrated, alice, data):
    before = sign_in(data)

    said = migrated("user", "password", "Alice@example.org", given="turnip glacier envelope\n")

    assert said.exit_code == 0
    assert not is_signed_in(data, before)
    assert is_signed_in(data, sign_in(data, password="turnip glacier envelope"))
    with pytest.raises(UnauthenticatedError):
        sign_in(data)


def test_user_password_of_unknown_user_is_rejected(migrated, alice):
    said = migrated("user", "password", "nobody@example.org", given=PASSWORD)

    assert said.exit_code == 1
    assert "Nobody has this email address." in said.stderr


def test_user_disable_ends_sessions_and_enable_does_not_revive_them(migrated, alice, data):
    before = sign_in(data)

    migrated("user", "disable", "alice@example.org")
    blocked = is_signed_in(data, before)
    with pytest.raises(UnauthenticatedError):
        sign_in(data)
    migrated("user", "enable", "alice@example.org")

    assert not blocked
    assert not is_signed_in(data, before)
    assert is_signed_in(data, sign_in(data))


@pytest.mark.parametrize("change", ["password", "disable"])
def test_concurrent_sign_in_is_invalid_after_change(migrated, alice, data, session, change):
    under_way = check_password(session.get_bind(), "alice@example.org", PASSWORD)
    session.rollback()
    migrated("user", change, "alice@example.org", given="turnip glacier envelope\n")
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")

    with pytest.raises(UnauthenticatedError), database.write_session(engine) as writing:
        user_sessions.begin_session(writing, under_way, NOW)
    engine.dispose()


def test_editor_is_added_and_key_for_the_workspace_is_made(migrated):
    added = migrated("user", "add", "a@example.org", "--role", "editor", given=PASSWORD)
    listed = json.loads(migrated("user", "list", "--json").stdout)
    key = migrated("key", "add", "--name", "admin", "--scope", "admin:workspace")

    assert added.exit_code == 0
    assert [member["role"] for member in listed] == ["editor"]
    assert key.stdout.startswith("asr_")


def test_second_step_is_reset_for_someone_who_is_locked_out(migrated, session, data):
    migrated("user", "add", "a@example.org", given=PASSWORD)
    without = migrated("user", "reset-second-step", "a@example.org")
    secret, engine = second_factor.generate_secret(), session.get_bind()
    user_id = check_password(engine, "a@example.org", PASSWORD).user_id
    with database.write_session(engine) as writing:
        code = pyotp.TOTP(secret).at(NOW)
        second_factor.set_up(writing, user_id, secret, code, NOW, server_secret="the secret of this server")

    said = migrated("user", "reset-second-step", "A@Example.org")
    unknown = migrated("user", "reset-second-step", "nobody@example.org")

    assert "has no two-step sign-in" in without.stderr
    assert "signs in with the password alone now" in said.stderr
    assert unknown.exit_code == 1
    assert not check_password(engine, "a@example.org", PASSWORD).has_second_factor
    assert data
