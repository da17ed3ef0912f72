"""Releases of method 1.0 stay readable and as they are; those of 1.1 are checked to the last half-width."""

import msgspec
import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from assessment.domain.result import Result
from assessment.domain.verification import check_result
from assessment.domain.verification.provenance import strip_careless_log

NEW = {"half_width", "worst_tied", "goal_agreement_n", "withheld", "dimension", "furthest", "rung"}


@pytest.fixture
def released(questionnaire, organisation):
    return score_answers(questionnaire, organisation(120, 3), AssessmentSettings())


def as_of_method_1_0(result):
    """The JSON of a result without what method 1.1 added."""
    tree = msgspec.json.decode(msgspec.json.encode(result))
    for name in ("method", "prospects"):
        del tree[name]
    del tree["indices"]["balance"]["lowest"]
    tree["engine"] = "0.1.0"
    return without(tree)


def without(node):
    if isinstance(node, dict):
        return {name: without(inner) for name, inner in node.items() if name not in NEW}
    return [without(inner) for inner in node] if isinstance(node, list) else node


def test_release_of_method_1_0_decodes_with_its_method(released):
    earlier = msgspec.json.decode(msgspec.json.encode(as_of_method_1_0(released)), type=Result)

    assert (earlier.method, released.method) == ("1.0", "1.1")
    assert earlier.overall.score == released.overall.score
    assert earlier.overall.half_width is None


def test_earlier_release_is_passed_on_without_new_fields(questionnaire, organisation):
    exact = score_answers(questionnaire, organisation(60, 3), AssessmentSettings(), unsuppressed=True)
    tree = as_of_method_1_0(exact)
    tree["respondents"]["careless_log"] = [{"respondent": "r1", "flags": ["speed", "long string"]}]

    given = bytes(strip_careless_log(msgspec.json.encode(tree)))

    tree["respondents"]["careless_log"] = None
    assert given == msgspec.json.encode(tree)


def test_valid_release_has_no_discrepancies(questionnaire, released):
    assert check_result(questionnaire, released) == ()


def test_too_narrow_half_width_is_reported(questionnaire, released):
    name, function, other, dimension = next(
        (name, function, other, dimension)
        for name, function in released.functions.items()
        for other, dimension in function.dimensions.items()
        if dimension.half_width is not None
    )
    dimensions = function.dimensions | {other: replace(dimension, half_width=1.0)}
    altered = released.functions | {name: replace(function, dimensions=dimensions)}

    found = {difference.path for difference in check_result(questionnaire, replace(released, functions=altered))}

    assert f"functions.{name}.dimensions.{other}.half_width" in found


def test_agreement_above_released_maximum_is_reported(questionnaire, organisation):
    released = score_answers(questionnaire, organisation(60, 3), AssessmentSettings())
    name, function = next(iter(released.functions.items()))
    altered = released.functions | {name: replace(function, agreement=1.0)}

    found = {difference.path for difference in check_result(questionnaire, replace(released, functions=altered))}

    assert f"functions.{name}.agreement" in found


def test_altered_half_width_of_gap_is_reported(questionnaire, released):
    gap = released.indices.perception_gap
    name, one = next(iter(gap.visible_dimensions.items()))
    other = replace(gap, dimensions=gap.dimensions | {name: replace(one, half_width=one.half_width + 1)})
    altered = replace(released, indices=replace(released.indices, perception_gap=other))

    found = {difference.path for difference in check_result(questionnaire, altered)}

    assert f"indices.perception_gap.dimensions.{name}.half_width" in found
