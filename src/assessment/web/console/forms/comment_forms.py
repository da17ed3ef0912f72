"""Forms of the consultant's comments: one for each part, named by it; field ids are the JSON pointers of the parts."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, convert

from assessment.domain.closed_sets import ActionStatus
from assessment.domain.report.comment_parts import NO_ACTION_EDIT, AboutReport, PartKind, PartValue
from assessment.domain.report.comments import Comments, ModerationInput
from assessment.domain.report.details import ActionEdit, ConsultantFinding, FindingEdit
from assessment.i18n.messages import N_
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import FieldError

PART_FIELD, REVISION_FIELD, CLEAR_FIELD, MOVE_FIELD = "part", "revision", "clear", "move"
ADD_FIELD, REMOVE_FIELD = "add", "remove"
NEW_FINDING = "new"
MAX_FINDING_FORMS = 60
MODERATED_FIELD, REASON_FIELD = "moderated", "reason"


class ListedIds(Struct, frozen=True):
    """Ids of the actions and findings on the page, in their order: a move changes it."""

    actions: Sequence[str]
    findings: Sequence[str]


def read_part_form(
    form: FormData, part: str, errors: list[FieldError], listed: ListedIds, stored: Comments
) -> PartValue:
    """Read the value of a part. `ValueError` if unknown.

    `stored` are the newest comments: a form that moves, adds or removes one entry changes those.
    """
    kind, _, identifier = part.partition(":")
    is_cleared = form.text(CLEAR_FIELD) == "yes"
    readers: dict[PartKind, Callable[[], PartValue]] = {
        PartKind.ABOUT: lambda: AboutReport(**{name: form.text(name) for name in AboutReport.__struct_fields__}),
        PartKind.REMARK: lambda: form.text(f"remarks:{identifier}"),
        PartKind.FINDINGS: lambda: tuple(_read_findings(form, stored.findings)),
        PartKind.MODERATION: lambda: None if is_cleared else _read_moderation(form, identifier, errors),
        PartKind.ACTION: lambda: NO_ACTION_EDIT if is_cleared else _read_action(form, identifier),
        PartKind.ORDER: lambda: () if is_cleared else move_entry(listed.actions, form.text(MOVE_FIELD), stored.order),
        PartKind.DROPPED: lambda: "" if is_cleared else _read_reason(form, f"dropped:{identifier}", errors),
        PartKind.FINDING: lambda: FindingEdit(
            form.text(f"finding_edits:{identifier}:text"), form.text(f"finding_edits:{identifier}:note")
        ),
        PartKind.FINDING_ORDER: lambda: (
            () if is_cleared else move_entry(listed.findings, form.text(MOVE_FIELD), stored.finding_order)
        ),
        PartKind.DROPPED_FINDING: lambda: (
            "" if is_cleared else _read_reason(form, f"dropped_findings:{identifier}", errors)
        ),
    }
    return readers[PartKind(kind)]()


def move_entry(listed: Sequence[str], move: str, own_order: Sequence[str]) -> tuple[str, ...]:
    """Return the order after a move `up:ID` or `down:ID`; the stored one where it moves nothing."""
    direction, _, name = move.partition(":")
    if name not in listed or direction not in ("up", "down"):
        return tuple(own_order)
    order = list(listed)
    place = order.index(name)
    other = place - 1 if direction == "up" else place + 1
    if not 0 <= other < len(order):
        return tuple(own_order)
    order[place], order[other] = order[other], order[place]
    return tuple(order)


def _read_reason(form: FormData, field: str, errors: list[FieldError]) -> str:
    """Read why something is left out; without a reason it stays."""
    reason = form.text(field)
    if not reason:
        errors.append((field, N_("Say why, for your colleagues.")))
    return reason


def _read_findings(form: FormData, stored: Sequence[ConsultantFinding]) -> Iterator[ConsultantFinding]:
    """Yield the findings of the form that have a title or a text; or the stored ones with one added or removed."""
    removed = form.text(REMOVE_FIELD)
    if form.text(ADD_FIELD) == "yes":
        yield from stored
        yield from _read_finding(form, NEW_FINDING)
    elif removed:
        yield from (finding for place, finding in enumerate(stored) if str(place) != removed)
    else:
        for place in range(MAX_FINDING_FORMS):
            yield from _read_finding(form, str(place))


def _read_finding(form: FormData, name: str) -> Iterator[ConsultantFinding]:
    finding = ConsultantFinding(form.text(f"findings:{name}:title"), form.text(f"findings:{name}:text"))
    if finding.title or finding.text:
        yield finding


def _read_moderation(form: FormData, figure: str, errors: list[FieldError]) -> ModerationInput | None:
    figure = figure or form.text("figure")
    before = len(errors)
    value = form_fields.read_number(form, MODERATED_FIELD, errors)
    reason = form.text(REASON_FIELD)
    if value is None and not reason and len(errors) == before:
        return None
    return ModerationInput(figure, -1.0 if value is None else value, reason)


def _read_action(form: FormData, identifier: str) -> ActionEdit:
    texts = {name: form.text(f"actions:{identifier}:{name}") for name in ActionEdit.__struct_fields__}
    known = {name: text for name, text in texts.items() if name != "status" or text in tuple(ActionStatus)}
    return convert({name: text for name, text in known.items() if text}, ActionEdit)
