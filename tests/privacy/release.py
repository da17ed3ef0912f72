"""Input of an attacker: a release, and the knowledge without it.

He knows the method, the questionnaire, who was invited, with which role and functions. We give him
more than he can know: for every item how many of each role answered with a number, and who was
left out as careless. What survives this survives less.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import Answers, AssessmentSettings
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Bound, GapDimension, ItemResult, Result
from assessment.domain.scoring.careless_responses import screen_responses
from assessment.domain.survey.routing import build_asked_matrix

EXACT = 1e-7  # a figure at full precision is known up to float noise
Window = tuple[float, float]  # closed, open


class Release(Struct, frozen=True):
    """A published result, and how coarse its figures are (0: full precision)."""

    result: Result
    step: float
    lowest: float = 0.0
    highest: float = 100.0
    by_role: Mapping[str, Mapping[str, tuple[int, int]]] | None = None  # item -> role -> numeric, don't know
    at_face_value: bool = False  # half-widths without the noise of rounding, however narrow

    def window(self, score: float, bound: Bound | None = None) -> Window:
        """Exact values 0-100 that are released as this score."""
        if not self.step:
            return score - EXACT, score + EXACT
        half = self.step / 2
        low, high = score - half, score + half
        if bound == "at most":
            low = -EXACT
        if bound == "at least":
            high = 100 + EXACT
        return low - EXACT, high - EXACT if bound != "at least" else high

    @property
    def points(self) -> float:
        """Steps of an interval's half-width."""
        return 1.0 if self.step else 0.0

    @property
    def tenths(self) -> float:
        """Steps of an agreement."""
        return 0.1 if self.step else 0.0


class Background(Struct, frozen=True):
    """Knowledge without the release; `counts` by role and item are numeric answers."""

    questionnaire: Questionnaire
    answers: Answers  # only to check what the attacker claims, and to be the insider's own
    roles: tuple[str, ...]
    weights: NDArray[np.float64]
    role: NDArray[np.intp]
    counts: NDArray[np.int64]
    asked: NDArray[np.int64]
    k: int

    def column(self, item: str) -> int:
        """Column of an item in the answers."""
        return next(number for number, other in enumerate(self.questionnaire.items) if other.id == item)

    def values(self, item: str, role: int) -> NDArray[np.int8]:
        """Return the true numeric answers of this role."""
        column = self.answers.values[self.role == role, self.column(item)]
        return column[column >= 0]


class Shown(Struct, frozen=True):
    """One released item or hand-off row: where it stands and what is said."""

    id: str
    column: int
    function: str | None
    dimension: str | None
    item: ItemResult


def background(questionnaire: Questionnaire, answers: Answers, k: int) -> Background:
    """Gather what is known of those who count."""
    counted = answers.select_rows(screen_responses(questionnaire, answers).is_kept)
    roles = tuple(role.id for role in questionnaire.roles)
    role = np.asarray([roles.index(name) for name in counted.roles], dtype=np.intp)
    numeric, asked = counted.values >= 0, build_asked_matrix(questionnaire, counted.roles, counted.functions)
    by_role = [role == number for number in range(len(roles))]
    return Background(
        questionnaire=questionnaire,
        answers=counted,
        roles=roles,
        weights=np.asarray([role.weight for role in questionnaire.roles]),
        role=role,
        counts=np.stack([numeric[rows].sum(axis=0) for rows in by_role]),
        asked=np.stack([asked[rows].sum(axis=0) for rows in by_role]),
        k=k,
    )


def released(result: Result) -> Release:
    """A result as the disclosure layer let it go."""
    note = result.disclosure
    return Release(result, note.step, note.lowest, note.highest) if note else Release(result, 0.0)


def k_of(questionnaire: Questionnaire, settings: AssessmentSettings) -> int:
    """The minimum group of an assessment."""
    return questionnaire.disclosure.minimum_group if settings.minimum_group is None else settings.minimum_group


def shown_items(known: Background, release: Release) -> Iterator[Shown]:
    """Every item, row and personal item that has a score."""
    column = {item.id: number for number, item in enumerate(known.questionnaire.items)}
    for name, function in release.result.functions.items():
        for dimension, part in function.dimensions.items():
            for item, found in part.items.items():
                if found.score is not None:
                    yield Shown(item, column[item], name, dimension, found)
        for item, found in function.hand_off.rows.items():
            if found.score is not None:
                yield Shown(item, column[item], name, None, found)
    for item, found in release.result.personal.items():
        if found.score is not None:
            yield Shown(item, column[item], None, None, found)


def gap_of(release: Release, dimension: str | None) -> GapDimension | None:
    """The leadership gap of a dimension, where it is released."""
    index = release.result.indices.perception_gap
    found = index.dimensions.get(dimension or "") if index else None
    return found if found is not None and found.leader is not None else None
