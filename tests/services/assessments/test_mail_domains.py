"""Mail domains of a client: how they are written, and which can't stand for a client."""

import pytest
from sqlalchemy import update

from assessment.errors import InvalidError, MailNotAvailableError
from assessment.services.assessments import assessment_setup, mail_domains
from assessment.services.assessments.mail_domains import normalize_domain, parse_address_domain
from assessment.services.auth import users
from assessment.storage import tables

PASSWORD = "lantern harbour violet 7"


def pointers(refused):
    return [problem.pointer for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("Northwind.Example", "northwind.example"),
        (" @northwind.example. ", "northwind.example"),
        ("müller.example", "xn--mller-kva.example"),
        ("mu\u0308ller.example", "xn--mller-kva.example"),  # decomposed
        ("xn--mller-kva.example", "xn--mller-kva.example"),
        ("north\u200bwind.example", "northwind.example"),
        ("\uff2eorthwind.example", "northwind.example"),
        ("straße.example", "xn--strae-oqa.example"),
    ],
)
def test_domain_spellings_are_normalized_to_one_form(written, domain):
    assert normalize_domain(written) == domain


@pytest.mark.parametrize("text", ["", "example", "a b.example", "http://x.example", "a@b.example", "1.2.3.4", "-.de"])
def test_invalid_domain_is_normalized_to_none(text):
    assert normalize_domain(text) is None


def test_domain_of_an_address_follows_the_last_at_sign():
    assert parse_address_domain('"a@b"@Northwind.Example') == "northwind.example"
    assert parse_address_domain("nobody") is None


def test_domains_are_stored_once_in_order(world):
    draft = world.draft(domains=("Northwind.example", "müller.example", "northwind.example"))

    assert draft.domains == ["northwind.example", "xn--mller-kva.example"]


def test_each_invalid_domain_is_reported_with_its_pointer(world, now):
    with world.writing() as session:
        users.add_user(session, world.alice, "anna@Berg.example", PASSWORD, now)
        users.add_user(session, world.bob, "bob@harbour.example", PASSWORD, now)

    with pytest.raises(InvalidError) as refused:
        world.draft(
            domains=("harbour.example", "no domain", "gmail.com", "berg.example", "mail.berg.example", "tuta.com")
        )

    assert pointers(refused) == [f"/domains/{place}" for place in (1, 2, 3, 4, 5)]


def test_domain_of_a_viewer_can_be_named(world, now):
    with world.writing() as session:
        users.add_user(session, world.alice, "client@northwind.example", PASSWORD, now, role="viewer")

    assert world.draft(domains=("northwind.example",)).domains == ["northwind.example"]


def test_too_many_domains_are_refused(world):
    with pytest.raises(InvalidError) as refused:
        world.draft(domains=tuple(f"n{number}.example" for number in range(mail_domains.MAX_DOMAINS + 1)))

    assert pointers(refused) == ["/domains"]


def test_new_owner_at_a_client_domain_prevents_the_opening(world, now):
    draft = world.draft(domains=("berg.example",))
    with world.writing() as session:
        users.add_user(session, world.alice, "anna@berg.example", PASSWORD, now)

    with world.writing() as session, pytest.raises(InvalidError) as refused:
        assessment_setup.open_assessment(session, draft.key, world.catalogue, now)

    assert pointers(refused) == ["/domains/0"]


def open_it(world, draft, now):
    with world.writing() as session:
        return assessment_setup.open_assessment(session, draft.key, world.catalogue, now)


def test_domains_keep_an_assessment_from_opening_while_nobody_is_mailed(world, now):
    """Only mailed people count there: every figure would stay hidden, and the opening locks the domains."""
    draft = world.draft(domains=("northwind.example",))
    world.invite(draft, ("staff", ("hr",)))

    with pytest.raises(MailNotAvailableError) as refused:
        open_it(world, draft, now)

    assert pointers(refused) == ["/domains"]


def test_domains_with_a_mailed_invitation_open(world, now):
    draft = world.draft(domains=("northwind.example",))
    world.invite(draft, ("staff", ("hr",)))
    with world.writing() as session:
        session.execute(update(tables.invitation).values(deliver="mail", email="kim@northwind.example"))

    assert open_it(world, draft, now).state == "open"


@pytest.mark.parametrize("changes", [{"confidentiality": "attributable"}, {"mode": "consensus"}])
def test_domains_where_nothing_is_hidden_open_without_mail(world, now, changes):
    assert open_it(world, world.draft(domains=("northwind.example",), **changes), now).state == "open"
