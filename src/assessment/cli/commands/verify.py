"""`assessment verify`: check that a report was made from what was released, and that its figures are consistent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from assessment import __version__
from assessment.cli.support import inputs
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import N_, print_note, print_success, print_warning
from assessment.cli.support.messages import translate_text as _
from assessment.errors import NotFoundError

if TYPE_CHECKING:
    from assessment.domain.questionnaire import Questionnaire
    from assessment.domain.result import QuestionnaireReference
    from assessment.domain.verification.provenance import ChartProvenance, OfficeProvenance, Provenance
    from assessment.services.reports.verification_findings import VerificationFinding, VerificationResult

EXAMPLES = (
    "assessment verify report.pdf",
    "assessment verify playbook.pdf --full report.pdf",
    "assessment verify report.pdf --scores scores.json",
    "assessment verify slides.pptx",
    "assessment verify heatmap.svg --full report.pdf",
    "assessment verify report.pdf --questionnaire ./my-questionnaire",
)
DOUBT_MESSAGES = {
    "version": N_(
        "The report names another version that made it ({made}); this is {here}. Only that version can verify it."
    ),
    "drawings": N_(
        "The report names {made} as what drew it; this installation has {here}. Drawings can’t be compared."
    ),
    "release": N_(
        "The digest of the release can’t be recomputed: the report does not include the names of people left out."
    ),
    "saved": N_("Another program has saved this file again. Its contents were compared object by object."),
    "edited": N_(
        "What is written and drawn in this file was not checked: it is made to be edited, and it is no longer as it "
        "was made, or another version made it. The figures that it was made from were checked."
    ),
    "attribution": N_(
        "How much of a change comes from who answered can’t be recomputed. That the parts add up was checked."
    ),
}


class UndecidedError(CommandError):
    """The report can't be verified either way: exit code 2."""

    exit_code = 2


@click.command(cls=CommandWithExamples, examples=EXAMPLES)
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REPORT")
@click.option(
    "--full",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FULL.pdf",
    help=_("The full report of the same release, for editions that contain only some of the figures."),
)
@click.option(
    "--scores",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="SCORES.json",
    help=_(
        "Scores from the server, to check that the report shows what was released. Also those of the previous wave."
    ),
)
@click.option("--questionnaire", metavar="PATH", help=_("The questionnaire, if it is not a known one."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the findings as JSON, for programs."))
def verify_report(
    report: Path, full: Path | None, scores: tuple[Path, ...], questionnaire: str | None, *, as_json: bool
) -> None:
    """Check a report against the figures it contains.

    Checks the seal, every figure that follows from others, and all text and drawings on every page. Exits with 0 if
    everything is correct, 1 if something is not, 2 if it can't be verified. This shows that nothing was changed
    since; it does not show who made the report. For that get the scores from the server and give them with
    --scores. Slides, documents and workbooks are made to be edited: of them the seal and the figures inside are
    checked, not what is written in them. Of a single chart the seal and the drawing are checked; with --full also
    that it shows the figures of that report.
    """
    from assessment.services.reports import office_verification, report_verification

    def find(named: QuestionnaireReference) -> Questionnaire:
        if questionnaire is not None:
            return inputs.find_questionnaire(questionnaire)
        return inputs.open_catalogue().get(named.id, named.version)

    try:
        verdict = office_verification.verify_file(report.read_bytes(), find, full.read_bytes() if full else None)
    except report_verification.IncompleteEditionError as error:
        message = _("{detail} Give the full report of the same release with --full.")
        raise click.UsageError(message.format(detail=error.detail)) from error
    except NotFoundError as error:
        message = _("{detail} Give the questionnaire’s folder with --questionnaire.")
        raise click.UsageError(message.format(detail=error.detail)) from error
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(_describe_verdict(verdict)), indent=2))
    _print_verdict(verdict)
    if scores:
        _compare_scores(verdict, scores)


def _describe_verdict(verdict: VerificationResult) -> dict[str, object]:
    from assessment.domain.verification import UNCHECKED_FIGURES

    provenance = verdict.provenance
    return {
        "holds": None if verdict.is_inconclusive else verdict.is_valid,
        "release": provenance.release,
        "seal": provenance.seal,
        "questionnaire": provenance.questionnaire,
        "engine": provenance.engine,
        "audience": provenance.audience,
        "language": provenance.language,
        "findings": verdict.findings,
        "unlike": verdict.version_differences,
        "not_compared": verdict.unchecked,
        "not_recomputed": UNCHECKED_FIGURES,
    }


