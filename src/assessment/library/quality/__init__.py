"""Lint: warnings about valid questionnaires, with file, line and remedy."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, Problem
from assessment.library.loading import load, questionnaire_folders
from assessment.library.quality.doubts import Doubt
from assessment.library.quality.firing import rules_that_never_fire
from assessment.library.quality.ladders import alike_rungs, shared_ladders
from assessment.library.quality.reach import unreachable_levels
from assessment.library.quality.routes import lengths, unasked
from assessment.library.quality.translations import stale_or_untranslated
from assessment.library.quality.use import unused
from assessment.library.reading import Document

__all__ = ["Doubt", "doubts", "warnings"]


def warnings(paths: Iterable[Path]) -> list[Problem]:
    """Return the warnings of the questionnaires at `paths` by line; those with mistakes are skipped."""
    found: list[Problem] = []
    for folder in chain.from_iterable(map(questionnaire_folders, paths)):
        try:
            questionnaire = load(folder)
        except InvalidError:
            continue
        found.extend(_placed(folder, chain(doubts(questionnaire), stale_or_untranslated(folder, questionnaire))))
    return found


def doubts(questionnaire: Questionnaire) -> Iterator[Doubt]:
    """Yield the warnings of every rule."""
    yield from unasked(questionnaire)
    yield from lengths(questionnaire)
    yield from unused(questionnaire)
    yield from unreachable_levels(questionnaire)
    yield from rules_that_never_fire(questionnaire)
    yield from alike_rungs(questionnaire)
    yield from shared_ladders(questionnaire)


def _placed(folder: Path, found: Iterable[Doubt]) -> list[Problem]:
    documents: dict[str, Document] = {}
    for doubt in found:
        document = documents.setdefault(doubt.file, Document(folder / doubt.file))
        document.report(doubt.path, doubt.message, doubt.remedy)
    return [
        problem
        for document in documents.values()
        for problem in sorted(document.problems, key=lambda problem: problem.line or 0)
    ]
