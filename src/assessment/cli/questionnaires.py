"""`assessment questionnaire …`: check, list and show questionnaires, and print the format's JSON Schema."""

import sys
from pathlib import Path

import click
import msgspec

from assessment.cli import inputs, table
from assessment.cli.failing import Failed
from assessment.cli.groups import Later, LazyGroup, WithExamples
from assessment.cli.words import N_, done, language
from assessment.cli.words import translate as _
from assessment.domain.duration import surveys
from assessment.domain.questionnaire import Questionnaire
from assessment.library import check as find_problems
from assessment.library import load, questionnaire_folders, schema, show, show_html, warnings
from assessment.library.files import FILES, Part

EXAMPLES = (
    "assessment questionnaire list",
    "assessment questionnaire check questionnaires/my-questionnaire",
)
COMMANDS = {
    "check": Later(f"{__name__}:check", N_("Name every mistake by file and line, and how to fix it.")),
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
    """Name every mistake in questionnaires by file and line, and how to fix it.

    Also prints warnings about valid questionnaires, and how long answering takes. A path is the folder of a
    questionnaire, a folder of such folders, or one of their files.
    """
    problems = find_problems(paths)
    for problem in problems:
        click.echo(str(problem))
    doubtful = warnings(paths)
    for doubt in doubtful:
        click.echo(_("warning: {doubt}").format(doubt=doubt))
    if problems:
        raise Failed(_("{count} to fix.").format(count=len(problems)))
    folders = [folder for path in paths for folder in questionnaire_folders(path)]
    for folder in folders:
        _minutes(load(folder))
    said = _("No mistakes in {count} checked.").format(count=len(folders))
    warned = _("Warnings: {count}.").format(count=len(doubtful))
    done(f"{said} {warned}" if doubtful else said)


def _minutes(asked: Questionnaire) -> None:
    """Print how long each role answers, in one function and in all of them."""
    texts = asked.text(language())
    cells = [[f"{asked.id} {asked.version}", "", _("questions"), _("words"), _("minutes")]]
    for survey in surveys(asked, language=language()):
        within = texts.functions[survey.functions[0]] if len(survey.functions) == 1 else _("All functions")
        minutes = _("{quick} to {slow}").format(quick=survey.minutes[0], slow=survey.minutes[1])
        cells.append([texts.roles[survey.role], within, str(survey.questions), str(survey.words), minutes])
    for line in table.rows(cells, left=(0, 1)):
        click.echo(line.removeprefix(table.GAP), err=True)


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


@click.command(
    "show",
    cls=WithExamples,
    examples=("assessment questionnaire show ID | less", "assessment questionnaire show ID --html > ID.html"),
)
@click.argument("named", metavar="ID[@VERSION]|PATH")
@click.option("--language", "spoken", metavar="TAG", help=_("One of its languages; else the terminal's, else its own."))
@click.option("--html", "as_page", is_flag=True, help=_("One page of HTML that loads nothing from elsewhere."))
def show_one(named: str, spoken: str | None, *, as_page: bool) -> None:
    """Print a questionnaire as people read it: every item, all advice, weights and cut points."""
    lay_out = show_html if as_page else show
    click.echo(lay_out(inputs.find(named), spoken or language()), nl=False)


@click.command("schema", cls=WithExamples, examples=("assessment questionnaire schema advice > advice.schema.json",))
@click.argument("part", type=click.Choice([*FILES]), default="questionnaire")
def print_schema(part: Part) -> None:
    """Print the JSON Schema of a file: the questionnaire itself, its advice, or a translation."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(schema(part)), indent=2).decode() + "\n")
