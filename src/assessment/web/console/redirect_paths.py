"""Paths to go to after sign-in."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from assessment.web.console.flash import NOTICE_FIELD

HOME_PATH = "/console"
BEGUN_PARAMETER = "begun"  # query parameter right after sign-in: if there is no cookie then, the browser blocks cookies
OWN_PARAMETERS = (BEGUN_PARAMETER, NOTICE_FIELD)  # about one redirect: a link could show any notice with them
MAX_LENGTH = 1_500  # the path is part of a cookie while the provider signs someone in; browsers store 4,096 bytes
MAX_PARAMETERS = 50
PRINTABLE = re.compile(r"[!-\[\]-~]*")  # ASCII without space and backslash, which browsers read as a slash
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
CONSOLE_PATH = re.compile(r"/console(?:/(?!\.+(?:/|$))[\w,.-]+)*", re.ASCII)  # no segment of dots alone


def validate_redirect_path(then: str) -> str:
    """Return `then` if it is a path of the console, with or without a query, otherwise "": prevents open redirects.

    The query is encoded again, without `OWN_PARAMETERS`.
    """
    if len(then) > MAX_LENGTH or "//" in then or not PRINTABLE.fullmatch(then):
        return ""
    try:
        parts = urlsplit(then)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.fragment or not CONSOLE_PATH.fullmatch(parts.path):
        return ""
    if any(CONTROLS.search(text) for pair in pairs for text in pair):
        return ""
    path = add_query(parts.path, urlencode([pair for pair in pairs if pair[0] not in OWN_PARAMETERS]))
    return path if len(path) <= MAX_LENGTH else ""


def add_query(path: str, query: str) -> str:
    """Return a path with one more part of a query, which may be empty."""
    return f"{path}{'&' if '?' in path else '?'}{query}" if query else path
