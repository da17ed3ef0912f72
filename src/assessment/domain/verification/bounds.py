"""Bounds of figures that depend on answers and so can't be recomputed: range, release steps, number of people."""

from collections.abc import Iterator, Sequence
from typing import Any

from assessment.domain.answers import RUNG_COUNT
from assessment.domain.closed_sets import Mode
from assessment.domain.disclosure.guard import CLASS_TOP_RUNGS, OPEN_GUARD, DisclosureGuard, build_guard
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ItemResult, PerceptionGapResult, Result
from assessment.domain.scoring.tally import POINTS_PER_RUNG
from assessment.domain.verification.discrepancies import Discrepancy
from assessment.domain.verification.recompute import list_items
from assessment.domain.verification.recompute_inputs import build_guard_of_result

TOLERANCE = 1e-6
UNCHECKED_FIGURES = (
    "scores of single items and hand-off rows",
    "counts of people and answers",
    "how answers lie on the rungs",
    "agreement, coverage and shares of ratings with evidence",
    "widths of intervals",
    "authority, support and risk of set-up-to-fail",
    "leaders' and practitioners' means, leaders' don't-knows, goal agreement",
    "independence and readiness",
)


def find_impossible_figures(questionnaire: Questionnaire, result: Result) -> Iterator[Discrepancy]:
    """Yield every figure that no answers and disclosure rules can produce."""
    yield from _check_settings(questionnaire, result)
    yield from _check_disclosure_rules(questionnaire, result)
    rules = build_guard_of_result(result)
    for name, item in list_items(result).items():
        yield from _check_item(name, item, result, rules)
    yield from _check_respondents(result)
    yield from _check_parts(questionnaire, result, rules)
    yield from _check_means(result, rules)


def _check_settings(questionnaire: Questionnaire, result: Result) -> Iterator[Discrepancy]:
    function_ids = {function.id for function in questionnaire.functions}
    for name, function in result.functions.items():
        if name not in function_ids:
            yield Discrepancy(f"functions.{name}", name, "a function of the questionnaire", fatal=True)
        if not function.weight > 0:
            yield Discrepancy(f"functions.{name}.weight", function.weight, "above 0", fatal=True)
        if not 0 <= function.target <= 100:  # noqa: PLR2004 - the scale
            yield Discrepancy(f"functions.{name}.target", function.target, "0 to 100", fatal=True)
        shares = function.hand_off.contacts.values()
        if any(share < 0 for share in shares) or (shares and not any(shares)):
            yield Discrepancy(f"functions.{name}.hand_off.contacts", list(shares), "shares, one above 0", fatal=True)


def _check_disclosure_rules(questionnaire: Questionnaire, result: Result) -> Iterator[Discrepancy]:
    """Check that the disclosure rules are those of the questionnaire for the recorded minimum group."""
    note = result.disclosure
    expected = OPEN_GUARD.note if note is None else build_guard(questionnaire.disclosure, note.minimum_group).note
    if note != expected or (note is not None and result.mode == Mode.CONSENSUS):
        yield Discrepancy("disclosure", note, expected, fatal=True)


def _check_item(name: str, item: ItemResult, result: Result, rules: DisclosureGuard) -> Iterator[Discrepancy]:
    yield from _check_score(name, item.score, rules)
    if item.score is not None and item.n is None:
        yield Discrepancy(f"{name}.n", None, "how many answers stand behind the score")
    for part, count in (("n", item.n), ("dk", item.dk)):
        if count is not None and not 0 <= count <= result.respondents.counted:
            yield Discrepancy(f"{name}.{part}", count, f"0 to {result.respondents.counted}")
    if item.n is not None and rules.must_hide(item.n):
        yield Discrepancy(f"{name}.n", item.n, f"{rules.needed} or more, else hidden")
    if item.withheld and (rules.needed is None or item.n is not None or item.score is not None):
        yield Discrepancy(f"{name}.withheld", item.withheld, "a hidden item")
    if item.distribution is not None:
        yield from _check_distribution(f"{name}.distribution", item, rules, personal=name in result.personal)


