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


def check_attribution(earlier: Wave, later: Wave, given: Mapping[str, Attribution]) -> Iterator[Discrepancy]:
    """Yield every inconsistent part of an attribution; an empty attribution is valid."""
    if not given:
        return
    places = dict(_list_comparable_scores(earlier, later))
    for path in dict.fromkeys((*places, *given)):
        if path not in places or path not in given:
            yield Discrepancy(path, *((ABSENT_VALUE, "parts") if path in places else ("parts", ABSENT_VALUE)))
        else:
            yield from _check_figure(path, given[path], *places[path], _list_needed_people(earlier, later))
    if (whole := given.get(OVERALL_PATH)) and whole.refused is None and any(part.refused for part in given.values()):
        yield Discrepancy(f"{OVERALL_PATH}.refused", None, "refused, as that of a function is")


def _list_comparable_scores(earlier: Wave, later: Wave) -> Iterator[tuple[str, tuple[ScorePair, ScorePair]]]:
    """Yield the changes that can be split: the released scores of both waves, and both on common items."""
    common = align_common_items(earlier, later)
    plan, weights = common.rescoring.blueprint, common.rescoring
    before, after = (
        list_scores_by_path(plan, weights.figures(common.earlier)),
        list_scores_by_path(plan, weights.figures(common.later)),
    )
    old, new = list_results_by_path(earlier.result), list_results_by_path(later.result)
    for path in (OVERALL_PATH, *(get_function_path(function.id) for function in plan.functions)):
        one, two = (side[path].score if path in side else None for side in (old, new))
        if one is not None and two is not None and path in before and path in after:
            yield path, ((one, two), (before[path], after[path]))


def _list_needed_people(*waves: Wave) -> set[int]:
    """Numbers of people needed by the disclosure rules of each guarded wave."""
    return {needed for wave in waves if (needed := build_guard_of_result(wave.result).needed) is not None}


def _check_figure(
    path: str, found: Attribution, released: ScorePair, common: ScorePair, needed: set[int]
) -> Iterator[Discrepancy]:
    expected = split_change(released, common, found.who or 0.0)
    if found.who is None:
        expected = Attribution(expected.change, None, None, None, found.refused)
        if found.refused not in {REFUSAL_REASON.format(needed=each) for each in needed}:
            yield Discrepancy(
                f"{path}.refused", found.refused, [REFUSAL_REASON.format(needed=each) for each in sorted(needed)]
            )
    elif needed and abs(found.who - round(found.who)) > TOLERANCE:
        yield Discrepancy(f"{path}.who", found.who, "whole points")
    for place in find_discrepancies(expected, found):
        yield Discrepancy(f"{path}.{place.path}", place.given, place.expected)
