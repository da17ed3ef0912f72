"""`assessment import …`: responses and questions of other survey tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assessment.cli.support import inputs
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples, LazyCommand, LazyGroup
from assessment.cli.support.messages import N_, print_note, print_success, print_warning
from assessment.cli.support.messages import translate_plural as ngettext
from assessment.cli.support.messages import translate_text as _
from assessment.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from assessment.domain.questionnaire import Questionnaire
    from assessment.services.imports.questions.source_questions import SourceSurvey
    from assessment.services.imports.responses.import_mapping import ImportMapping
    from assessment.services.imports.responses.response_conversion import ImportReport
    from assessment.services.imports.responses.source_tables import SourceTable

EXAMPLES = (
    "assessment import limesurvey results.csv --dry-run",
    "assessment import surveyjs results.json --mapping mapping.toml -o responses.csv",
    "assessment import xlsform form.xlsx -o questionnaires/my-questionnaire",
)
COMMANDS = {
    "limesurvey": LazyCommand(
        f"{__name__}:import_limesurvey", N_("Import responses (CSV, XLSX) or questions (.lss) of LimeSurvey.")
    ),
    "surveyjs": LazyCommand(f"{__name__}:import_surveyjs", N_("Import results or questions of SurveyJS (JSON).")),
    "xlsform": LazyCommand(f"{__name__}:import_xlsform", N_("Import the questions of an XLSForm.")),
}


@click.group(cls=LazyGroup, commands_by_name=COMMANDS, examples=EXAMPLES)
def import_group() -> None:
    """Import responses and questions of other survey tools: say what maps and what does not, then write the file."""


def add_import_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the argument and the options of all imports."""
    options = (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option(
            "--questionnaire",
            metavar="ID[@VERSION]|PATH",
            help=_("Which questionnaire the responses answer; not needed if only one fits."),
        ),
        click.option(
            "--mapping",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=_("TOML file that says which column is what."),
        ),
        click.option("--dry-run", is_flag=True, help=_("Say what maps and what does not, and write nothing.")),
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            help=_("File of responses (standard output if absent), or folder of the questionnaire."),
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("limesurvey", cls=CommandWithExamples, examples=EXAMPLES[:1])
@add_import_options
def import_limesurvey(
    file: Path, questionnaire: str | None, mapping: Path | None, *, dry_run: bool, output: Path | None
) -> None:
    """Import an export of responses (CSV or XLSX) or the structure of a survey (.lss) of LimeSurvey."""
    from assessment.services.imports.questions.limesurvey_reader import read_lss
    from assessment.services.imports.responses.source_tables import read_source_table

    content = file.read_bytes()
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        _import_questions(read_lss(content), file, output, is_dry=dry_run)
    else:
        _import_responses(read_source_table(content), questionnaire, mapping, output, is_dry=dry_run)


@click.command("surveyjs", cls=CommandWithExamples, examples=EXAMPLES[1:2])
@add_import_options
def import_surveyjs(
    file: Path, questionnaire: str | None, mapping: Path | None, *, dry_run: bool, output: Path | None
) -> None:
    """Import results (a list) or the definition of a survey of SurveyJS, both JSON."""
    from assessment.services.imports.questions.surveyjs_reader import read_definition
    from assessment.services.imports.responses.source_tables import read_json_results

    content = file.read_bytes()
    if b'"elements"' in content and content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        _import_questions(read_definition(content), file, output, is_dry=dry_run)
    else:
        _import_responses(read_json_results(content), questionnaire, mapping, output, is_dry=dry_run)


@click.command("xlsform", cls=CommandWithExamples, examples=EXAMPLES[2:])
@add_import_options
def import_xlsform(
    file: Path, questionnaire: str | None, mapping: Path | None, *, dry_run: bool, output: Path | None
) -> None:
    """Import the questions of an XLSForm (XLSX) as a draft questionnaire."""
    from assessment.services.imports.questions.xlsform_reader import read_xlsform

    if questionnaire or mapping:
        raise click.UsageError(_("An XLSForm has questions only: --questionnaire and --mapping are for responses."))
    _import_questions(read_xlsform(file.read_bytes()), file, output, is_dry=dry_run)


def _import_responses(
    table: SourceTable, questionnaire: str | None, mapping: Path | None, output: Path | None, *, is_dry: bool
) -> None:
    from assessment.cli.commands.report import write_file
    from assessment.services.imports.responses import response_conversion
    from assessment.services.imports.responses.import_mapping import ImportMapping, read_mapping

    import_mapping = read_mapping(mapping.read_bytes(), str(mapping)) if mapping else ImportMapping()
    asked = (
        inputs.find_questionnaire(questionnaire) if questionnaire else _find_best_questionnaire(table, import_mapping)
    )
    converted = response_conversion.convert_responses(table, asked, import_mapping)
    _print_report(converted.report, table)
    if converted.report.problems:
        raise CommandError(_("These responses can’t be imported yet; nothing was written."), converted.report.problems)
    if is_dry:
        print_success(_("Everything needed maps. Nothing was written: this was a dry run."))
    elif output is None:
        click.echo(converted.csv, nl=False)
    else:
        write_file(output, converted.csv.encode())
        rows = converted.report.rows
        text = ngettext("Wrote {count} response to {path}.", "Wrote {count} responses to {path}.", rows)
        print_success(text.format(count=rows, path=output))


def _find_best_questionnaire(table: SourceTable, mapping: ImportMapping) -> Questionnaire:
    """Return the questionnaire with the most questions among the columns and in the mapping."""
    from assessment.services.imports.responses.column_matching import find_item_columns

    named = set(mapping.items)
    catalogue = inputs.open_catalogue()
    newest = [catalogue.get(id_) for id_ in sorted({entry.id for entry in catalogue.list()})]
    ranked = sorted(
        newest,
        key=lambda entry: (-len({*find_item_columns(table, entry), *named & entry.item.keys()}), len(entry.items)),
    )
    if not ranked:
        raise click.UsageError(_("There is no questionnaire. Give one with --questionnaire."))
    return ranked[0]


def _print_report(report: ImportReport, table: SourceTable) -> None:
    """Print what maps to stderr."""
    if table.is_guessed:
        print_warning(_("The file is not UTF-8: it was read as Windows-1252. Check the accented letters."))
    for heading, use in report.columns.items():
        print_note(f"  {use}: {heading}")
    print_note(ngettext("{count} response.", "{count} responses.", report.rows).format(count=report.rows))
    if report.incomplete:
        text = ngettext(
            "{count} incomplete one is left out.", "{count} incomplete ones are left out.", report.incomplete
        )
        print_note(text.format(count=report.incomplete))
    if report.scale:
        print_note(_("Numbers are read as {scale}.").format(scale=report.scale))
    if report.code_scale:
        print_note(_("Codes like A1 are read as {scale}.").format(scale=report.code_scale))
    for heading in report.unused:
        print_warning(_("Not used: {heading}").format(heading=heading))
    if report.missing_items:
        print_warning(_("No column for: {items}").format(items=", ".join(report.missing_items)))


def _import_questions(survey: SourceSurvey, file: Path, output: Path | None, *, is_dry: bool) -> None:
    from assessment.questionnaires import find_problems
    from assessment.services.imports.questions.draft_questionnaire import find_draft_problems, make_draft

    for question in survey.questions:
        print_note(f"  {question.name}: {question.text}")
    for skipped in survey.skipped:
        print_warning(_("Left out: {name} {reason}.").format(name=skipped.name, reason=skipped.reason))
    folder = output or Path(file.stem)
    files = make_draft(survey, _make_id(folder.name))
    count = len(survey.questions)
    if is_dry:
        if problems := find_draft_problems(files):
            raise CommandError(_("The draft has mistakes to fix first."), problems)
        text = ngettext(
            "{count} question can become an item. This was a dry run.",
            "{count} questions can become items. This was a dry run.",
            count,
        )
        print_success(text.format(count=count))
        return
    if folder.exists():
        remedy = _("Name a folder that is not there yet: -o FOLDER")
        raise CommandError(_("{path} is there already.").format(path=folder), [Problem(remedy)])
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    text = ngettext("Wrote a draft with {count} item to {path}.", "Wrote a draft with {count} items to {path}.", count)
    print_success(text.format(count=count, path=folder))
    print_note(
        _("Next: name levels, functions and advice, then assessment questionnaire check {path}").format(path=folder)
    )
    if problems := find_problems([folder]):
        raise CommandError(_("The draft has mistakes to fix first."), problems)


def _make_id(name: str) -> str:
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
    return letters[:50] or "imported"
