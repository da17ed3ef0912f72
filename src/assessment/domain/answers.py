"""Answers as arrays: one row per respondent, one column per item. Files and database queries produce the same type."""

from itertools import compress
from typing import TypeAlias

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from assessment.domain.closed_sets import Mode

NOT_ASKED = -4
BLANK = -3
NOT_APPLICABLE = -2  # "na"
DONT_KNOW = -1  # "dk"

EVIDENCE_KINDS = ("none", "described", "document", "data")
CONSENSUS_ROLE = "consensus"  # the role of a record that a function agreed on

AnswerValues: TypeAlias = NDArray[np.int8]
BoolArray: TypeAlias = NDArray[np.bool_]
FloatArray: TypeAlias = NDArray[np.float64]


class Answers(Struct, frozen=True):
    """Answers of all respondents.

    `values[i, j]` is respondent i's answer to item j, in questionnaire order: 0-4, the index of a choice's option,
    or one of the negative codes above. `roles` holds role ids, `functions[i, f]` is whether i belongs to function f,
    `seconds` is NaN if unknown. `evidence` has the shape of `values`: an index into EVIDENCE_KINDS, or BLANK.
    `counts` marks the people who count towards the k + 1 that a released figure needs (method 6.9); None: everyone.
    """

    respondents: tuple[str, ...]
    roles: tuple[str, ...]
    functions: BoolArray
    seconds: NDArray[np.float64]
    values: AnswerValues
    evidence: AnswerValues | None = None
    counts: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.respondents)

    def select_rows(self, mask: BoolArray) -> "Answers":
        """Select the rows where `mask` is true."""
        if mask.all():
            return self
        chosen, flags = np.flatnonzero(mask), mask.tolist()
        return Answers(
            respondents=tuple(compress(self.respondents, flags)),
            roles=tuple(compress(self.roles, flags)),
            functions=self.functions[chosen],
            seconds=self.seconds[chosen],
            values=self.values[chosen],
            evidence=None if self.evidence is None else self.evidence[chosen],
            counts=None if self.counts is None else self.counts[chosen],
        )

    @property
    def counting(self) -> BoolArray:
        """Mask of the people who count towards k + 1."""
        return np.ones(len(self), dtype=np.bool_) if self.counts is None else self.counts


class AssessmentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A consultant's settings of one assessment; an empty field means the questionnaire's default."""

    mode: str = Mode.SURVEY
    weights: dict[str, float] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)
    contacts: dict[str, dict[str, float]] = field(default_factory=dict)  # function -> channel -> share
    importance: dict[str, int] = field(default_factory=dict)  # rule -> 1..5
    minimum_group: int | None = None
    language: str = "en"


SPECIAL_CODES = {"": BLANK, "na": NOT_APPLICABLE, "dk": DONT_KNOW}
RUNG_COUNT = 5  # of every ladder: answers 0-4


def list_answer_codes(options: tuple[str, ...] = ()) -> dict[str, int]:
    """Map every text that may be written as an answer to its code; `options` are those of a choice item."""
    answer_texts = options or tuple(str(rung) for rung in range(RUNG_COUNT))
    return {**SPECIAL_CODES, **{text: number for number, text in enumerate(answer_texts)}}
