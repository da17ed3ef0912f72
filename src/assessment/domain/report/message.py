"""Language-independent messages: an id with values. `i18n` translates them to text."""

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct, field


class Percentage(Struct, frozen=True):
    """A percentage: 60 means 60%."""

    percent: Decimal


class Message(Struct, frozen=True):
    """One sentence or label by id.

    Values are texts, integers, decimals, dates, percentages, messages, or tuples of these (joined as a list). The
    value named `count` selects singular or plural.
    """

    id: str
    values: dict[str, Any] = field(default_factory=dict)


MessageValue = str | int | Decimal | date | Percentage | Message


def make_message(identifier: str, **values: MessageValue | tuple[MessageValue, ...]) -> Message:
    """Build a message from keyword values."""
    return Message(identifier, dict(values))
