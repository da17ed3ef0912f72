"""Ranks: nothing is ahead, behind, strongest or weakest but by the rule of method 4."""

import math
import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.message import Message
from assessment.domain.result import DimensionResult, FunctionResult
from assessment.i18n.messages import MESSAGES
from tests.consistency.case import WORDS, Case, Messages, without

RANKS = re.compile(
    r"\b(is|are) (far )?(ahead|behind|the weakest|the strongest)\b|\b(strongest|weakest|leads|trails) in\b"
    r"|\b[Ww]eakest dimension\b|\b(is|are) (the )?(furthest|lowest|highest)\b|\bLowest\b"
)
LEAST_APART, SLACK = 5.0, 1e-6
FIRST = ("functions.both", "functions.two", "functions.leads")
LAST = ("functions.both", "functions.two", "functions.trails", "balance.flagged", "pattern.behind")
CHECKED = ("functions.", "function.", "pattern.", "answer.pattern", "balance.", "about.", "targets.")  # see below
UNRANKED = ("method.", "hand-offs.", "cut.", "note.capped")  # speak of no function or dimension that is ahead


def function_ranks(case: Case, messages: Messages) -> Iterator[str]:
    """Sentences that rank functions."""
    texts = case.questionnaire.text("en")
    scored = {texts.functions[name]: part for name, part in case.result.functions.items() if part.score is not None}
    for message in messages:
        values = message.values
        if message.id in FIRST and not _is_end(case, scored, values["strongest"], best=True):
            yield f"{message.id} ranks {values['strongest']} first"
        if message.id in LAST and not _is_end(case, scored, values["weakest"], best=False):
            yield f"{message.id} ranks {values['weakest']} last"
        if message.id == "targets.furthest":
            distances = {name: replace(part, score=part.target - (part.score or 0.0)) for name, part in scored.items()}
            if not _is_end(case, distances, values["function"], best=True):
                yield f"targets.furthest ranks {values['function']}"
        if message.id == "about.lowest" and len(values["functions"]) == 1:
            (weakest,) = values["functions"]
            if not _is_end(case, scored, weakest, best=False):
                yield f"about.lowest ranks {weakest} last"


def dimension_ranks(case: Case, messages: Messages) -> Iterator[str]:
    """Sentences that rank the dimensions of a function."""
    texts = case.questionnaire.text("en")
    functions = {texts.functions[name]: part for name, part in case.result.functions.items()}
    for message in messages:
        if message.id == "pattern.weakest":
            yield from _list_unsupported_patterns(case, message.values["dimension"])
        for name, best in _ranked(message):
            parts = functions[message.values["function"]].dimensions
            titled = {texts.dimensions[key].title: part for key, part in parts.items()}
            if not _is_end(case, titled, name, best=best):
                yield f"{message.id} ranks {name} of {message.values['function']}"


def _list_unsupported_patterns(case: Case, dimension: str) -> Iterator[str]:
    """Functions in which a dimension is not the weakest by the rule, though the title says so of all."""
    texts = case.questionnaire.text("en")
    for name, function in case.result.functions.items():
        titled = {texts.dimensions[key].title: part for key, part in function.dimensions.items()}
        if function.score is not None and not _is_end(case, titled, dimension, best=False):
            yield f"pattern.weakest ranks {dimension} of {name}"


def _ranked(message: Message) -> Iterator[tuple[str, bool]]:
    values = message.values
    if message.id == "function.range":
        yield values["strongest"], True
        yield values["weakest"], False
    elif message.id in ("function.strongest", "function.weakest"):
        yield values["dimension"], message.id == "function.strongest"


def _is_end(case: Case, parts: Mapping[str, FunctionResult | DimensionResult], name: str, *, best: bool) -> bool:
    """Tell whether a part is first (last), and ahead of (behind) the next, and all tied with it, by the rule."""
    known = sorted(((part.score, key) for key, part in parts.items() if part.score is not None), reverse=best)
    if len(known) == 1 or known[0][1] != name:
        return False
    difference = abs(known[0][0] - known[1][0])
    if difference + SLACK < LEAST_APART:
        return False
    if case.report.consensus:
        return True
    tied = [parts[key].half_width for score, key in known[1:] if abs(score - known[1][0]) < SLACK]
    own = parts[name].half_width
    return own is not None and all(other is not None and difference > math.hypot(own, other) + SLACK for other in tied)


def ranks_on_pages(case: Case, messages: Messages) -> Iterator[str]:
    """Ranks that pages add to the sentences of the report; and no page asks not to rank what others rank."""
    allowed = [WORDS.render_message(one) for one in messages if one.id.startswith((*CHECKED, *UNRANKED))]
    allowed += _explained(case.questionnaire)
    for name, text in case.editions.items():
        rest = without(text, allowed)
        for found in RANKS.finditer(rest):
            yield f"{name} ranks: {rest[max(0, found.start() - 50) : found.end() + 30]}"
        if "overlap" in rest:
            yield f"{name} asks not to rank where intervals overlap"


def _explained(questionnaire: Questionnaire) -> list[str]:
    """Titles and texts of advice, and what pages explain."""
    rules = questionnaire.text("en").rules.values()
    explained = [
        "is called ahead, behind, strongest or weakest",
        "Ahead or behind from a distance of",
        MESSAGES["about.lowest"][0].split("{")[0],
    ]
    return [*(text for rule in rules for text in (rule.title, rule.why, *rule.steps, rule.indicator)), *explained]
