"""Verify a deck, document or workbook: the data that it was made from, not what someone wrote in it since.

These files are made to be edited. So the seal and the figures inside are checked as those of a PDF are; whether
anything else was changed is only shown by comparing the whole file with a new one.
"""

from collections.abc import Iterator

from assessment import __version__
from assessment.charts.picture_metadata import is_picture
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.verification.provenance import (
    EDITIONS_WITH_CONTENTS,
    OfficeProvenance,
    ReportContents,
    compute_seal,
    hash_content,
)
from assessment.office.package_files import is_package, read_provenance
from assessment.services.reports import report_verification
from assessment.services.reports.chart_verification import verify_chart
from assessment.services.reports.rendering import Renderer, RenderJob, render_file
from assessment.services.reports.report_verification import FindQuestionnaire
from assessment.services.reports.verification_findings import (
    VerificationFinding,
    VerificationResult,
    collect_findings,
)

EDITED = "edited"


def verify_file(
    content: bytes,
    find_questionnaire: FindQuestionnaire,
    full_report: bytes | None = None,
    render: Renderer = render_file,
) -> VerificationResult:
    """Verify a report of any format; parameters and errors as in `report_verification.verify_report`."""
    if is_package(content):
        return verify_office_file(content, find_questionnaire, full_report, render)
    if is_picture(content):
        return verify_chart(content, find_questionnaire, full_report, render)
    return report_verification.verify_report(content, find_questionnaire, full_report, render)


def verify_office_file(
    content: bytes,
    find_questionnaire: FindQuestionnaire,
    full_report: bytes | None = None,
    render: Renderer = render_file,
) -> VerificationResult:
    """Verify the embedded data; `unchecked` names `edited` if the file is not as the program writes it."""
    file_format, provenance, is_canonical = read_provenance(content)
    findings = list(_check_seal(file_format, provenance, is_canonical=is_canonical))
    contents = provenance.contents or report_verification.read_full_contents(provenance, findings, full_report)
    check = report_verification.check_contents(provenance, contents, findings, find_questionnaire)
    if isinstance(check, VerificationResult):
        return check
    is_identical = (
        check.can_render
        and not check.findings
        and _is_unchanged(content, provenance, check.questionnaire, contents, render)
    )
    return check.make_result(_list_unchecked(provenance, contents, is_identical=is_identical))


def _check_seal(
    file_format: FileFormat, provenance: OfficeProvenance, *, is_canonical: bool
) -> Iterator[VerificationFinding]:
    if not is_canonical:
        yield VerificationFinding("seal", "attachment")
    if compute_seal(provenance) != provenance.seal or provenance.file_format is not file_format:
        yield VerificationFinding("seal", "seal", provenance.seal, compute_seal(provenance))
    if (provenance.contents is None) is (provenance.audience in EDITIONS_WITH_CONTENTS):
        yield VerificationFinding("seal", "contents")


def _is_unchanged(
    content: bytes,
    provenance: OfficeProvenance,
    questionnaire: Questionnaire,
    contents: ReportContents,
    render: Renderer,
) -> bool:
    """Return whether a new file of the same data has the same bytes; data that can't be rendered has not."""
    job = RenderJob(contents, provenance.release, provenance.language, provenance.audience, provenance.file_format)
    copies: list[bytes] = []

    def render_copy() -> Iterator[VerificationFinding]:
        copies.append(render(questionnaire, job))
        yield from ()

    return not list(collect_findings(render_copy())) and copies == [content]


def _list_unchecked(provenance: OfficeProvenance, contents: ReportContents, *, is_identical: bool) -> Iterator[str]:
    if provenance.engine != __version__:
        yield "version"
    if not is_identical:
        yield EDITED
    if hash_content(contents.result) != provenance.release:
        yield "release"
    if contents.earlier is not None and contents.earlier.attribution:
        yield "attribution"
