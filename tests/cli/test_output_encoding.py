"""Redirected output on code pages that lack a sign: complete, and no crash."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests import containers

PROGRAM = str(Path(sys.executable).parent / "assessment")
INPUTS = Path(__file__).parents[1] / "inputs"
COMMANDS = {
    "compare": ("compare", INPUTS / "08-earlier.csv", INPUTS / "08-later.csv"),
    "score": ("score", INPUTS / "08-earlier.csv"),
}


@cache
def run_command(command: str, encoding: str) -> "subprocess.CompletedProcess[bytes]":
    environment = containers.make_clean_environment(PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    return subprocess.run([PROGRAM, *COMMANDS[command]], env=environment, capture_output=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "cp437", "cp932"])
@pytest.mark.parametrize("command", COMMANDS)
def test_output_on_every_code_page_is_complete(command: str, encoding: str):
    said, expected = run_command(command, encoding), run_command(command, "utf-8")

    assert (said.returncode, expected.returncode) == (0, 0), said.stderr
    text, wanted = said.stdout.decode(encoding), expected.stdout.decode()
    assert len(text.splitlines()) == len(wanted.splitlines())
    assert "?" not in text
    assert ("–" in wanted or "−" in wanted) is True
    assert "-" in text
