"""Scoring: pure functions from answers to a result, driven by the questionnaire alone."""

from assessment.domain.scoring.engine import measure, score

__all__ = ["measure", "score"]
