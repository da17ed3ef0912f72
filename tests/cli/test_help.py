"""Help comes at once, examples first, for every command; what is not there yet is not offered."""

import os
import re
import subprocess
import sys

import click
import pytest

from assessment.cli import main

SLOW = (
    "alembic",
    "cryptography",
    "numpy",
    "scipy",
    "sqlalchemy",
    "litestar",
    "reportlab",
    "babel",
    "uvicorn",
    "jinja2",
)
LISTED = """
import sys
from assessment.cli import main
for path in {paths}:
    main([*path, "--help"], standalone_mode=False)
print([name for name in {slow} if name in sys.modules])
"""
SLOW_IN_GERMAN = ("scipy", "sqlalchemy", "litestar", "reportlab", "jinja2")  # Babel reads the catalogue
NEEDED = ["demo", "serve", "migrate", "doctor", "user", "key", "questionnaire", "score", "report"]


def list_commands(group=main, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from list_commands(command, (*path, name))


@pytest.mark.parametrize(("language", "slow"), [("en", SLOW), ("de", SLOW_IN_GERMAN)])
def test_help_imports_no_slow_module(language, slow):
    program = LISTED.format(paths=[(), *list_commands()], slow=slow)
    environment = {**os.environ, "LC_ALL": f"{language}_{language.upper()}.UTF-8"}

    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )

    assert ("Beispiele:" in printed.stdout) == (language == "de")
    assert printed.stdout.splitlines()[-1] == "[]"


def test_help_lists_all_commands(run):
    said = run("--help")

    assert said.exit_code == 0
    assert [name for name in NEEDED if f"  {name} " not in said.stdout] == []


def test_no_command_deletes_or_archives_a_client_or_an_assessment():
    """One that is open, or a client that has one, must stay; `respondent erase` erases what one person answered."""
    paths = {" ".join(path) for path in list_commands()}

    assert {path for path in paths if re.search("delete|archive|remove|purge|erase", path)} == {"respondent erase"}


@pytest.mark.parametrize("path", [*list_commands()], ids=" ".join)
def test_help_of_every_command_starts_with_examples(run, path):
    said = run(*path, "--help")

    assert said.exit_code == 0
    text = said.stdout
    assert text.index("Examples:") < text.index("Options:")
    assert f"assessment {path[0]}" in text[text.index("Examples:") :]


def test_unknown_command_is_usage_error(run):
    said = run("scores")

    assert said.exit_code == 2
    assert "Did you mean score?" in said.stderr


def test_version_option_prints_version(run):
    assert run("--version").stdout.startswith("assessment ")
