"""Reasons why figures of a released result are null, by path (method 6.6)."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import DimensionResult, FunctionResult, ItemResult, Result

CONTESTED_REASON = "answers differ too much"
BAND_REASON = "released as a band"
FEW_OF_ONE_ROLE_REASON = "too few answers from one role"
DECIDED_ANSWER_REASON = "a single answer could be worked out"
NO_AGREEMENT_REASON = "no function has an agreement"
OVERALL_FIGURES = ("score", "maturity", "band", "level", "interval", "half_width")
FUNCTION_FIGURES = ("score", "maturity", "band", "interval", "half_width", "agreement", "coverage", "embedding")
GAP_MEANS = ("score", "signed")  # over the dimensions that are shown
INDICES_OF_ITEMS = ("embedding", "balance")  # computed from item scores
INDEX_FIGURES = {
    "embedding": ("score", "class_"),
    "set_up_to_fail": ("score", "authority", "support", "difference", "red_flags_band", "share_high_band"),
    "perception_gap": ("score", "signed", "leader_dont_know", "goal_agreement", "goal_agreement_n"),
    "balance": ("score", "spread"),
    "outlook": ("independence", "readiness", "class_"),
}


def list_suppression_reasons(questionnaire: Questionnaire, result: Result, few_reason: str) -> dict[str, str]:
    """Return the reason of every hidden figure by path; `few_reason` is the reason for too few answers.

    Figures that the questionnaire does not have are absent instead of hidden.
    """
    return dict(_iterate_reasons(questionnaire, result, few_reason))


def list_evidence_reasons(result: Result, few_reason: str) -> dict[str, str]:
    """Return the reasons of hidden shares of ratings with evidence; call only if evidence was asked for."""
    return {
        f"functions.{name}.evidence_share": few_reason
        for name, function in result.functions.items()
        if function.evidence_share is None and not function.out_of_scope
    }


def _iterate_reasons(questionnaire: Questionnaire, result: Result, few_reason: str) -> Iterator[tuple[str, str]]:
    with_rows = {dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs}
    if result.overall.score is None:
        reason = _explain_hidden_items(_list_items(result), few_reason)
        yield from ((f"overall.{name}", reason) for name in OVERALL_FIGURES)
    elif result.overall.contested:
        yield "overall.level", CONTESTED_REASON
    for name, function in result.functions.items():
        if not function.out_of_scope:
            for path, reason in _list_function_reasons(f"functions.{name}", function, with_rows, few_reason):
                if questionnaire.indices.embedding or not path.endswith(".embedding"):
                    yield path, reason
    yield from _list_index_reasons(questionnaire, result, few_reason)
    for name, item in result.personal.items():
        yield from _list_item_reasons(f"personal.{name}", item, few_reason)


def _list_items(result: Result) -> Iterator[ItemResult]:
    for function in result.functions.values():
        yield from _list_function_items(function)


def _list_function_items(function: FunctionResult) -> Iterator[ItemResult]:
    yield from function.hand_off.rows.values()
    for dimension in function.dimensions.values():
        yield from dimension.items.values()


def _explain_hidden_items(items: Iterable[ItemResult], few_reason: str) -> str:
    """Return why a figure of these items is hidden: too few answers, unless only other items are hidden."""
    hidden = [item for item in items if item.n is None and not item.out_of_scope]
    return DECIDED_ANSWER_REASON if hidden and all(item.withheld for item in hidden) else few_reason


def _list_function_reasons(
    path: str, function: FunctionResult, with_rows: Collection[str], few_reason: str
) -> Iterator[tuple[str, str]]:
    """Yield the reasons of one function; `with_rows` are the dimensions that hand-off rows enter."""
    if function.score is None:
        reason = _explain_hidden_items(_list_function_items(function), few_reason)
        yield from ((f"{path}.{name}", reason) for name in FUNCTION_FIGURES if getattr(function, name) is None)
        yield f"{path}.level", reason
    elif function.contested:
        yield f"{path}.level", CONTESTED_REASON
    rows = function.hand_off.rows
    if rows and function.hand_off.score is None:
        reason = _explain_hidden_items(rows.values(), few_reason)
        yield f"{path}.hand_off.score", reason
        yield f"{path}.hand_off.worst", reason
    for name, row in rows.items():
        yield from _list_item_reasons(f"{path}.hand_off.rows.{name}", row, few_reason)
    for name, dimension in function.dimensions.items():
        if not dimension.out_of_scope:
            entering = rows if name in with_rows else {}
            yield from _list_dimension_reasons(f"{path}.dimensions.{name}", dimension, entering, few_reason)


def _list_dimension_reasons(
    path: str, dimension: DimensionResult, rows: Mapping[str, ItemResult], few_reason: str
) -> Iterator[tuple[str, str]]:
    if dimension.score is None:
        reason = _explain_hidden_items([*dimension.items.values(), *rows.values()], few_reason)
        yield from ((f"{path}.{name}", reason) for name in ("score", "interval", "half_width", "agreement"))
    elif dimension.n is None:
        yield from ((f"{path}.{name}", FEW_OF_ONE_ROLE_REASON) for name in ("interval", "half_width", "agreement"))
    for name, item in dimension.items.items():
        yield from _list_item_reasons(f"{path}.items.{name}", item, few_reason)


def _list_item_reasons(path: str, item: ItemResult, few_reason: str) -> Iterator[tuple[str, str]]:
    if item.n is None and not item.out_of_scope:
        reason = _explain_hidden_items([item], few_reason)
        yield f"{path}.score", reason
        yield f"{path}.n", reason


def _explain_index(result: Result, index: str, name: str, few_reason: str) -> str:
    gaps = result.indices.perception_gap
    if index == "perception_gap" and name in GAP_MEANS and gaps is not None and gaps.withheld:
        return DECIDED_ANSWER_REASON
    return _explain_hidden_items(_list_items(result), few_reason) if index in INDICES_OF_ITEMS else few_reason


def _list_index_reasons(questionnaire: Questionnaire, result: Result, few_reason: str) -> Iterator[tuple[str, str]]:
    gap_index = questionnaire.indices.perception_gap
    without = () if gap_index is None or gap_index.goals else ("goal_agreement", "goal_agreement_n")
    for index, names in INDEX_FIGURES.items():
        figures = getattr(result.indices, index)
        for name in names:
            if figures is not None and name not in without and getattr(figures, name) is None:
                yield f"indices.{index}.{name.rstrip('_')}", _explain_index(result, index, name, few_reason)
    gaps = result.indices.perception_gap
    for name, gap in (gaps.dimensions if gaps else {}).items():
        if gap is None:
            is_withheld = gaps is not None and name in gaps.withheld
            yield f"indices.perception_gap.dimensions.{name}", DECIDED_ANSWER_REASON if is_withheld else few_reason
        elif gap.half_width is None:
            yield f"indices.perception_gap.dimensions.{name}.interval", NO_AGREEMENT_REASON
            yield f"indices.perception_gap.dimensions.{name}.half_width", NO_AGREEMENT_REASON
    if result.indices.set_up_to_fail is not None:
        yield from ((f"indices.set_up_to_fail.{name}", BAND_REASON) for name in ("red_flags", "share_high"))
    if questionnaire.has_hand_offs and result.indices.beyond_one_network is None:
        rows = [row for function in result.functions.values() for row in function.hand_off.rows.values()]
        yield "indices.beyond_one_network", _explain_hidden_items(rows, few_reason)
