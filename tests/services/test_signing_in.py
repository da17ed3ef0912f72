"""Who gets in: consultants by password, programs by key."""

import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.errors import ConflictError, InvalidError, NotFoundError, TooManyError, UnauthenticatedError
from assessment.services import keys, passwords, signing_in, users
from assessment.services.limiting import Limiter
from assessment.storage import tables
from assessment.storage.pages import Place

EMAIL, PASSWORD = "anna@example.org", "turnip glacier envelope"
SECRET = "the server's own secret, long enough to be one"
KEY = {"name": "Dashboard", "scopes": ["read:scores"]}


@pytest.fixture
def anna(world, now):
    with world.writing() as session:
        users.add_user(session, world.alice, EMAIL, PASSWORD, now)


def sign_in(world, now, email=EMAIL, password=PASSWORD, limiter=None, address="192.0.2.1"):
    with world.reading() as session:
        known = signing_in.recognise(session, email, password, now, limiter=limiter or Limiter(), address=address)
    with world.writing() as session:
        return signing_in.begin(session, known, now)


def who(world, token, now):
    with world.reading() as session:
        return signing_in.consultant(session, token, now)


@pytest.mark.usefixtures("anna")
def test_the_right_password_opens_a_session_in_the_persons_workspace(world, now):
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
def test_whatever_is_wrong_is_told_in_the_same_words(world, now, email, password):
    with pytest.raises(UnauthenticatedError, match=r"^Email or password is wrong\.$"):
        sign_in(world, now, email, password)


@pytest.mark.usefixtures("anna")
def test_an_unknown_person_costs_the_same_work(world, now, monkeypatch):
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
def test_guessing_ends_after_ten_tries_and_a_good_sign_in_costs_none(world, now):
    limiter = Limiter()
    for _ in range(12):
        sign_in(world, now, limiter=limiter)
    for _ in range(10):
        with pytest.raises(UnauthenticatedError):
            sign_in(world, now, password="wrong", limiter=limiter)

    with pytest.raises(TooManyError) as refused:
        sign_in(world, now, limiter=limiter)

    assert refused.value.retry_after == 15 * 60 + 1
    assert sign_in(world, now + timedelta(minutes=15, seconds=1), limiter=limiter)


@pytest.mark.usefixtures("anna")
def test_who_guesses_elsewhere_does_not_lock_the_owner_out(world, now):
    limiter = Limiter()
    for _ in range(10):
        with pytest.raises(UnauthenticatedError):
            sign_in(world, now, password="wrong", limiter=limiter, address="198.51.100.6")
    with pytest.raises(TooManyError):
        sign_in(world, now, limiter=limiter, address="198.51.100.6")

    assert sign_in(world, now, limiter=limiter, address="192.0.2.1")


@pytest.mark.usefixtures("anna")
def test_guessing_from_many_addresses_ends_as_well(world, now):
    limiter = Limiter()
    for number in range(100):
        with pytest.raises(UnauthenticatedError):
            sign_in(world, now, password="wrong", limiter=limiter, address=f"198.51.100.{number}")

    with pytest.raises(TooManyError):
        sign_in(world, now, limiter=limiter, address="198.51.100.200")


def test_an_address_has_its_tries_over_all_accounts(now):
    limiter = Limiter()
    for number in range(50):
        limiter.take({f"account:{number}": 10, "address:192.0.2.1": 50}, now)

    with pytest.raises(TooManyError):
        limiter.take({"account:51": 10, "address:192.0.2.1": 50}, now)

    limiter.take({"account:51": 10, "address:192.0.2.2": 50}, now)


@pytest.mark.usefixtures("anna")
def test_a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours(world, now):
    token = sign_in(world, now)

    with pytest.raises(UnauthenticatedError):
        who(world, token, now + timedelta(minutes=30))
    for quarter in range(1, 48):
        later = now + timedelta(minutes=15 * quarter)
        assert signing_in.is_due(who(world, token, later), later)
        with world.writing() as session:
            signing_in.touch(session, token, later)
    with pytest.raises(UnauthenticatedError):
        who(world, token, now + timedelta(hours=12))


