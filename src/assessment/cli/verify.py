"""`assessment verify`: whether a printed report still says what was released, and all of it follows."""

from pathlib import Path

import click
import msgspec

from assessment.cli import inputs
from assessment.cli.failing import Failed
from assessment.cli.groups import WithExamples
from assessment.cli.words import N_, done, say, warn
from assessment.cli.words import translate as _
from assessment.domain.checking import UNCHECKED
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import QuestionnaireReference
from assessment.errors import NotFoundError
from assessment.services import verifying
from assessment.services.verifying import Finding, Verdict

EXAMPLES = (
    "assessment verify report.pdf",
    "assessment verify playbook.pdf --full report.pdf",
    "assessment verify report.pdf --questionnaire ./my-questionnaire",
)
MOST = 40
SENTENCES = {
    "seal": N_("The seal does not hold: {name} is not as it was sealed."),
    "questionnaire": N_("The questionnaire's {name} is {given} in the report, and {expected} here."),
    "figure": N_("{name}: the report has {given}; what it rests on gives {expected}."),
    "change": N_("Change since the last wave, {name}: the report has {given}; both waves give {expected}."),
    "pages": N_("The report has {given} pages; its figures make {expected}."),
    "page": N_("Page {name}: it says “{given}”; the figures say “{expected}”."),
    "drawing": N_("Page {name}: something is drawn otherwise than the figures have it."),
    "document": N_("Around the pages, {name}: the report has {given}; it should be {expected}."),
}
SEALED_PAGE = N_("Page {name}: what is drawn is not what was sealed.")
SEALED_DOCUMENT = N_("Around the pages, {name}: not as the report was made.")
DOUBTS = {
    "drawings": N_("Drawings were not compared: another version drew them. Words and figures were."),
    "release": N_("The digest of the release can't be recomputed: names of people left out are not handed on."),
    "attribution": N_("Why figures changed can't be recomputed: that takes the answers."),
}


@click.command(cls=WithExamples, examples=EXAMPLES)
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REPORT.pdf")
@click.option(
    "--full",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FULL.pdf",
    help=_("The full report of the same release, for editions that hold only some of the figures."),
)
@click.option("--questionnaire", metavar="PATH", help=_("What was asked, if it is not among the known ones."))
@click.option("--json", "as_json", is_flag=True, help=_("What was found as JSON, for programs."))
def verify(report: Path, full: Path | None, questionnaire: str | None, *, as_json: bool) -> None:
    """Check a PDF report against the figures it carries.

    The seal, every figure that follows from others, and the words of every page. Exit 0 if all holds,
    1 if something does not, 2 if it can't be told. A seal shows that nothing was changed since; it does not
    show who made the report. For that compare the release digest with the one that the server gives.
    """

    def find(named: QuestionnaireReference) -> Questionnaire:
        if questionnaire is not None:
            return inputs.find(questionnaire)
        return inputs.shelf().get(named.id, named.version)

    try:
        verdict = verifying.verify(report.read_bytes(), find, full.read_bytes() if full else None)
    except verifying.IncompleteError as error:
        message = _("{detail} Name the full report of the same release with --full.")
        raise click.UsageError(message.format(detail=error.detail)) from error
    except NotFoundError as error:
        message = _("{detail} Name the questionnaire's folder with --questionnaire.")
        raise click.UsageError(message.format(detail=error.detail)) from error
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(_described(verdict)), indent=2))
    _tell(verdict)


def _described(verdict: Verdict) -> dict[str, object]:
    made = verdict.provenance
    return {
        "holds": verdict.holds,
        "release": made.release,
        "seal": made.seal,
        "questionnaire": made.questionnaire,
        "engine": made.engine,
        "audience": made.audience,
        "language": made.language,
        "findings": verdict.findings,
        "not_compared": verdict.doubts,
        "not_recomputed": UNCHECKED,
    }


def _tell(verdict: Verdict) -> None:
    for doubt in verdict.doubts:
        warn(_(DOUBTS[doubt]))
    if not verdict.holds:
        for finding in verdict.findings[:MOST]:
            say(f"  {sentence(finding)}")
        more = len(verdict.findings) - MOST
        if more > 0:
            say(_("  … and {count} more.").format(count=more))
        raise Failed(_("This report does not hold."))
    made = verdict.provenance
    done(_("This report holds: seal, figures and every page."))
    for label, value in (
        (_("Questionnaire"), f"{made.questionnaire.id} {made.questionnaire.version} ({made.questionnaire.digest})"),
        (_("Engine"), made.engine),
        (_("Release"), made.release),
        (_("Seal"), made.seal),
    ):
        say(f"  {label}: {value}")
    say(_("Not recomputed, for it takes the answers: {parts}.").format(parts="; ".join(_(part) for part in UNCHECKED)))


def sentence(finding: Finding) -> str:
    """Say what does not hold."""
    template = SENTENCES[finding.place]
    if finding.given is None and finding.expected is None:
        template = {"page": SEALED_PAGE, "document": SEALED_DOCUMENT}.get(finding.place, template)
    return _(template).format(name=finding.name, given=_value(finding.given), expected=_value(finding.expected))


def _value(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 300 else f"{text[:300]}…"  # noqa: PLR2004 - enough to see what is meant
