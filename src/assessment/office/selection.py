"""Selection of an edition: everything, or the parts of one function."""

from collections.abc import Sequence

from msgspec import Struct

from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION, FUNCTION_EDITION_PREFIX, RESPONDENT_EDITION
from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.playbooks import select_playbook_actions
from assessment.domain.report.sections.appendix import ProvenanceLine
from assessment.domain.report.sections.functions import FunctionSection
from assessment.i18n import Translator

DIGEST_PREFIX_LENGTH = 12


class EditionSelection(Struct, frozen=True):
    """The parts of a report that an edition shows. `function` is set if it is about one function."""

    report: Report
    translator: Translator
    audience: str
    name: str
    title: Message
    functions: tuple[FunctionSection, ...]
    actions: Sequence[Action]
    function: FunctionSection | None = None
    is_short: bool = False

    @property
    def is_complete(self) -> bool:
        """Return whether it shows figures of all functions."""
        return self.function is None

    @property
    def subject(self) -> str:
        """Organisation, assessment and edition on one line."""
        details = self.report.details
        return " · ".join(text for text in (details.organisation, details.title, self.name) if text)

    @property
    def footer(self) -> str:
        """Confidentiality and the start of the release digest, so that every page can be traced."""
        details, translator = self.report.details, self.translator
        text = details.confidentiality or translator.gettext("Confidential")
        if not details.release:
            return text
        release = translator.gettext("Release {digest}").format(digest=details.release[:DIGEST_PREFIX_LENGTH])
        return f"{text} · {release}"

    @property
    def date(self) -> str:
        """Closing date in words; empty if it is unknown."""
        day = self.report.details.date
        return self.translator.format_date(day) if day else ""

    @property
    def hidden(self) -> Sequence[Message]:
        """Return what is hidden in the parts that it shows, and why."""
        return self.report.appendix.list_hidden(self.function.id if self.function else "")

    def format_first_decision(self) -> str:
        """Name the action that others wait for, where a playbook does not list it; empty text otherwise."""
        places = {action.after for action in self.actions}
        listed = {action.id for action in self.actions}
        first = next((action for action in self.report.roadmap.actions if action.place in places), None)
        if first is None or first.id in listed:
            return ""
        text = self.translator.gettext("Action {place} of the roadmap is decided first: “{title}”.")
        return text.format(place=first.place, title=first.title)

    def format_owner_title(self) -> str:
        """Format the title of the first actions: if one is decided first, not all of them start now."""
        translator, starting = self.translator, self.report.roadmap.starting
        if not self.is_complete:
            return translator.gettext("Each action here has an owner and something to watch")
        if any(action.after is not None for action in self.report.roadmap.actions):
            return translator.gettext("The first actions have an owner and something to watch")
        return translator.ngettext(
            "{count} action starts now, with an owner and something to watch",
            "{count} actions start now, each with an owner and something to watch",
            len(starting),
        ).format(count=translator.format_number(len(starting)))

    def format_provenance(self, line: ProvenanceLine) -> str:
        """Format the value of a line of the provenance; dates in the reader's language."""
        text = self.translator.render_message(line.value)
        return self.translator.format_date(text) if line.label.id == "provenance.date" else text

    def list_key_figures(self) -> Sequence[tuple[str, KeyFigure]]:
        """List the key figures of all sections that the edition shows, each with the name of its section."""
        translator, report = self.translator, self.report
        figures = [(part.name, figure) for part in self.functions for figure in part.key_figures]
        if not self.is_complete:
            return figures
        overall = [(translator.gettext("The whole"), figure) for figure in report.answer.key_figures]
        sections = (
            (translator.gettext("Leaders and practitioners"), report.perception_gap),
            (translator.gettext("Authority and support"), report.authority),
            (translator.gettext("Roles in four years"), report.outlook),
        )
        own = [(name, figure) for name, part in sections if part for figure in part.key_figures]
        return [*overall, *figures, *own, *self._list_sides()]

    def _list_sides(self) -> Sequence[tuple[str, KeyFigure]]:
        """List the two sides of the risk, and the hand-offs of the whole: their sections show them in charts."""
        report, translator = self.report, self.translator
        sides = []
        if (part := report.authority) is not None:
            sides += [("figure.authority", part.authority), ("figure.support", part.support)]
        named = [
            (translator.gettext("Authority and support"), KeyFigure(make_message(label), figure))
            for label, figure in sides
        ]
        if report.hand_offs is not None:
            figure = KeyFigure(make_message("label.hand-offs-whole"), report.hand_offs.overall)
            named.append((translator.gettext("Hand-offs between channels"), figure))
        return named


def select_edition(report: Report, audience: str, translator: Translator) -> EditionSelection:
    """Select the parts of an edition. Raises ValueError for an audience that this report has no edition for."""
    names = {
        FULL_EDITION: translator.gettext("Full report"),
        BOARD_EDITION: translator.gettext("Board edition"),
        RESPONDENT_EDITION: translator.gettext("Summary for those who answered"),
    }
    if audience in names:
        return EditionSelection(
            report,
            translator,
            audience,
            names[audience],
            report.answer.title,
            report.functions,
            report.roadmap.actions,
            is_short=audience != FULL_EDITION,
        )
    for part in report.functions:
        if audience == FUNCTION_EDITION_PREFIX + part.id:
            name = translator.gettext("Playbook for {function}").format(function=part.name)
            actions = select_playbook_actions(report, part)
            return EditionSelection(report, translator, audience, name, part.title, (part,), actions, part)
    raise ValueError(audience)
