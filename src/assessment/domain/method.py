"""Entry point of the method: scores answers into a result."""

from typing import Literal

import numpy as np
from msgspec.structs import replace

from assessment import __version__
from assessment.domain import advice, lifting
from assessment.domain.answers import Answers, Settings
from assessment.domain.disclosure import OPEN, guard
from assessment.domain.questionnaire import Embedding, Kind, Questionnaire
from assessment.domain.result import (
    EmbeddingResult,
    FunctionResult,
    IndicesResult,
    ItemResult,
    Overall,
    QuestionnaireReference,
    Respondents,
    Result,
)
from assessment.domain.scoring import cuts
from assessment.domain.scoring.authority import Authority, set_up_to_fail
from assessment.domain.scoring.balance import balance
from assessment.domain.scoring.blueprint import blueprint
from assessment.domain.scoring.careless import screen
from assessment.domain.scoring.computation import Computation, compute
from assessment.domain.scoring.coverage import Coverage, whole
from assessment.domain.scoring.functions import function_results, item_result, known
from assessment.domain.scoring.gap import perception_gap
from assessment.domain.scoring.outlook import outlook
from assessment.domain.scoring.reasons import reasons
from assessment.domain.scoring.tally import role_numbers

METHOD: Literal["1.1"] = "1.1"  # earlier releases carry the version that they were computed by


def score(
    questionnaire: Questionnaire,
    answers: Answers,
    settings: Settings,
    *,
    date: str | None = None,
    unsuppressed: bool = False,
) -> Result:
    """Score `answers`, with disclosure control (method 6) unless `unsuppressed` or in consensus mode.

    `date` is the closing date (ISO 8601); it is only copied into the result.
    """
    result, flagged = _figures(questionnaire, answers, settings, date, unsuppressed=unsuppressed)
    complete = _with_advice(questionnaire, result, settings, flagged)
    if result.disclosure is None:
        return complete
    reason = guard(questionnaire.disclosure, settings.minimum_group).reason
    return replace(complete, suppressed=reasons(questionnaire, complete, reason))


def score_figures(questionnaire: Questionnaire, answers: Answers, settings: Settings) -> Result:
    """Compute the released figures of `score`, without advice, target paths and prospects."""
    return _figures(questionnaire, answers, settings, None, unsuppressed=False)[0]


def _figures(
    questionnaire: Questionnaire, answers: Answers, settings: Settings, date: str | None, *, unsuppressed: bool
) -> tuple[Result, float | None]:
    """Return the result without advice, and the 0-100 value that a red flag counts as in the advice rules."""
    computation = measure(questionnaire, answers, settings, unsuppressed=unsuppressed)
    plan, rules = computation.blueprint, computation.guard
    functions = function_results(computation)
    risk = questionnaire.indices.set_up_to_fail
    authority = None
    if risk is not None and not plan.consensus:
        authority = set_up_to_fail(plan, risk, computation.values, computation.counts, rules)
    result = Result(
        questionnaire=QuestionnaireReference(questionnaire.id, questionnaire.version, questionnaire.digest),
        engine=__version__,
        computed_at=date,
        mode="consensus" if plan.consensus else "survey",
        disclosure=rules.note,
        respondents=_respondents(computation),
        overall=_overall(computation, functions),
        functions=functions,
        indices=_indices(computation, functions, authority),
        personal={} if plan.consensus else _personal(computation),
        advice=(),
        method=METHOD,
    )
    return result, authority.flagged_support if authority else None


def measure(
    questionnaire: Questionnaire, answers: Answers, settings: Settings, *, unsuppressed: bool = False
) -> Computation:
    """Compute everything behind a result; careless responses are excluded, hidden items treated as not asked."""
    plan = blueprint(questionnaire, settings)
    if plan.consensus:
        return compute(plan, answers, OPEN)
    screening = screen(questionnaire, answers)
    rules = OPEN if unsuppressed else guard(questionnaire.disclosure, settings.minimum_group)
    return compute(plan, answers.only(screening.keep), rules, screening.log, answers)


