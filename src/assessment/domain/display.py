"""Rounding of figures for display, used by all outputs.

One decimal, and never across a cut point: with a cut at 60, 59.96 is shown as 59.9, so that no figure contradicts
its class. Nothing else rounds; `i18n` formats the numbers for a language.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from msgspec import Struct

from assessment.domain.questionnaire import FigureName, Questionnaire
from assessment.domain.result import Bound
from assessment.domain.scoring.cut_points import CUT_DECIMALS

FRACTION_FIGURES = frozenset({FigureName.AGREEMENT, FigureName.COVERAGE})
RAW_FIGURES = frozenset({FigureName.WORST_HAND_OFF, FigureName.RED_FLAGS})
MAX_CACHED_SCALES = 64  # a report rounds some hundred figures by the same ten


class RoundingScale(Struct, frozen=True):
    """Rounding of one kind of figure.

    `cuts` are inclusive lower bounds ("at least 60"), `caps` inclusive upper bounds ("at most 50").
    """

    decimals: int = 1
    cuts: tuple[float, ...] = ()
    caps: tuple[float, ...] = ()

    def without_decimals(self) -> "RoundingScale":
        """Return the same scale without decimals, for figures released in steps."""
        return RoundingScale(0, self.cuts, self.caps)


class RoundingScales(Struct, frozen=True):
    """Rounding of each kind of figure of one questionnaire."""

    score: RoundingScale
    gap: RoundingScale
    maturity: RoundingScale
    agreement: RoundingScale
    coverage: RoundingScale


def round_figure(value: float, scale: RoundingScale) -> Decimal:
    """Round half up to the scale's decimals, then go one unit back if that crossed a cut point."""
    exact = Decimal(repr(round(float(value), CUT_DECIMALS)))
    unit = Decimal(1).scaleb(-scale.decimals)
    figure = exact.quantize(unit, ROUND_HALF_UP)
    if any(exact < cut <= figure for cut in _convert_cuts(scale.cuts)) or any(
        exact <= cap < figure for cap in _convert_cuts(scale.caps)
    ):
        figure -= unit
    elif any(figure < cut <= exact for cut in _convert_cuts(scale.cuts)) or any(
        figure <= cap < exact for cap in _convert_cuts(scale.caps)
    ):
        figure += unit
    return figure or abs(figure)


def build_scales(questionnaire: Questionnaire, targets: Iterable[float] = ()) -> RoundingScales:
    """Build the scales from all cut points of the questionnaire and the `targets` of the assessment."""
    scoring, indices = questionnaire.scoring, questionnaire.indices
    embedding, risk, outlook = indices.embedding, indices.set_up_to_fail, indices.outlook
    gap, balance = indices.perception_gap, indices.balance
    on_scores = {
        *scoring.bands,
        *(embedding.cuts if embedding else ()),
        *((*risk.cuts, risk.high_at) if risk else ()),
        *_list_rule_cuts(questionnaire),
        *((balance.flagged_below,) if balance else ()),
        *((outlook.cut, outlook.reached_at) if outlook else ()),
        *(function.target for function in questionnaire.functions),
        *targets,
    }
    on_gaps = (
        *((gap.indicative_at, gap.strong_at) if gap else ()),
        *((balance.spread_at, balance.tie_below) if balance else ()),
    )
    too_little = (risk.over_controlled_at,) if risk else ()
    return RoundingScales(
        score=RoundingScale(1, tuple(sorted(on_scores)), scoring.achievement),
        gap=RoundingScale(1, (0.0, *on_gaps), (0.0, *too_little, *(-cut for cut in on_gaps))),
        maturity=RoundingScale(1, tuple(1 + cut / 25 for cut in scoring.bands)),
        agreement=RoundingScale(2, (scoring.contested_below,), scoring.agreement_cuts),
        coverage=RoundingScale(0, (100 * scoring.provisional_below,)),
    )


def _list_rule_cuts(questionnaire: Questionnaire) -> set[float]:
    """Cut points of advice on figures from 0 to 100."""
    cuts = set()
    for rule in questionnaire.rules:
        for condition in (*rule.any, *rule.all, *rule.only_if, *rule.unless):
            if condition.figure not in FRACTION_FIGURES | RAW_FIGURES:
                cuts |= {cut for cut in (condition.below, condition.at_least) if cut is not None and cut >= 0}
    return cuts


@lru_cache(MAX_CACHED_SCALES)
def _convert_cuts(cuts: tuple[float, ...]) -> tuple[Decimal, ...]:
    return tuple(Decimal(repr(float(cut))) for cut in cuts)


def drop_zero_decimals(value: Decimal) -> Decimal:
    """Drop the decimals of a whole number: "10 or less", not "10.0 or less"."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


OPPOSITE_BOUND: dict[Bound, Bound] = {"at most": "at least", "at least": "at most"}


def get_difference_bound(minuend: Bound | None, subtrahend: Bound | None) -> Bound | None:
    """Bound of `minuend` minus `subtrahend`; None if the two bounds work in opposite directions."""
    bounds = {bound for bound in (minuend, subtrahend and OPPOSITE_BOUND[subtrahend]) if bound is not None}
    return bounds.pop() if len(bounds) == 1 else None


def get_mean_bound(bounds: Iterable[Bound | None]) -> Bound | None:
    """Bound of a mean: that of its figures if all are clipped at the same end, otherwise None."""
    distinct_bounds = set(bounds)
    return distinct_bounds.pop() if len(distinct_bounds) == 1 else None
