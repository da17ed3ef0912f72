"""Verify a rendered report: its seal, its figures, and every page.

Nothing in the report is trusted: dependent figures are recomputed, and the whole report is rendered again and compared.
So a forged seal over other figures is detected. A forger who claims another program version doesn't succeed either: the
result is then inconclusive, not valid.
"""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import msgspec
import pikepdf
from pikepdf import Pdf

from assessment import __version__
from assessment.domain.checking import Difference, beside, check, differing, splitting
from assessment.domain.comparison import Wave, compare
from assessment.domain.provenance import ENCLOSING, Contents, Provenance, digest, enclosed, encode, seal
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Earlier
from assessment.domain.report.audiences import audiences
from assessment.domain.result import QuestionnaireReference, Result
from assessment.errors import InvalidError, NotFoundError, Problem
from assessment.pdf import anatomy, bounds, sealing
from assessment.services.printing import printed
from assessment.services.reporting import languages
from assessment.services.reprinting import Print, Reprint, reprint
from assessment.services.verdicts import Finding, Place, Verdict, whole

Find = Callable[[QuestionnaireReference], Questionnaire]


class IncompleteError(InvalidError):
    """This edition does not contain the figures; the full report of the same release does."""

    slug = "incomplete"
    title = "This edition can't be verified by itself"


def verify(content: bytes, find: Find, full: bytes | None = None, again: Print = printed) -> Verdict:
    """Verify a report; `full` is the full report of the same release, for editions without figures.

    `find` returns the questionnaire or raises `NotFoundError`; `again` renders. Raises `InvalidError` if the file is no
    report, `IncompleteError` without figures.
    """
    with _opened(content) as pdf:
        provenance, attached = sealing.provenance_of(pdf)
        findings = list(whole(_seal(pdf, provenance, attached)))
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
        findings += whole(_named(provenance, figures, questionnaire, contents))
        unlike: list[Finding] = []
        made = Reprint(as_written=True)
        if not any(finding.place == "questionnaire" for finding in findings):
            told = findings if figures.engine == __version__ else unlike
            told += whole(_figures(questionnaire, figures, contents, provenance.language))
            told += whole(_change(contents, figures, questionnaire, find))
            made = reprint(pdf, content, provenance, questionnaire, contents, again)
            told += made.findings
        doubts = tuple(_doubts(provenance, contents, saved=not (findings or unlike or made.as_written)))
        return Verdict(provenance, tuple(findings), doubts, tuple(unlike), contents)


def _opened(content: bytes) -> Pdf:
    bounds.check_unpacked(content)
    try:
        pdf = Pdf.open(BytesIO(content))
        bounds.check_filters(pdf)
    except (pikepdf.PdfError, ValueError) as error:
        raise InvalidError("This is not a PDF that can be read.", [Problem(str(error))]) from error
    return pdf


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
    if damages := pdf.get_warnings():
        yield Finding("document", "damaged", str(damages[0]).rpartition(": ")[2])
    if set(pdf.attachments) != {sealing.ATTACHED} or anatomy.more_files(pdf, sealing.ATTACHED):
        yield Finding("document", "attachments", sorted(pdf.attachments), [sealing.ATTACHED])


def _borrowed(provenance: Provenance, findings: list[Finding], full: bytes | None) -> Contents:
    """Return the contents of the full report; a mismatch with the edition is added to the findings."""
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
    """Compare what the provenance refers to with the figures and the questionnaire."""
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
    """Return whether names of careless respondents were removed from the enclosed release."""
    found = figures.respondents
    return figures.disclosure is None and found.careless_log is None and bool(found.careless)


def _figures(questionnaire: Questionnaire, figures: Result, contents: Contents, language: str) -> Iterator[Finding]:
    if msgspec.json.encode(figures) != bytes(contents.result):
        yield Finding("seal", "written")
    yield from _found("figure", check(questionnaire, figures))
    yield from _found("figure", beside(contents.details, figures, questionnaire.text(language)))


def _found(place: Place, differences: Iterable[Difference]) -> Iterator[Finding]:
    return (Finding(place, found.path, found.given, found.expected) for found in differences)


def _change(contents: Contents, figures: Result, questionnaire: Questionnaire, find: Find) -> Iterator[Finding]:
    """Check the comparison with the earlier wave against both releases."""
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
    yield from _found("change", _since(contents.earlier, wave, Wave(questionnaire, figures)))
    if before.engine == figures.engine and msgspec.json.encode(before) != bytes(contents.before):
        yield Finding("seal", "written")


def _since(earlier: Earlier, before: Wave, later: Wave) -> Iterator[Difference]:
    """Yield differences in date, figures, comparison and attribution of the earlier wave."""
    days = before.result.computed_at, later.result.computed_at
    if earlier.date != days[0]:
        yield Difference("date", earlier.date, days[0])
    if days[0] is not None and days[1] is not None and days[0] > days[1]:
        yield Difference("date", days[0], f"no later than {days[1]}")
    yield from check(before.questionnaire, before.result)
    yield from differing(compare(before, later), earlier.comparison)
    yield from splitting(before, later, earlier.attribution)


def _doubts(provenance: Provenance, contents: Contents, *, saved: bool) -> Iterator[str]:
    """Yield the names of checks that were not possible."""
    if provenance.engine != __version__:
        yield "version"
    elif provenance.drawn_with != sealing.drawn_with():
        yield "drawings"
    elif saved:
        yield "saved"
    if digest(contents.result) != provenance.release:
        yield "release"
    if contents.earlier is not None and contents.earlier.attribution:
        yield "attribution"
