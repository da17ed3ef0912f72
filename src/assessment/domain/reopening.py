"""May a release be replaced? What a second one would say of the few who answered in between (method 6.7).

Whoever holds two releases can subtract one from the other. So an earlier release stands unless, for
every shown figure, nobody's answers are new, changed or gone, or those of at least k + 1 people.
"""

from collections.abc import Collection, Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import BLANK, CONSENSUS, NOT_APPLICABLE, Answers, Flags, Settings, Values
from assessment.domain.disclosure import Guard, guard
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.scoring.careless import screen

PERSONAL = "personal"
COUNTS = "respondents"

Columns = NDArray[np.intp]


class Difference(Struct, frozen=True):
    """Who of either release answered otherwise: `changed` by person and item, `roles` held in either."""

    changed: Flags
    roles: tuple[frozenset[str], ...]

    def people(self, columns: Columns, role: str | None = None) -> int:
        """How many people's answers to any of these items differ, of one role or of all."""
        rows = [role is None or role in held for held in self.roles]
        return int(self.changed[np.ix_(np.flatnonzero(rows), columns)].any(axis=1).sum())

    def anybody(self) -> int:
        """How many people's answers differ at all."""
        return int(self.changed.any(axis=1).sum())


class Side(Struct, frozen=True):
    """A figure by its path in a result: the items, and the role, it speaks of."""

    path: str
    columns: Columns
    role: str | None = None


def may_replace(questionnaire: Questionnaire, settings: Settings, earlier: Answers, later: Answers) -> tuple[str, ...]:
    """Return the figures, by their paths in a result, that forbid a new release; none forbids: it may go out.

    `earlier` are the answers behind a release that was published, `later` those that stand now, both
    with all who were submitted. Ask it of every earlier release, not of the last alone. No numbers
    are given, since "one person's answer changed here" would say already what is to be kept; people are
    told the `reasons`.
    """
    if settings.mode == CONSENSUS:
        return ()
    rules = guard(questionnaire.disclosure, settings.minimum_group)
    before, after = (answers.only(screen(questionnaire, answers).keep) for answers in (earlier, later))
    difference = _difference(before, after)
    used = _used(before, rules) | _used(after, rules)
    found = [
        figure.path
        for figure in _figures(questionnaire, used)
        if (people := difference.people(figure.columns, figure.role)) and rules.hides(people)
    ]
    if _counts(earlier, before) != _counts(later, after) and rules.hides(_difference(earlier, later).anybody()):
        found.append(COUNTS)
    return tuple(found)


def _counts(submitted: Answers, kept: Answers) -> tuple[int, int]:
    """How many count and how many were careless: with one person between two releases, it tells which they were."""
    return len(kept), len(submitted) - len(kept)


def reasons(questionnaire: Questionnaire, settings: Settings, earlier: Answers, later: Answers) -> tuple[str, ...]:
    """Return what may be told of why a release can't be replaced: areas, as if nobody had been careless.

    Figure by figure it would be told which questions one person answered otherwise, and with careless answers left
    out, whether the one who came late was careless.
    """
    rules, difference = guard(questionnaire.disclosure, settings.minimum_group), _difference(earlier, later)
    figures = list(_figures(questionnaire, _used(earlier, rules) | _used(later, rules)))
    some = [figure for figure in figures if difference.people(figure.columns, figure.role)]
    few = [figure for figure in some if rules.hides(difference.people(figure.columns, figure.role))]
    return areas([figure.path for figure in few or some or figures])


def areas(figures: Collection[str]) -> tuple[str, ...]:
    """Return what the figures belong to: a function, an index, or what is asked of single people."""
    return tuple(dict.fromkeys(".".join(path.split(".")[: 1 if path.startswith(PERSONAL) else 2]) for path in figures))


def _used(answers: Answers, rules: Guard) -> Flags:
    """Items that enter any figure: enough numbers, or enough who say that it does not apply."""
    enough = rules.least(1)
    numeric, away = (answers.values >= 0).sum(axis=0), (answers.values == NOT_APPLICABLE).sum(axis=0)
    return np.asarray((numeric >= enough) | (away >= enough))


