"""Answers that another window has answered otherwise: kept in a cookie of this browser until the person chooses.

The server stores none of them. A cookie holds 4 KB, so that long ones are divided.
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
    """What was chosen in the window that came second."""

    value: str = ""
    reason: str = ""
    evidence: str = ""


class Unresolved(Struct, frozen=True, forbid_unknown_fields=True):
    """Answers by item, of one response."""

    response: str = ""
    mine: dict[str, Mine] = msgspec.field(default_factory=dict)

    def on(self, items: tuple[str, ...]) -> dict[str, Mine]:
        """Return those of one page, in its order."""
        return {item: self.mine[item] for item in items if item in self.mine}

    def replace(self, items: Collection[str], given: Mapping[str, Given]) -> "Unresolved":
        """Replace what is kept of these items."""
        others = {item: each for item, each in self.mine.items() if item not in items}
        added = {item: Mine(each.value, each.reason, each.evidence) for item, each in given.items()}
        return Unresolved(self.response, others | added)


def read_unresolved(request: Request[Any, Any, Any], response: str) -> Unresolved:
    """Return what this browser keeps of a response."""
    settings: Settings = request.app.state.settings
    parts = [request.cookies.get(_name(number, settings), "") for number in range(PARTS_MOST)]
    try:
        packed = base64.urlsafe_b64decode("".join(parts))
        found = msgspec.json.decode(zlib.decompressobj().decompress(packed, PLAIN_MOST), type=Unresolved)
    except (ValueError, zlib.error):  # none, or not one of ours
        return Unresolved(response)
    return found if found.response == response else Unresolved(response)


def unresolved_cookies(request: Request[Any, Any, Any], unresolved: Unresolved) -> list[Cookie]:
    """Return the cookies that keep the answers; the ones not needed any more are removed."""
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
