"""Sentences that are made of figures and names: grammar in each language, whatever the names and numbers are."""

import re
from decimal import Decimal

import pytest

from assessment.domain.report.message import Percentage, make_message
from assessment.i18n import get_translator
from assessment.i18n.messages import MESSAGES
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests import catalogues

LANGUAGES = ("de", "en", "es", "fr")
QUESTIONNAIRES = tuple(sorted(path.name for path in find_shipped_folder().iterdir() if path.is_dir()))
SHARES = {"share", "percent", "needed", "balance"}
NUMBERS = {
    *("able", "count", "cut", "earlier", "full", "goal", "group", "high", "highest", "independence", "indicative"),
    *("later", "level", "low", "lowest", "minimum", "n", "now", "points", "readiness", "score", "spread", "step"),
    *("floor", "strong", "support", "authority", "target", "total", "value", "years"),
    *("invited", "dimension_count", "function_count", "open"),
}
PLACE = re.compile(r"\{(\w+)\}")
TITLES = tuple(
    name
    for name in MESSAGES
    if (
        name.split(".")[0]
        in (
            "answer",
            "functions",
            "function",
            "targets",
            "gap",
            "authority",
            "hand-offs",
            "outlook",
            "roadmap",
            "lifting",
        )
        and name != "lifting.assumption"
    )
    or name.startswith(("change.", "summary.title", "heatmap.even", "heatmap.none", "heatmap.one", "heatmap.within"))
)
# What no sentence may say: what forms that stand side by side become in speech, and what is left of places.
CLASHES = {
    "de": (r"\bin dem\b", r"\bzu dem\b"),
    "en": (r"\ba [aeio]\w", r"\bof of\b"),
    "es": (r"\bde el\b(?! \d)", r"\ba el\b", r"\by [ií]\w", r"\bde de\b"),
    "fr": (r"\b(de|le|la|que|ne|se|je|jusque) [aeéèêiouyâîôû]", r"\bde les?\b", r"\bà les?\b", r"\bde de\b"),
}
LITTERED = re.compile(r"[{}]|%\(| {2}|\s[,.]|,,|\.\.|\(\)|\( | \)")
# What French would elide before, Spanish contract with, German decline after.
FORBIDDEN_BEFORE_NAMES = {
    "de": r"\b(der|die|das|dem|den|des|im|am|vom|zum|zur)",
    "en": r"\b(an?)",
    "es": r"\b(el|la|los|las|del|al|un|una)",
    "fr": r"\b(de|du|des|le|la|les|au|aux|que|jusque|lorsque|puisque|un|une|en)",
}


def list_names(language):
    """Every name that an instrument gives to functions and dimensions, and the awkward ones a client may have."""
    texts = [load_questionnaire(find_shipped_folder() / id_).text(language) for id_ in QUESTIONNAIRES]
    functions = [name for each in texts for name in each.functions.values()]
    dimensions = [text.title for each in texts for text in each.dimensions.values()]
    return sorted({*functions, *dimensions})


