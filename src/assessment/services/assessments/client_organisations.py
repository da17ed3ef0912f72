"""Clients (organisations) of a workspace."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessment.domain.text_normalisation import fold_name
from assessment.errors import InvalidError, Problem
from assessment.i18n.messages import N_
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.survey.answer_validation import is_storable
from assessment.storage import organisations
from assessment.storage.cursor_pagination import PageRequest, RowPage
from assessment.storage.organisations import Organisation

MAX_NAME_LENGTH = 200
NAME_TAKEN = N_("There is a client with this name already.")
FIRST_PAGE = PageRequest()


def create_organisation(
    session: Session, workspace_id: str, name: str, now: datetime, random: Random = RANDOM
) -> Organisation:
    """Add a client; `InvalidError` if another client's name differs only in case or Unicode form."""
    if not fold_name(name) or len(name) > MAX_NAME_LENGTH or not is_storable(name):
        reason = f"Give a name of at most {MAX_NAME_LENGTH} characters."
        raise InvalidError(reason, [Problem(reason, pointer="/name", code="too-long")])
    if fold_name(name) in map(fold_name, organisations.lock_names(session, workspace_id)):
        raise InvalidError(NAME_TAKEN, [Problem(NAME_TAKEN, pointer="/name", code="duplicate")])
    new = Organisation(tokens.generate_id(random), name.strip(), now)
    organisations.add_organisation(session, workspace_id, new)
    return new


def get_organisation(session: Session, workspace_id: str, organisation_id: str) -> Organisation:
    """Return a client; `NotFoundError` for one of another workspace."""
    return organisations.find_organisation(session, workspace_id, organisation_id)


def list_organisations(session: Session, workspace_id: str, place: PageRequest = FIRST_PAGE) -> RowPage[Organisation]:
    """List the clients, newest first."""
    return organisations.list_organisations(session, workspace_id, place)
