"""Benchmarks: where a client stands among the others of the workspace that agreed to be counted (method 7).

A rank is made of published scores alone, and of one assessment for each organisation: the newest that counts.
"""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.benchmark import Rank, rank
from assessment.domain.questionnaire import Questionnaire
from assessment.services import shelf
from assessment.storage import benchmarks
from assessment.storage.benchmarks import Standing

NO_SCORE = "this organisation has no score here"
TOO_FEW = "fewer than {needed} organisations share their scores"


class Score(Struct, frozen=True):
    """A score of a release."""

    score: float | None


class Scores(Struct, frozen=True):
    """What of a release is ranked."""

    overall: Score
    functions: dict[str, Score]


class Ranked(Struct, frozen=True):
    """A score 0-100 and its place among others; `reason` says why there is none."""

    score: float | None
    rank: Rank | None
    reason: str | None = None

    @property
    def is_missing(self) -> bool:
        """Whether there are enough others, but no score of one's own."""
        return self.rank is None and self.score is None and self.reason == NO_SCORE


class Benchmarked(Struct, frozen=True):
    """An organisation's newest results, and their places. `organisations`: how many others share any."""

    organisation: str
    name: str
    assessment: str
    questionnaire: str
    major_version: int
    organisations: int
    overall: Ranked
    functions: dict[str, Ranked]


def ranks(session: Session, workspace_id: str) -> list[Benchmarked]:
    """Rank every organisation that has results, once for each questionnaire and major version."""
    found = benchmarks.standings(session, workspace_id)
    newest = _newest(found)
    shared = _newest(one for one in found if one.in_benchmarks)
    decoded = {one.assessment_id: msgspec.json.decode(one.content, type=Scores) for one in found}
    result = []
    for (organisation, *instrument), one in newest.items():
        others = [decoded[each.assessment_id] for key, each in shared.items() if key[1:] == tuple(instrument)
                  and key[0] != organisation]  # fmt: skip
        result.append(_ranked(one, shelf.questionnaire_of(session, one), decoded[one.assessment_id], others))
    return result


def _newest(found: Iterable[Standing]) -> dict[tuple[str, str, int], Standing]:
    """The newest of each organisation, questionnaire and major version; they come oldest first."""
    return {(one.organisation_id, one.questionnaire_id, _major(one)): one for one in found}


def _major(one: Standing) -> int:
    return int(one.questionnaire_version.partition(".")[0])


def _ranked(one: Standing, questionnaire: Questionnaire, own: Scores, others: list[Scores]) -> Benchmarked:
    functions = {
        name: _place(
            questionnaire, part.score, [each.functions[name].score for each in others if name in each.functions]
        )
        for name, part in own.functions.items()
    }
    return Benchmarked(
        organisation=one.organisation_id,
        name=one.organisation,
        assessment=one.assessment_id,
        questionnaire=one.questionnaire_id,
        major_version=_major(one),
        organisations=len(others),
        overall=_place(questionnaire, own.overall.score, [each.overall.score for each in others]),
        functions=functions,
    )


def _place(questionnaire: Questionnaire, own: float | None, others: list[float | None]) -> Ranked:
    known = [score for score in others if score is not None]
    rules = questionnaire.benchmark
    if len(known) < rules.quarter_from:
        return Ranked(own, None, TOO_FEW.format(needed=rules.quarter_from))
    if own is None:
        return Ranked(None, None, NO_SCORE)
    return Ranked(own, rank(own, known, rules, questionnaire.scoring.interval_confidence))
