"""Paths to go to after sign-in."""

import re

HOME_PATH = "/console"
CONSOLE_PATH = re.compile(r"/console(?:/[\w,-]+)*", re.ASCII)


def validate_redirect_path(then: str) -> str:
    """Return `then` if it is a path of the console, otherwise "": prevents open redirects."""
    return then if CONSOLE_PATH.fullmatch(then) else ""
