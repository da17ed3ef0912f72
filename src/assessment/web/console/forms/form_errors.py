"""Form errors: render the page again with the typed values and the errors; nothing is saved."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from litestar import Request, Response
from msgspec import Struct

from assessment.errors import InvalidError, Problem
from assessment.i18n import Translator, get_translator
from assessment.i18n.messages import N_
from assessment.web.http.languages import get_page_language
from assessment.web.http.page_responses import render_page

LIST_INDEX = re.compile(r"(?<=^domains):\d+$")  # one text field contains the whole list
FieldError: TypeAlias = tuple[str, str | Problem]  # field id, message


class InvalidFormError(InvalidError):
    """Raised for a form with errors, to roll back the transaction; rendered as `template` with `context`."""

    def __init__(self, template: str, errors: Iterable[FieldError], context: Mapping[str, object]) -> None:
        super().__init__()
        self.template = template
        self.errors = tuple(errors)
        self.context = context


class FormErrors(Struct, frozen=True):
    """Translated errors of a form, for the error summary and the fields."""

    errors: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.errors)

    def message_for(self, field: str) -> str:
        """Return the first error of a field; empty if it has none."""
        return next((message for name, message in self.errors if name == field), "")


NO_ERRORS = FormErrors()


# What a form says of a value that is none of its choices: a service names ids, readers know the labels.
CHOICE_MESSAGES = {
    "confidentiality": N_("Choose “Confidential”, “Anonymous” or “Attributable”."),
    "mode": N_("Choose “Individual survey” or “Team consensus”."),
    "questionnaire": N_("Choose a questionnaire from the list."),
}
CHOICE_CODES = {"unknown-value", "not-found"}


def map_field_errors(problems: Iterable[Problem]) -> tuple[FieldError, ...]:
    """Map problems to fields by their JSON pointers: `/a/b` is the field `a:b`."""
    errors = []
    for problem in problems:
        field = problem.pointer.strip("/").replace("/", ":").replace("~1", "/").replace("~0", "~")
        field = LIST_INDEX.sub("", field)
        is_choice = field in CHOICE_MESSAGES and problem.code in CHOICE_CODES
        errors.append((field, CHOICE_MESSAGES[field] if is_choice else problem))
    return tuple(errors)


@contextmanager
def raise_form_errors(template: str, context: Mapping[str, object]) -> Iterator[None]:
    """Raise an `InvalidError` in the block as `InvalidFormError`, with each problem at its field."""
    try:
        yield
    except InvalidFormError:
        raise
    except InvalidError as error:
        raise InvalidFormError(template, map_field_errors(error.problems), context) from error


def show_form_errors(request: Request[Any, Any, Any], error: InvalidFormError) -> Response[Any]:
    """Render the form again, with errors in the reader's language."""
    translator = get_translator(get_page_language(request).language)
    messages = tuple((field, _translate_error(translator, message)) for field, message in error.errors)
    return render_page(error.template, error.status, **{**error.context, "form_errors": FormErrors(messages)})


def _translate_error(translator: Translator, message: str | Problem) -> str:
    if isinstance(message, Problem):
        return f"{translator.translate_error(message.message)} {translator.translate_error(message.remedy)}".strip()
    return translator.translate_error(message)
