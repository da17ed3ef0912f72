"""Messages of the command line in the terminal's language; data go to stdout, messages to stderr."""

import os
from collections.abc import Mapping

import click

SOURCE_LANGUAGE = "en"
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


def print_note(text: str = "") -> None:
    """Print a note to stderr."""
    click.echo(text, err=True)


def print_success(text: str) -> None:
    """Print a success message to stderr."""
    click.secho(text, err=True, fg="green")


def print_warning(text: str) -> None:
    """Print a warning to stderr."""
    click.secho(text, err=True, fg="yellow")
