"""Parse pasted survey links: the URL, only its token, or with text around it."""

import re

TOKEN_PATTERN = re.compile(r"(?:^|/s/)(?P<token>[\w-]{16,64})(?:/code)?/?(?:[^\w/-].*)?$", re.ASCII | re.DOTALL)


def read_token(text: str) -> str:
    """Return the token of a pasted link; empty if there is none."""
    match = TOKEN_PATTERN.search(text.strip())
    return match["token"] if match else ""
