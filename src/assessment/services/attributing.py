"""Why figures changed since the wave before: worked out once, at the close, for it takes the answers of both waves.

It stands beside the release as it was worked out, and holds for the two releases it was worked out from.
"""

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.answers import Answers
from assessment.domain.attribution import Attribution, Measured, attribute
from assessment.domain.comparison import Wave, in_common
from assessment.domain.method import measure
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ConflictError, NotFoundError
from assessment.services import releasing, reopening
from assessment.services.assessing import settings_of
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, attributions
from assessment.storage.assessments import Assessment
from assessment.storage.attributions import Attributed
from assessment.storage.releases import Release

NOT_SPLIT = "worked out at the close, and only against the wave before as it stood then"
Parts = dict[str, Attribution]


def freeze(session: Session, held: Assessment, release: Release, answers: Answers) -> None:
    """Keep beside a new release why its figures changed; nothing without an earlier one whose answers are known."""
    earlier = _before(session, held)
    if earlier is None:
        return
    before, published = earlier
    questionnaire, theirs = questionnaire_of(session, held), questionnaire_of(session, before)
    behind = reopening.answers_behind(session, before, theirs)
    if behind is None or not in_common(questionnaire, theirs)[0]:
        return
    found = attribute(
        _measured(before, theirs, published, behind),
        _measured(held, questionnaire, release, answers),
    )
    kept = Attributed(before.id, published.number, msgspec.json.encode(found))
    attributions.add(session, held.workspace_id, release, kept)


def between(session: Session, workspace_id: str, earlier: Release, later: Release) -> Parts | str:
    """Return why figures changed between two releases, by path, or why that is not known."""
    found = attributions.of(session, workspace_id, later)
    if found is None or (found.earlier_id, found.earlier_number) != (earlier.assessment_id, earlier.number):
        return NOT_SPLIT
    return msgspec.json.decode(found.content, type=Parts)


def _before(session: Session, held: Assessment) -> tuple[Assessment, Release] | None:
    """Find the wave before, locked, so that nothing is answered anew while this is worked out."""
    if held.wave_of is None:
        return None
    try:
        before = assessments.find(session, held.workspace_id, held.wave_of, lock=True)
        return before, releasing.release(session, held.workspace_id, before.id)
    except (ConflictError, NotFoundError):
        return None


def _measured(held: Assessment, questionnaire: Questionnaire, release: Release, answers: Answers) -> Measured:
    named = held.confidentiality == "attributable"
    wave = Wave(questionnaire, releasing.read(release))
    return Measured(wave, measure(questionnaire, answers, settings_of(held), unsuppressed=named))
