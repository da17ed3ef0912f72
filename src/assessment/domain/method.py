"""Entry point of the method: scores answers into a result."""

from typing import Literal

import numpy as np
from msgspec.structs import replace

from assessment import __version__
from assessment.domain.advice import selection, target_paths
from assessment.domain.answers import Answers, AssessmentSettings
from assessment.domain.closed_sets import Mode
from assessment.domain.disclosure.guard import OPEN_GUARD, build_guard
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.questionnaire_rules import EmbeddingIndex
from assessment.domain.result import (
    Advice,
    EmbeddingResult,
    FunctionResult,
    IndicesResult,
    ItemResult,
    Overall,
    QuestionnaireReference,
    Respondents,
    Result,
)
from assessment.domain.scoring import cut_points
from assessment.domain.scoring.blueprint import build_blueprint
from assessment.domain.scoring.careless_responses import screen_responses
from assessment.domain.scoring.computation import Computation, compute_scores
from assessment.domain.scoring.function_results import build_function_results, build_item_result, nan_to_none
from assessment.domain.scoring.indices.balance import compute_balance
from assessment.domain.scoring.indices.outlook import compute_outlook
from assessment.domain.scoring.indices.perception_gap import compute_perception_gap
from assessment.domain.scoring.indices.set_up_to_fail import SetUpToFailScore, compute_set_up_to_fail
from assessment.domain.scoring.suppression_reasons import list_evidence_reasons, list_suppression_reasons
from assessment.domain.scoring.tally import FunctionCoverage, compute_overall_coverage, number_roles

METHOD_VERSION: Literal["1.1"] = "1.1"  # earlier releases carry the version that they were computed by


def score_answers(
    questionnaire: Questionnaire,
    answers: Answers,
    settings: AssessmentSettings,
    *,
    date: str | None = None,
    unsuppressed: bool = False,
) -> Result:
    """Score `answers`, with disclosure control (method 6) unless `unsuppressed` or in consensus mode.

    `date` is the closing date (ISO 8601); it is only copied into the result.
    """
    result, flagged = _compute_figures(questionnaire, answers, settings, date, unsuppressed=unsuppressed)
    complete = _add_advice(questionnaire, result, settings, flagged)
    if result.disclosure is None:
        return complete
    reason = build_guard(questionnaire.disclosure, settings.minimum_group).reason
    reasons = list_suppression_reasons(questionnaire, complete, reason)
    if answers.evidence is not None:
        reasons |= list_evidence_reasons(complete, reason)
    return replace(complete, suppressed=reasons)


def score_figures(questionnaire: Questionnaire, answers: Answers, settings: AssessmentSettings) -> Result:
    """Compute the released figures of `score_answers`, without advice, target paths and prospects."""
    return _compute_figures(questionnaire, answers, settings, None, unsuppressed=False)[0]


def compute_advice(questionnaire: Questionnaire, answers: Answers, settings: AssessmentSettings) -> tuple[Advice, ...]:
    """Compute the advice of `score_answers` with all figures shown, without target paths and prospects."""
    result, flagged = _compute_figures(questionnaire, answers, settings, None, unsuppressed=True)
    return selection.select_advice(questionnaire, result, settings.importance, flagged_support=flagged)


def _compute_figures(
    questionnaire: Questionnaire,
    answers: Answers,
    settings: AssessmentSettings,
    date: str | None,
    *,
    unsuppressed: bool,
) -> tuple[Result, float | None]:
    """Return the result without advice, and the 0-100 value that a red flag counts as in the advice rules."""
    computation = compute_intermediates(questionnaire, answers, settings, unsuppressed=unsuppressed)
    plan, rules = computation.blueprint, computation.guard
    functions = build_function_results(computation)
    risk = questionnaire.indices.set_up_to_fail
    authority = None
    if risk is not None and not plan.consensus:
        authority = compute_set_up_to_fail(plan, risk, computation.values, computation.counts, rules)
    result = Result(
        questionnaire=QuestionnaireReference(questionnaire.id, questionnaire.version, questionnaire.digest),
        engine=__version__,
        computed_at=date,
        mode=Mode.CONSENSUS if plan.consensus else Mode.SURVEY,
        disclosure=rules.note,
        respondents=_count_respondents(computation),
        overall=_build_overall(computation, functions),
        functions=functions,
        indices=_build_indices(computation, functions, authority),
        personal={} if plan.consensus else _build_personal_items(computation),
        advice=(),
        method=METHOD_VERSION,
    )
    return result, authority.flagged_support if authority else None


def compute_intermediates(
    questionnaire: Questionnaire, answers: Answers, settings: AssessmentSettings, *, unsuppressed: bool = False
) -> Computation:
    """Compute everything behind a result; careless responses are excluded, hidden items treated as not asked."""
    plan = build_blueprint(questionnaire, settings)
    if plan.consensus:
        return compute_scores(plan, answers, OPEN_GUARD)
    screening = screen_responses(questionnaire, answers)
    rules = OPEN_GUARD if unsuppressed else build_guard(questionnaire.disclosure, settings.minimum_group)
    return compute_scores(plan, answers.select_rows(screening.is_kept), rules, screening.log, answers)


