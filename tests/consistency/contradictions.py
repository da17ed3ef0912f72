"""Contradictions within one report: what two of its sentences must never say next to each other.

Typed messages are compared with the result by an independent reading of the method; what pages add to
them is read as English text. Each check yields what it found wrong.
"""

import re
from collections import Counter
from collections.abc import Iterator

from assessment.domain.report import Report
from assessment.domain.report.audiences import FUNCTION_EDITION_PREFIX
from assessment.domain.report.figures import ReportFigure
from assessment.domain.result import ItemResult, Result
from tests.consistency.case import WORDS, Case, Messages, messages_of
from tests.consistency.gaps import gap_rows, gap_title, gaps_on_pages
from tests.consistency.ranks import dimension_ranks, function_ranks, ranks_on_pages

STEPPED = ("figure.item", "figure.worst-hand-off", "figure.authority", "figure.independence", "figure.readiness")
REACHED = re.compile(r"\blevel \d[^.;:|]{0,40}\b(is|are) reached|\d is its target\b(?! level)", re.IGNORECASE)
OTHER_DECISIONS = (
    *("decision.actions", "decision.keep", "summary.first"),
    *("roadmap.urgent", "roadmap.all-urgent", "roadmap.first"),
)
SETTLING = "calibrate-first"


def contradictions(case: Case) -> list[str]:
    """Everything that is wrong with a report, each with the name of the check."""
    messages = tuple(messages_of(case.report))
    checks = (
        *(function_ranks, dimension_ranks, ranks_on_pages, gap_title, gap_rows, gaps_on_pages),
        *(
            horizons,
            classes,
            named_class,
            levels_reached,
            targets_reached,
            settled_first,
            clipped,
            clipped_sums,
            urgent,
            untimely,
            twins,
        ),
    )
    return [f"{check.__name__}: {found}" for check in checks for found in check(case, messages)]


def horizons(case: Case, messages: Messages) -> Iterator[str]:
    """Report actions that can't wait and are not due first, and approvals that differ from what starts now."""
    roadmap = case.report.roadmap
    for action in roadmap.actions:
        if action.urgent and action.horizon:
            yield f"{action.id} is urgent, and due {action.horizon_name}"
    starting = {action.title for action in roadmap.actions if action.part == "now"}
    for message in messages:
        if message.id == "decision.actions":
            asked = {quoted.values["text"] for quoted in message.values["actions"]}
            if not asked <= starting:
                yield f"asks to start now what starts next: {asked - starting}"
    for name, text in case.editions.items():
        if re.search(r"can[’']t wait", text) and any(action.horizon for action in roadmap.actions if action.pinned):
            yield f"{name} says that an action with a later horizon can’t wait"
        if re.search(r"\bform “now”", text):
            yield f"{name} says that the first actions form “now”, whatever their horizon"


def classes(case: Case, messages: Messages) -> Iterator[str]:
    """No meaning of another class is quoted."""
    indices, rules, texts = case.result.indices, case.questionnaire.indices, case.questionnaire.text("en")
    known = (
        (indices.embedding.class_ if indices.embedding else None, rules.embedding),
        (indices.set_up_to_fail.class_ if indices.set_up_to_fail else None, rules.set_up_to_fail),
    )
    for own, index in known:
        others = [texts.class_meanings[name] for name in (index.classes if index else ()) if name != own]
        for name, text in case.editions.items():
            yield from (f"{name} says “{meaning}”, the class is {own}" for meaning in others if meaning in text)


def named_class(case: Case, messages: Messages) -> Iterator[str]:
    """Advice calls the organisation by no class but its own: "A profession apart" gives "a profession"."""
    index, found = case.questionnaire.indices.embedding, case.result.indices.embedding
    own = found.class_ if found else None
    advice = " ".join(f"{action.title} {action.why}" for action in case.report.roadmap.actions)
    for name in index.classes if index else ():
        noun = case.questionnaire.text("en").classes[name].split()[1:2]
        if name != own and noun and re.search(rf"\ban? {noun[0]}\b", advice):
            yield f"advice says “{noun[0]}”, the class is {own}"


