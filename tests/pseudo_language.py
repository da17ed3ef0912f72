"""Pseudo-translation for tests, in place of German: every translated vowel has an accent.

A text with a plain vowel was not translated, even in the middle of a sentence.
"""

import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser

import msgspec
import pytest

from assessment.domain.questionnaire import Questionnaire, QuestionnaireTexts
from assessment.i18n import translator
from assessment.web.http import templates

LANGUAGE = "de"
ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
KEPT = re.compile(r"(%\(\w+\)[a-z]|\{\w*\})")
PLAIN = re.compile(r"\b[^\W\d_]*[aeiouyAEIOUY][^\W\d_]*\b")
SHOWN = ("alt", "aria-label", "placeholder", "title")
MACHINE = ("data-copies", "data-ticks")
UNSEEN = ("script", "style", "code", "textarea")  # a textarea holds what someone typed
# Names of languages and months, what joins a list, and what is written alike everywhere.
MONTHS = {
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
}
EVERYWHERE = {"Deutsch", "English", "Español", "Français", "UTC", "und"} | MONTHS
SHAPES = (
    re.compile(r"\S+@\S+"),
    re.compile(r"https?://\S+"),
    re.compile(r"\b[A-Z2-9]{4}(-[A-Z2-9]{4})+\b"),  # a code
    re.compile(r"\b[A-Z]{2}-K-[a-z-]+"),  # the id of an item
    re.compile(r"\b[0-9a-f]{12,}\b"),  # a digest, or the number of a request
)


def add_accents(text: str) -> str:
    """Translate a text, and leave the places for values alone."""
    return "".join(part if KEPT.fullmatch(part) else part.translate(ACCENTS) for part in KEPT.split(text))


class PseudoTranslations(NullTranslations):
    """Translations of everything."""

    def gettext(self, message: str) -> str:
        return add_accents(message)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002  # gettext's own signature
        return add_accents(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return add_accents(msgid1 if n == 1 else msgid2)


def use_pseudo_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program and its questionnaires speak it."""
    real, texts = translator._load_catalogue, Questionnaire.text  # the one place that catalogues come from
    read: dict[str, QuestionnaireTexts] = {}

    def catalogue(folder, locale):
        return PseudoTranslations() if locale.language == LANGUAGE else real(folder, locale)

    def text(self, language):
        if language != LANGUAGE:
            return texts(self, language)
        if self.digest not in read:
            read[self.digest] = msgspec.convert(
                _translate_document(msgspec.to_builtins(texts(self, language))), QuestionnaireTexts
            )
        return read[self.digest]

    clear_translation_caches()
    monkeypatch.setattr(translator, "_load_catalogue", catalogue)
    monkeypatch.setattr(Questionnaire, "text", text)


def clear_translation_caches() -> None:
    """Clear what is cached by language: the pseudo-language takes the place of a real one."""
    translator.get_translator.cache_clear()
    templates._render_literal.cache_clear()
    templates._render_plain_literal.cache_clear()
    templates._render_plural.cache_clear()
    templates._render_meaning.cache_clear()


def _translate_document(node: object) -> object:
    if isinstance(node, dict):
        return {key: _translate_document(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_translate_document(value) for value in node]
    return add_accents(node) if isinstance(node, str) else node


def find_untranslated_texts(page: str, names: tuple[str, ...] = ()) -> list[str]:
    """Texts of a page in which a word was never translated; `names` were typed by people."""
    return [text for text in iterate_visible_texts(page) if find_untranslated_words(text, names)]


def find_untranslated_words(text: str, names: tuple[str, ...] = ()) -> list[str]:
    """Words that no translation touched."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    for shape in SHAPES:
        text = shape.sub(" ", text)
    return [word for word in PLAIN.findall(text) if word not in EVERYWHERE]


def iterate_visible_texts(page: str) -> Iterator[str]:
    """Every text that someone sees or hears."""
    reader = _TextParser()
    reader.feed(page)
    yield from (text for text in reader.found if text.strip())


class _TextParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN
        kinds = dict(attrs)
        for name, value in attrs:
            is_button = tag == "input" and name == "value" and kinds.get("type") == "submit"
            if value and (name in SHOWN or is_button or (name.startswith("data-") and name not in MACHINE)):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.found.append(data)
