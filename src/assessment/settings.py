"""What an operator sets by environment; every mistake is reported at once, when the program starts."""

import secrets
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from assessment.errors import InvalidError, Problem

T = TypeVar("T")

PREFIX = "ASSESSMENT_"
SECRETS = ("DATABASE_URL", "SECRET", "SMTP_URL")
SECRET_LEAST = 32
MINIMUM_GROUP_LEAST = 3


class Settings(Struct, frozen=True, kw_only=True):
    """One process's settings; `minimum_group` None leaves it to the questionnaire."""

    data: Path
    database_url: str
    public_url: str
    secret: str
    smtp_url: str | None = None
    questionnaires: Path | None = None
    minimum_group: int | None = None

    @property
    def origin(self) -> str:
        """Scheme and host of the public URL, as a browser sends it in `Origin`."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def secure(self) -> bool:
        """Whether cookies can be `Secure`: anything but plain http, which only loopback may use."""
        return urlsplit(self.public_url).scheme == "https"


def is_loopback(host: str) -> bool:
    """Tell whether `host` never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read(environ: Mapping[str, str]) -> Settings:
    """Read the settings; `InvalidError` names every one that is wrong or missing."""
    problems: list[Problem] = []

    def take(name: str, convert: Callable[[str], T], default: T | None = None) -> T | None:
        try:
            text = _text(environ, name)
            return default if text is None else convert(text)
        except (ValueError, OSError) as error:
            problems.append(Problem(str(error), file=PREFIX + name))
            return default

    data = take("DATA", Path, Path("data")) or Path("data")
    settings = {
        "data": data,
        "database_url": take("DATABASE_URL", _database, f"sqlite:///{data.absolute() / 'assessment.sqlite3'}"),
        "public_url": take("PUBLIC_URL", _public_url),
        "secret": take("SECRET", _secret),
        "smtp_url": take("SMTP_URL", str),
        "questionnaires": take("QUESTIONNAIRES", _folder),
        "minimum_group": take("MINIMUM_GROUP", _group),
    }
    named = {problem.file for problem in problems}
    for name, remedy in (
        ("PUBLIC_URL", "Set it to the address people open, like https://survey.example.org."),
        ("SECRET", f"Set it to random text, like {secrets.token_urlsafe(SECRET_LEAST)}"),
    ):
        if settings[name.lower()] is None and PREFIX + name not in named:
            problems.append(Problem("is missing.", remedy, file=PREFIX + name))
    if problems:
        msg = "Some settings are wrong"
        raise InvalidError(msg, problems)
    return Settings(**settings)  # type: ignore[arg-type]  # None was refused above where it may not be


def _text(environ: Mapping[str, str], name: str) -> str | None:
    """Read the value, or for a secret the content of the file that `..._FILE` names."""
    text = environ.get(PREFIX + name)
    file = environ.get(f"{PREFIX}{name}_FILE") if name in SECRETS else None
    if file:
        if text:
            msg = f"is set, and so is {PREFIX}{name}_FILE: set one of them."
            raise ValueError(msg)
        text = Path(file).read_text(encoding="utf-8").strip()
    return text or None


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        msg = "must start with sqlite:/// or postgresql://."
        raise ValueError(msg)
    return text


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        msg = "must be scheme and host only, like https://survey.example.org."
        raise ValueError(msg)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        msg = "must use https: answers are confidential."
        raise ValueError(msg)
    return text.rstrip("/")


def _secret(text: str) -> str:
    if len(text) < SECRET_LEAST or len(set(text)) < SECRET_LEAST // 4:
        msg = f"must be random text of at least {SECRET_LEAST} characters."
        raise ValueError(msg)
    return text


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        msg = f"names {text}, which is not a folder."
        raise ValueError(msg)
    return path


def _group(text: str) -> int:
    if not text.isdecimal() or int(text) < MINIMUM_GROUP_LEAST:
        msg = f"must be a whole number, {MINIMUM_GROUP_LEAST} or more."
        raise ValueError(msg)
    return int(text)
