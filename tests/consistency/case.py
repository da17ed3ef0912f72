"""One report to be read: what it was made of, its messages and its editions as text."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Report
from assessment.domain.report.message import Message
from assessment.domain.result import Result
from assessment.i18n import get_translator

WORDS = get_translator("en")
Messages = tuple[Message, ...]


class Case(Struct, frozen=True):
    """A report, what it was made of, and its editions as text."""

    questionnaire: Questionnaire
    result: Result
    report: Report
    editions: dict[str, str]


def messages_of(node: object) -> Iterator[Message]:
    """Every message of a report, those within others too."""
    if isinstance(node, Message):
        yield node
        yield from messages_of(tuple(node.values.values()))
    elif isinstance(node, Struct):
        yield from messages_of(tuple(getattr(node, name) for name in node.__struct_fields__))
    elif isinstance(node, tuple | list):
        for inner in node:
            yield from messages_of(inner)


def without(text: str, sentences: Iterable[str]) -> str:
    """Cut sentences out of a text, the longest first."""
    for sentence in sorted({" ".join(one.split()) for one in sentences}, key=len, reverse=True):
        text = text.replace(sentence, "·")
    return text
