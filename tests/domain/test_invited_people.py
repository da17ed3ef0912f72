"""Which invitations count, which anonymous groups do not, and who was invited (method 6.9)."""

import pytest

from assessment.domain.invited_people import (
    InvitedPerson,
    count_counting,
    count_invited,
    find_counting,
    find_uncounted_groups,
    group_name,
    mailbox_of,
    summarize_invited,
)

DOMAINS = ("example.org",)
K = 5


def person(id_, **values):
    return InvitedPerson(**({"id": id_, "role": "staff", "functions": ("marketing",)} | values))


def mailed(id_, email, **values):
    return person(id_, email=email, deliver="mail", **values)


def test_without_domains_everyone_invited_before_the_opening_counts():
    people = [person("1"), mailed("2", "b@example.org"), person("3", is_late=True), person("4", is_revoked=True)]

    assert find_counting(people, ()) == {"1", "2", "4"}


def test_a_replacement_after_the_opening_does_not_count_without_domains():
    people = [person("1", is_revoked=True), person("2", replaces="1", is_late=True)]

    assert find_counting(people, ()) == {"1"}


@pytest.mark.parametrize(
    ("invitation", "counts"),
    [
        (mailed("1", "a@example.org"), True),
        (mailed("1", "A+list@Example.ORG"), True),
        (mailed("1", "a@example.org", is_late=True), True),
        (mailed("1", "a@mail.example.org"), False),
        (mailed("1", "a@example.org.evil.net"), False),
        (mailed("1", "a@example.com"), False),
        (mailed("1", None), False),
        (person("1", email="a@example.org"), False),
        (person("1"), False),
    ],
)
def test_with_domains_only_people_mailed_at_an_address_there_count(invitation, counts):
    assert bool(find_counting([invitation], DOMAINS)) is counts


def test_a_domain_with_other_letters_is_compared_as_it_stands_in_dns():
    assert mailbox_of("a@Bücher.example") == "a@xn--bcher-kva.example"
    assert find_counting([mailed("1", "a@bücher.example")], ("xn--bcher-kva.example",)) == {"1"}


@pytest.mark.parametrize(
    "spelling",
    ["jos\u00e9+x@x.example", "jose\u0301@x.example", "mailto:JOS\u00c9@x.example;", "jos\u00e9@x.\u200bexample"],
)
def test_mailbox_of_an_address_in_another_spelling_is_the_same(spelling):
    assert mailbox_of(spelling) == "jos\u00e9@x.example"


def test_one_person_counts_for_each_mailbox():
    people = [mailed("1", "a@example.org"), mailed("2", "a+b@example.org"), mailed("3", "A@example.org")]

    assert find_counting(people, DOMAINS) == {"1"}


def test_a_replacement_keeps_the_mailbox_of_the_person_it_replaces():
    people = [
        mailed("1", "a@example.org", is_revoked=True),
        mailed("2", "a@example.org", replaces="1", is_late=True),
        mailed("3", "a@example.org"),
    ]

    assert find_counting(people, DOMAINS) == {"1", "2"}
    assert count_counting(people, DOMAINS) == 1


def group(role="staff", before=0, late=0):
    early = [person(f"{role}{number}", role=role) for number in range(before)]
    return [*early, *(person(f"{role}late{number}", role=role, is_late=True) for number in range(late))]


@pytest.mark.parametrize(
    ("before", "late", "is_uncounted"),
    [(20, 0, False), (2, 0, False), (0, 2, False), (20, 1, True), (20, 5, True), (20, 6, False), (5, 20, True)],
)
def test_an_anonymous_group_counts_only_with_six_on_each_side(before, late, is_uncounted):
    found = find_uncounted_groups(group(before=before, late=late), (), K)

    assert found == ({"staff:marketing"} if is_uncounted else set())


def test_a_replaced_person_is_one_on_each_side_of_a_group():
    chain = [person("0", is_late=True), *(person(str(n), replaces=str(n - 1), is_late=True) for n in range(1, 7))]

    assert find_uncounted_groups([*group(before=20), *chain], (), K) == {"staff:marketing"}


def test_groups_are_judged_apart_by_role_and_functions_in_any_order():
    people = [*group(before=20, late=1), *group("leader", before=9)]

    assert find_uncounted_groups(people, (), K) == {"staff:marketing"}
    assert group_name("staff", ("marketing", "hr")) == group_name("staff", ("hr", "marketing"))


def test_who_was_invited_is_counted_once_each_by_function():
    people = [
        mailed("1", "a@example.org", functions=("marketing", "hr")),
        mailed("2", "b@example.com"),
        person("3", is_revoked=True),
        person("4", functions=("hr",), is_revoked=True),
        person("5", functions=("marketing",), replaces="4", is_late=True),
    ]

    found = summarize_invited(people, DOMAINS)

    everyone, marketing, hr = found.total, found.by_function["marketing"], found.by_function["hr"]
    assert (everyone.invited, everyone.mailed_to_domains, everyone.mailed, everyone.by_hand) == (4, 1, 2, 2)
    assert (everyone.since_start, everyone.revoked) == (1, 1)
    assert (marketing.invited, hr.invited) == (4, 1)
    assert count_invited(people, DOMAINS, ("marketing", "hr")) == everyone
    assert (found.replaced, found.replaced_counting) == (1, 0)
    assert summarize_invited(people, ()).replaced_counting == 1
