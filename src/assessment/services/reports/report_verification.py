"""Verify a rendered report: its seal, its figures, and every page.

Nothing in the report is trusted: dependent figures are recomputed, and the whole report is rendered again and compared.
So a forged seal over other figures is detected. A forger who claims another program version doesn't succeed either: the
result is then inconclusive, not valid.
"""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import msgspec
import pikepdf
from msgspec import Struct
from pikepdf import Pdf

from assessment import __version__
from assessment.domain.comparison.published_scores import find_rescoring_reasons, list_published_scores
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import EarlierWave
from assessment.domain.report.audiences import list_audiences
from assessment.domain.result import QuestionnaireReference, Result
from assessment.domain.verification import (
    Discrepancy,
    check_annotations,
    check_attribution,
    check_result,
    find_discrepancies,
)
from assessment.domain.verification.provenance import (
    EDITIONS_WITH_CONTENTS,
    ChartProvenance,
    OfficeProvenance,
    Provenance,
    ReportContents,
    compute_seal,
    encode_canonical_json,
    hash_content,
    strip_careless_log,
)
from assessment.errors import InvalidError, NotFoundError, Problem
from assessment.office.package_files import is_package
from assessment.office.package_files import read_provenance as read_office_provenance
from assessment.pdf import provenance_attachment
from assessment.pdf.inspection import decryption, digests, unpack_limits
from assessment.services.reports.rendering import Renderer, render_pdf
from assessment.services.reports.report_requests import list_report_languages
from assessment.services.reports.rerender_check import RerenderResult, rerender_report
from assessment.services.reports.verification_findings import (
    FindingPlace,
    VerificationFinding,
    VerificationResult,
    collect_findings,
)

FindQuestionnaire = Callable[[QuestionnaireReference], Questionnaire]


class ContentCheck(Struct):
    """Check of the contents of a file of any format; the caller renders the file again and adds to `differences`."""

    provenance: Provenance | OfficeProvenance | ChartProvenance
    contents: ReportContents
    questionnaire: Questionnaire
    findings: list[VerificationFinding]
    differences: list[VerificationFinding]  # the findings themselves, unless another version made the file
    can_render: bool = False

    def make_result(self, unchecked: Iterable[str]) -> VerificationResult:
        version_differences = () if self.differences is self.findings else tuple(self.differences)
        return VerificationResult(
            self.provenance, tuple(self.findings), tuple(unchecked), version_differences, self.contents
        )


class IncompleteEditionError(InvalidError):
    """This edition does not contain the figures; the full report of the same release does."""

    slug = "incomplete"
    title = "This edition can’t be verified by itself"


def verify_report(
    content: bytes,
    find_questionnaire: FindQuestionnaire,
    full_report: bytes | None = None,
    render: Renderer = render_pdf,
) -> VerificationResult:
    """Verify a report; `full_report` is the full report of the same release, for editions without figures.

    `find_questionnaire` returns the questionnaire or raises `NotFoundError`; `render` renders the report once more.
    Raises `InvalidError` if the file is no report, `IncompleteEditionError` without figures.
    """
    with _open_pdf(content) as pdf:
        provenance, attached = provenance_attachment.read_provenance(pdf)
        findings = list(collect_findings(_check_seal(pdf, provenance, attached)))
        contents = provenance.contents or read_full_contents(provenance, findings, full_report)
        check = check_contents(provenance, contents, findings, find_questionnaire)
        if isinstance(check, VerificationResult):
            return check
        rendering = RerenderResult(is_identical=True)
        if check.can_render:
            rendering = rerender_report(pdf, content, provenance, check.questionnaire, contents, render)
            check.differences += rendering.findings
        saved = not (check.findings or check.differences or rendering.is_identical)
        return check.make_result(_list_unchecked(provenance, contents, saved=saved))


def _open_pdf(content: bytes) -> Pdf:
    if unpack_limits.is_encrypted(content):
        content = decryption.decrypt_pdf(content)
    unpack_limits.check_unpacked_size(content)
    try:
        pdf = Pdf.open(BytesIO(content))
        unpack_limits.check_stream_filters(pdf)
    except (pikepdf.PdfError, ValueError) as error:
        raise InvalidError("This PDF can’t be read.", [Problem(str(error))]) from error
    return pdf


