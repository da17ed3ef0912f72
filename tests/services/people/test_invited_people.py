"""People who count, from invitations to the release, on each database (method 6.7, 6.9)."""

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, update

from assessment.domain.disclosure.invited_people import format_group
from assessment.errors import ConflictError, NothingToShowError
from assessment.services.assessments import assessment_setup, closing, reopening
from assessment.services.assessments.reopening import LAST_RELEASE, NO_FIGURES, PEOPLE_REPLACED
from assessment.services.auth import tokens
from assessment.services.delivery import console_mails
from assessment.services.people import invitation_changes, invited_people
from assessment.services.results import published_results
from assessment.storage import answer_loader, tables

pytestmark = pytest.mark.slow  # most tests close an assessment several times

STAFF = ("staff", ("marketing",))
LEADER = ("leader", ("marketing",))
K = 5


def set_invitation(world, invited, **values):
    with world.writing() as session:
        ids = [each.invitation.id for each in invited]
        session.execute(update(tables.invitation).where(tables.invitation.c.id.in_(ids)).values(**values))


def set_assessment(world, survey, **values):
    with world.writing() as session:
        session.execute(update(tables.assessment).where(tables.assessment.c.id == survey.id).values(**values))


def answer_all(world, questionnaire, invited, value="3"):
    for each in invited:
        respondent = world.enter(each.token)
        world.answer(questionnaire, respondent, value=value)
        world.send(respondent)


def counts(world, survey, questionnaire):
    """How many responses there are, and how many count."""
    with world.reading() as session:
        answers = answer_loader.load_answers(session, survey.key, questionnaire).answers
    return len(answers), int(answers.counting.sum())


def close(world, survey, now, *, without_results=False):
    with world.writing() as session:
        return closing.close_assessment(session, survey.key, now, without_results=without_results)


def reopen(world, survey, now):
    with world.writing() as session:
        return reopening.reopen_assessment(session, survey.key, now)


def find_assessment(world, survey):
    with world.reading() as session:
        return assessment_setup.get_assessment(session, survey.key)


def marketing(release):
    return published_results.decode_result(release).functions["marketing"].score


def test_late_people_do_not_count_without_domains(world, questionnaire):
    survey = world.open()
    early, late = world.invite(survey, *[STAFF] * 2), world.invite(survey, *[STAFF] * 3)
    set_invitation(world, late, is_late=True)

    answer_all(world, questionnaire, [*early, *late])

    assert counts(world, survey, questionnaire) == (5, 2)


def test_only_people_mailed_at_a_client_domain_count_if_domains_are_set(world, questionnaire):
    survey = world.open()
    by_hand, by_mail = world.invite(survey, *[STAFF] * 2), world.invite(survey, *[STAFF] * 3)
    for number, each in enumerate(by_mail):
        set_invitation(world, [each], deliver="mail", email=f"p{number}@example.org", is_late=True)
    set_assessment(world, survey, domains=["example.org"])

    answer_all(world, questionnaire, [*by_hand, *by_mail])

    assert counts(world, survey, questionnaire) == (5, 3)


@pytest.mark.parametrize("settings", [{"confidentiality": "attributable"}, {"mode": "consensus"}])
def test_everyone_counts_if_figures_are_not_withheld(world, questionnaire, settings):
    role = "consensus" if "mode" in settings else "staff"
    survey = world.open(**settings)
    late = world.invite(survey, *[(role, ("marketing",))] * 3)
    set_invitation(world, late, is_late=True)

    answer_all(world, questionnaire, late)

    assert counts(world, survey, questionnaire) == (3, 3)


@pytest.mark.parametrize("people", [K, K + 1])
def test_release_needs_six_people_invited_before_the_opening(world, questionnaire, now, people):
    survey = world.open(minimum_group=K)
    early, others = world.invite(survey, *[STAFF] * people), world.invite(survey, *[STAFF] * 12, late=True)
    answer_all(world, questionnaire, [*early, *others])

    if people == K:
        with pytest.raises(NothingToShowError):
            close(world, survey, now)
        assert close(world, survey, now, without_results=True) is None
    else:
        release = close(world, survey, now)
        assert marketing(release) is not None
        assert published_results.decode_result(release).invited.total.since_start == 12


@pytest.fixture
def answered(world, questionnaire, now):
    """A closed assessment of eight people, and those who are invited and have not answered."""
    survey = world.open(minimum_group=K)
    people, waiting = world.invite(survey, *[STAFF] * 8), world.invite(survey, *[STAFF] * 18)
    answer_all(world, questionnaire, people)
    close(world, survey, now)
    return survey, waiting


