"""Imports from other survey tools: responses by a mapping, questions as a draft questionnaire."""
