"""All that is released, read by someone who invites: another answer must lead to the same releases, byte by byte.

The search of single items (`invented`) reads scores, bounds and numbers of answers. Here every figure counts:
distributions, spreads, dimensions, gaps, indices, counts, and which closes published something. An answer that a world
with another one leaves as it is can't be worked out from any of them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, combinations, islice, product

import msgspec
import numpy as np
from msgspec.structs import replace

from assessment.domain.answers import RUNG_COUNT, AnswerValues, AssessmentSettings
from assessment.domain.questionnaire import Kind, Questionnaire
from tests.privacy.invented_respondents import SCRIPTS, Team, publish_releases

MOST_TRIES = 200  # near worlds for each answer
MOST_FAR_TRIES = 12_000  # and others, where none of them has the same releases
MOST_CHANGED = 3  # other answers of real people to the same question
MOST_FAR_CHANGED = 4
Signature = Callable[[AnswerValues], bytes]
Column = int


def make_signature(questionnaire: Questionnaire, team: Team, minimum_group: int, script: str) -> Signature:
    """Return a function from the answers of everyone to all that the attacker sees after these closes."""
    settings = AssessmentSettings(minimum_group=minimum_group)

    def sign(values: AnswerValues) -> bytes:
        changed = replace(team, answers=replace(team.answers, values=values))
        releases = publish_releases(questionnaire, changed, settings, SCRIPTS[script])
        # The answers of the invented differ where another close was withheld.
        return b"\n".join(
            msgspec.json.encode(seen.result) + seen.answers.values[-(len(team.answers) - team.real) :].tobytes()
            for seen in releases
        )

    return sign


def list_practice_columns(questionnaire: Questionnaire, values: AnswerValues, row: int) -> list[Column]:
    """Columns of the scored questions that this person answered with a number."""
    return [
        column
        for column, item in enumerate(questionnaire.items)
        if item.kind is Kind.PRACTICE and values[row, column] >= 0
    ]


def find_closed_answers(
    sign: Signature, values: AnswerValues, real: int, columns: Sequence[Column], victim: int = 0
) -> list[Column]:
    """Return the columns for which no other answer of the victim was found that leads to the same releases."""
    seen = sign(values)
    return [column for column in columns if not _is_open(sign, seen, values, real, column, victim)]


def _is_open(sign: Signature, seen: bytes, values: AnswerValues, real: int, column: Column, victim: int) -> bool:
    near = islice(_list_near_worlds(values, real, column, victim), MOST_TRIES)
    far = islice(_list_far_worlds(values, real, column, victim), MOST_FAR_TRIES)
    return any(sign(world) == seen for world in chain(near, far))


def _list_near_worlds(values: AnswerValues, real: int, column: Column, victim: int) -> Iterator[AnswerValues]:
    """Yield worlds with another answer of the victim, the nearest first; other real people answer otherwise, too."""
    own = int(values[victim, column])
    others = [row for row in range(real) if row != victim and values[row, column] >= 0]
    rng = np.random.default_rng((column, own))
    for changed, rung in product(range(MOST_CHANGED + 1), _list_other_rungs(own)):
        for _ in range(1 if not changed else MOST_TRIES // 8):
            world = values.copy()
            world[victim, column] = rung
            for row in rng.choice(others, min(changed, len(others)), replace=False) if others else ():
                step = int(rng.choice((-1, 1))) if abs(rung - own) > 1 else int(np.sign(own - rung))
                world[row, column] = np.clip(world[row, column] + step, 0, RUNG_COUNT - 1)
            yield world


def _list_far_worlds(values: AnswerValues, real: int, column: Column, victim: int) -> Iterator[AnswerValues]:
    """Yield worlds in which a few others answer anything, in an order drawn by lot for each answer of the victim.

    Some figures hold sum and spread of a question, which only changes in both directions leave as they are.
    """
    others = [row for row in range(real) if row != victim and values[row, column] >= 0]
    chosen = list(combinations(others, min(MOST_FAR_CHANGED, len(others))))
    changes = list(product(chosen, product(range(RUNG_COUNT), repeat=len(chosen[0]))))
    for rung in _list_other_rungs(int(values[victim, column])):
        for number in np.random.default_rng((column, rung)).permutation(len(changes)).tolist():
            rows, answers = changes[number]
            world = values.copy()
            world[victim, column] = rung
            world[list(rows), column] = answers
            yield world


def _list_other_rungs(own: int) -> list[int]:
    """List the other rungs, the nearest first."""
    return sorted((rung for rung in range(RUNG_COUNT) if rung != own), key=lambda rung: abs(rung - own))
