"""Questionnaires: files -> validated, versioned questionnaires."""

from assessment.library.files import schema
from assessment.library.keeping import differing_items, differing_parts, from_json, questionnaire_digest, to_json
from assessment.library.loading import check, load, questionnaire_folders
from assessment.library.preview import show, show_html
from assessment.library.quality import warnings
from assessment.library.shelf import Library, shipped

__all__ = [
    "Library",
    "check",
    "differing_items",
    "differing_parts",
    "from_json",
    "load",
    "questionnaire_digest",
    "questionnaire_folders",
    "schema",
    "shipped",
    "show",
    "show_html",
    "to_json",
    "warnings",
]
