"""The answer on one page: level, three findings, three actions, the decision asked for."""

from decimal import Decimal

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, Share, Value, say
from assessment.domain.report.parts import Action, Answer, KeyFigure, Levelled
from assessment.domain.report.source import Source, exact, names, quoted

FINDINGS = 3
ACTIONS = 3
TWO = 2


def answer(
    source: Source,
    actions: tuple[Action, ...],
    titles: tuple[Message, ...],
) -> Answer:
    """Build the page from sections that are built already, by their `titles`: it repeats, it does not judge anew."""
    overall = source.overall()
    findings = _findings(source, titles)
    return Answer(
        title=title(source, overall),
        overall=overall,
        functions=tuple(source.levelled(name) for name, _ in source.functions()),
        cuts=source.cuts,
        key_figures=_key_figures(source),
        findings=findings,
        actions=actions[:ACTIONS],
        decision=_decision(source, actions[:ACTIONS]),
        notes=(*_notes(source, overall), *_explained(source, findings)),
    )


def title(source: Source, overall: Levelled) -> Message:
    """Say where the whole stands, or why that can't be said."""
    score, whole = overall.figure.shown, source.organisation
    if score is None:
        hidden = source.figures.is_hidden("overall.score") and source.figures.needed is not None
        return say("answer.hidden" if hidden else "answer.none", organisation=whole)
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
    """Functions whose level keeps the whole below its own band (method 4)."""
    if overall.band is None or overall.level is None or overall.level >= overall.band:
        return ()
    levels = [(name, function.level) for name, function in source.functions() if function.level is not None]
    lowest = min((level for _, level in levels), default=0)
    return names(source.function(name) for name, level in levels if level == lowest)


def functions_finding(source: Source) -> Message:
    """Say which function is strongest and which weakest, with ties (method 5, balance)."""
    ranked = sorted(
        ((source.score(function.score), name) for name, function in source.scored() if function.score is not None),
        reverse=True,
    )
    if not ranked:
        return say("functions.none")
    (high, first), (low, last) = ranked[0], ranked[-1]
    if len(ranked) == 1:
        return say("functions.one", function=source.function(first), score=high)
    balance = source.questionnaire.indices.balance
    tie = exact(balance.tie_below) if balance else Decimal(0)
    values: dict[str, Value] = {
        "strongest": source.function(first),
        "weakest": source.function(last),
        "high": high,
        "low": low,
    }
    if high - low >= tie and len(ranked) == TWO:
        return say("functions.two", **values)
    leads = high - ranked[1][0] >= tie
    trails = ranked[-2][0] - low >= tie
    if high - low < tie:
        return say("functions.even", low=low, high=high)
    if trails and leads:
        return say("functions.both", **values)
    return say("functions.trails" if trails else "functions.leads" if leads else "functions.spread", **values)


def _findings(source: Source, titles: tuple[Message, ...]) -> tuple[Message, ...]:
    """Take the titles that call for action first, then the quieter ones, then what is unknown."""
    ranked = sorted((functions_finding(source), *titles), key=_urgency)
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
    ("hand-offs.", "gap.hint", "gap.closed", "authority.moderate", "authority.low", "change."),
    ("heatmap.",),
)
SILENT = ("none", "hidden", "consensus", "one-side", "break", "unknown")


def _urgency(title: Message) -> int:
    if title.id.rpartition(".")[2] in SILENT:
        return len(URGENCY) + 1
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
        score = source.figures.score(indices.embedding.score, "indices.embedding.score", indices.embedding.interval)
        meaning = _named(source.class_name(indices.embedding.class_))
        found.insert(0, KeyFigure(say("label.embedding"), score, meaning))
    if indices.balance is not None:
        balance = source.figures.score(indices.balance.score, "indices.balance.score")
        found.insert(1, KeyFigure(say("label.balance"), balance))
    return tuple(found)


def _named(name: str) -> Message | None:
    return say("plain", text=name) if name else None


def _decision(source: Source, actions: tuple[Action, ...]) -> Message:
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
    """What the key figures mean that a reader of this page alone may not know."""
    embedding, balance = source.result.indices.embedding, source.result.indices.balance
    notes = []
    said = any(finding.id.startswith("embedding.") for finding in findings)
    if embedding is not None and embedding.class_ is not None and not said:
        name, meaning = (text(embedding.class_) for text in (source.class_name, source.class_meaning))
        notes += [say("note.embedding", name=name), say("plain", text=meaning)]
    if balance is not None and balance.score is not None:
        notes.append(say("note.balance"))
    return notes
