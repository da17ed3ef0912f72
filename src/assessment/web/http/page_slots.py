"""Rendered pages with slots: rendered once from the template, then only the slots are filled.

A slot is a marker that no text can contain by chance: it has a random number of this process.
"""

import re
import secrets
from collections.abc import Mapping

from markupsafe import Markup, escape
from msgspec import Struct

MARK = secrets.token_hex(12)
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


class SlotMoment:
    """Stands for a moment when a page with slots is rendered."""

    def isoformat(self) -> Markup:
        return make_slot("iso")

    def strftime(self, _format: str) -> Markup:
        return make_slot("clock")
