"""Answer section: level, three findings, three actions and the decision needed, on one page."""

from decimal import Decimal

from msgspec.structs import replace

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, Share, Value, say
from assessment.domain.report.parts import Action, Answer, KeyFigure, Levelled
from assessment.domain.report.source import LEAST_APART, Source, amount, exact, names, quoted

FINDINGS = 3
ACTIONS = 3
TWO = 2


def answer(
    source: Source,
    actions: tuple[Action, ...],
    titles: tuple[Message, ...],
) -> Answer:
    """Build the section from the `titles` of the other sections, so that it can't contradict them."""
    overall = source.overall()
    findings, first = _findings(source, titles), _first(source, actions)
    return Answer(
        title=title(source, overall),
        overall=overall,
        functions=tuple(source.levelled(name) for name, _ in source.functions()),
        cuts=source.cuts,
        key_figures=_key_figures(source),
        findings=findings,
        actions=first,
        decision=_decision(source, first),
        notes=(*_notes(source, overall), *_explained(source, findings)),
    )


def title(source: Source, overall: Levelled) -> Message:
    """Say where the whole stands, or why that can't be said."""
    whole = source.organisation
    if overall.figure.shown is None:
        hidden = source.figures.is_hidden("overall.score") and source.figures.needed is not None
        return say("answer.hidden" if hidden else "answer.none", organisation=whole)
    score = amount(overall.figure)
    if overall.level is None:
        contested = names(source.function(name) for name, function in source.scored() if function.contested)
        if contested:
            return say("answer.contested", organisation=whole, score=score, functions=contested)
        return say("answer.no-level", organisation=whole, score=score)
    held = _held_back(source, overall)
    if held:
        return say(
            "answer.held-back", count=len(held), organisation=whole, score=score, level=overall.level, functions=held
        )
    if overall.provisional:
        return say("answer.provisional", organisation=whole, score=score, level=overall.level)
    return say("answer.level", organisation=whole, score=score, level=overall.level)


def _held_back(source: Source, overall: Levelled) -> tuple[str, ...]:
    """Functions whose level keeps the overall level below its band (method 4)."""
    if overall.band is None or overall.level is None or overall.level >= overall.band:
        return ()
    levels = [(name, function.level) for name, function in source.functions() if function.level is not None]
    lowest = min((level for _, level in levels), default=0)
    return names(source.function(name) for name, level in levels if level == lowest)


def functions_finding(source: Source) -> Message:
    """Name the strongest and the weakest function, if they differ beyond chance (method 4)."""
    ranked = sorted(source.scored(), key=lambda pair: -(pair[1].score or 0.0))
    if not ranked:
        return say("functions.none")
    scores = [source.score(found.score or 0.0) for _, found in ranked]
    amounts = [amount(source.levelled(name).figure) for name, _ in ranked]
    names_of = [source.function(name) for name, _ in ranked]
    if len(ranked) == 1:
        return say("functions.one", function=names_of[0], score=amounts[0])
    values: dict[str, Value] = {
        "strongest": names_of[0],
        "weakest": names_of[-1],
        "high": amounts[0],
        "low": amounts[-1],
    }
    leads = source.is_apart(ranked[0][1], ranked[1][1])
    trails = source.is_apart(ranked[-1][1], ranked[-2][1])
    if leads and len(ranked) == TWO:
        return say("functions.two", **values)
    if leads and trails:
        return say("functions.both", **values)
    if leads or trails:
        return say("functions.trails" if trails else "functions.leads", **values)
    balance = source.questionnaire.indices.balance
    tie = exact(balance.tie_below if balance else LEAST_APART)
    is_even = scores[0] - scores[-1] < tie
    return say("functions.even" if is_even else "functions.spread", low=amounts[-1], high=amounts[0])


