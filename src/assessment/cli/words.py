"""Messages of the command line in the terminal's language; data go to stdout, messages to stderr."""

import os
from collections.abc import Mapping

import click

SOURCE_LANGUAGE = "en"
SAYING_SO = ("LC_ALL", "LC_MESSAGES", "LANG")


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the terminal's language: "de" for `LANG=de_AT.UTF-8`."""
    named = next((environ[name] for name in SAYING_SO if environ.get(name)), "")
    return named.partition(".")[0].partition("_")[0].lower() or SOURCE_LANGUAGE


def translate(text: str) -> str:
    """Translate a text; English loads no catalogue, for speed."""
    if language() in (SOURCE_LANGUAGE, "c", "posix"):
        return text
    from assessment.wording import wording  # noqa: PLC0415 - slow to load

    return wording(language()).gettext(text)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text for extraction."""
    return text


def say(text: str = "") -> None:
    """Print a note to stderr."""
    click.echo(text, err=True)


def done(text: str) -> None:
    """Print a success message to stderr."""
    click.secho(text, err=True, fg="green")


def warn(text: str) -> None:
    """Print a warning to stderr."""
    click.secho(text, err=True, fg="yellow")
