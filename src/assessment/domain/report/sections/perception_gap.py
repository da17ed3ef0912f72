"""Perception gap section: how differently leaders and practitioners rate the same practice."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.display import get_difference_bound
from assessment.domain.distributions import compute_student_quantile
from assessment.domain.questionnaire_rules import PerceptionGapIndex
from assessment.domain.report.figures import KeyFigure, ReportFigure
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.source import ReportSource, list_names, to_exact_decimal
from assessment.domain.result import CONFIRMED_VERDICTS, Bound, GapDimension, GapVerdict, PerceptionGapResult

INDEX_PATH = "indices.perception_gap"
DIRECTED_VERDICTS = (*CONFIRMED_VERDICTS, "indicative")  # only for these verdicts the more positive side is named
EXPECTED_NORMAL_DEVIATE = 0.80  # expected absolute value of a standard normal deviate


class GapRow(Struct, frozen=True):
    """Leaders and practitioners on one dimension; gap above 0: leaders are more positive.

    `direction` names the more positive side if the gap supports it, or the reason for a missing figure. `verdict_text`
    is the verdict as text.
    """

    name: str
    leader: ReportFigure
    practitioner: ReportFigure
    gap: ReportFigure
    verdict: GapVerdict | None
    direction: Message | None
    verdict_text: Message | None


class PerceptionGapSection(Struct, frozen=True):
    """Comparison of leaders and practitioners by dimension."""

    title: Message
    rows: tuple[GapRow, ...]
    key_figures: tuple[KeyFigure, ...]
    notes: tuple[Message, ...]
    cuts: tuple[Decimal, ...] = ()


def build_perception_gap(source: ReportSource) -> PerceptionGapSection | None:
    """Build the section; rows in questionnaire order, with hidden dimensions. None if there is no such index."""
    index = source.result.indices.perception_gap
    settings = source.questionnaire.indices.perception_gap
    if settings is None:
        return None
    cuts = (to_exact_decimal(settings.indicative_at), to_exact_decimal(settings.strong_at))
    if index is None:
        return PerceptionGapSection(
            make_message("gap.consensus" if source.is_consensus else "gap.none"), (), (), (), cuts
        )
    rows = tuple(_build_row(source, index, dimension.id) for dimension in source.questionnaire.dimensions)
    return PerceptionGapSection(
        _build_title(source, index),
        rows,
        _build_key_figures(source, settings, index),
        _build_notes(source, settings, index),
        cuts,
    )


def _build_row(source: ReportSource, index: PerceptionGapResult, dimension: str) -> GapRow:
    name, gap_dimension = source.name_dimension(dimension), index.dimensions.get(dimension)
    if gap_dimension is None:
        none = source.figures.build_missing(f"{INDEX_PATH}.dimensions.{dimension}")
        if dimension in index.withheld:
            none = ReportFigure(None, missing=make_message("missing.withheld"))
        elif source.figures.needed is not None:
            none = ReportFigure(None, missing=make_message("missing.one-side", needed=source.figures.needed))
        return GapRow(name, none, none, none, None, none.missing or make_message("missing.not-valid"), None)
    path = f"{INDEX_PATH}.dimensions.{dimension}"
    leader, practitioner = (
        source.figures.round_step(value, path, gap_dimension.bounds.get(side), people)
        for side, value, people in (
            ("leader", gap_dimension.leader, gap_dimension.leaders),
            ("practitioner", gap_dimension.practitioner, gap_dimension.practitioners),
        )
    )
    gap = _build_difference(source, gap_dimension)
    is_directed = source.is_first_method or gap_dimension.verdict in DIRECTED_VERDICTS
    direction = build_direction(gap.value or Decimal(0)) if is_directed else None
    return GapRow(
        name, leader, practitioner, gap, gap_dimension.verdict, direction, build_verdict(source, gap_dimension.verdict)
    )


def _build_difference(source: ReportSource, gap_dimension: GapDimension) -> ReportFigure:
    """Figure of a gap, with a bound if a clipped side may make it wider."""
    bound = get_difference_bound(gap_dimension.bounds.get("leader"), gap_dimension.bounds.get("practitioner"))
    return replace(source.figures.round_difference(gap_dimension.gap, gap_dimension.interval), bound=bound)


def build_verdict(source: ReportSource, verdict: str) -> Message:
    """Name a verdict in the words of the method version that computed it."""
    return make_message(f"verdict-first.{verdict}" if source.is_first_method else f"verdict.{verdict}")


def build_direction(gap: Decimal) -> Message:
    """Name the more positive side."""
    if gap == 0:
        return make_message("who.same")
    return make_message("who.leaders" if gap > 0 else "who.practitioners")


def _build_title(source: ReportSource, index: PerceptionGapResult) -> Message:
    if not index.visible_dimensions and index.withheld:
        return make_message("gap.withheld")
    if not index.visible_dimensions:
        return make_message("gap.hidden" if source.figures.needed is not None else "gap.none")
    gaps = {
        name: source.figures.round_difference(part.gap).value or Decimal(0)
        for name, part in index.visible_dimensions.items()
    }
    sure = {name: gaps[name] for name, part in index.visible_dimensions.items() if part.verdict in CONFIRMED_VERDICTS}
    if not sure:
        return _build_unconfirmed_title(source, index, gaps)
    signs = {gap > 0 for gap in sure.values()}
    widest = max(abs(gap) for gap in sure.values())
    open_ended = any(
        _is_open_ended(_build_difference(source, index.visible_dimensions[name]))
        for name, gap in sure.items()
        if abs(gap) == widest
    )
    points = make_message("bound.at-least", value=widest) if open_ended else widest
    where = list_names(source.name_dimension(name) for name, gap in sure.items() if abs(gap) == widest)
    if len(signs) > 1:
        return make_message("gap.mixed", count=len(sure), points=points, dimensions=where)
    return make_message("gap.leaders" if signs == {True} else "gap.practitioners", dimensions=where, points=points)


def _is_open_ended(gap: ReportFigure) -> bool:
    """Return whether a gap may be wider than shown."""
    return gap.value is not None and gap.bound == ("at least" if gap.value > 0 else "at most")


def _build_unconfirmed_title(source: ReportSource, index: PerceptionGapResult, gaps: dict[str, Decimal]) -> Message:
    """Title without a confirmed gap; it mentions chance only for gaps that were tested and may exist."""
    verdicts = [part.verdict for part in index.visible_dimensions.values()]
    is_complete = len(index.visible_dimensions) == len(source.questionnaire.dimensions)
    hints = {gaps[name] > 0 for name, part in index.visible_dimensions.items() if part.verdict == "indicative"}
    if source.is_first_method:
        return _build_unconfirmed_title_1_0(hints, is_complete=is_complete)
    if hints:
        side = "mixed" if len(hints) > 1 else "leaders" if hints == {True} else "practitioners"
        return make_message(f"gap.may-{side}")
    if "open" in verdicts:
        return make_message("gap.open")
    if "untested" in verdicts:
        untested = verdicts.count("untested")
        return make_message("gap.untested" if untested == len(verdicts) else "gap.untested-in-part", count=untested)
    return make_message("gap.alike" if is_complete else "gap.alike-in-part")


def _build_unconfirmed_title_1_0(hints: set[bool], *, is_complete: bool) -> Message:
    """Title of method 1.0, which did not distinguish an untested gap from one that chance explains."""
    if not hints:
        return make_message("gap.closed" if is_complete else "gap.closed-in-part")
    side = "mixed" if len(hints) > 1 else "leaders" if hints == {True} else "practitioners"
    return make_message(f"gap.hint-{side}")


def compute_gap_by_chance(source: ReportSource) -> Decimal | None:
    """Average size of gap, in points, that chance alone would cause with these numbers of people (method 5)."""
    index = source.result.indices.perception_gap
    if index is None:
        return None
    level = (1 + source.questionnaire.scoring.interval_confidence) / 2
    sizes = [
        EXPECTED_NORMAL_DEVIATE
        * part.half_width
        / compute_student_quantile(part.leaders + part.practitioners - 2, level)
        for part in index.visible_dimensions.values()
        if part.half_width is not None and part.leaders is not None and part.practitioners is not None
    ]
    return source.round_value(sum(sizes) / len(sizes), source.figures.scales.gap) if sizes else None


def build_gap_size(source: ReportSource, index: PerceptionGapResult) -> ReportFigure:
    """Average size of the gaps, with a bound if one of them may be wider than shown."""
    if index.score is None:
        return ReportFigure(None, missing=source.figures.explain_missing(f"{INDEX_PATH}.score"))
    is_open_ended = any(_list_bounds(source, index))
    return replace(source.figures.round_gap(index.score), bound="at least" if is_open_ended else None)


def _list_bounds(source: ReportSource, index: PerceptionGapResult) -> list[Bound | None]:
    return [_build_difference(source, part).bound for part in index.visible_dimensions.values()]


def _build_key_figures(
    source: ReportSource, settings: PerceptionGapIndex, index: PerceptionGapResult
) -> tuple[KeyFigure, ...]:
    signed = ReportFigure(None, missing=source.figures.explain_missing(f"{INDEX_PATH}.signed"))
    if index.signed is not None:
        bounds = {bound for bound in _list_bounds(source, index) if bound}
        signed = replace(source.figures.round_gap(index.signed), bound=bounds.pop() if len(bounds) == 1 else None)
    meaning = build_direction(signed.value) if signed.value is not None and _has_one_direction(source, index) else None
    figures = (
        KeyFigure(make_message("label.gap-size"), build_gap_size(source, index)),
        KeyFigure(make_message("label.gap-signed"), signed, meaning, "signed"),
        KeyFigure(
            make_message("label.leader-dont-know"),
            source.figures.round_step(
                index.leader_dont_know, f"{INDEX_PATH}.leader_dont_know", index.bounds.get("leader_dont_know")
            ),
            unit="percent",
        ),
    )
    if settings.goals is None:
        return figures
    goals = source.figures.round_step(
        index.goal_agreement, f"{INDEX_PATH}.goal_agreement", index.bounds.get("goal_agreement")
    )
    return (
        *figures,
        KeyFigure(make_message("label.goal-agreement"), goals, _build_goal_answers(index), unit="percent"),
    )


def _has_one_direction(source: ReportSource, index: PerceptionGapResult) -> bool:
    """Return whether all gaps with a direction point to the side of the mean gap."""
    if source.is_first_method:
        return True
    signs = {part.gap > 0 for part in index.visible_dimensions.values() if part.verdict in DIRECTED_VERDICTS}
    return index.signed is not None and signs == {index.signed > 0}


def _build_goal_answers(index: PerceptionGapResult) -> Message | None:
    answers = index.goal_agreement_n
    if answers is None or index.goal_agreement is None:
        return None
    return make_message("goals.answers", leaders=answers.leader, practitioners=answers.practitioner)


def _build_notes(source: ReportSource, settings: PerceptionGapIndex, index: PerceptionGapResult) -> tuple[Message, ...]:
    notes = [
        make_message(
            "note.verdicts-first" if source.is_first_method else "note.verdicts",
            indicative=to_exact_decimal(settings.indicative_at),
            strong=to_exact_decimal(settings.strong_at),
            percent=to_exact_decimal(100 * source.questionnaire.scoring.interval_confidence),
        )
    ]
    chance = compute_gap_by_chance(source)
    if chance is not None and not source.is_first_method:
        notes.append(make_message("note.gap-chance", points=chance))
    missing = len(source.questionnaire.dimensions) - len(index.visible_dimensions) - len(index.withheld)
    if missing and source.figures.needed is not None:
        notes.append(make_message("note.gap-hidden", count=missing, needed=source.figures.needed))
    if index.withheld:
        notes.append(make_message("note.gap-withheld", count=len(index.withheld)))
    return tuple(notes)
