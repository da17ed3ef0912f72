"""Republication check: whether a further release would disclose the answers of the few who changed theirs (method 6.7).

Anyone with two releases can subtract one from the other. So a further release is allowed only if, for every figure:
    - the answers of nobody, or of at least k + 1 people, were added, changed or removed;
    - it moves by at most 20 points, if a role has both people who changed and 1 to k people who did not.
It is also refused after 1 to k people were replaced, and beyond the third release.
"""

from collections.abc import Collection, Iterator, Mapping

import msgspec
import numpy as np
from msgspec import Struct

from assessment.domain.answers import NOT_APPLICABLE, Answers, AssessmentSettings, BoolArray
from assessment.domain.closed_sets import Mode
from assessment.domain.disclosure.guard import DisclosureGuard, build_guard
from assessment.domain.disclosure.release_difference import AnswerDifference, ColumnIndices, compare_answers
from assessment.domain.method import score_figures
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.scoring.careless_responses import screen_responses
from assessment.domain.scoring.cut_points import is_above

PERSONAL_PATH = "personal"
COUNTS_PATH = "respondents"
EVIDENCE_FIGURE = "evidence_share"  # 0-1; compared in points
MAX_RELEASES = 3
MAX_POINTS_MOVED = 20.0  # largest move of a figure while the answers of 1 to k people of a role are unchanged


class FigureSource(Struct, frozen=True):
    """Items and role that a figure is computed from; `path` is that of the figure in a result.

    `by_function`: the figure is a mean of means within functions, so a role is checked in each function.
    """

    path: str
    columns: ColumnIndices
    role: str | None = None
    by_function: bool = False


class ReplacementCounts(Struct, frozen=True):
    """Number of people replaced between two releases, and of those among them who counted towards k + 1."""

    people: int = 0
    counting: int = 0


NO_REPLACEMENTS = ReplacementCounts()


def find_blocking_figures(
    questionnaire: Questionnaire,
    settings: AssessmentSettings,
    earlier: Answers,
    later: Answers,
    replaced: ReplacementCounts = NO_REPLACEMENTS,
) -> tuple[str, ...]:
    """Return the paths of the figures that block a further release; empty if it may be published.

    `earlier` are the answers behind a published release, `later` the current ones, both of everyone who submitted.
    `replaced` counts the people whose invitations were replaced in between. Must be called for every earlier release,
    not only the last. The returned paths must not be shown: "one person's answer changed here" is exactly what the
    check protects. Show those of `find_blocked_figure_groups` instead.
    """
    if settings.mode == Mode.CONSENSUS:
        return ()
    guard = build_guard(questionnaire.disclosure, settings.minimum_group)
    before, after = (
        answers.select_rows(screen_responses(questionnaire, answers).is_kept) for answers in (earlier, later)
    )
    difference = compare_answers(before, after)
    figures = list(
        _list_figure_sources(questionnaire, _find_used_items(before, guard) | _find_used_items(after, guard))
    )
    blocking = [figure.path for figure in figures if difference.differs_for_few(figure.columns, guard, figure.role)]
    blocking += _find_moved_figures(questionnaire, settings, difference, figures, (earlier, later))
    submitted_difference = compare_answers(earlier, later)
    everything = np.arange(len(questionnaire.items), dtype=np.intp)
    if _count_respondents(earlier, before) != _count_respondents(later, after) and submitted_difference.differs_for_few(
        everything, guard
    ):
        blocking.append(COUNTS_PATH)
    if is_replacement_blocking(questionnaire, settings, replaced):
        blocking.append(COUNTS_PATH)
    return tuple(dict.fromkeys(blocking))


def is_replacement_blocking(
    questionnaire: Questionnaire, settings: AssessmentSettings, replaced: ReplacementCounts
) -> bool:
    """Return whether too few people were replaced between two releases to publish the later one."""
    guard = build_guard(questionnaire.disclosure, settings.minimum_group)
    return replaced.people > 0 and guard.must_hide(replaced.counting)


