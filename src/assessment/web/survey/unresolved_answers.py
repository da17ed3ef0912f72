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

from assessment.services.survey.answer_validation import AnswerInput
from assessment.settings import Settings
from assessment.web.http import cookies

COOKIE_NAME = "mine"
COOKIE_PART_LENGTH = 3500
MAX_COOKIE_PARTS = 12
MAX_DECOMPRESSED_BYTES = 200_000
MAX_AGE_SECONDS = 24 * 3600


class UnsavedAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """Answer that was not saved because another window had saved first."""

    value: str = ""
    reason: str = ""
    evidence: str = ""


class UnresolvedAnswers(Struct, frozen=True, forbid_unknown_fields=True):
    """Unsaved answers of one response, by item id."""

    response: str = ""
    answers: dict[str, UnsavedAnswer] = msgspec.field(default_factory=dict, name="mine")  # name in open browsers

    def select(self, items: tuple[str, ...]) -> dict[str, UnsavedAnswer]:
        """Return the answers to these items, in their order."""
        return {item: self.answers[item] for item in items if item in self.answers}

    def replace(self, items: Collection[str], new_answers: Mapping[str, AnswerInput]) -> "UnresolvedAnswers":
        """Return a copy without the answers to `items`, and with the new ones."""
        others = {item: answer for item, answer in self.answers.items() if item not in items}
        added = {
            item: UnsavedAnswer(answer.value, answer.reason, answer.evidence) for item, answer in new_answers.items()
        }
        return UnresolvedAnswers(self.response, others | added)


def read_unresolved_answers(request: Request[Any, Any, Any], response_id: str) -> UnresolvedAnswers:
    """Read the cookies; empty if they are missing, damaged or of another response."""
    settings: Settings = request.app.state.settings
    parts = [request.cookies.get(_get_cookie_name(number, settings), "") for number in range(MAX_COOKIE_PARTS)]
    try:
        packed = base64.urlsafe_b64decode("".join(parts))
        unresolved = msgspec.json.decode(
            zlib.decompressobj().decompress(packed, MAX_DECOMPRESSED_BYTES), type=UnresolvedAnswers
        )
    except (ValueError, zlib.error):  # missing or damaged
        return UnresolvedAnswers(response_id)
    return unresolved if unresolved.response == response_id else UnresolvedAnswers(response_id)


def make_unresolved_cookies(request: Request[Any, Any, Any], unresolved: UnresolvedAnswers) -> list[Cookie]:
    """Return the cookies for these answers, and cookies that delete the parts not needed any more."""
    settings: Settings = request.app.state.settings
    packed = (
        base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(unresolved))).decode() if unresolved.answers else ""
    )
    parts = [packed[start : start + COOKIE_PART_LENGTH] for start in range(0, len(packed), COOKIE_PART_LENGTH)][
        :MAX_COOKIE_PARTS
    ]
    part_cookies = [
        cookies.make_named_cookie(_get_cookie_name(number, settings), part, settings)
        for number, part in enumerate(parts)
    ]
    for cookie in part_cookies:
        cookie.max_age = MAX_AGE_SECONDS
    rest = [_get_cookie_name(number, settings) for number in range(len(parts), MAX_COOKIE_PARTS)]
    return part_cookies + [cookies.make_removal_cookie(name, settings) for name in rest if name in request.cookies]


def _get_cookie_name(number: int, settings: Settings) -> str:
    return cookies.get_full_name(f"{COOKIE_NAME}{number}", settings)
