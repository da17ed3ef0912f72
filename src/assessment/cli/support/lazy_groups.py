"""Command groups that import a command when it is called, with examples first in their help."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, TypeAlias

import click
from msgspec import Struct

from assessment.cli.support.exit_codes import make_command_error
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.output_encoding import replace_unencodable_output
from assessment.errors import AppError

Example: TypeAlias = str | tuple[str, str]  # a command; or a command and a comment, marked for translation
COMMENT_GAP = "   "


class LazyCommand(Struct, frozen=True):
    """A command's target, `module:name`, and its short help."""

    target: str
    summary: str


class CommandWithExamples(click.Command):
    """A command whose help starts with examples."""

    def __init__(self, *args: Any, examples: Sequence[Example] = (), **options: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **options)
        self.examples = tuple(examples)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section(_("Examples")):
                for line in _format_examples(self.examples):
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
        super().format_help_text(ctx, formatter)


class LazyGroup(CommandWithExamples, click.Group):
    """A group that imports only the command that is called."""

    def __init__(self, *args: Any, commands_by_name: dict[str, LazyCommand], **options: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **options)
        self.commands_by_name = commands_by_name

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return names in the order of definition."""
        return list(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command."""
        if cmd_name not in self.commands_by_name:
            return None
        module, _colon, name = self.commands_by_name[cmd_name].target.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command; suggest a close match for a mistyped one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.commands_by_name, n=1)
            if not near:
                raise
            meant = _("Did you mean {command}?").format(command=near[0])
            raise click.UsageError(f"{error.message} {meant}", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(command.summary)) for name, command in self.commands_by_name.items()])


class RootGroup(LazyGroup):
    """Outermost group: prepares the output, and converts every expected error."""

    def main(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - click's own
        """Run the program; its help is written while the arguments are parsed, before any command runs."""
        replace_unencodable_output()
        return super().main(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - the command's return value
        """Run the command; convert expected errors into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # the reader of a pipe has closed it; click exits silently
        except (AppError, OSError) as error:
            raise make_command_error(error) from error


def _format_examples(examples: Sequence[Example]) -> Iterator[str]:
    """Format one example per line, the comments in a column of their own."""
    width = max((len(example[0]) for example in examples if not isinstance(example, str)), default=0)
    for example in examples:
        yield example if isinstance(example, str) else f"{example[0]:<{width}}{COMMENT_GAP}{_(example[1])}"
