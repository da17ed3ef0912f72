"""Attribution of changed figures since the earlier wave.

It needs the answers of both waves, so it is computed once, at the close, and stored with the later release. It is valid
for exactly those two releases.
"""

from contextlib import suppress

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.answers import Answers
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality
from assessment.domain.comparison.attribution import Attribution, ScoredWave, attribute_changes
from assessment.domain.comparison.waves import Wave, compute_common_shares
from assessment.domain.method import compute_intermediates
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result
from assessment.errors import ConflictError, NotFoundError
from assessment.services.assessments import reopening
from assessment.services.assessments.assessment_setup import get_scoring_settings
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.results import published_results
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.results import attributions
from assessment.storage.results.attributions import ReleaseAttribution
from assessment.storage.results.releases import Release

NO_ATTRIBUTION = "worked out at the close, and only against the wave before as it stood then"
AttributionByPath = dict[str, Attribution]


def compute_attribution(
    session: Session, assessment: Assessment, result: Result, answers: Answers
) -> ReleaseAttribution | None:
    """Compute the attribution of a new release; None unless an earlier release and its answers are known.

    The caller locks the earlier wave (`lock_earlier_wave`), or compares its answers afterwards.
    """
    earlier = _find_earlier_wave(session, assessment)
    if earlier is None:
        return None
    before, published = earlier
    questionnaire, theirs = load_questionnaire(session, assessment), load_questionnaire(session, before)
    behind = reopening.load_release_answers(session, before, theirs)
    if behind is None or not compute_common_shares(questionnaire, theirs)[0]:
        return None
    attribution_by_path = attribute_changes(
        _measure_wave(before, theirs, published_results.decode_result(published), behind),
        _measure_wave(assessment, questionnaire, result, answers),
    )
    return ReleaseAttribution(before.id, published.number, msgspec.json.encode(attribution_by_path))


def lock_earlier_wave(session: Session, assessment: Assessment) -> None:
    """Lock the earlier wave, if there is one, so that its answers don't change until the commit."""
    if assessment.wave_of is not None:
        with suppress(NotFoundError):
            assessments.find_assessment(session, AssessmentKey(assessment.workspace_id, assessment.wave_of), lock=True)


def load_attribution(session: Session, workspace_id: str, earlier: Release, later: Release) -> AttributionByPath | str:
    """Return the attribution between two releases by path, or the reason why there is none."""
    attribution = attributions.find_attribution(session, workspace_id, later)
    if attribution is None or (attribution.earlier_id, attribution.earlier_number) != (
        earlier.assessment_id,
        earlier.number,
    ):
        return NO_ATTRIBUTION
    return msgspec.json.decode(attribution.content, type=AttributionByPath)


def _find_earlier_wave(session: Session, assessment: Assessment) -> tuple[Assessment, Release] | None:
    if assessment.wave_of is None:
        return None
    key = AssessmentKey(assessment.workspace_id, assessment.wave_of)
    try:
        return assessments.find_assessment(session, key), published_results.load_release(session, key)
    except (ConflictError, NotFoundError):
        return None


def _measure_wave(assessment: Assessment, questionnaire: Questionnaire, result: Result, answers: Answers) -> ScoredWave:
    named = assessment.confidentiality == Confidentiality.ATTRIBUTABLE
    wave = Wave(questionnaire, result)
    return ScoredWave(
        wave, compute_intermediates(questionnaire, answers, get_scoring_settings(assessment), unsuppressed=named)
    )
