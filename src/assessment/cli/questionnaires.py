"""`assessment questionnaire …`: check what a consultant wrote, list and show what there is, describe the format."""

import sys
from pathlib import Path

import click
import msgspec

from assessment.cli import inputs, table
from assessment.cli.failing import Failed
from assessment.cli.groups import Later, LazyGroup, WithExamples
from assessment.cli.words import N_, done, language
from assessment.cli.words import translate as _
from assessment.library import check as find_problems
from assessment.library import questionnaire_folders, schema, show
from assessment.library.files import FILES, Part

EXAMPLES = (
    "assessment questionnaire list",
    "assessment questionnaire check questionnaires/my-questionnaire",
)
COMMANDS = {
    "check": Later(f"{__name__}:check", N_("Name every mistake by file and line, and how to mend it.")),
    "list": Later(f"{__name__}:list_all", N_("List what there is.")),
    "show": Later(f"{__name__}:show_one", N_("Print one as people read it.")),
    "schema": Later(f"{__name__}:print_schema", N_("Print the JSON Schema of a file, for editors.")),
}


@click.group(cls=LazyGroup, later=COMMANDS, examples=EXAMPLES)
def questionnaire() -> None:
    """Check, list and show questionnaires."""


@click.command("check", cls=WithExamples, examples=("assessment questionnaire check questionnaires/",))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Name every mistake in questionnaires by file and line, and how to mend it.

    A path is the folder of a questionnaire, a folder of such folders, or one of their files.
    """
    problems = find_problems(paths)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise Failed(_("{count} to mend.").format(count=len(problems)))
    count = sum(len(questionnaire_folders(path)) for path in paths)
    done(_("No mistakes in {count} checked.").format(count=count))


@click.command("list", cls=WithExamples, examples=("assessment questionnaire list",))
def list_all() -> None:
    """List the questionnaires: id, version, languages, number of items, title."""
    library = inputs.shelf()
    cells = [
        [one.id, one.version, ", ".join(sorted(one.texts)), str(len(one.items)), one.text(language()).title]
        for one in library.list()
    ]
    for line in table.rows(cells, left=(0, 1, 2, 4)):
        click.echo(line.removeprefix(table.GAP))
    if problems := library.problems():
        raise Failed(_("Some questionnaires can't be used."), problems)


@click.command("show", cls=WithExamples, examples=("assessment questionnaire show ID | less",))
@click.argument("named", metavar="ID[@VERSION]|PATH")
@click.option("--language", "spoken", metavar="TAG", help=_("One of its languages; else the terminal's, else its own."))
def show_one(named: str, spoken: str | None) -> None:
    """Print a questionnaire as people read it, advice included."""
    click.echo(show(inputs.find(named), spoken or language()), nl=False)


@click.command("schema", cls=WithExamples, examples=("assessment questionnaire schema advice > advice.schema.json",))
@click.argument("part", type=click.Choice([*FILES]), default="questionnaire")
def print_schema(part: Part) -> None:
    """Print the JSON Schema of a file: the questionnaire itself, its advice, or a translation."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(schema(part)), indent=2).decode() + "\n")
