"""Answer section: level, three findings with the actions that follow from them, and the decision, on one page."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.comparison.benchmark_rank import Rank
from assessment.domain.disclosure.decided_items import MAX_DECIDED_ANSWERS
from assessment.domain.report.actions import Action
from assessment.domain.report.figures import KeyFigure, LevelScore, ReportFigure
from assessment.domain.report.finding_edits import StatedFinding, build_finding_notes
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.sections.answer_title import build_overall_title, list_limiting_functions
from assessment.domain.report.sections.change import ChangeSection
from assessment.domain.report.sections.findings import (
    MAX_FINDINGS,
    WITH_ACTION,
    FindingRow,
    find_following_action,
    list_dropped_rows,
    list_rows,
    rank_findings,
)
from assessment.domain.report.sections.roadmap import RoadmapSection
from assessment.domain.report.sections.strengths import StrengthsSection
from assessment.domain.report.sections.target_paths import build_assumed_scores, build_reached
from assessment.domain.report.source import (
    ReportSource,
    build_amount,
    list_names,
    quote_titles,
    to_exact_decimal,
)
from assessment.domain.scoring.suppression_reasons import DECIDED_ANSWER_REASON

MAX_STRENGTHS = 2
MAX_FURTHER_FINDINGS = 2
EFFORT_SIZES = ("S", "M", "L")


class AnswerSection(Struct, frozen=True):
    """Summary of the report on one page: level, findings with their actions, decision.

    `actions` are those that the decision is about. `also` are the findings of those that no row is about, and the most
    urgent others. `needs` says what would show figures, `change`
    what moved since the last wave and what did not. `effort` and `expected` belong to the decision: the effort of the
    actions, and the scores that the first actions and all of them would lead to. `stated` are the findings of the page
    with the consultant's changes, `dropped` those that they left out, `finding_notes` say both.
    """

    title: Message
    overall: LevelScore
    functions: tuple[LevelScore, ...]
    cuts: tuple[Decimal, ...]
    key_figures: tuple[KeyFigure, ...]
    findings: tuple[Message, ...]
    actions: tuple[Action, ...]
    decision: Message
    notes: tuple[Message, ...] = ()
    rows: tuple[FindingRow, ...] = ()
    change: Message | None = None
    effort: Message | None = None
    expected: tuple[Message, ...] = ()
    also: tuple[Message, ...] = ()
    strengths: tuple[Message, ...] = ()
    needs: tuple[Message, ...] = ()
    stated: tuple[StatedFinding, ...] = ()
    dropped: tuple[StatedFinding, ...] = ()
    finding_notes: tuple[Message, ...] = ()


def build_answer(
    source: ReportSource,
    roadmap: RoadmapSection,
    titles: tuple[Message, ...],
    change: ChangeSection | None = None,
    strengths: StrengthsSection | None = None,
) -> AnswerSection:
    """Build the section from the `titles` of the other sections, so that it can't contradict them."""
    overall = source.build_overall_score()
    ranked = rank_findings(source, titles)
    limiting = list_limiting_functions(source, overall)
    every_row, dropped = list_rows(source, ranked, roadmap, limiting), list_dropped_rows(source, ranked, roadmap)
    rows = every_row[:MAX_FINDINGS]
    further = () if source.has_no_scores else _list_further_rows(source, every_row[MAX_FINDINGS:], roadmap.actions)
    stated = tuple(row.stated for row in (*rows, *further) if row.stated)
    first = _list_decided_actions(source, roadmap)
    earlier = _list_earlier_scores(change)
    return AnswerSection(
        title=build_overall_title(source, overall),
        overall=replace(overall, earlier=earlier.get("")),
        functions=tuple(
            replace(source.build_level_score(name), earlier=earlier.get(source.name_function(name)))
            for name, _ in source.list_functions()
        ),
        cuts=source.cuts,
        key_figures=_build_key_figures(source),
        findings=tuple(row.finding for row in rows),
        actions=first,
        decision=_build_decision(source, first, rows, roadmap.actions),
        notes=(
            *_build_notes(source, overall),
            *_build_explanations(source, tuple(finding.computed for finding in stated)),
        ),
        rows=rows,
        change=None if change is None else change.title,
        effort=_build_effort(first),
        expected=_build_expected_scores(source, roadmap),
        also=tuple(_name_action(row) for row in further),
        strengths=tuple(row.sentence for row in strengths.rows[:MAX_STRENGTHS]) if strengths else (),
        needs=build_needs(source),
        stated=stated,
        dropped=dropped,
        finding_notes=build_finding_notes(stated, dropped, source.details),
    )


