"""Lint translations: texts left in the source language, or translated from an older version."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

from assessment.domain.questionnaire import Questionnaire
from assessment.library.files import TRANSLATIONS
from assessment.library.places import Path
from assessment.library.quality.doubts import Doubt
from assessment.library.reading import Document, dotted

OWN = ("translated_from", "unchanged")  # metadata, not texts
DIGITS = 12  # prefix of a digest, enough to distinguish versions


def stale_or_untranslated(folder: File, questionnaire: Questionnaire) -> Iterator[Doubt]:
    """Compare each translation with the source language, text by text and as a whole."""
    source = questionnaire.source_language
    wanted = questionnaire.texts[source].digest[:DIGITS]
    texts = dict(_texts(_content(folder, source)))
    for language in sorted(set(questionnaire.texts) - {source}):
        file, content = f"{TRANSLATIONS}/{language}.toml", _content(folder, language)
        yield from _untranslated(file, content, texts)
        if content.get("translated_from") != wanted:
            yield Doubt(
                file,
                ("translated_from",),
                f"`{source}` reads otherwise than when `{language}` was last compared with it.",
                f'Compare both, then set `translated_from = "{wanted}"`.',
            )


def _untranslated(file: str, content: Mapping[str, Any], source: Mapping[Path, str]) -> Iterator[Doubt]:
    unchanged = content.get("unchanged", [])
    for path, text in _texts(content):
        if text and text == source.get(path) and text not in unchanged and any(map(str.isalpha, text)):
            yield Doubt(
                file,
                path,
                f"`{dotted(path)}` is as in the source language: {text!r}.",
                "Translate it, or name it in `unchanged`.",
            )


def _content(folder: File, language: str) -> Mapping[str, Any]:
    return Document(folder / TRANSLATIONS / f"{language}.toml").content


def _texts(node: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(node, dict):
        for key, inner in node.items():
            if path or key not in OWN:
                yield from _texts(inner, (*path, key))
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from _texts(inner, (*path, place))
    elif isinstance(node, str):
        yield path, node
