"""Scoring: pure functions from answers to a result, driven by the questionnaire alone."""

from assessment.domain.scoring.engine import score

__all__ = ["score"]
