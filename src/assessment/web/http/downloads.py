"""Names of downloaded files (RFC 6266): client, title and day, without characters that a file system refuses."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from assessment.domain.text_normalisation import normalize_text

MAX_PART_LENGTH = 60  # characters; the whole must fit into the 255 bytes of a file name
REFUSED_CHARACTERS = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|%;]+')
SEPARATOR = " - "
FALLBACK_NAME = "download"


def build_disposition(parts: Sequence[str | date | None], ending: str) -> str:
    """Return the header Content-Disposition of a file that is named by its parts; empty ones are left out."""
    cleaned = [clean_part(part.isoformat() if isinstance(part, date) else part) for part in parts if part]
    name = SEPARATOR.join(part for part in cleaned if part) or FALLBACK_NAME
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip(" .-") or FALLBACK_NAME
    return f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(f'{name}.{ending}', safe='')}"


def clean_part(text: str) -> str:
    """Return a text without invisible and refused characters; no part begins or ends with a dot or a space."""
    return REFUSED_CHARACTERS.sub("-", normalize_text(text))[:MAX_PART_LENGTH].strip(" .-")
