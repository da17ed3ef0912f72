"""Check of a report's attribution: the parts must add up to the change between two releases (method 6, 7).

Only the effect of the role mix (`who`) depends on answers; the other parts follow from it and the two releases.
"""

from collections.abc import Iterator, Mapping

from assessment.domain.comparison.attribution import Attribution, split_change
from assessment.domain.comparison.waves import Wave, align_common_items
from assessment.domain.scoring.figure_paths import (
    OVERALL_PATH,
    get_function_path,
    list_results_by_path,
    list_scores_by_path,
)
from assessment.domain.verification.discrepancies import ABSENT_VALUE, Discrepancy, find_discrepancies
from assessment.domain.verification.recompute_inputs import build_guard_of_result

ScorePair = tuple[float, float]
TOLERANCE = 1e-9
REFUSAL_REASON = "fewer than {needed} people in one role"


def check_attribution(earlier: Wave, later: Wave, attribution: Mapping[str, Attribution]) -> Iterator[Discrepancy]:
    """Yield every inconsistent part of an attribution; an empty attribution is valid."""
    if not attribution:
        return
    places = dict(_list_comparable_scores(earlier, later))
    for path in dict.fromkeys((*places, *attribution)):
        if path not in places or path not in attribution:
            yield Discrepancy(path, *((ABSENT_VALUE, "parts") if path in places else ("parts", ABSENT_VALUE)))
        else:
            yield from _check_figure(path, attribution[path], *places[path], _list_needed_people(earlier, later))
    if (
        (overall := attribution.get(OVERALL_PATH))
        and overall.refused is None
        and any(part.refused for part in attribution.values())
    ):
        yield Discrepancy(f"{OVERALL_PATH}.refused", None, "refused, as that of a function is")


def _list_comparable_scores(earlier: Wave, later: Wave) -> Iterator[tuple[str, tuple[ScorePair, ScorePair]]]:
    """Yield the changes that can be split: the released scores of both waves, and both on common items."""
    common = align_common_items(earlier, later)
    plan, weights = common.rescoring.blueprint, common.rescoring
    before, after = (
        list_scores_by_path(plan, weights.compute_figures(common.earlier)),
        list_scores_by_path(plan, weights.compute_figures(common.later)),
    )
    old, new = list_results_by_path(earlier.result), list_results_by_path(later.result)
    for path in (OVERALL_PATH, *(get_function_path(function.id) for function in plan.functions)):
        earlier_score, later_score = (side[path].score if path in side else None for side in (old, new))
        if earlier_score is not None and later_score is not None and path in before and path in after:
            yield path, ((earlier_score, later_score), (before[path], after[path]))


def _list_needed_people(*waves: Wave) -> set[int]:
    """Numbers of people needed by the disclosure rules of each guarded wave."""
    return {needed for wave in waves if (needed := build_guard_of_result(wave.result).needed) is not None}


def _check_figure(
    path: str, attribution: Attribution, released: ScorePair, common: ScorePair, needed: set[int]
) -> Iterator[Discrepancy]:
    expected = split_change(released, common, attribution.who or 0.0)
    if attribution.who is None:
        expected = Attribution(expected.change, None, None, None, attribution.refused)
        if attribution.refused not in {REFUSAL_REASON.format(needed=people) for people in needed}:
            yield Discrepancy(
                f"{path}.refused",
                attribution.refused,
                [REFUSAL_REASON.format(needed=people) for people in sorted(needed)],
            )
    elif needed and abs(attribution.who - round(attribution.who)) > TOLERANCE:
        yield Discrepancy(f"{path}.who", attribution.who, "whole points")
    for place in find_discrepancies(expected, attribution):
        yield Discrepancy(f"{path}.{place.path}", place.actual, place.expected)
