"""Setting up: what is checked, what locks when, what another workspace sees (nothing)."""

import base64
from datetime import timedelta

import pytest
from msgspec import structs

from assessment.errors import ChangedError, ConflictError, InvalidError, NotFoundError
from assessment.services import assessing, closing, inviting, organising, previewing, progress, releasing
from assessment.services.assessing import Changes
from assessment.services.inviting import Guest, Mended
from assessment.storage.pages import Place

ANNA = ("practitioner", ("marketing",))


def change(world, assessment, **values):
    with world.writing() as session:
        return assessing.change(session, world.alice, assessment.id, Changes(**values), world.library, now=world.now)


def pointers(error):
    return {problem.pointer for problem in error.value.problems}


def test_a_draft_takes_the_questionnaires_own_settings(world):
    draft = world.draft()

    assert (draft.state, draft.confidentiality, draft.mode, draft.minimum_group) == (
        "draft",
        "confidential",
        "survey",
        5,
    )
    assert (draft.language, draft.organisation, draft.revision) == ("en", "Acme", 1)
    assert draft.questionnaire_digest is None


def test_every_mistake_is_told_at_once_by_its_place(world):
    with pytest.raises(InvalidError) as refused:
        world.draft(
            title=" ",
            language="xx",
            mode="quiz",
            minimum_group=2,
            weights={"marketing": 0, "nowhere": 1},
            targets={"hr": 101},
            contacts={"hr": {"email": -1, "pigeon": 1}, "marketing": {"email": 0}},
            importance={"one-queue": 6, "no/such": 3},
            wave_of="nothing",
            organisation="nobody",
        )

    assert pointers(refused) == {
        "/title",
        "/language",
        "/mode",
        "/minimum_group",
        "/weights/marketing",
        "/weights/nowhere",
        "/targets/hr",
        "/contacts/hr/email",
        "/contacts/hr/pigeon",
        "/contacts/marketing",
        "/importance/one-queue",
        "/importance/no~1such",
        "/wave_of",
        "/organisation",
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_numbers_that_are_none_are_refused(world, value):
    with pytest.raises(InvalidError) as refused:
        world.draft(weights={"hr": value}, targets={"hr": value}, contacts={"hr": {"email": value}})

    assert pointers(refused) >= {"/weights/hr", "/targets/hr", "/contacts/hr/email"}


def test_an_empty_table_of_contacts_is_as_none(world):
    assert world.draft(contacts={"hr": {}}).contacts == {"hr": {}}


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous", "attributable"])
def test_answers_are_protected_in_one_of_three_ways(world, confidentiality):
    assert world.draft(confidentiality=confidentiality).confidentiality == confidentiality


def test_another_protection_is_refused(world):
    with pytest.raises(InvalidError, match="can't be created") as refused:
        world.draft(confidentiality="secret")

    assert pointers(refused) == {"/confidentiality"}


@pytest.mark.parametrize("told", [False, True])
def test_sharing_the_results_stands_after_the_close(world, now, told):
    held = world.open(share_results=told)
    with world.writing() as session:
        closing.close(session, world.alice, held.id, now, without_results=True)

    with world.writing() as session, pytest.raises(ConflictError, match="its settings stand") as refused:
        assessing.change(session, world.alice, held.id, Changes(share_results=not told), world.library, now=now)

    assert pointers(refused) == {"/share_results"}


def test_the_operators_minimum_group_is_the_least(world, now):
    new = assessing.NewAssessment(organisation=world.organisation, questionnaire="social-media-integration", title="T")
    with world.writing() as session:
        held = assessing.create(session, world.alice, new, world.library, now, least_group=8)
        low = structs.replace(new, minimum_group=7)
        with pytest.raises(InvalidError):
            assessing.create(session, world.alice, low, world.library, now, least_group=8)

    assert held.minimum_group == 8


def test_opening_keeps_the_questionnaire_as_it_is(world, questionnaire):
    held = world.open()

    assert (held.state, held.questionnaire_digest) == ("open", questionnaire.digest)


def test_opening_after_the_closing_date_says_what_is_missing(world, now):
    draft = world.draft(closes_on=now.date())

    with world.writing() as session, pytest.raises(InvalidError) as refused:
        assessing.open_assessment(session, world.alice, draft.id, world.library, now + timedelta(days=1))

    assert pointers(refused) == {"/closes_on"}


def test_opening_twice_is_refused(world, now):
    held = world.open()

    with world.writing() as session, pytest.raises(ConflictError):
        assessing.open_assessment(session, world.alice, held.id, world.library, now)


def test_a_published_version_with_another_content_is_refused_and_says_which_items(world, questionnaire, now):
    world.open()
    items = list(questionnaire.items)
    items[3] = structs.replace(items[3], roles=("leader",))
    altered = structs.replace(questionnaire, items=tuple(items), digest="another")

    class Altered:
        def get(self, *_):
            return altered

    draft = world.draft()

    with world.writing() as session, pytest.raises(ConflictError, match=items[3].id):
        assessing.open_assessment(session, world.alice, draft.id, Altered(), now)


def test_the_close_locks_the_rest(world, now):
    held = world.open()
    with world.writing() as session:
        closing.close(session, world.alice, held.id, now, without_results=True)

    with pytest.raises(ConflictError):
        change(world, held, weights={"hr": 2.0})


def test_a_change_raises_the_revision_and_an_older_one_is_refused(world):
    draft = world.draft()
    changed = change(world, draft, title="New")
    unchanged = change(world, draft, title="New")

    assert (changed.revision, unchanged.revision) == (2, 2)
    with world.writing() as session, pytest.raises(ChangedError):
        assessing.change(session, world.alice, draft.id, Changes(title="X"), world.library, now=world.now, revision=1)


def test_a_wave_follows_an_assessment_of_the_same_organisation(world, now):
    first = world.draft()
    with world.writing() as session:
        other = organising.create(session, world.alice, "Other", now).id

    assert world.draft(wave_of=first.id).wave_of == first.id
    with pytest.raises(InvalidError) as refused:
        world.draft(wave_of=first.id, organisation=other)
    assert pointers(refused) == {"/wave_of"}


def test_another_workspace_finds_nothing(world, now):
    held = world.open()
    invitation = world.invite(held, ANNA)[0].invitation
    bob = world.bob
    tries = [
        lambda s: organising.get(s, bob, world.organisation),
        lambda s: assessing.get(s, bob, held.id),
        lambda s: assessing.change(s, bob, held.id, Changes(title="Bob's"), world.library, now=now),
        lambda s: assessing.open_assessment(s, bob, held.id, world.library, now),
        lambda s: inviting.invite(s, bob, held.id, [Guest(role="leader", functions=("hr",))], world.library, now),
        lambda s: inviting.list_invitations(s, bob, held.id),
        lambda s: inviting.get(s, bob, held.id, invitation.id),
        lambda s: inviting.new_link(s, bob, held.id, invitation.id, now),
        lambda s: inviting.change(s, bob, held.id, invitation.id, Mended(name="Bob"), world.library, now),
        lambda s: inviting.replace(s, bob, held.id, invitation.id, Mended(name="Bob"), world.library, now),
        lambda s: inviting.revoke(s, bob, held.id, invitation.id, now),
        lambda s: previewing.preview(s, bob, held.id, world.library, "leader"),
        lambda s: progress.progress(s, bob, held.id),
        lambda s: closing.close(s, bob, held.id, now),
        lambda s: releasing.release(s, bob, held.id),
    ]

    for attempt in tries:
        with world.writing() as session, pytest.raises(NotFoundError):
            attempt(session)

    with world.reading() as session:
        assert assessing.list_assessments(session, bob).data == ()
        assert organising.list_organisations(session, bob).data == ()
        assert assessing.get(session, world.alice, held.id).title == held.title


def test_lists_come_in_pages_that_lose_and_repeat_nothing(world):
    made = {world.draft(title=f"Wave {number}").id for number in range(7)}

    seen, cursor = [], None
    with world.reading() as session:
        while True:
            page = assessing.list_assessments(session, world.alice, Place(cursor, 3))
            seen += [each.id for each in page.data]
            cursor = page.next_cursor
            if cursor is None:
                break

    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        "[]",
        "[1, 2]",
        "[null, null]",
        '["2026-03-02T09:30:00", "naive"]',
        '["0001-01-01T00:00:00+23:59", "long ago"]',
        '["2026-03-02T09:30:00Z", "\\u0000"]',
        '["2026-03-02T09:30:00Z", 1]',
        '["2026-03-02T09:30:00Z"]',
    ],
)
def test_a_made_up_cursor_is_refused(world, content):
    cursor = base64.urlsafe_b64encode(content.encode()).decode()

    with world.reading() as session, pytest.raises(InvalidError):
        assessing.list_assessments(session, world.alice, Place(cursor, 3))


@pytest.mark.parametrize("cursor", ["", "!", "ä", "\0", "W10", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwLCJ4Il0"])
def test_what_is_no_cursor_at_all_is_refused(world, cursor):
    survey = world.draft()

    with world.reading() as session, pytest.raises(InvalidError):
        inviting.list_invitations(session, world.alice, survey.id, Place(cursor, 3))
