"""Answers in conflict with another window, stored in a cookie until the respondent chooses.

The server stores none of them. Proxies refuse requests whose headers exceed 8 KB, so the cookie is limited: the
conflict page itself carries the answers that do not fit, in hidden fields.
"""

import base64
import math
import zlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from msgspec import Struct

from assessment.domain.survey.answer import Answer
from assessment.settings import Settings
from assessment.web.http import cookies

FIELD_PREFIX = "unsaved:"
MAX_DECOMPRESSED_BYTES = 200_000
MAX_AGE_SECONDS = 24 * 3600


class UnresolvedAnswers(Struct, frozen=True, forbid_unknown_fields=True):
    """Answers of one response that were not saved because another window had saved first, by item id."""

    response: str = ""
    answers: dict[str, Answer] = msgspec.field(default_factory=dict, name="mine")  # name in open browsers

    def select(self, items: tuple[str, ...]) -> dict[str, Answer]:
        """Return the answers to these items, in their order."""
        return {item: self.answers[item] for item in items if item in self.answers}

    def replace(self, items: Collection[str], new_answers: Mapping[str, Answer]) -> "UnresolvedAnswers":
        """Return a copy without the answers to `items`, and with the new ones."""
        others = {item: answer for item, answer in self.answers.items() if item not in items}
        added = {item: Answer(*answer.content) for item, answer in new_answers.items()}
        return UnresolvedAnswers(self.response, others | added)

    def fit_cookie(self, items: Collection[str]) -> "UnresolvedAnswers":
        """Return a copy that fits into the cookie, without the longest answers to `items`."""
        fitting = self
        longest_first = sorted(items, key=lambda item: len(self.answers[item].reason) if item in self.answers else 0)
        while longest_first and len(_pack_answers(fitting)) > cookies.MAX_STORED_LENGTH:
            fitting = fitting.replace([longest_first.pop()], {})
        return fitting


def read_unresolved_answers(request: Request[Any, Any, Any], response_id: str) -> UnresolvedAnswers:
    """Read the cookie; empty if it is missing, damaged or of another response."""
    settings: Settings = request.app.state.settings
    try:
        packed = base64.urlsafe_b64decode(
            request.cookies.get(cookies.get_full_name(cookies.UNRESOLVED_ANSWERS, settings), "")
        )
        unresolved = msgspec.json.decode(
            zlib.decompressobj().decompress(packed, MAX_DECOMPRESSED_BYTES), type=UnresolvedAnswers
        )
    except (ValueError, zlib.error):  # missing or damaged
        return UnresolvedAnswers(response_id)
    return unresolved if unresolved.response == response_id else UnresolvedAnswers(response_id)


def has_unresolved_cookie(request: Request[Any, Any, Any]) -> bool:
    """Return whether the browser sent the cookie, be it outdated or of another response."""
    name = cookies.get_full_name(cookies.UNRESOLVED_ANSWERS, request.app.state.settings)
    return any(other.startswith(name) for other in request.cookies)


def read_unsaved_fields(form: Mapping[str, str], items: Collection[str]) -> dict[str, Answer]:
    """Read the answers that a conflict page has carried in hidden fields."""
    names = {item: f"{FIELD_PREFIX}{item}" for item in items}
    return {
        item: Answer(form[name], form.get(f"{name}:reason", ""), form.get(f"{name}:evidence", ""))
        for item, name in names.items()
        if name in form
    }


def list_unsaved_fields(unsaved: Mapping[str, Answer]) -> list[tuple[str, str]]:
    """List names and values of the hidden fields that carry these answers."""
    return [
        (f"{FIELD_PREFIX}{item}{suffix}", value)
        for item, answer in unsaved.items()
        for suffix, value in (("", answer.value), (":reason", answer.reason), (":evidence", answer.evidence))
    ]


def make_unresolved_cookies(
    request: Request[Any, Any, Any],
    unresolved: UnresolvedAnswers,
    now: datetime | None = None,
    closes_at: datetime | None = None,
) -> list[Cookie]:
    """Return the cookie for these answers (see `fit_cookie`), or one that deletes it if there are none.

    It contains answers, so it ends at the close even in a browser that never comes back.
    """
    settings: Settings = request.app.state.settings
    name = cookies.get_full_name(cookies.UNRESOLVED_ANSWERS, settings)
    outdated = [other for other in request.cookies if other.startswith(name)]  # earlier versions used up to twelve
    if not unresolved.answers:
        return [cookies.make_removal_cookie(other, settings) for other in outdated]
    cookie = cookies.make_named_cookie(name, _pack_answers(unresolved), settings)
    seconds_left = math.ceil((closes_at - now).total_seconds()) if closes_at and now else MAX_AGE_SECONDS
    cookie.max_age = min(MAX_AGE_SECONDS, max(0, seconds_left))
    return [cookie, *(cookies.make_removal_cookie(other, settings) for other in outdated if other != name)]


def _pack_answers(unresolved: UnresolvedAnswers) -> str:
    return base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(unresolved))).decode()
