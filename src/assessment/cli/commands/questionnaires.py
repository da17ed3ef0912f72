"""`assessment questionnaire …`: check, list and show questionnaires, and print the format's JSON Schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from assessment.cli.support import inputs, text_table
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples, LazyCommand, LazyGroup
from assessment.cli.support.messages import N_, find_language, print_success
from assessment.cli.support.messages import translate_text as _

if TYPE_CHECKING:
    from assessment.domain.questionnaire import Questionnaire
    from assessment.questionnaires.file_formats import FilePart

EXAMPLES = (
    "assessment questionnaire list",
    "assessment questionnaire check questionnaires/my-questionnaire",
)
COMMANDS = {
    "check": LazyCommand(
        f"{__name__}:check_questionnaires", N_("Name every mistake by file and line, and how to fix it.")
    ),
    "list": LazyCommand(f"{__name__}:list_questionnaires", N_("List what there is.")),
    "show": LazyCommand(f"{__name__}:show_questionnaire", N_("Print one as people read it.")),
    "schema": LazyCommand(f"{__name__}:print_schema", N_("Print the JSON Schema of a file, for editors.")),
}
FILE_PARTS = ("questionnaire", "advice", "translation")


@click.group(cls=LazyGroup, commands_by_name=COMMANDS, examples=EXAMPLES)
def questionnaire_group() -> None:
    """Check, list and show questionnaires."""


@click.command("check", cls=CommandWithExamples, examples=("assessment questionnaire check questionnaires/",))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
def check_questionnaires(paths: tuple[Path, ...]) -> None:
    """Name every mistake in questionnaires by file and line, and how to fix it.

    Also prints warnings about valid questionnaires, and how long answering takes. A path is the folder of a
    questionnaire, a folder of such folders, or one of their files.
    """
    from assessment.questionnaires import find_problems, find_questionnaire_folders, lint_folders, load_questionnaire

    problems = find_problems(paths)
    for problem in problems:
        click.echo(str(problem))
    warnings = lint_folders(paths)
    for warning in warnings:
        click.echo(_("warning: {doubt}").format(doubt=warning))
    if problems:
        raise CommandError(_("{count} to fix.").format(count=len(problems)))
    folders = [folder for path in paths for folder in find_questionnaire_folders(path)]
    for folder in folders:
        _print_durations(load_questionnaire(folder))
    text = _("No mistakes in {count} checked.").format(count=len(folders))
    warning_text = _("Warnings: {count}.").format(count=len(warnings))
    print_success(f"{text} {warning_text}" if warnings else text)


def _print_durations(asked: Questionnaire) -> None:
    """Print how long each role answers, in one function and in all of them."""
    from assessment.domain.survey.duration import measure_surveys

    texts = asked.text(find_language())
    cells = [[f"{asked.id} {asked.version}", "", _("questions"), _("words"), _("minutes")]]
    for survey in measure_surveys(asked, language=find_language()):
        within = texts.functions[survey.functions[0]] if len(survey.functions) == 1 else _("All functions")
        minutes = _("{quick} to {slow}").format(quick=survey.minutes[0], slow=survey.minutes[1])
        cells.append([texts.roles[survey.role], within, str(survey.questions), str(survey.words), minutes])
    for line in text_table.format_rows(cells, left=(0, 1)):
        click.echo(line.removeprefix(text_table.COLUMN_GAP), err=True)


@click.command("list", cls=CommandWithExamples, examples=("assessment questionnaire list",))
def list_questionnaires() -> None:
    """List the questionnaires: id, version, languages, number of items, title."""
    catalogue = inputs.open_catalogue()
    cells = [
        [
            entry.id,
            entry.version,
            ", ".join(sorted(entry.texts)),
            str(len(entry.items)),
            entry.text(find_language()).title,
        ]
        for entry in catalogue.list()
    ]
    for line in text_table.format_rows(cells, left=(0, 1, 2, 4)):
        click.echo(line.removeprefix(text_table.COLUMN_GAP))
    if problems := catalogue.find_problems():
        raise CommandError(_("Some questionnaires can’t be used."), problems)


@click.command(
    "show",
    cls=CommandWithExamples,
    examples=("assessment questionnaire show ID | less", "assessment questionnaire show ID --html > ID.html"),
)
@click.argument("named", metavar="ID[@VERSION]|PATH")
@click.option(
    "--language", "spoken", metavar="TAG", help=_("One of its languages; otherwise the terminal’s, otherwise its own.")
)
@click.option("--html", "as_page", is_flag=True, help=_("One page of HTML that loads nothing from elsewhere."))
def show_questionnaire(named: str, spoken: str | None, *, as_page: bool) -> None:
    """Print a questionnaire as people read it: every item, all advice, weights and cut points."""
    from assessment.questionnaires import render_html, render_text

    lay_out = render_html if as_page else render_text
    click.echo(lay_out(inputs.find_questionnaire(named), spoken or find_language()), nl=False)


@click.command(
    "schema", cls=CommandWithExamples, examples=("assessment questionnaire schema advice > advice.schema.json",)
)
@click.argument("part", type=click.Choice(FILE_PARTS), default="questionnaire")
def print_schema(part: FilePart) -> None:
    """Print the JSON Schema of a file: the questionnaire itself, its advice, or a translation."""
    from assessment.questionnaires import make_json_schema

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(make_json_schema(part)), indent=2).decode() + "\n")
