"""Load one questionnaire from its folder, with all its mistakes."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assessment.domain.questionnaire import Questionnaire, QuestionnaireTexts
from assessment.errors import InvalidError, Problem, with_values
from assessment.questionnaires.checks.advice import check_advice
from assessment.questionnaires.checks.schema_check import check_shape
from assessment.questionnaires.checks.structure import LANGUAGE_PATTERN, check_structure
from assessment.questionnaires.checks.translation import check_translation
from assessment.questionnaires.file_formats import (
    ADVICE_FILE,
    STRUCTURE_FILE,
    TRANSLATIONS_FOLDER,
    AdviceFile,
    StructureFile,
    TranslationFile,
)
from assessment.questionnaires.serialization import compute_digest, compute_questionnaire_digest
from assessment.questionnaires.toml_document import TomlDocument


class QuestionnaireFolder:
    """The documents of one questionnaire, checked."""

    def __init__(self, folder: Path) -> None:
        self.structure = TomlDocument(folder / STRUCTURE_FILE)
        self.advice = TomlDocument(folder / ADVICE_FILE)
        self.translations = [TomlDocument(file) for file in sorted((folder / TRANSLATIONS_FOLDER).glob("*.toml"))]
        self._check()

    @property
    def documents(self) -> tuple[TomlDocument, ...]:
        """All files, in the order in which to fix them."""
        return (self.structure, self.advice, *self.translations)

    @property
    def problems(self) -> list[Problem]:
        """Every problem, by file and line."""
        return [
            problem
            for document in self.documents
            for problem in sorted(document.problems, key=lambda problem: problem.line or 0)
        ]

    def _check(self) -> None:
        structure, advice = self.structure, self.advice
        if structure.is_readable:
            check_shape(structure.content, StructureFile, structure.report)
            check_structure(structure.content, structure.report)
            self._check_languages()
        if advice.is_readable:
            check_shape(advice.content, AdviceFile, advice.report)
            check_advice(advice.content, structure.content, advice.report)
        for translation in self.translations:
            if translation.is_readable:
                check_shape(translation.content, TranslationFile, translation.report)
                rules = advice.content if advice.is_readable else None
                check_translation(translation.content, structure.content, rules, translation.report)

    def _check_languages(self) -> None:
        for translation in self.translations:
            if not LANGUAGE_PATTERN.fullmatch(translation.file.stem):
                remedy = "Call it after its language, such as en.toml or pt-BR.toml."
                translation.report((), f"`{translation.file.stem}` is not a language.", remedy)
        source = self.structure.content.get("source_language")
        if isinstance(source, str) and source not in [translation.file.stem for translation in self.translations]:
            message = f"There is no translation `{source}`, the language it was written in."
            self.structure.report(("source_language",), message, f"Add {TRANSLATIONS_FOLDER}/{source}.toml.")


def load_questionnaire(folder: Path) -> Questionnaire:
    """Load one questionnaire; raises InvalidError with every mistake by file and line."""
    loaded = QuestionnaireFolder(folder)
    if problems := loaded.problems:
        raise InvalidError(with_values("The questionnaire in {folder} has mistakes.", folder=str(folder)), problems)
    content = loaded.structure.content
    questionnaire: Questionnaire = msgspec.convert(
        content | loaded.advice.content | {"texts": {}}, Questionnaire, strict=True
    )
    texts = {document.file.stem: _convert_texts(document, questionnaire) for document in loaded.translations}
    return structs.replace(questionnaire, texts=texts, digest=compute_questionnaire_digest(questionnaire))


def find_problems(paths: Iterable[Path]) -> list[Problem]:
    """Return every mistake in the questionnaires at `paths`: their folders, parents of them, or single files."""
    problems: list[Problem] = []
    for path in paths:
        folders = find_questionnaire_folders(path)
        if not folders:
            remedy = f"Name a folder that holds {STRUCTURE_FILE}."
            problems.append(Problem("There is no questionnaire here.", remedy, file=str(path)))
        for folder in folders:
            problems.extend(QuestionnaireFolder(folder).problems)
    return problems


def find_questionnaire_folders(path: Path) -> Sequence[Path]:
    """Return the questionnaire folders at `path`: one itself, its subfolders, or the one of a file."""
    if path.is_file():
        path = path.parent.parent if path.parent.name == TRANSLATIONS_FOLDER else path.parent
    if (path / STRUCTURE_FILE).is_file():
        return [path]
    return [file.parent for file in sorted(path.glob(f"*/{STRUCTURE_FILE}"))]


def _convert_texts(document: TomlDocument, questionnaire: Questionnaire) -> QuestionnaireTexts:
    """Convert the texts of one language; an item of a block gets the block's ladder, which the file has once."""
    blocks = document.content.get("blocks", {})
    items = {}
    for id_, text in document.content["items"].items():
        block = questionnaire.block_of.get(id_)
        ladder = {"rungs": blocks[block.id]["rungs"]} if block else {}
        items[id_] = {key: value for key, value in text.items() if key != "revision"} | ladder
    content: dict[str, Any] = document.content | {"items": items, "language": document.file.stem}
    texts = msgspec.convert(content, QuestionnaireTexts)
    return structs.replace(texts, digest=compute_digest(texts))
