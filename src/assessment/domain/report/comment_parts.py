"""Parts of the consultant's comments that are edited one by one, so that two people can edit different ones.

A part is named `KIND` or `KIND:ID`: about, findings, order, remark:PLACE, moderation:FIGURE, action:ADVICE,
dropped:ADVICE, finding:ID, finding-order, dropped-finding:ID.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import asdict, replace

from assessment.domain.report.comments import Comments, ModerationInput
from assessment.domain.report.details import ActionEdit, ConsultantFinding, FindingEdit
from assessment.domain.report.finding_edits import NO_FINDING_EDIT

NO_ACTION_EDIT = ActionEdit()


class PartKind(StrEnum):
    ABOUT = "about"
    REMARK = "remark"
    FINDINGS = "findings"
    MODERATION = "moderation"
    ACTION = "action"
    ORDER = "order"
    DROPPED = "dropped"
    FINDING = "finding"
    FINDING_ORDER = "finding-order"
    DROPPED_FINDING = "dropped-finding"


class AboutReport(Struct, frozen=True):
    """Texts of the cover, also printed on every page."""

    title: str = ""
    wave: str = ""
    author: str = ""
    confidentiality: str = ""
    start: str = ""


PartValue: TypeAlias = (
    AboutReport
    | str
    | tuple[ConsultantFinding, ...]
    | tuple[str, ...]
    | ModerationInput
    | ActionEdit
    | FindingEdit
    | None
)


def name_part(kind: PartKind, identifier: str = "") -> str:
    """Name a part."""
    return f"{kind}:{identifier}" if identifier else str(kind)


def read_part(comments: Comments, part: str) -> PartValue:
    """Return the value of a part; None or empty if the consultant wrote nothing there. `ValueError` if unknown."""
    kind, _, identifier = part.partition(":")
    readers: dict[PartKind, Callable[[], PartValue]] = {
        PartKind.ABOUT: lambda: AboutReport(
            **{name: getattr(comments, name) for name in AboutReport.__struct_fields__}
        ),
        PartKind.REMARK: lambda: comments.remarks.get(identifier, ""),
        PartKind.FINDINGS: lambda: comments.findings,
        PartKind.MODERATION: lambda: next((one for one in comments.moderations if one.figure == identifier), None),
        PartKind.ACTION: lambda: comments.actions.get(identifier, NO_ACTION_EDIT),
        PartKind.ORDER: lambda: comments.order,
        PartKind.DROPPED: lambda: comments.dropped.get(identifier, ""),
        PartKind.FINDING: lambda: comments.finding_edits.get(identifier, NO_FINDING_EDIT),
        PartKind.FINDING_ORDER: lambda: comments.finding_order,
        PartKind.DROPPED_FINDING: lambda: comments.dropped_findings.get(identifier, ""),
    }
    return readers[PartKind(kind)]()


def write_part(comments: Comments, part: str, value: Any) -> Comments:  # noqa: ANN401  # a PartValue of this part
    """Return the comments with another value of a part; an empty one removes it. `ValueError` if unknown."""
    kind, _, identifier = part.partition(":")
    writers: dict[PartKind, Callable[[], Comments]] = {
        PartKind.ABOUT: lambda: replace(comments, **asdict(value)),
        PartKind.REMARK: lambda: replace(comments, remarks=_put(comments.remarks, identifier, value)),
        PartKind.FINDINGS: lambda: replace(comments, findings=value),
        PartKind.MODERATION: lambda: _write_moderation(comments, identifier, value),
        PartKind.ACTION: lambda: replace(
            comments, actions=_put(comments.actions, identifier, None if value == NO_ACTION_EDIT else value)
        ),
        PartKind.ORDER: lambda: replace(comments, order=value),
        PartKind.DROPPED: lambda: replace(comments, dropped=_put(comments.dropped, identifier, value)),
        PartKind.FINDING: lambda: replace(
            comments,
            finding_edits=_put(comments.finding_edits, identifier, None if value == NO_FINDING_EDIT else value),
        ),
        PartKind.FINDING_ORDER: lambda: replace(comments, finding_order=value),
        PartKind.DROPPED_FINDING: lambda: replace(
            comments, dropped_findings=_put(comments.dropped_findings, identifier, value)
        ),
    }
    return writers[PartKind(kind)]()


def list_changed_parts(before: Comments, after: Comments) -> Iterator[str]:
    """Yield the names of the parts that differ."""
    parts = [name_part(kind) for kind in (PartKind.ABOUT, PartKind.FINDINGS, PartKind.FINDING_ORDER, PartKind.ORDER)]
    for kind, ids in (
        (PartKind.REMARK, {**before.remarks, **after.remarks}),
        (PartKind.MODERATION, {entry.figure: None for entry in (*before.moderations, *after.moderations)}),
        (PartKind.ACTION, {**before.actions, **after.actions}),
        (PartKind.DROPPED, {**before.dropped, **after.dropped}),
        (PartKind.FINDING, {**before.finding_edits, **after.finding_edits}),
        (PartKind.DROPPED_FINDING, {**before.dropped_findings, **after.dropped_findings}),
    ):
        parts += [name_part(kind, identifier) for identifier in ids]
    yield from (part for part in parts if read_part(before, part) != read_part(after, part))


def _write_moderation(comments: Comments, figure: str, value: ModerationInput | None) -> Comments:
    others = tuple(entry for entry in comments.moderations if entry.figure != figure)
    return replace(comments, moderations=others if value is None else (*others, value))


def _put(entries: Mapping[str, Any], identifier: str, value: Any) -> dict[str, Any]:  # noqa: ANN401  # of any part
    """Copy with an entry replaced, or removed if it is empty."""
    rest = {name: entry for name, entry in entries.items() if name != identifier or value}
    return rest | {identifier: value} if value else rest
