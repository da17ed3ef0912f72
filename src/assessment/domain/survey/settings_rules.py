"""Validation of an assessment's settings against its questionnaire (method 4 and 8)."""

from collections.abc import Collection, Iterator, Mapping

from assessment.domain.answers import AssessmentSettings
from assessment.domain.closed_sets import Mode
from assessment.domain.disclosure.guard import SMALLEST_MINIMUM_GROUP
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import Problem, with_values

MAX_TARGET = 100.0
IMPORTANCE_RANGE = range(1, 6)


def find_setting_problems(questionnaire: Questionnaire, settings: AssessmentSettings) -> tuple[Problem, ...]:
    """Return all problems of `settings`, each with a JSON pointer."""
    return tuple(_iterate_problems(questionnaire, settings))


def _iterate_problems(questionnaire: Questionnaire, settings: AssessmentSettings) -> Iterator[Problem]:
    functions = [function.id for function in questionnaire.functions]
    if settings.mode not in tuple(Mode):
        yield Problem(
            with_values("No mode {name}.", name=repr(settings.mode)),
            "Use survey or consensus.",
            pointer="/mode",
            code="unknown-value",
        )
    yield from _check_known_names("/weights", settings.weights, functions)
    yield from _check_known_names("/targets", settings.targets, functions)
    yield from _check_known_names("/contacts", settings.contacts, functions)
    yield from _check_known_names("/importance", settings.importance, [rule.id for rule in questionnaire.rules])
    for name, weight in settings.weights.items():
        if not 0 < weight < float("inf"):
            yield Problem(
                "A weight is above 0.",
                "Leave it out for the default.",
                pointer=_extend_pointer("/weights", name),
                code="out-of-range",
            )
    for name, target in settings.targets.items():
        if not 0 <= target <= MAX_TARGET:
            yield Problem(
                "A target lies between 0 and 100.",
                "Correct the number.",
                pointer=_extend_pointer("/targets", name),
                code="out-of-range",
            )
    for name, importance in settings.importance.items():
        if importance not in IMPORTANCE_RANGE:
            yield Problem(
                "Importance is 1 to 5.",
                "Correct the number.",
                pointer=_extend_pointer("/importance", name),
                code="out-of-range",
            )
    for name, shares in settings.contacts.items():
        yield from _check_contacts(
            _extend_pointer("/contacts", name), shares, [channel.id for channel in questionnaire.channels]
        )
    yield from _check_minimum_group(settings.minimum_group)


def _check_known_names(pointer: str, values: Mapping[str, object], names: Collection[str]) -> Iterator[Problem]:
    for name in values:
        if name not in names:
            message = with_values("No {name} in this questionnaire.", name=repr(name))
            remedy = with_values("Use {known}.", known=tuple(names))
            yield Problem(message, remedy, pointer=_extend_pointer(pointer, name), code="unknown-value")


def _check_contacts(pointer: str, shares: Mapping[str, float], channels: Collection[str]) -> Iterator[Problem]:
    yield from _check_known_names(pointer, shares, channels)
    for name, share in shares.items():
        if not 0 <= share < float("inf"):
            yield Problem(
                "A share of contacts is 0 or more.",
                "Correct the number.",
                pointer=_extend_pointer(pointer, name),
                code="out-of-range",
            )
    if shares and not any(share > 0 for share in shares.values()):
        yield Problem(
            "One channel at least has contacts.",
            "Raise a share, or leave all out.",
            pointer=pointer,
            code="out-of-range",
        )


def _check_minimum_group(k: int | None) -> Iterator[Problem]:
    if k is not None and k < SMALLEST_MINIMUM_GROUP:
        message = with_values("A group of {size} is too small to keep answers private.", size=k)
        yield Problem(
            message,
            with_values("Use {least} or more.", least=SMALLEST_MINIMUM_GROUP),
            pointer="/minimum_group",
            code="too-small",
        )


def _extend_pointer(pointer: str, name: str) -> str:
    """Append a name to a JSON pointer, escaped (RFC 6901)."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
