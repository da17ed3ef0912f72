"""Which invitations count, which anonymous groups do not, and who was invited (method 6.9)."""

import pytest
from msgspec.structs import replace

from assessment.domain.disclosure.invited_people import (
    InvitedPerson,
    count_counting_people,
    count_invited_people,
    find_counting_invitations,
    find_uncounted_groups,
    format_group,
    get_mailbox,
    summarize_invited_people,
)

DOMAINS = ("example.org",)
K = 5


def person(id_, **values):
    return InvitedPerson(**({"id": id_, "role": "staff", "functions": ("marketing",)} | values))


def mailed(id_, email, **values):
    return person(id_, email=email, deliver="mail", **values)


def test_everyone_invited_before_opening_counts_without_domains():
    people = [person("1"), mailed("2", "b@example.org"), person("3", is_late=True), person("4", is_revoked=True)]

    assert find_counting_invitations(people, ()) == {"1", "2", "4"}


def test_replacement_after_opening_does_not_count_without_domains():
    people = [person("1", is_revoked=True), person("2", replaces="1", is_late=True)]

    assert find_counting_invitations(people, ()) == {"1"}


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
def test_only_people_mailed_at_a_client_domain_count_with_domains(invitation, counts):
    assert bool(find_counting_invitations([invitation], DOMAINS)) is counts


def test_internationalised_domain_is_compared_in_dns_form():
    assert get_mailbox("a@Bücher.example") == "a@xn--bcher-kva.example"
    assert find_counting_invitations([mailed("1", "a@bücher.example")], ("xn--bcher-kva.example",)) == {"1"}


@pytest.mark.parametrize(
    "spelling",
    ["jos\u00e9+x@x.example", "jose\u0301@x.example", "mailto:JOS\u00c9@x.example;", "jos\u00e9@x.\u200bexample"],
)
def test_mailbox_is_equal_for_different_spellings_of_address(spelling):
    assert get_mailbox(spelling) == "jos\u00e9@x.example"


def test_mailbox_counts_as_one_person():
    people = [mailed("1", "a@example.org"), mailed("2", "a+b@example.org"), mailed("3", "A@example.org")]

    assert find_counting_invitations(people, DOMAINS) == {"1"}


def test_replacement_keeps_mailbox_of_replaced_person():
    people = [
        mailed("1", "a@example.org", is_revoked=True),
        mailed("2", "a@example.org", replaces="1", is_late=True),
        mailed("3", "a@example.org"),
    ]

    assert find_counting_invitations(people, DOMAINS) == {"1", "2"}
    assert count_counting_people(people, DOMAINS) == 1


def group(role="staff", before=0, late=0):
    early = [person(f"{role}{number}", role=role) for number in range(before)]
    return [*early, *(person(f"{role}late{number}", role=role, is_late=True) for number in range(late))]


@pytest.mark.parametrize(
    ("before", "late", "is_uncounted"),
    [(20, 0, False), (2, 0, False), (0, 2, False), (20, 1, True), (20, 5, True), (20, 6, False), (5, 20, True)],
)
def test_anonymous_group_counts_only_with_six_people_on_each_side(before, late, is_uncounted):
    found = find_uncounted_groups(group(before=before, late=late), (), K)

    assert found == ({"staff:marketing"} if is_uncounted else set())


def test_replaced_person_counts_once_on_each_side_of_group():
    chain = [person("0", is_late=True), *(person(str(n), replaces=str(n - 1), is_late=True) for n in range(1, 7))]

    assert find_uncounted_groups([*group(before=20), *chain], (), K) == {"staff:marketing"}


def test_groups_are_separated_by_role_and_functions_in_any_order():
    people = [*group(before=20, late=1), *group("leader", before=9)]

    assert find_uncounted_groups(people, (), K) == {"staff:marketing"}
    assert format_group("staff", ("marketing", "hr")) == format_group("staff", ("hr", "marketing"))


