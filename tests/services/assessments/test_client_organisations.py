"""Clients and consultants: the same name or address in another spelling is the same one."""

import unicodedata

import pytest

from assessment.errors import ConflictError, InvalidError
from assessment.services.assessments import client_organisations
from assessment.services.auth import users

NOW_SPELLED = "José & Söhne"
PASSWORD = "lantern harbour violet 7"


@pytest.mark.parametrize(
    "spelling",
    [
        unicodedata.normalize("NFD", NOW_SPELLED),
        "JOSÉ & SÖHNE",
        "Jo\u200bsé & So\u200d\u0308hne",
        "  José  &  Söhne ",
        "José\u00a0& Söhne",
    ],
)
def test_client_name_that_differs_only_in_spelling_is_refused(spelling, world, now):
    with world.writing() as session:
        client_organisations.create_organisation(session, world.alice, NOW_SPELLED, now)

        with pytest.raises(InvalidError) as refused:
            client_organisations.create_organisation(session, world.alice, spelling, now)

    (problem,) = refused.value.problems
    assert problem.pointer == "/name"
    assert problem.message == "There is a client with this name already."


def test_client_name_of_another_workspace_is_allowed(world, now):
    with world.writing() as session:
        client_organisations.create_organisation(session, world.alice, NOW_SPELLED, now)
        client_organisations.create_organisation(session, world.bob, NOW_SPELLED, now)


def test_client_name_without_visible_characters_is_refused(world, now):
    with world.writing() as session, pytest.raises(InvalidError):
        client_organisations.create_organisation(session, world.alice, "\u200b\u2060", now)


@pytest.mark.parametrize("spelling", ["jose\u0301@mu\u0308ller.example", "JOSÉ@xn--mller-kva.example"])
def test_user_address_that_differs_only_in_spelling_is_refused(spelling, world, now):
    with world.writing() as session:
        users.add_user(session, world.alice, "josé@müller.example", PASSWORD, now)

        with pytest.raises(ConflictError):
            users.add_user(session, world.alice, spelling, PASSWORD, now)
