"""People-said section: comments that the consultant chose, and the evidence behind ratings (method 6.10)."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.message import Message, Percentage, make_message
from assessment.domain.report.source import PERCENT_SCALE, ReportSource

WHOLE = ""  # place of comments about no single function


class CommentGroup(Struct, frozen=True):
    """Comments about one function, in the order drawn at their release; `name` is empty for the whole."""

    function: str
    name: str
    comments: tuple[str, ...]


class PeopleSaidSection(Struct, frozen=True):
    """`evidence` has a sentence per function; `notes` say how comments were chosen, and whether some were withdrawn."""

    title: Message
    evidence: tuple[Message, ...]
    groups: tuple[CommentGroup, ...]
    notes: tuple[Message, ...]


def build_people_said(source: ReportSource) -> PeopleSaidSection | None:
    """Build the section; None if there is neither a chosen comment nor a share of ratings with evidence."""
    shares = _list_shares(source)
    groups = _list_groups(source)
    if not (shares or groups or source.details.are_comments_withdrawn):
        return None
    return PeopleSaidSection(
        title=_build_title(list(shares.values())),
        evidence=tuple(
            make_message("people-said.evidence", function=source.name_function(name), share=Percentage(share))
            for name, share in shares.items()
        ),
        groups=groups,
        notes=_build_notes(source, has_comments=bool(groups), has_shares=bool(shares)),
    )


def _list_shares(source: ReportSource) -> dict[str, Decimal]:
    return {
        name: source.round_value(100 * function.evidence_share, PERCENT_SCALE)
        for name, function in source.list_functions()
        if function.evidence_share is not None
    }


def _list_groups(source: ReportSource) -> tuple[CommentGroup, ...]:
    chosen = source.details.comments or {}
    places = [name for name, _ in source.list_functions()] + [WHOLE]
    return tuple(
        CommentGroup(place, source.name_function(place) if place else "", chosen[place])
        for place in places
        if chosen.get(place)
    )


def _build_title(shares: list[Decimal]) -> Message:
    """State the finding without ranking functions: the shares are too rough for that."""
    if not shares:
        return make_message("people-said.title")
    low, high = min(shares), max(shares)
    if low == high:
        return make_message("people-said.title-share", share=Percentage(low))
    return make_message("people-said.title-range", low=Percentage(low), high=Percentage(high))


def _build_notes(source: ReportSource, *, has_comments: bool, has_shares: bool) -> tuple[Message, ...]:
    notes = []
    if has_shares:
        notes.append(make_message("note.evidence" if source.is_consensus else "note.evidence-rounded"))
    if has_comments:
        notes.append(make_message("note.comments-chosen"))
    if source.details.are_comments_withdrawn:
        notes.append(make_message("note.comments-withdrawn"))
    return tuple(notes)
