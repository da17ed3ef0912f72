"""Setting up: what is checked, what locks when, what another workspace sees (nothing)."""

import base64
from datetime import timedelta

import pytest
from msgspec import structs

from assessment.domain.assessment import AssessmentKey
from assessment.errors import ChangedError, ConflictError, InvalidError, NotFoundError
from assessment.services.assessments import assessment_setup, client_organisations, closing
from assessment.services.assessments.assessment_fields import AssessmentInput, AssessmentPatch
from assessment.services.people import invitation_changes, people_invitations, progress
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.services.people.people_invitations import Invitee
from assessment.services.results import published_results
from assessment.services.survey import survey_preview
from assessment.storage.cursor_pagination import PageRequest

ANNA = ("practitioner", ("marketing",))


def change(world, assessment, **values):
    with world.writing() as session:
        return assessment_setup.update_assessment(
            session, assessment.key, AssessmentPatch(**values), world.catalogue, now=world.now
        )


def pointers(error):
    return {problem.pointer for problem in error.value.problems}


def test_new_draft_has_default_settings_of_the_questionnaire(world):
    draft = world.draft()

    assert (draft.state, draft.confidentiality, draft.mode, draft.minimum_group) == (
        "draft",
        "confidential",
        "survey",
        5,
    )
    assert (draft.language, draft.organisation, draft.revision) == ("en", "Acme", 1)
    assert draft.questionnaire_digest is None


def test_invalid_settings_are_all_reported_with_pointers(world):
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
def test_settings_that_are_not_numbers_are_refused(world, value):
    with pytest.raises(InvalidError) as refused:
        world.draft(weights={"hr": value}, targets={"hr": value}, contacts={"hr": {"email": value}})

    assert pointers(refused) >= {"/weights/hr", "/targets/hr", "/contacts/hr/email"}


def test_empty_contact_table_is_the_same_as_no_table(world):
    assert world.draft(contacts={"hr": {}}).contacts == {"hr": {}}


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous", "attributable"])
def test_confidentiality_has_three_allowed_values(world, confidentiality):
    assert world.draft(confidentiality=confidentiality).confidentiality == confidentiality


def test_unknown_confidentiality_is_refused(world):
    with pytest.raises(InvalidError, match="can’t be created") as refused:
        world.draft(confidentiality="secret")

    assert pointers(refused) == {"/confidentiality"}


@pytest.mark.parametrize("told", [False, True])
def test_share_results_is_locked_after_the_close(world, now, told):
    held = world.open(share_results=told)
    with world.writing() as session:
        closing.close_assessment(session, held.key, now, without_results=True)

    with world.writing() as session, pytest.raises(ConflictError, match="its settings stand") as refused:
        assessment_setup.update_assessment(
            session, held.key, AssessmentPatch(share_results=not told), world.catalogue, now=now
        )

    assert pointers(refused) == {"/share_results"}


def test_minimum_group_below_the_operators_is_refused(world, now):
    new = AssessmentInput(organisation=world.organisation, questionnaire="social-media-integration", title="T")
    with world.writing() as session:
        held = assessment_setup.create_assessment(session, world.alice, new, world.catalogue, now, operator_minimum=8)
        low = structs.replace(new, minimum_group=7)
        with pytest.raises(InvalidError):
            assessment_setup.create_assessment(session, world.alice, low, world.catalogue, now, operator_minimum=8)

    assert held.minimum_group == 8


def test_opening_freezes_the_questionnaire(world, questionnaire):
    held = world.open()

    assert (held.state, held.questionnaire_digest) == ("open", questionnaire.digest)


def test_opening_after_the_closing_date_is_refused_with_reason(world, now):
    draft = world.draft(closes_on=now.date())

    with world.writing() as session, pytest.raises(InvalidError) as refused:
        assessment_setup.open_assessment(session, draft.key, world.catalogue, now + timedelta(days=1))

    assert pointers(refused) == {"/closes_on"}


def test_second_opening_is_refused(world, now):
    held = world.open()

    with world.writing() as session, pytest.raises(ConflictError):
        assessment_setup.open_assessment(session, held.key, world.catalogue, now)


def test_published_version_with_other_content_is_refused_with_its_items(world, questionnaire, now):
    world.open()
    items = list(questionnaire.items)
    items[3] = structs.replace(items[3], roles=("leader",))
    altered = structs.replace(questionnaire, items=tuple(items), digest="another")

    class Altered:
        def get(self, *_):
            return altered

    draft = world.draft()

    with world.writing() as session, pytest.raises(ConflictError, match=items[3].id):
        assessment_setup.open_assessment(session, draft.key, Altered(), now)


