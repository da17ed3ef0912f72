"""`assessment doctor`: all that is wrong, and how to fix it."""

import pytest
from aiosmtpd.smtp import AuthResult
from sqlalchemy import update

from assessment.storage import database, tables
from tests import oidc_provider
from tests.containers import find_free_port
from tests.smtp_server import run_smtp_server


def install(run):
    """A new installation with one user: nothing to fix."""
    run("migrate")
    run("user", "add", "a@example.org", given="lantern harbour violet 7")


def test_empty_database_is_reported_with_migrate_command(run):
    said = run("doctor")

    assert said.exit_code == 1
    assert "Run: assessment migrate" in said.stdout
    assert len({line.index(line.split()[1]) for line in said.stdout.splitlines() if line[:1] != " "}) == 1
    assert "1 to fix." in said.stderr


def test_migrated_installation_passes_all_checks(run):
    install(run)

    said = run("doctor")

    assert said.exit_code == 0
    found = {line.split()[1] for line in said.stdout.splitlines() if line.startswith("ok ")}
    assert {"Database", "Audit", "Disk", "Questionnaires", "Fonts"} <= found


def test_every_invalid_setting_is_reported(run, monkeypatch):
    monkeypatch.setenv("ASSESSMENT_MINIMUM_GROUP", "1")
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", "http://survey.example.org")

    said = run("doctor")

    assert said.exit_code == 1
    assert "ASSESSMENT_MINIMUM_GROUP" in said.stdout
    assert "ASSESSMENT_PUBLIC_URL" in said.stdout


def test_unreachable_mail_server_is_reported(run, monkeypatch):
    install(run)
    monkeypatch.setenv("ASSESSMENT_SMTP_URL", f"smtp://127.0.0.1:{find_free_port()}")

    said = run("doctor")

    assert said.exit_code == 1
    assert "fix  Mail" in said.stdout


def test_working_mail_server_is_reported_with_the_sender(run, monkeypatch):
    install(run)
    with run_smtp_server() as mailbox:
        monkeypatch.setenv("ASSESSMENT_SMTP_URL", mailbox.url)
        monkeypatch.setenv("ASSESSMENT_MAIL_FROM", "survey@example.org")

        said = run("doctor")

    assert said.exit_code == 0
    assert "survey@example.org" in said.stdout
    assert mailbox.received == []


def test_refused_sender_is_reported_with_the_setting_to_change(run, monkeypatch):
    install(run)
    with run_smtp_server() as mailbox:
        mailbox.refuse_sender = lambda _: "550 Not yours"
        monkeypatch.setenv("ASSESSMENT_SMTP_URL", mailbox.url)

        said = run("doctor")

    assert said.exit_code == 1
    assert "refuses the sender: 550 Not yours Set ASSESSMENT_MAIL_FROM" in said.stdout


def test_refused_sign_in_is_reported(run, monkeypatch):
    install(run)
    options = {"authenticator": refuse_sign_in, "auth_require_tls": False}
    with run_smtp_server(**options) as mailbox:
        monkeypatch.setenv("ASSESSMENT_SMTP_URL", mailbox.url.replace("//", "//name:wrong@"))

        said = run("doctor")

    assert said.exit_code == 1
    assert "refuses the sign-in" in said.stdout


def refuse_sign_in(*_values):
    return AuthResult(success=False, handled=False)


def test_altered_audit_log_is_reported(run, data):
    install(run)
    untouched = run("doctor")
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    with database.write_session(engine) as session:
        session.execute(update(tables.audit_entry).where(tables.audit_entry.c.number == 2).values(actor="nobody"))
    engine.dispose()

    said = run("doctor")

    assert "2 entries, none altered" in untouched.stdout
    assert said.exit_code == 1
    assert "was altered: entry 2." in said.stdout


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/nothing"])
def test_unreachable_database_is_reported(run, monkeypatch, url):
    monkeypatch.setenv("ASSESSMENT_DATABASE_URL", url)
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", "https://survey.example.org")
    monkeypatch.setenv("ASSESSMENT_SECRET", "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5")

    said = run("doctor")

    assert said.exit_code == 1
    assert "fix  Database" in said.stdout


@pytest.mark.parametrize(
    ("public_url", "proxies", "code"),
    [("https://survey.example.org", "0", 1), ("https://survey.example.org", "1", 0), ("http://127.0.0.1:8000", "0", 0)],
)
def test_tls_proxy_without_setting_is_reported(run, monkeypatch, public_url, proxies, code):
    install(run)
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", public_url)
    monkeypatch.setenv("ASSESSMENT_PROXIES", proxies)

    said = run("doctor")

    assert said.exit_code == code
    assert ("all count as one address" in said.stdout) == bool(code)


def set_provider(monkeypatch, issuer):
    for name, value in (("ISSUER", issuer), ("CLIENT_ID", "assessment"), ("CLIENT_SECRET", "word"), ("NAME", "Login")):
        monkeypatch.setenv(f"ASSESSMENT_OIDC_{name}", value)


def test_provider_for_sign_in_is_checked(run, monkeypatch):
    install(run)
    set_provider(monkeypatch, f"http://127.0.0.1:{find_free_port()}")
    unreachable = run("doctor")
    with oidc_provider.run_provider() as issuer:
        set_provider(monkeypatch, issuer)
        said = run("doctor")

    assert unreachable.exit_code == 1
    assert "fix  Sign-in by a provider" in unreachable.stdout
    assert said.exit_code == 0
    assert "redirect URI: http://127.0.0.1:8000/console/sign-in/oidc/return" in said.stdout
