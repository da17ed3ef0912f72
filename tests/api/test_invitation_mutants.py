"""Invitations whose API shows what a person did, or breaks a promise of the opening: the checks must catch each."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, select

from assessment.domain.closed_sets import AssessmentState
from assessment.errors import RevokedError
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.survey import survey_links
from assessment.storage import tables
from tests.api import test_invitations as checks

Service = Callable[..., Any]


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """Use SQLite only: mutants are caught the same way on both databases."""
    return migrated_sqlite_url


def has_begun(session: Any, invitation_id: str) -> bool:
    own = tables.response.c.invitation_id == invitation_id
    return session.scalar(select(tables.response.c.id).where(own)) is not None


def refuse_begun(service: Service) -> Service:
    """Refuse what concerns a person who has begun."""

    def act(session: Any, key: Any, invitation_id: str, *rest: Any, **options: Any) -> Any:
        if has_begun(session, invitation_id):
            raise RevokedError("Someone has begun.")
        return service(session, key, invitation_id, *rest, **options)

    return act


def name_begun(service: Service) -> Service:
    """Show in the invitation that its person has begun."""

    def read(session: Any, key: Any, invitation_id: str) -> Any:
        invitation = service(session, key, invitation_id)
        return replace(invitation, name="begun") if has_begun(session, invitation_id) else invitation

    return read


SHOWING = {
    "status of a change": (invitation_changes, "update_invitation", refuse_begun, "name"),
    "status of a locked change": (invitation_changes, "update_invitation", refuse_begun, "role"),
    "status of a further link": (people_invitations, "create_link", refuse_begun, "link"),
    "status of a replacement": (invitation_changes, "replace_invitation", refuse_begun, "replacement"),
    "status of a revocation": (people_invitations, "revoke_invitation", refuse_begun, "revocation"),
    "body": (people_invitations, "get_invitation", name_begun, "read"),
}


@pytest.mark.parametrize("mutant", SHOWING)
async def test_mutant_whose_response_shows_that_someone_has_begun_is_caught(
    alice: httpx.AsyncClient, engine: Engine, monkeypatch: pytest.MonkeyPatch, mutant: str
):
    module, name, change, act = SHOWING[mutant]
    monkeypatch.setattr(module, name, change(getattr(module, name)))

    with pytest.raises(AssertionError):
        await checks.test_response_is_independent_of_person_state(alice, engine, act)


@pytest.mark.parametrize("deed", ["begun", "sent"])
async def test_mutant_whose_etag_shows_that_someone_has_begun_is_caught(
    alice: httpx.AsyncClient, engine: Engine, monkeypatch: pytest.MonkeyPatch, deed: str
):
    monkeypatch.setattr(people_invitations, "get_invitation", name_begun(people_invitations.get_invitation))

    with pytest.raises(AssertionError):
        await checks.test_etag_is_independent_of_person_state(alice, engine, deed)


@pytest.mark.parametrize("field", [{"role": "staff"}, {"functions": ["marketing"]}, {"email": "k@example.org"}])
async def test_mutant_without_the_lock_of_a_field_is_caught(
    alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, field: dict[str, Any]
):
    fixed = tuple(name for name in invitation_changes.FIXED_FIELDS if name not in field)
    monkeypatch.setattr(invitation_changes, "FIXED_FIELDS", fixed)

    with pytest.raises(AssertionError):
        await checks.test_role_functions_and_email_lock_at_opening(alice, field)


async def test_mutant_whose_links_work_before_the_opening_is_caught(
    alice: httpx.AsyncClient, visit: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(survey_links, "get_assessment_state", lambda *_: AssessmentState.OPEN)

    with pytest.raises(AssertionError):
        await checks.test_links_before_opening_show_not_open(alice, visit)
