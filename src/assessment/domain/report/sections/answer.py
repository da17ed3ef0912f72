"""Answer section: level, three findings, three actions and the decision needed, on one page."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.report.figures import KeyFigure, LevelScore, ReportFigure
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.sections.roadmap import Action
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
MAX_ACTIONS = 3


class AnswerSection(Struct, frozen=True):
    """Summary of the report on one page: level, findings, first actions, decision."""

    title: Message
    overall: LevelScore
    functions: tuple[LevelScore, ...]
    cuts: tuple[Decimal, ...]
    key_figures: tuple[KeyFigure, ...]
    findings: tuple[Message, ...]
    actions: tuple[Action, ...]
    decision: Message
    notes: tuple[Message, ...] = ()


def build_answer(
    source: ReportSource,
    actions: tuple[Action, ...],
    titles: tuple[Message, ...],
) -> AnswerSection:
    """Build the section from the `titles` of the other sections, so that it can't contradict them."""
    overall = source.build_overall_score()
    findings, first = _select_findings(source, titles), _select_actions(source, actions)
    return AnswerSection(
        title=build_overall_title(source, overall),
        overall=overall,
        functions=tuple(source.build_level_score(name) for name, _ in source.list_functions()),
        cuts=source.cuts,
        key_figures=_build_key_figures(source),
        findings=findings,
        actions=first,
        decision=_build_decision(source, first),
        notes=(*_build_notes(source, overall), *_build_explanations(source, findings)),
    )


def build_overall_title(source: ReportSource, overall: LevelScore) -> Message:
    """Build the title about the overall level, or the reason why there is none."""
    organisation = source.organisation
    if overall.figure.value is None:
        hidden = source.figures.is_hidden("overall.score") and source.figures.needed is not None
        return make_message("answer.hidden" if hidden else "answer.none", organisation=organisation)
    score = build_amount(overall.figure)
    if overall.level is None:
        contested = list_names(
            source.name_function(name) for name, function in source.list_scored_functions() if function.contested
        )
        if contested:
            return make_message("answer.contested", organisation=organisation, score=score, functions=contested)
        return make_message("answer.no-level", organisation=organisation, score=score)
    limiting_functions = _find_limiting_functions(source, overall)
    if limiting_functions:
        return make_message(
            "answer.held-back",
            count=len(limiting_functions),
            organisation=organisation,
            score=score,
            level=overall.level,
            functions=limiting_functions,
        )
    if overall.provisional:
        return make_message("answer.provisional", organisation=organisation, score=score, level=overall.level)
    return make_message("answer.level", organisation=organisation, score=score, level=overall.level)


def _find_limiting_functions(source: ReportSource, overall: LevelScore) -> tuple[str, ...]:
    """Functions whose level keeps the overall level below its band (method 4)."""
    if overall.band is None or overall.level is None or overall.level >= overall.band:
        return ()
    levels = [(name, function.level) for name, function in source.list_functions() if function.level is not None]
    lowest = min((level for _, level in levels), default=0)
    return list_names(source.name_function(name) for name, level in levels if level == lowest)


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


def _select_findings(source: ReportSource, titles: tuple[Message, ...]) -> tuple[Message, ...]:
    """Take the titles that call for action first, then the quieter ones, then what is unknown."""
    balance = source.result.indices.balance
    flagged = balance is not None and balance.flagged
    ranked = sorted((build_functions_finding(source), *titles), key=lambda title: _rank_urgency(title, flagged=flagged))
    known_titles = [title for title in ranked if _rank_urgency(title) < len(URGENCY_ORDER) + 1]
    return tuple((ranked if source.has_no_scores else known_titles or ranked)[:MAX_FINDINGS])


URGENCY_ORDER = (
    ("authority.high", "authority.flags"),
    ("functions.both", "functions.trails", "functions.two"),
    ("gap.leaders", "gap.practitioners", "gap.mixed", "change.up", "change.down"),
    ("embedding.apart",),
    ("authority.over-controlled", "hand-offs.weak", "heatmap.low-in-all"),
    ("functions.",),
    ("outlook.class",),
    ("embedding.",),
    ("hand-offs.", "gap.", "authority.moderate", "authority.low", "change."),
    ("heatmap.",),
)
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


def _select_actions(source: ReportSource, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Select the first actions, or only the one that must be decided before all others."""
    settling = tuple(action for action in actions if action.id == source.settling_advice_id)
    return settling or actions[:MAX_ACTIONS]


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
