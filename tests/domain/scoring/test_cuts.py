"""Bands, levels and classes at their edges (method 4)."""

import pytest

from assessment.domain.scoring.cuts import achievement, agreement_class, band, staged_level

BANDS = (20, 40, 60, 80)


@pytest.mark.parametrize(("score", "expected"), [(0, 1), (19.999999, 1), (19.9999999, 2), (20, 2), (79.9, 4), (80, 5)])
def test_a_lower_bound_belongs_to_the_upper_band_after_rounding(score, expected):
    assert band(score, BANDS) == expected


def test_a_level_is_at_most_one_above_the_weakest_part():
    assert staged_level(90, [5, 2, 4], BANDS, step=1) == 3


@pytest.mark.parametrize(("score", "expected"), [(15, "N"), (15.1, "P"), (50, "P"), (85, "L"), (85.1, "F")])
def test_an_upper_bound_of_achievement_belongs_to_the_lower_class(score, expected):
    assert achievement(score, (15, 50, 85)) == expected


@pytest.mark.parametrize(
    ("agreement", "expected"), [(-0.2, "none"), (0.5, "weak"), (0.51, "moderate"), (1, "very strong")]
)
def test_agreement_is_classed_as_in_the_literature(agreement, expected):
    assert agreement_class(agreement, (0.30, 0.50, 0.70, 0.90)) == expected
