"""Set up the next wave of an assessment: the same settings and people; and compare what differs between two waves."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, DeliveryMode
from assessment.errors import NotClosedError, NotFoundError
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.assessment_fields import COPIED_FIELDS, AssessmentInput
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.people import people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.services.questionnaires import workspace_questionnaires
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.people import invitations
from assessment.storage.people.invitations import Invitation

COMPARED_FIELDS = (
    "title",
    "asker",
    *COPIED_FIELDS,
    "domains",
    "questionnaire_version",
)


class NextWave(Struct, frozen=True):
    """How to set up the next wave: its title, and whether its people are those of this one."""

    title: str
    with_people: bool = True


class WaveDifferences(Struct, frozen=True):
    """Differences from the wave before: names of settings, and the people who left, are new or changed."""

    earlier: Assessment
    fields: tuple[str, ...]
    left: tuple[Invitation, ...]
    joined: tuple[Invitation, ...]
    changed: tuple[Invitation, ...]
    stayed: int


def create_next_wave(
    session: Session,
    key: AssessmentKey,
    new: NextWave,
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    *,
    operator_minimum: int | None = None,
    random: Random = RANDOM,
) -> Assessment:
    """Create a draft with the settings and people of a closed assessment, without a closing date.

    People whose invitation was revoked stay out, and so do addresses of people who were erased. `NotClosedError` before
    the close. `InvalidError` as `create_assessment`.
    """
    earlier = assessments.find_assessment(session, key)
    if earlier.state != AssessmentState.CLOSED:
        raise NotClosedError(N_("The next wave follows a closed assessment. Close this one first."))
    settings = {name: getattr(earlier, name) for name in COPIED_FIELDS}
    created = assessment_setup.create_assessment(
        session,
        key.workspace_id,
        AssessmentInput(
            organisation=earlier.organisation_id,
            questionnaire=_name_questionnaire(session, earlier, catalogue),
            title=new.title or earlier.title,
            asker=earlier.asker,
            wave_of=earlier.id,
            domains=tuple(earlier.domains),
            **settings,
        ),
        catalogue,
        now,
        operator_minimum=operator_minimum,
        random=random,
    )
    if new.with_people:
        people = _copy_people(
            invitations.list_active_invitations(session, key), has_mail=find_mail(session) is not None
        )
        people_invitations.create_invitations(session, created.key, people, catalogue, now, random)
    return assessments.find_assessment(session, created.key)


def compare_with_earlier_wave(session: Session, key: AssessmentKey) -> WaveDifferences | None:
    """Compare settings and people with the wave before; None for a first wave.

    People are matched by address, otherwise by name; those with neither can't be matched and are left out.
    """
    later = assessments.find_assessment(session, key)
    if later.wave_of is None:
        return None
    earlier = assessments.find_assessment(session, AssessmentKey(key.workspace_id, later.wave_of))
    before = _index_people(invitations.list_active_invitations(session, earlier.key))
    after = _index_people(invitations.list_active_invitations(session, key))
    both = [name for name in after if name in before]
    changed = tuple(
        after[name]
        for name in both
        if (before[name].role, set(before[name].functions)) != (after[name].role, set(after[name].functions))
    )
    return WaveDifferences(
        earlier=earlier,
        fields=tuple(name for name in COMPARED_FIELDS if getattr(earlier, name) != getattr(later, name)),
        left=tuple(person for name, person in before.items() if name not in after),
        joined=tuple(person for name, person in after.items() if name not in before),
        changed=changed,
        stayed=len(both),
    )


def _name_questionnaire(session: Session, earlier: Assessment, catalogue: QuestionnaireCatalogue) -> str:
    """Name the same version where it is still offered: waves with the same questions compare best."""
    try:
        workspace_questionnaires.find_available(
            session, earlier.workspace_id, catalogue, earlier.questionnaire_id, earlier.questionnaire_version
        )
    except NotFoundError:
        return earlier.questionnaire_id
    return f"{earlier.questionnaire_id}@{earlier.questionnaire_version}"


def _copy_people(invited: Sequence[Invitation], *, has_mail: bool) -> list[Invitee]:
    """Copy name, address, role and functions; people without name and address could not be found again."""
    return [
        Invitee(
            role=person.role,
            functions=person.functions,
            email=person.email,
            name=person.name,
            deliver=person.deliver if has_mail else DeliveryMode.LINK,
        )
        for person in invited
        if person.email or person.name
    ]


def _index_people(invited: Sequence[Invitation]) -> dict[str, Invitation]:
    return {(person.email or person.name or "").casefold(): person for person in invited if person.email or person.name}