def _check_distribution(
    path: str, item: ItemResult, rules: DisclosureGuard, *, personal: bool
) -> Iterator[Discrepancy]:
    """Check that the shares add up to 1 and are multiples of the step for this number of answers."""
    shares, n = item.distribution or (), item.n or 0
    expected, possible = RUNG_COUNT, [n]
    if rules.needed is not None:
        possible = [rules.choose_step_count(n) or 0, rules.choose_earlier_step_count(n) or 0]
        expected = len(CLASS_TOP_RUNGS)
    parts = next((steps for steps in possible if steps and _are_steps(shares, steps)), max(possible))
    if not parts or item.score is None or (personal and rules.needed is not None):
        yield Discrepancy(path, list(shares), None)
    elif len(shares) != expected or abs(sum(shares) - 1) > TOLERANCE:
        yield Discrepancy(path, list(shares), f"{expected} shares that make up the whole")
    elif not _are_steps(shares, parts):
        yield Discrepancy(path, list(shares), f"steps of 1/{parts}")
    elif rules.needed is None and not _is_mean_possible(shares, item.score):
        yield Discrepancy(path, list(shares), f"rungs on both sides of {item.score}")


def _are_steps(shares: Sequence[float], parts: int) -> bool:
    return all(share >= 0 and abs(share * parts - round(share * parts)) <= TOLERANCE for share in shares)


def _is_mean_possible(shares: Sequence[float], score: float) -> bool:
    """Return whether the score is between the lowest and highest rung with answers, as any weighted mean must be."""
    taken = [rung for rung, share in enumerate(shares) if share > 0]
    return taken[0] * POINTS_PER_RUNG - TOLERANCE <= score <= taken[-1] * POINTS_PER_RUNG + TOLERANCE


def _check_score(name: str, score: float | None, rules: DisclosureGuard) -> Iterator[Discrepancy]:
    if score is None:
        return
    if not 0 <= score <= 100:  # noqa: PLR2004 - the scale
        yield Discrepancy(f"{name}.score", score, "0 to 100")
    elif rules.round_score(score) != score:
        yield Discrepancy(f"{name}.score", score, "on the steps of the disclosure rules")


def _check_respondents(result: Result) -> Iterator[Discrepancy]:
    respondents = result.respondents
    if respondents.counted < 0 or (respondents.careless or 0) < 0:
        yield Discrepancy("respondents.counted", respondents.counted, "0 or more")
    taking_part = respondents.counted + (0 if result.disclosure is None else respondents.careless or 0)
    roles = [people for people in respondents.by_role.values() if people is not None]
    if len(roles) == len(respondents.by_role) and sum(roles) != taking_part:
        yield Discrepancy("respondents.by_role", sum(roles), taking_part)
    if any(people is not None and not 0 <= people <= taking_part for people in respondents.by_function.values()):
        yield Discrepancy("respondents.by_function", dict(respondents.by_function), f"0 to {taking_part} each")
    for name, function in result.functions.items():
        if respondents.by_function and function.people != respondents.by_function.get(name):
            yield Discrepancy(f"functions.{name}.people", function.people, respondents.by_function.get(name))


def _check_parts(questionnaire: Questionnaire, result: Result, rules: DisclosureGuard) -> Iterator[Discrepancy]:
    """Check agreement, coverage and numbers of people of all scores with an interval."""
    parts: list[tuple[str, Any]] = [("overall", result.overall)]
    if result.indices.embedding:
        parts.append(("indices.embedding", result.indices.embedding))
    for name, function in result.functions.items():
        parts.append((f"functions.{name}", function))
        parts += [
            (f"functions.{name}.dimensions.{dimension_id}", part) for dimension_id, part in function.dimensions.items()
        ]
    for path, part in parts:
        share = getattr(part, "evidence_share", None)
        yield from _check_fraction(f"{path}.evidence_share", share, 10 if rules.needed else None)
        yield from _check_fraction(f"{path}.coverage", getattr(part, "coverage", None), 100 if rules.needed else None)
        yield from _check_agreement(f"{path}.agreement", getattr(part, "agreement", None), rules)
        if part.n is not None and not 0 <= part.n <= result.respondents.counted:
            yield Discrepancy(f"{path}.n", part.n, f"0 to {result.respondents.counted}")
        if part.half_width is not None and (part.n or 0) < questionnaire.scoring.interval_minimum:
            yield Discrepancy(f"{path}.n", part.n, f"{questionnaire.scoring.interval_minimum} or more")