def _find_moved_figures(
    questionnaire: Questionnaire,
    settings: AssessmentSettings,
    difference: AnswerDifference,
    figures: Collection[FigureSource],
    answers: tuple[Answers, Answers],
) -> Iterator[str]:
    """Yield figures that move far while a role has people who changed and 1 to k people who did not.

    If nearly everyone else changes, the difference of the means discloses the unchanged answers.
    """
    guard = build_guard(questionnaire.disclosure, settings.minimum_group)
    sensitive_figures = [
        figure for figure in figures if _leaves_few_unchanged(questionnaire, difference, guard, figure)
    ]
    if not sensitive_figures:
        return
    before, after = (_compute_scores_by_path(questionnaire, settings, release_answers) for release_answers in answers)
    for figure in sensitive_figures:
        earlier_score, later_score = before.get(figure.path), after.get(figure.path)
        if (
            earlier_score is not None
            and later_score is not None
            and is_above(abs(earlier_score - later_score), MAX_POINTS_MOVED)
        ):
            yield figure.path


def _leaves_few_unchanged(
    questionnaire: Questionnaire, difference: AnswerDifference, guard: DisclosureGuard, figure: FigureSource
) -> bool:
    roles = [role.id for role in questionnaire.roles] if figure.role is None else [figure.role]
    functions: Collection[int | None] = range(len(questionnaire.functions)) if figure.by_function else (None,)
    return any(
        difference.leaves_few_unchanged(
            _select_function_columns(questionnaire, figure.columns, number), guard, role, number
        )
        for number in functions
        for role in roles
    )


def _select_function_columns(
    questionnaire: Questionnaire, columns: ColumnIndices, function: int | None
) -> ColumnIndices:
    if function is None:
        return columns
    name = questionnaire.functions[function].id
    own = [column for column in columns.tolist() if questionnaire.items[column].function == name]
    return np.asarray(own, dtype=np.intp)


def _compute_scores_by_path(
    questionnaire: Questionnaire, settings: AssessmentSettings, answers: Answers
) -> Mapping[str, float]:
    """Released figures that are computed directly from answers, by path."""
    result = msgspec.to_builtins(score_figures(questionnaire, answers, settings))
    figures = dict(_iterate_numbers(result, ""))
    return figures | {path.removesuffix(".score"): value for path, value in figures.items()}