def levels_reached(case: Case, messages: Messages) -> Iterator[str]:
    """No level is called reached with points to go to its target score."""
    to_go = _to_go(case)
    for row in case.report.target_paths.rows:
        if row.reached and row.name in to_go and "reached" in WORDS.render_message(row.description):
            yield f"{row.name or 'the whole'}: {WORDS.render_message(row.description)}"
    for message in messages:
        if message.id == "lifting.functions-reached" and to_go & set(message.values["functions"]):
            yield f"{message.id}, with points to go for {to_go}"
        if message.id == "lifting.reached" and "" in to_go:
            yield f"{message.id}, with points to go"
    if all(row.name in to_go for row in case.report.target_paths.rows):
        for name, text in case.editions.items():
            yield from (f"{name}: {found.group()}, with points to go" for found in REACHED.finditer(text))


def targets_reached(case: Case, messages: Messages) -> Iterator[str]:
    """No target is called reached with points to go, and then no next step is advised."""
    to_go = _to_go(case) - {""}
    steps = [advice.id for advice in case.result.advice if advice.dimension is not None]
    for message in messages:
        if message.id in ("targets.reached", "targets.both-reached") and (to_go or steps):
            yield f"{message.id}, with points to go for {to_go} and advice {steps}"


def _to_go(case: Case) -> set[str]:
    """Names of functions below their target; empty for the whole."""
    found = {
        row.name for row in case.report.targets.functions if row.missing_points is not None and row.missing_points > 0
    }
    whole = case.result.overall.score
    if whole is not None and whole < case.questionnaire.prioritising.whole_target:
        found.add("")
    return found


def settled_first(case: Case, messages: Messages) -> Iterator[str]:
    """Report a decision asked for before the scores of a contested function are settled.

    Unless that starts later: it comes first only where the level of the whole is withheld (method 8).
    """
    contested = any(part.contested and part.score is not None for part in case.result.functions.values())
    if not contested or all((advice.id, advice.part) != (SETTLING, "now") for advice in case.result.advice):
        return
    asked = [action.id for action in case.report.answer.actions]
    if asked != [SETTLING]:
        yield f"the answer asks for {asked}"
    starting = [action.id for action in case.report.roadmap.starting]
    if SETTLING in starting[1:]:
        yield f"{starting[0]} starts first"
    yield from (f"{one.id} where answers diverge" for one in messages if one.id in OTHER_DECISIONS)
    yield from _starting_at_once(case)
    for name, text in case.editions.items():
        if re.search(r"\bApprove (these|this)\b", text):
            yield f"{name} asks for another decision"


def _starting_at_once(case: Case) -> Iterator[str]:
    """Nothing else starts before the scores are settled, and every playbook names what is decided first."""
    roadmap = case.report.roadmap
    settling = next(action for action in roadmap.actions if action.id == SETTLING)
    for action in roadmap.actions:
        if action.part == "now" and action.id != SETTLING and action.after != settling.place:
            yield f"{action.id} starts now"
    for name, text in case.editions.items():
        if name.startswith(FUNCTION_EDITION_PREFIX) and "start after" in text and settling.title not in text:
            yield f"{name} does not name {settling.title}"
        if len(re.findall(r"\bstart now\b(?! \(action)", text)) > text.count(settling.title):
            yield f"{name} says “start now” of other actions"
        if re.search(r"\b(With what starts now|actions start now, each|starts now \(the first)\b", text):
            yield f"{name} says that several actions start now"


def twins(case: Case, messages: Messages) -> Iterator[str]:
    """No two actions have the same title."""
    titles = Counter(action.title for action in (*case.report.roadmap.actions, *case.report.roadmap.further))
    yield from (f"{count} actions are called {title}" for title, count in titles.items() if count > 1)


