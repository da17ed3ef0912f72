"""Forms that are refused: the page comes back with what was typed and what is wrong, and nothing is kept."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from litestar import Request, Response
from msgspec import Struct

from assessment.errors import InvalidError, Problem
from assessment.web.languages import speech
from assessment.web.pages import page
from assessment.wording import Wording, wording

LISTED = re.compile(r"(?<=^domains):\d+$")  # one field holds the whole list
Fault: TypeAlias = tuple[str, str | Problem]  # id of the field, what is wrong


class RefusedError(InvalidError):
    """A form with mistakes; raised, so that the transaction is rolled back, and shown as its own page."""

    def __init__(self, template: str, faults: Iterable[Fault], context: Mapping[str, object]) -> None:
        super().__init__()
        self.template = template
        self.faults = tuple(faults)
        self.context = context


class Faults(Struct, frozen=True):
    """What is wrong with a form, for its summary and beside its fields."""

    found: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.found)

    def at(self, field: str) -> str:
        """Return what is wrong with one field; nothing where it is right."""
        return next((words for name, words in self.found if name == field), "")


NONE = Faults()


def faults(problems: Iterable[Problem]) -> tuple[Fault, ...]:
    """Find the fields of problems by their pointers: `/a/b` is the field `a:b`."""
    found = []
    for problem in problems:
        field = problem.pointer.strip("/").replace("/", ":").replace("~1", "/").replace("~0", "~")
        field = LISTED.sub("", field)
        found.append((field, problem))
    return tuple(found)


def show(request: Request[Any, Any, Any], error: RefusedError) -> Response[Any]:
    """Show the form again, with what is wrong in the reader's language."""
    words = wording(speech(request).language)
    told = tuple((field, _told(words, fault)) for field, fault in error.faults)
    return page(error.template, error.status, **{**error.context, "faults": Faults(told)})


def _told(words: Wording, fault: str | Problem) -> str:
    if isinstance(fault, Problem):
        return f"{words.told(fault.message)} {words.told(fault.remedy)}".strip()
    return words.told(fault)
