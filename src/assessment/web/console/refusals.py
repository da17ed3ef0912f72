"""Form errors: render the page again with the typed values and the errors; nothing is saved."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from litestar import Request, Response
from msgspec import Struct

from assessment.errors import InvalidError, Problem
from assessment.web.languages import speech
from assessment.web.pages import page
from assessment.wording import Wording, wording

LISTED = re.compile(r"(?<=^domains):\d+$")  # one text field contains the whole list
Fault: TypeAlias = tuple[str, str | Problem]  # field id, message


class RefusedError(InvalidError):
    """Raised for a form with errors, to roll back the transaction; rendered as `template` with `context`."""

    def __init__(self, template: str, faults: Iterable[Fault], context: Mapping[str, object]) -> None:
        super().__init__()
        self.template = template
        self.faults = tuple(faults)
        self.context = context


class Faults(Struct, frozen=True):
    """Translated errors of a form, for the error summary and the fields."""

    found: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.found)

    def at(self, field: str) -> str:
        """Return the first error of a field; empty if it has none."""
        return next((words for name, words in self.found if name == field), "")


NONE = Faults()


def faults(problems: Iterable[Problem]) -> tuple[Fault, ...]:
    """Map problems to fields by their JSON pointers: `/a/b` is the field `a:b`."""
    found = []
    for problem in problems:
        field = problem.pointer.strip("/").replace("/", ":").replace("~1", "/").replace("~0", "~")
        field = LISTED.sub("", field)
        found.append((field, problem))
    return tuple(found)


def show(request: Request[Any, Any, Any], error: RefusedError) -> Response[Any]:
    """Render the form again, with errors in the reader's language."""
    words = wording(speech(request).language)
    told = tuple((field, _told(words, fault)) for field, fault in error.faults)
    return page(error.template, error.status, **{**error.context, "faults": Faults(told)})


def _told(words: Wording, fault: str | Problem) -> str:
    if isinstance(fault, Problem):
        return f"{words.told(fault.message)} {words.told(fault.remedy)}".strip()
    return words.told(fault)
