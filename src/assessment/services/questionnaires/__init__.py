"""Questionnaires of a workspace: uploaded, checked, previewed and published."""
