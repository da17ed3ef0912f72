"""Lint translations: texts left in the source language, or translated from an older version."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

from assessment.domain.questionnaire import Questionnaire
from assessment.questionnaires.file_formats import TRANSLATIONS_FOLDER
from assessment.questionnaires.lint.warning import LintWarning
from assessment.questionnaires.toml_document import TomlDocument, format_path
from assessment.questionnaires.toml_lines import KeyPath

METADATA_KEYS = ("translated_from", "unchanged")  # metadata, not texts
DIGEST_DIGITS = 12  # prefix of a digest, enough to distinguish versions


def find_stale_translations(folder: File, questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Compare each translation with the source language, text by text and as a whole."""
    source = questionnaire.source_language
    wanted = questionnaire.texts[source].digest[:DIGEST_DIGITS]
    texts = dict(_iterate_texts(_read_content(folder, source)))
    for language in sorted(set(questionnaire.texts) - {source}):
        file, content = f"{TRANSLATIONS_FOLDER}/{language}.toml", _read_content(folder, language)
        yield from _find_untranslated_texts(file, content, texts)
        if content.get("translated_from") != wanted:
            yield LintWarning(
                file,
                ("translated_from",),
                f"`{source}` reads otherwise than when `{language}` was last compared with it.",
                f'Compare both, then set `translated_from = "{wanted}"`.',
            )


def _find_untranslated_texts(
    file: str, content: Mapping[str, Any], source: Mapping[KeyPath, str]
) -> Iterator[LintWarning]:
    unchanged = content.get("unchanged", [])
    for path, text in _iterate_texts(content):
        if text and text == source.get(path) and text not in unchanged and any(map(str.isalpha, text)):
            yield LintWarning(
                file,
                path,
                f"`{format_path(path)}` is as in the source language: {text!r}.",
                "Translate it, or name it in `unchanged`.",
            )


def _read_content(folder: File, language: str) -> Mapping[str, Any]:
    return TomlDocument(folder / TRANSLATIONS_FOLDER / f"{language}.toml").content


def _iterate_texts(node: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(node, dict):
        for key, inner in node.items():
            if path or key not in METADATA_KEYS:
                yield from _iterate_texts(inner, (*path, key))
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from _iterate_texts(inner, (*path, place))
    elif isinstance(node, str):
        yield path, node