def _with_advice(questionnaire: Questionnaire, result: Result, settings: Settings, flagged: float | None) -> Result:
    given = advice.advise(questionnaire, result, settings.importance, flagged_support=flagged)
    advised = replace(result, advice=given)
    ground = lifting.ground_of(questionnaire, advised)
    return replace(advised, lifts=lifting.lifts(ground), prospects=lifting.prospects(ground))


def _respondents(computation: Computation) -> Respondents:
    plan, people = computation.blueprint, computation.taking_part
    roles, members = role_numbers(people, plan.roles), people.functions.sum(axis=0)
    return Respondents(
        counted=len(computation.answers),
        careless=len(computation.careless),
        by_role={role: int((roles == number).sum()) for number, role in enumerate(plan.roles)},
        by_function={function.id: int(n) for function, n in zip(plan.functions, members, strict=True) if n},
        careless_log=computation.careless if computation.guard.needed is None else None,
    )


def _overall(computation: Computation, functions: dict[str, FunctionResult]) -> Overall:
    scoring = computation.blueprint.questionnaire.scoring
    score = known(float(computation.figures.overall))
    precision = computation.precisions.overall() if computation.precisions else None
    span = computation.span(score, precision)
    valid = [function for function in functions.values() if function.score is not None]
    contested = any(function.contested for function in valid)
    parts = [Coverage(computation.tally, computation.scope, plan.all) for plan in computation.blueprint.functions]
    coverage = computation.guard.coverage(whole(parts))
    levels = [function.level for function in valid if function.level is not None]
    level = None
    if score is not None and not contested:
        level = cuts.staged_level(score, levels, scoring.bands, scoring.level_step)
    return Overall(
        score=score,
        maturity=None if score is None else cuts.maturity(score),
        band=None if score is None else cuts.band(score, scoring.bands),
        level=level,
        interval=span.interval,
        coverage=coverage,
        provisional=coverage is not None and cuts.below(coverage, scoring.provisional_below),
        contested=contested,
        achievement=None if score is None else cuts.achievement(score, scoring.achievement),
        n=None if precision is None or score is None else precision.people,
        half_width=span.half_width,
    )


def _indices(
    computation: Computation, functions: dict[str, FunctionResult], authority: Authority | None
) -> IndicesResult:
    plan, rules = computation.blueprint, computation.guard
    hand_offs = [f.hand_off.score for f in functions.values() if f.hand_off.score is not None]
    indices = plan.questionnaire.indices
    gap, roles = (None, None) if plan.consensus else (indices.perception_gap, indices.outlook)
    return IndicesResult(
        embedding=_embedding(computation, indices.embedding) if indices.embedding else None,
        set_up_to_fail=authority.result if authority else None,
        perception_gap=perception_gap(computation, gap, functions) if gap else None,
        balance=balance(functions, indices.balance, consensus=plan.consensus) if indices.balance else None,
        beyond_one_network=float(np.mean(hand_offs)) if hand_offs else None,
        outlook=outlook(plan, roles, computation.values, computation.counts, rules) if roles else None,
    )


def _embedding(computation: Computation, index: Embedding) -> EmbeddingResult:
    score = known(float(computation.figures.embedding))
    precision = computation.precisions.embedding(computation.figures) if computation.precisions else None
    span = computation.span(score, precision)
    return EmbeddingResult(
        score=score,
        class_=None if score is None else cuts.class_of(score, index.cuts, index.classes),
        interval=span.interval,
        n=None if precision is None or score is None else precision.people,
        half_width=span.half_width,
    )


def _personal(computation: Computation) -> dict[str, ItemResult]:
    """Items across functions that are reported individually: support items, and items that enter no index.

    Support items are means over everyone who answered (method 8); the others are scored like any item.
    """
    plan, indices = computation.blueprint, computation.blueprint.questionnaire.indices
    risk, roles = indices.set_up_to_fail, indices.outlook
    inside = {*(risk.authority if risk else ()), *((*roles.independence, *roles.readiness) if roles else ())}
    shown = {}
    for column, item in enumerate(plan.questionnaire.items):
        if item.kind is not Kind.PERSONAL or item.id in inside:
            continue
        support = risk is not None and item.id in risk.support
        valid = computation.tally.numeric[column] > 0 if support else computation.validity.items[column]
        shown[item.id] = item_result(computation, column, valid=bool(valid))
    return shown
