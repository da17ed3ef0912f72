"""Each sentence of the documentation that promises something has its test (decisions 0021, 0034, 0051, 0061)."""

import re
from functools import cache

import pytest

from tests.promise_tables import (
    ROOT,
    count_lines,
    has_test,
    join_cells,
    plain,
    read_page_sentences,
    read_rows,
    read_sentences_without_promise,
)

COMPLETE = (
    *("privacy", "anonymity", "live", "mail", "personal-data", "security", "retention", "webhooks", "clients"),
    *("feasibility", "accounts", "backups", "imports", "people-lists", "report", "verify", "monitoring", "oidc"),
    *("proxy", "accessibility", "client", "office-files", "questionnaires", "README", "tutorial"),
    "docs/results",  # a page of the survey has this name too
)
PAGES = (*COMPLETE, "api")  # of the page on the API, only sentences of the tables are checked
ROWS = [row for row in read_rows() if row[0] in PAGES]
LEAST = 750
REQUIREMENT = re.compile(r"V\d+\.\d")  # rows about ASVS; tests/test_trust.py checks them
PROMISES_NOTHING = read_sentences_without_promise()


def find_page(page):
    return ROOT / ("" if page == "README" else "docs") / f"{page.removeprefix('docs/')}.md"


@cache
def read_page(page):
    return join_cells(plain(find_page(page).read_text("utf-8")))


@pytest.mark.parametrize(("page", "sentence"), sorted({row[:2] for row in ROWS}))
def test_sentence_in_table_is_on_its_page(page, sentence):
    assert sentence in read_page(page)


@pytest.mark.parametrize("page", COMPLETE)
def test_every_sentence_of_a_page_is_in_a_table_or_promises_nothing(page):
    named = [sentence for name, sentence, _, _ in ROWS if name == page]
    sentences = {each for each in read_page_sentences(find_page(page)) if not REQUIREMENT.match(each)}
    if page == "README":
        sentences = {
            each for each in sentences if " · " not in each
        }  # which folder holds what changes with each module

    unnamed = {each for each in sentences if not any(name in each or each in name for name in named)}

    assert unnamed == PROMISES_NOTHING[page]


def test_tests_in_tables_exist():
    missing = {f"{file}::{name}" for _, _, file, name in read_rows() if not has_test(ROOT / file, name)}

    assert missing == set()


def test_tables_are_parsed_completely():
    assert len(read_rows()) == count_lines()
    assert len(ROWS) >= LEAST
