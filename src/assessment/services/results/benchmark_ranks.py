"""Rank of an organisation among those of the workspace that share their scores (method 7).

Ranks use published scores only, and one assessment per organisation: the newest that is shared.
"""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.comparison.benchmark_rank import Rank, compute_rank
from assessment.domain.questionnaire import Questionnaire
from assessment.services.assessments import published_questionnaires
from assessment.storage.assessments import Assessment
from assessment.storage.results import benchmarks
from assessment.storage.results.benchmarks import BenchmarkRelease

NO_SCORE = "this organisation has no score here"
TOO_FEW = "fewer than {needed} organisations share their scores"


class Ranked(Struct, frozen=True):
    """Score (0-100) and rank; `reason` explains a missing rank."""

    score: float | None
    rank: Rank | None
    reason: str | None = None

    @property
    def is_missing(self) -> bool:
        """Return whether only the organisation's own score is missing."""
        return self.rank is None and self.score is None and self.reason == NO_SCORE


class Benchmarked(Struct, frozen=True):
    """Ranks of an organisation's newest results; `organisations` counts the others that share theirs."""

    organisation: str
    name: str
    assessment: str
    questionnaire: str
    major_version: int
    organisations: int
    overall: Ranked
    functions: dict[str, Ranked]


def rank_organisations(session: Session, workspace_id: str) -> list[Benchmarked]:
    """Rank every organisation with results, once per questionnaire and major version."""
    releases = benchmarks.list_newest_releases(session, workspace_id)
    newest = _select_newest(releases)
    shared = _select_newest(release for release in releases if release.in_benchmarks)
    result = []
    for (organisation, *instrument), release in newest.items():
        others = [other for key, other in shared.items() if key[1:] == tuple(instrument) and key[0] != organisation]
        questionnaire = published_questionnaires.load_questionnaire(session, release)
        result.append(_rank_organisation(release, questionnaire, others))
    return result


def rank_whole(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, own: float | None
) -> Rank | None:
    """Rank the score of the whole of an assessment among the other clients that share theirs; None without a rank."""
    major = assessment.questionnaire_version.partition(".")[0]
    newest = {
        shared.organisation_id: shared.score
        for shared in benchmarks.list_shared_scores(session, assessment.workspace_id, assessment.questionnaire_id)
        if shared.questionnaire_version.partition(".")[0] == major
    }
    others = [score for organisation, score in newest.items() if organisation != assessment.organisation_id]
    return _rank_score(questionnaire, own, others).rank


def _select_newest(releases: Iterable[BenchmarkRelease]) -> dict[tuple[str, str, int], BenchmarkRelease]:
    """Select the newest per organisation, questionnaire and major version; the input is ordered oldest first."""
    return {
        (release.organisation_id, release.questionnaire_id, _get_major_version(release)): release
        for release in releases
    }


def _get_major_version(one: BenchmarkRelease) -> int:
    return int(one.questionnaire_version.partition(".")[0])


def _rank_organisation(
    release: BenchmarkRelease, questionnaire: Questionnaire, others: list[BenchmarkRelease]
) -> Benchmarked:
    functions = {
        name: _rank_score(
            questionnaire, score, [other.function_scores[name] for other in others if name in other.function_scores]
        )
        for name, score in release.function_scores.items()
    }
    return Benchmarked(
        organisation=release.organisation_id,
        name=release.organisation,
        assessment=release.assessment_id,
        questionnaire=release.questionnaire_id,
        major_version=_get_major_version(release),
        organisations=len(others),
        overall=_rank_score(questionnaire, release.overall_score, [other.overall_score for other in others]),
        functions=functions,
    )


def _rank_score(questionnaire: Questionnaire, own: float | None, others: list[float | None]) -> Ranked:
    known = [score for score in others if score is not None]
    rules = questionnaire.benchmark
    if len(known) < rules.quarter_from:
        return Ranked(own, None, TOO_FEW.format(needed=rules.quarter_from))
    if own is None:
        return Ranked(None, None, NO_SCORE)
    return Ranked(own, compute_rank(own, known, rules, questionnaire.scoring.interval_confidence))
