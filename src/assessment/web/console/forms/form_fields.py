"""Parse form fields; errors are collected in `errors` rather than raised, to show all of them at once."""

import re
from collections.abc import Iterable
from datetime import date

from assessment.domain.disclosure.guard import SMALLEST_MINIMUM_GROUP
from assessment.errors import with_values
from assessment.i18n import Translator
from assessment.i18n.messages import N_
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import FieldError

GROUP_FIELD = "minimum_group"
MAX_NUMBER_LENGTH = 20
GROUPED_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")  # 1.000 is ambiguous: a thousand in German, one in English


def read_date(form: FormData, name: str, errors: list[FieldError]) -> date | None:
    """Parse an ISO date; None if empty or invalid."""
    text = form.text(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors.append((name, N_("Give a date like 2027-01-31, or leave it out.")))
        return None


def read_integer(form: FormData, name: str, errors: list[FieldError]) -> int | None:
    """Parse a whole number; None if empty or invalid."""
    text = form.text(name)
    if text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_LENGTH // 4:
        return int(text)
    if text:
        errors.append((name, N_("Give a whole number.")))
    return None


def read_smallest_group(form: FormData, errors: list[FieldError]) -> int | None:
    """Parse the smallest group shown; return the minimum group, which is one less: see method 6."""
    people = read_integer(form, GROUP_FIELD, errors)
    return None if people is None else people - 1


def explain_smallest_group(errors: Iterable[FieldError], operator_minimum: int | None) -> list[FieldError]:
    """Name people where a service names the minimum group; `operator_minimum` is the one that the operator has set."""
    least = max(SMALLEST_MINIMUM_GROUP, operator_minimum or 0) + 1
    message = with_values(N_("Enter a number of people, at least {least}."), least=least)
    return [(field, message if field == GROUP_FIELD else problem) for field, problem in errors]


def read_choice(form: FormData, name: str, choices: tuple[int, ...]) -> int:
    """Return the chosen number; the first choice, which gives the least, if it is none of them."""
    return next((number for number in choices if str(number) == form.text(name)), choices[0])


def read_list(form: FormData, name: str) -> tuple[str, ...]:
    """Split a list at spaces, line breaks, commas or semicolons."""
    return tuple(re.split(r"[\s,;]+", form.text(name))) if form.text(name) else ()


def format_number(value: float, translator: Translator) -> str:
    """Format a number for a field, so that `number` accepts it: 1.125 becomes 1.1250, which is unambiguous."""
    text = translator.format_for_input(value)
    return f"{text}0" if GROUPED_THOUSANDS.fullmatch(text.replace(",", ".")) else text


def read_number(form: FormData, name: str, errors: list[FieldError]) -> float | None:
    """Parse a non-negative number with a decimal point or comma; None if empty or invalid."""
    text = form.text(name).replace(",", ".")
    if not text:
        return None
    if GROUPED_THOUSANDS.fullmatch(text):
        errors.append((name, N_("Write thousands without a mark between them: 1000.")))
        return None
    if text.isascii() and text.replace(".", "", 1).isdecimal() and len(text) <= MAX_NUMBER_LENGTH:
        return float(text)
    errors.append((name, N_("Give a number of 0 or more, or leave it out.")))
    return None