def make_values(template, name, number, number_of_names):
    """Something for each place of a sentence."""
    written = template if isinstance(template, str) else " ".join(template)
    given = {}
    for place in PLACE.findall(written):
        if place in NUMBERS or (place in SHARES and "%" in written):
            given[place] = number if place in ("count", "level", "target", "years", "total") else Decimal(number)
        elif place in SHARES:
            given[place] = Percentage(Decimal(number))
        elif place.endswith("s"):
            given[place] = (name,) * number_of_names
        else:
            given[place] = name
    return given | ({"count": number} if isinstance(template, tuple) else {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_renders_with_all_names_and_numbers(language):
    translator, known = get_translator(language), list_names(language)

    wrong = [
        said
        for identifier, template in MESSAGES.items()
        for name in known
        for number in (0, 1, 2, 21)
        for said in [
            translator.render_message(make_message(identifier, **make_values(template, name, number, 1 + number % 3)))
        ]
        if LITTERED.search(said) or any(re.search(clash, said) for clash in CLASHES[language])
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_start_with_capital_and_have_no_full_stop(language):
    translator = get_translator(language)

    said = {
        name: translator.render_message(make_message(name, **make_values(MESSAGES[name], "Nord", 2, 1)))
        for name in TITLES
    }

    assert {name: text for name, text in said.items() if text[0].islower() or text.endswith(".")} == {}
    assert len(said) > len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_article_before_a_name_needs_inflection(language):
    """A name may begin with a vowel, be of any gender, singular or plural: nothing that agrees stands before it."""
    source = {
        text for template in MESSAGES.values() for text in ([template] if isinstance(template, str) else template)
    }
    places = sorted(
        {place for text in source for place in PLACE.findall(text)} - NUMBERS - SHARES - {"date", "name", "value"}
    )
    bending = re.compile(rf"{FORBIDDEN_BEFORE_NAMES[language]} \{{({'|'.join(places)})\}}", re.IGNORECASE)

    wrong = [text for text in _render_source(language, source) if bending.search(text)]

    assert wrong == []


def _render_source(language, source):
    if language == "en":
        return sorted(source)
    return [
        text
        for message in catalogues.read_catalogue(language)
        if message.id and source & set(catalogues.list_texts(message))
        for text in catalogues.list_translations(message)
    ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ["", "A", "A und B", "A, B und C"]),
        ("en", ["", "A", "A and B", "A, B and C"]),
        ("es", ["", "A", "A y B", "A, B y C"]),
        ("fr", ["", "A", "A et B", "A, B et C"]),
    ],
)
def test_list_is_joined_by_language_rules(language, expected):
    assert [get_translator(language).join_list("ABC"[:length]) for length in range(4)] == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [("Informática", "RR. HH. e Informática"), ("Historia", "RR. HH. e Historia"), ("Hielo", "RR. HH. y Hielo"),
     ("Ventas", "RR. HH. y Ventas"), ("Industria y medios", "RR. HH. e Industria y medios")],
)  # fmt: skip
def test_spanish_list_uses_e_before_i_sound(last, expected):
    assert get_translator("es").join_list(["RR. HH.", last]) == expected


@pytest.mark.parametrize(
    ("language", "number", "percent", "date"),
    [
        ("de", "1.234,5", "12,5\N{NO-BREAK SPACE}%", "2. November 2026"),
        ("en", "1,234.5", "12.5%", "2 November 2026"),
        ("es", "1234,5", "12,5\N{NO-BREAK SPACE}%", "2 de noviembre de 2026"),
        ("fr", "1\N{NARROW NO-BREAK SPACE}234,5", "12,5\N{NO-BREAK SPACE}%", "2 novembre 2026"),
    ],
)
def test_numbers_and_dates_follow_the_language(language, number, percent, date):
    translator = get_translator(language)

    assert translator.format_number(Decimal("1234.5")) == number
    assert translator.format_percent(Decimal("12.5")) == percent
    assert translator.format_date("2026-11-02") == date


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "Es fehlen 65 Punkte oder mehr"),
        ("en", "65 points or more to go"),
        ("es", "a 65 puntos o más"),
        ("fr", ", 65 points ou plus"),
    ],
)
def test_unit_follows_the_number_of_a_bound(language, expected):
    bound = make_message("bound.at-least", value=Decimal(65))

    text = get_translator(language).render_message(make_message("targets.furthest", function="HR", points=bound))

    assert text.endswith(expected)


def test_bound_without_a_unit_stays_as_it_is():
    bound = make_message("bound.at-most", value=Decimal(10))

    text = get_translator().render_message(make_message("targets.tied", functions="HR, 10", points="5"))
    of_hundred = get_translator().render_message(make_message("answer.level", organisation="N", level=1, score=bound))

    assert text == "HR, 10 are equally far from target: 5 points to go"
    assert of_hundred == "N stands at level 1 of 5, with 10 or less of 100 points"
