"""Settings from environment variables; all mistakes are reported at once, at start-up."""

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from assessment.errors import InvalidError, Problem
from assessment.setting_values import (
    MIN_SECRET_LENGTH,
    parse_data_folder,
    parse_database_url,
    parse_folder,
    parse_issuer,
    parse_mail_from,
    parse_mails_per_minute,
    parse_metrics_address,
    parse_minimum_group,
    parse_networks,
    parse_provider_name,
    parse_proxies,
    parse_public_url,
    parse_secret,
    parse_smtp_url,
)

T = TypeVar("T")

PREFIX = "ASSESSMENT_"
SECRET_NAMES = ("DATABASE_URL", "SECRET", "SMTP_URL", "OIDC_CLIENT_SECRET", "BACKUP_KEY")
OTHER_NAMES = (
    "DATA",
    "PUBLIC_URL",
    "QUESTIONNAIRES",
    "MINIMUM_GROUP",
    "PROXIES",
    "MAIL_FROM",
    "MAILS_PER_MINUTE",
    "METRICS_ADDRESS",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_NAME",
    "WEBHOOK_NETWORKS",
)
TEST_PREFIX = f"{PREFIX}TEST_"

SECRET_FILE = "secret"  # noqa: S105 - the name of a file

DEFAULT_MAILS_PER_MINUTE = 600

LOCAL_URL = "http://127.0.0.1:8000"


class OidcSettings(Struct, frozen=True):
    """Provider of OpenID Connect that users may sign in with; `name` is on the button."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


class Settings(Struct, frozen=True, kw_only=True):
    """Settings of a server; with `minimum_group` None the questionnaire decides."""

    data: Path
    database_url: str
    public_url: str
    secret: str
    smtp_url: str | None = None
    mail_from: str | None = None
    mails_per_minute: int = DEFAULT_MAILS_PER_MINUTE
    questionnaires: Path | None = None
    minimum_group: int | None = None
    oidc: OidcSettings | None = None
    webhook_networks: tuple[str, ...] = ()  # may be reached although they are not public
    proxies: int = 0  # number of trusted proxies that add the client to X-Forwarded-For
    backup_key: str | None = None  # backups are encrypted with it
    metrics_address: tuple[str, int] | None = None  # host and port

    @property
    def sender(self) -> str:
        """Sender address of all mails: `mail_from`, otherwise assessment@ and the public host."""
        return self.mail_from or f"assessment@{urlsplit(self.public_url).hostname}"

    @property
    def origin(self) -> str:
        """Scheme and host of the public URL, as in the `Origin` header."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def uses_https(self) -> bool:
        """Return whether cookies are `Secure`: always, except on plain http, which is allowed on loopback only."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def has_unknown_clients(self) -> bool:
        """Return whether client addresses are unknown: https means a proxy in front, but none is trusted."""
        return self.uses_https and not self.proxies


def get_data_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return the platform's default folder for a user's application data."""
    home = Path(environ.get("HOME") or Path.home())
    if platform == "darwin":
        return home / "Library" / "Application Support" / "assessment"
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "assessment"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "assessment"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings; `InvalidError` lists all wrong or missing ones.

    With SQLite, a missing secret is generated once and stored in the data folder, readable by the owner only.
    """
    problems = list(_find_unknown(environ))

    def take(name: str, convert: Callable[[str], T], default: T) -> T:
        try:
            text = _read_value(environ, name)
            return default if text is None else convert(text)
        except (ValueError, OSError) as error:
            problems.append(Problem(str(error), file=PREFIX + name))
            return default

    data = take("DATA", parse_data_folder, get_data_folder(environ)).absolute()
    settings = Settings(
        data=data,
        database_url=take("DATABASE_URL", parse_database_url, f"sqlite:///{data / 'assessment.sqlite3'}"),
        public_url=take("PUBLIC_URL", parse_public_url, ""),
        secret=take("SECRET", parse_secret, ""),
        smtp_url=take("SMTP_URL", parse_smtp_url, None),
        mail_from=take("MAIL_FROM", parse_mail_from, None),
        mails_per_minute=take("MAILS_PER_MINUTE", parse_mails_per_minute, DEFAULT_MAILS_PER_MINUTE),
        questionnaires=take("QUESTIONNAIRES", parse_folder, None),
        minimum_group=take("MINIMUM_GROUP", parse_minimum_group, None),
        proxies=take("PROXIES", parse_proxies, 0),
        backup_key=take("BACKUP_KEY", parse_secret, None),
        metrics_address=take("METRICS_ADDRESS", parse_metrics_address, None),
        webhook_networks=take("WEBHOOK_NETWORKS", parse_networks, ()),
        oidc=_make_oidc_settings(
            take("OIDC_ISSUER", parse_issuer, ""),
            take("OIDC_CLIENT_ID", str, ""),
            take("OIDC_CLIENT_SECRET", str, ""),
            take("OIDC_NAME", parse_provider_name, ""),
        ),
    )
    problems += _find_missing_oidc(environ)
    if not settings.database_url.startswith("sqlite:"):
        problems += _find_missing(settings, {problem.file for problem in problems})
    if problems:
        raise InvalidError("Some settings are wrong", problems)
    return replace(
        settings, public_url=settings.public_url or LOCAL_URL, secret=settings.secret or _load_or_create_secret(data)
    )


def describe_settings(settings: Settings) -> dict[str, str]:
    """Return the effective settings by name of the variable, without secrets."""
    values = {
        "DATA": settings.data,
        "DATABASE_URL": _strip_database_password(settings.database_url),
        "PUBLIC_URL": settings.public_url,
        "SMTP_URL": _strip_password(settings.smtp_url) if settings.smtp_url else "no mail",
        "MAIL_FROM": settings.sender if settings.smtp_url else "no mail",
        "MAILS_PER_MINUTE": settings.mails_per_minute if settings.smtp_url else "no mail",
        "QUESTIONNAIRES": settings.questionnaires or "the shipped ones",
        "MINIMUM_GROUP": settings.minimum_group or "as the questionnaire says",
        "OIDC_ISSUER": settings.oidc.issuer if settings.oidc else "no sign-in by a provider",
        "OIDC_CLIENT_ID": settings.oidc.client_id if settings.oidc else "no sign-in by a provider",
        "PROXIES": settings.proxies,
        "BACKUP_KEY": "backups are encrypted" if settings.backup_key else "backups are not encrypted",
        "METRICS_ADDRESS": "{}:{}".format(*settings.metrics_address) if settings.metrics_address else "no metrics",
        "WEBHOOK_NETWORKS": ", ".join(settings.webhook_networks) or "public addresses only",
    }
    return {PREFIX + name: str(value) for name, value in values.items()}


def _strip_database_password(url: str) -> str:
    from sqlalchemy.engine import URL, make_url  # noqa: PLC0415 - slow, and only `assessment doctor` needs it

    if url.startswith("sqlite:"):
        return url  # no secret in it
    parsed = make_url(url)  # urlsplit refuses brackets in a password
    without_password = URL.create(
        parsed.drivername, parsed.username, host=parsed.host, port=parsed.port, database=parsed.database
    )
    return without_password.render_as_string()


def _strip_password(url: str) -> str:
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    return parts._replace(netloc=user.partition(":")[0] + at + place, query="").geturl()


def _find_unknown(environ: Mapping[str, str]) -> list[Problem]:
    """Report unknown variables with the prefix: most likely a typo, and the setting would silently have no effect."""
    known = [PREFIX + name for name in (*SECRET_NAMES, *OTHER_NAMES)] + [
        f"{PREFIX}{name}_FILE" for name in SECRET_NAMES
    ]
    names = [name for name in environ if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX)]
    return [
        Problem("is not a setting.", _suggest_name(name, known), file=name) for name in sorted(set(names) - set(known))
    ]


def _suggest_name(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."


def _find_missing(settings: Settings, named: set[str]) -> list[Problem]:
    """Report missing settings that can't be generated, because several machines share the database server."""
    remedies = (
        ("PUBLIC_URL", settings.public_url, "Set it to the address people open, like https://survey.example.org."),
        ("SECRET", settings.secret, "Set it, or SECRET_FILE, to the output of: openssl rand -hex 32"),
    )
    return [
        Problem("is missing.", remedy, file=PREFIX + name)
        for name, value, remedy in remedies
        if not value and PREFIX + name not in named
    ]


