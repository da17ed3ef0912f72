"""Progress: counts that never speak of single people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.services import inviting, progress
from assessment.services.progress import Counts, guarded

LEADERS, STAFF = ("leader", ("hr",)), ("staff", ("hr", "marketing"))


def come(world, survey, begun, sent, *guests):
    """Of those invited, so many begin, and of these so many send."""
    for number, invited in enumerate(world.invite(survey, *guests)):
        if number < begun:
            respondent = world.enter(invited.token)
            if number < sent:
                world.send(respondent)


def progress_of(world, survey):
    with world.reading() as session:
        return progress.progress(session, world.alice, survey.id)


def test_people_are_counted_by_role_and_by_function(world):
    survey = world.open()
    come(world, survey, 8, 6, *[LEADERS] * 9)
    come(world, survey, 7, 7, *[STAFF] * 7)

    found = progress_of(world, survey)

    assert found.total == Counts(16, 15, 13)
    assert found.by_role == {"leader": Counts(9, 8, 6), "staff": Counts(7, 7, 7)}
    assert found.by_function == {"hr": Counts(16, 15, 13), "marketing": Counts(7, 7, 7)}
    assert found.reason is None


def test_few_people_are_hidden_and_nobody_can_work_them_out(world):
    survey = world.open()
    come(world, survey, 8, 2, *[LEADERS] * 9)
    come(world, survey, 7, 7, *[STAFF] * 7)

    found = progress_of(world, survey)

    assert found.by_role["leader"] == Counts(9, 8, None)
    assert found.by_role["staff"].sent is None
    assert found.reason == "fewer than 6 people"


def test_a_revoked_invitation_no_longer_counts_unless_sent(world, now):
    survey = world.open(confidentiality="attributable")
    invited = world.invite(survey, LEADERS, LEADERS)
    world.send(world.enter(invited[0].token))
    world.enter(invited[1].token)

    with world.writing() as session:
        for each in invited:
            inviting.revoke(session, world.alice, survey.id, each.invitation.id, now)

    assert progress_of(world, survey).total == Counts(1, 1, 1)


def test_attributable_hides_nothing(world):
    survey = world.open(confidentiality="attributable")
    come(world, survey, 2, 1, *[LEADERS] * 2)

    assert progress_of(world, survey).by_role == {"leader": Counts(2, 2, 1)}


def test_nobody_yet_is_said_plainly(world):
    assert progress_of(world, world.open()).total == Counts(0, 0, 0)


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 12), min_size=1), st.integers(3, 6))
def test_what_is_hidden_never_follows_from_the_rest(counts, k):
    """Where roles add up to a known whole, hiding one is hiding none."""
    shown = guarded({name: (count, count, count) for name, count in counts.items()}, k)

    hidden = [name for name, each in shown.items() if each.sent is None]
    positive = [name for name, count in counts.items() if count]

    assert all(shown[name].sent is None for name, count in counts.items() if 1 <= count <= k)
    assert len(hidden) != 1 or positive == hidden


@pytest.mark.parametrize("k", [0])
def test_without_a_group_nothing_is_hidden(k):
    assert guarded({"a": (3, 2, 1)}, k) == {"a": Counts(3, 2, 1)}