def test_close_locks_the_remaining_settings(world, now):
    held = world.open()
    with world.writing() as session:
        closing.close_assessment(session, held.key, now, without_results=True)

    with pytest.raises(ConflictError):
        change(world, held, weights={"hr": 2.0})


def test_change_increments_revision_and_stale_revision_is_refused(world):
    draft = world.draft()
    changed = change(world, draft, title="New")
    unchanged = change(world, draft, title="New")

    assert (changed.revision, unchanged.revision) == (2, 2)
    with world.writing() as session, pytest.raises(ChangedError):
        assessment_setup.update_assessment(
            session, draft.key, AssessmentPatch(title="X"), world.catalogue, now=world.now, revision=1
        )


def test_wave_of_another_organisation_is_refused(world, now):
    first = world.draft()
    with world.writing() as session:
        other = client_organisations.create_organisation(session, world.alice, "Other", now).id

    assert world.draft(wave_of=first.id).wave_of == first.id
    with pytest.raises(InvalidError) as refused:
        world.draft(wave_of=first.id, organisation=other)
    assert pointers(refused) == {"/wave_of"}


def test_assessment_of_another_workspace_is_not_found(world, now):
    held = world.open()
    invitation = world.invite(held, ANNA)[0].invitation
    bob = world.bob
    tries = [
        lambda s: client_organisations.get_organisation(s, bob, world.organisation),
        lambda s: assessment_setup.get_assessment(s, AssessmentKey(bob, held.id)),
        lambda s: assessment_setup.update_assessment(
            s, AssessmentKey(bob, held.id), AssessmentPatch(title="Bob's"), world.catalogue, now=now
        ),
        lambda s: assessment_setup.open_assessment(s, AssessmentKey(bob, held.id), world.catalogue, now),
        lambda s: people_invitations.invite_people(
            s, AssessmentKey(bob, held.id), [Invitee(role="leader", functions=("hr",))], world.catalogue, now
        ),
        lambda s: people_invitations.list_invitations(s, AssessmentKey(bob, held.id)),
        lambda s: people_invitations.get_invitation(s, AssessmentKey(bob, held.id), invitation.id),
        lambda s: people_invitations.create_link(s, AssessmentKey(bob, held.id), invitation.id, now),
        lambda s: invitation_changes.update_invitation(
            s, AssessmentKey(bob, held.id), invitation.id, InvitationPatch(name="Bob"), world.catalogue, now
        ),
        lambda s: invitation_changes.replace_invitation(
            s, AssessmentKey(bob, held.id), invitation.id, InvitationPatch(name="Bob"), world.catalogue, now
        ),
        lambda s: people_invitations.revoke_invitation(s, AssessmentKey(bob, held.id), invitation.id, now),
        lambda s: survey_preview.preview_survey(s, AssessmentKey(bob, held.id), world.catalogue, "leader"),
        lambda s: progress.load_progress(s, AssessmentKey(bob, held.id)),
        lambda s: closing.close_assessment(s, AssessmentKey(bob, held.id), now),
        lambda s: published_results.load_release(s, AssessmentKey(bob, held.id)),
    ]

    for attempt in tries:
        with world.writing() as session, pytest.raises(NotFoundError):
            attempt(session)

    with world.reading() as session:
        assert assessment_setup.list_assessments(session, bob).data == ()
        assert client_organisations.list_organisations(session, bob).data == ()
        assert assessment_setup.get_assessment(session, held.key).title == held.title


def test_paginated_list_has_each_assessment_once(world):
    made = {world.draft(title=f"Wave {number}").id for number in range(7)}

    seen, cursor = [], None
    with world.reading() as session:
        while True:
            page = assessment_setup.list_assessments(session, world.alice, PageRequest(cursor, 3))
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
def test_forged_cursor_is_refused(world, content):
    cursor = base64.urlsafe_b64encode(content.encode()).decode()

    with world.reading() as session, pytest.raises(InvalidError):
        assessment_setup.list_assessments(session, world.alice, PageRequest(cursor, 3))


@pytest.mark.parametrize("cursor", ["", "!", "ä", "\0", "W10", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwLCJ4Il0"])
def test_malformed_cursor_is_refused(world, cursor):
    survey = world.draft()

    with world.reading() as session, pytest.raises(InvalidError):
        people_invitations.list_invitations(session, survey.key, PageRequest(cursor, 3))