def test_third_release_is_the_last(world, questionnaire, now, answered):
    survey, waiting = answered
    for part in (waiting[:6], waiting[6:12]):
        reopen(world, survey, now)
        answer_all(world, questionnaire, part, value="2")
        close(world, survey, now)

    with pytest.raises(ConflictError, match="three times"):
        reopen(world, survey, now)

    assert find_assessment(world, survey).release == 3


def test_fourth_release_is_never_published(world, questionnaire, now, answered, monkeypatch):
    """An assessment may have been opened again, with three releases, before there was a last one."""
    survey, waiting = answered
    monkeypatch.setattr(reopening, "has_reached_last_release", lambda _: False)
    for part in (waiting[:6], waiting[6:12], waiting[12:]):
        reopen(world, survey, now)
        answer_all(world, questionnaire, part, value="2")
        close(world, survey, now)

    assert (find_assessment(world, survey).release, find_assessment(world, survey).held_back) == (3, [LAST_RELEASE])


@pytest.mark.parametrize(("replaced", "is_published"), [(0, True), (1, False), (K, False), (K + 1, True)])
def test_replacing_one_to_k_people_withholds_a_further_release(
    world, questionnaire, now, answered, replaced, is_published
):
    survey, waiting = answered
    reopen(world, survey, now)
    answer_all(world, questionnaire, waiting[: K + 1], value="2")
    others = waiting[-replaced:] if replaced else ()
    new = world.invite(survey, *[LEADER] * replaced)
    for earlier, later in zip(others, new, strict=True):
        set_invitation(world, [later], replaces=earlier.invitation.id, is_late=True)

    close(world, survey, now)

    assert find_assessment(world, survey).held_back == ([] if is_published else [PEOPLE_REPLACED])


def test_every_reason_of_a_close_is_named(world, questionnaire, now, answered):
    survey, waiting = answered
    reopen(world, survey, now)
    answer_all(world, questionnaire, waiting[:1], value="2")
    new = world.invite(survey, LEADER)
    set_invitation(world, new, replaces=waiting[-1].invitation.id, is_late=True)

    close(world, survey, now)

    assert find_assessment(world, survey).held_back == ["functions.marketing", PEOPLE_REPLACED]


def test_further_close_without_figures_says_that_the_earlier_results_stand(world, now, answered):
    survey, _ = answered
    reopen(world, survey, now)
    with world.writing() as session:  # all eight say now that they don't know
        session.execute(update(tables.answer).values(value="dk"))

    release = close(world, survey, now, without_results=True)

    closed = find_assessment(world, survey)
    assert release.number == 1
    assert closed.held_back == [NO_FIGURES]
    assert console_mails.EARLIER_STAND in console_mails.make_closed_text(closed, has_results=True).body


def test_late_people_never_cause_a_further_release(world, questionnaire, now, answered):
    survey, _ = answered
    reopen(world, survey, now)
    late = world.invite(survey, *[STAFF] * 12)
    set_invitation(world, late, is_late=True)
    answer_all(world, questionnaire, late, value="2")

    close(world, survey, now)

    assert find_assessment(world, survey).held_back == ["functions.marketing"]


def anonymous(world):
    return world.open(confidentiality="anonymous", minimum_group=K)


def add_anonymous(world, survey, who, people, counts=None):
    """Store anonymous responses, with or without a mark."""
    role, functions = who
    rows = [
        {
            "id": tokens.generate_id(tokens.RANDOM),
            "workspace_id": world.alice,
            "assessment_id": survey.id,
            "role": role,
            "functions": ";".join(functions),
            "language": "en",
            "state": "sent",
            "counts": counts,
        }
        for _ in range(people)
    ]
    with world.writing() as session:
        session.execute(insert(tables.response), rows)


def decide(world, survey, invited):
    group = format_group(invited.invitation.role, invited.invitation.functions)
    with world.reading() as session:
        return invited_people.decide_counts(session, survey.key, invited.invitation.id, group)


def note(world, survey):
    with world.writing() as session:
        invited_people.update_uncounted_groups(session, survey.key)


def test_anonymous_draft_is_marked_if_six_people_are_on_each_side(world):
    survey = anonymous(world)
    early, late = world.invite(survey, *[STAFF] * 6), world.invite(survey, *[STAFF] * 6)
    set_invitation(world, late, is_late=True)
    note(world, survey)

    assert (decide(world, survey, early[0]), decide(world, survey, late[0])) == (True, False)
    assert find_assessment(world, survey).uncounted_groups == []


