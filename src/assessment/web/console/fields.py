"""Reads what people write into fields; mistakes are noted, not raised, so that all are told at once."""

import re
from datetime import date

from assessment.web.console.form import Form
from assessment.web.console.refusals import Fault
from assessment.wording import Wording
from assessment.wording.sentences import N_

LENGTH_MOST = 20
APART = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")  # 1.000: a thousand to one reader, one to another


def day(form: Form, name: str, wrong: list[Fault]) -> date | None:
    """Read a day as browsers send it; None where it is left out."""
    text = form.text(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong.append((name, N_("Give a date like 2027-01-31, or leave it out.")))
        return None


def whole(form: Form, name: str, wrong: list[Fault]) -> int | None:
    """Read a whole number; None where it is left out."""
    text = form.text(name)
    if text.isascii() and text.isdecimal() and len(text) <= LENGTH_MOST // 4:
        return int(text)
    if text:
        wrong.append((name, N_("Give a whole number.")))
    return None


def names(form: Form, name: str) -> tuple[str, ...]:
    """Read a list of names, apart by spaces, lines, commas or semicolons."""
    return tuple(re.split(r"[\s,;]+", form.text(name))) if form.text(name) else ()


def written(value: float, words: Wording) -> str:
    """Write a number as a field shows it, and as `number` reads it back."""
    text = words.typed(value)
    return f"{text}0" if APART.fullmatch(text.replace(",", ".")) else text


def number(form: Form, name: str, wrong: list[Fault]) -> float | None:
    """Read a number, with a point or a comma; None where it is left out."""
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
