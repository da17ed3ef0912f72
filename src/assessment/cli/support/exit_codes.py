"""Exit codes of expected errors: 1 for invalid input, 2 for wrong usage; never a traceback."""

from collections.abc import Sequence
from typing import IO, Any

import click

from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.messages import write_commands
from assessment.errors import AppError, Problem


class CommandError(click.ClickException):
    """Exit with 1, a message and one line per problem."""

    exit_code = 1

    def __init__(self, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.problems = problems

    def show(self, file: IO[Any] | None = None) -> None:
        click.secho(_("Error: {detail}").format(detail=write_commands(self.message)), file=file, err=True, fg="red")
        for problem in self.problems:
            click.echo(f"  {write_commands(str(problem))}", file=file, err=True)


def make_command_error(error: AppError | OSError) -> CommandError:
    """Convert an expected error, or one of the operating system, into a CommandError."""
    if isinstance(error, AppError):
        if len(error.problems) == 1 and error.problems[0].message == error.detail:
            return CommandError(str(error.problems[0]))  # don't repeat the message
        return CommandError(error.detail, error.problems)
    place = f"{error.filename}: " if error.filename else ""
    return CommandError(f"{place}{error.strerror or error}")
