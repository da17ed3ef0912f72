"""Expected errors as exit codes: 1 for what is wrong, 2 for wrong use; never a traceback."""

from collections.abc import Sequence
from typing import IO, Any

import click

from assessment.cli.words import translate as _
from assessment.errors import AssessmentError, Problem


class Failed(click.ClickException):
    """Something is wrong with what was given; every place on a line of its own."""

    exit_code = 1

    def __init__(self, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.problems = problems

    def show(self, file: IO[Any] | None = None) -> None:
        """Write to standard error."""
        click.secho(_("Error: {detail}").format(detail=self.message), file=file, err=True, fg="red")
        for problem in self.problems:
            click.echo(f"  {problem}", file=file, err=True)


def as_failure(error: AssessmentError | OSError) -> Failed:
    """Say an error of ours, or of the operating system, in the terminal's way."""
    if isinstance(error, AssessmentError):
        if len(error.problems) == 1 and error.problems[0].message == error.detail:
            return Failed(str(error.problems[0]))  # said once is enough
        return Failed(error.detail, error.problems)
    place = f"{error.filename}: " if error.filename else ""
    return Failed(f"{place}{error.strerror or error}")
