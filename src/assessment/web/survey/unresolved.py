"""Answers in conflict with another window, stored in cookies until the respondent chooses.

The server stores none of them. They are compressed and split over several cookies, because a cookie is limited to 4 KB.
"""

import base64
import zlib
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from msgspec import Struct

from assessment.services.answering import Given
from assessment.settings import Settings
from assessment.web import cookies

NAME = "mine"
PART_LENGTH = 3500
PARTS_MOST = 12
PLAIN_MOST = 200_000
MAX_AGE = 24 * 3600


class Mine(Struct, frozen=True, forbid_unknown_fields=True):
    """Answer that was not saved because another window had saved first."""

    value: str = ""
    reason: str = ""
    evidence: str = ""


class Unresolved(Struct, frozen=True, forbid_unknown_fields=True):
    """Unsaved answers of one response, by item id."""

    response: str = ""
    mine: dict[str, Mine] = msgspec.field(default_factory=dict)

    def on(self, items: tuple[str, ...]) -> dict[str, Mine]:
        """Return the answers to these items, in their order."""
        return {item: self.mine[item] for item in items if item in self.mine}

    def replace(self, items: Collection[str], given: Mapping[str, Given]) -> "Unresolved":
        """Return a copy without the answers to `items`, and with the new ones."""
        others = {item: each for item, each in self.mine.items() if item not in items}
        added = {item: Mine(each.value, each.reason, each.evidence) for item, each in given.items()}
        return Unresolved(self.response, others | added)


def read_unresolved(request: Request[Any, Any, Any], response: str) -> Unresolved:
    """Read the cookies; empty if they are missing, damaged or of another response."""
    settings: Settings = request.app.state.settings
    parts = [request.cookies.get(_name(number, settings), "") for number in range(PARTS_MOST)]
    try:
        packed = base64.urlsafe_b64decode("".join(parts))
        found = msgspec.json.decode(zlib.decompressobj().decompress(packed, PLAIN_MOST), type=Unresolved)
    except (ValueError, zlib.error):  # missing or damaged
        return Unresolved(response)
    return found if found.response == response else Unresolved(response)


def unresolved_cookies(request: Request[Any, Any, Any], unresolved: Unresolved) -> list[Cookie]:
    """Return the cookies for these answers, and cookies that delete the parts not needed any more."""
    settings: Settings = request.app.state.settings
    packed = (
        base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(unresolved))).decode() if unresolved.mine else ""
    )
    parts = [packed[start : start + PART_LENGTH] for start in range(0, len(packed), PART_LENGTH)][:PARTS_MOST]
    kept = [cookies.named(_name(number, settings), part, settings) for number, part in enumerate(parts)]
    for cookie in kept:
        cookie.max_age = MAX_AGE
    rest = [_name(number, settings) for number in range(len(parts), PARTS_MOST)]
    return kept + [cookies.removed(name, settings) for name in rest if name in request.cookies]


def _name(number: int, settings: Settings) -> str:
    return cookies.full_name(f"{NAME}{number}", settings)
