"""Progress bars of slow commands, on standard error and only where that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from assessment.cli.support.messages import translate_text as _


@contextmanager
def show_step(name: str, length: int) -> Iterator[Callable[[int], object]]:
    """Show a bar for a step of this length; yields what advances it."""
    with click.progressbar(length=length, label=_(name), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield bar.update
