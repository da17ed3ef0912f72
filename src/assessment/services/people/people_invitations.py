"""Invitations: create, list and revoke them, and make links that are shown once.

Nothing here depends on what an invited person has done, because a refusal would reveal who has answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, BulkJobKind, Confidentiality, DeliveryMode
from assessment.domain.survey.closing_time import get_state_at, get_workspace_day
from assessment.domain.text_normalisation import normalize_address
from assessment.errors import (
    ChangedError,
    ClosedError,
    InvalidError,
    MailedLinkError,
    MailNotAvailableError,
    MixedSourcesError,
    Problem,
    RevokedError,
    with_values,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.operations import audit_trail
from assessment.services.operations.audit_trail import AuditEvent
from assessment.services.people import invited_people, invitee_checks
from assessment.services.people.invitee_checks import Invitee
from assessment.storage import assessments, bulk_jobs
from assessment.storage.assessments import Assessment
from assessment.storage.cursor_pagination import PageRequest, RowPage
from assessment.storage.people import invitation_links, invitations, people_summaries, replaced_invitations
from assessment.storage.people.invitation_links import LinkCount
from assessment.storage.people.invitations import ALL_INVITATIONS, Invitation, InvitationFilter
from assessment.storage.survey import response_imports

FIRST_PAGE = PageRequest()
MAX_INVITED = 100_000


class LinkedInvitation(Struct, frozen=True):
    """Invitation with the token of a new link (`/s/{token}`), which is shown once; only its hash is stored.

    `token` is empty if the server mails the link: then nobody else sees it.
    """

    invitation: Invitation
    token: str


class LinkCounts(Struct, frozen=True):
    """Number of invited people whose links the consultant hands out, and of those `without_link`."""

    invited: int
    without_link: int


def invite_people(
    session: Session,
    key: AssessmentKey,
    people: Sequence[Invitee],
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[LinkedInvitation, ...]:
    """Invite all people or none, with a link each to hand out; `InvalidError` lists the problems by index.

    People whose link the server mails get it with `mailings.queue_invitations`.
    """
    enlisted = create_invitations(session, key, people, catalogue, now, random)
    handed_out = [invitation for invitation in enlisted if invitation.deliver == DeliveryMode.LINK]
    linked = {link.invitation.id: link for link in add_links(session, handed_out, key.workspace_id, now, random)}
    return tuple(linked.get(invitation.id) or LinkedInvitation(invitation, "") for invitation in enlisted)


def create_invitations(
    session: Session,
    key: AssessmentKey,
    people: Sequence[Invitee],
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[Invitation, ...]:
    """Invite all people or none, without links: those are made later, when the consultant can see them."""
    assessment = lock_unless_closed(session, key, now)
    refuse_imported_responses(session, assessment, now)
    refuse_mail_delivery(session, people)
    problems = check_people(session, assessment, people, catalogue)
    if problems:
        raise InvalidError("Nobody was invited.", problems)
    first = invitations.find_next_position(session, key)
    rows = [
        make_invitation_row(assessment, invitee, position, now, random)
        for position, invitee in enumerate(people, start=first)
    ]
    if rows:
        invitations.add_invitations(session, rows)
        invited_people.update_uncounted_groups(session, key)
        audit_trail.record_event(
            session, key.workspace_id, now, audit_trail.PEOPLE_INVITED, key.assessment_id, people=len(rows)
        )
    return tuple(make_invitation(row) for row in rows)


def check_people(
    session: Session, assessment: Assessment, people: Sequence[Invitee], catalogue: QuestionnaireCatalogue
) -> list[Problem]:
    """Return the problems of a list of people, ordered by line (index + 1)."""
    questionnaire = find_questionnaire(session, assessment, catalogue)
    problems = [
        problem
        for index, invitee in enumerate(people)
        for problem in invitee_checks.find_invitee_problems(index, invitee, questionnaire, assessment.mode)
    ]
    problems += invitee_checks.find_duplicate_addresses(people, load_invited_addresses(session, assessment))
    if len(people) > MAX_INVITED:
        message = with_values("Invite at most {most} people at once.", most=MAX_INVITED)
        problems.append(Problem(message, code="too-many"))
    return sorted(problems, key=lambda problem: problem.line or 0)


def load_invited_addresses(session: Session, assessment: Assessment) -> set[str]:
    """Load the addresses of all invitations that are not revoked."""
    invited = invitations.list_active_invitations(session, assessment.key)
    return {invitation.email for invitation in invited if invitation.email}


def create_link(
    session: Session, key: AssessmentKey, invitation_id: str, now: datetime, random: Random = RANDOM
) -> str:
    """Create a further link and return its token; earlier links stay valid. It is recorded and shown to the person."""
    invitation = invitations.find_invitation(session, key, invitation_id)
    if invitation.revoked_on is not None:
        raise RevokedError("This invitation has been revoked.")
    if invitation.deliver != DeliveryMode.LINK:
        raise MailedLinkError("This invitation is mailed by the server: nobody else gets its link.")
    token = tokens.generate_token(random)
    _store_links(session, {token: invitation}, key.workspace_id, now)
    return token


def create_links(
    session: Session, key: AssessmentKey, now: datetime, *, everyone: bool, random: Random = RANDOM
) -> tuple[LinkedInvitation, ...]:
    """Create a link for those without one, or a further one for `everyone`; earlier links stay valid."""
    lock_unless_closed(session, key, now)
    chosen = invitations.list_link_invitations(session, key, without_link=not everyone)
    return add_links(session, chosen, key.workspace_id, now, random)


def count_links(session: Session, key: AssessmentKey) -> LinkCounts:
    return LinkCounts(*invitations.count_link_invitations(session, key))


def count_links_by_invitation(
    session: Session, workspace_id: str, invited: Sequence[Invitation]
) -> dict[str, LinkCount]:
    """Count the links of each invitation that has any."""
    return invitation_links.count_links(session, workspace_id, [invitation.id for invitation in invited])


def find_replaced(session: Session, workspace_id: str, invited: Sequence[Invitation]) -> set[str]:
    """Return the ids of those invitations that were replaced."""
    return replaced_invitations.find_replaced_invitations(
        session, workspace_id, [invitation.id for invitation in invited]
    )


def get_invitation(session: Session, key: AssessmentKey, invitation_id: str) -> Invitation:
    return invitations.find_invitation(session, key, invitation_id)


def list_invitations(
    session: Session,
    key: AssessmentKey,
    page_request: PageRequest = FIRST_PAGE,
    matching: InvitationFilter = ALL_INVITATIONS,
) -> RowPage[Invitation]:
    """List invitations, revoked ones too, in the order of creation; the address to match may have any spelling."""
    assessments.find_assessment(session, key)
    stored = replace(matching, email=normalize_address(matching.email)) if matching.email else matching
    return invitations.list_invitations(session, key, page_request, stored)


def revoke_invitation(
    session: Session,
    key: AssessmentKey,
    invitation_id: str,
    now: datetime,
    revision: int | None = None,
) -> None:
    """Prevent new drafts by an invitation; a person who has begun is notified, and may still send."""
    assessment = lock_unless_closed(session, key, now)
    invitation = find_unrevoked_invitation(session, assessment, invitation_id, revision)
    set_revoked(session, key.workspace_id, invitation, now)
    audit_trail.record_event(
        session, key.workspace_id, now, audit_trail.INVITATION_REVOKED, invitation.id, revision=invitation.revision + 1
    )


def set_revoked(session: Session, workspace_id: str, invitation: Invitation, now: datetime) -> None:
    invitations.update_invitation(
        session, workspace_id, invitation, revoked_on=assessments.find_workspace_day(session, workspace_id, now)
    )


def add_links(
    session: Session, invited: Sequence[Invitation], workspace_id: str, now: datetime, random: Random
) -> tuple[LinkedInvitation, ...]:
    """Create a link for each of these invitations; earlier links stay valid."""
    links = {tokens.generate_token(random): invitation for invitation in invited}
    _store_links(session, links, workspace_id, now)
    return tuple(LinkedInvitation(invitation, token) for token, invitation in links.items())


def _store_links(session: Session, links: Mapping[str, Invitation], workspace_id: str, now: datetime) -> None:
    invited = tuple(links.values())
    before = invitation_links.count_links(session, workspace_id, [invitation.id for invitation in invited])
    hashes = {tokens.hash_token(token): invitation.id for token, invitation in links.items()}
    today = assessments.find_workspace_day(session, workspace_id, now)
    invitation_links.add_links(session, workspace_id, hashes, today)
    for assessment_id in {invitation.assessment_id for invitation in invited}:
        people_summaries.mark_outdated(session, AssessmentKey(workspace_id, assessment_id))
    events = [
        AuditEvent(
            audit_trail.LINK_CREATED,
            invitation.id,
            {"number": 1 + (before[invitation.id].count if invitation.id in before else 0)},
        )
        for invitation in invited
    ]
    audit_trail.record_events(session, workspace_id, now, events)


def lock_unless_closed(session: Session, key: AssessmentKey, now: datetime) -> Assessment:
    """Lock the assessment, so that no one saves or invites at the same time; `ClosedError` once closed."""
    assessment = assessments.find_assessment(session, key, lock=True)
    if get_state_at(assessment.state, assessment.closes_at, now) == AssessmentState.CLOSED:
        raise ClosedError("This assessment is closed.")
    return assessment


def refuse_imported_responses(session: Session, assessment: Assessment, now: datetime) -> None:
    """Refuse after an import: subtracting its file from the results would reveal the invited people's answers."""
    if assessment.confidentiality != Confidentiality.ATTRIBUTABLE and (
        response_imports.has_imported_responses(session, assessment.key, now)
        or bulk_jobs.has_unfinished_job(session, assessment.key, BulkJobKind.RESPONSES)
    ):
        raise MixedSourcesError("Responses were taken in from a file: nobody can be invited in confidence as well.")


