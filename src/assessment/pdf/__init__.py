"""Render a report as PDF. Deterministic: same report, language and audience give the same bytes."""

from collections.abc import Callable
from io import BytesIO

from pikepdf import Pdf

from assessment.charts.primitives.brand import use_brand
from assessment.domain.report import Report
from assessment.domain.report.audiences import FULL_EDITION, RESPONDENT_EDITION
from assessment.domain.verification.provenance import Provenance
from assessment.i18n import Translator, get_translator
from assessment.pdf.accessibility.structure_tree import write_creation_date, write_structure
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.document import ReportDocument, RunningLines
from assessment.pdf.editions import find_edition
from assessment.pdf.provenance_attachment import PdfDigests, attach_provenance, compute_digests, save_deterministically
from assessment.pdf.typesetting.fonts import make_legible, register_fonts

__all__ = ["preload_fonts", "render_report"]
MAX_TEXT_LENGTH = 200
DIGEST_PREFIX_LENGTH = 12


def render_report(
    report: Report,
    language: str | None = None,
    audience: str = FULL_EDITION,
    provenance: Callable[[PdfDigests], Provenance] | None = None,
) -> bytes:
    """Render one edition, by default in the report's language. No figure is calculated or rounded here.

    `provenance` is called with the digests of the drawn pages and returns what is attached. Raises ValueError for an
    audience that the report has no edition for (`domain.report.audiences`).
    """
    with use_brand(report.details.accent or ""):
        content, canvas = _draw_document(report, get_translator(language or report.language), audience)
    with Pdf.open(BytesIO(content)) as pdf:
        write_structure(pdf, canvas.tree, canvas.page_order)
        write_creation_date(pdf, report.details.date)
        if provenance is not None:
            attach_provenance(pdf, provenance(compute_digests(pdf)))
        return save_deterministically(pdf)


def preload_fonts() -> None:
    """Load the fonts in advance: otherwise the first report would wait for them."""
    register_fonts()


def _draw_document(report: Report, translator: Translator, audience: str) -> tuple[bytes, TaggedCanvas]:
    """Draw the pages; return the PDF, and the canvas with its structure."""
    register_fonts()
    details = report.details
    edition = find_edition(report, audience, translator)
    head = " · ".join(
        text for text in (details.organisation[:MAX_TEXT_LENGTH], details.title[:MAX_TEXT_LENGTH]) if text
    )
    target = BytesIO()
    document = ReportDocument(
        target,
        translator,
        RunningLines(head, _format_footer(report, translator, audience)),
        edition.first_template,
        title=make_legible(f"{head} · {edition.name}"),
        author=make_legible(details.author[:MAX_TEXT_LENGTH] or details.organisation[:MAX_TEXT_LENGTH]),
        subject=make_legible(report.instrument),
    )
    document.build(edition.lay_out_pages(report, translator, edition.name), canvasmaker=TaggedCanvas)
    return target.getvalue(), document.canv


def _format_footer(report: Report, translator: Translator, audience: str) -> str:
    """Format the footer: confidentiality and the start of the release digest, so that every page is traceable.

    Respondents get no "For the board only": their sheet is made for them.
    """
    details = report.details
    foot = translator.gettext("For everyone who answered")
    if audience != RESPONDENT_EDITION:
        foot = details.confidentiality[:MAX_TEXT_LENGTH] or translator.gettext("Confidential")
    if not details.release:
        return foot
    release = translator.gettext("Release {digest}").format(digest=details.release[:DIGEST_PREFIX_LENGTH])
    return f"{foot} · {release}"
