"""Findings of the answer page: ranked by urgency, each with the action that follows from it."""

from msgspec import Struct

from assessment.domain.questionnaire import FigureName
from assessment.domain.report.actions import Action
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
WEAKEST_NAMED = ("functions.both", "functions.trails", "functions.two")  # findings that name the weakest function
IMBALANCE = 1  # as urgent as a function that is behind
UNKNOWN_SUFFIXES = ("none", "hidden", "consensus", "one-side", "break", "unknown", "untested")


class ArgumentRow(Struct, frozen=True):
    """A finding, why it matters, and the action that follows from it; None where no action that starts now does."""

    finding: Message
    action: Action | None = None


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


def select_rows(source: ReportSource, ranked: list[Message], roadmap: RoadmapSection) -> tuple[ArgumentRow, ...]:
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
