"""Settings by environment: what holds when nothing is said, and that every mistake is named at once."""

import secrets
import stat
import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assessment import settings
from assessment.errors import InvalidError

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
POSTGRES = {
    "ASSESSMENT_DATABASE_URL": "postgresql://app:hidden@database/assessment",
    "ASSESSMENT_PUBLIC_URL": "https://survey.example.org",
    "ASSESSMENT_SECRET": SECRET,
}


def find_problems(environ):
    with pytest.raises(InvalidError) as caught:
        settings.read_settings(environ)
    return {problem.file: str(problem) for problem in caught.value.problems}


def test_default_settings_use_sqlite_on_loopback(tmp_path):
    found = settings.read_settings({"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)})

    assert found.database_url == f"sqlite:///{found.data / 'assessment.sqlite3'}"
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.minimum_group is None
    assert not found.uses_https


def test_default_data_folder_follows_the_platform():
    environ = {"HOME": "/home/alice", "XDG_DATA_HOME": "/data/alice", "LOCALAPPDATA": "/alice/local"}

    folders = [settings.get_data_folder(environ, platform) for platform in ("linux", "darwin", "win32")]

    assert folders == [
        Path("/data/alice/assessment"),
        Path("/home/alice/Library/Application Support/assessment"),
        Path("/alice/local/assessment"),
    ]


def test_generated_secret_is_random_private_and_reused(tmp_path):
    one = settings.read_settings({"ASSESSMENT_DATA": str(tmp_path / "one")})
    again = settings.read_settings({"ASSESSMENT_DATA": str(tmp_path / "one")})
    other = settings.read_settings({"ASSESSMENT_DATA": str(tmp_path / "other")})

    assert one.secret == again.secret != other.secret
    assert [stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "one").iterdir()] == [0o600]


def test_concurrent_processes_generate_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: settings.read_settings({"ASSESSMENT_DATA": str(tmp_path / "data")}).secret, range(32))
        )

    assert len(set(found)) == 1


def test_postgresql_requires_explicit_secret_and_public_url():
    problems = find_problems({"ASSESSMENT_DATABASE_URL": "postgresql://app@database/assessment"})

    assert set(problems) == {"ASSESSMENT_PUBLIC_URL", "ASSESSMENT_SECRET"}
    assert "openssl rand -hex 32" in problems["ASSESSMENT_SECRET"]


def test_every_setting_is_read(tmp_path):
    found = settings.read_settings(
        POSTGRES
        | {
            "ASSESSMENT_DATA": str(tmp_path),
            "ASSESSMENT_SMTP_URL": "smtps://name:word@mail.example.org",
            "ASSESSMENT_QUESTIONNAIRES": str(tmp_path),
            "ASSESSMENT_MINIMUM_GROUP": "7",
            "ASSESSMENT_PROXIES": "2",
        }
    )

    assert found == settings.Settings(
        data=tmp_path,
        database_url="postgresql://app:hidden@database/assessment",
        public_url="https://survey.example.org",
        secret=SECRET,
        smtp_url="smtps://name:word@mail.example.org",
        questionnaires=tmp_path,
        minimum_group=7,
        proxies=2,
    )
    assert found.uses_https


@pytest.mark.parametrize(
    "url",
    ["postgresql://app:hidden@database:port/a", "postgresql://app:pass@hidden@database/a", "postgresql://x:70000/a"],
)
def test_mistyped_database_url_is_reported_without_password(url):
    (text,) = find_problems(POSTGRES | {"ASSESSMENT_DATABASE_URL": url}).values()

    assert "names a host or port that can't exist. Write it like postgresql://name:password@" in text
    assert "hidden" not in text


def test_database_password_with_a_bracket_is_accepted_and_not_shown():
    found = settings.read_settings(
        POSTGRES | {"ASSESSMENT_DATABASE_URL": "postgresql://app:hid[den@database:5433/a?x=1"}
    )

    shown = settings.describe_settings(found)["ASSESSMENT_DATABASE_URL"]

    assert shown == "postgresql://app@database:5433/a"