def _make_oidc_settings(issuer: str, client_id: str, client_secret: str, name: str) -> OidcSettings | None:
    if not (issuer and client_id and client_secret):
        return None
    return OidcSettings(issuer, client_id, client_secret, name or urlsplit(issuer).hostname or issuer)


def _find_missing_oidc(environ: Mapping[str, str]) -> list[Problem]:
    """Report a provider that is configured in part: nobody could sign in with it."""
    remedies = {
        "OIDC_ISSUER": "Set it to the address of the provider, like https://login.example.org.",
        "OIDC_CLIENT_ID": "Set it to the client id that the provider shows for this application.",
        "OIDC_CLIENT_SECRET": "Set it, or OIDC_CLIENT_SECRET_FILE, to the secret that the provider shows.",
    }
    names = {name for name in (*remedies, "OIDC_NAME") if environ.get(PREFIX + name, "").strip()}
    names |= {name for name in remedies if environ.get(f"{PREFIX}{name}_FILE")}
    return [
        Problem("is missing.", remedy, file=PREFIX + name)
        for name, remedy in remedies.items()
        if names and name not in names
    ]


def _load_or_create_secret(data: Path) -> str:
    """Generate the secret once; a concurrent process reads what the first one wrote."""
    path = data / SECRET_FILE
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = data / f".{SECRET_FILE}-{secrets.token_hex(8)}"
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(MIN_SECRET_LENGTH))
        try:
            os.link(scratch, path)  # atomic, and fails if another process was first
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
        return parse_secret(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError) as error:
        remedy = f"Set {PREFIX}SECRET, or let {PREFIX}DATA name a folder that can be written to."
        problem = Problem(f"could not be kept in {path}: {error}.", remedy, file=f"{PREFIX}SECRET")
        raise InvalidError("Some settings are wrong", [problem]) from error


def _read_value(environ: Mapping[str, str], name: str) -> str | None:
    """Read a variable, or for a secret the file in `…_FILE`; None if unset."""
    text = environ.get(PREFIX + name, "").strip()
    file = environ.get(f"{PREFIX}{name}_FILE") if name in SECRET_NAMES else None
    if file:
        if text:
            raise ValueError(f"is set, and so is {PREFIX}{name}_FILE: set one of them.")
        text = Path(file).read_text(encoding="utf-8").strip()
        if not text:
            raise ValueError(f"is to be in {file}, but that is empty.")
    return text or None
