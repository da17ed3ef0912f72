"""The tutorial's commands work as they are written."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.containers import ROOT, make_clean_environment

PROGRAM = ".venv/bin/assessment "


def list_commands():
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return [line.removeprefix(PROGRAM) for block in blocks for line in block.splitlines() if line.startswith(PROGRAM)]


def test_every_command_of_tutorial_runs(tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    program = Path(sys.executable).parent / "assessment"

    failed = [
        (line, said.stderr)
        for line in list_commands()
        if (
            said := subprocess.run(
                [program, *shlex.split(line)],
                cwd=tmp_path,
                env=make_clean_environment() | {"ASSESSMENT_DATA": str(tmp_path)},
                input="lantern harbour violet 7\n",
                capture_output=True,
                text=True,
                check=False,
            )
        ).returncode
    ]

    assert len(list_commands()) >= 3
    assert failed == []
    assert (tmp_path / "report.pdf").exists()
