"""Attackers who want to know who wrote which comment. They know who was asked, who answered when, and every release.

What they see of a comment is `SeenComment`: its place, its text, and the group it is shown in.
"""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.answers import Answers
from assessment.domain.disclosure.comment_release import WrittenComment, select_released_comments, shuffle_comments
from assessment.domain.disclosure.guard import build_guard
from assessment.domain.questionnaire import Questionnaire

SHARE_WRITING = 0.4
WAVES = (0.5, 0.65, 1.0)  # share of the people who have answered by each release

Select = Callable[..., list[WrittenComment]]
Shuffle = Callable[[Sequence[WrittenComment], bytes], list[WrittenComment]]


class SeenComment(Struct, frozen=True):
    """A released comment: its text names its author, which no attacker but the test reads."""

    release: int
    group: str
    author: int


class Organisation(Struct, frozen=True):
    """Respondents in the order of answering, and the text of each by pool."""

    answers: Answers
    written: tuple[WrittenComment, ...]
    answered_by_release: tuple[int, ...]  # the first so many have answered by each release


def simulate_organisation(questionnaire: Questionnaire, answers: Answers, seed: int) -> Organisation:
    """People answer in the order of their ids; some of them write about their functions and about the whole."""
    rng = np.random.default_rng(seed)
    names = tuple(f"r{number:04}" for number in range(len(answers)))
    pools = [*(function.id for function in questionnaire.functions), ""]
    written = [
        WrittenComment(name, pool, name)
        for row, name in enumerate(names)
        for column, pool in enumerate(pools)
        if rng.random() < SHARE_WRITING and (not pool or answers.functions[row, column])
    ]
    counts = rng.random(len(answers)) < rng.choice([0.6, 1.0])
    people = tuple(round(share * len(answers)) for share in WAVES)
    return Organisation(replace(answers, respondents=names, counts=counts), tuple(written), people)


def list_seen_comments(
    questionnaire: Questionnaire,
    organisation: Organisation,
    seed: int,
    k: int,
    *,
    select: Select = select_released_comments,
    shuffle: Shuffle = shuffle_comments,
    show: Callable[[Organisation, WrittenComment], str] = lambda _, comment: comment.pool,
) -> list[SeenComment]:
    """Return what three releases show."""
    seen: list[SeenComment] = []
    earlier: dict[str, set[str]] | None = None
    for release, people in enumerate(organisation.answered_by_release, start=1):
        answers = organisation.answers.select_rows(np.arange(len(organisation.answers)) < people)
        new = select(questionnaire, organisation.written, answers, build_guard(questionnaire.disclosure, k), earlier)
        shown = shuffle(new, f"{seed} {release}".encode())
        seen += [SeenComment(release, show(organisation, one), int(one.response_id[1:])) for one in shown]
        earlier = earlier or {}
        for one in new:
            earlier.setdefault(one.pool, set()).add(one.response_id)
    return seen


def count_order_hits(seen: Sequence[SeenComment]) -> tuple[int, int]:
    """Guess that comments stand in the order of answering; return hits, and the hits to expect by chance."""
    hits = chance = 0
    for release, group in {(one.release, one.group) for one in seen}:
        authors = [one.author for one in seen if (one.release, one.group) == (release, group)]
        if len(authors) > 1:
            hits += sum(guess == author for guess, author in zip(sorted(authors), authors, strict=True))
            chance += 1
    return hits, chance


def find_smallest_crowd(questionnaire: Questionnaire, organisation: Organisation, seen: Sequence[SeenComment]) -> int:
    """Smallest number of people who may have written a comment, as far as an attacker with invented people can tell.

    Those who have answered by its release, were not there at the one before, were asked in its function, and count:
    the attacker knows what the others, whom they may have invented, wrote.
    """
    names = [function.id for function in questionnaire.functions]
    answers, crowds = organisation.answers, []
    for release, group in {(one.release, one.group) for one in seen}:
        function, _, role = group.partition("/")
        possible = np.arange(len(answers)) < organisation.answered_by_release[release - 1]
        if any((one.release, one.group) == (release - 1, group) for one in seen):
            possible &= np.arange(len(answers)) >= organisation.answered_by_release[release - 2]
        if function:
            possible &= answers.functions[:, names.index(function)]
        if role:
            possible &= np.asarray([each == role for each in answers.roles])
        crowds.append(int((possible & answers.counting).sum()))
    return min(crowds, default=len(answers))