def _check_fraction(path: str, value: float | None, parts: int | None) -> Iterator[Discrepancy]:
    if value is None:
        return
    if not 0 <= value <= 1 or (parts and abs(value * parts - round(value * parts)) > TOLERANCE):
        yield Discrepancy(path, value, f"0 to 1 in steps of 1/{parts}" if parts else "0 to 1")


def _check_agreement(path: str, value: float | None, rules: DisclosureGuard) -> Iterator[Discrepancy]:
    if rules.needed is not None:
        yield from _check_fraction(path, value, 10)
    elif value is not None and value > 1:
        yield Discrepancy(path, value, "at most 1")


def _check_means(result: Result, rules: DisclosureGuard) -> Iterator[Discrepancy]:
    """Check means over people: range 0 to 100, release steps, number of people."""
    indices = result.indices
    if (risk := indices.set_up_to_fail) is not None:
        for name, value in (("score", risk.score), ("authority", risk.authority), ("support", risk.support)):
            yield from _check_score(f"indices.set_up_to_fail.{name}", value, rules)
        if rules.needed is not None and (risk.red_flags is not None or risk.share_high is not None):
            yield Discrepancy("indices.set_up_to_fail.red_flags", risk.red_flags, "released as a band")
        if risk.score is not None and rules.must_hide(risk.n or 0):
            yield Discrepancy("indices.set_up_to_fail.n", risk.n, f"{rules.needed} or more, else hidden")
    if (roles := indices.outlook) is not None:
        for name, value in (("independence", roles.independence), ("readiness", roles.readiness)):
            yield from _check_score(f"indices.outlook.{name}", value, rules)
    if (gap := indices.perception_gap) is not None:
        yield from _check_gaps(gap, rules)


def _check_gaps(gap: PerceptionGapResult, rules: DisclosureGuard) -> Iterator[Discrepancy]:
    for name, value in (("leader_dont_know", gap.leader_dont_know), ("goal_agreement", gap.goal_agreement)):
        yield from _check_score(f"indices.perception_gap.{name}", value, rules)
    goal_answers = gap.goal_agreement_n
    if (goal_answers is None) is not (gap.goal_agreement is None):
        yield Discrepancy("indices.perception_gap.goal_agreement_n", goal_answers, "there where goal agreement is")
    if goal_answers is not None and any(
        people < 1 or rules.must_hide(people) for people in (goal_answers.leader, goal_answers.practitioner)
    ):
        yield Discrepancy(
            "indices.perception_gap.goal_agreement_n", goal_answers, f"{rules.needed or 1} or more on each side"
        )
    for name in gap.withheld:
        if rules.needed is None or name not in gap.dimensions or name in gap.visible_dimensions:
            yield Discrepancy("indices.perception_gap.withheld", name, "a hidden dimension")
    for name, dimension in gap.visible_dimensions.items():
        path = f"indices.perception_gap.dimensions.{name}"
        for mean in (dimension.leader, dimension.practitioner):
            yield from _check_score(path, mean, rules)
        if dimension.half_width is not None and not dimension.half_width > 0:
            yield Discrepancy(f"{path}.half_width", dimension.half_width, "above 0")
        if any(rules.must_hide(people or 0) for people in (dimension.leaders, dimension.practitioners)):
            yield Discrepancy(f"{path}.leaders", dimension.leaders, f"{rules.needed} or more on each side, else hidden")
