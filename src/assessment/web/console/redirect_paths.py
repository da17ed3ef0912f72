"""Paths to go to after sign-in."""

import re

HOME_PATH = "/console"
BEGUN_PARAMETER = "begun"  # query parameter right after sign-in: if there is no cookie then, the browser blocks cookies
CONSOLE_PATH = re.compile(r"/console(?:/[\w,-]+)*", re.ASCII)


def validate_redirect_path(then: str) -> str:
    """Return `then` if it is a path of the console, otherwise "": prevents open redirects."""
    return then if CONSOLE_PATH.fullmatch(then) else ""
