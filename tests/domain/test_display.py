"""Rounding: one decimal, never across a cut point."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.domain.display import RoundingScale, build_scales, round_figure
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
def test_figure_has_one_decimal_and_does_not_cross_a_cut_point(value, expected):
    assert str(round_figure(value, RoundingScale(1, CUTS))) == expected


def test_figure_just_above_cap_is_not_shown_as_cap():
    assert str(round_figure(50.04, RoundingScale(1, caps=(50.0,)))) == "50.1"


def test_cut_point_with_float_noise_is_shown_as_cut_point():
    assert str(round_figure(59.99999999, RoundingScale(1, CUTS))) == "60.0"


@given(SCORES)
def test_score_is_never_shown_across_a_cut_point(value):
    scale = build_scales(reports.load_shipped_questionnaire()).score
    exact = Decimal(repr(round(value, 6)))

    figure = round_figure(value, scale)

    assert all((figure >= Decimal(repr(cut))) == (exact >= Decimal(repr(cut))) for cut in scale.cuts)
    assert all((figure <= Decimal(repr(cap))) == (exact <= Decimal(repr(cap))) for cap in scale.caps)


@given(SCORES)
def test_shown_score_is_close_to_score(value):
    assert abs(
        round_figure(value, build_scales(reports.load_shipped_questionnaire()).score) - Decimal(value)
    ) < Decimal("0.16")


@given(SCORES, SCORES)
def test_rounding_keeps_the_order_of_scores(one, other):
    scale = build_scales(reports.load_shipped_questionnaire()).score
    low, high = sorted((one, other))

    assert round_figure(low, scale) <= round_figure(high, scale)
