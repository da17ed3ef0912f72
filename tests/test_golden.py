"""The worked cases through the command line: `assessment score` gives each figure in its place."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from tests.golden_figures import differences

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.csv"))


def arguments(case):
    settings = GOLDEN / f"{case}.settings.toml"
    given = ["--settings", str(settings)] if settings.exists() else []
    return ["score", str(GOLDEN / f"{case}.csv"), *given, "--unsuppressed", "--json"]


def expected(case):
    return json.loads((GOLDEN / f"{case}.json").read_text(encoding="utf-8"))


def test_there_are_cases_to_check():
    assert len(CASES) >= 10
    assert [case for case in CASES if not (GOLDEN / f"{case}.json").is_file()] == []


@pytest.mark.parametrize("case", CASES)
def test_every_figure_and_the_order_of_advice_come_out(case):
    said = CliRunner().invoke(main, arguments(case), catch_exceptions=False)

    assert said.exit_code == 0
    assert list(differences(expected(case), json.loads(said.stdout))) == []


def test_the_program_itself_says_the_same():
    program = Path(sys.executable).parent / "assessment"

    said = subprocess.run([program, *arguments("weighted-30")], capture_output=True, text=True, check=True)

    assert list(differences(expected("weighted-30"), json.loads(said.stdout))) == []
    assert said.stderr == ""