def _add_advice(
    questionnaire: Questionnaire, result: Result, settings: AssessmentSettings, flagged: float | None
) -> Result:
    advice = selection.select_advice(questionnaire, result, settings.importance, flagged_support=flagged)
    advised = replace(result, advice=advice)
    inputs = target_paths.build_target_path_inputs(questionnaire, advised)
    return replace(
        advised, lifts=target_paths.find_target_paths(inputs), prospects=target_paths.compute_prospects(inputs)
    )


def _count_respondents(computation: Computation) -> Respondents:
    plan, people = computation.blueprint, computation.taking_part
    roles, members = number_roles(people, plan.roles), people.functions.sum(axis=0)
    return Respondents(
        counted=len(computation.answers),
        careless=len(computation.careless),
        by_role={role: int((roles == number).sum()) for number, role in enumerate(plan.roles)},
        by_function={function.id: int(n) for function, n in zip(plan.functions, members, strict=True) if n},
        careless_log=computation.careless if computation.guard.needed is None else None,
    )


def _build_overall(computation: Computation, functions: dict[str, FunctionResult]) -> Overall:
    scoring = computation.blueprint.questionnaire.scoring
    score = nan_to_none(float(computation.figures.overall))
    classes = cut_points.classify_score(score, scoring)
    precision = computation.precisions.get_overall_precision() if computation.precisions else None
    span = computation.build_interval_around(score, precision)
    valid = [function for function in functions.values() if function.score is not None]
    contested = any(function.contested for function in valid)
    parts = [
        FunctionCoverage(computation.tally, computation.out_of_scope, plan.all)
        for plan in computation.blueprint.functions
    ]
    coverage = computation.guard.round_coverage(compute_overall_coverage(parts))
    levels = [function.level for function in valid if function.level is not None]
    level = None
    if score is not None and not contested:
        level = cut_points.compute_level(score, levels, scoring.bands, scoring.level_step)
    return Overall(
        score=score,
        **classes,
        level=level,
        interval=span.interval,
        coverage=coverage,
        provisional=coverage is not None and cut_points.is_below(coverage, scoring.provisional_below),
        contested=contested,
        n=None if precision is None or score is None else precision.people,
        half_width=span.half_width,
    )


def _build_indices(
    computation: Computation, functions: dict[str, FunctionResult], authority: SetUpToFailScore | None
) -> IndicesResult:
    plan, rules = computation.blueprint, computation.guard
    hand_offs = [f.hand_off.score for f in functions.values() if f.hand_off.score is not None]
    indices = plan.questionnaire.indices
    gap, roles = (None, None) if plan.consensus else (indices.perception_gap, indices.outlook)
    return IndicesResult(
        embedding=_build_embedding(computation, indices.embedding) if indices.embedding else None,
        set_up_to_fail=authority.result if authority else None,
        perception_gap=compute_perception_gap(computation, gap, functions) if gap else None,
        balance=compute_balance(functions, indices.balance, consensus=plan.consensus) if indices.balance else None,
        beyond_one_network=float(np.mean(hand_offs)) if hand_offs else None,
        outlook=compute_outlook(plan, roles, computation.values, computation.counts, rules) if roles else None,
    )


def _build_embedding(computation: Computation, index: EmbeddingIndex) -> EmbeddingResult:
    score = nan_to_none(float(computation.figures.embedding))
    precision = computation.precisions.get_embedding_precision(computation.figures) if computation.precisions else None
    span = computation.build_interval_around(score, precision)
    return EmbeddingResult(
        score=score,
        class_=None if score is None else cut_points.class_of_score(score, index.cuts, index.classes),
        interval=span.interval,
        n=None if precision is None or score is None else precision.people,
        half_width=span.half_width,
    )


def _build_personal_items(computation: Computation) -> dict[str, ItemResult]:
    """Items across functions that are reported individually: support items, and items that enter no index.

    Support items are means over everyone who answered (method 8); the others are scored like any item.
    """
    plan, indices = computation.blueprint, computation.blueprint.questionnaire.indices
    risk, roles = indices.set_up_to_fail, indices.outlook
    inside = {*(risk.authority if risk else ()), *((*roles.independence, *roles.readiness) if roles else ())}
    items = {}
    for column, item in enumerate(plan.questionnaire.items):
        if item.kind is not Kind.PERSONAL or item.id in inside:
            continue
        support = risk is not None and item.id in risk.support
        valid = computation.tally.numeric[column] > 0 if support else computation.validity.items[column]
        items[item.id] = build_item_result(computation, column, valid=bool(valid))
    return items
