"""Checks of numbers: ranges, order and cut points."""

import math
from typing import Any

from assessment.domain.disclosure.guard import SMALLEST_MINIMUM_GROUP
from assessment.questionnaires.checks.schema_check import suggest_name
from assessment.questionnaires.path_query import ANY_KEY, PathPattern, find_tables, find_values
from assessment.questionnaires.toml_document import ReportProblem, format_path

SMALLEST_POSITIVE = math.ulp(0.0)  # smallest positive float
UNLIMITED = 1e6  # stands for no upper limit
SHARE_RANGE = (0.0, 1.0)
SCORE_RANGE = (0.0, 100.0)
RUNG_RANGE = (0.0, 4.0)
COUNT_RANGE = (1.0, UNLIMITED)
POSITIVE_RANGE = (SMALLEST_POSITIVE, UNLIMITED)
MIN_FULL_WEIGHT = 3.0  # answers; below this, single answers can be derived (method 6.12)
MAX_WEIGHT_RATIO = 2.0  # heaviest role to lightest
# Start pages promise that half of the questions is enough, and that only several signs leave a response out.
SUBMITTED_SHARE = 0.5
MIN_CARELESS_FLAGS = 2.0
# A sign that nearly everyone shows would turn the next one into a probe: numbers of answers show who is left out.
MIN_LONG_STRING = 5.0
MAX_CARELESS_SECONDS = 5.0
# The narrowest interval of a release, which hides that all answers are alike, is made for this confidence.
MAX_CONFIDENCE = 0.95

RANGES: tuple[tuple[PathPattern, tuple[float, float]], ...] = (
    (("functions", ANY_KEY, "weight"), POSITIVE_RANGE),
    (("functions", ANY_KEY, "target"), SCORE_RANGE),
    (("roles", ANY_KEY, "weight"), POSITIVE_RANGE),
    (("items", ANY_KEY, "revision"), COUNT_RANGE),
    (("scoring", "submitted_share"), (SUBMITTED_SHARE, SUBMITTED_SHARE)),
    (("scoring", "minimum_answers"), COUNT_RANGE),
    (("scoring", "full_weight_answers"), (MIN_FULL_WEIGHT, UNLIMITED)),
    (("scoring", "out_of_scope_share"), SHARE_RANGE),
    (("scoring", "minimum_rows"), COUNT_RANGE),
    (("scoring", "valid_item_share"), SHARE_RANGE),
    (("scoring", "minimum_dimensions"), COUNT_RANGE),
    (("scoring", "minimum_functions"), COUNT_RANGE),
    (("scoring", "provisional_below"), SHARE_RANGE),
    (("scoring", "partial_above"), SHARE_RANGE),
    (("scoring", "level_step"), (0.0, 4.0)),
    (("scoring", "interval_confidence"), (0.5, MAX_CONFIDENCE)),
    (("scoring", "interval_minimum"), (2.0, UNLIMITED)),
    (("scoring", "agreement_minimum"), (2.0, UNLIMITED)),
    (("scoring", "contested_below"), SHARE_RANGE),
    (("scoring", "careless", "long_string"), (MIN_LONG_STRING, UNLIMITED)),
    (("scoring", "careless", "seconds_per_answer"), (0.0, MAX_CARELESS_SECONDS)),
    (("scoring", "careless", "contradiction"), (1.0, 4.0)),
    (("scoring", "careless", "exclude_at"), (MIN_CARELESS_FLAGS, 4.0)),
    (("indices", "embedding", "minimum_items"), COUNT_RANGE),
    (("indices", "embedding", "floor"), (SMALLEST_POSITIVE, 100.0)),
    (("indices", "set_up_to_fail", "minimum_authority"), COUNT_RANGE),
    (("indices", "set_up_to_fail", "minimum_support"), COUNT_RANGE),
    (("indices", "set_up_to_fail", "red_flag", "at_least"), RUNG_RANGE),
    (("indices", "set_up_to_fail", "red_flag", "at_most"), RUNG_RANGE),
    (("indices", "set_up_to_fail", "over_controlled_at"), (-100.0, 0.0)),
    (("indices", "set_up_to_fail", "high_at"), SCORE_RANGE),
    (("indices", "perception_gap", "minimum_people"), (2.0, UNLIMITED)),
    (("indices", "perception_gap", "indicative_at"), SCORE_RANGE),
    (("indices", "perception_gap", "strong_at"), SCORE_RANGE),
    (("indices", "balance", ANY_KEY), SCORE_RANGE),
    (("indices", "outlook", "cut"), SCORE_RANGE),
    (("indices", "outlook", "years"), COUNT_RANGE),
    (("indices", "outlook", "reached_at"), SCORE_RANGE),
    (("disclosure", "minimum_group"), (SMALLEST_MINIMUM_GROUP, UNLIMITED)),
    (("comparison", "common_items"), SHARE_RANGE),
    (("comparison", "common_items_per_dimension"), SHARE_RANGE),
    (("comparison", "changed_at"), SCORE_RANGE),
    (("benchmark", ANY_KEY), COUNT_RANGE),
    (("prioritising", "now"), COUNT_RANGE),
    (("prioritising", "whole_target"), SCORE_RANGE),
    (("prioritising", "gap_unit"), POSITIVE_RANGE),
    (("prioritising", "high_is_bad_from"), SCORE_RANGE),
    (("prioritising", "doubt"), SHARE_RANGE),
    (("prioritising", "impact", ANY_KEY), POSITIVE_RANGE),
    (("prioritising", "effort", ANY_KEY), POSITIVE_RANGE),
)

