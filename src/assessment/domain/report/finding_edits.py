"""The consultant's changes to computed findings: words, comment, order, and findings left out."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.details import FindingEdit, ReportDetails
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.plan_problems import (
    MAX_LINE_LENGTH,
    MAX_NOTE_LENGTH,
    MAX_QUOTED_LENGTH,
    MAX_REASON_LENGTH,
    check_length,
    escape_pointer,
)
from assessment.errors import Problem, with_values

NO_FINDING_EDIT = FindingEdit()
ADVICE_PREFIX = "advice."  # of findings that the figure of an action states
SECTION_FINDING = re.compile(r"(authority|embedding|functions|gap|hand-offs|heatmap|outlook)\.[a-z-]{1,30}")


class StatedFinding(Struct, frozen=True):
    """A computed finding with the consultant's changes; `text` is empty unless they reworded it.

    `id` is that of its message, or `advice.ID` if the figure of an action states it.
    """

    id: str
    computed: Message
    text: str = ""
    note: str = ""

    @property
    def message(self) -> Message:
        """Message that reports print."""
        return make_message("finding.reworded", text=self.text) if self.text else self.computed


def state_finding(identifier: str, computed: Message, details: ReportDetails) -> StatedFinding:
    """Add the consultant's changes to a computed finding."""
    edits = details.finding_edits if isinstance(details.finding_edits, dict) else {}
    edit = edits.get(identifier, NO_FINDING_EDIT)
    return StatedFinding(identifier, computed, edit.text.strip(), edit.note.strip())


def list_dropped_findings(details: ReportDetails) -> Collection[str]:
    """List the ids of the findings that the consultant left out."""
    return details.dropped_findings if isinstance(details.dropped_findings, tuple) else ()


def get_finding_places(details: ReportDetails) -> Mapping[str, int]:
    """Map ids to their places in the consultant's order; empty without one."""
    order = details.finding_order if isinstance(details.finding_order, tuple) else ()
    return {identifier: place for place, identifier in enumerate(order)}


def build_finding_notes(
    stated: Sequence[StatedFinding], dropped: Sequence[StatedFinding], details: ReportDetails
) -> tuple[Message, ...]:
    """Say what the consultant changed, so that readers can tell it from what is computed."""
    notes = []
    for finding in stated:
        if finding.text:
            notes.append(make_message("finding.computed", text=finding.text, computed=finding.computed))
        if finding.note:
            notes.append(make_message("finding.note", finding=finding.message, note=finding.note))
    if get_finding_places(details):
        notes.append(make_message("finding.own-order"))
    notes += [make_message("finding.dropped", computed=finding.computed) for finding in dropped]
    return tuple(notes)


def set_finding_edits(
    details: ReportDetails, edits: Mapping[str, FindingEdit], order: tuple[str, ...], dropped: Collection[str]
) -> ReportDetails:
    """Add changes to report details; what is empty stays unset."""
    if edits:
        details = replace(details, finding_edits=dict(edits))
    if order:
        details = replace(details, finding_order=order)
    if dropped:
        details = replace(details, dropped_findings=tuple(sorted(dropped)))
    return details


def find_finding_problems(
    edits: Mapping[str, FindingEdit], order: Sequence[str], dropped: Mapping[str, str], questionnaire: Questionnaire
) -> Iterator[Problem]:
    """Yield every problem of changed findings, their order, and findings left out."""
    rules = {rule.id for rule in questionnaire.rules}
    for name, edit in edits.items():
        pointer = f"/finding_edits/{escape_pointer(name)}"
        yield from _check_finding_id(name, rules, pointer)
        yield from check_length(edit.text, MAX_LINE_LENGTH, f"{pointer}/text")
        yield from check_length(edit.note, MAX_NOTE_LENGTH, f"{pointer}/note")
    for place, name in enumerate(order):
        yield from _check_finding_id(name, rules, f"/finding_order/{place}")
    if len(set(order)) != len(order):
        yield Problem("The order names a finding twice.", "Name each once.", pointer="/finding_order", code="duplicate")
    for name, reason in dropped.items():
        pointer = f"/dropped_findings/{escape_pointer(name)}"
        yield from _check_finding_id(name, rules, pointer)
        if not reason.strip():
            yield Problem(
                "A finding left out without a reason.", "Say why, for your colleagues.", pointer=pointer, code="missing"
            )
        yield from check_length(reason, MAX_REASON_LENGTH, pointer)


def _check_finding_id(name: str, rules: Collection[str], pointer: str) -> Iterator[Problem]:
    is_known = name.removeprefix(ADVICE_PREFIX) in rules if name.startswith(ADVICE_PREFIX) else None
    if is_known or (is_known is None and SECTION_FINDING.fullmatch(name)):
        return
    message = with_values("There is no finding {name}.", name=repr(name[:MAX_QUOTED_LENGTH]))
    yield Problem(message, "Use an id of the findings of the report.", pointer=pointer, code="unknown-value")
