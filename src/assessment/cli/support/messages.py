"""Messages of the command line in the terminal's language; data go to stdout, messages to stderr."""

import os
import re
import shutil
import sys
from collections.abc import Mapping

import click

SOURCE_LANGUAGE = "en"
PROGRAM = "assessment"
COMMAND_PATTERN = re.compile(rf"\b{PROGRAM} (?=(?:doctor|migrate|serve|user|work)\b)")
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def find_language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the terminal's language: "de" for `LANG=de_AT.UTF-8`."""
    named = next((environ[name] for name in LOCALE_VARIABLES if environ.get(name)), "")
    return named.partition(".")[0].partition("_")[0].lower() or SOURCE_LANGUAGE


def translate_text(text: str) -> str:
    """Translate a text; English loads no catalogue, for speed."""
    if find_language() in (SOURCE_LANGUAGE, "c", "posix"):
        return text
    from assessment.i18n import get_translator

    return get_translator(find_language()).gettext(text)


def translate_plural(one: str, many: str, count: int) -> str:
    """Translate a text with a number in the form that the number takes."""
    if find_language() in (SOURCE_LANGUAGE, "c", "posix"):
        return one if count == 1 else many
    from assessment.i18n import get_translator

    return get_translator(find_language()).ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text for extraction."""
    return text


def write_commands(text: str) -> str:
    """Write the commands in a text as they have to be typed here: with the path, where the program is not on PATH."""
    typed = sys.argv[0]
    folder, _, name = typed.rpartition(os.sep)
    needs_path = bool(folder) and name == PROGRAM and shutil.which(PROGRAM) is None
    return COMMAND_PATTERN.sub(lambda _: f"{typed} ", text) if needs_path else text


def print_note(text: str = "") -> None:
    """Print a note to stderr."""
    click.echo(write_commands(text), err=True)


def print_success(text: str) -> None:
    """Print a success message to stderr."""
    click.secho(text, err=True, fg="green")


def print_warning(text: str) -> None:
    """Print a warning to stderr."""
    click.secho(text, err=True, fg="yellow")