def _list_decided_actions(source: ReportSource, roadmap: RoadmapSection) -> tuple[Action, ...]:
    """List the actions to approve: those that start now, or the one to be decided first."""
    first_decision_id = source.first_decision_id
    return tuple(action for action in roadmap.starting if first_decision_id in (None, action.id))


def _list_further_rows(
    source: ReportSource, rows: Sequence[FindingRow], actions: Sequence[Action]
) -> tuple[FindingRow, ...]:
    """List the findings of all actions that start now, then the most urgent others, with an action for later."""
    others = [row for row in rows if row.action is None]
    return (
        *(row for row in rows if row.action is not None),
        *(
            replace(row, action=find_following_action(source, actions, row.stated.computed))
            if row.stated
            and not row.stated.computed.id.startswith("embedding.")  # two sentences: no place for a number
            else row
            for row in others[:MAX_FURTHER_FINDINGS]
        ),
    )


def _name_action(row: FindingRow) -> Message:
    """Add the place of the action that follows from a finding."""
    if row.action is None:
        return row.finding
    return make_message(WITH_ACTION, finding=row.finding, place=row.action.place)


def build_needs(source: ReportSource) -> tuple[Message, ...]:
    """Explain what would show figures where nearly all are missing."""
    scoring = source.questionnaire.scoring
    needed = source.figures.needed or (1 if source.is_consensus else scoring.minimum_answers)
    item = make_message("needs.item", needed=needed)
    reasons = source.figures.suppressed
    if any(path.endswith(".n") and reason == DECIDED_ANSWER_REASON for path, reason in reasons.items()):
        item = make_message("needs.item-open", needed=needed, open=MAX_DECIDED_ANSWERS + 1)
    return (
        item,
        make_message(
            "needs.function",
            dimension_count=scoring.minimum_dimensions,
            function_count=scoring.minimum_functions,
        ),
    )


def _list_earlier_scores(change: ChangeSection | None) -> dict[str, ReportFigure]:
    """Scores of the last wave by the names of functions; the whole has an empty name."""
    rows = change.rows if change is not None else ()
    return {row.name: row.earlier for row in rows if isinstance(row.name, str)}


def _build_effort(actions: tuple[Action, ...]) -> Message | None:
    """Effort of the actions to approve, counted by size."""
    counts = Counter(action.effort for action in actions)
    efforts = tuple(make_message(f"effort.{size}", count=counts[size]) for size in EFFORT_SIZES if counts[size])
    return make_message("decision.effort", efforts=efforts) if efforts else None


def _build_expected_scores(source: ReportSource, roadmap: RoadmapSection) -> tuple[Message, ...]:
    """Scores of the whole that the first actions and all of them would lead to, or of each function without a whole."""
    prospects = {prospect.function: prospect for prospect in source.result.prospects}
    if not roadmap.actions or None not in prospects or not source.has_computed_start:
        return ()
    overall = prospects[None]
    values: dict[str, MessageValue] = {
        "now": build_amount(source.build_overall_score().figure),
        "scores": build_assumed_scores(source),
        "first": build_reached(source, overall.starting_now),
        "all": build_reached(source, overall.all_advice),
        "total": len(roadmap.actions),
    }
    if roadmap.first == len(roadmap.actions):
        return (make_message("decision.expected-all", count=len(roadmap.actions), **values),)
    return (make_message("decision.expected", count=roadmap.first, **values),)


