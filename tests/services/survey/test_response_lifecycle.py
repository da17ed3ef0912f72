"""From the link to the sent answers, and taking them back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.domain.survey.answer import Answer
from assessment.errors import (
    AlreadySentError,
    ClosedError,
    ConflictError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from assessment.services.assessments import assessment_setup, closing
from assessment.services.auth import tokens
from assessment.services.people import people_invitations
from assessment.services.survey import response_lifecycle, section_times, start_page, survey_entry, survey_preview
from assessment.services.survey.browser_drafts import BrowserCookies
from assessment.services.survey.survey_entry import InvitationRevokedError
from assessment.storage import tables

ANNA = ("practitioner", ("marketing",))
SECONDS = 30


@pytest.fixture
def survey(world):
    return world.open()


@pytest.fixture
def token(world, survey):
    return world.invite(survey, ANNA)[0].token


def everything(world, table):
    with world.reading() as session:
        return sorted(map(repr, session.execute(select(table)).all()))


def test_loading_the_start_page_changes_nothing(world, token):
    before = [everything(world, table) for table in tables.metadata.sorted_tables]

    with world.reading() as session:
        welcome = start_page.load_start_page(session, token)

    assert (welcome.state, welcome.draft, welcome.organisation, welcome.asker) == ("open", None, "Acme", "Alice")
    assert welcome.promises.audience == "confidential"
    assert welcome.promises.people == 6
    assert welcome.questions > 20
    assert welcome.minutes[0] < welcome.minutes[1]
    assert before == [everything(world, table) for table in tables.metadata.sorted_tables]


def test_unknown_link_is_not_found(world, token):
    for wrong in (token[:-1], token + "a", token.swapcase(), "", "\0", "\ud800"):
        with world.reading() as session, pytest.raises(NotFoundError):
            start_page.load_start_page(session, wrong)


def test_tokens_are_stored_as_hashes_only(world, token):
    with world.writing() as session:
        cookie = survey_entry.enter_survey(session, token).session

    kept = "".join(repr(row) for table in tables.metadata.sorted_tables for row in everything(world, table))

    assert token not in kept
    assert cookie not in kept


def test_link_opened_in_two_browsers_begins_two_empty_drafts(world, token, questionnaire):
    anna = world.enter(token)
    world.answer(questionnaire, anna)

    other = world.enter(token)

    assert other.response_id != anna.response_id
    with world.reading() as session:
        assert response_lifecycle.load_answers(session, other) == {}


def test_drafts_begun_concurrently_get_distinct_numbers(world, token):
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(world.enter, [token] * 8))

    with world.reading() as session:
        numbers = sorted(session.scalars(select(tables.response.c.draft_number)))
    assert len({each.response_id for each in people}) == 8
    assert numbers == list(range(1, 9))


@pytest.mark.parametrize("settings", [{"confidentiality": "attributable"}, {"mode": "consensus"}])
def test_link_of_a_shared_response_opens_it_in_every_browser(world, settings):
    survey = world.open(**settings)
    role = "consensus" if "mode" in settings else "practitioner"
    token = world.invite(survey, (role, ("marketing",)))[0].token

    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(world.enter, [token] * 8))

    assert len({each.response_id for each in people}) == 1
    assert len(everything(world, tables.response)) == 1


def test_entry_needs_an_open_assessment(world, now):
    draft = world.draft()
    token = world.invite(draft, ANNA)[0].token
    with world.reading() as session:
        assert start_page.load_start_page(session, token).state == "draft"
    with world.writing() as session, pytest.raises(ClosedError):
        survey_entry.enter_survey(session, token)
    with world.writing() as session:
        assessment_setup.open_assessment(session, draft.key, world.catalogue, now)
        closing.close_assessment(session, draft.key, now, without_results=True)

    with world.reading() as session:
        assert start_page.load_start_page(session, token).state == "closed"
    with world.writing() as session, pytest.raises(ClosedError):
        survey_entry.enter_survey(session, token)


def test_same_browser_continues_with_the_questions_that_are_missing(world, token, questionnaire):
    begun = world.begin(token)
    world.answer(questionnaire, begun.respondent, share=0.5)

    again = world.begin(token, BrowserCookies({begun.tag: begun.key.text}), choice="continue").respondent
    with world.reading() as session:
        held = response_lifecycle.load_answers(session, again)

    first_page, *later_pages = response_lifecycle.list_pages(questionnaire, again)
    assert all(item in held for section in first_page for item in section.items)
    assert any(item not in held for page in later_pages for section in page for item in section.items)


def test_cleared_answer_is_stored_as_empty(world, token, writer, questionnaire, now):
    anna = world.enter(token)
    response_lifecycle.save_answer(writer, questionnaire, anna, "MK-R1", Answer("3", "", "data", 1), now).result(
        SECONDS
    )

    response_lifecycle.save_answer(writer, questionnaire, anna, "MK-R1", Answer("", sequence=2), now).result(SECONDS)

    with world.reading() as session:
        held = response_lifecycle.load_answers(session, anna)
    assert held["MK-R1"].value == ""


@pytest.mark.parametrize(
    ("item", "given"),
    [
        ("MK-R1", Answer("5")),
        ("MK-R1", Answer("-1")),
        ("MK-R1", Answer("３")),  # noqa: RUF001  # a full-width three
        ("MK-R1", Answer("3", evidence="hearsay")),
        ("MK-R1", Answer("na", reason="\0")),
        ("MK-R1", Answer("na", reason="\ud800")),
        ("MK-R1", Answer("na", reason="x" * 1001)),
        ("MK-R1", Answer("3", sequence=-1)),
        ("MK-R1", Answer("3", sequence=2**63)),
        ("X-Q", Answer("3")),
        ("CS-R1", Answer("3")),
        ("X-L9", Answer("3")),
        ("MK-R1'; --", Answer("3")),
    ],
)
def test_invalid_answers_are_refused_by_item(world, token, writer, questionnaire, now, item, given):
    anna = world.enter(token)

    with pytest.raises(InvalidError) as refused:
        response_lifecycle.save_answer(writer, questionnaire, anna, item, given, now)

    assert refused.value.problems[0].pointer.startswith(f"/{item}")


def test_reason_needs_does_not_apply_and_evidence_needs_a_rating(world, token, writer, questionnaire, now):
    anna = world.enter(token)

    kept = [
        future.result(SECONDS)
        for future in response_lifecycle.save_answers(
            writer,
            questionnaire,
            anna,
            {
                "MK-R1": Answer("na", "We have no events.", "data"),
                "MK-W1": Answer("4", "no reason", "data"),
                "MK-C1": Answer("2", "", "data"),
            },
            now,
        )
    ]

    by_item = {each.item: (each.value, each.reason, each.evidence) for each in kept}
    assert by_item == {
        "MK-R1": ("na", "We have no events.", ""),
        "MK-W1": ("4", "", "data"),
        "MK-C1": ("2", "", "data"),
    }


def test_save_after_sending_is_refused(world, token, writer, questionnaire, now):
    anna = world.enter(token)
    world.answer(questionnaire, anna)
    world.send(anna)

    with pytest.raises(AlreadySentError):
        response_lifecycle.save_answer(writer, questionnaire, anna, "MK-R1", Answer("0", sequence=9), now).result(
            SECONDS
        )
    with pytest.raises(AlreadySentError):
        world.send(anna)
    with world.reading() as session:
        assert response_lifecycle.load_answers(session, anna)["MK-R1"].value == "3"


@pytest.mark.parametrize("is_sent", [False, True])
def test_withdrawal_erases_the_response_and_the_link_starts_empty(world, token, writer, questionnaire, now, is_sent):
    begun = world.begin(token)
    world.answer(questionnaire, begun.respondent)
    if is_sent:
        world.send(begun.respondent)

    with world.writing() as session:
        response_lifecycle.withdraw_response(session, begun.respondent, now)

    assert everything(world, tables.answer) == []
    with pytest.raises(NotFoundError):
        response_lifecycle.save_answer(writer, questionnaire, begun.respondent, "MK-R1", Answer("0"), now).result(
            SECONDS
        )
    with world.reading() as session, pytest.raises(UnauthenticatedError):
        response_lifecycle.load_respondent(session, begun.session)
    again = world.begin(token, BrowserCookies({begun.tag: begun.key.text})).respondent
    world.answer(questionnaire, again)
    world.send(again)


def test_withdrawal_after_the_close_is_refused(world, survey, token, questionnaire, now):
    anna = world.enter(token)
    world.answer(questionnaire, anna)
    world.send(anna)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)

    with world.writing() as session, pytest.raises(ClosedError):
        response_lifecycle.withdraw_response(session, anna, now)

    assert everything(world, tables.answer) != []


def test_revoked_invitation_allows_begun_drafts_only(world, survey, token, writer, questionnaire, now):
    begun = world.begin(token)
    with world.writing() as session:
        invitation = people_invitations.list_invitations(session, survey.key).data[0]
        people_invitations.revoke_invitation(session, survey.key, invitation.id, now)

    with pytest.raises(InvitationRevokedError):
        world.begin(token)
    response_lifecycle.save_answer(writer, questionnaire, begun.respondent, "MK-R1", Answer("3"), now).result(SECONDS)
    again = world.begin(token, BrowserCookies({begun.tag: begun.key.text}), choice="continue").respondent
    world.send(again)

    assert again.revoked_on == now.date()
    with world.reading() as session:
        assert start_page.load_start_page(session, token).state == "revoked"
        assert response_lifecycle.load_respondent(session, begun.session).state == "sent"


def test_page_seconds_run_from_first_display_to_first_continue_capped_at_ten_minutes(world, token, now):
    anna = world.enter(token)
    with world.writing() as session:
        section_times.record_display(session, anna, "first", now)
        section_times.record_display(session, anna, "first", now + timedelta(seconds=50))
        section_times.record_continue(session, anna, "first", now + timedelta(seconds=60))
        section_times.record_continue(session, anna, "first", now + timedelta(seconds=90))
        section_times.record_display(session, anna, "second", now)
        section_times.record_continue(session, anna, "second", now + timedelta(hours=3))
        section_times.record_display(session, anna, "third", now)
        section_times.record_continue(session, anna, "never shown", now)

    with world.reading() as session:
        found = dict(session.execute(select(tables.section_time.c.section, tables.section_time.c.seconds)).all())

    assert found == {"first": 60, "second": 600, "third": None}


def test_answers_and_finished_pages_keep_only_their_day(world, token, questionnaire, now):
    anna = world.enter(token)
    world.answer(questionnaire, anna, share=0.2)
    with world.writing() as session:
        section_times.record_display(session, anna, "first", now)
        section_times.record_continue(session, anna, "first", now + timedelta(seconds=60))
        section_times.record_display(session, anna, "second", now + timedelta(seconds=60))

    with world.reading() as session:
        saved = set(session.scalars(select(tables.answer.c.saved_at)))
        shown = dict(session.execute(select(tables.section_time.c.section, tables.section_time.c.shown_at)).all())

    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    assert saved == {midnight}
    assert shown == {"first": midnight, "second": now + timedelta(seconds=60)}


def test_preview_asks_the_items_of_the_role_and_stores_nothing(world, writer, now):
    draft = world.draft()
    with world.reading() as session:
        questionnaire, nobody = survey_preview.preview_survey(session, draft.key, world.catalogue, "leader", ("hr",))

    assert response_lifecycle.list_pages(questionnaire, nobody)
    with pytest.raises(ConflictError, match="preview"):
        response_lifecycle.save_answer(writer, questionnaire, nobody, "HR-P1", Answer("3"), now)
    with world.reading() as session, pytest.raises(NotFoundError):
        survey_preview.preview_survey(session, draft.key, world.catalogue, "king")
    assert everything(world, tables.response) == []


def test_codes_and_tokens_have_enough_entropy():
    letters = tokens.derive_code(tokens.generate_token(tokens.RANDOM)).split("-")

    assert len(tokens.generate_token(tokens.RANDOM)) == 43
    assert [len(group) for group in letters] == [4, 4, 4]
    assert not set("".join(letters)) & set("0O1ILU")
    assert len({tokens.generate_id(tokens.RANDOM) for _ in range(1000)}) == 1000
