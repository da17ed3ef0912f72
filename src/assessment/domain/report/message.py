"""What is said, not yet in words: a message id and its values.

`wording` alone makes text of it, in the language of the reader.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct, field


class Share(Struct, frozen=True):
    """A percentage; 60 means 60%."""

    percent: Decimal


class Message(Struct, frozen=True):
    """One sentence or label by id.

    Values are text, whole numbers, decimals, dates, shares, further messages, or tuples of these
    (joined as a list). A value named `count` chooses singular or plural.
    """

    id: str
    values: dict[str, Any] = field(default_factory=dict)


Value = str | int | Decimal | date | Share | Message


def say(identifier: str, **values: Value | tuple[Value, ...]) -> Message:
    """Shorten `Message(identifier, {...})`."""
    return Message(identifier, dict(values))
