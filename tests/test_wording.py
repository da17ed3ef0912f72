"""Words, numbers and dates by language."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Share, say
from assessment.errors import Problem, with_values
from assessment.wording import Wording, languages, wording
from assessment.wording.sentences import SENTENCES

ROOT = Path(__file__).parents[1]


def translated(folder, language, texts):
    catalogue = Catalog(locale=language, domain="assessment")
    for source, translation in texts.items():
        catalogue.add(source, translation)
    target = folder / language / "LC_MESSAGES" / "assessment.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalogue)
    return Wording(language, folder)


def test_a_message_takes_its_words_from_the_translation(tmp_path):
    source, german = SENTENCES["who.leaders"], "Leitende sehen es positiver"

    words = translated(tmp_path, "de", {source: german})

    assert words.text(say("who.leaders")) == german


def test_a_missing_translation_stays_english(tmp_path):
    assert translated(tmp_path, "de", {}).text(say("who.same")) == SENTENCES["who.same"]


def test_plural_follows_the_count(tmp_path):
    pair = SENTENCES["taking-part.counted"]
    words = translated(tmp_path, "de", {pair: ("{count} Person zählt.", "{count} Personen zählen.")})

    assert words.text(say("taking-part.counted", count=1)) == "1 Person zählt."
    assert words.text(say("taking-part.counted", count=1234)) == "1.234 Personen zählen."


@pytest.mark.parametrize("language", languages())
def test_a_minus_is_a_minus_in_every_language_and_not_a_hyphen(language):
    words = Wording(language)

    written = [words.number(Decimal(-5)), words.signed(Decimal("-12.5")), words.percent(Decimal(-5))]

    assert [text[0] for text in written] == ["\N{MINUS SIGN}"] * 3
    assert "-" not in words.span((Decimal("-4.5"), Decimal("-1.5")))


def test_numbers_percentages_and_dates_follow_the_language():
    assert Wording("de").number(Decimal("1234.5")) == "1.234,5"
    assert Wording("en").number(Decimal("60.0")) == "60.0"
    assert Wording("de").percent(60) == "60\N{NO-BREAK SPACE}%"
    assert Wording("en").value(Share(Decimal("12.5"))) == "12.5%"
    assert Wording("de").date("2026-03-01") == "1. März 2026"
    assert Wording("en").date("not a date") == "not a date"


def test_figures_are_written_with_bounds_and_dashes():
    words = wording("en")

    assert words.figure(Figure(Decimal(10), bound="at most")) == "10 or less"
    assert words.figure(Figure(Decimal(90), bound="at least"), percent=True) == "90% or more"
    assert words.figure(Figure(Decimal("5.5")), signed=True) == "+5.5"
    assert words.figure(Figure(None, missing=say("missing.not-valid"))) == "–"
    assert words.figure(Figure(None, word=say("share.some"))) == "some"


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
def test_an_interval_with_a_minus_has_signs_and_no_dash(language, span, signed, written):
    low, high = map(Decimal, span)

    assert wording(language).span((low, high), signed=signed) == written


@pytest.mark.parametrize(
    ("language", "name", "end"), [("en", "Critical", "is critical"), ("de", "Kritisch", "ist kritisch")]
)
def test_the_class_of_a_risk_ends_its_sentence_in_lower_case(language, name, end):
    said = wording(language).text(say("authority.high", points=Decimal(45), risk=name))

    assert said.endswith(end)


def test_braces_in_a_name_stay_as_they_are():
    text = wording("en").text(say("answer.none", organisation="{0} {evil} %s"))

    assert "{0} {evil} %s" in text


def test_an_unknown_language_is_answered_in_english():
    assert wording("xx-nonsense").language == "en"


def test_extraction_finds_sentences_labels_and_plurals(tmp_path):
    target = tmp_path / "all.pot"

    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    keywords = ["-k", "N_", "-k", "NN_:1,2", "-o", str(target), "."]
    subprocess.run([*command, *keywords], cwd=ROOT, check=True, capture_output=True)

    with target.open("rb") as file:
        found = read_po(file)
    assert SENTENCES["who.leaders"] in found
    assert SENTENCES["taking-part.counted"][0] in found
    assert "The answer on one page" in found
    missing = [text for text in SENTENCES.values() if isinstance(text, tuple) and text[0] not in found]
    assert not missing


def test_a_refusal_is_said_in_another_language_with_its_values(tmp_path):
    told = with_values("Invite {known}, at most {most}.", known=("leader", "staff"), most=2000)
    words = translated(tmp_path, "de", {"Invite {known}, at most {most}.": "Höchstens {most}: {known}."})

    assert told == "Invite leader, staff, at most 2000."
    assert words.told(told) == "Höchstens 2.000: leader und staff."
    assert words.told("Never translated.") == "Never translated."


def test_a_refusal_with_values_keeps_them_within_a_problem():
    problem = Problem(with_values("At most {most}.", most=5), "Leave some out.", pointer="/items")

    assert str(problem) == "At most 5. Leave some out."
    assert problem.message.values == {"most": 5}
