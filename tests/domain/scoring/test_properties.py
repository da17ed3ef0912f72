"""Laws that hold for any organisation, not only for the worked cases."""

import math
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessment.domain.answers import BLANK, DONT_KNOW, NOT_APPLICABLE, NOT_ASKED, Answers, AssessmentSettings
from assessment.domain.method import compute_intermediates, score_answers
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.result import Result
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from assessment.questionnaires import find_shipped_folder, load_questionnaire

SHIPPED = load_questionnaire(find_shipped_folder() / "social-media-integration")
PRACTICE = [column for column, item in enumerate(SHIPPED.items) if item.kind is Kind.PRACTICE]
SCORED = [column for column, item in enumerate(SHIPPED.items) if item.kind in (Kind.PRACTICE, Kind.HAND_OFF)]
NOISE = 1e-9

seeds = st.integers(0, 10_000)
sizes = st.integers(8, 60)
pytestmark = pytest.mark.slow
quick = settings(max_examples=60, deadline=None)


def organisation(people: int, seed: int, **habits: float) -> Answers:
    return draw_answers(SHIPPED, people, np.random.default_rng(seed), SimulationParameters(**habits))


def result_of(answers: Answers, questionnaire: Questionnaire = SHIPPED, **options: bool) -> Result:
    return score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=options.get("unsuppressed", True))


def with_values(answers: Answers, values: np.ndarray) -> Answers:
    return msgspec.structs.replace(answers, values=values.astype(np.int8))


