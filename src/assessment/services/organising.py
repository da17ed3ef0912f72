"""Clients (organisations) of a workspace."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessment.domain.spelling import fold_name
from assessment.errors import InvalidError, Problem
from assessment.services import tokens
from assessment.services.answering import is_writable
from assessment.services.tokens import RANDOM, Random
from assessment.storage import organisations
from assessment.storage.organisations import Organisation
from assessment.storage.pages import Page, Place
from assessment.wording.sentences import N_

NAME_MOST = 200
TAKEN = N_("There is a client with this name already.")
FIRST = Place()


def create(session: Session, workspace_id: str, name: str, now: datetime, random: Random = RANDOM) -> Organisation:
    """Add a client; `InvalidError` if another client's name differs only in case or Unicode form."""
    if not fold_name(name) or len(name) > NAME_MOST or not is_writable(name):
        reason = f"Give a name of at most {NAME_MOST} characters."
        raise InvalidError(reason, [Problem(reason, pointer="/name")])
    if fold_name(name) in map(fold_name, organisations.lock_names(session, workspace_id)):
        raise InvalidError(TAKEN, [Problem(TAKEN, pointer="/name")])
    new = Organisation(tokens.new_id(random), name.strip(), now)
    organisations.add(session, workspace_id, new)
    return new


def get(session: Session, workspace_id: str, organisation_id: str) -> Organisation:
    """Return a client; `NotFoundError` for one of another workspace."""
    return organisations.find(session, workspace_id, organisation_id)


def list_organisations(session: Session, workspace_id: str, place: Place = FIRST) -> Page[Organisation]:
    """List the clients, newest first."""
    return organisations.listed(session, workspace_id, place)
