"""The translations of the program: nothing missing, stale or doubtful, values and marks in their places."""

import ast
import re

import pytest
from babel import Locale

from assessment.wording import LOCALES, languages
from tests import catalogues
from tests.languages.marks import FAULTS

LANGUAGES = ("de", "es", "fr")
SENTENCES = re.compile(r"[.!?]”? [A-Z“]|^(?:Choose|Give|Name the|Take|Tick|Wait)\b(?!.*:)|\bdo(?:es)? not belong\b")
ENDS = (".", ".”", "?", "!", ":", "…", ".)")


@pytest.fixture(scope="module")
def template():
    return catalogues.gathered()


def key(message):
    return catalogues.texts(message)[0], message.context


def translated(language):
    return {key(message): message for message in catalogues.read(language) if message.id}


def test_three_languages_beside_english():
    assert tuple(catalogues.languages()) == LANGUAGES
    assert languages() == ("en", *LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_program_lacks_its_translation(template, language):
    held = translated(language)

    missing = [
        key(message)
        for message in template
        if message.id and (key(message) not in held or not all(catalogues.translations(held[key(message)])))
    ]

    assert missing == [], "make catalogues, then translate what it names"


def test_every_text_that_is_looked_up_is_gathered(template):
    """Gathering reads no further than the outside of an f-string."""
    wanted = {text for file in sorted((catalogues.ROOT / "src").rglob("*.py")) for text in looked_up(file)}

    assert {text for text in wanted if text not in template} == set()


@pytest.mark.parametrize("place", ["domain", "library", "services", "web"])
def test_a_refusal_keeps_its_values_apart(place):
    """What is put into an f-string can only ever be English."""
    files = sorted((catalogues.ROOT / "src" / "assessment" / place).rglob("*.py"))

    assert [f"{file.name}:{line}" for file in files for line in fixed(file)] == []


def fixed(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name.endswith("Error") or name == "Problem":
            yield from (node.lineno for said in node.args[:2] if isinstance(said, ast.JoinedStr))


def looked_up(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("gettext", "ngettext", "_", "N_", "NN_", "with_values"):
                yield node.args[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_of_a_text_that_has_gone(template, language):
    wanted = {key(message) for message in template if message.id}

    assert translated(language).keys() - wanted == set()
    assert list(catalogues.read(language).obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language):
    assert [key(message) for message in translated(language).values() if message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_counted_in_translation_as_in_english(template, language):
    held, forms = translated(language), catalogues.read(language).num_plurals
    counted = {key(message) for message in template if message.id and message.pluralizable}

    assert {name for name, message in held.items() if message.pluralizable} == counted
    assert {name for name in counted if sum(map(bool, catalogues.translations(held[name]))) != forms} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_has_its_place(language):
    wrong = {
        key(message): written
        for message in translated(language).values()
        for form, written in enumerate(catalogues.translations(message))
        if written and not _has_its_places(message, form, written)
    }

    assert wrong == {}


def _has_its_places(message, form, written):
    sources = catalogues.texts(message)
    places = catalogues.placeholders((sources[min(form, len(sources) - 1)],))
    return catalogues.placeholders((written,)) == places


def test_what_is_a_sentence_ends_with_a_full_stop(template):
    written = [text for message in template if message.id for text in catalogues.texts(message)]

    assert [text for text in written if SENTENCES.search(text) and not text.endswith(ENDS)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_ends_with_a_full_stop_where_the_text_does(language):
    wrong = {
        key(message): written
        for message in translated(language).values()
        for written in catalogues.translations(message)
        if written.endswith(".") != catalogues.texts(message)[0].endswith(".")
    }

    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", sorted({fault for faults in FAULTS.values() for fault in faults}))
def test_marks_stand_as_the_language_wants_them(language, fault):
    pattern = FAULTS[language].get(fault)
    written = [text for message in translated(language).values() for text in catalogues.translations(message)]

    assert [text for text in written if pattern and re.search(pattern, text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_names_its_language(language):
    assert catalogues.read(language).locale == Locale(language)
    assert (LOCALES / language / "LC_MESSAGES" / "assessment.po").is_file()