def figures(tree: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf of a result, path by path."""
    if isinstance(tree, dict):
        for name, branch in tree.items():
            yield from figures(branch, f"{path}.{name}")
    elif isinstance(tree, list | tuple):
        for number, branch in enumerate(tree):
            yield from figures(branch, f"{path}[{number}]")
    else:
        yield path, tree


def leaves(result: Result) -> dict[str, object]:
    return dict(figures(msgspec.to_builtins(result)))


def differing(one: Result, other: Result) -> set[str]:
    a, b = leaves(one), leaves(other)
    return {path for path in a.keys() | b.keys() if not same(a.get(path), b.get(path))}


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=0, abs_tol=1e-7)
    return one == other


FROM_ADVICE = (".indices.", ".advice", ".lifts", ".prospects")  # what follows from advice, not from answers alone


def scores(result: Result) -> dict[str, float]:
    found = leaves(result)
    kept = {
        path: value for path, value in found.items() if path.endswith(".score") and not path.startswith(FROM_ADVICE)
    }
    return {path: value for path, value in kept.items() if isinstance(value, float)}


@quick
@given(sizes, seeds, st.data())
def test_better_answer_never_lowers_a_score(people, seed, data):
    """Among the same people: a rating that contradicts its check can leave its writer out (method 3)."""
    answers = organisation(people, seed)
    rated = np.argwhere((answers.values[:, SCORED] >= 0) & (answers.values[:, SCORED] < 4))
    assume(len(rated))
    row, place = rated[data.draw(st.integers(0, len(rated) - 1))]
    better = answers.values.copy()
    better[row, SCORED[place]] += 1

    before, after = result_of(answers), result_of(with_values(answers, better))

    assume(before.respondents.careless == after.respondents.careless)
    earlier, later = scores(before), scores(after)
    assert earlier.keys() == later.keys()
    assert all(later[path] >= earlier[path] - NOISE for path in earlier)


@quick
@given(sizes, seeds)
def test_weights_of_items_are_never_negative(people, seed):
    """The law above holds for every item at once because every roll-up has weights of 0 or more."""
    weights = compute_intermediates(
        SHIPPED, organisation(people, seed), AssessmentSettings(), unsuppressed=True
    ).weights

    for laid_out in (weights.hand_offs, weights.dimensions, weights.functions, weights.overall, weights.embedding):
        assert (laid_out >= 0).all()
        assert all(math.isclose(total, 1) for total in laid_out.sum(axis=0) if total)


@quick
@given(sizes, seeds, st.data())
def test_dont_know_instead_of_blank_changes_no_score(people, seed, data):
    """It counts as answered but not as numeric: only counts of don't-knows and what reads them change.

    Exactly: the item's `dk`, the leaders' don't-knows and the advice on them. Coverage, numeric
    answers over asked ones, stays too. An item that someone called not applicable is left out of
    the law (a don't-know can bring it back into scope), and so is the careless flag for speed.
    """
    answers = organisation(people, seed, not_applicable=0)
    blanks = np.argwhere(answers.values[:, SCORED] == BLANK)
    assume(len(blanks))
    row, place = blanks[data.draw(st.integers(0, len(blanks) - 1))]
    known = answers.values.copy()
    known[row, SCORED[place]] = DONT_KNOW
    slow = np.full(people, np.nan)

    before = result_of(msgspec.structs.replace(answers, seconds=slow))
    after = result_of(msgspec.structs.replace(with_values(answers, known), seconds=slow))

    changed = {path for path in differing(before, after) if not path.startswith(".advice")}
    assert all(path.endswith((".dk", "leader_dont_know")) for path in changed)
    left_out = {logged.respondent for logged in before.respondents.careless_log or ()}
    counted = answers.respondents[row] not in left_out
    assert counted == any(path.endswith(f"{SHIPPED.items[SCORED[place]].id}.dk") for path in changed)


@quick
@given(sizes, seeds, st.sampled_from(PRACTICE))
def test_item_out_of_scope_does_not_affect_other_items(people, seed, column):
    answers = organisation(people, seed, not_applicable=0)
    away = answers.values.copy()
    away[away[:, column] > NOT_ASKED, column] = NOT_APPLICABLE
    slow = np.full(people, np.nan)

    before = result_of(msgspec.structs.replace(answers, seconds=slow))
    after = result_of(msgspec.structs.replace(with_values(answers, away), seconds=slow))

    assume(before.respondents.careless == after.respondents.careless)
    item = SHIPPED.items[column]
    touched = f".{item.id}."
    changed = {path for path in differing(before, after) if ".items." in path and path.endswith((".score", ".n"))}
    assert all(touched in path for path in changed)
    others = {path for path in differing(before, after) if path.startswith(".functions.") and path.endswith(".score")}
    assert all(f".functions.{item.function}." in path for path in others)


@quick
@given(sizes, seeds, st.booleans())
def test_order_of_rows_has_no_effect(people, seed, unsuppressed):
    answers = organisation(people, seed)
    order = np.random.default_rng(seed).permutation(people)
    shuffled = Answers(
        respondents=tuple(answers.respondents[row] for row in order),
        roles=tuple(answers.roles[row] for row in order),
        functions=answers.functions[order],
        seconds=answers.seconds[order],
        values=answers.values[order],
    )

    before, after = (result_of(rows, unsuppressed=unsuppressed) for rows in (answers, shuffled))

    assert {path for path in differing(before, after) if "careless_log" not in path} == set()


@quick
@given(sizes, seeds)
def test_permuted_functions_permute_the_result(people, seed):
    answers = organisation(people, seed)
    first, *rest = SHIPPED.functions
    turned = msgspec.structs.replace(SHIPPED, functions=(*rest, first))
    moved = msgspec.structs.replace(answers, functions=np.roll(answers.functions, -1, axis=1))

    before, after = result_of(answers), result_of(moved, turned)

    assert before.functions.keys() == after.functions.keys()
    in_order = (".advice", ".lifts", ".prospects")
    assert {p for p in differing(before, after) if "worst" not in p and not p.startswith(in_order)} == set()


@quick
@given(sizes, seeds, st.sampled_from(SHIPPED.functions), st.booleans())
def test_renamed_function_is_renamed_in_result(people, seed, function, unsuppressed):
    answers, other = organisation(people, seed), "somewhere-else"
    built = msgspec.json.encode(SHIPPED).replace(f'"{function.id}"'.encode(), f'"{other}"'.encode())
    renamed = msgspec.json.decode(built, type=Questionnaire)

    before, after = (
        msgspec.json.encode(result_of(answers, questionnaire, unsuppressed=unsuppressed))
        for questionnaire in (SHIPPED, renamed)
    )

    assert after == before.replace(f'"{function.id}"'.encode(), f'"{other}"'.encode()).replace(
        f"functions.{function.id}".encode(), f"functions.{other}".encode()
    )


@quick
@given(sizes, seeds, st.integers(3, 8), st.integers(1, 4))
def test_larger_minimum_group_never_shows_more(people, seed, k, more):
    """Of every figure but four readings of those that stay, when items leave.

    A level withheld for disagreement can return, a tie for the weakest break or come about, and a figure
    reach the end of the scale, where it has "or less" or "or more". Means of leaders and practitioners that would
    decide an answer next to the scores of items decide none without these. Advice follows from what is shown.
    """
    answers = organisation(people, seed, blank=0.3)

    result = score_answers(SHIPPED, answers, AssessmentSettings(minimum_group=k))
    small, gap = leaves(result), result.indices.perception_gap
    large = leaves(score_answers(SHIPPED, answers, AssessmentSettings(minimum_group=k + more)))

    apart = (".suppressed", ".disclosure", ".advice", ".lifts", ".prospects", ".indices.perception_gap.withheld")
    if gap is not None and gap.withheld:
        apart += (".indices.perception_gap",)
    known = {path for path, value in large.items() if value is not None and not path.startswith(apart)}
    shown = {path for path in known if not path.endswith((".level", ".weakest", ".bound"))}
    shown = {path for path in shown if not any(tie in path for tie in (".bounds.", ".worst_tied[", ".lowest["))}
    assert {path for path in shown if small.get(path) is None} == set()


@settings(max_examples=25, deadline=None)
@given(st.integers(45, 75), seeds)
def test_interval_narrows_with_copies_of_data(people, seed):
    answers = organisation(people, seed, blank=0, dont_know=0, not_applicable=0)
    members = answers.functions
    least = min(
        int(members[np.asarray(answers.roles) == role.id][:, number].sum())
        for role in SHIPPED.roles
        for number in range(len(SHIPPED.functions))
    )
    assume(least >= SHIPPED.scoring.full_weight_answers)
    twice = Answers(
        respondents=(*answers.respondents, *(f"{name}-again" for name in answers.respondents)),
        roles=answers.roles * 2,
        functions=np.concatenate([members, members]),
        seconds=np.concatenate([answers.seconds, answers.seconds]),
        values=np.concatenate([answers.values, answers.values]),
    )

    whole, doubled = result_of(answers), result_of(twice)

    assume(whole.respondents.careless == 0)
    pairs = [(whole.overall, doubled.overall), (whole.indices.embedding, doubled.indices.embedding)]
    pairs += [(whole.functions[name], doubled.functions[name]) for name in whole.functions]
    for one, two in pairs:
        assert one.score is not None
        assert math.isclose(two.score, one.score, abs_tol=NOISE)
        assert one.interval is not None
        assert two.interval[1] - two.interval[0] < one.interval[1] - one.interval[0]
