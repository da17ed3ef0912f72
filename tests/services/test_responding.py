"""From the link to the sent answers, and taking them back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.errors import (
    AlreadySentError,
    ClosedError,
    ConflictError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from assessment.services import assessing, closing, entering, inviting, previewing, responding, tokens
from assessment.services.answering import Given
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


def test_looking_says_what_the_start_page_needs_and_changes_nothing(world, token):
    before = [everything(world, table) for table in tables.metadata.sorted_tables]

    with world.reading() as session:
        welcome = entering.look(session, token)

    assert (welcome.state, welcome.response, welcome.organisation, welcome.asker) == ("open", "none", "Acme", "Alice")
    assert welcome.confidentiality == "confidential"
    assert welcome.minimum_group == 5
    assert welcome.questions > 20
    assert welcome.minutes[0] < welcome.minutes[1]
    assert before == [everything(world, table) for table in tables.metadata.sorted_tables]


def test_an_unknown_link_leads_nowhere(world, token):
    for wrong in (token[:-1], token + "a", token.swapcase(), "", "\0", "\ud800"):
        with world.reading() as session, pytest.raises(NotFoundError):
            entering.look(session, wrong)


def test_no_token_is_kept_readable(world, token):
    with world.writing() as session:
        cookie = entering.enter(session, token).cookie

    kept = "".join(repr(row) for table in tables.metadata.sorted_tables for row in everything(world, table))

    assert token not in kept
    assert cookie not in kept


def test_every_device_and_every_link_open_the_same_response(world, survey, token, now):
    with world.writing() as session:
        invitation = inviting.list_invitations(session, world.alice, survey.id).data[0]
        second = inviting.new_link(session, world.alice, survey.id, invitation.id, now)

    phone, desk, other_link = world.enter(token), world.enter(token), world.enter(second)

    assert phone == desk == other_link
    assert phone.role == "practitioner"
    assert phone.functions == ("marketing",)


def test_two_devices_that_open_the_survey_at_once_answer_one_response(world, token):
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(world.enter, [token] * 8))

    assert len({each.response_id for each in people}) == 1
    assert len(everything(world, tables.response)) == 1


def test_a_draft_and_a_closed_assessment_let_nobody_in(world, now):
    draft = world.draft()
    token = world.invite(draft, ANNA)[0].token
    with world.reading() as session:
        assert entering.look(session, token).state == "draft"
    with world.writing() as session, pytest.raises(ClosedError):
        entering.enter(session, token)
    with world.writing() as session:
        assessing.open_assessment(session, world.alice, draft.id, world.library, now)
        closing.close(session, world.alice, draft.id, now, without_results=True)

    with world.reading() as session:
        assert entering.look(session, token).state == "closed"
    with world.writing() as session, pytest.raises(ClosedError):
        entering.enter(session, token)


def test_answers_come_back_on_another_device_at_the_first_page_that_lacks_one(world, token, questionnaire):
    anna = world.enter(token)
    world.answer(questionnaire, anna, share=0.5)

    again = world.enter(token)
    with world.reading() as session:
        held = responding.answers(session, again)

    first = responding.first_unanswered(questionnaire, again, held)
    pages = responding.pages(questionnaire, again)
    missing = responding.missing(questionnaire, again, held)
    assert 0 < first < len(pages)
    assert missing[0] in [item for section in pages[first] for item in section.items]


def test_clearing_an_answer_makes_it_missing_again(world, token, writer, questionnaire, now):
    anna = world.enter(token)
    responding.keep(writer, questionnaire, anna, "MK-R1", Given("3", "", "data", 1), now).result(SECONDS)

    responding.keep(writer, questionnaire, anna, "MK-R1", Given("", sequence=2), now).result(SECONDS)

    with world.reading() as session:
        held = responding.answers(session, anna)
    assert held["MK-R1"].value == ""
    assert "MK-R1" in responding.missing(questionnaire, anna, held)


@pytest.mark.parametrize(
    ("item", "given"),
    [
        ("MK-R1", Given("5")),
        ("MK-R1", Given("-1")),
        ("MK-R1", Given("３")),  # noqa: RUF001  # a full-width three
        ("MK-R1", Given("3", evidence="hearsay")),
        ("MK-R1", Given("na", reason="\0")),
        ("MK-R1", Given("na", reason="\ud800")),
        ("MK-R1", Given("na", reason="x" * 1001)),
        ("MK-R1", Given("3", sequence=-1)),
        ("MK-R1", Given("3", sequence=2**63)),
        ("X-Q", Given("3")),
        ("CS-R1", Given("3")),
        ("X-L9", Given("3")),
        ("MK-R1'; --", Given("3")),
    ],
)
def test_what_is_no_answer_is_refused_by_name(world, token, writer, questionnaire, now, item, given):
    anna = world.enter(token)

    with pytest.raises(InvalidError) as refused:
        responding.keep(writer, questionnaire, anna, item, given, now)

    assert refused.value.problems[0].pointer.startswith(f"/{item}")


def test_a_reason_stays_with_does_not_apply_and_evidence_with_high_ratings(world, token, writer, questionnaire, now):
    anna = world.enter(token)

    kept = [
        future.result(SECONDS)
        for future in responding.keep_all(
            writer,
            questionnaire,
            anna,
            {
                "MK-R1": Given("na", "We have no events.", "data"),
                "MK-W1": Given("4", "no reason", "data"),
                "MK-C1": Given("2", "", "data"),
            },
            now,
        )
    ]

    by_item = {each.item: (each.value, each.reason, each.evidence) for each in kept}
    assert by_item == {
        "MK-R1": ("na", "We have no events.", ""),
        "MK-W1": ("4", "", "data"),
        "MK-C1": ("2", "", ""),
    }


def test_after_sending_nothing_changes(world, token, writer, questionnaire, now):
    anna = world.enter(token)
    world.answer(questionnaire, anna)
    world.send(anna)

    with pytest.raises(AlreadySentError):
        responding.keep(writer, questionnaire, anna, "MK-R1", Given("0", sequence=9), now).result(SECONDS)
    with pytest.raises(AlreadySentError):
        world.send(anna)
    again = world.enter(token)
    with pytest.raises(AlreadySentError):
        responding.keep(writer, questionnaire, again, "MK-R1", Given("0"), now)
    with world.reading() as session:
        assert responding.answers(session, again)["MK-R1"].value == "3"


def test_sent_answers_are_withdrawn_by_the_code_however_it_is_typed(world, token, questionnaire):
    anna = world.enter(token)
    world.answer(questionnaire, anna)
    code = world.send(anna)

    with world.writing() as session:
        responding.withdraw(session, f" {code.lower().replace('-', ' ')}", world.now)

    assert everything(world, tables.answer) == []
    assert world.enter(token).state == "withdrawn"
    with world.writing() as session, pytest.raises(NotFoundError):
        responding.withdraw(session, code, world.now)


def test_unsent_answers_are_withdrawn_from_where_they_were_given(world, token, writer, questionnaire, now):
    anna = world.enter(token)
    world.answer(questionnaire, anna)

    with world.writing() as session:
        responding.withdraw_unsent(session, anna, now)

    assert everything(world, tables.answer) == []
    with pytest.raises(NotFoundError):
        responding.keep(writer, questionnaire, anna, "MK-R1", Given("0"), now).result(SECONDS)


def test_nothing_is_withdrawn_after_the_close(world, survey, token, questionnaire, now):
    anna = world.enter(token)
    world.answer(questionnaire, anna)
    code = world.send(anna)
    with world.writing() as session:
        closing.close(session, world.alice, survey.id, now, without_results=True)

    with world.writing() as session, pytest.raises(ClosedError):
        responding.withdraw(session, code, now)

    assert everything(world, tables.answer) != []


def test_a_revoked_invitation_ends_link_browser_and_saves(world, survey, token, writer, questionnaire, now):
    with world.writing() as session:
        entered = entering.enter(session, token)
        invitation = inviting.list_invitations(session, world.alice, survey.id).data[0]
        inviting.revoke(session, world.alice, survey.id, invitation.id, now)

    with world.reading() as session:
        assert entering.look(session, token).state == "revoked"
        with pytest.raises(UnauthenticatedError):
            responding.respondent(session, entered.cookie)
    with world.writing() as session, pytest.raises(NotFoundError):
        entering.enter(session, token)
    with pytest.raises(NotFoundError):
        responding.keep(writer, questionnaire, entered.respondent, "MK-R1", Given("3"), now).result(SECONDS)


def test_a_page_takes_from_its_first_showing_to_its_first_continue_ten_minutes_at_most(world, token, now):
    anna = world.enter(token)
    with world.writing() as session:
        responding.shown(session, anna, "first", now)
        responding.shown(session, anna, "first", now + timedelta(seconds=50))
        responding.continued(session, anna, "first", now + timedelta(seconds=60))
        responding.continued(session, anna, "first", now + timedelta(seconds=90))
        responding.shown(session, anna, "second", now)
        responding.continued(session, anna, "second", now + timedelta(hours=3))
        responding.shown(session, anna, "third", now)
        responding.continued(session, anna, "never shown", now)

    with world.reading() as session:
        found = dict(session.execute(select(tables.section_time.c.section, tables.section_time.c.seconds)).all())

    assert found == {"first": 60, "second": 600, "third": None}


def test_a_preview_asks_as_the_role_would_be_asked_and_keeps_nothing(world, writer, now):
    draft = world.draft()
    with world.reading() as session:
        questionnaire, nobody = previewing.preview(session, world.alice, draft.id, world.library, "leader", ("hr",))

    assert responding.pages(questionnaire, nobody)
    with pytest.raises(ConflictError, match="preview"):
        responding.keep(writer, questionnaire, nobody, "HR-P1", Given("3"), now)
    with world.reading() as session, pytest.raises(NotFoundError):
        previewing.preview(session, world.alice, draft.id, world.library, "king")
    assert everything(world, tables.response) == []


def test_codes_and_tokens_are_long_enough_not_to_be_guessed():
    assert len(tokens.new_token(tokens.RANDOM)) == 43
    assert len(tokens.new_code(tokens.RANDOM).replace("-", "")) == 24
    assert len({tokens.new_id(tokens.RANDOM) for _ in range(1000)}) == 1000
