"""Figures of a forecast in plain words: similar figures in one line, with what would show them."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from assessment.domain.disclosure.closing_forecast import ClosingForecast
from assessment.domain.disclosure.feasibility import FigureFeasibility, GroupNeed
from assessment.i18n import Translator
from assessment.i18n.messages import N_
from assessment.web.console.labels import QuestionnaireLabels

AREA_TITLE = N_("{area}: {figure}")
FUNCTION_TITLES = {
    "score": N_("the score"),
    "hand_off": N_("hand-offs between channels"),
    "dimensions": N_("dimensions"),
    "items": N_("single questions"),
    "intervals": N_("how sure a dimension is, and how far its answers agree"),
}
EVERYTHING_TITLE = N_("everything")
TITLES = {
    "overall": N_("The overall score and level"),
    "indices.embedding": N_("Embedding"),
    "indices.balance": N_("Balance between functions"),
    "indices.beyond_one_network": N_("Beyond one network"),
    "indices.set_up_to_fail": N_("Authority and support"),
    "indices.perception_gap.dimensions": N_("Leaders and practitioners compared"),
    "indices.perception_gap.leader_dont_know": N_("How often leaders don’t know"),
    "indices.perception_gap.goal_agreement": N_("Agreement on the main purpose"),
    "indices.outlook": N_("Roles in four years"),
    "personal": N_("What people say of their own work"),
}


DERIVED_TITLES = ("overall", "indices.embedding", "indices.balance")
DERIVED_NOTE = N_("It is computed from several functions: show more of them.")


class HiddenFigures(Struct, frozen=True):
    """One line: `hidden` of `total` figures with this title; `needs` are sentences about whom to invite.

    `is_shown_if_all_answer`: they would all be shown if everyone invited answered.
    """

    title: str
    hidden: int
    total: int
    is_shown_if_all_answer: bool = False
    needs: tuple[str, ...] = ()


class ClosingLines(Struct, frozen=True):
    """Figures that a close will hide, and those that it may hide."""

    hidden: tuple[HiddenFigures, ...]
    uncertain: tuple[HiddenFigures, ...]


def describe_hidden_figures(
    figures: Sequence[FigureFeasibility], names: QuestionnaireLabels, translator: Translator
) -> tuple[HiddenFigures, ...]:
    """Describe the figures that stay hidden at the expected response."""
    groups: dict[str, list[FigureFeasibility]] = {}
    for figure in _leave_out_dependent_intervals(figures):
        groups.setdefault(_find_group(figure.path), []).append(figure)
    totals = {key: len(group) for key, group in groups.items()}
    hidden = {key: [figure for figure in group if not figure.is_shown] for key, group in groups.items()}
    lines = []
    for key, title in _list_titles({key: len(group) for key, group in hidden.items()}, totals, names, translator):
        needs = [need for figure in hidden[key] for need in figure.needs]
        lines.append(
            HiddenFigures(
                title,
                len(hidden[key]),
                totals[key],
                is_shown_if_all_answer=all(figure.is_shown_if_all_answer for figure in hidden[key]),
                needs=(translator.gettext(DERIVED_NOTE),)
                if key in DERIVED_TITLES
                else tuple(_describe_needs(needs, names, translator)),
            )
        )
    return tuple(lines)


def describe_closing(forecast: ClosingForecast, names: QuestionnaireLabels, translator: Translator) -> ClosingLines:
    """Describe what a close will or may hide, without numbers of people."""
    everything = _count_by_group((*forecast.hidden, *forecast.uncertain, *forecast.enough))

    def describe(paths: Iterable[str]) -> tuple[HiddenFigures, ...]:
        counts = _count_by_group(paths)
        return tuple(
            HiddenFigures(title, counts[key], everything[key])
            for key, title in _list_titles(counts, everything, names, translator)
        )

    return ClosingLines(hidden=describe(forecast.hidden), uncertain=describe(forecast.uncertain))


def _find_group(path: str) -> str:
    """Return the line that a figure belongs to."""
    kind, *parts = path.split(".")
    if kind == "functions":
        start = f"functions.{parts[0]}"
        if "items" in parts or "rows" in parts:
            return f"{start}.items"
        if parts[-1] == "interval":
            return f"{start}.intervals"
        return f"{start}.{parts[1] if len(parts) > 1 else 'score'}"
    return next(key for key in TITLES if path == key or path.startswith(f"{key}."))


def _rank_group(key: str) -> int:
    """Rank a line: the whole first, then areas, then indices."""
    return 0 if key == "overall" else 1 if key.startswith("functions.") else 2


def _count_by_group(paths: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for path in paths:
        key = _find_group(path)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _leave_out_dependent_intervals(figures: Sequence[FigureFeasibility]) -> Iterable[FigureFeasibility]:
    """Leave out the intervals of hidden dimensions: the dimension's own line is enough."""
    hidden = {figure.path for figure in figures if not figure.is_shown}
    return (figure for figure in figures if figure.path.removesuffix(".interval") not in hidden - {figure.path})


def _list_titles(
    counts: Mapping[str, int], totals: Mapping[str, int], names: QuestionnaireLabels, translator: Translator
) -> list[tuple[str, str]]:
    """Return the lines with any of `counts`, by key; an area of which nothing is left has a single line."""
    empty = {
        name
        for name in names.functions
        if (score := f"functions.{name}.score") in counts
        and counts[score]
        and counts.get(f"functions.{name}.items", 0) == totals.get(f"functions.{name}.items", 0)
    }
    lines = []
    for key in sorted((key for key, number in counts.items() if number), key=_rank_group):
        kind, _, rest = key.partition(".")
        area, _, part = rest.rpartition(".")
        if kind != "functions":
            lines.append((key, translator.gettext(TITLES[key])))
        elif area not in empty or part == "score":
            figure = EVERYTHING_TITLE if area in empty else FUNCTION_TITLES[part]
            title = translator.gettext(AREA_TITLE).format(area=names.function(area), figure=translator.gettext(figure))
            lines.append((key, title))
    return lines


def _describe_needs(needs: Iterable[GroupNeed], names: QuestionnaireLabels, translator: Translator) -> Iterable[str]:
    """Yield whom to invite, one sentence per group."""
    most: dict[tuple[tuple[str, ...], tuple[str, ...] | None], int] = {}
    for need in needs:
        key = (need.roles, need.functions)
        most[key] = max(most.get(key, 0), need.enough - need.counting)
    for (roles, functions), more in most.items():
        titles = " / ".join(names.role(role) for role in roles)
        if functions is None:
            text = translator.ngettext("Invite {more} more: {roles}.", "Invite {more} more: {roles}.", more)
            yield text.format(more=more, roles=titles)
        else:
            areas = " / ".join(names.function(function) for function in functions)
            text = translator.ngettext(
                "Invite {more} more: {roles} ({areas}).", "Invite {more} more: {roles} ({areas}).", more
            )
            yield text.format(more=more, roles=titles, areas=areas)
