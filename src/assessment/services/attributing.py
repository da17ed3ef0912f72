"""Attribution of changed figures since the earlier wave.

It needs the answers of both waves, so it is computed once, at the close, and stored with the later release. It is valid
for exactly those two releases.
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
    """Store the attribution of a new release; no-op unless an earlier release and its answers are known."""
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
    """Return the attribution between two releases by path, or the reason why there is none."""
    found = attributions.of(session, workspace_id, later)
    if found is None or (found.earlier_id, found.earlier_number) != (earlier.assessment_id, earlier.number):
        return NOT_SPLIT
    return msgspec.json.decode(found.content, type=Parts)


def _before(session: Session, held: Assessment) -> tuple[Assessment, Release] | None:
    """Find the earlier wave and lock it, so that its answers can't change during the computation."""
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
