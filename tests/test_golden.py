"""The worked cases through the command line: `assessment score` gives each figure in its place, exact and released."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from tests.golden_figures import find_differences

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.csv"))
RELEASED = sorted(path.name.removesuffix(".released.json") for path in GOLDEN.glob("*.released.json"))


def arguments(case, *options):
    settings = GOLDEN / f"{case}.settings.toml"
    given = ["--settings", str(settings)] if settings.exists() else []
    return ["score", str(GOLDEN / f"{case}.csv"), *given, *options, "--json"]


def expected(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_golden_cases_exist():
    assert len(CASES) >= 14
    assert [case for case in CASES if not (GOLDEN / f"{case}.json").is_file()] == []
    assert sorted({*CASES} - {*RELEASED}) == ["consensus"]


@pytest.mark.parametrize("case", CASES)
def test_exact_result_matches_golden_figures_and_order_of_advice(case):
    said = CliRunner().invoke(main, arguments(case, "--unsuppressed"), catch_exceptions=False)

    assert said.exit_code == 0
    assert list(find_differences(expected(case), json.loads(said.stdout))) == []


@pytest.mark.parametrize("case", RELEASED)
def test_released_result_matches_golden_figures_and_order_of_advice(case):
    said = CliRunner().invoke(main, arguments(case), catch_exceptions=False)

    assert said.exit_code == 0
    assert list(find_differences(expected(f"{case}.released"), json.loads(said.stdout))) == []


@pytest.mark.slow
def test_score_command_matches_golden_result():
    program = Path(sys.executable).parent / "assessment"

    said = subprocess.run(
        [program, *arguments("weighted-30", "--unsuppressed")], capture_output=True, text=True, check=True
    )

    assert list(find_differences(expected("weighted-30"), json.loads(said.stdout))) == []
    assert said.stderr == ""
