"""Check of a report's attribution: the parts must add up to the change between two releases (method 6, 7).

Only the effect of the role mix (`who`) depends on answers; the other parts follow from it and the two releases.
"""

from collections.abc import Iterator, Mapping

from assessment.domain.attribution import Attribution, parts
from assessment.domain.checking.differences import ABSENT, Difference, differing
from assessment.domain.checking.known import guard_of
from assessment.domain.comparison import Wave, common_items
from assessment.domain.scoring.naming import OVERALL, function_path, named, results

Scores = tuple[float, float]
SLACK = 1e-9
REFUSED = "fewer than {needed} people in one role"


def splitting(earlier: Wave, later: Wave, given: Mapping[str, Attribution]) -> Iterator[Difference]:
    """Yield every inconsistent part of an attribution; an empty attribution is valid."""
    if not given:
        return
    places = dict(_places(earlier, later))
    for path in dict.fromkeys((*places, *given)):
        if path not in places or path not in given:
            yield Difference(path, *((ABSENT, "parts") if path in places else ("parts", ABSENT)))
        else:
            yield from _one(path, given[path], *places[path], _needed(earlier, later))
    if (whole := given.get(OVERALL)) and whole.refused is None and any(part.refused for part in given.values()):
        yield Difference(f"{OVERALL}.refused", None, "refused, as that of a function is")


def _places(earlier: Wave, later: Wave) -> Iterator[tuple[str, tuple[Scores, Scores]]]:
    """Yield the changes that can be split: the released scores of both waves, and both on common items."""
    common = common_items(earlier, later)
    plan, weights = common.rescoring.blueprint, common.rescoring
    before, after = named(plan, weights.figures(common.earlier)), named(plan, weights.figures(common.later))
    old, new = results(earlier.result), results(later.result)
    for path in (OVERALL, *(function_path(function.id) for function in plan.functions)):
        one, two = (side[path].score if path in side else None for side in (old, new))
        if one is not None and two is not None and path in before and path in after:
            yield path, ((one, two), (before[path], after[path]))


def _needed(*waves: Wave) -> set[int]:
    """Numbers of people needed by the disclosure rules of each guarded wave."""
    return {needed for wave in waves if (needed := guard_of(wave.result).needed) is not None}


def _one(path: str, found: Attribution, released: Scores, common: Scores, needed: set[int]) -> Iterator[Difference]:
    expected = parts(released, common, found.who or 0.0)
    if found.who is None:
        expected = Attribution(expected.change, None, None, None, found.refused)
        if found.refused not in {REFUSED.format(needed=each) for each in needed}:
            yield Difference(f"{path}.refused", found.refused, [REFUSED.format(needed=each) for each in sorted(needed)])
    elif needed and abs(found.who - round(found.who)) > SLACK:
        yield Difference(f"{path}.who", found.who, "whole points")
    for place in differing(expected, found):
        yield Difference(f"{path}.{place.path}", place.given, place.expected)
