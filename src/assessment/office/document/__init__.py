"""The document: the report as a Word file to edit, with styles, headings and captions."""

from assessment.domain.report.audiences import BOARD_EDITION
from assessment.office.document.document_writer import DocumentWriter
from assessment.office.document.sections import advice, answer, appendix, functions, subjects, summary
from assessment.office.selection import EditionSelection


def write_document(selection: EditionSelection) -> bytes:
    """Write the document of an edition."""
    writer = DocumentWriter(selection)
    answer.add_cover(writer)
    if selection.function is not None:
        _add_playbook(writer)
    elif not selection.is_short:
        _add_all_sections(writer)
    elif selection.audience == BOARD_EDITION:
        answer.add_answer(writer)
        answer.add_own_findings(writer)
        advice.add_roadmap(writer)
        appendix.add_provenance(writer)
    else:
        summary.add_summary(writer)
    return writer.save_document()


def _add_all_sections(writer: DocumentWriter) -> None:
    answer.add_contents(writer)
    answer.add_answer(writer)
    answer.add_own_findings(writer)
    subjects.add_targets(writer)
    subjects.add_heatmap(writer)
    for part in writer.selection.functions:
        functions.add_function(writer, part)
    subjects.add_perception_gap(writer)
    subjects.add_authority(writer)
    subjects.add_hand_offs(writer)
    subjects.add_outlook(writer)
    advice.add_roadmap(writer)
    advice.add_advice(writer)
    subjects.add_change(writer)
    appendix.add_appendix(writer)


def _add_playbook(writer: DocumentWriter) -> None:
    """Add the sections of one function: nothing about the others."""
    functions.add_function(writer, writer.selection.functions[0])
    advice.add_advice(writer)
    appendix.add_items(writer)
    appendix.add_provenance(writer)
