"""Each sentence that promises something on a page for respondents has its test (the table of decision 0033)."""

import re
from pathlib import Path

import pytest

from assessment.services.delivery import mail_texts
from tests.test_promises import has_test

ROOT = Path(__file__).parents[1]
TABLE = next((ROOT / "docs" / "decisions").glob("*-sentences-of-the-survey-pages.md"))
ROWS = re.findall(r"^\| ([\w-]+) \| (.+) \| `(tests/[\w/]+\.py)::(\w+)` \|$", TABLE.read_text("utf-8"), re.MULTILINE)
TEMPLATES = ("_promises", "_question", "start", "sent", "sent-elsewhere", "closed", "results")
TEXT = re.compile(r'(?:_|ngettext)\("((?:[^"\\\\]|\\\\.)*)"')
SHORT = 22  # characters; what is shorter is a label, a button or a number word
PROMISES_NOTHING = {
    "%(asker)s asks, on behalf of %(organisation)s.",
    "You answer as: %(role)s.",
    "You answer together, for your function.",
    "There's no closing date yet.",
    "Privacy in full, and how to withdraw",
    "Is your role or area wrong, or is anything unclear? Ask %(asker)s.",
    "Your answers are sent. Thank you.",
    "A copy of your answers",
    "Download my answers (text file)",
    "Choose an answer: %(question)s",
    "A few words are enough. If you simply don't do it, choose the first answer instead.",
    "Why does it not apply?",
    "What is this based on? (optional)",
    "I can describe an example",
    "Is there anything else you would like to say?",
    "Your comment on this section",
    "Add a comment on this section (optional)",
    "Then the results are calculated, and %(asker)s goes through them with your organisation.",
    "Withdraw: delete my answers",
    "Answers were already sent with this invitation",
    "Then everything is done. To delete what you answered here, withdraw it.",
    "Questions? Ask %(asker)s.",
    "The whole organisation:",
    "This survey has closed",
}


def read_sentences(template):
    source = (ROOT / "templates" / "survey" / f"{template}.html").read_text("utf-8")
    return {text for text in TEXT.findall(source) if len(text) >= SHORT}


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_sentence_of_a_page_is_in_the_table_or_promises_nothing(template):
    named = {sentence for _, sentence, _, _ in ROWS}

    assert read_sentences(template) - named - PROMISES_NOTHING == set()


@pytest.mark.parametrize(("template", "sentence"), sorted({row[:2] for row in ROWS}))
def test_sentence_in_table_is_in_its_template(template, sentence):
    assert sentence in TEXT.findall((ROOT / "templates" / "survey" / f"{template}.html").read_text("utf-8"))


def test_privacy_sentences_of_mails_are_those_of_the_start_page():
    mailed = {
        mail_texts.TEAM_PROMISE,
        mail_texts.NAMED_PROMISE,
        mail_texts.ANONYMOUS_PROMISE,
        mail_texts.CONFIDENTIAL_PROMISE,
        mail_texts.GROUP_PROMISE,
    }

    assert mailed - {sentence for _, sentence, _, _ in ROWS} == set()


def test_tests_in_table_exist():
    assert {f"{file}::{name}" for _, _, file, name in ROWS if not has_test(ROOT / file, name)} == set()


def test_table_is_parsed_completely():
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("|") and "`tests/" in line]

    assert len(ROWS) == len(lines) > 0
