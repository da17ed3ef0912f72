"""Checks of numbers: ranges, order and cut points."""

import math
from typing import Any

from assessment.domain.disclosure import LEAST_MINIMUM_GROUP
from assessment.library.finding import EACH, Pattern, find, tables
from assessment.library.reading import Report, dotted
from assessment.library.shaping import did_you_mean

TINY = math.ulp(0.0)  # smallest positive float
ENDLESS = 1e6  # stands for no upper limit
SHARE = (0.0, 1.0)
SCORE = (0.0, 100.0)
RAW = (0.0, 4.0)
COUNT = (1.0, ENDLESS)
ABOVE_ZERO = (TINY, ENDLESS)
LEAST_FULL_WEIGHT = 3.0  # answers; below this, single answers can be derived (method 6.12)
WIDEST_WEIGHTS = 2.0  # heaviest role to lightest

RANGES: tuple[tuple[Pattern, tuple[float, float]], ...] = (
    (("functions", EACH, "weight"), ABOVE_ZERO),
    (("functions", EACH, "target"), SCORE),
    (("roles", EACH, "weight"), ABOVE_ZERO),
    (("items", EACH, "revision"), COUNT),
    (("scoring", "submitted_share"), SHARE),
    (("scoring", "minimum_answers"), COUNT),
    (("scoring", "full_weight_answers"), (LEAST_FULL_WEIGHT, ENDLESS)),
    (("scoring", "out_of_scope_share"), SHARE),
    (("scoring", "minimum_rows"), COUNT),
    (("scoring", "valid_item_share"), SHARE),
    (("scoring", "minimum_dimensions"), COUNT),
    (("scoring", "minimum_functions"), COUNT),
    (("scoring", "provisional_below"), SHARE),
    (("scoring", "partial_above"), SHARE),
    (("scoring", "level_step"), (0.0, 4.0)),
    (("scoring", "interval_confidence"), (0.5, 0.999)),
    (("scoring", "interval_minimum"), (2.0, ENDLESS)),
    (("scoring", "agreement_minimum"), (2.0, ENDLESS)),
    (("scoring", "contested_below"), SHARE),
    (("scoring", "careless", "long_string"), (2.0, ENDLESS)),
    (("scoring", "careless", "seconds_per_answer"), (0.0, 3600.0)),
    (("scoring", "careless", "contradiction"), (1.0, 4.0)),
    (("scoring", "careless", "exclude_at"), (1.0, 4.0)),
    (("indices", "embedding", "minimum_items"), COUNT),
    (("indices", "embedding", "floor"), (TINY, 100.0)),
    (("indices", "set_up_to_fail", "minimum_authority"), COUNT),
    (("indices", "set_up_to_fail", "minimum_support"), COUNT),
    (("indices", "set_up_to_fail", "red_flag", "at_least"), RAW),
    (("indices", "set_up_to_fail", "red_flag", "at_most"), RAW),
    (("indices", "set_up_to_fail", "over_controlled_at"), (-100.0, 0.0)),
    (("indices", "set_up_to_fail", "high_at"), SCORE),
    (("indices", "perception_gap", "minimum_people"), (2.0, ENDLESS)),
    (("indices", "perception_gap", "indicative_at"), SCORE),
    (("indices", "perception_gap", "strong_at"), SCORE),
    (("indices", "balance", EACH), SCORE),
    (("indices", "outlook", "cut"), SCORE),
    (("indices", "outlook", "years"), COUNT),
    (("indices", "outlook", "reached_at"), SCORE),
    (("disclosure", "minimum_group"), (LEAST_MINIMUM_GROUP, ENDLESS)),
    (("comparison", "common_items"), SHARE),
    (("comparison", "common_items_per_dimension"), SHARE),
    (("comparison", "changed_at"), SCORE),
    (("benchmark", EACH), COUNT),
    (("prioritising", "now"), COUNT),
    (("prioritising", "whole_target"), SCORE),
    (("prioritising", "gap_unit"), ABOVE_ZERO),
    (("prioritising", "high_is_bad_from"), SCORE),
    (("prioritising", "doubt"), SHARE),
    (("prioritising", "impact", EACH), ABOVE_ZERO),
    (("prioritising", "effort", EACH), ABOVE_ZERO),
)

CUTS: tuple[tuple[Pattern, tuple[float, float], int | None], ...] = (
    (("scoring", "bands"), SCORE, 4),
    (("scoring", "achievement"), SCORE, 3),
    (("scoring", "agreement_cuts"), SHARE, 4),
    (("indices", "embedding", "cuts"), SCORE, None),
    (("indices", "set_up_to_fail", "cuts"), SCORE, None),
)

IN_ORDER: tuple[tuple[Pattern, Pattern], ...] = (
    (("indices", "perception_gap", "indicative_at"), ("indices", "perception_gap", "strong_at")),
    (("benchmark", "quarter_from"), ("benchmark", "nearest_five_from")),
    (("benchmark", "nearest_five_from"), ("benchmark", "percentile_from")),
)