def test_who_counts_is_determined_once_for_each_change_of_invitations(world, now, monkeypatch):
    survey, loads = anonymous(world), []
    load = invited_people.counting_people.load_invited_people
    monkeypatch.setattr(
        invited_people.counting_people, "load_invited_people", lambda *given: loads.append(1) or load(*given)
    )
    early = world.invite(survey, *[STAFF] * 6)
    loads.clear()

    before = [decide(world, survey, invited) for invited in early]
    loads_before = len(loads)
    late = world.invite(survey, *[STAFF] * 3)
    loads.clear()
    after = [decide(world, survey, invited) for invited in (*early, *late)]

    assert (before, loads_before) == ([True] * 6, 1)
    assert (after, len(loads)) == ([None] * 9, 1)  # three late people of this group would be singled out


def test_anonymous_group_with_a_late_person_never_counts(world, questionnaire):
    survey = anonymous(world)
    early, late = world.invite(survey, *[STAFF] * 6), world.invite(survey, STAFF)
    set_invitation(world, late, is_late=True)
    add_anonymous(world, survey, STAFF, 6, counts=True)
    note(world, survey)

    more = world.invite(survey, *[STAFF] * 6)
    set_invitation(world, more, is_late=True)
    note(world, survey)

    assert find_assessment(world, survey).uncounted_groups == ["staff:marketing"]
    assert (decide(world, survey, early[0]), decide(world, survey, late[0])) == (None, None)
    assert counts(world, survey, questionnaire) == (6, 0)


def test_inviting_or_replacing_after_the_opening_stores_uncounted_groups(world, now, catalogue):
    survey = world.draft(confidentiality="anonymous", minimum_group=K)
    early = world.invite(survey, *[STAFF] * 6, *[LEADER] * 6)
    with world.writing() as session:
        assessment_setup.open_assessment(session, survey.key, catalogue, now)

    world.invite(survey, STAFF)
    after_inviting = find_assessment(world, survey).uncounted_groups
    with world.writing() as session:
        first = early[-1].invitation.id
        invitation_changes.replace_invitation(
            session, survey.key, first, invitation_changes.InvitationPatch(name="Lee"), catalogue, now
        )

    assert after_inviting == ["staff:marketing"]
    assert find_assessment(world, survey).uncounted_groups == ["leader:marketing", "staff:marketing"]


def test_unmarked_anonymous_response_counts_only_if_its_whole_group_counts(world, questionnaire):
    survey = anonymous(world)
    world.invite(survey, *[STAFF] * 6, LEADER)
    add_anonymous(world, survey, STAFF, 6)
    add_anonymous(world, survey, LEADER, 1)
    all_early = counts(world, survey, questionnaire)

    late = world.invite(survey, *[STAFF] * 6)
    set_invitation(world, late, is_late=True)

    assert all_early == (7, 7)
    assert counts(world, survey, questionnaire) == (7, 1)


def test_stored_mark_decides_whether_an_anonymous_response_counts(world, questionnaire):
    survey = anonymous(world)
    world.invite(survey, *[STAFF] * 6)
    set_invitation(world, world.invite(survey, *[STAFF] * 6), is_late=True)
    add_anonymous(world, survey, STAFF, 6, counts=True)
    add_anonymous(world, survey, STAFF, 6, counts=False)

    assert counts(world, survey, questionnaire) == (12, 6)


def test_confidential_draft_has_no_counts_mark(world):
    survey = world.open()
    invited = world.invite(survey, STAFF)

    assert decide(world, survey, invited[0]) is None


def test_opening_preview_compares_counts_with_and_without_domains(world):
    survey = world.draft()
    by_mail = world.invite(survey, *[STAFF] * 3)
    world.invite(survey, *[STAFF] * 4)
    for number, each in enumerate(by_mail):
        set_invitation(world, [each], deliver="mail", email=f"p{number}@example.org")
    set_assessment(world, survey, domains=["example.org"])

    with world.reading() as session:
        found = invited_people.preview_counting_people(session, find_assessment(world, survey))
        named = invited_people.preview_counting_people(
            session, replace(find_assessment(world, survey), confidentiality="attributable")
        )

    assert (found.invited, found.with_domains, found.without_domains) == (7, 3, 7)
    assert named is None
