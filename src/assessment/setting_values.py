"""Parsers of the values of settings; each raises `ValueError` with a remedy."""

import re
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

MIN_SECRET_LENGTH = 32
MIN_SECRET_GUESSES = 10**20  # random text of 32 characters takes 10**27 and more
RANDOM_TEXT = re.compile("[A-Za-z0-9_+/=-]+")
MIN_RANDOM_LENGTH = 43  # 32 bytes as base64; in shorter text, few words can look like this
MIN_DISTINCT_PAIRS = 0.8  # random hex: 0.89, base64: 0.99
MIN_KIND_CHANGES = 0.35  # random hex: 0.47, base64: 0.58; of words, each with a capital: below 0.3
PLACEHOLDERS = ("change", "secret", "password", "example", "default")
LOWEST_MINIMUM_GROUP = 3
MAX_PROXIES = 10
MAX_MAILS_PER_MINUTE = 100_000
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9.-]+")
HOST_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
MAX_HOST_LENGTH = 253
DISCOVERY_SUFFIX = "/.well-known/openid-configuration"
MAX_PROVIDER_NAME = 40
HIGHEST_PORT = 65_535


def is_loopback(host: str) -> bool:
    """Return whether `host` is a loopback address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def parse_data_folder(text: str) -> Path:
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise ValueError(f"names {text}, which is not a folder.")
    return path


def parse_database_url(text: str) -> str:
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - slow, and not needed without a database
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must start with sqlite:/// or postgresql://.")
    try:
        url = make_url(text)
        is_right = "@" not in (url.host or "") and (url.port is None or 0 < url.port <= HIGHEST_PORT)
    except (ArgumentError, ValueError):
        is_right = False
    if not is_right:
        # Not the value: it has a password.
        raise ValueError(
            "names a host or port that can't exist. Write it like postgresql://name:password@database.example.org:5432/"
            "assessment, and special characters of the password as %40 for @, %3A for : and %2F for /."
        )
    return text


def parse_public_url(text: str) -> str:
    parts = _split_url(text, "https://survey.example.org")
    others = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc or "?" in text or "#" in text
    if parts.scheme not in ("http", "https") or not parts.hostname or others:
        raise ValueError("must be scheme and host only, like https://survey.example.org.")
    is_bracketed = "[" in parts.netloc
    if not _is_host(parts.hostname) or not _is_port(parts) or is_bracketed != (":" in parts.hostname):
        raise ValueError("names a host or port that can't exist. Write it like https://survey.example.org.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must use https: answers are confidential.")
    return text.rstrip("/")


def _split_url(text: str, example: str) -> SplitResult:
    """Split a URL; Python's `ValueError` about brackets that do not match, or enclose no address, names no remedy."""
    try:
        return urlsplit(text)
    except ValueError:
        raise ValueError(f"names a host or port that can't exist. Write it like {example}.") from None


def _is_host(host: str) -> bool:
    """Return whether browsers and mail programs accept the host: an IP address, or an ASCII name (IDN as xn--…).

    A zone of an IPv6 address (`%eth0`) means a network card of one machine.
    """
    try:
        return "%" not in host and not ip_address(host).is_unspecified
    except ValueError:
        labels = host.removesuffix(".").split(".")
        # A numeric last label means a mistyped IP address.
        return (
            len(host) <= MAX_HOST_LENGTH
            and all(HOST_LABEL.fullmatch(label) for label in labels)
            and not labels[-1].isdecimal()
        )


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        return False


def parse_secret(text: str) -> str:
    if any(word in text.casefold() for word in PLACEHOLDERS):
        raise ValueError("still is a placeholder: set it to the output of: openssl rand -hex 32")
    if len(text) < MIN_SECRET_LENGTH or not (_looks_random(text) or _estimate_guesses(text) >= MIN_SECRET_GUESSES):
        raise ValueError(
            f"must be random text of at least {MIN_SECRET_LENGTH} characters, like from: openssl rand -hex 32"
        )
    return text


