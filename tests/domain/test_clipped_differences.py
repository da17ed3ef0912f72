"""Differences and means of clipped scores: which bound they have."""

import pytest
from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.display import get_difference_bound, get_mean_bound
from assessment.domain.report import EarlierWave, ReportDetails
from assessment.i18n import get_translator
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
def test_bound_of_difference_combines_both_sides(one, other, expected):
    assert get_difference_bound(one, other) == expected


def test_bound_of_mean_requires_the_same_bound_on_all_figures():
    assert get_mean_bound(["at most", "at most"]) == "at most"
    assert get_mean_bound(["at most", None]) is None
    assert get_mean_bound([]) is None


def with_item(result, function, dimension, item, **values):
    part = result.functions[function]
    found = part.dimensions[dimension]
    changed = replace(found, items={**found.items, item: replace(found.items[item], **values)})
    parts = {**part.dimensions, dimension: changed}
    return replace(result, functions={**result.functions, function: replace(part, dimensions=parts)})


def test_change_from_clipped_score_is_at_least_the_difference():
    asked, result = reports.load_shipped_questionnaire(), reports.score_case("gap-50")
    item = "CS-P1"
    before = with_item(result, "customer-service", "purpose", item, score=10.0, bound="at most")
    after = with_item(result, "customer-service", "purpose", item, score=80.0, bound=None)

    earlier = EarlierWave(compare_waves(Wave(asked, before), Wave(asked, after)), date="2025-11-02")
    (moved,) = report.build_report(asked, after, ReportDetails("Norden"), earlier=earlier).change.rising_items

    assert get_translator("en").format_figure(moved.change, signed=True) == "+70 or more"
