"""Input of `score`, `compare` and `report`: questionnaire, settings and responses from files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from assessment.cli.support.dates import DATE
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.messages import translate_text as _
from assessment.errors import InvalidError, NotFoundError, Problem

if TYPE_CHECKING:
    from assessment.domain.answers import Answers, AssessmentSettings
    from assessment.domain.questionnaire import Questionnaire
    from assessment.questionnaires import QuestionnaireCatalogue

Command = TypeVar("Command", bound=Callable[..., Any])

FOLDER_VARIABLE = "ASSESSMENT_QUESTIONNAIRES"


class ScoringInput(Struct, frozen=True):
    """All input of scoring."""

    questionnaire: Questionnaire
    settings: AssessmentSettings
    answers: Answers


def add_options(command: Command, file_name: str = "RESPONSES.csv") -> Command:
    """Add the options of commands that read responses; `file_name` is the argument's name in help."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    for decorate in (
        click.option(
            "--date",
            type=DATE,
            metavar="YYYY-MM-DD",
            help=_("The date of the answers."),
        ),
        click.option("--minimum-group", type=int, metavar="K", help=_("Show nothing about K people or fewer.")),
        click.option("--settings", type=file, metavar="FILE.toml", help=_("Weights, targets, contacts, importance.")),
        click.option(
            "--questionnaire",
            metavar="ID[@VERSION]|PATH",
            help=_("The questionnaire; by default the one that has these columns."),
        ),
        click.argument("responses", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar=file_name),
    ):
        command = decorate(command)
    return command


def read_input(
    responses: str, questionnaire: str | None, settings: Path | None, minimum_group: int | None
) -> ScoringInput:
    """Read all files; raises InvalidError with the mistakes of all of them."""
    from assessment.cli.support.settings_file import read_settings
    from assessment.services.people.response_files import read_responses

    text = _read_text(responses)
    asked = _match_columns(text) if questionnaire is None else find_questionnaire(questionnaire)
    assessment_settings, problems = read_settings(settings, asked, minimum_group)
    try:
        taken = read_responses(text, asked, mode=assessment_settings.mode, file=responses)
    except InvalidError as error:
        raise InvalidError(error.detail, (*problems, *error.problems)) from error
    if problems:
        raise InvalidError(_("The settings contain mistakes; nothing was scored."), problems)
    if not len(taken.answers):
        raise InvalidError(
            _("There are no responses."),
            [Problem(_("The file has only a header."), _("Add a row per respondent."), file=responses)],
        )
    return ScoringInput(asked, assessment_settings, taken.answers)


def find_questionnaire(name: str) -> Questionnaire:
    """Find a questionnaire by path, by `id@version` or by `id`; raises UsageError."""
    from assessment.questionnaires import load_questionnaire

    if Path(name).exists():
        path = Path(name)
        return load_questionnaire(path.parent if path.is_file() else path)
    catalogue = open_catalogue()
    identifier, _at, version = name.partition("@")
    try:
        return catalogue.get(identifier, version or None)
    except NotFoundError as error:
        known = ", ".join(f"{entry.id}@{entry.version}" for entry in catalogue.list())
        raise click.UsageError(
            _("{detail} Known are {known}; the path of a folder works too.").format(detail=error.detail, known=known),
        ) from error


def open_catalogue() -> QuestionnaireCatalogue:
    """Catalogue of the operator's questionnaires, then the shipped ones; needs no other setting."""
    from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder

    own = os.environ.get(FOLDER_VARIABLE)
    return QuestionnaireCatalogue([*([Path(own)] if own else []), find_shipped_folder()])


def _match_columns(text: str) -> Questionnaire:
    """Return the questionnaire whose items best match the columns: fewest unknown columns, then fewest missing ones."""
    from assessment.services.people.response_table import FIXED_COLUMNS, read_header

    columns = {name.partition(":")[0] for name in read_header(text)} - {*FIXED_COLUMNS, ""}
    catalogue = open_catalogue()
    newest = [catalogue.get(id_) for id_ in sorted({questionnaire.id for questionnaire in catalogue.list()})]
    if not newest:
        raise click.UsageError(_("There is no questionnaire. Give one with --questionnaire."))

    def measure_misfit(questionnaire: Questionnaire) -> tuple[int, int]:
        return len(columns - questionnaire.item.keys()), len(questionnaire.item.keys() - columns)

    least = min(map(measure_misfit, newest))
    best = [questionnaire for questionnaire in newest if measure_misfit(questionnaire) == least]
    if len(best) > 1:
        known = ", ".join(questionnaire.id for questionnaire in best)
        message = _("The columns fit several questionnaires. Add --questionnaire with one of: {known}.")
        raise click.UsageError(message.format(known=known))
    return best[0]


def _read_text(responses: str) -> str:
    from assessment.domain.csv_parser import CsvError, decode_text

    with click.open_file(responses, "rb") as file:
        content: bytes = file.read()
    try:
        return decode_text(content)
    except CsvError as error:
        problem = Problem(error.message, error.remedy, responses, error.line)
        raise CommandError(_("The responses can’t be read."), [problem]) from error
