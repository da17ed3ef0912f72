"""A report as PDF: the same report in the same language for the same audience gives the same bytes."""

from io import BytesIO

from assessment.domain.report import Report
from assessment.domain.report.audiences import FULL
from assessment.pdf.document import Document, Running
from assessment.pdf.editions import edition
from assessment.pdf.fonts import legible, register
from assessment.pdf.structure import tagged
from assessment.pdf.tagging import TaggedCanvas
from assessment.wording import Wording, wording

__all__ = ["render"]
LONGEST = 200
SHORT = 12


def render(report: Report, language: str | None = None, audience: str = FULL) -> bytes:
    """Draw one edition, by default in the report's own language. Nothing is calculated or rounded here.

    `ValueError` for an audience that the report has no edition for (`domain.report.audiences`).
    """
    words = wording(language or report.language)
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
    drawn: list[TaggedCanvas] = []

    def canvas(*args: object, **kwargs: object) -> TaggedCanvas:
        made = TaggedCanvas(*args, **kwargs)
        made.rehearsing = not drawn  # the first pass is never the last: it counts the pages
        drawn[:] = [made]  # the last one stays
        return made

    document.multiBuild(chosen.pages(report, words, chosen.name), canvasmaker=canvas)
    return tagged(target.getvalue(), drawn[0].tree)


def _foot(report: Report, words: Wording) -> str:
    """Whom it is for, and the beginning of the release's digest: so that no page is without its origin."""
    details = report.details
    foot = details.confidentiality[:LONGEST] or words.gettext("Confidential")
    if not details.release:
        return foot
    release = words.gettext("Release {digest}").format(digest=details.release[:SHORT])
    return f"{foot} · {release}"
