"""Verify a single chart: its seal and drawing by themselves, its figures with the full report.

A chart carries no figures of the report beyond those it shows: it is passed on to people who may not see the others.
"""

from collections.abc import Iterator

import msgspec

from assessment import __version__
from assessment.charts.picture_metadata import PictureText, read_text
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.verification.provenance import (
    ChartProvenance,
    ReportContents,
    compute_seal,
    encode_canonical_json,
    hash_content,
)
from assessment.errors import InvalidError, Problem
from assessment.services.reports import report_verification
from assessment.services.reports.rendering import Renderer, RenderJob, list_picture_versions, render_file
from assessment.services.reports.report_verification import FindQuestionnaire, IncompleteEditionError
from assessment.services.reports.verification_findings import (
    VerificationFinding,
    VerificationResult,
    collect_findings,
)


def verify_chart(
    content: bytes,
    find_questionnaire: FindQuestionnaire,
    full_report: bytes | None = None,
    render: Renderer = render_file,
) -> VerificationResult:
    """Verify a chart; parameters as in `report_verification.verify_report`.

    Raises `InvalidError` if it carries no record or was altered, `IncompleteEditionError` if nothing is wrong with it
    by itself and there is no full report to compare its figures with.
    """
    picture = read_text(content)
    provenance = _decode_record(picture.text)
    findings = list(_check_seal(picture, provenance))
    if full_report is None:
        if findings:
            return VerificationResult(provenance, tuple(findings))
        raise IncompleteEditionError(
            "Seal and drawing of this chart are as they were made. It does not contain the figures of the report, so "
            "these were not checked.",
            [Problem("Only seal and drawing were checked.", "Give the full report as well.")],
        )
    contents = report_verification.read_full_contents(provenance, findings, full_report)
    check = report_verification.check_contents(provenance, contents, findings, find_questionnaire)
    if isinstance(check, VerificationResult):
        return check
    if check.can_render:
        check.differences += collect_findings(
            _check_drawing(content, provenance, check.questionnaire, contents, render)
        )
    return check.make_result(_list_unchecked(provenance, contents))


def _decode_record(text: str) -> ChartProvenance:
    try:
        return msgspec.json.decode(text.encode(), type=ChartProvenance)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise InvalidError("What this picture says it was made from can’t be read.", [Problem(str(error))]) from error


def _check_seal(picture: PictureText, provenance: ChartProvenance) -> Iterator[VerificationFinding]:
    if encode_canonical_json(provenance).decode() != picture.text:
        yield VerificationFinding("seal", "attachment")
    if compute_seal(provenance) != provenance.seal or not provenance.chart.endswith(f".{picture.ending}"):
        yield VerificationFinding("seal", "seal", provenance.seal, compute_seal(provenance))
    if hash_content(picture.drawing) != provenance.drawing:
        yield VerificationFinding("picture", "sealed")


def _check_drawing(
    content: bytes,
    provenance: ChartProvenance,
    questionnaire: Questionnaire,
    contents: ReportContents,
    render: Renderer,
) -> Iterator[VerificationFinding]:
    """Draw the chart again from the figures of the full report, and compare all bytes."""
    if provenance.drawn_with != list_picture_versions(provenance.chart):
        return
    job = RenderJob(contents, provenance.release, provenance.language, provenance.audience, chart=provenance.chart)
    if render(questionnaire, job) != content:
        yield VerificationFinding("picture", "drawn")


def _list_unchecked(provenance: ChartProvenance, contents: ReportContents) -> Iterator[str]:
    if provenance.engine != __version__:
        yield "version"
    elif provenance.drawn_with != list_picture_versions(provenance.chart):
        yield "drawings"
    if hash_content(contents.result) != provenance.release:
        yield "release"
    if contents.earlier is not None and contents.earlier.attribution:
        yield "attribution"
