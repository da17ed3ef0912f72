"""Released intervals hold what asking everybody would give, in 95% of cases or more (method 4)."""

import numpy as np
import pytest
from scipy.stats import binom

from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import compute_intermediates
from assessment.domain.scoring.function_results import build_function_results
from tests.simulations.conftest import SOAK
from tests.simulations.organisations import Population, draw

EVERYBODY = {"leader": 8000, "practitioner": 8000, "staff": 8000}
SIZES = {
    12: {"leader": 3, "practitioner": 4, "staff": 5},
    24: {"leader": 6, "practitioner": 8, "staff": 10},
    60: {"leader": 15, "practitioner": 20, "staff": 25},
    200: {"leader": 50, "practitioner": 70, "staff": 80},
}
LEVELS = (0.0, 0.6, 2.0, 3.4, 4.0)  # rungs; the outer ones are the ends of the scale
COVERED = 0.95
ORGANISATIONS = 1000 if SOAK else 25
CHANCE = 1e-4  # of a cell that falls short though its intervals cover


def figures(computation):
    """Functions, the whole and embedding: kind, score, precision."""
    found, precisions = computation.figures, computation.precisions
    for number, score in enumerate(found.functions):
        yield "function", float(score), precisions.get_function_precision(number)
    yield "whole", float(found.overall), precisions.get_overall_precision()
    yield "embedding", float(found.embedding), precisions.get_embedding_precision(found)


def count_covered(questionnaire, people, level):
    """Of each kind of figure, whether each interval holds the truth."""
    population = Population(level)
    everybody = draw(questionnaire, population, EVERYBODY, np.random.default_rng(1), seed=7)
    truth = [
        score
        for _, score, _ in figures(
            compute_intermediates(questionnaire, everybody, AssessmentSettings(), unsuppressed=True)
        )
    ]
    parts = list_dimension_scores(questionnaire, everybody)
    found: dict[str, list[bool]] = {}
    for number in range(ORGANISATIONS):
        answers = draw(questionnaire, population, SIZES[people], np.random.default_rng([people, number]), seed=7)
        computation = compute_intermediates(questionnaire, answers, AssessmentSettings())
        for true, (kind, score, precision) in zip(truth, figures(computation), strict=True):
            interval = computation.build_interval_around(None if np.isnan(score) else score, precision).interval
            if interval is not None:
                found.setdefault(kind, []).append(is_covered(interval, true))
        for name, function in build_function_results(computation).items():
            for true, part in zip(parts[name], function.dimensions.values(), strict=True):
                if part.interval is not None:
                    found.setdefault("dimension", []).append(is_covered(part.interval, true))
    return found


def list_dimension_scores(questionnaire, answers):
    """Scores of the dimensions of each function, at full precision."""
    computation = compute_intermediates(questionnaire, answers, AssessmentSettings(), unsuppressed=True)
    return {
        name: [part.score for part in function.dimensions.values()]
        for name, function in build_function_results(computation).items()
    }


def is_covered(interval, true):
    return interval[0] - 1e-9 <= true <= interval[1] + 1e-9


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("people", SIZES)
def test_released_intervals_have_nominal_coverage(questionnaire, people, level):
    found = count_covered(questionnaire, people, level)

    shares = {kind: float(np.mean(hits)) for kind, hits in found.items()}
    print(f"{people} people at {level}: { ({kind: round(share, 3) for kind, share in shares.items()}) }")  # noqa: T201
    # With 12 people each role is too small for the intervals of dimensions.
    assert set(found) == {"function", "whole", "embedding", *(["dimension"] if people > min(SIZES) else [])}
    for kind, hits in found.items():
        misses = len(hits) - sum(hits)
        assert misses <= binom.ppf(1 - CHANCE, ORGANISATIONS, 1 - COVERED) * len(hits) / ORGANISATIONS, (kind, shares)
        assert not SOAK or shares[kind] >= COVERED
