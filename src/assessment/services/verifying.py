"""Verifying a printed report: its seal, its figures, and every page against what they say.

Nothing of the report is believed: figures are computed anew from those they rest on, and the whole report
is printed again and compared. A seal that somebody made anew over other figures does not help them. Nor does
it to name another version as the one that made it: then the report is not said to hold.
"""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from io import BytesIO
from typing import Any, Literal

import msgspec
import pikepdf
from msgspec import Struct
from pikepdf import Pdf

from assessment import __version__
from assessment.domain.checking import Difference, check, differing
from assessment.domain.comparison import Wave, compare
from assessment.domain.provenance import ENCLOSING, Contents, Provenance, digest, enclosed, encode, seal
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.audiences import audiences
from assessment.domain.result import QuestionnaireReference, Result
from assessment.errors import InvalidError, NotFoundError, Problem
from assessment.pdf import anatomy, reading, sealing
from assessment.services.printing import Order, printed
from assessment.services.reporting import languages

Find = Callable[[QuestionnaireReference], Questionnaire]
Print = Callable[[Questionnaire, Order], bytes]
Place = Literal["seal", "questionnaire", "figure", "change", "pages", "page", "drawing", "document"]

OPEN = frozenset({"version", "drawings"})
MOST_OF_A_PAGE = 3
LONGEST = 12


class Finding(Struct, frozen=True):
    """Something that does not hold: where, what is `given` there, and what was `expected`."""

    place: Place
    name: str = ""
    given: Any = None
    expected: Any = None


class Verdict(Struct, frozen=True):
    """What came of it. `doubts` are what could not be compared, by name.

    `unlike` are differences that another version of the program may have made, or somebody who names it.
    """

    provenance: Provenance
    findings: tuple[Finding, ...]
    doubts: tuple[str, ...] = ()
    unlike: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything that can be checked was, and agrees."""
        return not self.findings and not self.is_open

    @property
    def is_open(self) -> bool:
        """Whether only the version that made the report can tell."""
        return not self.findings and not OPEN.isdisjoint(self.doubts)


class IncompleteError(InvalidError):
    """This edition does not hold the figures; the full report of the same release does."""

    slug = "incomplete"
    title = "This edition can't be verified by itself"


def verify(content: bytes, find: Find, full: bytes | None = None, again: Print = printed) -> Verdict:
    """Verify a report; `full` is the full one of the same release, for editions that hold no figures.

    `find` gets the questionnaire and raises `NotFoundError`, `again` prints. `InvalidError` where the
    file is no report, `IncompleteError` without the figures.
    """
    with _opened(content) as pdf:
        provenance, attached = sealing.provenance_of(pdf)
        findings = list(_whole(_seal(pdf, provenance, attached)))
        contents = provenance.contents or _borrowed(provenance, findings, full)
        try:
            figures = contents.figures
        except msgspec.MsgspecError as error:
            return Verdict(provenance, (*findings, Finding("figure", "", str(error), "a result")))
        try:
            questionnaire = find(figures.questionnaire)
        except NotFoundError:
            if findings:
                return Verdict(provenance, tuple(findings))
            raise
        findings += _whole(_named(provenance, figures, questionnaire, contents))
        unlike: list[Finding] = []
        if not any(finding.place == "questionnaire" for finding in findings):
            told = findings if figures.engine == __version__ else unlike
            told += _whole(_figures(questionnaire, figures))
            told += _whole(_change(contents, figures, questionnaire, find))
            told += _whole(_pages(pdf, content, provenance, questionnaire, contents, again))
        return Verdict(provenance, tuple(findings), tuple(_doubts(provenance, contents)), tuple(unlike))


def _whole(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Findings to the end; what was altered so that it can't even be read is a finding as well."""
    try:
        yield from findings
    except NotFoundError:
        raise
    except Exception as error:  # noqa: BLE001 - whoever alters a file may make anything fail, and that is to be said
        yield Finding("document", "unreadable", f"{type(error).__name__}: {error}")


def _opened(content: bytes) -> Pdf:
    try:
        return Pdf.open(BytesIO(content))
    except (pikepdf.PdfError, ValueError) as error:
        raise InvalidError("This is not a PDF that can be read.", [Problem(str(error))]) from error


def _seal(pdf: Pdf, provenance: Provenance, attached: bytes) -> Iterator[Finding]:
    if encode(provenance) != attached:
        yield Finding("seal", "attachment")
    if seal(provenance) != provenance.seal:
        yield Finding("seal", "seal", provenance.seal, seal(provenance))
    if (provenance.contents is None) is (provenance.audience in ENCLOSING):
        yield Finding("seal", "contents")
    pages = anatomy.page_digests(pdf)
    if len(pages) != len(provenance.pages):
        yield Finding("pages", "", len(pages), len(provenance.pages))
    for number, (given, expected) in enumerate(zip(pages, provenance.pages, strict=False), start=1):
        if given != expected:
            yield Finding("page", str(number))
    if set(pdf.attachments) != {sealing.ATTACHED} or anatomy.more_files(pdf, sealing.ATTACHED):
        yield Finding("document", "attachments", sorted(pdf.attachments), [sealing.ATTACHED])


