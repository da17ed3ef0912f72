"""Render a report again from its embedded contents, and compare bytes, words, drawings and PDF objects."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from io import BytesIO

from msgspec import Struct
from pikepdf import Pdf

from assessment.domain.provenance import Contents, Provenance
from assessment.domain.questionnaire import Questionnaire
from assessment.pdf import anatomy, reading, sealing
from assessment.pdf.likeness import unlike
from assessment.services.printing import Order
from assessment.services.verdicts import Finding, whole

Print = Callable[[Questionnaire, Order], bytes]

MOST_OF_A_PAGE = 3
LONGEST = 12


class Reprint(Struct, frozen=True):
    """Differences between a report and its new rendering; `as_written` if all bytes are equal."""

    findings: tuple[Finding, ...] = ()
    as_written: bool = False


def reprint(
    pdf: Pdf, content: bytes, provenance: Provenance, questionnaire: Questionnaire, contents: Contents, again: Print
) -> Reprint:
    """Render again and compare bytes; if they differ, compare words, drawings and all objects."""
    order = Order(contents, provenance.release, provenance.language, provenance.audience)
    copies: list[bytes] = []

    def differences() -> Iterator[Finding]:
        copies.append(again(questionnaire, order))
        if copies != [content]:
            yield from _differences(pdf, copies[0], provenance)

    return Reprint(tuple(whole(differences())), copies == [content])


def _differences(pdf: Pdf, copy: bytes, provenance: Provenance) -> Iterator[Finding]:
    with Pdf.open(BytesIO(copy)) as expected:
        found = list(_seen(pdf, expected, provenance))
        yield from found
        if provenance.drawn_with == sealing.drawn_with() and not found and (place := unlike(pdf, expected)):
            yield Finding("document", "objects", place)


def _seen(pdf: Pdf, expected: Pdf, provenance: Provenance) -> Iterator[Finding]:
    """Yield visible differences, and a different provenance."""
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
