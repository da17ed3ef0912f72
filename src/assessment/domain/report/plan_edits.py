"""The consultant's changes to the roadmap: order, dropped advice, and the fields of single actions."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from assessment.domain.report.details import ActionEdit, ReportDetails
from assessment.domain.result import Advice

NO_EDIT = ActionEdit()


def list_dropped_ids(details: ReportDetails) -> Collection[str]:
    """List the ids of the advice that the consultant left out."""
    return details.dropped if isinstance(details.dropped, tuple) else ()


def get_action_edit(details: ReportDetails, advice_id: str) -> ActionEdit:
    """Return the consultant's changes to an action; empty if there are none."""
    return details.actions.get(advice_id, NO_EDIT) if isinstance(details.actions, dict) else NO_EDIT


def has_own_order(details: ReportDetails) -> bool:
    """Return whether the consultant changed the order of the advice."""
    return isinstance(details.order, tuple) and bool(details.order)


def edit_advice(advice: Sequence[Advice], details: ReportDetails) -> tuple[Advice, ...]:
    """Remove dropped advice, and apply the consultant's order.

    As many actions start now as computed, less the dropped ones; with an order of the consultant's, the first of it.
    """
    dropped = list_dropped_ids(details)
    rest = tuple(one for one in advice if one.id not in dropped)
    if not has_own_order(details):
        return rest
    first = sum(one.part == "now" for one in rest)
    return tuple(
        replace(one, part="now" if place < first else "next") for place, one in enumerate(sort_advice(rest, details))
    )


def sort_advice(advice: Sequence[Advice], details: ReportDetails) -> list[Advice]:
    """Sort by the consultant's order; advice that it does not name follows as computed."""
    order = details.order if isinstance(details.order, tuple) else ()
    places = {name: place for place, name in enumerate(order)}
    return sorted(advice, key=lambda one: places.get(one.id, len(places)))
