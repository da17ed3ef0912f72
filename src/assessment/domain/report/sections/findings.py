"""Findings of the answer page: ranked by urgency, each with the action that follows from it."""

from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.questionnaire import FigureName
from assessment.domain.report.actions import Action
from assessment.domain.report.finding_edits import (
    ADVICE_PREFIX,
    StatedFinding,
    get_finding_places,
    list_dropped_findings,
    state_finding,
)
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.sections.roadmap import RoadmapSection
from assessment.domain.report.source import MIN_POINTS_APART, PAIR_SIZE, ReportSource, build_amount, to_exact_decimal

MAX_FINDINGS = 3
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
# Section whose finding states these figures or what they are worked out from.
SECTION_OF_FIGURE = {
    FigureName.SET_UP_TO_FAIL: "authority",
    FigureName.RED_FLAGS: "authority",
    FigureName.AUTHORITY: "authority",
    FigureName.AUTHORITY_MINUS_SUPPORT: "authority",
    FigureName.CONFIRMED_GAP: "gap",
    FigureName.HAND_OFF: "hand-offs",
    FigureName.WORST_HAND_OFF: "hand-offs",
    FigureName.INDEPENDENCE: "outlook",
    FigureName.READINESS: "outlook",
    FigureName.EMBEDDING: "embedding",
    FigureName.BALANCE: "functions",
    FigureName.SPREAD: "functions",
}
WITH_ACTION = "finding.with-action"  # a finding with the place of the action that follows from it
WEAKEST_NAMED = ("functions.both", "functions.trails", "functions.two")  # findings that name the weakest function
IMBALANCE = 1  # as urgent as a function that is behind
UNKNOWN_SUFFIXES = ("none", "hidden", "consensus", "one-side", "withheld", "break", "unknown", "untested")


class FindingRow(Struct, frozen=True):
    """A finding, why it matters, and the action that follows from it; None where no action that is listed does.

    The action starts now, except in the row of the function that limits the level: there it may start next.

    `evidence` is the figure that fired the action, unless the finding states it. `further` are other actions that start
    now and follow from the same finding.
    """

    finding: Message
    action: Action | None = None
    stated: StatedFinding | None = None
    evidence: Message | None = None
    further: tuple[Action, ...] = ()


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
    functions = [function for _, function in ranked]
    leads = source.is_apart_from_rest(functions)
    trails = source.is_apart_from_rest(functions[::-1])
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


def list_rows(
    source: ReportSource, ranked: list[Message], roadmap: RoadmapSection, limiting: Collection[str]
) -> tuple[FindingRow, ...]:
    """List the findings from which an action follows that starts now, in the order of the roadmap, then the others.

    Each states another fact. An action that follows from no section gets the figure that fired it as finding. The first
    three include an action for one of the functions that limit the level, by name, if there is any. Findings that the
    consultant left out are missing, and the consultant's order applies.
    """
    dropped = list_dropped_findings(source.details)
    ranked = [title for title in ranked if title.id not in dropped]
    if source.first_decision_id is not None:
        (first, *_) = [action for action in roadmap.starting if action.id == source.first_decision_id]
        rows = [_make_row(source, first.finding or first.fired[0].text, first, f"{ADVICE_PREFIX}{first.id}")]
        rows = [row for row in rows if row.stated and row.stated.id not in dropped]
        waiting = tuple(action for action in roadmap.starting if action is not first)
        rows += _match_actions(source, ranked, waiting, dropped)
    else:
        rows = _match_actions(source, ranked, roadmap.starting, dropped)
        rows = _insert_limit_rows(source, rows, ranked, roadmap.actions, limiting)
        rows = [row for row in rows if row.stated and row.stated.id not in dropped]
    listed = [row.stated.computed for row in rows if row.stated]
    rows += [_make_row(source, title) for title in ranked if title not in listed]
    places = get_finding_places(source.details)
    return tuple(sorted(rows, key=lambda row: places.get(row.stated.id if row.stated else "", len(places))))


def list_dropped_rows(
    source: ReportSource, ranked: list[Message], roadmap: RoadmapSection
) -> tuple[StatedFinding, ...]:
    """List the computed findings that the consultant left out."""
    dropped = list_dropped_findings(source.details)
    by_advice = {f"{ADVICE_PREFIX}{action.id}": action.finding for action in roadmap.starting if action.finding}
    computed = {title.id: title for title in ranked} | by_advice
    return tuple(state_finding(name, computed[name], source.details) for name in dropped if name in computed)


def _make_row(
    source: ReportSource, computed: Message, action: Action | None = None, identifier: str = ""
) -> FindingRow:
    stated = state_finding(identifier or computed.id, computed, source.details)
    row = FindingRow(stated.message, action, stated)
    is_evident = action is None or _states_same_fact(row, action)
    return row if is_evident or action is None else replace(row, evidence=action.finding)


def _match_actions(
    source: ReportSource, ranked: list[Message], starting: tuple[Action, ...], dropped: Collection[str]
) -> list[FindingRow]:
    """Match every action that starts now with a finding: of a section first, otherwise of the figure that fired it."""
    rows: list[FindingRow] = []
    free = list(starting)
    for title in ranked:
        action = find_following_action(source, free, title)
        if action is not None:
            rows.append(_make_row(source, title, action))
            free.remove(action)
    for action in free:
        same = next((row for row in rows if _states_same_fact(row, action)), None)
        if same is None and len(rows) >= MAX_FINDINGS:
            same = next((row for row in rows if row.stated and _follows(source, action, row.stated.computed)), None)
        if same is not None:
            rows[rows.index(same)] = replace(same, further=(*same.further, action))
        elif action.finding and f"{ADVICE_PREFIX}{action.id}" not in dropped:
            rows.append(_make_row(source, action.finding, action, f"{ADVICE_PREFIX}{action.id}"))
    first = sorted(rows[:MAX_FINDINGS], key=lambda row: row.action.place if row.action else 0)
    return [*first, *rows[MAX_FINDINGS:]]


