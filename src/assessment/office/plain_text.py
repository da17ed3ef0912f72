"""Text for Office files: characters that XML can't hold are removed, long text is truncated."""

import re

ILLEGAL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
ELLIPSIS = "…"
MAX_PARAGRAPH_LENGTH = 6000  # characters; as long as the longest text that a consultant may write


def clean_text(text: str, limit: int = MAX_PARAGRAPH_LENGTH) -> str:
    """Return text that XML can hold, with line feeds as its only line breaks and at most `limit` characters."""
    legal = ILLEGAL_CHARACTERS.sub("", LINE_BREAKS.sub("\n", text))
    return legal if len(legal) <= limit else legal[: limit - 1].rstrip() + ELLIPSIS


def clean_line(text: str, limit: int = MAX_PARAGRAPH_LENGTH) -> str:
    """Return text on one line."""
    return clean_text(" ".join(clean_text(text).split()), limit)