def clipped_sums(case: Case, messages: Messages) -> Iterator[str]:
    """Report figures computed from clipped ones alone, or distances from one, that do not say so."""
    texts = case.questionnaire.text("en")
    titles = {texts.functions[name]: part for name, part in case.result.functions.items()}
    for row in case.report.heatmap.rows:
        for key, one in zip(case.report.heatmap.columns, row.cells, strict=True):
            parts = {texts.dimensions[name].title: part for name, part in titles[row.name].dimensions.items()}
            items = parts[key].items.values() if key in parts else ()
            scores = {item.score: item.bound for item in items if item.score is not None}
            bound = next(iter(scores.values())) if {parts[key].score if key in parts else None} == set(scores) else None
            if one.figure.value is not None and one.figure.bound != bound:
                yield f"{key} of {row.name} is shown as {WORDS.format_figure(one.figure)}"
    yield from _clipped_differences(case)


def _clipped_differences(case: Case) -> Iterator[str]:
    texts, gap, risk = case.questionnaire.text("en"), case.result.indices.perception_gap, case.report.authority
    rows = {row.name: row.gap for row in (case.report.perception_gap.rows if case.report.perception_gap else ())}
    for name, part in (gap.visible_dimensions if gap else {}).items():
        if len(part.bounds) == 1 and rows[texts.dimensions[name].title].bound is None:
            yield f"the gap on {name} is shown as exact"
    found = case.result.indices.set_up_to_fail
    sides = {"authority", "support"} & set(found.bounds) if found else set()
    if risk and risk.difference.value is not None and len(sides) == 1 and risk.difference.bound is None:
        yield "authority minus support is shown as exact"


def clipped(case: Case, messages: Messages) -> Iterator[str]:
    """Report a figure at an end of the released scale that is shown without "or less" or "or more"."""
    note = case.result.disclosure
    if note is None:
        return
    ends = {item: found.bound for item, found in _items(case.result) if found.bound}
    for row in _rows(case.report):
        if row[1].value is not None and row[1].bound != ends.get(row[0]):
            yield f"{row[0]} is shown as {WORDS.format_figure(row[1])}"
    lowest, highest = (f"{end:g}" for end in (note.lowest, note.highest))
    for message in messages:
        if message.id.startswith("fired.") and message.values["figure"].id in STEPPED:
            shown = WORDS.format_value(message.values["value"])
            if shown in (lowest, highest):
                yield f"{WORDS.render_message(message)} leaves out that {shown} is an end"


def _items(result: Result) -> Iterator[tuple[str, ItemResult]]:
    for function in result.functions.values():
        for dimension in function.dimensions.values():
            yield from dimension.items.items()
        yield from function.hand_off.rows.items()
    yield from result.personal.items()


def _rows(report: Report) -> Iterator[tuple[str, ReportFigure]]:
    for part in report.functions:
        yield from ((row.id, row.figure) for row in part.all)
    for group in report.appendix.items:
        yield from ((line.id, line.figure) for line in group.items)
    for personal in (report.authority, report.outlook):
        yield from ((row.id, row.figure) for row in (personal.items if personal else ()))


def urgent(case: Case, messages: Messages) -> Iterator[str]:
    """Report actions called urgent without a reason: averages elsewhere may look calm."""
    named = {one.values["action"].values["text"] for one in messages if one.id.startswith("note.urgent")}
    found = [action for action in case.report.roadmap.actions if action.urgent]
    for action in found:
        if action.title not in named:
            yield f"{action.id} is urgent, and nothing says why"
    counts = [one.values["count"] for one in messages if one.id in ("roadmap.urgent", "roadmap.all-urgent")]
    if any(count != len(found) for count in counts):
        yield f"{counts} actions are said to be urgent, {len(found)} are"
    notes = [WORDS.render_message(one) for one in messages if one.id.startswith("note.urgent")]
    title = WORDS.render_message(case.report.roadmap.title)
    for name in ("full", "board", "terminal", "console"):
        text = case.editions[name]
        if title in text and not all(" ".join(note.split()) in text for note in notes):
            yield f"{name} says “{title}”, and not why"


def untimely(case: Case, messages: Messages) -> Iterator[str]:
    """No decision is asked for today: some actions start now, and none has to be done today."""
    for message in messages:
        if message.id.startswith("decision.") and re.search(r"\btoday\b", WORDS.render_message(message)):
            yield f"{message.id} asks for it today"
    for name, text in case.editions.items():
        if re.search(r"\bApprove\b[^.]*\btoday\b", text):
            yield f"{name} asks for a decision today"
