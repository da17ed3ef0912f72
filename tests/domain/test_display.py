"""Rounding: one decimal, never across a cut point."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.domain.display import Scale, scales, shown
from tests import reports

CUTS = (20.0, 40.0, 60.0, 80.0)
SCORES = st.floats(0, 100, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (59.96, "59.9"),
        (60.0, "60.0"),
        (59.94, "59.9"),
        (60.04, "60.0"),
        (12.25, "12.3"),
        (-0.01, "0.0"),
        (100, "100.0"),
    ],
)
def test_a_figure_has_one_decimal_and_stays_on_its_side_of_a_cut(value, expected):
    assert str(shown(value, Scale(1, CUTS))) == expected


def test_a_figure_just_above_a_cap_is_not_shown_as_the_cap():
    assert str(shown(50.04, Scale(1, caps=(50.0,)))) == "50.1"


def test_what_is_a_cut_point_but_for_noise_is_shown_as_one():
    assert str(shown(59.99999999, Scale(1, CUTS))) == "60.0"


@given(SCORES)
def test_no_score_is_shown_across_a_cut_point(value):
    scale = scales(reports.questionnaire()).score
    exact = Decimal(repr(round(value, 6)))

    figure = shown(value, scale)

    assert all((figure >= Decimal(repr(cut))) == (exact >= Decimal(repr(cut))) for cut in scale.cuts)
    assert all((figure <= Decimal(repr(cap))) == (exact <= Decimal(repr(cap))) for cap in scale.caps)


@given(SCORES)
def test_a_shown_score_is_never_far_from_the_score(value):
    assert abs(shown(value, scales(reports.questionnaire()).score) - Decimal(value)) < Decimal("0.16")


@given(SCORES, SCORES)
def test_a_higher_score_is_never_shown_as_the_lower_one(one, other):
    scale = scales(reports.questionnaire()).score
    low, high = sorted((one, other))

    assert shown(low, scale) <= shown(high, scale)
