"""Everything above the primary figures, computed a second time and in another way, from the released result alone.

If all of it comes out the same, nobody learns more from it than from the primary figures. Written
from the method, without the product's own roll-up; only advice, lifts and reasons are asked of the
product, which hands them nothing but the released result.
"""

import re
from collections.abc import Iterable, Iterator
from math import ceil, exp, hypot, log, sqrt
from typing import Any

import msgspec
from msgspec.structs import replace
from scipy.special import stdtrit

from assessment.domain.advice.selection import select_advice
from assessment.domain.advice.target_paths import build_target_path_inputs, compute_prospects, find_target_paths
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result
from assessment.domain.scoring.suppression_reasons import list_suppression_reasons

Tree = dict[str, Any]
Weights = dict[str, float]
LOWEST, HIGHEST = 10, 90
OF_FUNCTION = r"functions\.[^.]+\.(dimensions\.[^.]+\.items|hand_off\.rows)"
ITEM = rf"({OF_FUNCTION}|personal)\.[^.]+"
PRIMARY = re.compile(
    "|".join(
        (
            r"(questionnaire|disclosure|respondents)\..*|engine|method|computed_at|mode",
            ITEM + r"\.(score|n|dk|out_of_scope|withheld)",
            OF_FUNCTION + r"\.[^.]+\.distribution",
            r"functions\.[^.]+\.(half_width|agreement|coverage|n|people|target|weight|evidence_share|hand_off\.contacts\..*)",
            r"functions\.[^.]+\.dimensions\.[^.]+\.(half_width|agreement|n)",
            r"overall\.(half_width|coverage|n)|indices\.embedding\.(half_width|n)",
            r"indices\.set_up_to_fail\.(score|authority|support|red_flags_band|share_high_band|n)",
            r"indices\.perception_gap\.(leader_dont_know|goal_agreement|withheld|goal_agreement_n(\..*)?)",
            r"indices\.perception_gap\.dimensions\.[^.]+(\.(leader|practitioner|leaders|practitioners|bounds.*))?",
            r"indices\.outlook\.(independence|readiness|n)",
        )
    )
)