def test_all_invalid_settings_are_reported_with_remedies(tmp_path):
    file = tmp_path / "file"
    file.touch()

    problems = find_problems(
        {
            "ASSESSMENT_DATA": str(file),
            "ASSESSMENT_DATABASE_URL": "mysql://database",
            "ASSESSMENT_PUBLIC_URL": "http://survey.example.org",
            "ASSESSMENT_SECRET": "short",
            "ASSESSMENT_SMTP_URL": "mail.example.org",
            "ASSESSMENT_QUESTIONNAIRES": str(tmp_path / "absent"),
            "ASSESSMENT_MINIMUM_GROUP": "2",
            "ASSESSMENT_PROXIES": "many",
            "ASSESSMENT_SECERT": SECRET,
        }
    )

    assert {name.removeprefix("ASSESSMENT_"): text.partition(": ")[2] for name, text in problems.items()} == {
        "DATA": f"names {file}, which is not a folder.",
        "DATABASE_URL": "must start with sqlite:/// or postgresql://.",
        "PUBLIC_URL": "must use https: answers are confidential.",
        "SECRET": "must be random text of at least 32 characters, like from: openssl rand -hex 32",
        "SMTP_URL": "must be like smtp://name:password@mail.example.org:587, or smtps://….",
        "QUESTIONNAIRES": f"names {tmp_path / 'absent'}, which is not a folder.",
        "MINIMUM_GROUP": "must be a whole number, 3 or more.",
        "PROXIES": "must be the number of proxies in front of the server, 0 to 10.",
        "SECERT": "is not a setting. Did you mean ASSESSMENT_SECRET?",
    }


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET", "SMTP_URL"])
def test_secret_can_come_from_a_file(tmp_path, name):
    file = tmp_path / "secret.txt"
    texts = {"DATABASE_URL": f"sqlite:///{tmp_path}/a.sqlite3", "SECRET": SECRET, "SMTP_URL": "smtp://mail.example.org"}
    file.write_text(f"{texts[name]}\n")

    found = settings.read_settings({"ASSESSMENT_DATA": str(tmp_path), f"ASSESSMENT_{name}_FILE": str(file)})

    assert getattr(found, name.lower()) == texts[name]


def test_secret_as_value_and_file_is_refused(tmp_path):
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)

    problems = find_problems(POSTGRES | {"ASSESSMENT_SECRET_FILE": str(file)})

    assert problems == {
        "ASSESSMENT_SECRET": "ASSESSMENT_SECRET: is set, and so is ASSESSMENT_SECRET_FILE: set one of them."
    }


def test_absent_or_empty_secret_file_is_reported(tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    environ = {name: value for name, value in POSTGRES.items() if name != "ASSESSMENT_SECRET"}

    texts = [find_problems(environ | {"ASSESSMENT_SECRET_FILE": str(path)}) for path in (empty, tmp_path / "absent")]

    assert all(set(problems) == {"ASSESSMENT_SECRET"} for problems in texts)
    assert str(empty) in texts[0]["ASSESSMENT_SECRET"]
    assert str(tmp_path / "absent") in texts[1]["ASSESSMENT_SECRET"]


@pytest.mark.parametrize(
    "text",
    [
        "change-me-change-me-change-me-0123456789",
        "this is the default secret of the house",
        "a" * 64,
        "0" * 31,
        "12345678" * 4,
        "0123456789abcdef" * 2,
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "abcdefghijklmnopqrstuvwxyz0123456789",
    ],
)
def test_placeholder_or_guessable_secret_is_refused(text):
    problems = find_problems(POSTGRES | {"ASSESSMENT_SECRET": text})

    assert set(problems) == {"ASSESSMENT_SECRET"}
    assert text not in problems["ASSESSMENT_SECRET"]


@pytest.mark.parametrize(
    "text",
    [
        "survey.example.org",
        "ftp://survey.example.org",
        "https://",
        "https://a.example.org/path",
        "https://[::1",
        "https://::1]",
        "https://[fe80::1%25eth0]",
        "https://[fe80::1%eth0]:8443",
        "https://[v1.x]",
        "https://survey..example.org",
        "https://-survey.example.org",
        "https://survey_2.example.org",
        "https://survey.example.org:0",
        "https://survey.example.org:99999",
        "https://survey.example.org:",
        "https://survey.example.org#x",
        "https://survey.example.org?",
        "https://me:word@survey.example.org",
        "https://survey example.org",
        "https://umfrage-münchen.example",
        "https://192.0.2.300",
        "https://0.0.0.0",
        "https://[::]",
        f"https://{'a' * 64}.example.org",
        "https://survey.example.org\\",
    ],
)
def test_public_url_with_more_than_scheme_and_host_is_refused(text):
    problems = find_problems(POSTGRES | {"ASSESSMENT_PUBLIC_URL": text})

    assert set(problems) == {"ASSESSMENT_PUBLIC_URL"}
    assert "https://survey.example.org." in next(iter(problems.values()))


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://[::1]:8000",
        "https://a.example/",
        "https://xn--umfrage-mnchen-qsb.example",
        "https://192.0.2.30:8443",
        "https://survey.example.org.",
    ],
)
def test_plain_http_is_allowed_on_loopback_only(text):
    found = settings.read_settings(POSTGRES | {"ASSESSMENT_PUBLIC_URL": text})

    assert found.origin == text.rstrip("/")