def _looks_random(secret: str) -> bool:
    """Recognise the output of a random generator as hex or base64, to spare every server process zxcvbn's 12 MB.

    Its pairs of characters hardly repeat, and kinds of characters alternate more than in words. May be wrong about
    random text (then zxcvbn decides), but not about text that zxcvbn would reject.
    """
    kinds = ["digit" if letter.isdecimal() else "upper" if letter.isupper() else "lower" for letter in secret]
    changes = sum(first != second for first, second in pairwise(kinds))
    pairs = len(secret) - 1
    distinct = len(set(pairwise(secret)))
    return (
        len(secret) >= MIN_RANDOM_LENGTH
        and RANDOM_TEXT.fullmatch(secret) is not None
        and distinct >= MIN_DISTINCT_PAIRS * pairs
        and changes >= MIN_KIND_CHANGES * pairs
    )


def _estimate_guesses(secret: str) -> float:
    """Estimate the number of guesses for a secret; zxcvbn reads 72 characters at most."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - loads large word lists, and not every command has a secret

    return float(zxcvbn(secret[:72])["guesses"])


def parse_smtp_url(text: str) -> str | None:
    parts = _split_url(text, "smtp://mail.example.org:587")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must be like smtp://name:password@mail.example.org:587, or smtps://….")
    if not _is_port(parts):
        raise ValueError("names a port that can't exist. Write it like smtp://mail.example.org:587.")
    return text


def parse_mail_from(text: str) -> str | None:
    host = text.rpartition("@")[2]
    if not MAIL_ADDRESS.fullmatch(text) or not _is_host(host.lower()):
        raise ValueError("must be an address only, like assessment@example.org.")
    return text


def parse_mails_per_minute(text: str) -> int:
    if not _is_whole_number(text) or not 1 <= int(text) <= MAX_MAILS_PER_MINUTE:
        raise ValueError(f"must be the number of mails that may be sent in a minute, 1 to {MAX_MAILS_PER_MINUTE}.")
    return int(text)


def parse_metrics_address(text: str) -> tuple[str, int] | None:
    host, _colon, port = text.rpartition(":")
    if not _is_whole_number(port) or not 1 <= int(port) <= HIGHEST_PORT or (host and not _is_host(host.strip("[]"))):
        raise ValueError("must be a port, like 9464 (on this machine only), or an address like 10.0.0.5:9464.")
    return host.strip("[]") or "127.0.0.1", int(port)


def parse_issuer(text: str) -> str:
    parts = _split_url(text, "https://login.example.org")
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or not _is_port(parts)
    ):
        raise ValueError("must be the address of a provider, like https://login.example.org.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must use https: someone who reads it could sign in as any user.")
    return text.removesuffix(DISCOVERY_SUFFIX).rstrip("/")


def parse_provider_name(text: str) -> str:
    if len(text) > MAX_PROVIDER_NAME or not text.isprintable():
        raise ValueError(f"must be a name of at most {MAX_PROVIDER_NAME} characters: it stands on a button.")
    return text


def parse_folder(text: str) -> Path | None:
    path = Path(text)
    if not path.is_dir():
        raise ValueError(f"names {text}, which is not a folder.")
    return path


def parse_minimum_group(text: str) -> int | None:
    if not _is_whole_number(text) or int(text) < LOWEST_MINIMUM_GROUP:
        raise ValueError(f"must be a whole number, {LOWEST_MINIMUM_GROUP} or more.")
    return int(text)


def parse_proxies(text: str) -> int:
    if not _is_whole_number(text) or int(text) > MAX_PROXIES:
        raise ValueError(f"must be the number of proxies in front of the server, 0 to {MAX_PROXIES}.")
    return int(text)


def parse_networks(text: str) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(part.strip())) for part in text.split(","))
    except ValueError:
        raise ValueError("must be networks, separated by commas, like 10.1.0.0/16,fd12:3456::/32.") from None


def _is_whole_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < len("1000000")
