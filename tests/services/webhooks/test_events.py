"""Which events are queued, and when: in the transaction that causes them, and never about one person."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from assessment.domain.closed_sets import WebhookEvent
from assessment.services.assessments import closing, reopening
from assessment.services.people import progress, response_import
from assessment.storage import tables
from tests.services.conftest import NOW

GOLDEN = Path(__file__).parents[2] / "golden" / "plain-24.csv"


class RollBackError(Exception):
    pass


def list_events(hooks, webhook_id):
    return [(str(delivery.event), json.loads(delivery.payload)["data"]) for delivery in hooks.log(webhook_id)]


def test_opening_closing_and_reopening_are_events(hooks, world, questionnaire):
    webhook_id = hooks.add("https://example.org/hook").webhook.id
    assessment = world.open(confidentiality="attributable", minimum_group=3)
    for number in range(5):
        person = world.invite(assessment, ("practitioner", ("marketing",)))[0]
        entered = world.begin(person.token, now=NOW)
        world.answer(questionnaire, entered.respondent)
        world.send(entered.respondent, NOW + timedelta(minutes=number))

    with world.writing() as session:
        closing.close_assessment(session, assessment.key, NOW)
    with world.writing() as session:
        reopening.reopen_assessment(session, assessment.key, NOW)

    about = {"assessment": assessment.id}
    assert sorted(list_events(hooks, webhook_id), key=str) == sorted(
        [
            ("assessment.opened", about),
            ("assessment.closed", about),
            ("response.sent", about | {"sent": 4}),
            ("report.ready", about | {"release": 1}),
            ("assessment.opened", about),
        ],
        key=str,
    )


def test_close_without_results_reports_no_report(hooks, world):
    webhook_id = hooks.add("https://example.org/hook").webhook.id
    assessment = world.open()

    with world.writing() as session:
        closing.close_assessment(session, assessment.key, NOW, without_results=True)

    assert sorted(event for event, _ in list_events(hooks, webhook_id)) == ["assessment.closed", "assessment.opened"]


def test_event_of_rolled_back_transaction_is_not_queued(hooks, world):
    webhook_id = hooks.add("https://example.org/hook").webhook.id
    assessment = world.open()

    def close_and_fail():
        with world.writing() as session:
            closing.close_assessment(session, assessment.key, NOW, without_results=True)
            raise RollBackError

    with pytest.raises(RollBackError):
        close_and_fail()

    assert [event for event, _ in list_events(hooks, webhook_id)] == ["assessment.opened"]


def test_webhook_receives_only_its_events_and_workspace(hooks, world):
    chosen = hooks.add("https://example.org/hook", [WebhookEvent.REPORT_READY]).webhook.id
    with world.writing() as session:
        session.execute(tables.webhook.update().values(workspace_id=world.bob))
    other = hooks.add("https://example.org/other", [WebhookEvent.REPORT_READY]).webhook.id

    world.open()

    assert list_events(hooks, other) == []
    with world.reading() as session:
        assert session.execute(tables.webhook_delivery.select()).all() == []
    assert chosen != other


def send_one(world, assessment):
    person = world.invite(assessment, ("practitioner", ("marketing",)))[0]
    world.send(world.begin(person.token).respondent)


def count_at(world, moment):
    progress.refresh_open_counts(world.engine, moment)


def test_sent_responses_are_announced_hourly_and_in_steps(hooks, world):
    webhook_id = hooks.add("https://example.org/hook", [WebhookEvent.RESPONSE_SENT]).webhook.id
    assessment = world.open()  # k = 5

    for number in range(13):
        send_one(world, assessment)
        count_at(world, NOW + timedelta(hours=number))
    sent = [data["sent"] for _, data in list_events(hooks, webhook_id)]

    assert sent == [6, 12]


def test_sent_responses_are_not_announced_within_the_hour(hooks, world):
    webhook_id = hooks.add("https://example.org/hook", [WebhookEvent.RESPONSE_SENT]).webhook.id
    assessment = world.open()
    count_at(world, NOW)
    for _ in range(6):
        send_one(world, assessment)

    count_at(world, NOW + timedelta(minutes=59))
    early = list_events(hooks, webhook_id)
    count_at(world, NOW + timedelta(minutes=60))

    assert early == []
    assert list_events(hooks, webhook_id) == [("response.sent", {"assessment": assessment.id, "sent": 6})]


def test_responses_from_a_file_are_not_announced(hooks, world):
    webhook_id = hooks.add("https://example.org/hook", [WebhookEvent.RESPONSE_SENT]).webhook.id
    assessment = world.open(confidentiality="attributable")

    with world.writing() as session:
        response_import.import_responses(session, assessment.key, GOLDEN.read_text(), NOW)
    count_at(world, NOW)

    assert list_events(hooks, webhook_id) == []


def test_count_is_announced_once_despite_withdrawals(hooks, world):
    webhook_id = hooks.add("https://example.org/hook", [WebhookEvent.RESPONSE_SENT]).webhook.id
    assessment = world.open()
    for _ in range(6):
        send_one(world, assessment)
    count_at(world, NOW)
    with world.writing() as session:
        first = session.scalars(tables.response.select().with_only_columns(tables.response.c.id)).first()
        session.execute(tables.response.update().where(tables.response.c.id == first).values(state="withdrawn"))
    count_at(world, NOW + timedelta(hours=1))
    with world.writing() as session:
        session.execute(tables.response.update().where(tables.response.c.id == first).values(state="sent"))

    count_at(world, NOW + timedelta(hours=2))

    assert [data["sent"] for _, data in list_events(hooks, webhook_id)] == [6]
