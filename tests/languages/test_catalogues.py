"""The translations of the program: nothing missing, stale or doubtful, values and marks in their places."""

import ast
import re

import pytest
from babel import Locale

from assessment.i18n import LOCALE_FOLDER, list_languages
from tests import catalogues
from tests.languages.punctuation import FAULTS

LANGUAGES = ("de", "es", "fr")
MESSAGES = re.compile(r"[.!?]”? [A-Z“]|^(?:Choose|Give|Name the|Take|Tick|Wait)\b(?!.*:)|\bdo(?:es)? not belong\b")
BARE_COLON = re.compile(r"""(?:\}\}|%\}|</\w+>):(?=[\s<]).*|~ ": ".*""")
ENDS = (".", ".”", "?", "!", ":", "…", ".)")


@pytest.fixture(scope="module")
def template():
    return catalogues.collect_messages()


def get_message_key(message):
    return catalogues.list_texts(message)[0], message.context


def load_catalogue(language):
    return {get_message_key(message): message for message in catalogues.read_catalogue(language) if message.id}


def test_catalogues_exist_for_three_languages():
    assert tuple(catalogues.list_languages()) == LANGUAGES
    assert list_languages() == ("en", *LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(template, language):
    held = load_catalogue(language)

    missing = [
        get_message_key(message)
        for message in template
        if message.id
        and (
            get_message_key(message) not in held
            or not all(catalogues.list_translations(held[get_message_key(message)]))
        )
    ]

    assert missing == [], "make catalogues, then translate what it names"


def test_every_translated_text_is_extracted(template):
    """Gathering reads no further than the outside of an f-string."""
    wanted = {text for file in sorted((catalogues.ROOT / "src").rglob("*.py")) for text in find_translated_texts(file)}

    assert {text for text in wanted if text not in template} == set()


@pytest.mark.parametrize("place", ["domain", "questionnaires", "services", "web"])
def test_error_texts_use_placeholders_for_values(place):
    """Forbid f-strings in translated texts: a value put in first can only ever be English."""
    files = sorted((catalogues.ROOT / "src" / "assessment" / place).rglob("*.py"))

    assert [f"{file.name}:{line}" for file in files for line in find_constant_texts(file)] == []


def find_constant_texts(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name.endswith("Error") or name == "Problem":
            yield from (node.lineno for said in node.args[:2] if isinstance(said, ast.JoinedStr))


def find_translated_texts(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("gettext", "ngettext", "_", "N_", "NN_", "with_values"):
                yield node.args[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_have_no_obsolete_texts(template, language):
    wanted = {get_message_key(message) for message in template if message.id}

    assert load_catalogue(language).keys() - wanted == set()
    assert list(catalogues.read_catalogue(language).obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_have_no_fuzzy_texts(language):
    assert [get_message_key(message) for message in load_catalogue(language).values() if message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_match_the_source(template, language):
    held, forms = load_catalogue(language), catalogues.read_catalogue(language).num_plurals
    counted = {get_message_key(message) for message in template if message.id and message.pluralizable}

    assert {name for name, message in held.items() if message.pluralizable} == counted
    assert {name for name in counted if sum(map(bool, catalogues.list_translations(held[name]))) != forms} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_all_placeholders(language):
    wrong = {
        get_message_key(message): written
        for message in load_catalogue(language).values()
        for form, written in enumerate(catalogues.list_translations(message))
        if written and not _has_all_placeholders(message, form, written)
    }

    assert wrong == {}


def _has_all_placeholders(message, form, written):
    sources = catalogues.list_texts(message)
    places = catalogues.find_placeholders((sources[min(form, len(sources) - 1)],))
    return catalogues.find_placeholders((written,)) == places


def test_source_sentences_end_with_full_stop(template):
    written = [text for message in template if message.id for text in catalogues.list_texts(message)]

    assert [text for text in written if MESSAGES.search(text) and not text.endswith(ENDS)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_end_like_their_source(language):
    wrong = {
        get_message_key(message): written
        for message in load_catalogue(language).values()
        for written in catalogues.list_translations(message)
        if written.endswith(".") != catalogues.list_texts(message)[0].endswith(".")
    }

    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", sorted({fault for faults in FAULTS.values() for fault in faults}))
def test_punctuation_follows_language_rules(language, fault):
    pattern = FAULTS[language].get(fault)
    written = [text for message in load_catalogue(language).values() for text in catalogues.list_translations(message)]

    assert [text for text in written if pattern and re.search(pattern, text)] == []


def test_templates_have_no_colon_outside_translated_texts():
    """French has a space before a colon. Colons that only screen readers get, inside a hidden span, sound the same."""
    found = {
        path.relative_to(catalogues.ROOT).as_posix(): places
        for path in (catalogues.ROOT / "templates").rglob("*.html")
        if (places := BARE_COLON.findall(path.read_text(encoding="utf-8")))
    }

    assert found == {}


# Other words for what the glossary in docs/languages.md has one word for: wave, function, settings.
SYNONYMS = {"de": r"\b[Ww]ellen?\b|\bFunktion(en)?\b", "es": r"\bfunci(ón|ones)\b", "fr": r"\bparamètres?\b"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_use_the_words_of_the_glossary(language):
    texts = [text for held in load_catalogue(language).values() for text in catalogues.list_translations(held)]

    assert [text for text in texts if re.search(SYNONYMS[language], text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_header_names_its_language(language):
    assert catalogues.read_catalogue(language).locale == Locale(language)
    assert (LOCALE_FOLDER / language / "LC_MESSAGES" / "assessment.po").is_file()
