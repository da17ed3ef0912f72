"""Members of a workspace: a last owner stays, a link sets a password once, removal ends everything."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assessment.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError
from assessment.services.auth import members, password_resets, passwords, set_up_links, user_sessions, users
from assessment.services.auth.members import LastOwnerError
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.delivery import mail_settings
from assessment.services.delivery.mail_settings import MailSettings
from assessment.storage import database, tables
from assessment.storage.auth import members as stored_members
from tests.services.conftest import SECRET

ANNA, BEN, PASSWORD = "anna@example.org", "ben@example.org", "turnip glacier envelope"


@pytest.fixture
def ids(world, now):
    """Anna owns Alice's workspace, Ben views it."""
    with world.writing() as session:
        return {
            ANNA: users.add_user(session, world.alice, ANNA, PASSWORD, now),
            BEN: users.add_user(session, world.alice, BEN, PASSWORD, now, role="viewer"),
        }


def begin_session(world, now, email):
    limiter = RateLimiter(world.engine, "", "")
    user = user_sessions.check_credentials(world.engine, email, PASSWORD, now, limiter=limiter, address="a")
    with world.writing() as session:
        return user_sessions.begin_session(session, user, now)


def is_signed_in(world, token, now):
    with world.reading() as session:
        try:
            user_sessions.load_consultant(session, token, now)
        except UnauthenticatedError:
            return False
    return True


def set_password(world, link, now):
    with world.writing() as session:
        set_up_links.set_password(session, link.token, passwords.hash_password("copper meadow lantern"), now)


def act_on(world, act, *arguments):
    with world.writing() as session:
        act(session, world.alice, *arguments)


@pytest.mark.parametrize(
    "act",
    [
        members.remove_member,
        members.disable_member,
        lambda session, workspace, user, now: members.change_role(session, workspace, user, "editor", now),
    ],
    ids=["remove", "disable", "role"],
)
def test_last_owner_stays_until_another_owner_can_sign_in(world, now, ids, act):
    with pytest.raises(LastOwnerError):
        act_on(world, act, ids[ANNA], now)
    with world.writing() as session:
        link = members.add_member(session, world.alice, "eve@example.org", "owner", now)
    with pytest.raises(LastOwnerError):  # Eve has no password yet
        act_on(world, act, ids[ANNA], now)
    set_password(world, link, now)

    act_on(world, act, ids[ANNA], now)

    with world.reading() as session:
        listed = {member.email: member for member in members.list_members(session, world.alice)}
    assert listed["eve@example.org"].is_last_owner
    assert ANNA not in listed or not (listed[ANNA].role == "owner" and listed[ANNA].state == "active")


@pytest.mark.parametrize("act", [members.remove_member, members.disable_member], ids=["remove", "disable"])
def test_removal_and_disabling_end_sessions_and_links(world, now, ids, act):
    with world.writing() as session:
        token = user_sessions.begin_session(session, user_sessions.AuthenticatedUser(ids[BEN], world.alice), now)
        link = set_up_links.create_link(session, world.alice, BEN, now)

    act_on(world, act, ids[BEN], now)

    assert not is_signed_in(world, token, now)
    with pytest.raises(NotFoundError):
        set_password(world, link, now)
    with world.reading() as session:
        assert session.execute(select(tables.account_token)).all() == []


def test_removed_address_can_be_added_again(world, now, ids):
    act_on(world, members.remove_member, ids[BEN], now)

    with world.writing() as session:
        members.add_member(session, world.alice, BEN, "editor", now)

    with world.reading() as session:
        assert [member.email for member in members.list_members(session, world.alice)] == [ANNA, BEN]


def test_member_of_two_workspaces_is_removed_from_one_only(world, now, ids):
    with world.writing() as session:
        session.execute(tables.membership.insert().values(workspace_id=world.bob, user_id=ids[BEN], role="owner"))
    with pytest.raises(ConflictError):
        act_on(world, members.disable_member, ids[BEN], now)

    act_on(world, members.remove_member, ids[BEN], now)

    with world.reading() as session:
        assert [member.email for member in members.list_members(session, world.bob)] == [BEN]
        assert [member.email for member in members.list_members(session, world.alice)] == [ANNA]


@pytest.mark.parametrize("act", [members.remove_member, members.disable_member, members.enable_member])
def test_member_of_another_workspace_is_not_found(world, now, ids, act):
    with world.writing() as session, pytest.raises(NotFoundError):
        act(session, world.bob, ids[BEN], now)