def flat(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a tree by its path; lists (intervals, advice) are leaves."""
    if isinstance(tree, dict) and tree:
        for name, branch in tree.items():
            yield from flat(branch, f"{path}.{name}" if path else str(name))
    elif tree != {}:
        yield path, tree


def differences(questionnaire: Questionnaire, result: Result) -> list[str]:
    """Paths of figures that are neither primary nor follow from those that are."""
    derived = dict(flat(recomputed(questionnaire, result)))
    wrong = []
    for path, value in flat(msgspec.to_builtins(result)):
        if path.startswith(("suppressed", "advice", "lifts", "prospects", "invited")) or PRIMARY.fullmatch(path):
            continue
        if path not in derived or not equal(derived[path], value):
            wrong.append(f"{path}: {value} != {derived.get(path, 'nothing')}")
    flags = result.indices.set_up_to_fail
    red = questionnaire.indices.set_up_to_fail.red_flag
    support = 25.0 * red.at_most if flags and flags.red_flags_band in ("some", "half or more") else None
    bare = replace(result, advice=(), suppressed={}, lifts=(), prospects=())
    importance = {given.id: given.importance for given in result.advice}
    if select_advice(questionnaire, bare, importance, flagged_support=support) != result.advice:
        wrong.append("advice")
    ground = build_target_path_inputs(questionnaire, replace(bare, advice=result.advice))
    if find_target_paths(ground) != result.lifts or compute_prospects(ground) != result.prospects:
        wrong.append("lifts")
    if (
        result.disclosure
        and list_suppression_reasons(questionnaire, bare, f"fewer than {result.disclosure.needed} answers")
        != result.suppressed
    ):
        wrong.append("suppressed")
    return wrong


def recomputed(questionnaire: Questionnaire, result: Result) -> Tree:
    """Compute all that is derived from the primary figures of a released result."""
    tree = msgspec.to_builtins(result)
    functions = {name: _function(questionnaire, part) for name, part in tree["functions"].items()}
    scores = _scores(tree)
    for name, part in functions.items():
        own = tree["functions"][name]
        del part["hand_off"]["weights"]
        part["interval"] = _interval(part["score"], own["half_width"], part.pop("weights"), scores)
        for other, dimension in part["dimensions"].items():
            width = own["dimensions"][other]["half_width"]
            dimension["interval"] = _interval(dimension["score"], width, dimension.pop("weights"), scores)
    return {
        "functions": functions,
        "overall": _overall(questionnaire, tree, functions),
        "indices": _indices(questionnaire, tree, functions),
        "personal": {
            name: {**_item(questionnaire, item), "distribution": None} for name, item in tree["personal"].items()
        },
    }


def equal(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(map(equal, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return abs(ours - theirs) < 1e-6
    return bool(ours == theirs)


def _item(questionnaire: Questionnaire, item: Tree) -> Tree:
    return {"bound": _bound(questionnaire, item["score"]), "evidence": None}


def _bound(questionnaire: Questionnaire, score: float | None) -> str | None:
    if score is None or LOWEST < score < HIGHEST:
        return None
    return "at most" if score <= LOWEST else "at least"


def _scores(tree: Tree) -> dict[str, float]:
    """Released scores of items and rows."""
    found = {}
    for function in tree["functions"].values():
        parts = [function["hand_off"]["rows"], *(dimension["items"] for dimension in function["dimensions"].values())]
        found |= {name: item["score"] for part in parts for name, item in part.items()}
    return found


def _interval(score: float | None, width: float | None, weights: Weights, scores: Tree) -> list[float] | None:
    """Around a score; wider where an item stands for all that is lower or higher."""
    if score is None or width is None:
        return None
    low = score - width - sum(10 * weight for item, weight in weights.items() if scores[item] <= LOWEST)
    high = score + width + sum(10 * weight for item, weight in weights.items() if scores[item] >= HIGHEST)
    return [max(0.0, low), min(100.0, high)]


def _times(weights: Weights, factor: float) -> Weights:
    return {item: weight * factor for item, weight in weights.items()}


def _together(many: Iterable[Weights]) -> Weights:
    found: Weights = {}
    for weights in many:
        for item, weight in weights.items():
            found[item] = found.get(item, 0.0) + weight
    return found


def _band(questionnaire: Questionnaire, score: float | None) -> int | None:
    return None if score is None else 1 + sum(round(score, 6) >= cut for cut in questionnaire.scoring.bands)


def _reading(questionnaire: Questionnaire, score: float | None) -> Tree:
    cuts = questionnaire.scoring.achievement
    return {
        "score": score,
        "maturity": None if score is None else 1 + score / 25,
        "band": _band(questionnaire, score),
        "achievement": None if score is None else "NPLF"[sum(round(score, 6) > cut for cut in cuts)],
    }


def _mean(scores: list[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _agreement_class(questionnaire: Questionnaire, agreement: float | None) -> str | None:
    names = ("none", "weak", "moderate", "strong", "very strong")
    cuts = questionnaire.scoring.agreement_cuts
    return None if agreement is None else names[sum(round(agreement, 6) > cut for cut in cuts)]


def _hand_off(questionnaire: Questionnaire, part: Tree) -> Tree:
    rows, channel = part["hand_off"]["rows"], {item.id: item.channel for item in questionnaire.items}
    direct = {other.id for other in questionnaire.channels if other.direct}
    shares = part["hand_off"]["contacts"]
    entering = [
        (channel[name], row["score"], shares[channel[name]], name)
        for name, row in rows.items()
        if row["score"] is not None and shares[channel[name]] > 0
    ]
    valid = len(entering) >= questionnaire.scoring.minimum_rows and any(name in direct for name, *_ in entering)
    lowest = min(score for _, score, *_ in entering) if valid else None
    worst = [name for name, score, *_ in entering if valid and score == lowest]
    total = sum(share for _, _, share, _ in entering)
    return {
        "score": sum(score * share for _, score, share, _ in entering) / total if valid else None,
        "worst": worst[0] if worst else None,
        "worst_score": lowest,
        "worst_tied": worst if len(worst) > 1 else [],
        "weights": {row: share / total for _, _, share, row in entering} if valid else {},
        "rows": {name: _item(questionnaire, row) for name, row in rows.items()},
    }


def _dimension(questionnaire: Questionnaire, part: Tree, hand_off: Tree, rows: Tree, *, with_rows: bool) -> Tree:
    items = part["items"]
    in_scope = [item for item in items.values() if not item["out_of_scope"]]
    scores = [item["score"] for item in in_scope if item["score"] is not None]
    weights = [{name: 1.0} for name, item in items.items() if not item["out_of_scope"] and item["score"] is not None]
    rows_count = with_rows and bool(rows) and not all(row["out_of_scope"] for row in rows.values())
    if rows_count and hand_off["score"] is not None:
        scores, weights = [*scores, hand_off["score"]], [*weights, hand_off["weights"]]
    size = len(in_scope) + rows_count
    valid = bool(size) and len(scores) / size >= questionnaire.scoring.valid_item_share
    return {
        **_reading(questionnaire, _mean(scores) if valid else None),
        "agreement_class": _agreement_class(questionnaire, part["agreement"]),
        "out_of_scope": not size,
        "weights": _times(_together(weights), 1 / len(scores)) if valid else {},
        "items": {name: _item(questionnaire, item) for name, item in items.items()},
    }


def _function(questionnaire: Questionnaire, part: Tree) -> Tree:
    rules, rows, hand_off = questionnaire.scoring, part["hand_off"]["rows"], _hand_off(questionnaire, part)
    dimensions = {
        dimension.id: _dimension(
            questionnaire, part["dimensions"][dimension.id], hand_off, rows, with_rows=dimension.hand_offs
        )
        for dimension in questionnaire.dimensions
    }
    scores = [dimension["score"] for dimension in dimensions.values() if dimension["score"] is not None]
    required = [dimension.id for dimension in questionnaire.dimensions if dimension.required]
    valid = len(scores) >= rules.minimum_dimensions and all(dimensions[d]["score"] is not None for d in required)
    score = _mean(scores) if valid else None
    entering = [dimension["weights"] for dimension in dimensions.values() if dimension["score"] is not None]
    contested = part["agreement"] is not None and part["agreement"] < rules.contested_below
    bands = [dimension["band"] for dimension in dimensions.values() if dimension["band"]]
    items = {name: item for dimension in part["dimensions"].values() for name, item in dimension["items"].items()}
    marked = [items[item.id]["score"] for item in questionnaire.items if item.embedding and item.id in items]
    embedding = [found for found in marked if found is not None]
    level = None if score is None or contested else min(_band(questionnaire, score), rules.level_step + min(bands))
    return {
        **_reading(questionnaire, score),
        "weights": _times(_together(entering), 1 / len(scores)) if valid else {},
        "level": level,
        "contested": contested,
        "provisional": part["coverage"] is not None and part["coverage"] < rules.provisional_below,
        "partial": sum(item["out_of_scope"] for item in items.values()) / len(items) > rules.partial_above,
        "embedding": _mean(embedding) if len(embedding) >= questionnaire.indices.embedding.minimum_items else None,
        "agreement_class": _agreement_class(questionnaire, part["agreement"]),
        "hand_off": hand_off,
        "dimensions": dimensions,
        "out_of_scope": all(dimension["out_of_scope"] for dimension in dimensions.values()),
    }


def _overall(questionnaire: Questionnaire, tree: Tree, functions: Tree) -> Tree:
    rules = questionnaire.scoring
    valid = {name: part for name, part in functions.items() if part["score"] is not None}
    enough = len(valid) >= rules.minimum_functions
    weights = {name: tree["functions"][name]["weight"] for name in valid}
    total = sum(weights.values())
    score = sum(weights[name] * part["score"] for name, part in valid.items()) / total if enough else None
    contested = any(part["contested"] for part in valid.values())
    levels = [part["level"] for part in valid.values() if part["level"]]
    coverage = tree["overall"]["coverage"]
    shares = _together(_times(_function_weights(questionnaire, tree, name), weights[name] / total) for name in valid)
    level = None if score is None or contested else min(_band(questionnaire, score), rules.level_step + min(levels))
    return {
        **_reading(questionnaire, score),
        "interval": _interval(score, tree["overall"]["half_width"], shares, _scores(tree)),
        "level": level,
        "contested": contested,
        "provisional": coverage is not None and coverage < rules.provisional_below,
    }


def _function_weights(questionnaire: Questionnaire, tree: Tree, name: str) -> Weights:
    return _function(questionnaire, tree["functions"][name])["weights"]


def _indices(questionnaire: Questionnaire, tree: Tree, functions: Tree) -> Tree:
    given = tree["indices"]
    hand_offs = [part["hand_off"]["score"] for part in functions.values() if part["hand_off"]["score"] is not None]
    return {
        "embedding": _embedding(questionnaire, tree, functions),
        "set_up_to_fail": _set_up_to_fail(questionnaire, given["set_up_to_fail"]),
        "perception_gap": _gap(questionnaire, given["perception_gap"], tree, functions),
        "balance": _balance(questionnaire, tree, functions),
        "beyond_one_network": _mean(hand_offs),
        "outlook": _outlook(questionnaire, given["outlook"]),
    }


def _embedding(questionnaire: Questionnaire, tree: Tree, functions: Tree) -> Tree:
    index = questionnaire.indices.embedding
    parts = {name: part["embedding"] for name, part in functions.items() if part["embedding"] is not None}
    if len(parts) < questionnaire.scoring.minimum_functions:
        return {"score": None, "class": None, "interval": None}
    weights = {name: tree["functions"][name]["weight"] for name in parts}
    logs = sum(weights[name] * log(max(part, index.floor)) for name, part in parts.items())
    score = exp(logs / sum(weights.values()))
    scores, total = _scores(tree), sum(weights.values())
    marked = {
        item.id: item.function for item in questionnaire.items if item.embedding and scores.get(item.id) is not None
    }
    away = _away(tree)
    own = {name: [item for item, other in marked.items() if other == name and item not in away] for name in parts}
    shares = {
        item: score * weights[name] / total / (parts[name] * len(items))
        for name, items in own.items()
        for item in items
        if round(parts[name], 6) > index.floor
    }
    return {
        "score": score,
        "class": index.classes[sum(round(score, 6) >= cut for cut in index.cuts)],
        "interval": _interval(score, tree["indices"]["embedding"]["half_width"], shares, scores),
    }


def _away(tree: Tree) -> set[str]:
    """Items out of scope."""
    return {
        name
        for function in tree["functions"].values()
        for dimension in function["dimensions"].values()
        for name, item in dimension["items"].items()
        if item["out_of_scope"]
    }


def _bounds(questionnaire: Questionnaire, part: Tree, *names: str) -> Tree:
    return {name: bound for name in names if (bound := _bound(questionnaire, part[name]))}


def _set_up_to_fail(questionnaire: Questionnaire, part: Tree) -> Tree:
    index, score = questionnaire.indices.set_up_to_fail, part["score"]
    reached = [] if score is None else [sum(score >= cut for cut in index.cuts)]
    if part["red_flags_band"] in ("some", "half or more"):
        reached.append(index.classes.index(index.red_flag.least_class))
    difference = None if part["authority"] is None else part["authority"] - part["support"]
    return {
        "class": index.classes[max(reached)] if reached else None,
        "difference": difference,
        "over_controlled": None if difference is None else difference <= index.over_controlled_at,
        "red_flags": None,
        "share_high": None,
        "bounds": _bounds(questionnaire, part, "score", "authority", "support"),
    }


def _gap(questionnaire: Questionnaire, part: Tree, tree: Tree, functions: Tree) -> Tree:
    index = questionnaire.indices.perception_gap
    agreements = [
        own["agreement"]
        for name, own in tree["functions"].items()
        if functions[name]["score"] is not None and own["agreement"] is not None
    ]
    spread = _mean([1250 * (1.05 - r) if r else 2500 for r in agreements])
    found, gaps = {}, []
    for name, dimension in part["dimensions"].items():
        if dimension is not None:
            gap = dimension["leader"] - dimension["practitioner"]
            gaps.append(gap)
            width = _gap_width(spread, dimension["leaders"], dimension["practitioners"])
            found[name] = {
                "gap": gap,
                "half_width": width,
                "interval": None if width is None else [gap - width, gap + width],
                "verdict": _verdict(gap, width, index),
            }
    return {
        "score": _mean([abs(gap) for gap in gaps]),
        "signed": _mean(gaps),
        "dimensions": found,
        "bounds": _bounds(questionnaire, part, "leader_dont_know", "goal_agreement"),
    }


def _gap_width(spread: float | None, leaders: int, practitioners: int) -> float | None:
    if spread is None:
        return None
    error = sqrt(spread * (1 / leaders + 1 / practitioners) + 25 / 6)
    return float(ceil(round(float(stdtrit(leaders + practitioners - 2, 0.975)) * error, 9)))


def _verdict(gap: float, width: float | None, index: Any) -> str:
    if width is None:
        return "untested"
    if abs(gap) < index.indicative_at:
        return "none" if abs(gap) + width < index.strong_at else "open"
    if width >= abs(gap):
        return "indicative"
    return "strong" if abs(gap) >= index.strong_at else "confirmed"


def _balance(questionnaire: Questionnaire, tree: Tree, functions: Tree) -> Tree:
    rules = questionnaire.indices.balance
    known = {name: part["score"] for name, part in functions.items() if part["score"] is not None}
    if len(known) < questionnaire.scoring.minimum_functions:
        return {"score": None, "spread": None, "flagged": False, "weakest": None, "lowest": []}
    first, *others = sorted(known, key=lambda name: round(known[name], 6))
    lowest, highest = min(known.values()), max(known.values())
    widths = {name: tree["functions"][name]["half_width"] for name in known}

    def is_behind(other: str) -> bool:
        distance, sure = round(known[other] - known[first], 6), (widths[first], widths[other])
        return distance >= rules.tie_below and None not in sure and distance > round(hypot(*sure), 6)

    share = 100 * lowest / highest if highest else None
    uneven = share is not None and round(share, 6) < rules.flagged_below
    return {
        "score": share,
        "spread": highest - lowest,
        "flagged": uneven or round(highest - lowest, 6) >= rules.spread_at,
        "weakest": first if is_behind(others[0]) else None,
        "lowest": [first, *(name for name in others if not is_behind(name))],
    }


def _outlook(questionnaire: Questionnaire, part: Tree) -> Tree:
    index, independence, readiness = questionnaire.indices.outlook, part["independence"], part["readiness"]
    name = None
    if independence is not None and readiness is not None:
        low = (index.low_low, index.low_high)
        high = (index.high_low, index.high_high)
        name = (high if independence >= index.cut else low)[readiness >= index.cut]
    return {"class": name, "bounds": _bounds(questionnaire, part, "independence", "readiness")}
