"""Differences and means of clipped scores: which bound they have."""

import pytest
from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.comparison import Wave, compare
from assessment.domain.display import bound_of_difference, bound_of_mean
from assessment.domain.report import Details, Earlier
from assessment.wording import wording
from tests import reports


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, None, None),
        (None, "at most", "at least"),
        ("at least", "at most", "at least"),
        ("at most", None, "at most"),
        ("at most", "at least", "at most"),
        ("at most", "at most", None),
    ],
)
def test_difference_has_the_bound_that_both_sides_allow(one, other, expected):
    assert bound_of_difference(one, other) == expected


def test_mean_has_a_bound_only_where_all_its_figures_have_it():
    assert bound_of_mean(["at most", "at most"]) == "at most"
    assert bound_of_mean(["at most", None]) is None
    assert bound_of_mean([]) is None


def with_item(result, function, dimension, item, **values):
    part = result.functions[function]
    found = part.dimensions[dimension]
    changed = replace(found, items={**found.items, item: replace(found.items[item], **values)})
    parts = {**part.dimensions, dimension: changed}
    return replace(result, functions={**result.functions, function: replace(part, dimensions=parts)})


def test_change_from_a_clipped_score_is_at_least_the_difference():
    asked, result = reports.questionnaire(), reports.result("gap-50")
    item = "CS-P1"
    before = with_item(result, "customer-service", "purpose", item, score=10.0, bound="at most")
    after = with_item(result, "customer-service", "purpose", item, score=80.0, bound=None)

    earlier = Earlier(compare(Wave(asked, before), Wave(asked, after)), date="2025-11-02")
    (moved,) = report.build(asked, after, Details("Norden"), earlier=earlier).change.risen

    assert wording("en").figure(moved.change, signed=True) == "+70 or more"
