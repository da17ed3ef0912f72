"""Words for roles and functions of a pasted list are mapped once for a client, seen, and removed."""

import pytest

from assessment.services.people.list_import import remembered_words

LINES = "Ann, ann@example.org, Schichtboss, Laden\nKim, kim@example.org, Schichtboss, hr"
CHOICES = {"word:role:schichtboss": "leader", "word:functions:laden": "*"}
NEXT = "Pat, pat@example.org, SCHICHTBOSS, Laden"


@pytest.fixture
def database_url(migrated_url):
    return migrated_url


def build_people_path(world):
    return f"/console/assessments/{world.open}/people"


async def test_word_chosen_once_is_used_for_the_next_list_of_the_client(world, running):
    async with running() as come:
        alice = come("alice")
        await alice.post(f"{build_people_path(world)}/lines", {"lines": LINES, "sure": "yes"} | CHOICES)
        check = await alice.post(f"{build_people_path(world)}/lines", {"lines": NEXT})
        answer = await alice.post(f"{build_people_path(world)}/lines", {"lines": NEXT, "sure": "yes"})

    pat = world.invited(world.open)[-1]
    assert check.status_code == 200
    assert "Remembered from an earlier list" in check.text
    assert answer.status_code == 303
    assert (pat.role, pat.functions) == ("leader", ("customer-service", "marketing", "hr"))


async def test_word_of_a_list_that_was_not_added_is_not_remembered(world, running):
    async with running() as come:
        alice = come("alice")
        await alice.post(f"{build_people_path(world)}/lines", {"lines": LINES} | CHOICES)
        check = await alice.post(f"{build_people_path(world)}/lines", {"lines": NEXT})

    assert check.status_code == 422


async def test_remembered_word_is_seen_and_removed(world, running):
    async with running() as come:
        alice = come("alice")
        await alice.post(f"{build_people_path(world)}/lines", {"lines": LINES, "sure": "yes"} | CHOICES)
        page = await alice.get(f"{build_people_path(world)}/words")
        answer = await alice.post(f"{build_people_path(world)}/words", {"kind": "role", "word": "schichtboss"})
        after = await alice.get(answer.headers["location"])
        check = await alice.post(f"{build_people_path(world)}/lines", {"lines": NEXT})

    assert "Schichtboss" in page.text
    assert "Role: Leader" in page.text
    assert "Schichtboss" not in after.text
    assert "Laden" in after.text
    assert check.status_code == 422


async def test_words_of_one_workspace_are_unknown_in_another(world, running):
    async with running() as come:
        await come("alice").post(f"{build_people_path(world)}/lines", {"lines": LINES, "sure": "yes"} | CHOICES)
        page = await come("charlie").get(f"/console/assessments/{world.charlies}/people/words")
        foreign = await come("charlie").get(f"{build_people_path(world)}/words")

    assert "Schichtboss" not in page.text
    assert foreign.status_code == 404


async def test_choice_of_a_remembered_word_changes_also_when_no_more_are_remembered(world, running, monkeypatch):
    monkeypatch.setattr(remembered_words, "MAX_REMEMBERED", len(CHOICES))
    async with running() as come:
        alice = come("alice")
        await alice.post(f"{build_people_path(world)}/lines", {"lines": LINES, "sure": "yes"} | CHOICES)
        changed = {"lines": NEXT, "sure": "yes", "word:role:schichtboss": "staff"}
        await alice.post(f"{build_people_path(world)}/lines", changed)
        page = await alice.get(f"{build_people_path(world)}/words")

    assert world.invited(world.open)[-1].role == "staff"
    assert "Role: Staff" in page.text
