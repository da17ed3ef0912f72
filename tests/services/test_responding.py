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
from assessment.services.entering import Browser, RevokedError
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

    assert (welcome.state, welcome.draft, welcome.organisation, welcome.asker) == ("open", None, "Acme", "Alice")
    assert welcome.promises.audience == "confidential"
    assert welcome.promises.people == 6
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


def test_link_opened_in_two_browsers_gives_each_an_empty_draft(world, token, questionnaire):
    anna = world.enter(token)
    world.answer(questionnaire, anna)

    other = world.enter(token)

    assert other.response_id != anna.response_id
    with world.reading() as session:
        assert responding.answers(session, other) == {}


def test_link_opened_by_eight_browsers_at_once_numbers_their_drafts(world, token):
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(world.enter, [token] * 8))

    with world.reading() as session:
        numbers = sorted(session.scalars(select(tables.response.c.draft_number)))
    assert len({each.response_id for each in people}) == 8
    assert numbers == list(range(1, 9))


@pytest.mark.parametrize("settings", [{"confidentiality": "attributable"}, {"mode": "consensus"}])
def test_link_of_a_shared_response_opens_the_same_one_in_every_browser(world, settings):
    survey = world.open(**settings)
    role = "consensus" if "mode" in settings else "practitioner"
    token = world.invite(survey, (role, ("marketing",)))[0].token

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


def test_answers_come_back_in_the_same_browser_at_the_first_page_that_lacks_one(world, token, questionnaire):
    begun = world.begin(token)
    world.answer(questionnaire, begun.respondent, share=0.5)

    again = world.begin(token, Browser({begun.tag: begun.key.text}), choice="continue").respondent
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
    with world.reading() as session:
        assert responding.answers(session, anna)["MK-R1"].value == "3"


@pytest.mark.parametrize("is_sent", [False, True])
def test_withdrawal_erases_a_draft_or_a_response_and_the_link_starts_empty(
    world, token, writer, questionnaire, now, is_sent
):
    begun = world.begin(token)
    world.answer(questionnaire, begun.respondent)
    if is_sent:
        world.send(begun.respondent)

    with world.writing() as session:
        responding.withdraw(session, begun.respondent, now)

    assert everything(world, tables.answer) == []
    with pytest.raises(NotFoundError):
        responding.keep(writer, questionnaire, begun.respondent, "MK-R1", Given("0"), now).result(SECONDS)
    with world.reading() as session, pytest.raises(UnauthenticatedError):
        responding.respondent(session, begun.cookie)
    again = world.begin(token, Browser({begun.tag: begun.key.text})).respondent
    world.answer(questionnaire, again)
    world.send(again)


def test_nothing_is_withdrawn_after_the_close(world, survey, token, questionnaire, now):
    anna = world.enter(token)
    world.answer(questionnaire, anna)
    world.send(anna)
    with world.writing() as session:
        closing.close(session, world.alice, survey.id, now, without_results=True)

    with world.writing() as session, pytest.raises(ClosedError):
        responding.withdraw(session, anna, now)

    assert everything(world, tables.answer) != []


def test_revoked_invitation_lets_who_has_begun_finish_and_nobody_else_begin(
    world, survey, token, writer, questionnaire, now
):
    begun = world.begin(token)
    with world.writing() as session:
        invitation = inviting.list_invitations(session, world.alice, survey.id).data[0]
        inviting.revoke(session, world.alice, survey.id, invitation.id, now)

    with pytest.raises(RevokedError):
        world.begin(token)
    responding.keep(writer, questionnaire, begun.respondent, "MK-R1", Given("3"), now).result(SECONDS)
    again = world.begin(token, Browser({begun.tag: begun.key.text}), choice="continue").respondent
    world.send(again)

    assert again.revoked_on == now.date()
    with world.reading() as session:
        assert entering.look(session, token).state == "revoked"
        assert responding.respondent(session, begun.cookie).state == "sent"


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
    letters = tokens.code_of(tokens.new_token(tokens.RANDOM)).split("-")

    assert len(tokens.new_token(tokens.RANDOM)) == 43
    assert [len(group) for group in letters] == [4, 4, 4]
    assert not set("".join(letters)) & set("0O1ILU")
    assert len({tokens.new_id(tokens.RANDOM) for _ in range(1000)}) == 1000
