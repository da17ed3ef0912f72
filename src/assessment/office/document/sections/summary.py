"""Summary for those who answered."""

from assessment.office.document.document_writer import DocumentWriter
from assessment.office.report_charts import build_level_chart


def add_summary(writer: DocumentWriter) -> None:
    """Add what was asked, results, next steps, and how the answers were protected."""
    section, translator = writer.selection.report.summary, writer.translator
    writer.add_heading(translator.render_message(section.title))
    for title, messages in (
        (translator.gettext("What was asked"), section.subjects),
        (translator.gettext("Results"), section.findings),
        (translator.gettext("What happens next"), section.next_steps),
        (translator.gettext("How your answers were protected"), section.protection),
    ):
        writer.add_heading(title, 2)
        writer.add_messages(messages)
        if messages is section.findings:
            writer.add_chart(build_level_chart(writer.selection), translator.gettext("Where it stands"))
    writer.add_remark("next")
