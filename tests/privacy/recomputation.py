"""Everything above the primary figures, computed a second time and in another way, from the released result alone.

If all of it comes out the same, nobody learns more from it than from the primary figures. Written
from the method, without the product's own roll-up; only advice, lifts and reasons are asked of the
product, which hands them nothing but the released result.
"""

import re
from collections.abc import Iterator
from math import exp, log
from typing import Any

import msgspec
from msgspec.structs import replace

from assessment.domain.advice import advise
from assessment.domain.lifting import lifts
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result
from assessment.domain.scoring.reasons import reasons

Tree = dict[str, Any]
OF_FUNCTION = r"functions\.[^.]+\.(dimensions\.[^.]+\.items|hand_off\.rows)"
ITEM = rf"({OF_FUNCTION}|personal)\.[^.]+"
PRIMARY = re.compile(
    "|".join(
        (
            r"(questionnaire|disclosure|respondents)\..*|engine|computed_at|mode",
            ITEM + r"\.(score|n|dk|out_of_scope)",
            OF_FUNCTION + r"\.[^.]+\.distribution",
            r"functions\.[^.]+\.(interval|agreement|coverage|n|people|target|weight|hand_off\.contacts\..*)",
            r"functions\.[^.]+\.dimensions\.[^.]+\.(interval|agreement|n)",
            r"overall\.(interval|coverage|n)|indices\.embedding\.(interval|n)",
            r"indices\.set_up_to_fail\.(score|authority|support|red_flags_band|share_high_band|n)",
            r"indices\.perception_gap\.(leader_dont_know|goal_agreement)",
            r"indices\.perception_gap\.dimensions\.[^.]+(\.(leader|practitioner|interval|leaders|practitioners|bounds.*))?",
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
        if path.startswith(("suppressed", "advice", "lifts")) or PRIMARY.fullmatch(path):
            continue
        if path not in derived or not equal(derived[path], value):
            wrong.append(f"{path}: {value} != {derived.get(path, 'nothing')}")
    flags = result.indices.set_up_to_fail
    red = questionnaire.indices.set_up_to_fail.red_flag
    support = 25.0 * red.at_most if flags and flags.red_flags_band in ("some", "half or more") else None
    bare = replace(result, advice=(), suppressed={}, lifts=())
    importance = {given.id: given.importance for given in result.advice}
    if advise(questionnaire, bare, importance, flagged_support=support) != result.advice:
        wrong.append("advice")
    if lifts(questionnaire, bare) != result.lifts:
        wrong.append("lifts")
    if (
        result.disclosure
        and reasons(questionnaire, bare, f"fewer than {result.disclosure.needed} answers") != result.suppressed
    ):
        wrong.append("suppressed")
    return wrong


def recomputed(questionnaire: Questionnaire, result: Result) -> Tree:
    """Compute all that is derived from the primary figures of a released result."""
    tree = msgspec.to_builtins(result)
    functions = {name: _function(questionnaire, part) for name, part in tree["functions"].items()}
    return {
        "functions": functions,
        "overall": _overall(questionnaire, tree, functions),
        "indices": _indices(questionnaire, tree, functions),
        "personal": {
            name: {**_item(questionnaire, item), "distribution": None} for name, item in tree["personal"].items()
        },
    }


def equal(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return abs(ours - theirs) < 1e-6
    return bool(ours == theirs)


def _item(questionnaire: Questionnaire, item: Tree) -> Tree:
    return {"bound": _bound(questionnaire, item["score"]), "evidence": None}


def _bound(questionnaire: Questionnaire, score: float | None) -> str | None:
    rules = questionnaire.disclosure
    if score is None or rules.lowest < score < rules.highest:
        return None
    return "at most" if score <= rules.lowest else "at least"


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
        (channel[name], row["score"], shares[channel[name]])
        for name, row in rows.items()
        if row["score"] is not None and shares[channel[name]] > 0
    ]
    valid = len(entering) >= questionnaire.scoring.minimum_rows and any(name in direct for name, *_ in entering)
    worst = min(entering, key=lambda row: row[1]) if valid else (None, None, None)
    total = sum(share for *_, share in entering)
    return {
        "score": sum(score * share for _, score, share in entering) / total if valid else None,
        "worst": worst[0],
        "worst_score": worst[1],
        "rows": {name: _item(questionnaire, row) for name, row in rows.items()},
    }


def _dimension(questionnaire: Questionnaire, part: Tree, hand_off: Tree, rows: Tree, *, with_rows: bool) -> Tree:
    items = part["items"]
    in_scope = [item for item in items.values() if not item["out_of_scope"]]
    scores = [item["score"] for item in in_scope if item["score"] is not None]
    rows_count = with_rows and bool(rows) and not all(row["out_of_scope"] for row in rows.values())
    if rows_count and hand_off["score"] is not None:
        scores = [*scores, hand_off["score"]]
    size = len(in_scope) + rows_count
    valid = bool(size) and len(scores) / size >= questionnaire.scoring.valid_item_share
    return {
        **_reading(questionnaire, _mean(scores) if valid else None),
        "agreement_class": _agreement_class(questionnaire, part["agreement"]),
        "out_of_scope": not size,
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
    contested = part["agreement"] is not None and part["agreement"] < rules.contested_below
    bands = [dimension["band"] for dimension in dimensions.values() if dimension["band"]]
    items = {name: item for dimension in part["dimensions"].values() for name, item in dimension["items"].items()}
    marked = [items[item.id]["score"] for item in questionnaire.items if item.embedding and item.id in items]
    embedding = [found for found in marked if found is not None]
    level = None if score is None or contested else min(_band(questionnaire, score), rules.level_step + min(bands))
    return {
        **_reading(questionnaire, score),
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
    level = None if score is None or contested else min(_band(questionnaire, score), rules.level_step + min(levels))
    return {
        **_reading(questionnaire, score),
        "level": level,
        "contested": contested,
        "provisional": coverage is not None and coverage < rules.provisional_below,
    }


def _indices(questionnaire: Questionnaire, tree: Tree, functions: Tree) -> Tree:
    given = tree["indices"]
    hand_offs = [part["hand_off"]["score"] for part in functions.values() if part["hand_off"]["score"] is not None]
    return {
        "embedding": _embedding(questionnaire, tree, functions),
        "set_up_to_fail": _set_up_to_fail(questionnaire, given["set_up_to_fail"]),
        "perception_gap": _gap(questionnaire, given["perception_gap"]),
        "balance": _balance(questionnaire, functions),
        "beyond_one_network": _mean(hand_offs),
        "outlook": _outlook(questionnaire, given["outlook"]),
    }


def _embedding(questionnaire: Questionnaire, tree: Tree, functions: Tree) -> Tree:
    index = questionnaire.indices.embedding
    parts = {name: part["embedding"] for name, part in functions.items() if part["embedding"] is not None}
    if len(parts) < questionnaire.scoring.minimum_functions:
        return {"score": None, "class": None}
    weights = {name: tree["functions"][name]["weight"] for name in parts}
    logs = sum(weights[name] * log(max(part, index.floor)) for name, part in parts.items())
    score = exp(logs / sum(weights.values()))
    return {"score": score, "class": index.classes[sum(round(score, 6) >= cut for cut in index.cuts)]}


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


def _gap(questionnaire: Questionnaire, part: Tree) -> Tree:
    index = questionnaire.indices.perception_gap
    found, gaps = {}, []
    for name, dimension in part["dimensions"].items():
        if dimension is not None:
            gap = dimension["leader"] - dimension["practitioner"]
            gaps.append(gap)
            found[name] = {"gap": gap, "verdict": _verdict(gap, dimension["interval"], index)}
    return {
        "score": _mean([abs(gap) for gap in gaps]),
        "signed": _mean(gaps),
        "dimensions": found,
        "bounds": _bounds(questionnaire, part, "leader_dont_know", "goal_agreement"),
    }


def _verdict(gap: float, interval: list[float] | None, index: Any) -> str:
    if abs(gap) < index.indicative_at:
        return "none"
    if interval is None or interval[0] <= 0 <= interval[1]:
        return "indicative"
    return "strong" if abs(gap) >= index.strong_at else "confirmed"


def _balance(questionnaire: Questionnaire, functions: Tree) -> Tree:
    rules = questionnaire.indices.balance
    scores = sorted((part["score"], name) for name, part in functions.items() if part["score"] is not None)
    if len(scores) < questionnaire.scoring.minimum_functions:
        return {"score": None, "spread": None, "flagged": False, "weakest": None}
    (lowest, first), (following, _), highest = scores[0], scores[1], scores[-1][0]
    share = 100 * lowest / highest if highest else None
    uneven = share is not None and round(share, 6) < rules.flagged_below
    return {
        "score": share,
        "spread": highest - lowest,
        "flagged": uneven or round(highest - lowest, 6) >= rules.spread_at,
        "weakest": first if round(following - lowest, 6) >= rules.tie_below else None,
    }


def _outlook(questionnaire: Questionnaire, part: Tree) -> Tree:
    index, independence, readiness = questionnaire.indices.outlook, part["independence"], part["readiness"]
    name = None
    if independence is not None and readiness is not None:
        low = (index.low_low, index.low_high)
        high = (index.high_low, index.high_high)
        name = (high if independence >= index.cut else low)[readiness >= index.cut]
    return {"class": name, "bounds": _bounds(questionnaire, part, "independence", "readiness")}