def _build_key_figures(source: ReportSource) -> tuple[KeyFigure, ...]:
    result = source.result
    key_figures = [
        KeyFigure(
            make_message("label.coverage"),
            source.figures.round_coverage(result.overall.coverage, "overall.coverage"),
            unit="percent",
        ),
    ]
    if not source.is_consensus:
        people = ReportFigure(Decimal(result.respondents.counted))
        key_figures.append(KeyFigure(make_message("label.people"), people, unit="people"))
    indices = result.indices
    if indices.embedding is not None:
        meaning = _build_class_message(source.name_class(indices.embedding.class_))
        key_figures.insert(
            0, KeyFigure(make_message("label.embedding"), replace(source.build_embedding_figure(), n=None), meaning)
        )
    if indices.balance is not None:
        balance = source.figures.round_score(indices.balance.score, "indices.balance.score")
        key_figures.insert(
            1, KeyFigure(make_message("label.balance"), replace(balance, bound=source.get_balance_bound()))
        )
    return tuple(key_figures)


def _build_class_message(name: str) -> Message | None:
    return make_message("plain", text=name) if name else None


def _build_decision(
    source: ReportSource, actions: Sequence[Action], rows: Sequence[FindingRow], planned: Sequence[Action]
) -> Message:
    if source.first_decision_id is not None:
        return make_message("decision.settle", action=quote_titles([actions[0].title])[0])
    if actions:
        decision = make_message(
            "decision.actions", count=len(actions), actions=quote_titles(action.title for action in actions)
        )
        later = next((row for row in rows if row.action and row.action.part != "now"), None)
        if later is None or later.action is None or later.stated is None:
            return decision
        named = later.stated.computed.values
        function = named.get("weakest") or named["function"]
        own = next((action for action in planned if action.function_name == function), later.action)
        return make_message("decision.limit-later", decision=decision, function=function, place=own.place)
    if source.has_no_scores:
        return make_message("decision.ask-more")
    return make_message("decision.keep")


def _build_notes(source: ReportSource, overall: LevelScore) -> tuple[Message, ...]:
    notes = []
    if overall.provisional:
        cut = Decimal(repr(100 * source.questionnaire.scoring.provisional_below)).quantize(Decimal(1))
        notes.append(make_message("note.provisional", share=cut))
    left_out = list_names(
        source.name_function(name) for name, function in source.list_functions() if function.out_of_scope
    )
    if left_out:
        notes.append(make_message("note.out-of-scope", count=len(left_out), functions=left_out))
    silent = list_names(
        source.name_function(name)
        for name, function in source.list_functions()
        if function.score is None and not function.out_of_scope
    )
    if silent and source.list_scored_functions():
        notes.append(make_message("note.no-score", count=len(silent), functions=silent))
    if isinstance(source.details.rank, Rank):
        notes.append(_build_rank_note(source.details.rank))
    if source.is_consensus:
        notes.append(make_message("note.consensus"))
    if overall.figure.interval or any(
        source.build_level_score(name).figure.interval for name, _ in source.list_functions()
    ):
        notes.append(
            make_message(
                "note.interval",
                percent=to_exact_decimal(100 * source.questionnaire.scoring.interval_confidence),
            )
        )
    return tuple(notes)


def _build_rank_note(rank: Rank) -> Message:
    """State the rank as finely as the number of others allows (method 7)."""
    if rank.quarter is not None:
        return make_message(f"note.rank-quarter-{rank.quarter}", count=rank.organisations)
    low, high = rank.interval or (0.0, 100.0)
    return make_message(
        "note.rank",
        count=rank.organisations,
        rank=round(rank.percentile or 0.0),
        low=round(low),
        high=round(high),
    )


def _build_explanations(source: ReportSource, findings: tuple[Message, ...]) -> list[Message]:
    """Explain key figures to someone who reads only this page."""
    embedding, balance = source.result.indices.embedding, source.result.indices.balance
    notes = []
    has_embedding_finding = any(finding.id.startswith("embedding.") for finding in findings)
    if embedding is not None and embedding.class_ is not None and not has_embedding_finding:
        name, meaning = (text(embedding.class_) for text in (source.name_class, source.get_class_meaning))
        notes += [make_message("note.embedding", name=name), make_message("plain", text=meaning)]
    if balance is not None and balance.score is not None:
        notes.append(make_message("note.balance"))
    return notes
