"""Progress: people counted by role or by function, never by both (method 6.5)."""

import msgspec

from assessment.services import inviting, progress
from assessment.services.progress import Counts

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


def test_few_people_are_counted_as_well(world):
    survey = world.open()
    come(world, survey, 2, 1, *[LEADERS] * 9)

    assert progress_of(world, survey).by_role == {"leader": Counts(9, 2, 1)}


def test_nobody_is_counted_by_role_within_a_function(world):
    survey = world.open()
    come(world, survey, 1, 1, LEADERS, STAFF)

    found = msgspec.to_builtins(progress_of(world, survey))

    assert set(found) == {"total", "by_role", "by_function"}
    assert not set(found["by_role"]) & set(found["by_function"])
    assert all(set(each) == {"invited", "started", "sent"} for each in found["by_role"].values())


def test_a_revoked_invitation_no_longer_counts_unless_sent(world, now):
    survey = world.open()
    invited = world.invite(survey, LEADERS, LEADERS)
    world.send(world.enter(invited[0].token))
    world.enter(invited[1].token)

    with world.writing() as session:
        for each in invited:
            inviting.revoke(session, world.alice, survey.id, each.invitation.id, now)

    assert progress_of(world, survey).total == Counts(1, 1, 1)


def test_nobody_yet_is_said_plainly(world):
    assert progress_of(world, world.open()).total == Counts(0, 0, 0)
