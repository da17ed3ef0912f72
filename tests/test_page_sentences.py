"""Each sentence that promises something on a page or by a command has its test (decisions 0033, 0034, 0051, 0061)."""

import re
from functools import cache

import pytest
from babel.messages.extract import extract

from assessment.services.delivery import mail_texts
from assessment.web.console.forms.setting_switches import SETTING_SWITCHES
from tests.promise_tables import (
    ROOT,
    list_commands,
    plain,
    read_help_sentences,
    read_rows,
    read_sentences_without_promise,
    read_texts,
)

ROWS = read_rows()
NAMED = {sentence for _, sentence, _, _ in ROWS}
PAGES = sorted(path.stem for path in (ROOT / "templates" / "survey").glob("*.html"))
CONSOLE = sorted(
    str(path.relative_to(ROOT / "templates").with_suffix(""))
    for area in ("console", "errors", "share", "api", "questionnaire", "")
    for path in (ROOT / "templates" / area).glob("**/*.html" if area else "*.html")
)
MAILS = [
    ROOT / "src" / "assessment" / "services" / "delivery" / f"{name}.py" for name in ("mail_texts", "console_mails")
]
SHORT = 22  # characters; what is shorter is a label, a button or a number word
PROMISES_NOTHING = read_sentences_without_promise()
COMMANDS = dict(list_commands())
MESSAGE = re.compile(r'print_(?:success|warning)\(\s*_\(\s*"((?:[^"\\]|\\.)*)"')


def find_template(where):
    """Return the template that a row of a table is about; None for other rows."""
    area, _, name = where.rpartition("/")
    path = ROOT / "templates" / (area or "survey") / f"{name}.html"
    return path if path.exists() else None


@pytest.mark.parametrize("template", PAGES)
def test_every_sentence_of_a_page_is_in_a_table_or_promises_nothing(template):
    texts = {text for text in read_texts(ROOT / "templates" / "survey" / f"{template}.html") if len(text) >= SHORT}

    assert texts - NAMED - PROMISES_NOTHING["survey"] == set()


@pytest.mark.parametrize("template", CONSOLE)
def test_every_sentence_of_a_console_page_is_in_a_table_or_promises_nothing(template):
    texts = {
        text
        for text in read_texts(ROOT / "templates" / f"{template}.html")
        if text.endswith((".", ":")) and len(text) >= SHORT
    }

    assert texts - NAMED - PROMISES_NOTHING["console"] == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_sentence_of_a_command_is_in_a_table_or_promises_nothing(command):
    sentences = set(read_help_sentences(COMMANDS[command]))

    assert {each for each in sentences if not any(each in name or name in each for name in NAMED)} <= (
        PROMISES_NOTHING["help of commands"]
    )


def test_every_message_of_a_command_is_in_a_table_or_promises_nothing():
    messages = {
        message
        for module in (ROOT / "src" / "assessment" / "cli" / "commands").glob("*.py")
        for message in MESSAGE.findall(module.read_text("utf-8"))
    }

    assert messages - NAMED - PROMISES_NOTHING["messages of commands"] == set()


@pytest.mark.parametrize(("where", "sentence"), sorted({row[:2] for row in ROWS if find_template(row[0])}))
def test_sentence_in_table_is_in_its_template(where, sentence):
    own = {switch.hint for switch in SETTING_SWITCHES} if where == "console/settings" else set()

    assert sentence in own | set(read_texts(find_template(where)))


@pytest.mark.parametrize(("where", "sentence"), sorted({row[:2] for row in ROWS if row[0].startswith("assessment ")}))
def test_sentence_in_table_is_in_the_help_of_its_command(where, sentence):
    command = COMMANDS[where.removeprefix("assessment ")]

    assert any(sentence in each for each in [plain(command.help or ""), *read_help_sentences(command)])


@pytest.mark.parametrize(("where", "sentence"), sorted({row[:2] for row in ROWS if row[0].startswith("cli/")}))
def test_message_in_table_is_in_its_module(where, sentence):
    module = ROOT / "src" / "assessment" / "cli" / "commands" / f"{where.removeprefix('cli/')}.py"

    assert sentence in module.read_text("utf-8")


@cache
def read_mail_texts():
    """Return the texts of all mails, in English."""
    found = set()
    for path in MAILS:
        with path.open("rb") as source:
            found |= {text for _, text, _, _ in extract("python", source, {"N_": None})}
    return found


def test_every_sentence_of_a_mail_is_in_a_table_or_promises_nothing():
    texts = {text for text in read_mail_texts() if text.endswith((".", ":")) and len(text) >= SHORT}

    assert texts - NAMED - PROMISES_NOTHING["mails"] == set()


@pytest.mark.parametrize("sentence", sorted({sentence for where, sentence, _, _ in ROWS if where == "mails"}))
def test_sentence_in_table_is_in_a_mail(sentence):
    assert sentence in read_mail_texts()


def test_privacy_sentences_of_mails_are_those_of_the_start_page():
    mailed = {
        mail_texts.TEAM_PROMISE,
        mail_texts.NAMED_PROMISE,
        mail_texts.ANONYMOUS_PROMISE,
        mail_texts.CONFIDENTIAL_PROMISE,
        mail_texts.GROUP_PROMISE,
    }

    assert mailed - NAMED == set()
