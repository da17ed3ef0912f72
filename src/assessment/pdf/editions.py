"""Editions of a report: the pages per audience, all from the same report."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from reportlab.platypus import NextPageTemplate, PageBreak

from assessment.charts.roadmap import draw_roadmap_chart
from assessment.domain.report import Report
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION, FUNCTION_EDITION_PREFIX, RESPONDENT_EDITION
from assessment.domain.report.playbooks import select_playbook_actions
from assessment.domain.report.sections.functions import FunctionSection
from assessment.i18n import Translator
from assessment.pdf.cover import CoverPage, Masthead
from assessment.pdf.document import COVER_TEMPLATE, FIRST_TEMPLATE, INNER_TEMPLATE
from assessment.pdf.page_blocks import (
    MAX_REMARK_LENGTH,
    Blocks,
    lay_out_remark,
    make_chart_block,
    make_heading,
    make_heading_with_block,
    make_notes,
    make_title,
    shrink_to_page,
)
from assessment.pdf.pages import (
    advice,
    answer,
    appendix,
    authority,
    change,
    contents,
    functions,
    hand_offs,
    heatmap,
    outlook,
    own_findings,
    perception_gap,
    roadmap,
    summary,
    target_paths,
    targets,
)
from assessment.pdf.typesetting.text import make_gap, make_paragraph
from assessment.pdf.typesetting.theme import CONTENT_HEIGHT, CONTENT_WIDTH, MASTHEAD_HEIGHT

MAX_BOARD_ACTIONS = 16
FEW_ACTIONS = 2  # actions, at most, that leave room in a playbook for the next rung of every dimension


class Edition(Struct, frozen=True):
    """Name (on the cover and in the document title), page builder, and first page template."""

    name: str
    lay_out_pages: Callable[[Report, Translator, str], Blocks]
    first_template: str = FIRST_TEMPLATE


def find_edition(report: Report, audience: str, translator: Translator) -> Edition:
    """Find an edition. Raises ValueError for an audience that this report has no edition for."""
    editions = {
        FULL_EDITION: Edition(translator.gettext("Full report"), _lay_out_full_report, COVER_TEMPLATE),
        BOARD_EDITION: Edition(translator.gettext("Board edition"), _lay_out_board_edition),
        RESPONDENT_EDITION: Edition(translator.gettext("Summary for those who answered"), _lay_out_respondents_summary),
    }
    for part in report.functions:
        editions[FUNCTION_EDITION_PREFIX + part.id] = _make_playbook(part, translator)
    if audience not in editions:
        raise ValueError(audience)
    return editions[audience]


def _lay_out_full_report(report: Report, translator: Translator, name: str) -> Blocks:
    blocks: Blocks = [NextPageTemplate(INNER_TEMPLATE), CoverPage(report, translator, name)]
    blocks += answer.lay_out_answer(report, translator) + contents.lay_out_contents(report, translator)
    blocks += own_findings.lay_out_own_findings(report, translator)
    blocks += targets.lay_out_targets(report, translator) + heatmap.lay_out_heatmap(report, translator)
    subjects = (
        perception_gap.lay_out_perception_gap,
        authority.lay_out_authority,
        hand_offs.lay_out_hand_offs,
    )
    known, unknown = _split_off_unknown(
        [functions.lay_out_function(report, part, translator) for part in report.functions]
        + [subject(report, translator) for subject in subjects]
    )
    # Embedding alone fills no page: it follows the lines on subjects of which nothing is known.
    blocks += known + unknown + outlook.lay_out_outlook(report, translator, fresh=not unknown)
    blocks += (
        roadmap.lay_out_roadmap(report, translator)
        + advice.lay_out_advice(report, translator)
        + change.lay_out_change(report, translator)
    )
    return blocks + appendix.lay_out_appendix(report, translator)


def _split_off_unknown(parts: Sequence[Blocks]) -> tuple[Blocks, Blocks]:
    """Separate sections with pages of their own from unknown ones, which are short and go last."""
    known: Blocks = []
    unknown: Blocks = []
    for part in parts:
        target = known if part and isinstance(part[0], PageBreak) else unknown
        target += part
    return known, unknown


def _lay_out_board_edition(report: Report, translator: Translator, name: str) -> Blocks:
    """Two pages, shrunk to fit: the answer, then the decision and the roadmap."""
    section = report.answer
    first: Blocks = make_title(translator.gettext("The answer on one page"), translator.render_message(section.title))
    first += [*answer.lay_out_level(report, translator), *answer.lay_out_findings(report, translator)]
    first += [*answer.lay_out_first_actions(report, translator), *_lay_out_further_findings(report, translator)]
    first += [
        *own_findings.lay_out_moderated_scores(report, translator),
        *lay_out_remark(report, translator, "answer", MAX_REMARK_LENGTH),
    ]
    first += [make_gap(6), *make_notes(section.notes, translator)]
    part = report.roadmap
    second: Blocks = make_title(translator.gettext("The decision and the way"), translator.render_message(part.title))
    second += [answer.lay_out_decision(report, translator), make_gap(10)]
    actions = part.actions[:MAX_BOARD_ACTIONS]
    if actions:
        second += [make_chart_block(draw_roadmap_chart(part, actions, translator, CONTENT_WIDTH)), make_gap(4)]
        second += [make_paragraph(roadmap.format_roadmap_key(report, translator), "small")]
        second += [*make_notes(part.notes, translator)]
        second += make_heading_with_block(
            roadmap.format_first_actions_title(report, translator), roadmap.make_owner_table(part.starting, translator)
        )
    elif report.answer.overall.figure.value is None:
        second += appendix.lay_out_withheld_figures(report, translator)
    second += [make_gap(8), make_paragraph(_format_rest_note(report, translator), "small")]
    pages = (
        shrink_to_page(first, CONTENT_HEIGHT - MASTHEAD_HEIGHT),
        PageBreak(),
        shrink_to_page(second, CONTENT_HEIGHT),
    )
    return [NextPageTemplate(INNER_TEMPLATE), Masthead(report, translator, name), *pages]


def _lay_out_further_findings(report: Report, translator: Translator) -> Blocks:
    """One sentence each on target paths and on the change since the last wave."""
    sentences = (
        [(translator.gettext("What would lift the level"), report.target_paths.title)]
        if report.target_paths.rows
        else []
    )
    if report.change:
        sentences.append((translator.gettext("Change since the last wave"), report.change.title))
    return [
        block
        for title, message in sentences
        for block in (make_heading(title), make_paragraph(f"{translator.render_message(message)}."))
    ]


def _format_rest_note(report: Report, translator: Translator) -> str:
    """State what only the full report contains."""
    more = len(report.roadmap.actions) - MAX_BOARD_ACTIONS
    rest = translator.gettext("All figures, their intervals and what is hidden are in the full report.")
    if more > 0:
        text = translator.ngettext(
            "{count} more action is in the full report.", "{count} more actions are in the full report.", more
        )
        rest = f"{text.format(count=more)} {rest}"
    return rest


def _lay_out_respondents_summary(report: Report, translator: Translator, name: str) -> Blocks:
    """One page, shrunk to fit."""
    page = shrink_to_page(summary.lay_out_summary(report, translator), CONTENT_HEIGHT - MASTHEAD_HEIGHT)
    return [NextPageTemplate(INNER_TEMPLATE), Masthead(report, translator, name), page]


def _make_playbook(part: FunctionSection, translator: Translator) -> Edition:
    def lay_out_pages(report: Report, translator: Translator, name: str) -> Blocks:
        blocks: Blocks = [NextPageTemplate(INNER_TEMPLATE), Masthead(report, translator, name)]
        blocks += functions.lay_out_function(report, part, translator, in_playbook=True)
        actions = select_playbook_actions(report, part)
        rows = [row for row in report.target_paths.rows if row.function == part.id]
        shared = _lay_out_shared_actions(report, translator)
        few = len(actions) <= (0 if shared else FEW_ACTIONS)
        rungs = (
            functions.lay_out_all_rungs(report, part, translator)
            if few
            else functions.lay_out_next_rungs(part, translator)
        )
        if not actions and part.level_score.figure.value is None:
            rungs = [*rungs, make_gap(10), answer.lay_out_decision(report, translator)]
        prospects = [row for row in report.target_paths.prospects if row.name == part.name]
        paths = target_paths.lay_out_target_paths(report, rows, prospects, translator)
        around = [group for group in (rungs, paths) if group], [shared] if shared else []
        blocks += advice.lay_out_function_advice(
            around, actions, translator, part.name, roadmap.find_first_decision(report)
        )
        return blocks + appendix.lay_out_playbook_appendix(report, part, translator)

    return Edition(translator.gettext("Playbook for {function}").format(function=part.name), lay_out_pages)


def _lay_out_shared_actions(report: Report, translator: Translator) -> Blocks:
    """Lay out the actions of no single function: their owners may read nothing but a playbook."""
    actions = [action for action in report.roadmap.actions if action.function is None and action.topic != "quality"]
    if not actions:
        return []
    return [
        make_heading(translator.gettext("In the roadmap for all functions")),
        roadmap.make_owner_table(actions, translator),
    ]
