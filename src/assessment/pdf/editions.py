"""Editions of a report: the pages per audience, all from the same report."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from reportlab.platypus import NextPageTemplate, PageBreak

from assessment.charts.roadmap import draw_roadmap_chart
from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION, FUNCTION_EDITION_PREFIX, RESPONDENT_EDITION
from assessment.domain.report.playbooks import select_playbook_actions
from assessment.domain.report.sections.functions import FunctionSection
from assessment.i18n import Translator
from assessment.pdf.cover import CoverPage, Masthead
from assessment.pdf.document import COVER_TEMPLATE, FIRST_TEMPLATE, INNER_TEMPLATE
from assessment.pdf.page_blocks import (
    MAX_REMARK_LENGTH,
    Blocks,
    fit_on_page,
    lay_out_remark,
    make_chart_block,
    make_heading,
    make_title,
    shrink_to_page,
)
from assessment.pdf.pages import (
    advice,
    answer,
    appendix,
    change,
    contents,
    functions,
    own_findings,
    people_said,
    roadmap,
    summary,
    target_paths,
)
from assessment.pdf.section_groups import list_section_choices
from assessment.pdf.typesetting.page_filling import BalancedGroups
from assessment.pdf.typesetting.page_groups import BlockGroups, group_by_section
from assessment.pdf.typesetting.text import make_gap, make_paragraph
from assessment.pdf.typesetting.theme import CONTENT_HEIGHT, CONTENT_WIDTH, MASTHEAD_HEIGHT

BOARD_COUNTS = (100, 16, 12, 10, 8, 7, 6, 5)  # actions on the second page of the board edition: as many as fit
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
    sections = BalancedGroups(list_section_choices(report, translator), CONTENT_HEIGHT, saves_pages=False)
    blocks += [PageBreak(), sections]
    if report.roadmap.actions:
        after = [
            *group_by_section(change.lay_out_change(report, translator)),
            *group_by_section(own_findings.lay_out_own_findings(report, translator)),
        ]
        blocks += roadmap.lay_out_roadmap(report, translator)
        blocks += advice.lay_out_advice(report, translator, (roadmap.group_plan(report, translator), after))
    return blocks + appendix.lay_out_appendix(report, translator)


def _lay_out_board_edition(report: Report, translator: Translator, name: str) -> Blocks:
    """Two pages: the answer, then the decision and the roadmap; each with as many details as fit."""
    first = [partial(_lay_out_board_answer, report, translator, details) for details in answer.DETAILS]
    counts = dict.fromkeys(min(count, len(report.roadmap.actions)) for count in BOARD_COUNTS)
    second = [partial(_lay_out_board_roadmap, report, translator, report.roadmap.actions[:count]) for count in counts]
    return [
        NextPageTemplate(INNER_TEMPLATE),
        Masthead(report, translator, name),
        fit_on_page(first, CONTENT_HEIGHT - MASTHEAD_HEIGHT),
        PageBreak(),
        fit_on_page(second, CONTENT_HEIGHT),
    ]


def _lay_out_board_answer(report: Report, translator: Translator, details: answer.AnswerDetails) -> Blocks:
    title = translator.render_message(report.answer.title)
    return [
        *make_title(translator.gettext("The answer on one page"), title),
        *answer.lay_out_level(report, translator),
        *lay_out_remark(report, translator, "answer", MAX_REMARK_LENGTH),
        *answer.lay_out_findings(report, translator, details),
        *_lay_out_further_findings(report, translator),
        *own_findings.lay_out_moderated_scores(report, translator),
        *own_findings.lay_out_finding_changes(report, translator),
        make_gap(5.25),
        *answer.lay_out_footnotes(report, translator, details),
    ]


def _lay_out_board_roadmap(report: Report, translator: Translator, actions: Sequence[Action]) -> Blocks:
    """Lay out the decision and the first actions; the pinned ones come first in any order."""
    part = report.roadmap
    blocks: Blocks = make_title(translator.gettext("The decision and the way"), translator.render_message(part.title))
    blocks += [answer.lay_out_decision(report, translator), make_gap(7)]
    if actions:
        blocks += [make_chart_block(draw_roadmap_chart(part, actions, translator, CONTENT_WIDTH)), make_gap(3.5)]
        blocks += [make_paragraph(roadmap.format_roadmap_key(report, translator), "small")]
        blocks += roadmap.lay_out_roadmap_notes(report, translator) + roadmap.lay_out_next_steps(report, translator)
    elif report.answer.overall.figure.value is None:
        blocks += appendix.lay_out_withheld_figures(report.appendix.rules, translator)
    return [*blocks, make_gap(7), make_paragraph(_format_rest_note(report, len(actions), translator), "small")]


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


def _format_rest_note(report: Report, count: int, translator: Translator) -> str:
    """State what only the full report contains; `count` actions are listed here."""
    more = len(report.roadmap.actions) - count
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
        return [
            NextPageTemplate(INNER_TEMPLATE),
            Masthead(report, translator, name),
            BalancedGroups(_list_playbook_choices(report, part, translator), CONTENT_HEIGHT),
        ]

    return Edition(translator.gettext("Playbook for {function}").format(function=part.name), lay_out_pages)


def _list_playbook_choices(
    report: Report, part: FunctionSection, translator: Translator
) -> Sequence[Callable[[], BlockGroups]]:
    """List the ways to lay out a playbook: the function, what would lift it, its actions, comments, and its items."""
    actions = select_playbook_actions(report, part)
    shared = _lay_out_shared_actions(report, actions, translator)
    few = len(actions) <= (0 if shared else FEW_ACTIONS)
    rungs = (
        functions.lay_out_all_rungs(report, part, translator) if few else functions.lay_out_next_rungs(part, translator)
    )
    if not actions and part.level_score.figure.value is None:
        rungs = [*rungs, make_gap(10), answer.lay_out_decision(report, translator)]
    rows = [row for row in report.target_paths.rows if row.function == part.id]
    prospects = [row for row in report.target_paths.prospects if row.name == part.name]
    before = [
        *group_by_section(functions.lay_out_function(report, part, translator, in_playbook=True)),
        rungs,
        *group_by_section(target_paths.lay_out_target_paths(report, rows, prospects, translator)),
    ]
    after = [
        shared,
        people_said.lay_out_function_comments(report, part.id, translator),
    ]
    before, after = [group for group in before if group], [group for group in after if group]
    first = roadmap.find_first_decision(report)
    appendices = [
        appendix.group_playbook_appendix(report, part, translator, style, pad)
        for style, pad in appendix.PLAYBOOK_ITEM_STYLES
    ]
    return [
        choice
        for last in appendices
        for choice in advice.list_function_advice_choices(
            (before, [*after, *last]), actions, translator, part.name, first
        )
    ]


def _lay_out_shared_actions(report: Report, own: Sequence[Action], translator: Translator) -> Blocks:
    """Lay out the actions that belong to no function; those of the function are printed in full elsewhere."""
    listed = {action.id for action in own}
    actions = [
        action
        for action in report.roadmap.actions
        if action.function is None and action.topic != "quality" and action.id not in listed
    ]
    if not actions:
        return []
    return [
        make_heading(translator.gettext("In the roadmap for all functions")),
        roadmap.make_owner_table(actions, translator),
    ]
