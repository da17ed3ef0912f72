"""Next steps that commands print, as they have to be typed where they are read."""

import shutil
import sys

import pytest

from assessment.cli.support.messages import write_commands

NEXT = "Next: assessment user add, then: assessment serve. The assessment is open."


@pytest.mark.parametrize(
    ("typed", "is_on_path", "start"),
    [
        (
            ".venv/bin/assessment",
            False,
            "Next: .venv/bin/assessment user add, then: .venv/bin/assessment s",
        ),
        (".venv/bin/assessment", True, "Next: assessment user add, then: assessment s"),
        ("assessment", False, "Next: assessment user add, then: assessment s"),
        ("/usr/bin/pytest", False, "Next: assessment user add, then: assessment s"),
    ],
)
def test_command_is_written_with_its_path_where_it_is_not_found_without(
    monkeypatch: pytest.MonkeyPatch, typed: str, start: str, *, is_on_path: bool
):
    monkeypatch.setattr(sys, "argv", [typed])
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/local/bin/assessment" if is_on_path else None)

    text = write_commands(NEXT)

    assert text.startswith(start)
    assert text.endswith("The assessment is open.")
