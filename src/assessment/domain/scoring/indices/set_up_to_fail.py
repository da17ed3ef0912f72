"""Index U (set up to fail): authority without support, computed per person and reported as a mean (method 5)."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import AnswerValues, BoolArray
from assessment.domain.disclosure.guard import DisclosureGuard, classify_share
from assessment.domain.questionnaire_rules import RedFlagRule, SetUpToFailIndex
from assessment.domain.result import SetUpToFailResult, ShareBand
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.cut_points import CUT_DECIMALS, class_of_score, is_at_most
from assessment.domain.scoring.tally import POINTS_PER_RUNG

MIN_PEOPLE_FOR_HALF = 5


class SetUpToFailScore(Struct, frozen=True):
    """The index, and the 0-100 value that a red flag counts as in the advice rules; None without one."""

    result: SetUpToFailResult
    flagged_support: float | None


class PersonRisks(Struct, frozen=True):
    """Authority and support of everyone with both; `flags` red flags (None: hidden) among the eligible people."""

    authority: NDArray[np.float64]
    support: NDArray[np.float64]
    flags: int | None
    eligible: int
    is_shown: bool


def compute_person_means(values: AnswerValues, min_answers: int) -> NDArray[np.float64]:
    """Each person's mean of numeric answers, 0-100; NaN with fewer than `min_answers`."""
    numeric = values >= 0
    count = numeric.sum(axis=1)
    total = np.where(numeric, values, 0).sum(axis=1)
    return np.asarray(
        np.divide(POINTS_PER_RUNG * total, count, out=np.full(len(values), np.nan), where=count >= min_answers)
    )


def compute_set_up_to_fail(
    blueprint: Blueprint, index: SetUpToFailIndex, values: AnswerValues, counts: BoolArray, guard: DisclosureGuard
) -> SetUpToFailScore:
    """Compute U = mean of A_i (100 - S_i) / 100 over people, not the product of means.

    `counts` marks the people who count towards k + 1.
    """
    authority = compute_person_means(values[:, blueprint.columns(index.authority)], index.minimum_authority)
    support = compute_person_means(values[:, blueprint.columns(index.support)], index.minimum_support)
    both = ~np.isnan(authority) & ~np.isnan(support)
    flagged, eligible = _find_red_flags(blueprint, index.red_flag, values)
    flags, people = int(flagged.sum()), int(eligible.sum())
    has_flag_count = not guard.must_hide(int((eligible & counts).sum()))
    is_shown = bool(both.any()) and not guard.must_hide(int((both & counts).sum()))
    risks = PersonRisks(authority[both], support[both], flags if has_flag_count else None, people, is_shown=is_shown)
    result = _build_result(index, guard, risks)
    lowest = float(POINTS_PER_RUNG * values[flagged, blueprint.column[index.red_flag.support]].min()) if flags else None
    if guard.needed is not None:
        lowest = POINTS_PER_RUNG * index.red_flag.at_most if has_flag_count and flags else None
    return SetUpToFailScore(result, lowest)


def _find_red_flags(blueprint: Blueprint, rule: RedFlagRule, values: AnswerValues) -> tuple[BoolArray, BoolArray]:
    """Masks of the flagged people, and of the eligible ones, who answered both items."""
    authority, support = values[:, blueprint.column[rule.authority]], values[:, blueprint.column[rule.support]]
    eligible = (authority >= 0) & (support >= 0)
    return eligible & (authority >= rule.at_least) & (support <= rule.at_most), eligible


def _build_result(index: SetUpToFailIndex, guard: DisclosureGuard, people_risks: PersonRisks) -> SetUpToFailResult:
    authority, support, flags, is_shown = (
        people_risks.authority,
        people_risks.support,
        people_risks.flags,
        people_risks.is_shown,
    )
    people = len(authority)
    risks = authority * (100 - support) / 100
    score = guard.round_score(float(risks.mean())) if is_shown else None
    mean_authority = guard.round_score(float(authority.mean())) if is_shown else None
    mean_support = guard.round_score(float(support.mean())) if is_shown else None
    difference = mean_authority - mean_support if mean_authority is not None and mean_support is not None else None
    high = int((np.round(risks, CUT_DECIMALS) >= index.high_at).sum())
    exact = guard.needed is None
    return SetUpToFailResult(
        score=score,
        class_=_find_class(index, score, flags),
        authority=mean_authority,
        support=mean_support,
        difference=difference,
        over_controlled=None if difference is None else is_at_most(difference, index.over_controlled_at),
        red_flags=flags if exact else None,
        share_high=high / people if exact and is_shown else None,
        n=people if exact or is_shown else None,
        red_flags_band=None if flags is None else classify_released_share(guard, flags, people_risks.eligible),
        share_high_band=classify_released_share(guard, high, people) if is_shown else None,
        bounds=guard.list_bounds(score=score, authority=mean_authority, support=mean_support),
    )


def classify_released_share(guard: DisclosureGuard, count: int, people: int) -> ShareBand:
    """Classify a share as it may be released: of fewer than five people, half or more is no more than "some".

    Of four, "some" would be exactly one: someone who carries the flag would know that nobody else does.
    """
    if guard.needed is not None and count and people < MIN_PEOPLE_FOR_HALF:
        return "some"
    return classify_share(count, people)


def _find_class(index: SetUpToFailIndex, score: float | None, flags: int | None) -> str | None:
    """Class of U; a red flag raises it to at least `least_class`, even without a score."""
    reached = [] if score is None else [index.classes.index(class_of_score(score, index.cuts, index.classes))]
    if flags:
        reached.append(index.classes.index(index.red_flag.least_class))
    return index.classes[max(reached)] if reached else None
