"""Errors of a questionnaire: structure, ladders, rules, translations."""
