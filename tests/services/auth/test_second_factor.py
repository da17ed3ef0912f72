"""The second factor: a code works once, near its time only, and a recovery code once."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from assessment.errors import ConflictError, InvalidError, UnauthenticatedError
from assessment.services.auth import second_factor, second_step, user_sessions, users
from assessment.services.auth.user_sessions import AuthenticatedUser
from assessment.storage import tables
from assessment.storage.auth import second_factors

EMAIL, PASSWORD = "anna@example.org", "turnip glacier envelope"
SERVER_SECRET = "the server's own secret, long enough to be one"
APP = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


@pytest.fixture
def anna(world, now):
    with world.writing() as session:
        return users.add_user(session, world.alice, EMAIL, PASSWORD, now)


@pytest.fixture
def codes(world, now, anna):
    """Recovery codes; the second factor is on, set up with the code of `now`."""
    with world.writing() as session:
        return second_factor.set_up(session, anna, APP.secret, APP.at(now), now, server_secret=SERVER_SECRET)


def is_accepted(world, user, code, moment):
    with world.writing() as session:
        try:
            second_factor.check_code(session, user, code, moment, server_secret=SERVER_SECRET)
        except UnauthenticatedError:
            return False
    return True


@pytest.mark.usefixtures("codes")
def test_code_is_accepted_once(world, now, anna):
    later = now + timedelta(minutes=5)

    assert not is_accepted(world, anna, APP.at(now), now)  # used up by the set-up
    assert is_accepted(world, anna, APP.at(later), later)
    assert not is_accepted(world, anna, APP.at(later), later)
    assert not is_accepted(world, anna, APP.at(later), later + timedelta(seconds=30))


@pytest.mark.usefixtures("codes")
def test_code_check_accepts_a_code_twice_without_the_step_guard(world, now, anna, monkeypatch):
    later = now + timedelta(minutes=5)
    monkeypatch.setattr(second_factors, "take_step", lambda *_: True)

    assert [is_accepted(world, anna, APP.at(later), later) for _ in range(2)] == [True, True]


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize(("seconds", "accepted"), [(-61, False), (-30, True), (30, True), (61, False)])
def test_code_of_a_neighbouring_step_is_accepted(world, now, anna, seconds, accepted):
    later = now.replace(second=0) + timedelta(minutes=5)

    assert is_accepted(world, anna, APP.at(later + timedelta(seconds=seconds)), later) is accepted


def test_earlier_code_after_a_later_one_is_refused(world, now, anna, codes):
    later = now + timedelta(minutes=5)
    assert is_accepted(world, anna, APP.at(later), later)

    assert not is_accepted(world, anna, APP.at(later - timedelta(seconds=30)), later)
    assert codes


def test_recovery_code_works_once_and_only_for_its_user(world, now, anna, codes):
    with world.writing() as session:
        other = users.add_user(session, world.alice, "ben@example.org", PASSWORD, now)
        second_factor.set_up(session, other, APP.secret, APP.at(now), now, server_secret=SERVER_SECRET)
        stored = repr([session.execute(select(table)).all() for table in (tables.recovery_code, tables.user)])

    assert not is_accepted(world, other, codes[0], now)
    assert is_accepted(world, anna, codes[0].lower().replace("-", " "), now)
    assert not is_accepted(world, anna, codes[0], now)
    assert [is_accepted(world, anna, code, now) for code in codes[1:]] == [True] * 9
    assert codes[0].replace("-", "") not in stored
    assert APP.secret not in stored


def test_new_recovery_codes_replace_the_earlier_ones(world, now, anna, codes):
    with world.writing() as session:
        newer = second_factor.renew_recovery_codes(session, anna, now, server_secret=SERVER_SECRET)

    assert not is_accepted(world, anna, codes[0], now)
    assert is_accepted(world, anna, newer[0], now)


@pytest.mark.parametrize("code", ["", "000000", "12345", "\uff11\uff12\uff13\uff14\uff15\uff16", "abcdef"])
def test_wrong_code_sets_nothing_up(world, now, anna, code):
    with world.writing() as session, pytest.raises(InvalidError):
        second_factor.set_up(session, anna, APP.secret, code, now, server_secret=SERVER_SECRET)

    with world.reading() as session:
        assert not second_factor.find_state(session, anna).is_on


@pytest.mark.usefixtures("codes")
def test_second_set_up_is_refused_and_turning_off_removes_everything(world, now, anna):
    with world.writing() as session, pytest.raises(ConflictError):
        second_factor.set_up(session, anna, APP.secret, APP.at(now), now, server_secret=SERVER_SECRET)
    with world.writing() as session:
        second_factor.turn_off(session, anna, now)

    with world.reading() as session:
        assert second_factor.find_state(session, anna) == second_factor.SecondFactorState()
        assert session.execute(select(tables.recovery_code)).all() == []
    assert not is_accepted(world, anna, APP.at(now + timedelta(minutes=5)), now + timedelta(minutes=5))


@pytest.mark.usefixtures("codes")
def test_reset_ends_sessions(world, now, anna):
    with world.writing() as session:
        token = user_sessions.begin_session(session, AuthenticatedUser(anna, world.alice), now)
        assert second_factor.reset_second_factor(session, EMAIL, now)
        assert not second_factor.reset_second_factor(session, EMAIL, now)

    with world.reading() as session, pytest.raises(UnauthenticatedError):
        user_sessions.load_consultant(session, token, now)


def test_step_token_expires_and_can_not_be_forged(world, now, anna):
    with world.reading() as session:
        hash_ = session.scalar(select(tables.user.c.password_hash))
    token = second_step.make_step_token(AuthenticatedUser(anna, world.alice, hash_), EMAIL, now, SERVER_SECRET)
    content, _, signature = token.partition(".")

    step = second_step.read_step_token(token, now + timedelta(minutes=9), SERVER_SECRET)

    assert (step.user_id, step.email) == (anna, EMAIL)
    for forged in ("", ".", content, f"{content}.", f"{content}x.{signature}", f"{content}.{signature[:-1]}0x"):
        with pytest.raises(UnauthenticatedError):
            second_step.read_step_token(forged, now, SERVER_SECRET)
    with pytest.raises(UnauthenticatedError):
        second_step.read_step_token(token, now + timedelta(minutes=10), SERVER_SECRET)
    with pytest.raises(UnauthenticatedError):
        second_step.read_step_token(token, now, "another server's secret, long enough")


@pytest.mark.parametrize(
    "act",
    [
        lambda session, now: users.change_password(session, EMAIL, "another turnip glacier", now),
        lambda session, now: users.disable_user(session, EMAIL, now),
    ],
    ids=["new password", "disabled"],
)
def test_step_ends_with_a_new_password_or_a_disabled_user(world, now, anna, act):
    with world.reading() as session:
        hash_ = session.scalar(select(tables.user.c.password_hash))
    token = second_step.make_step_token(AuthenticatedUser(anna, world.alice, hash_), EMAIL, now, SERVER_SECRET)
    step = second_step.read_step_token(token, now, SERVER_SECRET)
    with world.reading() as session:
        assert second_step.find_stepping_user(session, step).user_id == anna
    with world.writing() as session:
        act(session, now)

    with world.reading() as session, pytest.raises(UnauthenticatedError):
        second_step.find_stepping_user(session, step)
