"""Bounds of figures that depend on answers and so can't be recomputed: range, release steps, number of people."""

from collections.abc import Iterator, Sequence
from typing import Any

from assessment.domain.answers import CONSENSUS, RUNGS
from assessment.domain.checking.differences import Difference
from assessment.domain.checking.following import items_of
from assessment.domain.checking.known import guard_of
from assessment.domain.disclosure import CLASSES, OPEN, Guard, guard
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ItemResult, PerceptionGapResult, Result

SLACK = 1e-6
STEP = 100 / (RUNGS - 1)
UNCHECKED = (
    "scores of single items and hand-off rows",
    "counts of people and answers",
    "how answers lie on the rungs",
    "agreement and coverage",
    "widths of intervals",
    "authority, support and risk of set-up-to-fail",
    "leaders' and practitioners' means, leaders' don't-knows, goal agreement",
    "independence and readiness",
)


def implausible(questionnaire: Questionnaire, result: Result) -> Iterator[Difference]:
    """Yield every figure that no answers and disclosure rules can produce."""
    yield from _settings(questionnaire, result)
    yield from _rules(questionnaire, result)
    rules = guard_of(result)
    for name, item in items_of(result).items():
        yield from _item(name, item, result, rules)
    yield from _respondents(result)
    yield from _parts(questionnaire, result, rules)
    yield from _means(result, rules)


def _settings(questionnaire: Questionnaire, result: Result) -> Iterator[Difference]:
    known = {function.id for function in questionnaire.functions}
    for name, function in result.functions.items():
        if name not in known:
            yield Difference(f"functions.{name}", name, "a function of the questionnaire", fatal=True)
        if not function.weight > 0:
            yield Difference(f"functions.{name}.weight", function.weight, "above 0", fatal=True)
        if not 0 <= function.target <= 100:  # noqa: PLR2004 - the scale
            yield Difference(f"functions.{name}.target", function.target, "0 to 100", fatal=True)
        shares = function.hand_off.contacts.values()
        if any(share < 0 for share in shares) or (shares and not any(shares)):
            yield Difference(f"functions.{name}.hand_off.contacts", list(shares), "shares, one above 0", fatal=True)


def _rules(questionnaire: Questionnaire, result: Result) -> Iterator[Difference]:
    """Check that the disclosure rules are those of the questionnaire for the recorded minimum group."""
    note = result.disclosure
    expected = OPEN.note if note is None else guard(questionnaire.disclosure, note.minimum_group).note
    if note != expected or (note is not None and result.mode == CONSENSUS):
        yield Difference("disclosure", note, expected, fatal=True)


def _item(name: str, item: ItemResult, result: Result, rules: Guard) -> Iterator[Difference]:
    yield from _step(name, item.score, rules)
    if item.score is not None and item.n is None:
        yield Difference(f"{name}.n", None, "how many answers stand behind the score")
    for part, count in (("n", item.n), ("dk", item.dk)):
        if count is not None and not 0 <= count <= result.respondents.counted:
            yield Difference(f"{name}.{part}", count, f"0 to {result.respondents.counted}")
    if item.n is not None and rules.hides(item.n):
        yield Difference(f"{name}.n", item.n, f"{rules.needed} or more, else hidden")
    if item.distribution is not None:
        yield from _distribution(f"{name}.distribution", item, rules, personal=name in result.personal)


def _distribution(path: str, item: ItemResult, rules: Guard, *, personal: bool) -> Iterator[Difference]:
    """Check that the shares add up to 1 and are multiples of the step for this number of answers."""
    shares, parts = item.distribution or (), item.n or 0
    expected = RUNGS
    if rules.needed is not None:
        parts, expected = rules.parts(parts) or 0, len(CLASSES)
    if not parts or item.score is None or (personal and rules.needed is not None):
        yield Difference(path, list(shares), None)
    elif len(shares) != expected or abs(sum(shares) - 1) > SLACK:
        yield Difference(path, list(shares), f"{expected} shares that make up the whole")
    elif any(share < 0 or abs(share * parts - round(share * parts)) > SLACK for share in shares):
        yield Difference(path, list(shares), f"steps of 1/{parts}")
    elif rules.needed is None and not _holds(shares, item.score):
        yield Difference(path, list(shares), f"rungs on both sides of {item.score}")


def _holds(shares: Sequence[float], score: float) -> bool:
    """Return whether the score is between the lowest and highest rung with answers, as any weighted mean must be."""
    taken = [rung for rung, share in enumerate(shares) if share > 0]
    return taken[0] * STEP - SLACK <= score <= taken[-1] * STEP + SLACK


def _step(name: str, score: float | None, rules: Guard) -> Iterator[Difference]:
    if score is None:
        return
    if not 0 <= score <= 100:  # noqa: PLR2004 - the scale
        yield Difference(f"{name}.score", score, "0 to 100")
    elif rules.step_of(score) != score:
        yield Difference(f"{name}.score", score, "on the steps of the disclosure rules")


