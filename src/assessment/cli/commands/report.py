"""`assessment report`: write the report of a file of responses, without server or database."""

import os
import stat
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import click
import msgspec

from assessment.cli.support import inputs
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_success
from assessment.cli.support.messages import translate_text as _
from assessment.errors import Problem

EXAMPLES = (
    "assessment report responses.csv -o report.pdf",
    'assessment report responses.csv -o report.pdf --organisation "Brightwater" --date 2026-11-30',
    "assessment report responses.csv -o board.pdf --audience board",
    "assessment report responses.csv -o slides.pptx",
    "assessment report responses.csv -o figures.xlsx",
    "assessment report responses.csv -o report.pdf --comments own.toml",
    'assessment report responses.csv -o report.pdf --colour "#0B3D63"',
    "assessment report responses.csv -o report.docx --template our-firm.docx",
    "assessment report responses.csv -o slides.pptx --template our-firm.pptx",
    "assessment report responses.csv -o heatmap.svg --chart heatmap",
)

FILE_FORMATS = ("pdf", "pptx", "docx", "xlsx")
PICTURE_FORMATS = ("svg", "png")
OUTPUT_NAME = "OUT.{pdf,pptx,docx,xlsx}"
STANDARD_OUTPUT = Path("-")


@click.command(cls=CommandWithExamples, examples=EXAMPLES)
@inputs.add_options
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar=OUTPUT_NAME,
    help=_("The file to write; an existing one is replaced. Its ending names the format; - is standard output."),
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FILE_FORMATS),
    help=_("The format where the ending does not name it; else that of the ending, or pdf."),
)
@click.option("--organisation", metavar="NAME", help=_("The organisation that the report is about."))
@click.option("--language", metavar="TAG", help=_("The report’s language, like en; by default that of the settings."))
@click.option(
    "--audience",
    metavar="NAME",
    help=_("Whom it is for: full, board, respondents, or function: and a function’s id."),
)
@click.option(
    "--comments",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help=_("Your own texts, findings, moderated scores and logo, marked as yours."),
)
@click.option("--colour", metavar="#RRGGBB", help=_("Your firm’s colour, on covers and headings; charts keep theirs."))
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.{docx,pptx}",
    help=_("Your own Word template or slides, filled in with the report; for .docx and .pptx."),
)
@click.option("--chart", metavar="NAME", help=_("One chart as picture: write to a file that ends in .svg or .png."))
def write_report(  # noqa: PLR0913 - one parameter per option
    responses: str,
    questionnaire: str | None,
    settings: Path | None,
    minimum_group: int | None,
    date: datetime | None,
    *,
    output: Path,
    file_format: str | None,
    organisation: str | None,
    language: str | None,
    audience: str | None,
    comments: Path | None,
    colour: str | None,
    template: Path | None,
    chart: str | None,
) -> None:
    """Write the report of a file of responses, as PDF, slides, document or workbook."""
    from assessment.charts.report_drawings import draw_report_charts
    from assessment.cli.support.comments_file import read_comments
    from assessment.domain.method import score_answers
    from assessment.domain.report import ReportDetails
    from assessment.domain.report.audiences import FULL_EDITION
    from assessment.domain.report.file_formats import FileFormat, list_format_audiences
    from assessment.domain.verification.provenance import ReportContents, hash_content, strip_careless_log
    from assessment.i18n import get_translator
    from assessment.services.reports.own_templates import fill_own_template
    from assessment.services.reports.rendering import RenderJob, build_job_report, render_file
    from assessment.services.reports.report_requests import list_report_languages

    audience = FULL_EDITION if audience is None else audience
    picture = _choose_picture(output) if chart is not None else ""
    kind = FileFormat.PDF if picture else FileFormat(_choose_format(output, file_format))
    if template is not None and kind not in (FileFormat.DOCUMENT, FileFormat.DECK):
        raise click.UsageError(_("A template makes a document or slides: write to a file that ends in .docx or .pptx."))
    case = inputs.read_input(responses, questionnaire, settings, minimum_group)
    day = date.date().isoformat() if date else None
    spoken = language or case.settings.language
    if spoken not in (known := list_report_languages(case.questionnaire)):
        message = _("There is no report in {language}, only in: {known}.")
        raise click.UsageError(message.format(language=spoken, known=", ".join(known)))
    result = score_answers(case.questionnaire, case.answers, case.settings, date=day)
    if audience not in (offered := list_format_audiences(kind, case.questionnaire, result)):
        message = _("There is no report for {audience}, only for: {known}.")
        raise click.UsageError(message.format(audience=audience, known=", ".join(offered)))
    details = ReportDetails(organisation=organisation or get_translator(spoken).gettext("The organisation"), date=day)
    if comments is not None:
        details = read_comments(comments, details, case.questionnaire, result, spoken)
    if colour:
        details = msgspec.structs.replace(details, accent=_read_colour(colour))
    release = msgspec.json.encode(result)
    contents = ReportContents(strip_careless_log(release), details)
    order = RenderJob(contents, hash_content(release), spoken, audience, kind)
    if chart is not None:
        known_charts = tuple(draw_report_charts(build_job_report(case.questionnaire, order), get_translator(spoken)))
        if chart not in known_charts:
            message = _("There is no chart {name}, only: {known}.")
            raise click.UsageError(message.format(name=chart, known=", ".join(known_charts)))
        order = msgspec.structs.replace(order, chart=f"{chart}.{picture}")
    if template is None:
        content = render_file(case.questionnaire, order)
    else:
        content = fill_own_template(case.questionnaire, order, template.read_bytes())
    if output == STANDARD_OUTPUT:
        click.echo(content, nl=False)
        return
    write_file(output, content)
    print_success(_("Wrote {path}.").format(path=output))


