"""Words, numbers and dates by language."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Percentage, make_message
from assessment.errors import Problem, with_values
from assessment.i18n import Translator, get_translator, list_languages
from assessment.i18n.messages import MESSAGES

ROOT = Path(__file__).parents[1]


def make_translator(folder, language, texts):
    catalogue = Catalog(locale=language, domain="assessment")
    for source, translation in texts.items():
        catalogue.add(source, translation)
    target = folder / language / "LC_MESSAGES" / "assessment.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalogue)
    return Translator(language, folder)


def test_message_is_translated_from_catalogue(tmp_path):
    source, german = MESSAGES["who.leaders"], "Leitende sehen es positiver"

    translator = make_translator(tmp_path, "de", {source: german})

    assert translator.render_message(make_message("who.leaders")) == german


def test_missing_translation_falls_back_to_english(tmp_path):
    assert make_translator(tmp_path, "de", {}).render_message(make_message("who.same")) == MESSAGES["who.same"]


def test_plural_form_follows_count(tmp_path):
    pair = MESSAGES["taking-part.counted"]
    translator = make_translator(tmp_path, "de", {pair: ("{count} Person zählt.", "{count} Personen zählen.")})

    assert translator.render_message(make_message("taking-part.counted", count=1)) == "1 Person zählt."
    assert translator.render_message(make_message("taking-part.counted", count=1234)) == "1.234 Personen zählen."


@pytest.mark.parametrize("language", list_languages())
def test_negative_number_uses_minus_sign_in_every_language(language):
    translator = Translator(language)

    written = [
        translator.format_number(Decimal(-5)),
        translator.format_signed(Decimal("-12.5")),
        translator.format_percent(Decimal(-5)),
    ]

    assert [text[0] for text in written] == ["\N{MINUS SIGN}"] * 3
    assert "-" not in translator.format_interval((Decimal("-4.5"), Decimal("-1.5")))


def test_numbers_percentages_and_dates_follow_the_language():
    assert Translator("de").format_number(Decimal("1234.5")) == "1.234,5"
    assert Translator("en").format_number(Decimal("60.0")) == "60.0"
    assert Translator("de").format_percent(60) == "60\N{NO-BREAK SPACE}%"
    assert Translator("en").format_value(Percentage(Decimal("12.5"))) == "12.5%"
    assert Translator("de").format_date("2026-03-01") == "1. März 2026"
    assert Translator("en").format_date("not a date") == "not a date"


def test_figures_are_formatted_with_bounds_and_dashes():
    translator = get_translator("en")

    assert translator.format_figure(ReportFigure(Decimal(10), bound="at most")) == "10 or less"
    assert translator.format_figure(ReportFigure(Decimal(90), bound="at least"), percent=True) == "90% or more"
    assert translator.format_figure(ReportFigure(Decimal("5.5")), signed=True) == "+5.5"
    assert translator.format_figure(ReportFigure(None, missing=make_message("missing.not-valid"))) == "–"
    assert translator.format_figure(ReportFigure(None, word=make_message("share.some"))) == "some"


@pytest.mark.parametrize(
    ("language", "span", "signed", "written"),
    [
        ("en", ("12.0", "31.5"), False, "12.0–31.5"),
        ("en", ("12.0", "31.5"), True, "+12.0; +31.5"),
        ("en", ("-25.0", "15.0"), False, "−25.0; +15.0"),
        ("de", ("-25.0", "15.0"), False, "−25,0; +15,0"),
        ("fr", ("-25.0", "15.0"), False, "−25,0\N{NARROW NO-BREAK SPACE}; +15,0"),
    ],
)
def test_interval_with_negative_end_uses_signs_and_semicolon(language, span, signed, written):
    low, high = map(Decimal, span)

    assert get_translator(language).format_interval((low, high), signed=signed) == written


@pytest.mark.parametrize(
    ("language", "name", "end"), [("en", "Critical", "is critical"), ("de", "Kritisch", "ist kritisch")]
)
def test_risk_class_inside_sentence_is_lower_case(language, name, end):
    said = get_translator(language).render_message(make_message("authority.high", points=Decimal(45), risk=name))

    assert said.endswith(end)


def test_braces_in_name_are_not_interpreted():
    text = get_translator("en").render_message(make_message("answer.none", organisation="{0} {evil} %s"))

    assert "{0} {evil} %s" in text


def test_unknown_language_falls_back_to_english():
    assert get_translator("xx-nonsense").language == "en"


def test_extraction_finds_messages_labels_and_plurals(tmp_path):
    target = tmp_path / "all.pot"

    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    keywords = ["-k", "N_", "-k", "NN_:1,2", "-o", str(target), "."]
    subprocess.run([*command, *keywords], cwd=ROOT, check=True, capture_output=True)

    with target.open("rb") as file:
        found = read_po(file)
    assert MESSAGES["who.leaders"] in found
    assert MESSAGES["taking-part.counted"][0] in found
    assert "The answer on one page" in found
    missing = [text for text in MESSAGES.values() if isinstance(text, tuple) and text[0] not in found]
    assert not missing


def test_error_text_is_translated_with_its_values(tmp_path):
    told = with_values("Invite {known}, at most {most}.", known=("leader", "staff"), most=2000)
    translator = make_translator(tmp_path, "de", {"Invite {known}, at most {most}.": "Höchstens {most}: {known}."})

    assert told == "Invite leader, staff, at most 2000."
    assert translator.translate_error(told) == "Höchstens 2.000: leader und staff."
    assert translator.translate_error("Never translated.") == "Never translated."


def test_problem_keeps_values_of_error_text():
    problem = Problem(with_values("At most {most}.", most=5), "Leave some out.", pointer="/items")

    assert str(problem) == "At most 5. Leave some out."
    assert problem.message.values == {"most": 5}
