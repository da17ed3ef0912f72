"""docs/trust.md: each promise names tests that exist."""

import re

import pytest

from tests.containers import ROOT
from tests.promise_tables import has_test

PAGE = ROOT / "docs" / "trust.md"
ROW = re.compile(r"^\| (\d+[a-z]?) \| (.+?) \| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
NAME = re.compile(r"`(tests/[\w/]+\.py)::(\w+|\*)`")
PROMISES = ["1", "2", "3", "4", "5", "5a", "5b", "5c", "6", "7", "8", "9", "10", "10a", "10b", "11", "12"]
ROWS = {row[0]: row for row in ROW.findall(PAGE.read_text("utf-8"))}
WITHOUT_TEST: set[str] = set()


def exists(file, name):
    path = ROOT / file
    return path.exists() if name == "*" else has_test(path, name)


def test_every_promise_has_a_row():
    assert set(PROMISES) - set(ROWS) == set()


def test_every_line_of_the_table_is_read():
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| \d", line)]

    assert len(ROWS) == len(lines)


@pytest.mark.parametrize("number", ROWS)
def test_tests_of_a_promise_exist(number):
    named = NAME.findall(ROWS[number][2])

    assert [f"{file}::{name}" for file, name in named if not exists(file, name)] == []
    assert bool(named) == (number not in WITHOUT_TEST)


@pytest.mark.parametrize("number", sorted(set(ROWS) - WITHOUT_TEST))
def test_command_of_a_promise_runs_a_file_that_exists(number):
    command = ROWS[number][4].strip("`").split()

    assert command[0] == "pytest"
    assert (ROOT / command[1]).exists()


SECURITY = (ROOT / "docs" / "security.md").read_text("utf-8")
CHAPTERS = set(range(1, 17)) - {10}  # V17 is WebRTC, which the program does not have; V10 is checked by its sections


def test_files_named_in_the_threat_model_exist():
    files = re.findall(r"`(tests/[\w/]+\.py)`", SECURITY)

    assert len(files) > 25
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_every_chapter_of_asvs_is_answered():
    sections = re.findall(r"^\| ((?:V\d+\.\d+ )+)", SECURITY, re.MULTILINE)
    chapters = {int(number) for text in sections for number in re.findall(r"V(\d+)", text)}

    assert chapters >= CHAPTERS