@pytest.mark.usefixtures("anna")
def test_every_sign_in_has_a_new_token_and_ends_the_old_one(world, now):
    first = sign_in(world, now)
    with world.writing() as session:
        known = signing_in.Recognised(who(world, first, now).user_id, world.alice)
        second = signing_in.begin(session, known, now, previous=first)

    assert first != second
    assert who(world, second, now)
    with pytest.raises(UnauthenticatedError):
        who(world, first, now)


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    "act",
    [
        lambda session, token, _: signing_in.sign_out(session, token),
        lambda session, _, now: users.disable(session, EMAIL, now),
        lambda session, _, now: users.change_password(session, EMAIL, "another turnip glacier", now),
    ],
    ids=["sign-out", "disabled", "new password"],
)
def test_what_ends_a_session(world, now, act):
    token = sign_in(world, now)

    with world.writing() as session:
        act(session, token, now)

    with pytest.raises(UnauthenticatedError):
        who(world, token, now)


@pytest.mark.usefixtures("anna")
def test_a_disabled_person_does_not_get_in(world, now):
    with world.writing() as session:
        users.disable(session, EMAIL, now)

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
def test_an_easy_password_is_refused(password):
    with pytest.raises(InvalidError) as refused:
        passwords.hashed(password, EMAIL)

    assert refused.value.problems[0].pointer == "/password"


@pytest.mark.parametrize("password", ["correct horse battery", "turnip glacier", "9f8a7c6b5d4e3f2a", "Grüße aus Ulm 7"])
def test_a_good_password_is_taken(password):
    assert passwords.matches(passwords.hashed(password, EMAIL), password)


def test_two_people_never_have_one_address(world, now, anna):
    del anna
    with world.writing() as session, pytest.raises(ConflictError):
        users.add_user(session, world.bob, EMAIL.upper(), PASSWORD, now)


@pytest.mark.parametrize(
    "email", ["", "anna", "@example.org", "a@b", "a b@example.org", "a@b@example.org", "a\0@example.org"]
)
def test_what_is_no_address_is_refused(world, now, email):
    with world.writing() as session, pytest.raises(InvalidError):
        users.add_user(session, world.alice, email, PASSWORD, now)


def test_a_key_opens_its_workspace_with_its_scopes(world, now):
    with world.writing() as session:
        made = keys.add_key(session, world.alice, **KEY, now=now, secret=SECRET)

    with world.reading() as session:
        holder = keys.key_holder(session, made.text, now, secret=SECRET)
        kept = repr(session.execute(select(tables.api_key)).all())

    assert made.text.startswith(f"asr_{made.id}_")
    assert (holder.workspace_id, holder.scopes) == (world.alice, {"read:scores"})
    assert made.text.split("_", 2)[2] not in kept


def test_a_key_that_was_altered_has_expired_or_was_made_elsewhere_is_refused(world, now):
    with world.writing() as session:
        made = keys.add_key(session, world.alice, **KEY, now=now, secret=SECRET)
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
                keys.key_holder(session, text, now, secret=SECRET)
        with pytest.raises(UnauthenticatedError):
            keys.key_holder(session, made.text, now, secret="another server's")
        with pytest.raises(UnauthenticatedError):
            keys.key_holder(session, made.text, now + timedelta(days=365), secret=SECRET)


def test_a_revoked_key_is_refused_and_only_its_workspace_revokes_it(world, now):
    with world.writing() as session:
        made = keys.add_key(session, world.alice, **KEY, now=now, secret=SECRET)
    with world.writing() as session, pytest.raises(NotFoundError):
        keys.revoke(session, world.bob, made.id, now)
    with world.writing() as session:
        keys.revoke(session, world.alice, made.id, now)

    with world.reading() as session:
        with pytest.raises(UnauthenticatedError):
            keys.key_holder(session, made.text, now, secret=SECRET)
        listed = keys.list_keys(session, world.alice, Place()).data
    assert [(key.id, key.name, key.revoked_at) for key in listed] == [(made.id, "Dashboard", now)]


def test_a_key_lasts_a_year_at_most_and_has_known_scopes(world, now):
    with world.writing() as session, pytest.raises(InvalidError) as refused:
        keys.add_key(session, world.alice, " ", ["write:everything"], now, secret=SECRET, lasts=timedelta(days=366))

    assert {problem.pointer for problem in refused.value.problems} == {"/name", "/scopes", "/expires_at"}


def test_a_password_costs_a_guesser_memory():
    """Asked of a process of its own: in this one, passwords are hashed quickly."""
    program = "from assessment.services.passwords import hashed; print(hashed('seven purple ladders lean'))"

    kept = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
