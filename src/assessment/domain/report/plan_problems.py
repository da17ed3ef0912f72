"""Checks of the consultant's changes to the roadmap, with JSON pointers."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from assessment.domain.days import find_day_problems, parse_day
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.details import ActionEdit
from assessment.errors import Problem, with_values

MAX_LINE_LENGTH, MAX_NOTE_LENGTH, MAX_REASON_LENGTH = 240, 2000, 2000
LINE_FIELDS = ("title", "owner", "baseline", "goal")
MAX_QUOTED_LENGTH = 60  # characters of an unknown id that an error message repeats


def find_plan_problems(
    actions: Mapping[str, ActionEdit], order: Sequence[str], dropped: Mapping[str, str], questionnaire: Questionnaire
) -> Iterator[Problem]:
    """Yield every problem of changed actions, the order, and dropped advice."""
    known = {rule.id for rule in questionnaire.rules}
    for name, edit in actions.items():
        pointer = f"/actions/{escape_pointer(name)}"
        yield from _check_advice_id(name, known, pointer)
        yield from _check_action(edit, pointer)
    for place, name in enumerate(order):
        yield from _check_advice_id(name, known, f"/order/{place}")
    if len(set(order)) != len(order):
        yield Problem("The order names an action twice.", "Name each once.", pointer="/order", code="duplicate")
    for name, reason in dropped.items():
        pointer = f"/dropped/{escape_pointer(name)}"
        yield from _check_advice_id(name, known, pointer)
        if not reason.strip():
            yield Problem(
                "An action left out without a reason.", "Say why, for your colleagues.", pointer=pointer, code="missing"
            )
        yield from check_length(reason, MAX_REASON_LENGTH, pointer)


def _check_action(edit: ActionEdit, pointer: str) -> Iterator[Problem]:
    for name in LINE_FIELDS:
        yield from check_length(getattr(edit, name), MAX_LINE_LENGTH, f"{pointer}/{name}")
    yield from check_length(edit.note, MAX_NOTE_LENGTH, f"{pointer}/note")
    for name in ("start", "due"):
        yield from find_day_problems(getattr(edit, name), f"{pointer}/{name}")
    start, due = parse_day(edit.start), parse_day(edit.due)
    if start is not None and due is not None and due < start:
        yield Problem(
            "It is due before it starts.", "Choose a later day.", pointer=f"{pointer}/due", code="not-allowed"
        )


def _check_advice_id(name: str, known: Collection[str], pointer: str) -> Iterator[Problem]:
    if name not in known:
        message = with_values("There is no advice {name}.", name=repr(name[:MAX_QUOTED_LENGTH]))
        yield Problem(message, "Use an id of `advice` in the scores.", pointer=pointer, code="unknown-value")


def check_length(text: str, max_length: int, pointer: str) -> Iterator[Problem]:
    """Yield a problem if a text has more than `max_length` characters."""
    if len(text) > max_length:
        yield Problem(
            with_values("More than {most} characters.", most=max_length),
            "Say it in fewer.",
            pointer=pointer,
            code="too-long",
        )


def escape_pointer(name: str) -> str:
    """Escape a key for a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
