"""Render a report as PDF. Deterministic: same report, language and audience give the same bytes."""

from collections.abc import Callable
from io import BytesIO

from pikepdf import Pdf

from assessment.domain.provenance import Provenance
from assessment.domain.report import Report
from assessment.domain.report.audiences import FULL
from assessment.pdf.document import Document, Running
from assessment.pdf.editions import edition
from assessment.pdf.fonts import legible, register
from assessment.pdf.sealing import Drawn, attach, drawn, saved
from assessment.pdf.structure import describe
from assessment.pdf.tagging import Element, TaggedCanvas
from assessment.wording import Wording, wording

__all__ = ["prepare", "render"]
LONGEST = 200
SHORT = 12


def render(
    report: Report,
    language: str | None = None,
    audience: str = FULL,
    provenance: Callable[[Drawn], Provenance] | None = None,
) -> bytes:
    """Render one edition, by default in the report's language. No figure is calculated or rounded here.

    `provenance` is called with the digests of the drawn pages and returns what is attached. Raises ValueError for an
    audience that the report has no edition for (`domain.report.audiences`).
    """
    content, tree = _drawn(report, wording(language or report.language), audience)
    with Pdf.open(BytesIO(content)) as pdf:
        describe(pdf, tree)
        if provenance is not None:
            attach(pdf, provenance(drawn(pdf)))
        return saved(pdf)


def prepare() -> None:
    """Load the fonts in advance: otherwise the first report would wait for them."""
    register()


def _drawn(report: Report, words: Wording, audience: str) -> tuple[bytes, Element]:
    """Draw the pages; return the PDF and its structure tree."""
    register()
    details = report.details
    chosen = edition(report, audience, words)
    head = " · ".join(text for text in (details.organisation[:LONGEST], details.title[:LONGEST]) if text)
    target = BytesIO()
    document = Document(
        target,
        words,
        Running(head, _foot(report, words)),
        chosen.first,
        title=legible(head if audience == FULL else f"{head} · {chosen.name}"),
        author=legible(details.author[:LONGEST] or details.organisation[:LONGEST]),
        subject=legible(report.instrument),
    )
    canvases: list[TaggedCanvas] = []

    def canvas(*args: object, **kwargs: object) -> TaggedCanvas:
        made = TaggedCanvas(*args, **kwargs)
        made.rehearsing = not canvases  # the first pass only counts the pages, so it is never the last
        canvases[:] = [made]  # keep the last pass
        return made

    document.multiBuild(chosen.pages(report, words, chosen.name), canvasmaker=canvas)
    return target.getvalue(), canvases[0].tree


def _foot(report: Report, words: Wording) -> str:
    """Format the footer: confidentiality and the start of the release digest, so that every page is traceable."""
    details = report.details
    foot = details.confidentiality[:LONGEST] or words.gettext("Confidential")
    if not details.release:
        return foot
    release = words.gettext("Release {digest}").format(digest=details.release[:SHORT])
    return f"{foot} · {release}"
