"""Questionnaire, answers, scoring, disclosure, advice and report; independent of any framework."""
