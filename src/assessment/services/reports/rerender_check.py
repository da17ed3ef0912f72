"""Render a report again from its embedded contents, and compare bytes, words, drawings and PDF objects."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from io import BytesIO

from msgspec import Struct
from pikepdf import Pdf

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.verification.provenance import Provenance, ReportContents
from assessment.pdf import provenance_attachment
from assessment.pdf.inspection import digests, extract_text
from assessment.pdf.inspection.diff import find_difference
from assessment.services.reports.rendering import Renderer, RenderJob
from assessment.services.reports.verification_findings import VerificationFinding, collect_findings

MAX_CHANGES_PER_PAGE = 3
MAX_WORDS = 12


class RerenderResult(Struct, frozen=True):
    """Differences between a report and its new rendering; `is_identical` if all bytes are equal."""

    findings: tuple[VerificationFinding, ...] = ()
    is_identical: bool = False


def rerender_report(
    pdf: Pdf,
    content: bytes,
    provenance: Provenance,
    questionnaire: Questionnaire,
    contents: ReportContents,
    render: Renderer,
) -> RerenderResult:
    """Render again and compare bytes; if they differ, compare words, drawings and all objects."""
    job = RenderJob(contents, provenance.release, provenance.language, provenance.audience)
    copies: list[bytes] = []

    def differences() -> Iterator[VerificationFinding]:
        copies.append(render(questionnaire, job))
        if copies != [content]:
            yield from _find_differences(pdf, copies[0], provenance)

    return RerenderResult(tuple(collect_findings(differences())), copies == [content])


def _find_differences(pdf: Pdf, copy: bytes, provenance: Provenance) -> Iterator[VerificationFinding]:
    with Pdf.open(BytesIO(copy)) as expected:
        visible = list(_find_visible_differences(pdf, expected, provenance))
        yield from visible
        if (
            provenance.drawn_with == provenance_attachment.list_renderer_versions()
            and not visible
            and (place := find_difference(pdf, expected))
        ):
            yield VerificationFinding("document", "objects", place)


def _find_visible_differences(pdf: Pdf, expected: Pdf, provenance: Provenance) -> Iterator[VerificationFinding]:
    """Yield visible differences, and a different provenance."""
    drawn = zip(digests.compute_page_digests(pdf), digests.compute_page_digests(expected), strict=False)
    changed = [number for number, (one, other) in enumerate(drawn) if one != other]
    if len(pdf.pages) != len(expected.pages):
        yield VerificationFinding("pages", "", len(pdf.pages), len(expected.pages))
    for number in changed:
        yield from _find_word_differences(
            number + 1, *(extract_text.extract_words(document.pages[number]) for document in (pdf, expected))
        )
    if digests.read_document_info(pdf) != digests.read_document_info(expected):
        yield VerificationFinding(
            "document", "metadata", digests.read_document_info(pdf), digests.read_document_info(expected)
        )
    if provenance.drawn_with != provenance_attachment.list_renderer_versions():
        return
    yield from (VerificationFinding("drawing", str(number + 1)) for number in changed)
    if digests.compute_document_digest(pdf) != digests.compute_document_digest(expected):
        yield VerificationFinding("document", "surroundings")
    copied, _ = provenance_attachment.read_provenance(expected)
    if copied != provenance:
        yield VerificationFinding("seal", "provenance")


def _find_word_differences(
    page: int, actual: tuple[str, ...], expected: tuple[str, ...]
) -> Iterator[VerificationFinding]:
    steps = SequenceMatcher(None, actual, expected, autojunk=False).get_opcodes()
    changes = [places for kind, *places in steps if kind != "equal"]
    for start, end, begin, stop in changes[:MAX_CHANGES_PER_PAGE]:
        yield VerificationFinding(
            "page", str(page), _shorten_words(actual[start:end]), _shorten_words(expected[begin:stop])
        )


def _shorten_words(words: tuple[str, ...]) -> str:
    return " ".join(words[:MAX_WORDS]) + (" …" if len(words) > MAX_WORDS else "")