def _iterate_numbers(tree: Mapping[str, object], start: str) -> Iterator[tuple[str, float]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _iterate_numbers(value, f"{start}{name}.")
        elif isinstance(value, float):
            yield f"{start}{name}", 100 * value if name == EVIDENCE_FIGURE else value


def _count_respondents(submitted: Answers, counted: Answers) -> tuple[int, int]:
    """Numbers of counted and of careless people.

    If one person is added between two releases, these disclose whether that person was careless.
    """
    return len(counted), len(submitted) - len(counted)


def find_blocked_figure_groups(
    questionnaire: Questionnaire, settings: AssessmentSettings, earlier: Answers, later: Answers
) -> tuple[str, ...]:
    """Return the groups of figures that may be shown as the reason for a refused release.

    Single figures would disclose which questions one person answered differently. Careless responses are included,
    since leaving them out would disclose whether a late respondent was careless.
    """
    guard, difference = build_guard(questionnaire.disclosure, settings.minimum_group), compare_answers(earlier, later)
    figures = list(
        _list_figure_sources(questionnaire, _find_used_items(earlier, guard) | _find_used_items(later, guard))
    )
    changed_figures = [figure for figure in figures if difference.differs(figure.columns, figure.role)]
    changed_by_few = [
        figure for figure in changed_figures if difference.differs_for_few(figure.columns, guard, figure.role)
    ]
    return list_figure_groups([figure.path for figure in changed_by_few or changed_figures or figures])


def list_figure_groups(figures: Collection[str]) -> tuple[str, ...]:
    """Return the groups that figures belong to: a function, an index, or the personal items."""
    return tuple(
        dict.fromkeys(".".join(path.split(".")[: 1 if path.startswith(PERSONAL_PATH) else 2]) for path in figures)
    )


def _find_used_items(answers: Answers, guard: DisclosureGuard) -> BoolArray:
    """Mark items that enter any figure: enough numeric answers, or enough answers that it does not apply."""
    enough, values = guard.get_needed_answers(1), answers.values[answers.counting]
    numeric, not_applicable = (values >= 0).sum(axis=0), (values == NOT_APPLICABLE).sum(axis=0)
    return np.asarray((numeric >= enough) | (not_applicable >= enough))


def _list_figure_sources(questionnaire: Questionnaire, used: BoolArray) -> Iterator[FigureSource]:
    """Yield every figure that is computed directly from answers; all others derive from these."""
    for column, item in enumerate(questionnaire.items):
        if used[column] and item.kind in (Kind.PRACTICE, Kind.HAND_OFF, Kind.PERSONAL):
            yield FigureSource(_build_item_path(item), np.asarray([column], dtype=np.intp))
    for function in questionnaire.functions:
        own = [item.id for item in questionnaire.items if item.function == function.id and item.kind is not Kind.CHECK]
        yield FigureSource(f"functions.{function.id}.{EVIDENCE_FIGURE}", _select_columns(questionnaire, used, own))
    yield from _list_gap_sources(questionnaire, used)
    yield from _list_people_mean_sources(questionnaire, used)


def _build_item_path(item: Item) -> str:
    if item.kind is Kind.HAND_OFF:
        return f"functions.{item.function}.hand_off.rows.{item.id}"
    if item.function is None:
        return f"{PERSONAL_PATH}.{item.id}"
    return f"functions.{item.function}.dimensions.{item.dimension}.items.{item.id}"


def _list_gap_sources(questionnaire: Questionnaire, used: BoolArray) -> Iterator[FigureSource]:
    """Yield both sides of each dimension and of the goals, and the leaders' share of "I don't know"."""
    index, path = questionnaire.indices.perception_gap, "indices.perception_gap"
    if index is None:
        return
    both = [
        column
        for column, item in enumerate(questionnaire.items)
        if item.kind is Kind.PRACTICE and {index.leader, index.practitioner} <= set(item.roles) and used[column]
    ]
    for dimension in questionnaire.dimensions:
        own = np.asarray(
            [column for column in both if questionnaire.items[column].dimension == dimension.id], dtype=np.intp
        )
        yield FigureSource(f"{path}.dimensions.{dimension.id}.leader", own, index.leader, by_function=True)
        yield FigureSource(f"{path}.dimensions.{dimension.id}.practitioner", own, index.practitioner, by_function=True)
    yield FigureSource(f"{path}.leader_dont_know", np.asarray(both, dtype=np.intp), index.leader)
    for role in (index.leader, index.practitioner) if index.goals else ():
        yield FigureSource(f"{path}.goal_agreement", _select_columns(questionnaire, used, [index.goals or ""]), role)


def _list_people_mean_sources(questionnaire: Questionnaire, used: BoolArray) -> Iterator[FigureSource]:
    """Yield figures that are means over people instead of answers: authority, support, outlook."""
    indices = questionnaire.indices
    if indices.set_up_to_fail is not None:
        index, flag = indices.set_up_to_fail, indices.set_up_to_fail.red_flag
        for name, items in (
            ("authority", index.authority),
            ("support", index.support),
            ("red_flags_band", (flag.authority, flag.support)),
        ):
            yield FigureSource(f"indices.set_up_to_fail.{name}", _select_columns(questionnaire, used, items))
        yield FigureSource(
            "indices.set_up_to_fail.score", _select_columns(questionnaire, used, (*index.authority, *index.support))
        )
    if indices.outlook is not None:
        for name, items in (("independence", indices.outlook.independence), ("readiness", indices.outlook.readiness)):
            yield FigureSource(f"indices.outlook.{name}", _select_columns(questionnaire, used, items))


def _select_columns(questionnaire: Questionnaire, used: BoolArray, items: Collection[str]) -> ColumnIndices:
    columns = [column for column, item in enumerate(questionnaire.items) if item.id in items and used[column]]
    return np.asarray(columns, dtype=np.intp)
