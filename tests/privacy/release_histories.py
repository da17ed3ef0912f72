"""Several releases of one assessment, each allowed next to all before it, made to be put together by an attacker.

Question by question another story is told: handfuls who come late, leave, change their minds, and change them back. The
worst hold one person apart: everybody next to them is added in one release and taken away in another.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from assessment.domain.answers import DONT_KNOW, RUNG_COUNT, Answers, AnswerValues, AssessmentSettings
from assessment.domain.disclosure.combined_releases import find_decided_items
from assessment.domain.disclosure.republication import find_blocking_figures
from assessment.domain.questionnaire import Kind, Questionnaire

RELEASES = 4
SCORED = (Kind.PRACTICE, Kind.HAND_OFF)
People = NDArray[np.intp]


def history(
    questionnaire: Questionnaire, answers: Answers, rng: np.random.Generator, least: int, *, ruled: bool = True
) -> list[Answers]:
    """`least` people answer otherwise in a release, or more; `ruled`: what may not be published is taken back."""
    told = {
        column: _story(answers.values[:, column], people, rng, least)
        for column, item in enumerate(questionnaire.items)
        if item.kind in SCORED and len(people := _of_one_role(answers, column, rng)) > least
    }
    releases: list[Answers] = []
    for number in range(RELEASES):
        values = answers.values.copy()
        for column, story in told.items():
            values[:, column] = story[number]
        found = replace(answers, values=values)
        releases.append(_allowed(questionnaire, releases, found) if ruled else found)
    return releases


def _of_one_role(answers: Answers, column: int, rng: np.random.Generator) -> People:
    """Those of some role who gave a number."""
    numeric = np.flatnonzero(answers.values[:, column] >= 0)
    if not len(numeric):
        return numeric
    role = answers.roles[int(rng.choice(numeric))]
    return np.asarray([person for person in numeric if answers.roles[person] == role], dtype=np.intp)


def _story(values: AnswerValues, people: People, rng: np.random.Generator, least: int) -> list[AnswerValues]:
    """One item's answers in each release."""
    shuffled = rng.permutation(people)
    victim, others = shuffled[:1], shuffled[1:]
    half = max(least, len(others) // 2)
    one, rest = others[:half], others[half:]
    plots = [_one_by_one, _there_and_back, _come_and_go]
    plot = plots[int(rng.integers(len(plots)))]
    return [_answered(values, changed, away) for changed, away in plot(victim, one, rest)]


Step = tuple[Sequence[int], Sequence[int]]  # who answers otherwise, who gives no number


def _one_by_one(victim: People, one: People, rest: People) -> Iterator[Step]:
    """A handful, then another with the victim among them, then all of them again."""
    yield [], []
    yield one.tolist(), []
    yield one.tolist(), [*rest.tolist(), *victim.tolist()]
    yield [], []


def _there_and_back(victim: People, one: People, rest: People) -> Iterator[Step]:
    """First minus second minus third plus fourth is what the victim changed."""
    yield [], []
    yield one.tolist(), []
    yield rest.tolist(), []
    yield [*one.tolist(), *rest.tolist(), *victim.tolist()], []


def _come_and_go(victim: People, one: People, rest: People) -> Iterator[Step]:
    """First and third minus second are the victim alone."""
    yield [], rest.tolist()
    yield [], []
    yield [], one.tolist()
    yield [], one.tolist()


def _answered(values: AnswerValues, changed: Sequence[int], away: Sequence[int]) -> AnswerValues:
    """Change an answer by one rung, always the same way: up, or down where there is none above."""
    found = values.copy()
    before = values[list(changed)]
    found[list(changed)] = np.where(before < RUNG_COUNT - 1, before + 1, before - 1)
    found[list(away)] = DONT_KNOW
    return found


def _allowed(questionnaire: Questionnaire, earlier: Sequence[Answers], later: Answers) -> Answers:
    """The same, but for questions by which it could not be published: they stay as they were."""
    for _ in range(len(questionnaire.items)):
        forbidden = {
            path for one in earlier for path in find_blocking_figures(questionnaire, AssessmentSettings(), one, later)
        }
        decided = find_decided_items(questionnaire, AssessmentSettings(), [*earlier, later])
        forbidden |= {f".{item}" for item in decided}
        if not forbidden:
            return later
        columns = [
            column
            for column, item in enumerate(questionnaire.items)
            if any(path.endswith(f".{item.id}") or f".{item.dimension}." in path for path in forbidden)
        ]
        values = later.values.copy()
        values[:, columns or slice(None)] = earlier[-1].values[:, columns or slice(None)]
        later = replace(later, values=values)
    return earlier[-1]