def _findings(source: Source, titles: tuple[Message, ...]) -> tuple[Message, ...]:
    """Take the titles that call for action first, then the quieter ones, then what is unknown."""
    balance = source.result.indices.balance
    flagged = balance is not None and balance.flagged
    ranked = sorted((functions_finding(source), *titles), key=lambda title: _urgency(title, flagged=flagged))
    spoken = [title for title in ranked if _urgency(title) < len(URGENCY) + 1]
    return tuple((ranked if source.silent else spoken or ranked)[:FINDINGS])


URGENCY = (
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
SILENT = ("none", "hidden", "consensus", "one-side", "break", "unknown", "untested")


def _urgency(title: Message, *, flagged: bool = False) -> int:
    """Place of a title among the findings; functions that are `flagged` as out of balance call for action."""
    if title.id.rpartition(".")[2] in SILENT:
        return len(URGENCY) + 1
    if flagged and title.id.startswith("functions."):
        return IMBALANCE
    for place, starts in enumerate(URGENCY):
        if title.id.startswith(starts):
            return place
    return len(URGENCY)


def _key_figures(source: Source) -> tuple[KeyFigure, ...]:
    result = source.result
    found = [
        KeyFigure(
            say("label.coverage"), source.figures.coverage(result.overall.coverage, "overall.coverage"), unit="percent"
        ),
    ]
    if not source.consensus:
        people = Figure(Decimal(result.respondents.counted))
        found.append(KeyFigure(say("label.people"), people, unit="people"))
    indices = result.indices
    if indices.embedding is not None:
        meaning = _named(source.class_name(indices.embedding.class_))
        found.insert(0, KeyFigure(say("label.embedding"), replace(source.embedding(), n=None), meaning))
    if indices.balance is not None:
        balance = source.figures.score(indices.balance.score, "indices.balance.score")
        found.insert(1, KeyFigure(say("label.balance"), replace(balance, bound=source.balance_bound())))
    return tuple(found)


def _named(name: str) -> Message | None:
    return say("plain", text=name) if name else None


def _first(source: Source, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Select the first actions, or only the one that must be decided before all others."""
    settling = tuple(action for action in actions if action.id == source.settling)
    return settling or actions[:ACTIONS]


def _decision(source: Source, actions: tuple[Action, ...]) -> Message:
    if source.settling is not None:
        return say("decision.settle", action=quoted([actions[0].title])[0])
    if actions:
        return say("decision.actions", count=len(actions), actions=quoted(action.title for action in actions))
    if source.silent:
        return say("decision.ask-more")
    return say("decision.keep")


def _notes(source: Source, overall: Levelled) -> tuple[Message, ...]:
    notes = []
    if overall.provisional:
        cut = Decimal(repr(100 * source.questionnaire.scoring.provisional_below)).quantize(Decimal(1))
        notes.append(say("note.provisional", share=cut))
    left_out = names(source.function(name) for name, function in source.functions() if function.out_of_scope)
    if left_out:
        notes.append(say("note.out-of-scope", count=len(left_out), functions=left_out))
    silent = names(
        source.function(name)
        for name, function in source.functions()
        if function.score is None and not function.out_of_scope
    )
    if silent and source.scored():
        notes.append(say("note.no-score", count=len(silent), functions=silent))
    if source.consensus:
        notes.append(say("note.consensus"))
    if overall.figure.interval or any(source.levelled(name).figure.interval for name, _ in source.functions()):
        notes.append(say("note.interval", percent=Share(exact(100 * source.questionnaire.scoring.interval_confidence))))
    return tuple(notes)


def _explained(source: Source, findings: tuple[Message, ...]) -> list[Message]:
    """Explain key figures to someone who reads only this page."""
    embedding, balance = source.result.indices.embedding, source.result.indices.balance
    notes = []
    said = any(finding.id.startswith("embedding.") for finding in findings)
    if embedding is not None and embedding.class_ is not None and not said:
        name, meaning = (text(embedding.class_) for text in (source.class_name, source.class_meaning))
        notes += [say("note.embedding", name=name), say("plain", text=meaning)]
    if balance is not None and balance.score is not None:
        notes.append(say("note.balance"))
    return notes
