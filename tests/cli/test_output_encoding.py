"""Redirected output on code pages that lack a sign: complete, and no crash."""

import io
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from assessment.cli import main
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


@pytest.mark.parametrize("arguments", [["--help"], ["compare", "--help"]])
@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "cp932", "cp949"])
@pytest.mark.parametrize("language", ["fr", "de", "es"])
def test_help_on_every_code_page_is_complete(
    arguments: list[str], encoding: str, language: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LC_ALL", f"{language}_XX")

    text, wanted = read_output(arguments, encoding, monkeypatch), read_output(arguments, "utf-8", monkeypatch)

    assert len(text.splitlines()) == len(wanted.splitlines()) > 5
    assert text.count("?") == wanted.count("?")


def read_output(arguments: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the program in this process with its output redirected to a file of this encoding."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        main.main(arguments, prog_name="assessment", standalone_mode=False)
        stream.flush()
    return written.getvalue().decode(encoding)