def _borrowed(provenance: Provenance, findings: list[Finding], full: bytes | None) -> Contents:
    """The contents as the full report has them."""
    if full is None:
        detail = "This edition does not hold all figures of the report, so that whoever reads it sees only theirs."
        if findings:
            raise InvalidError("The seal does not hold: the report was altered.", [Problem(str(findings[0]))])
        raise IncompleteError(detail, [Problem("Only its seal was checked.", "Name the full report as well.")])
    with _opened(full) as pdf:
        other, _ = sealing.provenance_of(pdf)
    if other.contents is None:
        raise IncompleteError("The report named beside it does not hold the figures either.")
    if other.release != provenance.release or other.enclosed != provenance.enclosed:
        findings.append(Finding("seal", "release", other.release, provenance.release))
    return other.contents


def _named(
    provenance: Provenance, figures: Result, questionnaire: Questionnaire, contents: Contents
) -> Iterator[Finding]:
    """What the provenance names is what the figures name, and what the library has."""
    if provenance.questionnaire != figures.questionnaire or provenance.engine != figures.engine:
        yield Finding("seal", "questionnaire", provenance.questionnaire, figures.questionnaire)
    if figures.questionnaire.digest != questionnaire.digest:
        yield Finding("questionnaire", "digest", figures.questionnaire.digest, questionnaire.digest)
    if provenance.language not in languages(questionnaire):
        yield Finding("questionnaire", "language", provenance.language, list(languages(questionnaire)))
    elif provenance.texts != questionnaire.text(provenance.language).digest:
        yield Finding("questionnaire", "texts", provenance.texts, questionnaire.text(provenance.language).digest)
    if provenance.audience not in (known := audiences(questionnaire, figures)):
        yield Finding("questionnaire", "audience", provenance.audience, list(known))
    if digest(encode(contents)) != provenance.enclosed:
        yield Finding("seal", "enclosed", digest(encode(contents)), provenance.enclosed)
    if digest(contents.result) != provenance.release and not _left_out(figures):
        yield Finding("seal", "release", digest(contents.result), provenance.release)
    if enclosed(contents.result) != contents.result:
        yield Finding("seal", "names")


def _left_out(figures: Result) -> bool:
    """Whether names stood in the release that are not handed on."""
    found = figures.respondents
    return figures.disclosure is None and found.careless_log is None and bool(found.careless)


def _figures(questionnaire: Questionnaire, figures: Result) -> Iterator[Finding]:
    yield from (Finding("figure", *_told(found)) for found in check(questionnaire, figures))


def _told(found: Difference) -> tuple[str, Any, Any]:
    return found.path, found.given, found.expected


def _change(contents: Contents, figures: Result, questionnaire: Questionnaire, find: Find) -> Iterator[Finding]:
    """The comparison with the wave before, from both releases."""
    if (contents.earlier is not None) is not contents.goes_on:
        yield Finding("change", "", contents.earlier is not None, contents.goes_on)
    if contents.earlier is None or not contents.goes_on:
        return
    try:
        before = msgspec.json.decode(contents.before, type=Result)
        wave = Wave(find(before.questionnaire), before)
    except (msgspec.MsgspecError, NotFoundError) as error:
        yield Finding("change", "", str(error), "the release of the wave before")
        return
    yield from (Finding("change", *_told(found)) for found in check(wave.questionnaire, before))
    expected = compare(wave, Wave(questionnaire, figures))
    yield from (Finding("change", *_told(found)) for found in differing(expected, contents.earlier.comparison))


def _pages(
    pdf: Pdf, content: bytes, provenance: Provenance, questionnaire: Questionnaire, contents: Contents, again: Print
) -> Iterator[Finding]:
    """Print again, and compare: bytes, else words, drawings, and what stands around the pages."""
    order = Order(contents, provenance.release, provenance.language, provenance.audience)
    copy = again(questionnaire, order)
    if copy == content:
        return
    with Pdf.open(BytesIO(copy)) as expected:
        drawn = zip(anatomy.page_digests(pdf), anatomy.page_digests(expected), strict=False)
        changed = [number for number, (one, other) in enumerate(drawn) if one != other]
        if len(pdf.pages) != len(expected.pages):
            yield Finding("pages", "", len(pdf.pages), len(expected.pages))
        for number in changed:
            yield from _words(number + 1, *(reading.words(each.pages[number]) for each in (pdf, expected)))
        if anatomy.about(pdf) != anatomy.about(expected):
            yield Finding("document", "metadata", anatomy.about(pdf), anatomy.about(expected))
        if provenance.drawn_with != sealing.drawn_with():
            return
        yield from (Finding("drawing", str(number + 1)) for number in changed)
        if anatomy.document_digest(pdf) != anatomy.document_digest(expected):
            yield Finding("document", "surroundings")
        copied, _ = sealing.provenance_of(expected)
        if copied != provenance:
            yield Finding("seal", "provenance")


def _words(page: int, given: tuple[str, ...], expected: tuple[str, ...]) -> Iterator[Finding]:
    steps = SequenceMatcher(None, given, expected, autojunk=False).get_opcodes()
    changes = [places for kind, *places in steps if kind != "equal"]
    for start, end, begin, stop in changes[:MOST_OF_A_PAGE]:
        yield Finding("page", str(page), _some(given[start:end]), _some(expected[begin:stop]))


def _some(words: tuple[str, ...]) -> str:
    return " ".join(words[:LONGEST]) + (" …" if len(words) > LONGEST else "")


def _doubts(provenance: Provenance, contents: Contents) -> Iterator[str]:
    """What could not be compared, and why."""
    if provenance.engine != __version__:
        yield "version"
    elif provenance.drawn_with != sealing.drawn_with():
        yield "drawings"
    if digest(contents.result) != provenance.release:
        yield "release"
    if contents.earlier is not None and contents.earlier.attribution:
        yield "attribution"