def _read_colour(text: str) -> str:
    """Read a colour "#RRGGBB"; one that can't be read on white is a usage error."""
    from assessment.services.auth.workspace_preferences import find_colour_problems

    accent = text.strip().upper()
    for problem in find_colour_problems(accent):
        raise click.UsageError(problem.message)
    return accent


def _choose_picture(output: Path) -> str:
    """Return the format of a chart's picture, that of the ending; SVG for standard output."""
    ending = "svg" if output == STANDARD_OUTPUT else output.suffix.removeprefix(".").lower()
    if ending not in PICTURE_FORMATS:
        known = ", ".join(f".{known}" for known in PICTURE_FORMATS)
        raise click.UsageError(_("{path} must end in one of: {known}.").format(path=output.name, known=known))
    return ending


def _choose_format(output: Path, file_format: str | None) -> str:
    """Return the format that was asked for, otherwise that of the ending; a usage error if there is neither."""
    ending = output.suffix.removeprefix(".").lower()
    if file_format is not None or output == STANDARD_OUTPUT:
        return file_format or FILE_FORMATS[0]
    if ending not in FILE_FORMATS:
        known = ", ".join(f".{known}" for known in FILE_FORMATS)
        raise click.UsageError(_("{path} must end in one of: {known}.").format(path=output.name, known=known))
    return ending


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically: to a temporary file next to it, then renamed. A file that exists keeps its mode."""
    if not path.absolute().parent.is_dir():
        remedy = _("Create the folder, or choose another one: -o OUT.pdf")
        raise CommandError(_("There is no folder {path}.").format(path=path.parent), [Problem(remedy)])
    with NamedTemporaryFile(dir=path.absolute().parent, prefix=f".{path.name}-", delete=False) as scratch:
        try:
            scratch.write(content)
            scratch.flush()
            os.fsync(scratch.fileno())
            Path(scratch.name).chmod(_choose_mode(path))
            Path(scratch.name).replace(path)
        except BaseException:
            Path(scratch.name).unlink(missing_ok=True)
            raise


def _choose_mode(path: Path) -> int:
    """Return the mode of the file that is replaced, otherwise that of new files by the umask."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0o077)  # reading it means setting it
        os.umask(umask)
        return 0o666 & ~umask
