"""Answer section: level, three findings with the actions that follow from them, and the decision, on one page."""

from collections import Counter
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.questionnaire import FigureName
from assessment.domain.report.figures import KeyFigure, LevelScore, ReportFigure
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.sections.change import ChangeSection
from assessment.domain.report.sections.functions import find_extreme_dimensions
from assessment.domain.report.sections.heatmap import find_low_dimensions
from assessment.domain.report.sections.roadmap import Action, RoadmapSection
from assessment.domain.report.sections.strengths import StrengthsSection
from assessment.domain.report.sections.target_paths import build_reached
from assessment.domain.report.source import (
    MIN_POINTS_APART,
    PAIR_SIZE,
    ReportSource,
    build_amount,
    list_names,
    quote_titles,
    to_exact_decimal,
)

MAX_FINDINGS = 3
MAX_STRENGTHS = 2
MAX_FURTHER_FINDINGS = 2
MAX_PATTERN_DIMENSIONS = 2
EFFORT_SIZES = ("S", "M", "L")


class ArgumentRow(Struct, frozen=True):
    """A finding, why it matters, and the action that follows from it; None where no action that starts now does."""

    finding: Message
    action: Action | None = None


class AnswerSection(Struct, frozen=True):
    """Summary of the report on one page: level, findings with their actions, decision.

    `also` are the most urgent findings that no action follows from now. `needs` says what would show figures, `change`
    what changed since the last wave. `effort` and `expected` belong to the decision: the effort of the actions, and
    the scores that the first actions and all of them would lead to.
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
    rows: tuple[ArgumentRow, ...] = ()
    change: Message | None = None
    effort: Message | None = None
    expected: tuple[Message, ...] = ()
    also: tuple[Message, ...] = ()
    strengths: tuple[Message, ...] = ()
    needs: tuple[Message, ...] = ()


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
    rows = _select_rows(source, ranked, roadmap)
    findings, first = tuple(row.finding for row in rows), tuple(row.action for row in rows if row.action)
    also = tuple(title for title in ranked if title not in findings)[:MAX_FURTHER_FINDINGS]
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
        findings=findings,
        actions=first,
        decision=_build_decision(source, first),
        notes=(*_build_notes(source, overall), *_build_explanations(source, (*findings, *also))),
        rows=rows,
        change=change.title if change is not None and change.rows else None,
        effort=_build_effort(first),
        expected=_build_expected_scores(source, roadmap),
        also=() if source.has_no_scores else also,
        strengths=tuple(row.sentence for row in strengths.rows[:MAX_STRENGTHS]) if strengths else (),
        needs=build_needs(source),
    )


def build_needs(source: ReportSource) -> tuple[Message, ...]:
    """Explain what would show figures where nearly all are missing."""
    scoring = source.questionnaire.scoring
    needed = source.figures.needed or (1 if source.is_consensus else scoring.minimum_answers)
    return (
        make_message("needs.item", needed=needed),
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


def build_overall_title(source: ReportSource, overall: LevelScore) -> Message:
    """Build the title: the overall level and what limits it, or why there is none; and a pattern across functions."""
    title, pattern = _build_level_title(source, overall), _find_pattern(source)
    if pattern is None or overall.level is None:
        return title
    return make_message("answer.pattern", title=title, pattern=pattern)


def _find_pattern(source: ReportSource) -> Message | None:
    """A dimension that is clearly the weakest of every function, or under the second cut point in all of them."""
    scored = source.list_scored_functions()
    if len(scored) < PAIR_SIZE:
        return None
    weakest = {find_extreme_dimensions(source, function)[1] for _, function in scored}
    if len(weakest) == 1 and (dimension := weakest.pop()):
        return make_message("pattern.weakest", dimension=dimension, count=len(scored))
    low = find_low_dimensions(source)
    if not low or len(low) > MAX_PATTERN_DIMENSIONS:
        return None
    return make_message("pattern.low", count=len(low), dimensions=list_names(low), cut=source.cuts[1])


def _build_level_title(source: ReportSource, overall: LevelScore) -> Message:
    organisation = source.organisation
    if overall.figure.value is None:
        hidden = source.figures.is_hidden("overall.score") and source.figures.needed is not None
        return make_message("answer.hidden" if hidden else "answer.none", organisation=organisation)
    score = build_amount(overall.figure)
    if overall.level is not None:
        return _build_limited_title(
            source, overall, {"organisation": organisation, "score": score, "level": overall.level}
        )
    contested = list_names(
        source.name_function(name) for name, function in source.list_scored_functions() if function.contested
    )
    if contested:
        return make_message("answer.contested", organisation=organisation, score=score, functions=contested)
    return make_message("answer.no-level", organisation=organisation, score=score)


def _build_limited_title(source: ReportSource, overall: LevelScore, values: dict[str, MessageValue]) -> Message:
    """Title with the level and the functions that limit it."""
    limiting = _find_limiting_functions(source, overall)
    if limiting:
        return make_message("answer.held-back", count=len(limiting), functions=limiting, **values)
    if overall.provisional:
        return make_message("answer.provisional", **values)
    binding = _find_binding_functions(source)
    if binding:
        return make_message("answer.bound", count=len(binding), functions=binding, **values)
    return make_message("answer.level", **values)


def _find_limiting_functions(source: ReportSource, overall: LevelScore) -> tuple[str, ...]:
    """Functions whose level keeps the overall level below its band (method 4)."""
    if overall.band is None or overall.level is None or overall.level >= overall.band:
        return ()
    levels = [(name, function.level) for name, function in source.list_functions() if function.level is not None]
    lowest = min((level for _, level in levels), default=0)
    return list_names(source.name_function(name) for name, level in levels if level == lowest)


def _find_binding_functions(source: ReportSource) -> tuple[str, ...]:
    """Functions that keep the whole from its target level (method 8); none if the score itself does."""
    lift = next((lift for lift in source.result.lifts if lift.function is None), None)
    if lift is None or lift.level is None or lift.level >= lift.target_level:
        return ()
    return list_names(source.name_function(name) for name in lift.binding)


def build_functions_finding(source: ReportSource) -> Message:
    """Name the strongest and the weakest function, if they differ beyond chance (method 4)."""
    ranked = sorted(source.list_scored_functions(), key=lambda pair: -(pair[1].score or 0.0))
    if not ranked:
        return make_message("functions.none")
    scores = [source.round_score(function.score or 0.0) for _, function in ranked]
    amounts = [build_amount(source.build_level_score(name).figure) for name, _ in ranked]
    names_of = [source.name_function(name) for name, _ in ranked]
    if len(ranked) == 1:
        return make_message("functions.one", function=names_of[0], score=amounts[0])
    values: dict[str, MessageValue] = {
        "strongest": names_of[0],
        "weakest": names_of[-1],
        "high": amounts[0],
        "low": amounts[-1],
    }
    leads = source.is_apart(ranked[0][1], ranked[1][1])
    trails = source.is_apart(ranked[-1][1], ranked[-2][1])
    if leads and len(ranked) == PAIR_SIZE:
        return make_message("functions.two", **values)
    if leads and trails:
        return make_message("functions.both", **values)
    if leads or trails:
        return make_message("functions.trails" if trails else "functions.leads", **values)
    balance = source.questionnaire.indices.balance
    tie = to_exact_decimal(balance.tie_below if balance else MIN_POINTS_APART)
    is_even = scores[0] - scores[-1] < tie
    return make_message("functions.even" if is_even else "functions.spread", low=amounts[-1], high=amounts[0])


def _select_rows(source: ReportSource, ranked: list[Message], roadmap: RoadmapSection) -> tuple[ArgumentRow, ...]:
    """Take the most urgent findings from which an action follows that starts now, in the order of the roadmap.

    Actions that follow from none are argued by the figure that fired them. Without enough actions, the most urgent of
    the other findings follow.
    """
    if source.settling_advice_id is not None:
        (first, *_) = [action for action in roadmap.starting if action.id == source.settling_advice_id]
        rows = [ArgumentRow(first.finding or first.fired[0].text, first)]
    else:
        rows = _match_actions(source, ranked, roadmap.starting)
    argued = [row.finding for row in rows]
    rows += [ArgumentRow(title) for title in ranked if title not in argued]
    return tuple(rows[:MAX_FINDINGS])


def _match_actions(source: ReportSource, ranked: list[Message], starting: tuple[Action, ...]) -> list[ArgumentRow]:
    rows: list[ArgumentRow] = []
    free = list(starting)
    for title in ranked:
        action = next((action for action in free if _follows(source, action, title)), None)
        if action is not None and len(rows) < MAX_FINDINGS:
            rows.append(ArgumentRow(title, action))
            free.remove(action)
    rows += [ArgumentRow(action.finding, action) for action in free if action.finding][: MAX_FINDINGS - len(rows)]
    return sorted(rows, key=lambda row: row.action.place if row.action else 0)


def _follows(source: ReportSource, action: Action, title: Message) -> bool:
    """Return whether an action follows from the finding of a section."""
    section = title.id.partition(".")[0]
    if title.id == "heatmap.low-in-all":
        return action.dimension is not None and source.name_dimension(action.dimension) in title.values["dimensions"]
    if section == "embedding":
        return action.figure == FigureName.EMBEDDING
    if section == "functions":
        is_weakest = action.function_name is not None and action.function_name == title.values.get("weakest")
        return action.topic == "balance" or (is_weakest and title.id in WEAKEST_NAMED)
    return action.topic == section and action.figure != FigureName.EMBEDDING


def rank_findings(source: ReportSource, titles: tuple[Message, ...]) -> list[Message]:
    """Sort the titles that call for action first, then the quieter ones; what is unknown only if nothing is known."""
    balance = source.result.indices.balance
    flagged = balance is not None and balance.flagged
    ranked = sorted((build_functions_finding(source), *titles), key=lambda title: _rank_urgency(title, flagged=flagged))
    known_titles = [title for title in ranked if _rank_urgency(title) < len(URGENCY_ORDER) + 1]
    return ranked if source.has_no_scores else known_titles or ranked


def _build_effort(actions: tuple[Action, ...]) -> Message | None:
    """Effort of the actions to approve, counted by size."""
    counts = Counter(action.effort for action in actions)
    efforts = tuple(make_message(f"effort.{size}", count=counts[size]) for size in EFFORT_SIZES if counts[size])
    return make_message("decision.effort", efforts=efforts) if efforts else None


def _build_expected_scores(source: ReportSource, roadmap: RoadmapSection) -> tuple[Message, ...]:
    """Scores of the whole that the first actions and all of them would lead to, or of each function without a whole."""
    prospects = {prospect.function: prospect for prospect in source.result.prospects}
    if not roadmap.actions or None not in prospects:
        return ()
    overall = prospects[None]
    values: dict[str, MessageValue] = {
        "now": build_amount(source.build_overall_score().figure),
        "first": build_reached(source, overall.starting_now),
        "all": build_reached(source, overall.all_advice),
        "total": len(roadmap.actions),
    }
    if roadmap.first == len(roadmap.actions):
        return (make_message("decision.expected-all", count=len(roadmap.actions), **values),)
    return (make_message("decision.expected", count=roadmap.first, **values),)


URGENCY_ORDER = (
    ("authority.high", "authority.flags"),
    ("functions.both", "functions.trails", "functions.two"),
    ("gap.leaders", "gap.practitioners", "gap.mixed"),
    ("embedding.apart",),
    ("authority.over-controlled", "hand-offs.weak", "heatmap.low-in-all"),
    ("functions.",),
    ("outlook.class",),
    ("embedding.",),
    ("hand-offs.", "gap.", "authority.moderate", "authority.low"),
    ("heatmap.",),
)
WEAKEST_NAMED = ("functions.both", "functions.trails", "functions.two")  # findings that name the weakest function
IMBALANCE = 1  # as urgent as a function that is behind
UNKNOWN_SUFFIXES = ("none", "hidden", "consensus", "one-side", "break", "unknown", "untested")


def _rank_urgency(title: Message, *, flagged: bool = False) -> int:
    """Place of a title among the findings; functions that are `flagged` as out of balance call for action."""
    if title.id.rpartition(".")[2] in UNKNOWN_SUFFIXES:
        return len(URGENCY_ORDER) + 1
    if flagged and title.id.startswith("functions."):
        return IMBALANCE
    for place, starts in enumerate(URGENCY_ORDER):
        if title.id.startswith(starts):
            return place
    return len(URGENCY_ORDER)


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


def _build_decision(source: ReportSource, actions: tuple[Action, ...]) -> Message:
    if source.settling_advice_id is not None:
        return make_message("decision.settle", action=quote_titles([actions[0].title])[0])
    if actions:
        return make_message(
            "decision.actions", count=len(actions), actions=quote_titles(action.title for action in actions)
        )
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
    if source.is_consensus:
        notes.append(make_message("note.consensus"))
    if overall.figure.interval or any(
        source.build_level_score(name).figure.interval for name, _ in source.list_functions()
    ):
        notes.append(
            make_message(
                "note.interval",
                percent=Percentage(to_exact_decimal(100 * source.questionnaire.scoring.interval_confidence)),
            )
        )
    return tuple(notes)


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
