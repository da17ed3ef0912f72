"""What a consultant may set for an assessment, held against its questionnaire; all mistakes at once."""

import math
from collections.abc import Collection, Iterator, Mapping

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import Problem

TARGET_MOST = 100.0
IMPORTANCE_MOST = 5


def problems(
    questionnaire: Questionnaire,
    *,
    weights: Mapping[str, float],
    targets: Mapping[str, float],
    contacts: Mapping[str, Mapping[str, float]],
    importance: Mapping[str, int],
    minimum_group: int,
) -> list[Problem]:
    """Name everything that does not fit, by JSON pointer."""
    functions = {function.id for function in questionnaire.functions}
    channels = {channel.id for channel in questionnaire.channels}
    return [
        *_unknown("weights", weights, functions, "function"),
        *(_at("weights", key, "A weight is above 0.") for key, value in weights.items() if not _above_zero(value)),
        *_unknown("targets", targets, functions, "function"),
        *(
            _at("targets", key, "A target is between 0 and 100.")
            for key, value in targets.items()
            if not 0 <= value <= TARGET_MOST
        ),
        *_unknown("contacts", contacts, functions, "function"),
        *(each for function, shares in contacts.items() for each in _shares(function, shares, channels)),
        *_unknown("importance", importance, set(questionnaire.rule), "advice rule"),
        *(
            _at("importance", key, "Importance is 1 to 5.")
            for key, value in importance.items()
            if not 1 <= value <= IMPORTANCE_MOST
        ),
        *_group(questionnaire, minimum_group),
    ]


def _shares(function: str, shares: Mapping[str, float], channels: Collection[str]) -> Iterator[Problem]:
    """At least 0, one of them above; an empty table is as none (method 4)."""
    place = f"contacts/{_escaped(function)}"
    yield from _unknown(place, shares, channels, "channel")
    for channel, share in shares.items():
        if not (math.isfinite(share) and share >= 0):
            yield _at(place, channel, "A share is 0 or more.")
    if shares and not any(share > 0 for share in shares.values()):
        yield Problem("One of the shares must be above 0.", pointer=f"/{place}")


def _group(questionnaire: Questionnaire, minimum_group: int) -> Iterator[Problem]:
    least = questionnaire.disclosure.least_minimum_group
    if minimum_group < least:
        yield Problem(f"The minimum group is {least} or more.", pointer="/minimum_group")


def _unknown(place: str, table: Mapping[str, object], known: Collection[str], noun: str) -> Iterator[Problem]:
    for key in table:
        if key not in known:
            yield _at(place, key, f"The questionnaire has no such {noun}.")


def _at(place: str, key: str, message: str) -> Problem:
    return Problem(message, pointer=f"/{place}/{_escaped(key)}")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _above_zero(value: float) -> bool:
    return math.isfinite(value) and value > 0