def refuse_mail_delivery(session: Session, people: Iterable[Invitee]) -> None:
    """Raise `MailNotAvailableError` if the server is to mail any of the links and has no mail settings."""
    if find_mail(session) is None and any(invitee.deliver == DeliveryMode.MAIL for invitee in people):
        raise MailNotAvailableError("This server can’t mail links. Hand them out yourself: deliver is link.")


def check_revision(invitation: Invitation, revision: int | None) -> None:
    """Raise `ChangedError` if `revision` (`If-Match`) is not the newest."""
    if revision is not None and revision != invitation.revision:
        raise ChangedError


def find_unrevoked_invitation(
    session: Session, assessment: Assessment, invitation_id: str, revision: int | None
) -> Invitation:
    invitation = invitations.find_invitation(session, assessment.key, invitation_id)
    check_revision(invitation, revision)
    if invitation.revoked_on is not None:
        raise RevokedError("This invitation has been revoked.")
    return invitation


def make_invitation_row(
    assessment: Assessment, invitee: Invitee, position: int, now: datetime, random: Random
) -> dict[str, Any]:
    return invitee_checks.make_invitation_values(invitee) | {
        "id": tokens.generate_id(random),
        "workspace_id": assessment.workspace_id,
        "assessment_id": assessment.id,
        "position": position,
        "deliver": invitee.deliver,
        "mailed_on": None,
        "replaces": None,
        "is_late": assessment.state != AssessmentState.DRAFT,
        "created_on": get_workspace_day(now, assessment.time_zone),
        "revoked_on": None,
        "revision": 1,
    }


def make_invitation(row: dict[str, Any]) -> Invitation:
    values = {name: row[name] for name in Invitation.__struct_fields__}
    return Invitation(**(values | {"functions": tuple(row["functions"].split(";"))}))
