"""Validation of an assessment's settings against its questionnaire (method 4 and 8)."""

from collections.abc import Collection, Iterator, Mapping

from assessment.domain.answers import CONSENSUS, Settings
from assessment.domain.disclosure import LEAST_MINIMUM_GROUP
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import Problem, with_values

MODES = ("survey", CONSENSUS)
HIGHEST = 100.0
IMPORTANCE = range(1, 6)


def faults(questionnaire: Questionnaire, settings: Settings) -> tuple[Problem, ...]:
    """Return all problems of `settings`, each with a JSON pointer."""
    return tuple(_faults(questionnaire, settings))


def _faults(questionnaire: Questionnaire, settings: Settings) -> Iterator[Problem]:
    functions = [function.id for function in questionnaire.functions]
    if settings.mode not in MODES:
        yield Problem(
            with_values("No mode {name}.", name=repr(settings.mode)), "Use survey or consensus.", pointer="/mode"
        )
    yield from _unknown("/weights", settings.weights, functions)
    yield from _unknown("/targets", settings.targets, functions)
    yield from _unknown("/contacts", settings.contacts, functions)
    yield from _unknown("/importance", settings.importance, [rule.id for rule in questionnaire.rules])
    for name, weight in settings.weights.items():
        if not 0 < weight < float("inf"):
            yield Problem("A weight is above 0.", "Leave it out for the default.", pointer=_place("/weights", name))
    for name, target in settings.targets.items():
        if not 0 <= target <= HIGHEST:
            yield Problem("A target lies between 0 and 100.", "Correct the number.", pointer=_place("/targets", name))
    for name, importance in settings.importance.items():
        if importance not in IMPORTANCE:
            yield Problem("Importance is 1 to 5.", "Correct the number.", pointer=_place("/importance", name))
    for name, shares in settings.contacts.items():
        yield from _contacts(_place("/contacts", name), shares, [channel.id for channel in questionnaire.channels])
    yield from _minimum_group(settings.minimum_group)


def _unknown(pointer: str, given: Mapping[str, object], known: Collection[str]) -> Iterator[Problem]:
    for name in given:
        if name not in known:
            message = with_values("No {name} in this questionnaire.", name=repr(name))
            remedy = with_values("Use {known}.", known=tuple(known))
            yield Problem(message, remedy, pointer=_place(pointer, name))


def _contacts(pointer: str, shares: Mapping[str, float], channels: Collection[str]) -> Iterator[Problem]:
    yield from _unknown(pointer, shares, channels)
    for name, share in shares.items():
        if not 0 <= share < float("inf"):
            yield Problem("A share of contacts is 0 or more.", "Correct the number.", pointer=_place(pointer, name))
    if shares and not any(share > 0 for share in shares.values()):
        yield Problem("One channel at least has contacts.", "Raise a share, or leave all out.", pointer=pointer)


def _minimum_group(k: int | None) -> Iterator[Problem]:
    if k is not None and k < LEAST_MINIMUM_GROUP:
        message = with_values("A group of {size} is too small to keep answers private.", size=k)
        yield Problem(message, with_values("Use {least} or more.", least=LEAST_MINIMUM_GROUP), pointer="/minimum_group")


def _place(pointer: str, name: str) -> str:
    """Append a name to a JSON pointer, escaped (RFC 6901)."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
