"""docs/trust.md: each promise names tests that exist."""

import re

import pytest

from tests import soak_files, soak_summary
from tests.containers import ROOT
from tests.promise_tables import has_test
from tests.soak_summary import Outcome

PAGE = ROOT / "docs" / "trust.md"
ROW = re.compile(r"^\| (\d+[a-z]?) \| (.+?) \| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
NAME = re.compile(r"`(tests/[\w/]+\.py)::(\w+|\*)`")
PROMISES = ["1", "2", "3", "4", "5", "5a", "5b", "5c", "6", "7", "8", "9", "10", "10a", "10b", "11", "12"]
# Faults, bad input and settings follow.
PROMISES += [str(number) for number in range(13, 32)]
ROWS = {row[0]: row for row in ROW.findall(PAGE.read_text("utf-8"))}
WITHOUT_TEST: set[str] = set()
# A test that removes a guard, by its name.
MUTANT = re.compile(
    r"mutant|detects_(a|each)_|_detect_a_removed|without_(the|a)_(guard|hmac|lock|step)|before_commit_loses|"
    r"weaker_rules|wrong_command_is_noticed|copyleft_licence"
)


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


def list_names(cell):
    """Names of the tests in a cell; those of a file for a star."""
    for file, name in NAME.findall(cell):
        if name == "*":
            yield from re.findall(r"^(?:async )?def (test_\w+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
        else:
            yield name


@pytest.mark.parametrize("number", ROWS)
def test_promise_has_a_mutant(number):
    assert [name for name in list_names(ROWS[number][2]) if MUTANT.search(name)]


@pytest.mark.parametrize("number", ROWS)
def test_promise_has_a_figure(number):
    assert re.search(r"\d", ROWS[number][3])


@pytest.mark.parametrize("number", sorted(set(ROWS) - WITHOUT_TEST))
def test_command_of_a_promise_runs_a_file_that_exists(number):
    command = [word for word in ROWS[number][4].strip("`").split() if "=" not in word]  # without settings

    assert command[0] == "pytest"
    assert (ROOT / next(word for word in command if word.startswith("tests/"))).exists()


SECURITY = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("security.md", "asvs.md"))
# Requirements of levels 1 and 2 in each section of OWASP ASVS 5.0.0; they are the first ones of their section.
ASVS = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4), 5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1), 9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4), 13: (1, 5, 2, 5), 14: (2, 4, 3), 15: (3, 3, 7), 16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}  # fmt: skip
VERDICTS = {"yes", "partly", "no", "operator", "–"}  # the sign of the page


def test_files_named_in_the_threat_model_exist():
    files = re.findall(r"`(tests/[\w/]+\.py)`", SECURITY)

    assert len(files) > 25
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_every_asvs_requirement_of_two_levels_is_answered_once():
    rows = re.findall(r"^\| ((?:V\d+\.\d+\.\d+ )+)\| (\S+) \| ", SECURITY, re.MULTILINE)
    answered = [number for numbers, _ in rows for number in numbers.split()]
    wanted = [
        f"V{chapter}.{section}.{number}"
        for chapter, counts in ASVS.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    ]

    assert len(wanted) == 253
    assert sorted(answered) == sorted(wanted)
    assert {verdict for _, verdict in rows} == VERDICTS


THIS = "tests/test_trust.py"
LONG_FORM = re.compile(
    r"ASSESSMENT_TEST_SOAK|\bSOAK\b|^ *(?:async )?def test_\w+\([^)]*\borganisations\b", re.MULTILINE
)


def test_soak_runs_every_file_with_a_long_form_and_every_file_of_a_promise():
    tests = (ROOT / "tests").rglob("test_*.py")
    long = {str(path.relative_to(ROOT)) for path in tests if LONG_FORM.search(path.read_text("utf-8"))} - {THIS}
    named = {file for row in ROWS.values() for file, _ in NAME.findall(row[2])}

    assert set(soak_files.LONG) == long
    assert set(soak_files.list_files()) == long | named


def test_summary_of_soak_counts_each_test_by_its_promise():
    promises = soak_summary.read_promises(PAGE.read_text("utf-8"))
    outcomes = {
        "tests/trust/test_crashes.py::test_acknowledged_answers_survive_kills_of_the_server[sqlite-1]": Outcome(
            2.0, figure="25 kills"
        ),
        "tests/trust/test_orphans.py::test_any": Outcome(1.0, failed=True),
        "tests/simulations/test_gap.py::test_other": Outcome(4.0, skipped=True),
    }

    table = soak_summary.format_table(soak_summary.sum_outcomes(outcomes, promises))

    assert table[2:] == [
        "| 1 an acknowledged answer is never lost | 2 | 3 | 1 | 0 |",
        "| tests/simulations | 1 | 4 | 0 | 1 |",
        "| all | 3 | 7 | 1 | 1 |",
    ]
