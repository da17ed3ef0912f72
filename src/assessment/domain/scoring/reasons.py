"""Reasons why figures of a released result are null, by path (method 6.6)."""

from collections.abc import Iterator

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import DimensionResult, FunctionResult, ItemResult, Result

CONTESTED = "answers differ too much"
BANDED = "released as a band"
FEW_OF_ONE_ROLE = "too few answers from one role"
NO_AGREEMENT = "no function has an agreement"
WHOLE_FIGURES = ("score", "maturity", "band", "level", "interval", "half_width")
FIGURES = ("score", "maturity", "band", "interval", "half_width", "agreement", "coverage", "embedding")
INDEX_FIGURES = {
    "embedding": ("score", "class_"),
    "set_up_to_fail": ("score", "authority", "support", "difference", "red_flags_band", "share_high_band"),
    "perception_gap": ("score", "signed", "leader_dont_know", "goal_agreement", "goal_agreement_n"),
    "balance": ("score", "spread"),
    "outlook": ("independence", "readiness", "class_"),
}


def reasons(questionnaire: Questionnaire, result: Result, few: str) -> dict[str, str]:
    """Return the reason of every hidden figure by path; `few` is the reason for too few answers.

    Figures that the questionnaire does not have are absent instead of hidden.
    """
    return dict(_reasons(questionnaire, result, few))


def _reasons(questionnaire: Questionnaire, result: Result, few: str) -> Iterator[tuple[str, str]]:
    if result.overall.score is None:
        yield from (
            (f"overall.{name}", few) for name in ("score", "maturity", "band", "level", "interval", "half_width")
        )
    elif result.overall.contested:
        yield "overall.level", CONTESTED
    for name, function in result.functions.items():
        if not function.out_of_scope:
            for path, reason in _function(f"functions.{name}", function, few):
                if questionnaire.indices.embedding or not path.endswith(".embedding"):
                    yield path, reason
    yield from _indices(questionnaire, result, few)
    for name, item in result.personal.items():
        yield from _item(f"personal.{name}", item, few)


def _function(path: str, function: FunctionResult, few: str) -> Iterator[tuple[str, str]]:
    if function.score is None:
        yield from ((f"{path}.{name}", few) for name in FIGURES if getattr(function, name) is None)
        yield f"{path}.level", few
    elif function.contested:
        yield f"{path}.level", CONTESTED
    if function.hand_off.rows and function.hand_off.score is None:
        yield f"{path}.hand_off.score", few
        yield f"{path}.hand_off.worst", few
    for name, row in function.hand_off.rows.items():
        yield from _item(f"{path}.hand_off.rows.{name}", row, few)
    for name, dimension in function.dimensions.items():
        if not dimension.out_of_scope:
            yield from _dimension(f"{path}.dimensions.{name}", dimension, few)


def _dimension(path: str, dimension: DimensionResult, few: str) -> Iterator[tuple[str, str]]:
    if dimension.score is None:
        yield from ((f"{path}.{name}", few) for name in ("score", "interval", "half_width", "agreement"))
    elif dimension.n is None:
        yield from ((f"{path}.{name}", FEW_OF_ONE_ROLE) for name in ("interval", "half_width", "agreement"))
    for name, item in dimension.items.items():
        yield from _item(f"{path}.items.{name}", item, few)


def _item(path: str, item: ItemResult, few: str) -> Iterator[tuple[str, str]]:
    if item.n is None and not item.out_of_scope:
        yield f"{path}.score", few
        yield f"{path}.n", few


def _indices(questionnaire: Questionnaire, result: Result, few: str) -> Iterator[tuple[str, str]]:
    asked = questionnaire.indices.perception_gap
    without = () if asked is None or asked.goals else ("goal_agreement", "goal_agreement_n")
    for index, names in INDEX_FIGURES.items():
        figures = getattr(result.indices, index)
        for name in names:
            if figures is not None and name not in without and getattr(figures, name) is None:
                yield f"indices.{index}.{name.rstrip('_')}", few
    for name, gap in (result.indices.perception_gap.dimensions if result.indices.perception_gap else {}).items():
        if gap is None:
            yield f"indices.perception_gap.dimensions.{name}", few
        elif gap.half_width is None:
            yield f"indices.perception_gap.dimensions.{name}.interval", NO_AGREEMENT
            yield f"indices.perception_gap.dimensions.{name}.half_width", NO_AGREEMENT
    if result.indices.set_up_to_fail is not None:
        yield from ((f"indices.set_up_to_fail.{name}", BANDED) for name in ("red_flags", "share_high"))
    if questionnaire.has_hand_offs and result.indices.beyond_one_network is None:
        yield "indices.beyond_one_network", few
