"""A report as PDF: the same report in the same language gives the same bytes."""

from io import BytesIO

from assessment.domain.report import Report
from assessment.pdf.document import Document, finished
from assessment.pdf.fonts import legible, register
from assessment.pdf.pages import appendix, findings, front, people, way
from assessment.pdf.pages.blocks import Blocks
from assessment.wording import Wording, wording

__all__ = ["render"]
LONGEST = 200


def render(report: Report, language: str | None = None) -> bytes:
    """Draw the report, by default in its own language. Nothing is calculated or rounded here."""
    words = wording(language or report.language)
    register()
    details = report.details
    running = " · ".join(text for text in (details.organisation[:LONGEST], details.title[:LONGEST]) if text)
    target = BytesIO()
    document = Document(
        target,
        words,
        running,
        title=legible(running),
        author=legible(details.organisation[:LONGEST]),
        subject=legible(report.instrument),
    )
    document.multiBuild(_pages(report, words))
    return finished(target.getvalue())


def _pages(report: Report, words: Wording) -> Blocks:
    blocks = front.cover(report, words) + front.the_answer(report, words) + front.contents_page(words)
    blocks += findings.targets(report, words) + findings.heatmap(report, words)
    for part in report.functions:
        blocks += findings.function(part, words)
    blocks += people.perception(report, words) + people.authority(report, words)
    blocks += people.hand_offs(report, words) + people.outlook(report, words)
    blocks += way.roadmap(report, words) + way.advice(report, words)
    blocks += appendix.method(report, words) + appendix.who_took_part(report, words)
    return blocks + appendix.hidden(report, words) + appendix.provenance(report, words) + appendix.items(report, words)
