"""Words of the command line, in the language of whoever types; data go to standard output, words to standard error."""

import os
from collections.abc import Mapping

import click

SOURCE_LANGUAGE = "en"
SAYING_SO = ("LC_ALL", "LC_MESSAGES", "LANG")


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Say which language the terminal is set to: "de" for `LANG=de_AT.UTF-8`."""
    named = next((environ[name] for name in SAYING_SO if environ.get(name)), "")
    return named.partition(".")[0].partition("_")[0].lower() or SOURCE_LANGUAGE


def translate(text: str) -> str:
    """Translate a text; English needs no catalogue, and so no time to load one."""
    if language() in (SOURCE_LANGUAGE, "c", "posix"):
        return text
    from assessment.wording import wording  # noqa: PLC0415 - slow to load

    return wording(language()).gettext(text)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text for extraction."""
    return text


def say(text: str = "") -> None:
    """Say something beside the data."""
    click.echo(text, err=True)


def done(text: str) -> None:
    """Say what has changed."""
    click.secho(text, err=True, fg="green")


def warn(text: str) -> None:
    """Say what might be overlooked."""
    click.secho(text, err=True, fg="yellow")
