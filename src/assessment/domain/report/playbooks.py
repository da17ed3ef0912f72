"""Selection of a function's advice: a playbook shows nothing about other functions."""

from collections.abc import Sequence

from msgspec.structs import replace

from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.sections.functions import FunctionSection


def select_playbook_actions(report: Report, part: FunctionSection) -> Sequence[Action]:
    """Select a function's advice and what its people own; first what makes its figures sure, if they are in doubt.

    Actions fired by another function's figures are left out: they are not for this reader.
    """
    quality = [action for action in report.roadmap.actions if action.topic == "quality"]
    doubts = [own for action in quality if (own := _select_function_figures(action, part)) is not None]
    listed = {action.id for action in quality}
    owned = [
        action
        for action in report.roadmap.actions
        if action.id not in listed and (action.function == part.id or part.id in action.owner_functions)
    ]
    return [*doubts, *owned]


def _select_function_figures(action: Action, part: FunctionSection) -> Action | None:
    """Keep only the figures of one function in an action; None if other figures alone fired it."""
    own = tuple(fired for fired in action.fired if fired.figure.values["function"] == part.name)
    if not own:
        return None
    return replace(action, fired=own, effect=action.effect if own[0] == action.fired[0] else None)
