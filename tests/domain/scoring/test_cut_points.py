"""Bands, levels and classes at their edges (method 4)."""

import pytest

from assessment.domain.scoring.cut_points import achievement_of_score, band_of_score, class_of_agreement, compute_level

BANDS = (20, 40, 60, 80)


@pytest.mark.parametrize(("score", "expected"), [(0, 1), (19.999999, 1), (19.9999999, 2), (20, 2), (79.9, 4), (80, 5)])
def test_lower_bound_belongs_to_upper_band_after_rounding(score, expected):
    assert band_of_score(score, BANDS) == expected


def test_level_is_at_most_one_above_weakest_part():
    assert compute_level(90, [5, 2, 4], BANDS, step=1) == 3


@pytest.mark.parametrize(("score", "expected"), [(15, "N"), (15.1, "P"), (50, "P"), (85, "L"), (85.1, "F")])
def test_upper_bound_of_achievement_belongs_to_lower_class(score, expected):
    assert achievement_of_score(score, (15, 50, 85)) == expected


@pytest.mark.parametrize(
    ("agreement", "expected"), [(-0.2, "none"), (0.5, "weak"), (0.51, "moderate"), (1, "very strong")]
)
def test_agreement_classes_match_the_literature(agreement, expected):
    assert class_of_agreement(agreement, (0.30, 0.50, 0.70, 0.90)) == expected
