"""Slide of what the consultant adds."""

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line

MAX_FINDINGS, MAX_CHANGES, MAX_MODERATIONS, MAX_TEXT_LENGTH = 4, 5, 5, 500


def add_own_findings(deck: DeckWriter) -> None:
    """Add the consultant's findings, text and moderated scores, marked as theirs; nothing if there are none."""
    report, translator = deck.selection.report, deck.translator
    details = report.details
    remark = details.remarks.get("answer", "").strip()
    changes = translator.render_messages(report.answer.finding_notes)
    if not (details.findings or report.moderations or remark or changes):
        return
    notes = [text for finding in details.findings for text in (finding.title, finding.text)] + [*changes]
    writer = deck.add_slide(translator.gettext("The consultant adds to the computed findings"), [remark, *notes])
    lines = [Line(translator.gettext("In the consultant’s own words"), 12, bold=True, tone="third")]
    lines += [Line(remark[:MAX_TEXT_LENGTH], 15)] if remark else []
    for finding in details.findings[:MAX_FINDINGS]:
        lines += [Line(finding.title, bold=True), Line(finding.text[:MAX_TEXT_LENGTH], 13)]
    if changes:
        lines.append(Line(translator.gettext("Changes to computed findings"), bold=True))
        lines += [Line(text[:MAX_TEXT_LENGTH], 13) for text in changes[:MAX_CHANGES]]
    if report.moderations:
        lines.append(Line(translator.gettext("Moderated scores"), bold=True))
        template = translator.gettext("{place}: {moderated}, computed {computed}")
        lines += [
            Line(
                template.format(
                    place=row.place,
                    moderated=translator.format_figure(row.moderated),
                    computed=translator.format_figure(row.computed),
                ),
                13,
            )
            for row in report.moderations[:MAX_MODERATIONS]
        ]
    writer.add_text(CONTENT, lines, name="Findings")