def find_following_action(source: ReportSource, actions: Sequence[Action], title: Message) -> Action | None:
    """Find the first action that follows from a finding."""
    return next((action for action in actions if _follows(source, action, title)), None)


def _insert_limit_rows(
    source: ReportSource,
    rows: list[FindingRow],
    ranked: list[Message],
    actions: tuple[Action, ...],
    limiting: Collection[str],
) -> list[FindingRow]:
    """Have a row about each function that limits the level among the first three, as far as they have room."""
    for name in limiting:
        visible = rows[:MAX_FINDINGS]
        if any(_concerns(row, (name,)) for row in visible):
            continue
        about = _list_one_for_each(visible, limiting)
        row = _find_limit_row(source, rows, ranked, actions, name)
        if row is None or len(about) == MAX_FINDINGS:
            continue
        # A second row about a function that limits the level gives way before any other.
        others = sorted((one for one in visible if one not in about), key=lambda one: _concerns(one, limiting))
        first = [*about, row, *others][:MAX_FINDINGS]
        first.sort(key=lambda one: one.action.place if one.action else 0)
        rows = [*first, *(one for one in rows if one not in first)]
    return rows


def _list_one_for_each(rows: Sequence[FindingRow], functions: Collection[str]) -> list[FindingRow]:
    """List the first row about each of these functions."""
    firsts = [next((row for row in rows if _concerns(row, (name,))), None) for name in functions]
    return [row for row in rows if row in firsts]


def _find_limit_row(
    source: ReportSource, rows: Sequence[FindingRow], ranked: Sequence[Message], actions: Sequence[Action], name: str
) -> FindingRow | None:
    """Find the row about a function that limits the level, by name, or make one; None without an action for it.

    The action is its first one that starts now, otherwise that on the balance between functions or its first one.
    """
    finding = next((title for title in ranked if title.id in WEAKEST_NAMED and title.values["weakest"] == name), None)
    own = [action for action in actions if action.function_name == name]
    balance = [action for action in actions if action.topic == "balance" and finding is not None]
    action = next((one for one in (*own, *balance) if one.part == "now"), next(iter((*balance, *own)), None))
    if action is None:
        return None
    row = next((row for row in rows if action in (row.action, *row.further)), None)
    return row or _make_row(source, finding or _build_limit_finding(source, action), action)


def _concerns(row: FindingRow, functions: Collection[str]) -> bool:
    """Return whether a row is about one of these functions, by name, or an action that follows from it is."""
    actions = [action for action in (row.action, *row.further) if action is not None]
    weakest = row.stated.computed.values.get("weakest") if row.stated else None
    return bool(actions) and (weakest in functions or any(action.function_name in functions for action in actions))


def _build_limit_finding(source: ReportSource, action: Action) -> Message:
    """Finding that the function of an action limits the level of the whole."""
    score = build_amount(source.build_level_score(action.function or "").figure)
    return make_message("functions.limits", function=source.name_function(action.function or ""), score=score)


def _states_same_fact(row: FindingRow, action: Action) -> bool:
    """Return whether a row states the figure that fired an action, as that figure or as the finding of its section."""
    if row.stated is None or action.finding is None:
        return False
    if action.finding in (row.stated.computed, row.evidence):
        return True
    return row.stated.computed.id.partition(".")[0] == _find_stating_section(action)


def _find_stating_section(action: Action) -> str | None:
    return SECTION_OF_FIGURE.get(FigureName(action.figure)) if action.figure else None


def _follows(source: ReportSource, action: Action, title: Message) -> bool:
    """Return whether an action follows from the finding of a section."""
    section = title.id.partition(".")[0]
    if title.id == "heatmap.low-in-all":
        return action.dimension is not None and source.name_dimension(action.dimension) in title.values["dimensions"]
    if section == "functions":
        is_weakest = action.function_name is not None and action.function_name == title.values.get("weakest")
        return action.topic == "balance" or (is_weakest and title.id in WEAKEST_NAMED)
    if section == "gap":  # other figures of its section are facts of their own
        return action.figure == FigureName.CONFIRMED_GAP
    named = _list_named_functions(title) if section == "hand-offs" else ()
    return action.topic == section and (not named or action.function_name in named)


def _list_named_functions(title: Message) -> tuple[MessageValue, ...]:
    """List the functions that a finding on hand-offs names; none where it counts them."""
    places = title.values.get("places")
    if isinstance(places, tuple):
        return tuple(place.values["function"] for place in places if isinstance(place, Message))
    return (title.values["function"],) if "function" in title.values else ()


def rank_findings(source: ReportSource, titles: tuple[Message, ...]) -> list[Message]:
    """Sort the titles that call for action first, then the quieter ones; what is unknown only if nothing is known."""
    balance = source.result.indices.balance
    flagged = balance is not None and balance.flagged
    ranked = sorted((build_functions_finding(source), *titles), key=lambda title: _rank_urgency(title, flagged=flagged))
    known_titles = [title for title in ranked if _rank_urgency(title) < len(URGENCY_ORDER) + 1]
    return ranked if source.has_no_scores else known_titles or ranked


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
