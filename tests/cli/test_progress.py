"""Slow commands show a progress bar on standard error where that is a terminal, and nothing anywhere else."""

import io
import re
import sys
from contextlib import suppress

import pytest

from assessment.cli import main

PASSWORD = "lantern harbour violet 7"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def call(monkeypatch):
    """Call a command with a terminal as standard error; returns what it wrote there."""

    def call(*arguments):
        terminal = Terminal()
        with monkeypatch.context() as patch:  # in the call: pytest sets standard error before each phase
            patch.setattr(sys, "stderr", terminal)
            with suppress(SystemExit):
                main([str(each) for each in arguments])
        return terminal.getvalue()

    return call


@pytest.fixture
def installation(run, data):
    run("migrate")
    run("user", "add", "anna@example.org", given=PASSWORD)
    return data


def list_steps(text):
    """Return the names of the bars that reached their end."""
    return re.findall(r"([A-Z][a-z ]+)  \[#+\]  100%", text)


def test_backup_and_restore_show_their_steps_on_a_terminal(installation, call, tmp_path, capsys):
    file = tmp_path / "one.backup"

    written = call("backup", file)
    restored = call("restore", file, "--replace")

    assert list_steps(written) == ["Writing the backup", "Verifying the backup"]
    assert list_steps(restored) == ["Verifying the backup", "Copying all rows", "Comparing all rows"]
    assert capsys.readouterr().out == f"{file}\n"


def test_move_shows_its_steps_on_a_terminal(installation, call, postgres_url):
    assert list_steps(call("move", "--to", postgres_url)) == ["Copying all rows", "Comparing all rows"]


def test_backup_shows_no_bar_without_a_terminal(installation, run, tmp_path):
    written = run("backup", tmp_path / "one.backup")

    assert written.exit_code == 0
    assert "Writing the backup" not in written.stderr
    assert "[" not in written.stderr
    assert written.stdout == f"{tmp_path / 'one.backup'}\n"


def test_error_after_a_bar_stands_on_a_line_of_its_own(installation, call, tmp_path):
    file = tmp_path / "one.backup"
    call("backup", file)
    file.write_bytes(file.read_bytes()[:-1])

    shown = call("restore", file, "--replace")

    assert "Verifying the backup  [" in shown
    assert "\n" in shown[shown.rindex("]") : shown.index("Error: ")]