def _check_seal(pdf: Pdf, provenance: Provenance, attached: bytes) -> Iterator[VerificationFinding]:
    if encode_canonical_json(provenance) != attached:
        yield VerificationFinding("seal", "attachment")
    if compute_seal(provenance) != provenance.seal:
        yield VerificationFinding("seal", "seal", provenance.seal, compute_seal(provenance))
    if (provenance.contents is None) is (provenance.audience in EDITIONS_WITH_CONTENTS):
        yield VerificationFinding("seal", "contents")
    pages = digests.compute_page_digests(pdf)
    if len(pages) != len(provenance.pages):
        yield VerificationFinding("pages", "", len(pages), len(provenance.pages))
    for number, (digest, expected) in enumerate(zip(pages, provenance.pages, strict=False), start=1):
        if digest != expected:
            yield VerificationFinding("page", str(number))
    if damages := pdf.get_warnings():
        yield VerificationFinding("document", "damaged", str(damages[0]).rpartition(": ")[2])
    if set(pdf.attachments) != {provenance_attachment.ATTACHMENT_NAME} or digests.has_other_files(
        pdf, provenance_attachment.ATTACHMENT_NAME
    ):
        yield VerificationFinding(
            "document", "attachments", sorted(pdf.attachments), [provenance_attachment.ATTACHMENT_NAME]
        )


def read_full_contents(
    provenance: Provenance | OfficeProvenance | ChartProvenance,
    findings: list[VerificationFinding],
    full_report: bytes | None,
) -> ReportContents:
    """Return the contents of the full report, a file of any format; a mismatch is added to the findings."""
    if full_report is None:
        detail = "This edition does not contain all figures of the report: its readers see only their own."
        if findings:
            raise InvalidError("The seal does not match: the report was altered.", [Problem(str(findings[0]))])
        raise IncompleteEditionError(detail, [Problem("Only its seal was checked.", "Give the full report as well.")])
    other = _read_any_provenance(full_report)
    if other.contents is None:
        raise IncompleteEditionError("The full report that you gave does not contain the figures either.")
    if other.release != provenance.release or other.enclosed != provenance.enclosed:
        findings.append(VerificationFinding("seal", "release", other.release, provenance.release))
    return other.contents


def _read_any_provenance(content: bytes) -> Provenance | OfficeProvenance:
    if is_package(content):
        return read_office_provenance(content)[1]
    with _open_pdf(content) as pdf:
        return provenance_attachment.read_provenance(pdf)[0]


def check_contents(
    provenance: Provenance | OfficeProvenance | ChartProvenance,
    contents: ReportContents,
    findings: list[VerificationFinding],
    find_questionnaire: FindQuestionnaire,
) -> ContentCheck | VerificationResult:
    """Check references, figures and the comparison with the earlier wave; `findings` are those of the seal.

    Return a result if nothing further can be checked. Raises `NotFoundError` for an unknown questionnaire, unless
    something was found before.
    """
    try:
        figures = contents.figures
    except msgspec.MsgspecError as error:
        return VerificationResult(provenance, (*findings, VerificationFinding("figure", "", str(error), "a result")))
    try:
        questionnaire = find_questionnaire(figures.questionnaire)
    except NotFoundError:
        if findings:
            return VerificationResult(provenance, tuple(findings))
        raise
    findings += collect_findings(_check_references(provenance, figures, questionnaire, contents))
    check = ContentCheck(
        provenance, contents, questionnaire, findings, findings if figures.engine == __version__ else []
    )
    if not any(finding.place == "questionnaire" for finding in findings):
        check.can_render = True
        check.differences += collect_findings(_check_figures(questionnaire, figures, contents, provenance.language))
        check.differences += collect_findings(
            _check_wave_comparison(contents, figures, questionnaire, find_questionnaire)
        )
    return check