def test_link_sets_a_password_once_and_ends_sessions(world, now, ids):
    with world.writing() as session:
        link = set_up_links.create_link(session, world.alice, BEN, now)
        stored = session.execute(select(tables.account_token.c.token_hash)).scalar_one()
    token = begin_session(world, now, BEN)

    set_password(world, link, now)

    assert link.token.encode() not in stored
    assert not is_signed_in(world, token, now)
    with pytest.raises(NotFoundError):
        set_password(world, link, now)
    assert ids


@pytest.mark.usefixtures("ids")
def test_link_expires_and_is_replaced_by_a_newer_one(world, now):
    with world.writing() as session:
        first = set_up_links.create_link(session, world.alice, BEN, now)
        second = set_up_links.create_link(session, world.alice, BEN, now)

    for link, moment in ((first, now), (second, now + timedelta(days=7))):
        with pytest.raises(NotFoundError):
            set_password(world, link, moment)
        with world.reading() as session, pytest.raises(NotFoundError):
            set_up_links.find_address(session, link.token, moment)
    set_password(world, second, now + timedelta(days=6))


def test_reset_that_a_stranger_asks_for_does_not_end_the_link_of_a_new_user(world, now):
    mail_settings.attach_mail(world.engine, MailSettings("smtp://127.0.0.1:1", "a@example.org", "", SECRET, 1))
    with world.writing() as session:
        link = members.add_member(session, world.alice, BEN, "editor", now)

    with world.writing() as session:
        password_resets.request_reset(session, BEN, "en", now)
    with world.reading() as session:
        address = set_up_links.find_address(session, link.token, now)
    set_password(world, link, now)

    assert address == BEN
    with world.reading() as session:  # the password that was set ends the link of the reset too
        assert session.scalar(select(func.count()).select_from(tables.account_token)) == 0


def test_owner_can_make_no_link_for_a_user_with_a_password(world, now, ids):
    """An owner could act in the name of a colleague otherwise."""
    with pytest.raises(ConflictError):
        act_on(world, members.renew_link, ids[BEN], now)


@pytest.mark.parametrize("password", ["", "nobody has this password"])
def test_user_without_password_is_not_signed_in(world, now, password):
    with world.writing() as session:
        members.add_member(session, world.alice, BEN, "editor", now)

    limiter = RateLimiter(world.engine, "", "")
    with pytest.raises(UnauthenticatedError):
        user_sessions.check_credentials(world.engine, BEN, password, now, limiter=limiter, address="a")


@pytest.mark.usefixtures("ids")
def test_new_member_with_errors_lists_them_by_field(world, now):
    with world.writing() as session:
        with pytest.raises(InvalidError) as wrong:
            members.add_member(session, world.alice, "not an address", "boss", now)
        with pytest.raises(InvalidError) as taken:
            members.add_member(session, world.alice, BEN, "viewer", now)

    assert [problem.pointer for problem in wrong.value.problems] == ["/email", "/role"]
    assert [problem.pointer for problem in taken.value.problems] == ["/email"]


def remove_each_other(world, now, first, second):
    """Two owners remove each other at the same moment; return what the slower one is told."""
    slower = ThreadPoolExecutor(1)
    with world.writing() as session:
        members.remove_member(session, world.alice, second, now)
        answer = slower.submit(act_on, world, members.remove_member, first, now)
        with suppress(TimeoutError):
            answer.result(0.5)  # without a lock it would be done by now
    error = answer.exception(30)
    slower.shutdown()
    return error


def test_two_owners_can_not_remove_each_other(world, now, ids):
    with world.writing() as session:
        other = users.add_user(session, world.alice, "eve@example.org", PASSWORD, now)

    error = remove_each_other(world, now, ids[ANNA], other)

    assert isinstance(error, LastOwnerError)


def test_two_owners_remove_each_other_without_the_lock(world, now, ids, monkeypatch):
    """SQLite has one writer at a time anyway."""
    monkeypatch.setattr(stored_members, "lock_members", lambda *_: None)
    with world.writing() as session:
        other = users.add_user(session, world.alice, "eve@example.org", PASSWORD, now)

    error = remove_each_other(world, now, ids[ANNA], other)

    assert (error is None) != database.is_sqlite(world.engine)
