"""Compare two waves by their releases. Nothing is computed from answers here."""

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.comparison.attribution import Attribution
from assessment.domain.comparison.wave_report import WaveLabels, Waves, build_wave_report
from assessment.domain.comparison.waves import Wave, compute_common_shares
from assessment.errors import ConflictError, InvalidError, NoResultsError, NotFoundError, Problem
from assessment.i18n.messages import N_
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.results import change_attribution, published_results
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.results.releases import Release

OTHER_PARAMETER = "with"


class PublishedWave(Struct, frozen=True):
    """Wave with its assessment and newest release."""

    assessment: Assessment
    release: Release
    wave: Wave


class WavePair(Struct, frozen=True):
    """Comparable waves; `attribution` by path, or the reason why there is none."""

    earlier: PublishedWave
    later: PublishedWave
    attribution: dict[str, Attribution] | str


def compare_waves(session: Session, key: AssessmentKey, other: str | None = None) -> Waves:
    """Compare an assessment with `other`, by default the earlier wave it follows."""
    pair = find_wave_pair(session, key, other)
    names = tuple(WaveLabels(wave.assessment.id, wave.assessment.title) for wave in (pair.earlier, pair.later))
    return build_wave_report(pair.earlier.wave, pair.later.wave, pair.attribution, (names[0], names[1]))


def find_wave_pair(session: Session, key: AssessmentKey, other: str | None = None) -> WavePair:
    """Find both waves; `ConflictError` until both are closed, `InvalidError` if they can't be compared."""
    assessment = assessments.find_assessment(session, key)
    named = other or assessment.wave_of
    if named is None:
        raise _make_error(N_("This is a first wave: say which assessment to compare it with."))
    before = assessments.find_assessment(session, AssessmentKey(key.workspace_id, named))
    if before.id == assessment.id:
        raise _make_error(N_("An assessment can’t be compared with itself."))
    if before.organisation_id != assessment.organisation_id:
        raise _make_error(N_("These are assessments of different organisations."))
    if before.state == AssessmentState.CLOSED and before.release is None:
        raise NoResultsError(N_("The earlier assessment was closed without results: there is nothing to compare with."))
    earlier, later = load_published_wave(session, before), load_published_wave(session, assessment)
    if earlier.release.released_on > later.release.released_on:
        raise _make_error(N_("The other one closed after this: compare that one with this."))
    if not compute_common_shares(later.wave.questionnaire, earlier.wave.questionnaire)[0]:
        raise _make_error(N_("Their questionnaires share no items."))
    return WavePair(
        earlier, later, change_attribution.load_attribution(session, key.workspace_id, earlier.release, later.release)
    )


def load_published_wave(session: Session, assessment: Assessment) -> PublishedWave:
    """Load the newest release of an assessment; `ConflictError` until the close."""
    release = published_results.load_release(session, assessment.key)
    return PublishedWave(
        assessment, release, Wave(load_questionnaire(session, assessment), published_results.decode_result(release))
    )


def find_earlier_pair(session: Session, assessment: Assessment) -> WavePair | None:
    """Return the waves that the report compares; None for a first wave, or without a comparable one."""
    try:
        return find_wave_pair(session, assessment.key) if assessment.wave_of else None
    except (ConflictError, InvalidError, NotFoundError):
        return None


def _make_error(reason: str) -> InvalidError:
    return InvalidError(
        N_("These can’t be compared."), [Problem(reason, column=OTHER_PARAMETER, code="not-comparable")]
    )
