"""Clients (organisations) of a workspace: create, change, archive and restore."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.similar_names import find_similar_name
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.domain.text_normalisation import fold_name, is_address, normalize_address
from assessment.errors import ChangedError, InvalidError, OpenAssessmentError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.survey.answer_validation import is_storable
from assessment.storage import assessments, organisations
from assessment.storage.cursor_pagination import PageRequest, RowPage
from assessment.storage.organisations import Organisation

MAX_NAME_LENGTH = 200
NAME_TAKEN = N_("There is a client with this name already.")
ARCHIVED_NAME_TAKEN = N_("There is an archived client with this name already. Restore it instead.")
NAME_LOCKED = N_("A survey of this client is open, and its pages say the name. Change it after the close.")
INVALID_CONTACT_NAME = N_("Give a name of at most 200 characters, or leave it out.")
INVALID_CONTACT_EMAIL = N_("Give an email address like anna@example.org, or leave it out.")
HAS_OPEN_ASSESSMENT = N_("An assessment of this client is open. Close it first.")
FIRST_PAGE = PageRequest()


class OrganisationPatch(Struct, frozen=True, kw_only=True):
    """Changed fields of a client; unset fields stay as they are."""

    name: str | UnsetType = UNSET
    contact_name: str | UnsetType = UNSET
    contact_email: str | UnsetType = UNSET


def create_organisation(
    session: Session,
    workspace_id: str,
    name: str,
    now: datetime,
    random: Random = RANDOM,
    *,
    contact_name: str = "",
    contact_email: str = "",
) -> Organisation:
    """Add a client; `InvalidError` if another client's name differs only in case or Unicode form."""
    new = Organisation(tokens.generate_id(random), name.strip(), now, contact_name.strip(), _fold_email(contact_email))
    _check_organisation(session, workspace_id, new)
    organisations.add_organisation(session, workspace_id, new)
    audit_trail.record_event(session, workspace_id, now, audit_trail.CLIENT_CREATED, new.id)
    return new


def update_organisation(
    session: Session,
    workspace_id: str,
    organisation_id: str,
    patch: OrganisationPatch,
    *,
    now: datetime,
    revision: int | None = None,
) -> Organisation:
    """Change name and contact; `ChangedError` if `revision` is not the newest, `InvalidError` as for a new client."""
    stored = organisations.find_organisation(session, workspace_id, organisation_id, lock=True)
    if revision is not None and revision != stored.revision:
        raise ChangedError
    sent = {name: value.strip() for name, value in msgspec.structs.asdict(patch).items() if value is not UNSET}
    if "contact_email" in sent:
        sent["contact_email"] = _fold_email(sent["contact_email"])
    different = {name: value for name, value in sent.items() if value != getattr(stored, name)}
    if not different:
        return stored
    locked = []
    if "name" in different and _has_open_assessment(session, workspace_id, organisation_id):
        locked = [Problem(NAME_LOCKED, pointer="/name", code="not-allowed")]
    _check_organisation(session, workspace_id, msgspec.structs.replace(stored, **different), locked)
    organisations.update_organisation(session, workspace_id, stored, different)
    details = {"fields": sorted(different), "revision": stored.revision + 1}
    audit_trail.record_event(session, workspace_id, now, audit_trail.CLIENT_CHANGED, stored.id, **details)
    return organisations.find_organisation(session, workspace_id, stored.id)


def archive_organisation(session: Session, workspace_id: str, organisation_id: str, now: datetime) -> Organisation:
    """Archive a client, and with it its assessments; `OpenAssessmentError` while one of them is open."""
    stored = organisations.find_organisation(session, workspace_id, organisation_id, lock=True)
    if stored.archived_on is not None:
        return stored
    require_no_open_assessment(session, workspace_id, organisation_id)
    today = get_workspace_day(now, assessments.find_time_zone(session, workspace_id))
    return _set_archived(session, workspace_id, stored, today, now)


def restore_organisation(session: Session, workspace_id: str, organisation_id: str, now: datetime) -> Organisation:
    """Restore an archived client; assessments that were archived by themselves stay so."""
    stored = organisations.find_organisation(session, workspace_id, organisation_id, lock=True)
    return stored if stored.archived_on is None else _set_archived(session, workspace_id, stored, None, now)


def require_no_open_assessment(session: Session, workspace_id: str, organisation_id: str) -> None:
    """Raise `OpenAssessmentError` while an assessment of the client is open."""
    if _has_open_assessment(session, workspace_id, organisation_id):
        raise OpenAssessmentError(HAS_OPEN_ASSESSMENT)


def _has_open_assessment(session: Session, workspace_id: str, organisation_id: str) -> bool:
    return AssessmentState.OPEN in organisations.lock_assessment_states(session, workspace_id, organisation_id)


def get_organisation(session: Session, workspace_id: str, organisation_id: str) -> Organisation:
    """Return a client; `NotFoundError` for one of another workspace."""
    return organisations.find_organisation(session, workspace_id, organisation_id)


def find_similar_organisation(session: Session, workspace_id: str, name: str) -> Organisation | None:
    """Return a client that is probably meant by `name`, though spelled otherwise; None if there is none."""
    by_name = {
        stored.name: stored
        for stored in organisations.load_organisations(session, workspace_id)
        if fold_name(stored.name) != fold_name(name)
    }
    similar_name = find_similar_name(name, sorted(by_name))
    return None if similar_name is None else by_name[similar_name]


def list_organisations(
    session: Session, workspace_id: str, page_request: PageRequest = FIRST_PAGE, *, archived: bool | None = None
) -> RowPage[Organisation]:
    """List the clients, newest first; only `archived` ones, only others, or all."""
    return organisations.list_organisations(session, workspace_id, page_request, archived=archived)


def _set_archived(
    session: Session, workspace_id: str, stored: Organisation, archived_on: date | None, now: datetime
) -> Organisation:
    organisations.update_organisation(session, workspace_id, stored, {"archived_on": archived_on})
    action = audit_trail.CLIENT_RESTORED if archived_on is None else audit_trail.CLIENT_ARCHIVED
    audit_trail.record_event(session, workspace_id, now, action, stored.id, revision=stored.revision + 1)
    return organisations.find_organisation(session, workspace_id, stored.id)


def _check_organisation(
    session: Session, workspace_id: str, new: Organisation, further_problems: Sequence[Problem] = ()
) -> None:
    """Raise `InvalidError` with all problems of the fields, and with those that the caller has."""
    problems = []
    if not fold_name(new.name) or not _is_short(new.name):
        problems.append(
            Problem(
                with_values("Give a name of at most {most} characters.", most=MAX_NAME_LENGTH),
                pointer="/name",
                code="too-long",
            )
        )
    for other in organisations.lock_organisations(session, workspace_id):
        if other.id != new.id and fold_name(other.name) == fold_name(new.name):
            taken = NAME_TAKEN if other.archived_on is None else ARCHIVED_NAME_TAKEN
            problems.append(Problem(taken, pointer="/name", code="duplicate"))
            break
    if not _is_short(new.contact_name):
        problems.append(Problem(INVALID_CONTACT_NAME, pointer="/contact_name", code="too-long"))
    if new.contact_email and (not is_address(new.contact_email) or not _is_short(new.contact_email)):
        problems.append(Problem(INVALID_CONTACT_EMAIL, pointer="/contact_email", code="wrong-format"))
    problems += further_problems
    if problems:
        raise InvalidError(problems[0].message, problems)


def _fold_email(email: str) -> str:
    return normalize_address(email) if email.strip() else ""


def _is_short(text: str) -> bool:
    return len(text) <= MAX_NAME_LENGTH and is_storable(text)