def _check_references(
    provenance: Provenance | OfficeProvenance | ChartProvenance,
    figures: Result,
    questionnaire: Questionnaire,
    contents: ReportContents,
) -> Iterator[VerificationFinding]:
    """Compare what the provenance refers to with the figures and the questionnaire."""
    if provenance.questionnaire != figures.questionnaire or provenance.engine != figures.engine:
        yield VerificationFinding("seal", "questionnaire", provenance.questionnaire, figures.questionnaire)
    if figures.questionnaire.digest != questionnaire.digest:
        yield VerificationFinding("questionnaire", "digest", figures.questionnaire.digest, questionnaire.digest)
    if provenance.language not in list_report_languages(questionnaire):
        yield VerificationFinding(
            "questionnaire", "language", provenance.language, list(list_report_languages(questionnaire))
        )
    elif provenance.texts != questionnaire.text(provenance.language).digest:
        yield VerificationFinding(
            "questionnaire", "texts", provenance.texts, questionnaire.text(provenance.language).digest
        )
    if provenance.audience not in (known := list_audiences(questionnaire, figures)):
        yield VerificationFinding("questionnaire", "audience", provenance.audience, list(known))
    if hash_content(encode_canonical_json(contents)) != provenance.enclosed:
        yield VerificationFinding(
            "seal", "enclosed", hash_content(encode_canonical_json(contents)), provenance.enclosed
        )
    if hash_content(contents.result) != provenance.release and not _has_removed_names(figures):
        yield VerificationFinding("seal", "release", hash_content(contents.result), provenance.release)
    if strip_careless_log(contents.result) != contents.result:
        yield VerificationFinding("seal", "names")


def _has_removed_names(figures: Result) -> bool:
    """Return whether names of careless respondents were removed from the enclosed release."""
    respondents = figures.respondents
    return figures.disclosure is None and respondents.careless_log is None and bool(respondents.careless)


def _check_figures(
    questionnaire: Questionnaire, figures: Result, contents: ReportContents, language: str
) -> Iterator[VerificationFinding]:
    if msgspec.json.encode(figures) != bytes(contents.result):
        yield VerificationFinding("seal", "written")
    yield from _make_findings("figure", check_result(questionnaire, figures))
    yield from _make_findings("figure", check_annotations(contents.details, figures, questionnaire.text(language)))


def _make_findings(place: FindingPlace, differences: Iterable[Discrepancy]) -> Iterator[VerificationFinding]:
    return (
        VerificationFinding(place, difference.path, difference.actual, difference.expected)
        for difference in differences
    )


def _check_wave_comparison(
    contents: ReportContents, figures: Result, questionnaire: Questionnaire, find_questionnaire: FindQuestionnaire
) -> Iterator[VerificationFinding]:
    """Check the comparison with the earlier wave against both releases."""
    if (contents.earlier is not None) is not contents.has_earlier_wave:
        yield VerificationFinding("change", "", contents.earlier is not None, contents.has_earlier_wave)
    if contents.earlier is None or not contents.has_earlier_wave:
        return
    try:
        before = msgspec.json.decode(contents.before, type=Result)
        wave = Wave(find_questionnaire(before.questionnaire), before)
    except (msgspec.MsgspecError, NotFoundError) as error:
        yield VerificationFinding("change", "", str(error), "the release of the wave before")
        return
    yield from _make_findings("change", _check_earlier_wave(contents.earlier, wave, Wave(questionnaire, figures)))
    if before.engine == figures.engine and msgspec.json.encode(before) != bytes(contents.before):
        yield VerificationFinding("seal", "written")


def _check_earlier_wave(earlier: EarlierWave, before: Wave, later: Wave) -> Iterator[Discrepancy]:
    """Yield differences in date, figures, comparison and attribution of the earlier wave."""
    days = before.result.computed_at, later.result.computed_at
    if earlier.date != days[0]:
        yield Discrepancy("date", earlier.date, days[0])
    if days[0] is not None and days[1] is not None and days[0] > days[1]:
        yield Discrepancy("date", days[0], f"no later than {days[1]}")
    yield from check_result(before.questionnaire, before.result)
    yield from find_discrepancies(compare_waves(before, later), earlier.comparison)
    yield from check_attribution(before, later, earlier.attribution)
    published, reasons = list_published_scores(before), find_rescoring_reasons(before, later)
    if isinstance(earlier.published, dict) and earlier.published != published:
        yield Discrepancy("published", str(earlier.published), str(published))
    if isinstance(earlier.reasons, tuple) and earlier.reasons != reasons:
        yield Discrepancy("reasons", ", ".join(earlier.reasons), ", ".join(reasons))


def _list_unchecked(provenance: Provenance, contents: ReportContents, *, saved: bool) -> Iterator[str]:
    """Yield the names of checks that were not possible."""
    if provenance.engine != __version__:
        yield "version"
    elif provenance.drawn_with != provenance_attachment.list_renderer_versions():
        yield "drawings"
    elif saved:
        yield "saved"
    if hash_content(contents.result) != provenance.release:
        yield "release"
    if contents.earlier is not None and contents.earlier.attribution:
        yield "attribution"
