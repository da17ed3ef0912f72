"""A link as people paste it: the whole address, its end, or with something around it."""

import re

TOKEN = re.compile(r"(?:^|/s/)(?P<token>[\w-]{16,64})(?:/code)?/?(?:[^\w/-].*)?$", re.ASCII | re.DOTALL)


def read_token(text: str) -> str:
    """Return the token of a pasted link; empty where there is none."""
    found = TOKEN.search(text.strip())
    return found["token"] if found else ""
