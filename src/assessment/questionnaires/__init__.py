"""Questionnaires: files -> validated, versioned questionnaires."""

from assessment.questionnaires.catalogue import QuestionnaireCatalogue, find_shipped_folder
from assessment.questionnaires.file_formats import make_json_schema
from assessment.questionnaires.lint import lint_folders
from assessment.questionnaires.loader import find_problems, find_questionnaire_folders, load_questionnaire
from assessment.questionnaires.preview import render_html, render_text
from assessment.questionnaires.serialization import (
    compute_questionnaire_digest,
    decode_questionnaire,
    encode_questionnaire,
    find_differing_items,
    find_differing_parts,
)

__all__ = [
    "QuestionnaireCatalogue",
    "compute_questionnaire_digest",
    "decode_questionnaire",
    "encode_questionnaire",
    "find_differing_items",
    "find_differing_parts",
    "find_problems",
    "find_questionnaire_folders",
    "find_shipped_folder",
    "lint_folders",
    "load_questionnaire",
    "make_json_schema",
    "render_html",
    "render_text",
]
