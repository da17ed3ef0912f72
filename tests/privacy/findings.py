"""Claims of an attack; each can be compared with the truth."""

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


def kind_of(others: int, k: int, *, alike: bool, alone: bool) -> Kind | None:
    """How bad it is to know the sum of so many others, who all answered at one end if they are `alike`.

    Alone one must not know it of up to k, with an insider's own answers of fewer than k.
    """
    if others == 1 or (alike and others and (alone or others < k)):
        return Kind.ANSWER
    if alike and others:
        return Kind.UNANIMOUS
    return Kind.GROUP if 0 < others < k + alone else None
