"""Which comments of respondents a release may contain (method 6.10).

Comments are pooled per function, the others over the whole, and shown from ten people asked who count. A later release
adds comments to a pool only if at least k + 1 new people who count have written in it: otherwise anyone who has
read the earlier ones would know who is new.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from random import Random

import numpy as np
from msgspec import Struct

from assessment.domain.answers import Answers
from assessment.domain.disclosure.guard import MIN_PEOPLE_FOR_COMMENTS, DisclosureGuard
from assessment.domain.questionnaire import Questionnaire

WHOLE = ""  # the pool of comments that are about no single function


class WrittenComment(Struct, frozen=True):
    """A comment or reason of one response; `pool` is the id of a function, or WHOLE."""

    response_id: str
    pool: str
    text: str


def select_released_comments(
    questionnaire: Questionnaire,
    comments: Collection[WrittenComment],
    answers: Answers,
    guard: DisclosureGuard,
    earlier: Mapping[str, Collection[str]] | None,
) -> list[WrittenComment]:
    """Select the comments that a release adds, pool by pool.

    `answers` are the responses that the release counts, without careless ones, labelled by response id. `earlier`
    maps each pool to the responses whose comments are released already; None before the first release.
    """
    counting = dict(zip(answers.respondents, answers.counting.tolist(), strict=True))
    pools: defaultdict[str, list[WrittenComment]] = defaultdict(list)
    for comment in comments:
        if comment.response_id in counting and comment.response_id not in (earlier or {}).get(comment.pool, ()):
            pools[comment.pool].append(comment)
    selected: list[WrittenComment] = []
    for pool in (*(function.id for function in questionnaire.functions), WHOLE):
        new = pools[pool]
        if _has_enough_people(questionnaire, pool, answers, guard) and (
            earlier is None or _has_enough_authors(new, counting, guard)
        ):
            selected += new
    return selected


def shuffle_comments(comments: Collection[WrittenComment], seed: bytes) -> list[WrittenComment]:
    """Return the comments in an order drawn from the seed: that of their ids or times would show who wrote them."""
    shuffled = sorted(comments, key=lambda comment: (comment.pool, comment.text))
    Random(seed).shuffle(shuffled)  # noqa: S311  # the seed is from the operating system
    return shuffled


def _has_enough_people(questionnaire: Questionnaire, pool: str, answers: Answers, guard: DisclosureGuard) -> bool:
    if guard.needed is None:
        return True
    asked = np.ones(len(answers), dtype=np.bool_)
    if pool != WHOLE:
        asked = answers.functions[:, [function.id for function in questionnaire.functions].index(pool)]
    return int((asked & answers.counting).sum()) >= max(MIN_PEOPLE_FOR_COMMENTS, guard.needed)


def _has_enough_authors(
    comments: Sequence[WrittenComment], counting: Mapping[str, bool], guard: DisclosureGuard
) -> bool:
    authors = {comment.response_id for comment in comments if counting[comment.response_id]}
    return not guard.must_hide(len(authors))