def _respondents(result: Result) -> Iterator[Difference]:
    found = result.respondents
    if found.counted < 0 or (found.careless or 0) < 0:
        yield Difference("respondents.counted", found.counted, "0 or more")
    taking_part = found.counted + (0 if result.disclosure is None else found.careless or 0)
    roles = [people for people in found.by_role.values() if people is not None]
    if len(roles) == len(found.by_role) and sum(roles) != taking_part:
        yield Difference("respondents.by_role", sum(roles), taking_part)
    if any(people is not None and not 0 <= people <= taking_part for people in found.by_function.values()):
        yield Difference("respondents.by_function", dict(found.by_function), f"0 to {taking_part} each")
    for name, function in result.functions.items():
        if found.by_function and function.people != found.by_function.get(name):
            yield Difference(f"functions.{name}.people", function.people, found.by_function.get(name))


def _parts(questionnaire: Questionnaire, result: Result, rules: Guard) -> Iterator[Difference]:
    """Check agreement, coverage and numbers of people of all scores with an interval."""
    parts: list[tuple[str, Any]] = [("overall", result.overall)]
    if result.indices.embedding:
        parts.append(("indices.embedding", result.indices.embedding))
    for name, function in result.functions.items():
        parts.append((f"functions.{name}", function))
        parts += [(f"functions.{name}.dimensions.{other}", part) for other, part in function.dimensions.items()]
    for path, part in parts:
        yield from _fraction(f"{path}.coverage", getattr(part, "coverage", None), 100 if rules.needed else None)
        yield from _agreement(f"{path}.agreement", getattr(part, "agreement", None), rules)
        if part.n is not None and not 0 <= part.n <= result.respondents.counted:
            yield Difference(f"{path}.n", part.n, f"0 to {result.respondents.counted}")
        if part.half_width is not None and (part.n or 0) < questionnaire.scoring.interval_minimum:
            yield Difference(f"{path}.n", part.n, f"{questionnaire.scoring.interval_minimum} or more")


def _fraction(path: str, value: float | None, parts: int | None) -> Iterator[Difference]:
    if value is None:
        return
    if not 0 <= value <= 1 or (parts and abs(value * parts - round(value * parts)) > SLACK):
        yield Difference(path, value, f"0 to 1 in steps of 1/{parts}" if parts else "0 to 1")


def _agreement(path: str, value: float | None, rules: Guard) -> Iterator[Difference]:
    if rules.needed is not None:
        yield from _fraction(path, value, 10)
    elif value is not None and value > 1:
        yield Difference(path, value, "at most 1")


def _means(result: Result, rules: Guard) -> Iterator[Difference]:
    """Check means over people: range 0 to 100, release steps, number of people."""
    found = result.indices
    if (risk := found.set_up_to_fail) is not None:
        for name, value in (("score", risk.score), ("authority", risk.authority), ("support", risk.support)):
            yield from _step(f"indices.set_up_to_fail.{name}", value, rules)
        if rules.needed is not None and (risk.red_flags is not None or risk.share_high is not None):
            yield Difference("indices.set_up_to_fail.red_flags", risk.red_flags, "released as a band")
        if risk.score is not None and rules.hides(risk.n or 0):
            yield Difference("indices.set_up_to_fail.n", risk.n, f"{rules.needed} or more, else hidden")
    if (roles := found.outlook) is not None:
        for name, value in (("independence", roles.independence), ("readiness", roles.readiness)):
            yield from _step(f"indices.outlook.{name}", value, rules)
    if (gap := found.perception_gap) is not None:
        yield from _gaps(gap, rules)


def _gaps(gap: PerceptionGapResult, rules: Guard) -> Iterator[Difference]:
    for name, value in (("leader_dont_know", gap.leader_dont_know), ("goal_agreement", gap.goal_agreement)):
        yield from _step(f"indices.perception_gap.{name}", value, rules)
    named = gap.goal_agreement_n
    if (named is None) is not (gap.goal_agreement is None):
        yield Difference("indices.perception_gap.goal_agreement_n", named, "there where goal agreement is")
    if named is not None and any(people < 1 or rules.hides(people) for people in (named.leader, named.practitioner)):
        yield Difference("indices.perception_gap.goal_agreement_n", named, f"{rules.needed or 1} or more on each side")
    for name, one in gap.shown.items():
        path = f"indices.perception_gap.dimensions.{name}"
        for mean in (one.leader, one.practitioner):
            yield from _step(path, mean, rules)
        if one.half_width is not None and not one.half_width > 0:
            yield Difference(f"{path}.half_width", one.half_width, "above 0")
        if any(rules.hides(people or 0) for people in (one.leaders, one.practitioners)):
            yield Difference(f"{path}.leaders", one.leaders, f"{rules.needed} or more on each side, else hidden")
