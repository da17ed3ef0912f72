"""Sign-in: consultants by password, programs by key."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.errors import ConflictError, InvalidError, NotFoundError, TooManyRequestsError, UnauthenticatedError
from assessment.services.auth import api_keys, passwords, sign_in_limit, tokens, user_sessions, users
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.storage import tables
from assessment.storage.auth.api_keys import KeyFilter
from assessment.storage.cursor_pagination import PageRequest

EMAIL, PASSWORD = "anna@example.org", "turnip glacier envelope"
SECRET = "the server's own secret, long enough to be one"
KEY = {"name": "Dashboard", "scopes": ["read:scores"]}


@pytest.fixture
def anna(world, now):
    with world.writing() as session:
        users.add_user(session, world.alice, EMAIL, PASSWORD, now)


def make_limiter(world):
    return RateLimiter(world.engine, SECRET, "sign-in")


def sign_in(world, now, email=EMAIL, password=PASSWORD, limiter=None, address="192.0.2.1"):
    known = user_sessions.check_credentials(
        world.engine, email, password, now, limiter=limiter or make_limiter(world), address=address
    )
    with world.writing() as session:
        return user_sessions.begin_session(session, known, now)


def who(world, token, now):
    with world.reading() as session:
        return user_sessions.load_consultant(session, token, now)


@pytest.mark.usefixtures("anna")
def test_correct_password_begins_a_session_in_the_users_workspace(world, now):
    token = sign_in(world, now, email=" ANNA@example.org")

    found = who(world, token, now)

    assert (found.email, found.workspace_id, found.workspace, found.role) == (EMAIL, world.alice, "Alice", "owner")
    assert not found.admin


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        (EMAIL, ""),
        ("nobody@example.org", PASSWORD),
        ("\0", PASSWORD),
        (EMAIL, "\ud800"),
        ("\ud800", "x"),
    ],
)
def test_every_failed_sign_in_has_the_same_message(world, now, email, password):
    with pytest.raises(UnauthenticatedError, match=r"^Email or password is wrong\.$"):
        sign_in(world, now, email, password)


@pytest.mark.usefixtures("anna")
def test_unknown_user_takes_the_same_hashing_work(world, now, monkeypatch):
    checked = []
    real = passwords._hasher

    class Counting:
        def hash(self, password):
            return real.hash(password)

        def verify(self, kept, password):
            checked.append(kept)
            return real.verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())

    with pytest.raises(UnauthenticatedError):
        sign_in(world, now, "nobody@example.org")

    assert [kept[:10] for kept in checked] == ["$argon2id$"]


@pytest.mark.usefixtures("anna")
def test_ten_failed_tries_are_allowed_and_successes_do_not_count(world, now):
    limiter = make_limiter(world)
    for _ in range(12):
        sign_in(world, now, limiter=limiter)
    for _ in range(10):
        with pytest.raises(UnauthenticatedError):
            sign_in(world, now, password="wrong", limiter=limiter)

    with pytest.raises(TooManyRequestsError) as refused:
        sign_in(world, now, limiter=limiter)

    assert refused.value.retry_after == 15 * 60 + 1
    assert sign_in(world, now + timedelta(minutes=15, seconds=1), limiter=limiter)


@pytest.mark.usefixtures("anna")
def test_guessing_from_another_address_does_not_lock_the_owner_out(world, now):
    limiter = make_limiter(world)
    for _ in range(10):
        with pytest.raises(UnauthenticatedError):
            sign_in(world, now, password="wrong", limiter=limiter, address="198.51.100.6")
    with pytest.raises(TooManyRequestsError):
        sign_in(world, now, limiter=limiter, address="198.51.100.6")

    assert sign_in(world, now, limiter=limiter, address="192.0.2.1")


@pytest.mark.usefixtures("anna")
def test_guessing_from_many_addresses_is_limited_per_account(world, now):
    limiter = make_limiter(world)
    for number in range(100):
        with pytest.raises(UnauthenticatedError):
            sign_in(world, now, password="wrong", limiter=limiter, address=f"198.51.100.{number}")

    with pytest.raises(TooManyRequestsError):
        sign_in(world, now, limiter=limiter, address="198.51.100.200")


def test_tries_of_an_address_are_limited_over_all_accounts(world, now):
    limiter = make_limiter(world)
    for number in range(50):
        limiter.take_try({f"account:{number}": 10, "address:192.0.2.1": 50}, now)

    with pytest.raises(TooManyRequestsError):
        limiter.take_try({"account:51": 10, "address:192.0.2.1": 50}, now)

    limiter.take_try({"account:51": 10, "address:192.0.2.2": 50}, now)


@pytest.mark.usefixtures("anna")
def test_tries_are_counted_by_all_processes_together(world, now):
    for _ in range(10):
        with pytest.raises(UnauthenticatedError):
            sign_in(world, now, password="wrong", limiter=make_limiter(world), address="198.51.100.0")

    with pytest.raises(TooManyRequestsError):
        sign_in(world, now, limiter=make_limiter(world), address="198.51.100.0")


def test_concurrent_tries_are_all_counted(world, now):
    def take(_):
        try:
            make_limiter(world).take_try({"account": 5, "address": 50}, now)
        except TooManyRequestsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(take, range(16)))

    assert allowed.count(True) == 5


def test_stored_tries_name_no_key_and_are_deleted_when_they_no_longer_count(world, now):
    make_limiter(world).take_try({"address:192.0.2.1": 5}, now)
    with world.reading() as session:
        stored = session.execute(select(tables.limited_try)).all()

    counts = []
    for later in (timedelta(minutes=14), timedelta(minutes=15)):
        sign_in_limit.delete_old_tries_or_log(world.engine, now + later)
        with world.reading() as session:
            counts.append(len(session.execute(select(tables.limited_try)).all()))

    assert [row.key_hash == tokens.hash_token("address:192.0.2.1") for row in stored] == [False]
    assert counts == [1, 0]


@pytest.mark.usefixtures("anna")
def test_session_ends_after_thirty_idle_minutes_or_twelve_hours(world, now):
    token = sign_in(world, now)

    with pytest.raises(UnauthenticatedError):
        who(world, token, now + timedelta(minutes=30))
    for quarter in range(1, 48):
        later = now + timedelta(minutes=15 * quarter)
        assert user_sessions.is_touch_due(who(world, token, later), later)
        with world.writing() as session:
            user_sessions.touch_session(session, token, later)
    with pytest.raises(UnauthenticatedError):
        who(world, token, now + timedelta(hours=12))


@pytest.mark.usefixtures("anna")
def test_sign_in_creates_a_new_token_and_ends_the_old_session(world, now):
    first = sign_in(world, now)
    with world.writing() as session:
        known = user_sessions.AuthenticatedUser(who(world, first, now).user_id, world.alice)
        second = user_sessions.begin_session(session, known, now, previous=first)

    assert first != second
    assert who(world, second, now)
    with pytest.raises(UnauthenticatedError):
        who(world, first, now)


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    "act",
    [
        lambda session, token, _: user_sessions.sign_out(session, token),
        lambda session, _, now: users.disable_user(session, EMAIL, now),
        lambda session, _, now: users.change_password(session, EMAIL, "another turnip glacier", now),
    ],
    ids=["sign-out", "disabled", "new password"],
)
def test_sign_out_password_change_and_disabling_end_a_session(world, now, act):
    token = sign_in(world, now)

    with world.writing() as session:
        act(session, token, now)

    with pytest.raises(UnauthenticatedError):
        who(world, token, now)


@pytest.mark.usefixtures("anna")
def test_disabled_user_is_not_signed_in(world, now):
    with world.writing() as session:
        users.disable_user(session, EMAIL, now)

    with pytest.raises(UnauthenticatedError):
        sign_in(world, now)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "eleven char",
        "password1234",
        "Passwort2026!",
        "111111111111",
        "qwertyuiop12",
        "anna12345678!",
        "x" * 1001,
        "Company2026!Company",
        "Unternehmen2026!Unternehmen",
        "2026-Entreprise!",
        "Nachbarschaft2026!",
        "Berlin2026!Berlin",
        "Sommer2026!Sommer",
        "P@ssw0rd2026!",
        "Welcome-2026-Welcome",
        "AnnaExample2026",
        "1q2w3e4r5t6z7u",
        "x\u200b" * 12,
    ],
)
def test_weak_password_is_refused(password):
    with pytest.raises(InvalidError) as refused:
        passwords.hash_password(password, EMAIL)

    assert refused.value.problems[0].pointer == "/password"


@pytest.mark.parametrize("password", ["correct horse battery", "turnip glacier", "9f8a7c6b5d4e3f2a", "Grüße aus Ulm 7"])
def test_strong_password_is_accepted(password):
    assert passwords.verify_password(passwords.hash_password(password, EMAIL), password)


def test_second_user_with_an_address_is_refused(world, now, anna):
    del anna
    with world.writing() as session, pytest.raises(ConflictError):
        users.add_user(session, world.bob, EMAIL.upper(), PASSWORD, now)


@pytest.mark.parametrize(
    "email", ["", "anna", "@example.org", "a@b", "a b@example.org", "a@b@example.org", "a\0@example.org"]
)
def test_invalid_address_is_refused(world, now, email):
    with world.writing() as session, pytest.raises(InvalidError):
        users.add_user(session, world.alice, email, PASSWORD, now)


def test_api_key_grants_its_workspace_and_scopes(world, now):
    with world.writing() as session:
        made = api_keys.add_key(session, world.alice, **KEY, now=now, secret=SECRET)

    with world.reading() as session:
        holder = api_keys.authenticate_key(session, made.text, now, secret=SECRET)
        kept = repr(session.execute(select(tables.api_key)).all())

    assert made.text.startswith(f"asr_{made.id}_")
    assert (holder.workspace_id, holder.scopes) == (world.alice, {"read:scores"})
    assert made.text.split("_", 2)[2] not in kept


def test_altered_expired_or_foreign_api_key_is_refused(world, now):
    with world.writing() as session:
        made = api_keys.add_key(session, world.alice, **KEY, now=now, secret=SECRET)
    end = "A" if made.text[-2] != "A" else "B"
    wrong = [
        made.text[:-2] + end + made.text[-1],
        made.text + "A",
        made.text[:-1],
        made.text.replace("asr", "key"),
        f"asr_{made.id}_",
        "asr__",
        "",
        "\0",
        "asr_\ud800_x",
    ]

    with world.reading() as session:
        for text in wrong:
            with pytest.raises(UnauthenticatedError):
                api_keys.authenticate_key(session, text, now, secret=SECRET)
        with pytest.raises(UnauthenticatedError):
            api_keys.authenticate_key(session, made.text, now, secret="another server's")
        with pytest.raises(UnauthenticatedError):
            api_keys.authenticate_key(session, made.text, now + timedelta(days=365), secret=SECRET)


def test_revoked_api_key_is_refused_and_only_its_workspace_can_revoke_it(world, now):
    with world.writing() as session:
        made = api_keys.add_key(session, world.alice, **KEY, now=now, secret=SECRET)
    with world.writing() as session, pytest.raises(NotFoundError):
        api_keys.revoke_key(session, world.bob, made.id, now)
    with world.writing() as session:
        api_keys.revoke_key(session, world.alice, made.id, now)

    with world.reading() as session:
        with pytest.raises(UnauthenticatedError):
            api_keys.authenticate_key(session, made.text, now, secret=SECRET)
        listed = api_keys.list_keys(session, world.alice, PageRequest(), KeyFilter(now=now)).data
    assert [(key.id, key.name, key.revoked_at) for key in listed] == [(made.id, "Dashboard", now)]


def test_api_key_longer_than_a_year_or_with_unknown_scope_is_refused(world, now):
    with world.writing() as session, pytest.raises(InvalidError) as refused:
        api_keys.add_key(session, world.alice, " ", ["write:everything"], now, secret=SECRET, lasts=timedelta(days=366))

    assert {problem.pointer for problem in refused.value.problems} == {"/name", "/scopes", "/expires_at"}


@pytest.mark.slow
def test_password_hash_takes_enough_memory():
    """Asked of a process of its own: in this one, passwords are hashed quickly."""
    program = "from assessment.services.auth import passwords as p; print(p.hash_password('seven purple ladders lean'))"

    kept = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