CUT_RULES: tuple[tuple[PathPattern, tuple[float, float], int | None], ...] = (
    (("scoring", "bands"), SCORE_RANGE, 4),
    (("scoring", "achievement"), SCORE_RANGE, 3),
    (("scoring", "agreement_cuts"), SHARE_RANGE, 4),
    (("indices", "embedding", "cuts"), SCORE_RANGE, None),
    (("indices", "set_up_to_fail", "cuts"), SCORE_RANGE, None),
)

ORDERED_PAIRS: tuple[tuple[PathPattern, PathPattern], ...] = (
    (("indices", "perception_gap", "indicative_at"), ("indices", "perception_gap", "strong_at")),
    (("benchmark", "quarter_from"), ("benchmark", "nearest_five_from")),
    (("benchmark", "nearest_five_from"), ("benchmark", "percentile_from")),
)

COUNT_LIMITS: tuple[tuple[PathPattern, PathPattern], ...] = (
    (("scoring", "minimum_dimensions"), ("dimensions",)),
    (("scoring", "minimum_functions"), ("functions",)),
    (("indices", "set_up_to_fail", "minimum_authority"), ("indices", "set_up_to_fail", "authority")),
    (("indices", "set_up_to_fail", "minimum_support"), ("indices", "set_up_to_fail", "support")),
)

REQUIRED_KEYS: tuple[tuple[PathPattern, tuple[str, ...]], ...] = (
    (("prioritising", "impact"), ("M", "H")),
    (("prioritising", "effort"), ("S", "M", "L")),
)


def check_limits(content: dict[str, Any], report: ReportProblem) -> None:
    """Report every number out of range or order."""
    _check_ranges(content, report)
    for low_key, high_key in ORDERED_PAIRS:
        _check_order(content, low_key, high_key, report)
    for number, amount in COUNT_LIMITS:
        _check_amount(content, number, amount, report)
    _check_role_weights(content, report)
    _check_keys(content, report)
    _check_cuts(content, report)
    for index in ("embedding", "set_up_to_fail"):
        _check_class_count(content, index, report)


