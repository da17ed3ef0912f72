"""Cover, the answer on one page, contents."""

from reportlab.platypus import NextPageTemplate, PageBreak, Paragraph

from assessment.charts.level import level_chart
from assessment.domain.report import Report
from assessment.pdf.document import INNER, Heading, contents
from assessment.pdf.pages.blocks import Blocks, chart, heading, key_figures, notes, numbered, page
from assessment.pdf.text import cell, gap, paragraph, table
from assessment.pdf.theme import COLOUR, WIDTH, styles
from assessment.wording import Wording

NAME_LIMIT, TITLE_LIMIT = 160, 240


def cover(report: Report, wording: Wording) -> Blocks:
    """Who, what, when."""
    details = report.details
    lines = [details.title, wording.gettext("Wave {wave}").format(wave=details.wave) if details.wave else ""]
    lines.append(wording.date(details.date) if details.date else "")
    return [
        NextPageTemplate(INNER),
        gap(170),
        paragraph(report.instrument, "kicker"),
        paragraph(details.organisation, "display", NAME_LIMIT),
        *(paragraph(line, "cover", TITLE_LIMIT) for line in lines if line),
        gap(26),
        _rule(),
        gap(12),
        paragraph(wording.text(report.answer.title), "lead"),
    ]


def _rule() -> Paragraph:
    made = table([[""]], [64], head=0, lines=False, pad=0)
    made.setStyle([("LINEABOVE", (0, 0), (-1, 0), 2.5, COLOUR["accent"])])
    return made


def the_answer(report: Report, wording: Wording) -> Blocks:
    """The page that a board reads."""
    answer = report.answer
    findings = [
        (str(number), [paragraph(wording.text(finding), "lead")])
        for number, finding in enumerate(answer.findings, start=1)
    ]
    actions = [
        (
            str(action.place),
            [cell(action.title, "decision"), cell(f"{action.owner} · {action.horizon_name}", "cell-muted")],
        )
        for action in answer.actions
    ]
    blocks = page(wording.gettext("The answer on one page"), wording.text(answer.title))
    blocks += [chart(level_chart(answer, wording, WIDTH)), gap(8), *key_figures(answer.key_figures, wording)]
    if findings:
        blocks += [heading(wording.gettext("What we found")), numbered(findings)]
    if actions:
        blocks += [heading(wording.gettext("What to do first")), numbered(actions)]
    blocks += [gap(12), _decision(wording.gettext("The decision asked for"), wording.text(answer.decision))]
    return [*blocks, gap(6), *notes(answer.notes, wording)]


def _decision(label: str, text: str) -> Paragraph:
    box = table([[[paragraph(label, "kicker"), paragraph(text, "decision", 900)]]], [WIDTH], head=0, lines=False)
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), COLOUR["wash"]),
            ("LINEBEFORE", (0, 0), (0, -1), 3, COLOUR["accent"]),
            ("LEFTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 10),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 12),
        ]
    )
    return box


def contents_page(wording: Wording) -> Blocks:
    """What is where."""
    title = wording.gettext("Contents")
    return [PageBreak(), Heading(title, "title", 0), contents()]


__all__ = ["contents_page", "cover", "styles", "the_answer"]
