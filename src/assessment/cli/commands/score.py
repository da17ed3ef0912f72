"""`assessment score`: score a file of responses, without server or database."""

from datetime import datetime
from pathlib import Path

import click
import msgspec

from assessment.cli.commands.report import write_file
from assessment.cli.support import inputs
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_success
from assessment.cli.support.messages import translate_text as _

EXAMPLES = (
    "assessment score responses.csv",
    "assessment score responses.csv --settings client.toml --date 2026-11-30",
    "assessment score responses.csv --json > scores.json",
    "assessment score responses.csv --export figures.xlsx",
    "assessment score responses.csv --questionnaire ./my-questionnaire --unsuppressed",
)


@click.command(cls=CommandWithExamples, examples=EXAMPLES)
@inputs.add_options
@click.option("--unsuppressed", is_flag=True, help=_("Hide and round nothing: for those who have the answers anyway."))
@click.option(
    "--export",
    "exported",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.xlsx|csv|json",
    help=_("Write every figure to a file for a spreadsheet or a program."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON, for programs."))
def score_responses(  # noqa: PLR0913 - one parameter per option
    responses: str,
    questionnaire: str | None,
    settings: Path | None,
    minimum_group: int | None,
    date: datetime | None,
    *,
    unsuppressed: bool,
    exported: Path | None,
    as_json: bool,
) -> None:
    """Score a file of responses: levels, indices, risks and advice.

    One row per respondent: respondent, role, functions (joined by ";"), seconds, then a column per item.
    Figures about few people are hidden and single items rounded, as in every report; --unsuppressed shows all.
    """
    from assessment.cli.support import report_text
    from assessment.domain.method import score_answers
    from assessment.domain.report import ReportDetails, build_report
    from assessment.i18n import get_translator
    from assessment.services.results import figure_export

    if unsuppressed and minimum_group is not None:
        raise click.UsageError(_("--minimum-group says what to hide, --unsuppressed hides nothing: choose one."))
    kind = exported.suffix.lstrip(".").lower() if exported else ""
    if exported and kind not in figure_export.MEDIA_TYPES:
        message = _("{path} must end in one of: {known}.")
        raise click.UsageError(message.format(path=exported, known=", ".join(figure_export.MEDIA_TYPES)))
    case = inputs.read_input(responses, questionnaire, settings, minimum_group)
    day = date.date().isoformat() if date else None
    result = score_answers(case.questionnaire, case.answers, case.settings, date=day, unsuppressed=unsuppressed)
    if exported:
        write_file(exported, figure_export.export_release(msgspec.json.encode(result), kind))
        print_success(_("Wrote {path}.").format(path=exported))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=2))
        return
    translator = get_translator(case.settings.language)
    details = ReportDetails(organisation=translator.gettext("The organisation"), date=day)
    report = build_report(case.questionnaire, result, details, case.settings.language)
    click.echo("\n".join(report_text.format_report(report, translator)))