def _print_verdict(verdict: VerificationResult) -> None:
    from assessment.domain.verification import UNCHECKED_FIGURES

    for doubt in verdict.unchecked:
        print_warning(_format_doubt(doubt, verdict))
    _print_findings(verdict.findings)
    if verdict.findings:
        raise CommandError(_("This report is not valid."))
    _print_findings(verdict.version_differences)
    if verdict.is_inconclusive:
        raise UndecidedError(
            _("This installation can’t decide whether the report is valid: use the version that it names.")
        )
    provenance = verdict.provenance
    print_success(_format_success(verdict))
    for label, value in (
        (
            _("Questionnaire"),
            f"{provenance.questionnaire.id} {provenance.questionnaire.version} ({provenance.questionnaire.digest})",
        ),
        (_("Engine"), provenance.engine),
        (_("Release"), provenance.release),
        (_("Seal"), provenance.seal),
    ):
        print_note(f"  {label}: {value}")
    print_note(
        _("Not recomputed, because that needs the answers: {parts}.").format(
            parts="; ".join(_(part) for part in UNCHECKED_FIGURES)
        )
    )
    print_note(
        _(
            "A seal has no key: anyone with this program can render and seal a report of their own. Use --scores to "
            "check that the figures are those of the server. Names, the consultant’s own texts and scores, and why "
            "figures changed are not in the scores: to check these, get the report from the server again. The same "
            "options give the same bytes."
        )
    )


def _format_success(verdict: VerificationResult) -> str:
    from assessment.domain.verification.provenance import Provenance

    if isinstance(verdict.provenance, Provenance):
        return _("This report is valid: seal, figures and every page.")
    if "edited" in verdict.unchecked:
        return _("The figures that this file was made from are valid, and so is their seal.")
    return _("This file is valid: seal, figures, and every byte as it was made.")


def _print_findings(findings: tuple[VerificationFinding, ...]) -> None:
    from assessment.cli.support.verification_text import format_findings

    for line in format_findings(findings):
        print_note(f"  {line}")


def _format_doubt(doubt: str, verdict: VerificationResult) -> str:
    provenance = verdict.provenance
    versions = {
        "version": (provenance.engine, __version__),
        "drawings": (
            _format_versions(provenance.drawn_with),
            _format_versions(_list_own_versions(provenance)),
        ),
    }
    report_version, own_version = versions.get(doubt, ("", ""))
    return _(DOUBT_MESSAGES[doubt]).format(made=report_version, here=own_version)


def _list_own_versions(provenance: ChartProvenance | OfficeProvenance | Provenance) -> dict[str, str]:
    from assessment.domain.verification.provenance import ChartProvenance
    from assessment.pdf import provenance_attachment
    from assessment.services.reports.rendering import list_picture_versions

    if isinstance(provenance, ChartProvenance):
        return list_picture_versions(provenance.chart)
    return provenance_attachment.list_renderer_versions()


def _format_versions(named: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(named.items()))


def _compare_scores(verdict: VerificationResult, files: tuple[Path, ...]) -> None:
    """Compare the figures with the server's scores byte for byte, and the release that every page names.

    Scores with the same bytes are of the same release even if the pages name another digest: that of an earlier version
    was over names that reports never contained.
    """
    from assessment.domain.verification.provenance import hash_content

    contents = verdict.contents
    if contents is None:
        return
    contents_by_file = {file: file.read_bytes() for file in files}
    release = verdict.provenance.release
    ours = [
        file
        for file, content in contents_by_file.items()
        if hash_content(content) == release or content == bytes(contents.result)
    ]
    before = [
        file
        for file in contents_by_file
        if contents.has_earlier_wave and _enclose_scores(contents_by_file[file]) == bytes(contents.before)
    ]
    for file, content in contents_by_file.items():
        if file not in (*ours, *before):
            message = _("This report is of another release: {scores} has {given}, the report {release}.")
            raise CommandError(message.format(scores=file.name, given=hash_content(content), release=release))
    if any(_enclose_scores(contents_by_file[file]) != bytes(contents.result) for file in ours):
        raise CommandError(_("The report names the server’s release, but contains other figures."))
    if ours:
        print_success(_("This report shows what was released: it was made from the scores of the server."))
    if contents.has_earlier_wave and not before:
        print_warning(_("The previous wave was not compared: name its scores as well."))


def _enclose_scores(scores: bytes) -> bytes:
    """Return scores as a report contains them; anything else unchanged."""
    from assessment.domain.verification.provenance import strip_careless_log

    try:
        return bytes(strip_careless_log(scores))
    except msgspec.MsgspecError:
        return scores