AT_MOST_AS_MANY: tuple[tuple[Pattern, Pattern], ...] = (
    (("scoring", "minimum_dimensions"), ("dimensions",)),
    (("scoring", "minimum_functions"), ("functions",)),
    (("indices", "set_up_to_fail", "minimum_authority"), ("indices", "set_up_to_fail", "authority")),
    (("indices", "set_up_to_fail", "minimum_support"), ("indices", "set_up_to_fail", "support")),
)

REQUIRED_KEYS: tuple[tuple[Pattern, tuple[str, ...]], ...] = (
    (("prioritising", "impact"), ("M", "H")),
    (("prioritising", "effort"), ("S", "M", "L")),
)


def check_limits(content: dict[str, Any], report: Report) -> None:
    """Report every number out of range or order."""
    _check_ranges(content, report)
    for low_key, high_key in IN_ORDER:
        _check_order(content, low_key, high_key, report)
    for number, amount in AT_MOST_AS_MANY:
        _check_amount(content, number, amount, report)
    _check_role_weights(content, report)
    _check_keys(content, report)
    _check_cuts(content, report)
    for index in ("embedding", "set_up_to_fail"):
        _check_class_count(content, index, report)


def _check_ranges(content: dict[str, Any], report: Report) -> None:
    for pattern, (low, high) in RANGES:
        for path, value in find(content, pattern):
            if _is_number(value) and not low <= value <= high:
                least = "above 0" if low == TINY else f"at least {low:g}"
                most = "" if high == ENDLESS else f" and at most {high:g}"
                report(path, f"`{dotted(path)}` is {value}.", f"It must be {least}{most}.")


def _check_role_weights(content: dict[str, Any], report: Report) -> None:
    """Report a role weighted so much more than another that its few answers could be derived from a mean."""
    weights = [(path, weight) for path, weight in find(content, ("roles", EACH, "weight")) if _is_number(weight)]
    least = min((weight for _, weight in weights if weight > 0), default=0.0)
    for path, weight in weights:
        if weight > WIDEST_WEIGHTS * least > 0:
            message = f"`{dotted(path)}` is {weight}, more than {WIDEST_WEIGHTS:g} times the lightest role's {least}."
            report(path, message, "Bring the weights of roles nearer together: single answers would show.")


def _check_keys(content: dict[str, Any], report: Report) -> None:
    for pattern, keys in REQUIRED_KEYS:
        for path, table in tables(content, *pattern):
            for key in [key for key in keys if key not in table]:
                report((*path, key), f"`{dotted((*path, key))}` is missing.", "Add it: a number.")
            for key in [key for key in table if key not in keys]:
                report((*path, key), f"`{dotted((*path, key))}` is not known.", did_you_mean(key, keys))


def _check_order(content: dict[str, Any], low_key: Pattern, high_key: Pattern, report: Report) -> None:
    lows, highs = list(find(content, low_key)), list(find(content, high_key))
    for (path, low), (other, high) in zip(lows, highs, strict=False):
        if _is_number(low) and _is_number(high) and low > high:
            report(path, f"`{dotted(path)}` is above `{dotted(other)}`.", f"It must be at most {high}.")


def _check_amount(content: dict[str, Any], number: Pattern, amount: Pattern, report: Report) -> None:
    for (path, least), (other, found) in zip(find(content, number), find(content, amount), strict=False):
        if _is_number(least) and isinstance(found, list) and least > len(found):
            report(path, f"`{dotted(path)}` is {least}, but `{dotted(other)}` has {len(found)}.", "Lower it.")


def _check_cuts(content: dict[str, Any], report: Report) -> None:
    for pattern, (low, high), count in CUTS:
        for path, cuts in find(content, pattern):
            if not isinstance(cuts, list) or not all(_is_number(cut) for cut in cuts):
                continue
            if sorted(set(cuts)) != cuts:
                report(path, f"`{dotted(path)}` does not ascend.", "Write the cut points from low to high, each once.")
            if any(not low <= cut <= high for cut in cuts):
                report(path, f"`{dotted(path)}` leaves its scale.", f"Keep every cut from {low:g} to {high:g}.")
            if count is not None and len(cuts) != count:
                report(path, f"`{dotted(path)}` has {len(cuts)} cut points.", f"Give exactly {count}.")


def _check_class_count(content: dict[str, Any], index: str, report: Report) -> None:
    for path, table in tables(content, "indices", index):
        cuts, named = table.get("cuts"), table.get("classes")
        if isinstance(cuts, list) and isinstance(named, list) and len(named) != len(cuts) + 1:
            report(
                (*path, "classes"),
                f"`{dotted((*path, 'classes'))}` has {len(named)} for {len(cuts)} cut points.",
                f"Name {len(cuts) + 1} classes: one more than cut points.",
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
