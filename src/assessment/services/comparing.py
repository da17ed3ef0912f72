"""Compare two waves by their releases. Nothing is computed from answers here."""

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.attribution import Attribution
from assessment.domain.comparison import Wave, in_common
from assessment.domain.waves import Labels, Waves, waves
from assessment.errors import ConflictError, InvalidError, NoResultsError, NotFoundError, Problem
from assessment.services import attributing, releasing
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.releases import Release
from assessment.wording.sentences import N_

WITH = "with"


class Published(Struct, frozen=True):
    """Wave with its assessment and newest release."""

    held: Assessment
    release: Release
    wave: Wave


class Pair(Struct, frozen=True):
    """Comparable waves; `attribution` by path, or the reason why there is none."""

    earlier: Published
    later: Published
    attribution: dict[str, Attribution] | str


def comparison(session: Session, workspace_id: str, assessment_id: str, other: str | None = None) -> Waves:
    """Compare an assessment with `other`, by default the earlier wave it follows."""
    found = pair(session, workspace_id, assessment_id, other)
    names = tuple(Labels(each.held.id, each.held.title) for each in (found.earlier, found.later))
    return waves(found.earlier.wave, found.later.wave, found.attribution, (names[0], names[1]))


def pair(session: Session, workspace_id: str, assessment_id: str, other: str | None = None) -> Pair:
    """Find both waves; `ConflictError` until both are closed, `InvalidError` if they can't be compared."""
    held = assessments.find(session, workspace_id, assessment_id)
    named = other or held.wave_of
    if named is None:
        raise _refused(N_("This is a first wave: say which assessment to compare it with."))
    before = assessments.find(session, workspace_id, named)
    if before.id == held.id:
        raise _refused(N_("An assessment can't be compared with itself."))
    if before.organisation_id != held.organisation_id:
        raise _refused(N_("These are assessments of different organisations."))
    if before.state == "closed" and before.release is None:
        raise NoResultsError(N_("The earlier assessment was closed without results: there is nothing to compare with."))
    earlier, later = published(session, before), published(session, held)
    if earlier.release.released_on > later.release.released_on:
        raise _refused(N_("The other one closed after this: compare that one with this."))
    if not in_common(later.wave.questionnaire, earlier.wave.questionnaire)[0]:
        raise _refused(N_("Their questionnaires share no items."))
    return Pair(earlier, later, attributing.between(session, workspace_id, earlier.release, later.release))


def published(session: Session, held: Assessment) -> Published:
    """Load the newest release of an assessment; `ConflictError` until the close."""
    release = releasing.release(session, held.workspace_id, held.id)
    return Published(held, release, Wave(questionnaire_of(session, held), releasing.read(release)))


def before(session: Session, held: Assessment) -> Pair | None:
    """Return the waves that the report compares; None for a first wave, or without a comparable one."""
    try:
        return pair(session, held.workspace_id, held.id) if held.wave_of else None
    except (ConflictError, InvalidError, NotFoundError):
        return None


def _refused(reason: str) -> InvalidError:
    return InvalidError(N_("These can't be compared."), [Problem(reason, column=WITH)])