def test_invited_person_is_counted_once_in_each_function():
    people = [
        mailed("1", "a@example.org", functions=("marketing", "hr")),
        mailed("2", "b@example.com"),
        person("3", is_revoked=True),
        person("4", functions=("hr",), is_revoked=True),
        person("5", functions=("marketing",), replaces="4", is_late=True),
    ]

    found = summarize_invited_people(people, DOMAINS)

    everyone, marketing, hr = found.total, found.by_function["marketing"], found.by_function["hr"]
    assert (everyone.invited, everyone.mailed_to_domains, everyone.mailed, everyone.by_hand) == (4, 1, 2, 2)
    assert (everyone.since_start, everyone.revoked) == (1, 1)
    assert (marketing.invited, hr.invited) == (4, 1)
    assert count_invited_people(people, DOMAINS, ("marketing", "hr")) == everyone
    assert (found.replaced, found.replaced_counting) == (1, 0)
    assert summarize_invited_people(people, ()).replaced_counting == 1


def test_invitations_mailed_to_one_mailbox_are_one_person_and_counted_apart():
    people = [
        mailed("1", "a@example.org", is_revoked=True),
        mailed("2", "a+b@example.org", is_late=True),
        mailed("3", "a+c@example.org", functions=("hr",)),
        mailed("4", "b@example.org"),
        person("5", email="a+d@example.org"),
        person("6"),
        person("7"),
    ]

    marketing = count_invited_people(people, DOMAINS, ("marketing",))
    hr = count_invited_people(people, DOMAINS, ("hr",))

    assert (marketing.invited, marketing.mailed_to_domains, marketing.by_hand) == (5, 2, 3)
    assert (marketing.since_start, marketing.revoked, marketing.same_mailbox) == (0, 1, 1)
    assert (hr.invited, hr.mailed_to_domains, hr.same_mailbox) == (1, 1, 0)
    assert count_invited_people(people, DOMAINS).same_mailbox == 2


def erase(people, id_):
    """Store who counts for everyone, then erase the address of one person."""
    counting = find_counting_invitations(people, DOMAINS)
    decided = [replace(each, counts=each.id in counting) for each in people]
    return [replace(each, email=None) if each.id == id_ else each for each in decided]


def test_erased_address_changes_neither_who_counts_nor_who_was_invited():
    people = [mailed(str(n), f"p{n}@example.org") for n in range(8)] + [mailed("x", "x@other.example")]

    erased = erase(people, "3")

    assert find_counting_invitations(erased, DOMAINS) == find_counting_invitations(people, DOMAINS)
    assert find_uncounted_groups(erased, DOMAINS, K) == find_uncounted_groups(people, DOMAINS, K) == {"staff:marketing"}
    assert find_uncounted_groups(erase(people[:-1], "3"), DOMAINS, K) == frozenset()
    assert summarize_invited_people(erased, DOMAINS) == summarize_invited_people(people, DOMAINS)


def test_second_invitation_to_an_erased_mailbox_does_not_count():
    """Its first response is still there: otherwise one mailbox would count as two people."""
    people = [*erase([mailed("1", "a@example.org"), mailed("2", "b@example.org")], "1")]

    again = [*people, mailed("3", "a@example.org", is_late=True)]

    assert find_counting_invitations(again, DOMAINS) == {"1", "2"}


def test_further_invitation_to_the_mailbox_of_an_erased_one_does_not_begin_to_count():
    people = [mailed("1", "a@example.org"), mailed("2", "a+x@example.org")]

    assert find_counting_invitations(people, DOMAINS) == find_counting_invitations(erase(people, "1"), DOMAINS) == {"1"}


@pytest.mark.parametrize(("email", "counts"), [("b+new@example.org", True), ("a@example.org", False)])
def test_replacement_after_an_erasure_counts_at_the_same_mailbox_only(email, counts):
    people = erase([mailed("1", "a@example.org"), mailed("2", "b@example.org")], "1")

    replaced = [*people, mailed("3", email, is_late=True, replaces="2")]

    assert ("3" in find_counting_invitations(replaced, DOMAINS)) is counts


def test_person_erased_in_a_draft_leaves_the_others_undecided():
    people = [mailed("1", None, counts=True), mailed("2", "b@example.org"), mailed("3", "c@example.org", is_late=True)]

    assert find_counting_invitations(people, DOMAINS) == {"1", "2", "3"}


def test_stored_decision_means_nothing_without_domains():
    assert find_counting_invitations([person("1", counts=False), person("2", counts=True, is_late=True)], ()) == {"1"}
