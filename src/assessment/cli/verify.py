"""`assessment verify`: check that a PDF report shows what was released, and that its figures are consistent."""

from pathlib import Path

import click
import msgspec

from assessment import __version__
from assessment.cli import inputs
from assessment.cli.failing import Failed
from assessment.cli.findings import told
from assessment.cli.groups import WithExamples
from assessment.cli.words import N_, done, say, warn
from assessment.cli.words import translate as _
from assessment.domain.checking import UNCHECKED
from assessment.domain.provenance import digest, enclosed
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import QuestionnaireReference
from assessment.errors import NotFoundError
from assessment.pdf import sealing
from assessment.services import verifying
from assessment.services.verdicts import Finding, Verdict

EXAMPLES = (
    "assessment verify report.pdf",
    "assessment verify playbook.pdf --full report.pdf",
    "assessment verify report.pdf --scores scores.json",
    "assessment verify report.pdf --questionnaire ./my-questionnaire",
)
DOUBTS = {
    "version": N_("The report says that another version made it ({made}); this is {here}. Only that one can tell."),
    "drawings": N_("The report says that it was drawn with {made}; here is {here}. Drawings can't be compared."),
    "release": N_("The digest of the release can't be recomputed: names of people left out are not handed on."),
    "saved": N_("Another program saved this file anew. What it holds was compared, object by object."),
    "attribution": N_("How much of a change comes from who answered can't be recomputed; that the parts add up was."),
}


class Undecided(Failed):
    """The report can't be verified either way: exit code 2."""

    exit_code = 2


@click.command(cls=WithExamples, examples=EXAMPLES)
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REPORT.pdf")
@click.option(
    "--full",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FULL.pdf",
    help=_("The full report of the same release, for editions that hold only some of the figures."),
)
@click.option(
    "--scores",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="SCORES.json",
    help=_("The scores as the server gives them: whether the report tells what was released. Also of the wave before."),
)
@click.option("--questionnaire", metavar="PATH", help=_("What was asked, if it is not among the known ones."))
@click.option("--json", "as_json", is_flag=True, help=_("What was found as JSON, for programs."))
def verify(
    report: Path, full: Path | None, scores: tuple[Path, ...], questionnaire: str | None, *, as_json: bool
) -> None:
    """Check a PDF report against the figures it contains.

    Checks the seal, every figure that follows from others, and all text and drawings on every page. Exits with 0 if
    everything is correct, 1 if something is not, 2 if it can't be verified. This shows that nothing was changed
    since; it does not show who made the report. For that get the scores from the server and name them with
    --scores.
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
    if scores:
        _compare(verdict, scores)


def _described(verdict: Verdict) -> dict[str, object]:
    made = verdict.provenance
    return {
        "holds": None if verdict.is_open else verdict.holds,
        "release": made.release,
        "seal": made.seal,
        "questionnaire": made.questionnaire,
        "engine": made.engine,
        "audience": made.audience,
        "language": made.language,
        "findings": verdict.findings,
        "unlike": verdict.unlike,
        "not_compared": verdict.doubts,
        "not_recomputed": UNCHECKED,
    }


def _tell(verdict: Verdict) -> None:
    for doubt in verdict.doubts:
        warn(_doubted(doubt, verdict))
    _list(verdict.findings)
    if verdict.findings:
        raise Failed(_("This report does not hold."))
    _list(verdict.unlike)
    if verdict.is_open:
        raise Undecided(_("Whether this report holds can't be told here: ask the version that it names."))
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
    say(
        _(
            "A seal has no key: whoever has this program can print and seal a report of their own. Whether the figures "
            "are those of the server is shown by --scores. Names, the consultant's own texts and scores, and why "
            "figures changed are not in the scores: for these get the report from the server again. The same options "
            "give the same bytes."
        )
    )


def _list(findings: tuple[Finding, ...]) -> None:
    for line in told(findings):
        say(f"  {line}")


def _doubted(doubt: str, verdict: Verdict) -> str:
    made = verdict.provenance
    versions = {
        "version": (made.engine, __version__),
        "drawings": (_versions(made.drawn_with), _versions(sealing.drawn_with())),
    }
    given, here = versions.get(doubt, ("", ""))
    return _(DOUBTS[doubt]).format(made=given, here=here)


def _versions(named: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(named.items()))


def _compare(verdict: Verdict, files: tuple[Path, ...]) -> None:
    """Compare the figures with the server's scores byte for byte, and the release that every page names."""
    contents = verdict.contents
    if contents is None:
        return
    given = {file: file.read_bytes() for file in files}
    release = verdict.provenance.release
    ours = [file for file, content in given.items() if digest(content) == release]
    before = [file for file in given if contents.goes_on and _handed_on(given[file]) == bytes(contents.before)]
    for file, content in given.items():
        if file not in (*ours, *before):
            message = _("This report is of another release: {scores} has {given}, the report {release}.")
            raise Failed(message.format(scores=file.name, given=digest(content), release=release))
    if any(_handed_on(given[file]) != bytes(contents.result) for file in ours):
        raise Failed(_("The report names the release that the server gave, but holds other figures."))
    if ours:
        done(_("This report tells what was released: the scores that the server gave are those it was made from."))
    if contents.goes_on and not before:
        warn(_("The wave before was not compared: name its scores as well."))


def _handed_on(scores: bytes) -> bytes:
    """Return scores as a report contains them; anything else unchanged."""
    try:
        return bytes(enclosed(scores))
    except msgspec.MsgspecError:
        return scores
