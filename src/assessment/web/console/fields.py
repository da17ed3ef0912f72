"""Parse form fields; errors are collected in `wrong` rather than raised, to show all of them at once."""

import re
from datetime import date

from assessment.web.console.form import Form
from assessment.web.console.refusals import Fault
from assessment.wording import Wording
from assessment.wording.sentences import N_

LENGTH_MOST = 20
APART = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")  # 1.000 is ambiguous: a thousand in German, one in English


def day(form: Form, name: str, wrong: list[Fault]) -> date | None:
    """Parse an ISO date; None if empty or invalid."""
    text = form.text(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong.append((name, N_("Give a date like 2027-01-31, or leave it out.")))
        return None


def whole(form: Form, name: str, wrong: list[Fault]) -> int | None:
    """Parse a whole number; None if empty or invalid."""
    text = form.text(name)
    if text.isascii() and text.isdecimal() and len(text) <= LENGTH_MOST // 4:
        return int(text)
    if text:
        wrong.append((name, N_("Give a whole number.")))
    return None


def names(form: Form, name: str) -> tuple[str, ...]:
    """Split a list at spaces, line breaks, commas or semicolons."""
    return tuple(re.split(r"[\s,;]+", form.text(name))) if form.text(name) else ()


def written(value: float, words: Wording) -> str:
    """Format a number for a field, so that `number` accepts it: 1.125 becomes 1.1250, which is unambiguous."""
    text = words.typed(value)
    return f"{text}0" if APART.fullmatch(text.replace(",", ".")) else text


def number(form: Form, name: str, wrong: list[Fault]) -> float | None:
    """Parse a non-negative number with a decimal point or comma; None if empty or invalid."""
    text = form.text(name).replace(",", ".")
    if not text:
        return None
    if APART.fullmatch(text):
        wrong.append((name, N_("Write thousands without a mark between them: 1000.")))
        return None
    if text.isascii() and text.replace(".", "", 1).isdecimal() and len(text) <= LENGTH_MOST:
        return float(text)
    wrong.append((name, N_("Give a number of 0 or more, or leave it out.")))
    return None
