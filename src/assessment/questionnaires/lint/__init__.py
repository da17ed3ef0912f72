"""Lint: warnings about valid questionnaires, with file, line and remedy."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, Problem
from assessment.questionnaires.lint.item_use import find_unused_items
from assessment.questionnaires.lint.ladders import find_shared_ladders, find_similar_rungs
from assessment.questionnaires.lint.level_reach import find_unreachable_levels
from assessment.questionnaires.lint.rule_firing import find_unfired_rules
from assessment.questionnaires.lint.survey_routes import check_survey_lengths, find_unasked_items
from assessment.questionnaires.lint.translations import find_stale_translations
from assessment.questionnaires.lint.warning import LintWarning
from assessment.questionnaires.loader import find_questionnaire_folders, load_questionnaire
from assessment.questionnaires.toml_document import TomlDocument

__all__ = ["LintWarning", "lint_folders", "lint_questionnaire"]


def lint_folders(paths: Iterable[Path]) -> list[Problem]:
    """Return the warnings of the questionnaires at `paths` by line; those with mistakes are skipped."""
    problems: list[Problem] = []
    for folder in chain.from_iterable(map(find_questionnaire_folders, paths)):
        try:
            questionnaire = load_questionnaire(folder)
        except InvalidError:
            continue
        problems.extend(
            _locate_warnings(
                folder, chain(lint_questionnaire(questionnaire), find_stale_translations(folder, questionnaire))
            )
        )
    return problems


def lint_questionnaire(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield the warnings of every rule."""
    yield from find_unasked_items(questionnaire)
    yield from check_survey_lengths(questionnaire)
    yield from find_unused_items(questionnaire)
    yield from find_unreachable_levels(questionnaire)
    yield from find_unfired_rules(questionnaire)
    yield from find_similar_rungs(questionnaire)
    yield from find_shared_ladders(questionnaire)


def _locate_warnings(folder: Path, warnings: Iterable[LintWarning]) -> list[Problem]:
    documents: dict[str, TomlDocument] = {}
    for warning in warnings:
        document = documents.setdefault(warning.file, TomlDocument(folder / warning.file))
        document.report(warning.path, warning.message, warning.remedy)
    return [
        problem
        for document in documents.values()
        for problem in sorted(document.problems, key=lambda problem: problem.line or 0)
    ]
