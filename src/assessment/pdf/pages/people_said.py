"""Page of what people said, and of the evidence behind ratings."""

from reportlab.platypus import CondPageBreak

from assessment.domain.report import Report
from assessment.domain.report.message import make_message
from assessment.domain.report.sections.people_said import CommentGroup
from assessment.i18n import Translator
from assessment.pdf.page_blocks import Blocks, make_heading, make_notes, make_points, make_title, start_page
from assessment.pdf.typesetting.text import make_bullets, make_gap
from assessment.pdf.typesetting.theme import CONTENT_HEIGHT

MIN_ROOM = 0.3 * CONTENT_HEIGHT


def lay_out_people_said(report: Report, translator: Translator) -> Blocks:
    """Lay out the evidence, then the comments by function; nothing if there is neither."""
    part = report.people_said
    if part is None:
        return []
    subject, title = translator.gettext("What people told us"), translator.render_message(part.title)
    if part.groups:
        blocks = start_page(subject, title)
    else:  # a few lines, which fill no page
        blocks = [CondPageBreak(MIN_ROOM), *make_title(subject, title, above=24)]
    if part.evidence:
        blocks += [
            make_heading(translator.gettext("What ratings are based on")),
            *make_points(part.evidence, translator),
        ]
    for group in part.groups:
        name = group.name or translator.gettext("The whole organisation")
        blocks += [CondPageBreak(MIN_ROOM), *lay_out_comments(group, name, translator)]
    return [*blocks, make_gap(8), *make_notes(part.notes, translator)]


def lay_out_function_comments(report: Report, function: str, translator: Translator) -> Blocks:
    """Lay out the comments about one function, for its playbook."""
    groups = [
        group for group in (report.people_said.groups if report.people_said else ()) if group.function == function
    ]
    return [
        block
        for group in groups
        for block in lay_out_comments(group, translator.gettext("What people told us"), translator)
    ]


def lay_out_comments(group: CommentGroup, title: str, translator: Translator) -> Blocks:
    quoted = [translator.render_message(make_message("quoted", text=" ".join(text.split()))) for text in group.comments]
    return [make_heading(title), *make_bullets(quoted)]