def _difference(before: Answers, after: Answers) -> Difference:
    """Match people by name. Another role or function counts as other answers: they weigh elsewhere."""
    names = tuple(dict.fromkeys((*before.respondents, *after.respondents)))
    one, two = _laid_out(before, names), _laid_out(after, names)
    moved = _place(before, names) != _place(after, names)
    answered = (one[0] >= NOT_APPLICABLE) | (two[0] >= NOT_APPLICABLE)
    differs = (one[0] != two[0]) | (one[1] != two[1]) | moved[:, None]
    held = [dict(zip(answers.respondents, answers.roles, strict=True)) for answers in (before, after)]
    roles = tuple(frozenset(roles[name] for roles in held if name in roles) for name in names)
    return Difference(answered & differs, roles)


def _laid_out(answers: Answers, names: Collection[str]) -> tuple[Values, Values]:
    """Answers and evidence with a row for each name; what is no answer is blank."""
    row = {name: number for number, name in enumerate(names)}
    rows = [row[name] for name in answers.respondents]
    values = np.full((len(row), answers.values.shape[1]), BLANK, dtype=np.int8)
    evidence = values.copy()
    values[rows] = np.where(answers.values >= NOT_APPLICABLE, answers.values, BLANK)
    if answers.evidence is not None:
        evidence[rows] = answers.evidence
    return values, evidence


def _place(answers: Answers, names: Collection[str]) -> NDArray[np.object_]:
    """Each one's role and functions, None for who is not there."""
    people = zip(answers.roles, answers.functions.tolist(), strict=True)
    known = {name: str(place) for name, place in zip(answers.respondents, people, strict=True)}
    return np.asarray([known.get(name) for name in names], dtype=object)


def _figures(questionnaire: Questionnaire, used: Flags) -> Iterator[Side]:
    """Every figure that speaks of answers directly; all others are made of these."""
    for column, item in enumerate(questionnaire.items):
        if used[column] and item.kind in (Kind.PRACTICE, Kind.HAND_OFF, Kind.PERSONAL):
            yield Side(_path(item), np.asarray([column], dtype=np.intp))
    yield from _of_gap(questionnaire, used)
    yield from _of_practitioners(questionnaire, used)


def _path(item: Item) -> str:
    if item.kind is Kind.HAND_OFF:
        return f"functions.{item.function}.hand_off.rows.{item.id}"
    if item.function is None:
        return f"{PERSONAL}.{item.id}"
    return f"functions.{item.function}.dimensions.{item.dimension}.items.{item.id}"


def _of_gap(questionnaire: Questionnaire, used: Flags) -> Iterator[Side]:
    """Both sides of each dimension, of the goals, and the leaders' "I don't know"."""
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
        yield Side(f"{path}.dimensions.{dimension.id}.leader", own, index.leader)
        yield Side(f"{path}.dimensions.{dimension.id}.practitioner", own, index.practitioner)
    yield Side(f"{path}.leader_dont_know", np.asarray(both, dtype=np.intp), index.leader)
    for role in (index.leader, index.practitioner) if index.goals else ():
        yield Side(f"{path}.goal_agreement", _columns(questionnaire, used, [index.goals or ""]), role)


def _of_practitioners(questionnaire: Questionnaire, used: Flags) -> Iterator[Side]:
    """What is a mean over people, not over answers: authority, support, outlook."""
    indices = questionnaire.indices
    if indices.set_up_to_fail is not None:
        index, flag = indices.set_up_to_fail, indices.set_up_to_fail.red_flag
        for name, items in (
            ("authority", index.authority),
            ("support", index.support),
            ("red_flags_band", (flag.authority, flag.support)),
        ):
            yield Side(f"indices.set_up_to_fail.{name}", _columns(questionnaire, used, items))
    if indices.outlook is not None:
        for name, items in (("independence", indices.outlook.independence), ("readiness", indices.outlook.readiness)):
            yield Side(f"indices.outlook.{name}", _columns(questionnaire, used, items))


def _columns(questionnaire: Questionnaire, used: Flags, items: Collection[str]) -> Columns:
    found = [column for column, item in enumerate(questionnaire.items) if item.id in items and used[column]]
    return np.asarray(found, dtype=np.intp)
