"""Rendered pages with slots: rendered once from the template, then only the slots are filled.

A slot is a marker that no text can contain by chance: it has a random number of this process.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from markupsafe import Markup, escape
from msgspec import Struct

MARK = secrets.token_hex(12)
MAX_CACHED_PAGES = 256
Page = TypeVar("Page")
SLOT_PATTERN = re.compile(rf"\[{MARK}\|(?P<name>[^\]]*)\]")


def make_slot(name: str) -> Markup:
    """Return the marker of a slot; `name` must not contain `]`."""
    return Markup("[{}|{}]").format(MARK, name)


class SlottedPage(Struct, frozen=True):
    """HTML split at its slots: `literals` has one entry more than `names`."""

    literals: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def parse_html(cls, html: str) -> "SlottedPage":
        parts = SLOT_PATTERN.split(html)
        return cls(tuple(parts[::2]), tuple(parts[1::2]))

    def fill_slots(self, values: Mapping[str, str]) -> str:
        """Return the HTML; values are escaped unless they are `Markup`. `KeyError` for a slot without a value."""
        parts = [""] * (len(self.literals) + len(self.names))
        parts[::2] = self.literals
        parts[1::2] = [escape(values[name]) for name in self.names]
        return "".join(parts)


class PageCache(Generic[Page]):
    """Cache of one process; emptied when it is full."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, Page] = {}

    def get_page(self, key: Hashable, render: Callable[[], Page]) -> Page:
        """Return the page of a key, rendered unless it is cached; `key` names all that the page depends on."""
        page = self._pages.get(key)
        if page is None:
            if len(self._pages) >= MAX_CACHED_PAGES:
                self._pages.clear()
            page = self._pages[key] = render()
        return page


class SlotMoment:
    """Placeholder of a moment when a page with slots is rendered."""

    def isoformat(self) -> Markup:
        return make_slot("iso")

    def strftime(self, _format: str) -> Markup:
        return make_slot("clock")
