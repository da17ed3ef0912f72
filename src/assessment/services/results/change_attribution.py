"""Attribution of changed figures since the earlier wave.

It needs the answers of both waves, so it is computed once, at the close, and stored with the later release. It is valid
for exactly those two releases.
"""

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.answers import Answers
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality
from assessment.domain.comparison.attribution import Attribution, ScoredWave, attribute_changes
from assessment.domain.comparison.waves import Wave, compute_common_shares
from assessment.domain.method import compute_intermediates
from assessment.domain.questionnaire import Questionnaire
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


def store_attribution(session: Session, assessment: Assessment, release: Release, answers: Answers) -> None:
    """Store the attribution of a new release; no-op unless an earlier release and its answers are known."""
    earlier = _lock_earlier_wave(session, assessment)
    if earlier is None:
        return
    before, published = earlier
    questionnaire, theirs = load_questionnaire(session, assessment), load_questionnaire(session, before)
    behind = reopening.load_release_answers(session, before, theirs)
    if behind is None or not compute_common_shares(questionnaire, theirs)[0]:
        return
    attribution_by_path = attribute_changes(
        _measure_wave(before, theirs, published, behind),
        _measure_wave(assessment, questionnaire, release, answers),
    )
    attribution = ReleaseAttribution(before.id, published.number, msgspec.json.encode(attribution_by_path))
    attributions.add_attribution(session, assessment.workspace_id, release, attribution)


def load_attribution(session: Session, workspace_id: str, earlier: Release, later: Release) -> AttributionByPath | str:
    """Return the attribution between two releases by path, or the reason why there is none."""
    attribution = attributions.find_attribution(session, workspace_id, later)
    if attribution is None or (attribution.earlier_id, attribution.earlier_number) != (
        earlier.assessment_id,
        earlier.number,
    ):
        return NO_ATTRIBUTION
    return msgspec.json.decode(attribution.content, type=AttributionByPath)


def _lock_earlier_wave(session: Session, assessment: Assessment) -> tuple[Assessment, Release] | None:
    """Find the earlier wave and lock it, so that its answers can't change during the computation."""
    if assessment.wave_of is None:
        return None
    try:
        before = assessments.find_assessment(
            session, AssessmentKey(assessment.workspace_id, assessment.wave_of), lock=True
        )
        return before, published_results.load_release(session, AssessmentKey(assessment.workspace_id, before.id))
    except (ConflictError, NotFoundError):
        return None


def _measure_wave(
    assessment: Assessment, questionnaire: Questionnaire, release: Release, answers: Answers
) -> ScoredWave:
    named = assessment.confidentiality == Confidentiality.ATTRIBUTABLE
    wave = Wave(questionnaire, published_results.decode_result(release))
    return ScoredWave(
        wave, compute_intermediates(questionnaire, answers, get_scoring_settings(assessment), unsuppressed=named)
    )
