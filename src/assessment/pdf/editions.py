"""Editions of a report: the pages per audience, all from the same report."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from reportlab.platypus import NextPageTemplate, PageBreak

from assessment.charts.roadmap import roadmap_chart
from assessment.domain.report import Report
from assessment.domain.report.audiences import BOARD, FULL, FUNCTION, RESPONDENTS
from assessment.domain.report.parts import Action, FunctionPart
from assessment.pdf.cover import Cover, Masthead
from assessment.pdf.document import COVER, FIRST, INNER
from assessment.pdf.pages import appendix, findings, front, people, way
from assessment.pdf.pages.blocks import Blocks, chart, heading, notes, own, titled, under
from assessment.pdf.text import gap, paragraph
from assessment.pdf.theme import HEIGHT, MASTHEAD, WIDTH
from assessment.wording import Wording

BOARD_ROWS = 16
FEW = 2  # actions, at most, that leave room in a playbook for the next rung of every dimension


class Edition(Struct, frozen=True):
    """Name (on the cover and in the document title), pages, and first page template."""

    name: str
    pages: Callable[[Report, Wording, str], Blocks]
    first: str = FIRST


def edition(report: Report, audience: str, wording: Wording) -> Edition:
    """Find an edition. Raises ValueError for an audience that this report has no edition for."""
    known = {
        FULL: Edition(wording.gettext("Full report"), _full, COVER),
        BOARD: Edition(wording.gettext("Board edition"), _board),
        RESPONDENTS: Edition(wording.gettext("Summary for those who answered"), _respondents),
    }
    for part in report.functions:
        known[FUNCTION + part.id] = _playbook(part, wording)
    if audience not in known:
        raise ValueError(audience)
    return known[audience]


def _full(report: Report, wording: Wording, name: str) -> Blocks:
    blocks: Blocks = [NextPageTemplate(INNER), Cover(report, wording, name)]
    blocks += front.the_answer(report, wording) + front.contents_page(report, wording)
    blocks += front.own_findings(report, wording)
    blocks += findings.targets(report, wording) + findings.heatmap(report, wording)
    subjects = (people.perception, people.authority, people.hand_offs)
    known, unknown = _parted(
        [findings.function(report, part, wording) for part in report.functions]
        + [subject(report, wording) for subject in subjects]
    )
    # Embedding alone fills no page: it follows the lines on subjects of which nothing is known.
    blocks += known + unknown + people.outlook(report, wording, fresh=not unknown)
    blocks += way.roadmap(report, wording) + way.advice(report, wording) + way.change(report, wording)
    return blocks + appendix.appendix(report, wording)


def _parted(parts: Sequence[Blocks]) -> tuple[Blocks, Blocks]:
    """Separate sections with pages of their own from unknown ones, which are short and go last."""
    known: Blocks = []
    unknown: Blocks = []
    for part in parts:
        target = known if part and isinstance(part[0], PageBreak) else unknown
        target += part
    return known, unknown


def _board(report: Report, wording: Wording, name: str) -> Blocks:
    """Two pages, shrunk to fit: the answer, then the decision and the roadmap."""
    section = report.answer
    first: Blocks = titled(wording.gettext("The answer on one page"), wording.text(section.title))
    first += [*front.standing(report, wording), *front.findings(report, wording)]
    first += [*front.first_actions(report, wording), *_beyond(report, wording)]
    first += [*front.moderated(report, wording), *own(report, wording, "answer", front.LONGEST_REMARK)]
    first += [gap(6), *notes(section.notes, wording)]
    part = report.roadmap
    second: Blocks = titled(wording.gettext("The decision and the way"), wording.text(part.title))
    second += [front.decision(report, wording), gap(10)]
    shown = part.actions[:BOARD_ROWS]
    if shown:
        second += [chart(roadmap_chart(part, shown, wording, WIDTH)), gap(4)]
        second += [paragraph(way.roadmap_key(report, wording), "small")]
        second += [*notes(part.notes, wording)]
        second += under(way.starting_title(report, wording), way.owners(part.starting, wording))
    elif report.answer.overall.figure.shown is None:
        second += appendix.hidden(report, wording)
    second += [gap(8), paragraph(_rest(report, wording), "small")]
    pages = front.one_page(first, HEIGHT - MASTHEAD), PageBreak(), front.one_page(second, HEIGHT)
    return [NextPageTemplate(INNER), Masthead(report, wording, name), *pages]


def _beyond(report: Report, wording: Wording) -> Blocks:
    """One sentence each on target paths and on the change since the last wave."""
    sentences = [(wording.gettext("What would lift the level"), report.lifting.title)] if report.lifting.rows else []
    if report.change:
        sentences.append((wording.gettext("Change since the last wave"), report.change.title))
    return [block for title, one in sentences for block in (heading(title), paragraph(f"{wording.text(one)}."))]


def _rest(report: Report, wording: Wording) -> str:
    """State what only the full report contains."""
    more = len(report.roadmap.actions) - BOARD_ROWS
    rest = wording.gettext("All figures, their intervals and what is hidden are in the full report.")
    if more > 0:
        text = wording.ngettext(
            "{count} more action is in the full report.", "{count} more actions are in the full report.", more
        )
        rest = f"{text.format(count=more)} {rest}"
    return rest


def _respondents(report: Report, wording: Wording, name: str) -> Blocks:
    """One page, shrunk to fit."""
    page = front.one_page(front.summary(report, wording), HEIGHT - MASTHEAD)
    return [NextPageTemplate(INNER), Masthead(report, wording, name), page]


def _playbook(part: FunctionPart, wording: Wording) -> Edition:
    def pages(report: Report, wording: Wording, name: str) -> Blocks:
        blocks: Blocks = [NextPageTemplate(INNER), Masthead(report, wording, name)]
        blocks += findings.function(report, part, wording, alone=True)
        actions = _to_do(report, part)
        rows = [row for row in report.lifting.rows if row.function == part.id]
        shared = _shared(report, wording)
        few = len(actions) <= (0 if shared else FEW)
        rungs = findings.every_rung(report, part, wording) if few else findings.rungs(part, wording)
        if not actions and part.whole.figure.shown is None:
            rungs = [*rungs, gap(10), front.decision(report, wording)]
        prospects = [row for row in report.lifting.prospects if row.name == part.name]
        lifting = findings.lifting(report, rows, prospects, wording)
        around = [group for group in (rungs, lifting) if group], [shared] if shared else []
        blocks += way.of_function(around, actions, wording, part.name, way.settled_first(report))
        return blocks + appendix.of_function(report, part, wording)

    return Edition(wording.gettext("Playbook for {function}").format(function=part.name), pages)


def _to_do(report: Report, part: FunctionPart) -> Sequence[Action]:
    """A function's advice; first what makes its figures sure, where they are in doubt.

    Actions fired by another function's figures are left out: they are not for this reader.
    """
    quality = [action for action in report.roadmap.actions if action.topic == "quality"]
    doubts = [own for action in quality if (own := _of_function(action, part)) is not None]
    return [*doubts, *(action for action in part.actions if action.id not in {doubt.id for doubt in doubts})]


def _of_function(action: Action, part: FunctionPart) -> Action | None:
    """Keep of an action the figures of one function; None where it has fired on others alone."""
    own = tuple(fired for fired in action.fired if fired.figure.values["function"] == part.name)
    if not own:
        return None
    return replace(action, fired=own, goal=action.goal if own[0] == action.fired[0] else None)


def _shared(report: Report, wording: Wording) -> Blocks:
    """Actions that belong to no single function: their owners may read nothing but a playbook."""
    actions = [action for action in report.roadmap.actions if action.function is None and action.topic != "quality"]
    if not actions:
        return []
    return [heading(wording.gettext("In the roadmap for all functions")), way.owners(actions, wording)]