def _check_ranges(content: dict[str, Any], report: ReportProblem) -> None:
    for pattern, (low, high) in RANGES:
        for path, value in find_values(content, pattern):
            if _is_number(value) and not low <= value <= high:
                report(path, f"`{format_path(path)}` is {value}.", f"It must be {_describe_range(low, high)}.")


def _describe_range(low: float, high: float) -> str:
    if low == high:
        return f"{low:g}"
    least = "above 0" if low == SMALLEST_POSITIVE else f"at least {low:g}"
    return least if high == UNLIMITED else f"{least} and at most {high:g}"


def _check_role_weights(content: dict[str, Any], report: ReportProblem) -> None:
    """Report a role weighted so much more than another that its few answers could be derived from a mean."""
    weights = [
        (path, weight) for path, weight in find_values(content, ("roles", ANY_KEY, "weight")) if _is_number(weight)
    ]
    least = min((weight for _, weight in weights if weight > 0), default=0.0)
    for path, weight in weights:
        if weight > MAX_WEIGHT_RATIO * least > 0:
            limit = f"{MAX_WEIGHT_RATIO:g} times the lightest role's {least}"
            message = f"`{format_path(path)}` is {weight}, more than {limit}."
            report(path, message, "Bring the weights of roles nearer together: single answers would show.")


def _check_keys(content: dict[str, Any], report: ReportProblem) -> None:
    for pattern, keys in REQUIRED_KEYS:
        for path, table in find_tables(content, *pattern):
            for key in [key for key in keys if key not in table]:
                report((*path, key), f"`{format_path((*path, key))}` is missing.", "Add it: a number.")
            for key in [key for key in table if key not in keys]:
                report((*path, key), f"`{format_path((*path, key))}` is not known.", suggest_name(key, keys))


def _check_order(content: dict[str, Any], low_key: PathPattern, high_key: PathPattern, report: ReportProblem) -> None:
    lows, highs = list(find_values(content, low_key)), list(find_values(content, high_key))
    for (path, low), (other, high) in zip(lows, highs, strict=False):
        if _is_number(low) and _is_number(high) and low > high:
            report(path, f"`{format_path(path)}` is above `{format_path(other)}`.", f"It must be at most {high}.")


def _check_amount(content: dict[str, Any], number: PathPattern, amount: PathPattern, report: ReportProblem) -> None:
    for (path, least), (other, elements) in zip(
        find_values(content, number), find_values(content, amount), strict=False
    ):
        if _is_number(least) and isinstance(elements, list) and least > len(elements):
            report(
                path, f"`{format_path(path)}` is {least}, but `{format_path(other)}` has {len(elements)}.", "Lower it."
            )


def _check_cuts(content: dict[str, Any], report: ReportProblem) -> None:
    for pattern, (low, high), count in CUT_RULES:
        for path, cuts in find_values(content, pattern):
            if not isinstance(cuts, list) or not all(_is_number(cut) for cut in cuts):
                continue
            if sorted(set(cuts)) != cuts:
                report(
                    path, f"`{format_path(path)}` does not ascend.", "Write the cut points from low to high, each once."
                )
            if any(not low <= cut <= high for cut in cuts):
                report(path, f"`{format_path(path)}` leaves its scale.", f"Keep every cut from {low:g} to {high:g}.")
            if count is not None and len(cuts) != count:
                report(path, f"`{format_path(path)}` has {len(cuts)} cut points.", f"Give exactly {count}.")


def _check_class_count(content: dict[str, Any], index: str, report: ReportProblem) -> None:
    for path, table in find_tables(content, "indices", index):
        cuts, named = table.get("cuts"), table.get("classes")
        if isinstance(cuts, list) and isinstance(named, list) and len(named) != len(cuts) + 1:
            report(
                (*path, "classes"),
                f"`{format_path((*path, 'classes'))}` has {len(named)} for {len(cuts)} cut points.",
                f"Name {len(cuts) + 1} classes: one more than cut points.",
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
