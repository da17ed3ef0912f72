"""Answers to figures: pure functions, configured by the questionnaire only."""
