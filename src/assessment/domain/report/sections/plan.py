"""Plan section: load by owner, quick wins against big bets, and the next 30 days."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.actions import Action
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.sections.goals import find_plan_start
from assessment.domain.report.sections.roadmap import RoadmapSection
from assessment.domain.report.source import ReportSource, quote_titles, to_exact_decimal

SMALL_EFFORT, HIGH_IMPACT = "S", "H"
READ_OUT_DAYS, COUNCIL_DAYS, OWNER_DAYS, REVIEW_DAYS = 7, 10, 14, 30  # days from the start of the plan; a judgement
DAYS_TO_NEXT_WAVE = 365


class OwnerLoad(Struct, frozen=True):
    """Actions of one owner by place; `effort` is their sum (small 1), `starting` how many of them start now."""

    owner: str
    places: tuple[int, ...]
    starting: int
    effort: Decimal


class EffortQuadrant(Struct, frozen=True):
    """Actions of similar effort and impact."""

    name: Message
    is_small: bool
    has_high_impact: bool
    actions: tuple[Action, ...]


class NextStep(Struct, frozen=True):
    """Step of the next 30 days; no date if the start of the plan is not known."""

    text: Message
    due: date | None


class PlanSection(Struct, frozen=True):
    """Load by owner, heaviest first; quadrants of effort and impact; next steps."""

    loads: tuple[OwnerLoad, ...]
    quadrants: tuple[EffortQuadrant, ...]
    steps: tuple[NextStep, ...]


def build_plan(source: ReportSource, roadmap: RoadmapSection) -> PlanSection:
    """Build the section from the actions of the roadmap; empty without any."""
    if not roadmap.actions:
        return PlanSection((), (), ())
    return PlanSection(
        _build_loads(source, roadmap.actions), _build_quadrants(roadmap.actions), _build_steps(source, roadmap)
    )


def _build_loads(source: ReportSource, actions: Sequence[Action]) -> tuple[OwnerLoad, ...]:
    by_owner: dict[str, list[Action]] = {}
    for action in actions:
        by_owner.setdefault(action.owner, []).append(action)
    efforts = {str(size): units for size, units in source.questionnaire.prioritising.effort.items()}
    loads = (
        OwnerLoad(
            owner,
            tuple(action.place for action in own),
            sum(action.starts_now for action in own),
            to_exact_decimal(sum(efforts[action.effort] for action in own)),
        )
        for owner, own in by_owner.items()
    )
    return tuple(sorted(loads, key=lambda load: (-load.effort, load.places[0])))


def _build_quadrants(actions: Sequence[Action]) -> tuple[EffortQuadrant, ...]:
    corners = (("quick", True, True), ("big", False, True), ("small", True, False), ("later", False, False))
    return tuple(
        EffortQuadrant(
            make_message(f"quadrant.{name}"),
            is_small,
            has_high_impact,
            tuple(
                action
                for action in actions
                if (action.effort == SMALL_EFFORT) is is_small and (action.impact == HIGH_IMPACT) is has_high_impact
            ),
        )
        for name, is_small, has_high_impact in corners
    )


def _build_steps(source: ReportSource, roadmap: RoadmapSection) -> tuple[NextStep, ...]:
    start = find_plan_start(source)
    first = roadmap.starting[0]
    owners = (
        make_message("step.owner", action=quote_titles([first.title])[0])
        if source.first_decision_id is not None
        else make_message("step.owners", count=len(roadmap.starting))
    )
    steps = (
        (make_message("step.read-out"), READ_OUT_DAYS),
        (make_message("step.council"), COUNCIL_DAYS),
        (owners, OWNER_DAYS),
        (make_message("step.review"), REVIEW_DAYS),
        (make_message("step.next-wave"), DAYS_TO_NEXT_WAVE),
    )
    return tuple(NextStep(text, None if start is None else start + timedelta(days=days)) for text, days in steps)