def test_random_secret_is_accepted():
    letters = string.ascii_lowercase + string.digits
    makers = (
        lambda: secrets.token_hex(16),
        lambda: secrets.token_hex(32),
        lambda: secrets.token_urlsafe(32),
        lambda: "".join(secrets.choice(letters) for _ in range(48)),
    )

    found = [settings.read_settings(POSTGRES | {"ASSESSMENT_SECRET": make()}) for make in makers for _ in range(50)]

    assert len(found) == 200


def test_unwritable_data_folder_is_reported(tmp_path):
    file = tmp_path / "file"
    file.touch()

    problems = find_problems({"ASSESSMENT_DATA": str(file / "below")})

    assert "Set ASSESSMENT_SECRET, or let ASSESSMENT_DATA name a folder" in problems["ASSESSMENT_SECRET"]


def test_description_of_settings_contains_no_secrets():
    shown = settings.describe_settings(
        settings.read_settings(POSTGRES | {"ASSESSMENT_SMTP_URL": "smtp://name:word@mail.example.org"})
    )

    assert shown["ASSESSMENT_DATABASE_URL"] == "postgresql://app@database/assessment"
    assert shown["ASSESSMENT_SMTP_URL"] == "smtp://name@mail.example.org"
    assert not [text for text in shown.values() if "hidden" in text or "word" in text or SECRET in text]


def test_mail_settings_have_defaults(tmp_path):
    found = settings.read_settings({"ASSESSMENT_DATA": str(tmp_path)} | POSTGRES)

    assert (found.sender, found.mails_per_minute) == ("assessment@survey.example.org", 600)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MAIL_FROM", "Anna <anna@example.org>"),
        ("MAIL_FROM", "anna@example.org\nBcc: x@example.org"),
        ("MAIL_FROM", "anna"),
        ("MAIL_FROM", "a,b@example.org"),
        ("MAILS_PER_MINUTE", "0"),
        ("MAILS_PER_MINUTE", "many"),
        ("SMTP_URL", "smtp://[::1"),
        ("SMTP_URL", "smtp://mail.example.org:99999"),
        ("SMTP_URL", "http://mail.example.org"),
    ],
)
def test_wrong_mail_setting_is_refused(name, text):
    assert set(find_problems(POSTGRES | {f"ASSESSMENT_{name}": text})) == {f"ASSESSMENT_{name}"}


OIDC = {
    "ASSESSMENT_OIDC_ISSUER": "https://login.example.org/realms/berg/",
    "ASSESSMENT_OIDC_CLIENT_ID": "assessment",
    "ASSESSMENT_OIDC_CLIENT_SECRET": "word of the provider",
}


def test_provider_settings_are_read_and_shown_without_the_secret(tmp_path):
    file = tmp_path / "client.txt"
    file.write_text("word of the provider\n")
    from_file = {name: value for name, value in OIDC.items() if not name.endswith("SECRET")}

    found = settings.read_settings(POSTGRES | OIDC).oidc
    other = settings.read_settings(POSTGRES | from_file | {"ASSESSMENT_OIDC_CLIENT_SECRET_FILE": str(file)})

    assert found == settings.OidcSettings(
        "https://login.example.org/realms/berg", "assessment", "word of the provider", "login.example.org"
    )
    assert other.oidc == found
    assert "word of the provider" not in repr(settings.describe_settings(other))


@pytest.mark.parametrize("name", OIDC)
def test_provider_set_in_part_names_what_is_missing(name):
    assert list(find_problems(POSTGRES | {key: value for key, value in OIDC.items() if key != name})) == [name]


@pytest.mark.parametrize(
    "issuer", ["login.example.org", "http://login.example.org", "https://", "https://login.example.org/?a=b", "ftp://x"]
)
def test_provider_address_that_is_none_or_unencrypted_is_refused(issuer):
    assert list(find_problems(POSTGRES | OIDC | {"ASSESSMENT_OIDC_ISSUER": issuer})) == ["ASSESSMENT_OIDC_ISSUER"]


@pytest.mark.parametrize(
    "secret",
    [
        "0123456789abcdef" * 4,
        "0a1b2c3d4e5f" * 6,
        "aB1" * 20,
        "Monkey1Dragon2" * 4,
        "Correct7Horse7Correct7Horse7Correct7Horse7Correct7",
    ],
)
def test_long_secret_with_pattern_is_rejected(tmp_path, secret):
    problems = find_problems({"ASSESSMENT_DATA": str(tmp_path), "ASSESSMENT_SECRET": secret})

    assert list(problems) == ["ASSESSMENT_SECRET"]
