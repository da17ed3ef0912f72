"""What an attack claims to have found out; every claim can be held against the truth."""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """How bad it is."""

    ANSWER = "answer"  # what one person answered, or each person of a group
    GROUP = "group"  # the sum of a group of fewer than k people
    UNANIMOUS = "unanimous extreme"  # an insider sees that all others answered alike at the very top or bottom


class Finding(Struct, frozen=True):
    """`people` share the sum of raw answers `total`; `insider` is a role and own answer, None: found alone."""

    kind: Kind
    figure: str
    role: str
    people: int
    total: int
    insider: tuple[str, int] | None = None
