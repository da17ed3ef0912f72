"""A close of a large anonymous assessment and other people's saves on SQLite (trust 10b)."""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey import routing
from assessment.services.assessments import assessment_setup, order_erasure
from assessment.services.auth import tokens
from assessment.services.delivery import mail_queue, mail_settings
from assessment.services.delivery.mail_settings import make_mail_settings
from assessment.services.people import people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.storage import database, tables
from assessment.storage.survey import response_order
from tests.trust.conftest import Place
from tests.trust.long_writes import (
    MOST_ROWS,
    MOST_WORK,
    SOAK,
    Saver,
    TransactionSizes,
    close,
    fill,
    find_assessment,
)
from tests.web import people

CLOSED = 10_000 if SOAK else 1_000


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


@pytest.fixture
def anonymous(place: Place) -> str:
    assessment: str = place.opened("Anonymous", confidentiality="anonymous")
    fill(place, assessment, CLOSED, people.load_shipped_questionnaire())
    return assessment


def exact_times(place: Place) -> int:
    with database.read_session(place.engine) as session:
        moments = [
            *session.scalars(select(tables.answer.c.saved_at)),
            *session.scalars(select(tables.response.c.sent_at)),
        ]
    return sum(bool(moment and (moment.hour or moment.minute)) for moment in moments)


def open_with_answers(place: Place, count: int, questionnaire: Questionnaire, **values: object) -> str:
    """Open an anonymous assessment of people who were all mailed, with different answers of each."""
    assessment: str = place.assessment("Large", confidentiality="anonymous", closes_on=None, **values)
    key, mailed = AssessmentKey(place.home, assessment), tables.invitation.c
    people_by_role = [(role.id, function.id) for role in questionnaire.roles for function in questionnaire.functions]
    guests = [
        Invitee(role=role, functions=(function,), email=f"p{number}@harbour.example", deliver=DeliveryMode.MAIL)
        for number, (role, function) in zip(range(count), cycle(people_by_role), strict=False)
    ]
    with database.write_session(place.engine) as session:
        people_invitations.create_invitations(session, key, guests, place.catalogue, people.NOW)
        yesterday = people.NOW.date() - timedelta(days=1)
        session.execute(
            tables.invitation.update().where(mailed.assessment_id == assessment).values(mailed_on=yesterday)
        )
        assessment_setup.open_assessment(session, key, place.catalogue, people.NOW)
        session.execute(
            tables.assessment.update().where(tables.assessment.c.id == assessment).values(share_results=True)
        )
        _add_responses(session, place, assessment, guests, questionnaire)
    return assessment


def _add_responses(
    session: Any, place: Place, assessment: str, guests: Sequence[Invitee], questionnaire: Questionnaire
) -> None:
    here, choose = {"workspace_id": place.home}, Random(len(guests))  # noqa: S311  # repeatable answers
    sent = {"state": "sent", "sent_at": people.NOW, "language": "en", "counts": True}
    responses, answers, times = [], [], []
    for guest in guests:
        response_id = tokens.generate_id(os.urandom)
        route = {"role": guest.role, "functions": guest.functions[0]}
        responses.append({"id": response_id, "assessment_id": assessment} | route | sent | here)
        times.append({"response_id": response_id, "section": "all", "shown_at": people.NOW, "seconds": 400} | here)
        answers += [
            {"response_id": response_id, "item_id": item.id, "value": str(choose.randrange(5)), "sequence": 1} | here
            for item in routing.list_asked_items(questionnaire, guest.role, guest.functions)
            if not item.options
        ]
    session.execute(tables.response.insert(), responses)
    session.execute(tables.section_time.insert(), times)
    session.execute(tables.answer.insert(), [answer | {"saved_at": people.NOW} for answer in answers])


@pytest.mark.slow
def test_saves_succeed_during_a_large_anonymous_close(place: Place, tmp_path: Path):
    """It is the second of two waves: a release, its changes and a mail to each are stored as well."""
    mail = make_mail_settings(people.make_settings(place.url, tmp_path, smtp_url="smtp://127.0.0.1:1"))
    mail_settings.attach_mail(place.engine, mail)
    questionnaire = people.load_shipped_questionnaire()
    first = open_with_answers(place, CLOSED, questionnaire)
    close(place, first)
    assessment = open_with_answers(place, CLOSED, questionnaire, wave_of=first)

    with Saver(place) as saver, TransactionSizes(place.engine) as transactions:
        close(place, assessment)
        mail_queue.queue_waiting_mails(place.engine, mail)

    print(  # noqa: T201 - times are reported
        f"{CLOSED} responses: {len(saver.waits)} saves, longest {max(saver.waits):.2f} s; "
        f"the longest transaction takes {max(transactions.seconds):.2f} s of processor time"
    )
    assert saver.refused == []
    assert 0 < max(transactions.sizes) < MOST_ROWS
    assert max(transactions.seconds) < MOST_WORK
    assert [find_assessment(place, table) for table in (tables.mark, tables.mailing_recipient)] == [0, 0]
    assert find_assessment(place, tables.release) == 2
    assert find_assessment(place, tables.attribution) == 1
    assert find_assessment(place, tables.outbox) == 2 * CLOSED


@pytest.mark.slow
def test_mutant_with_a_close_in_one_transaction_is_caught(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(order_erasure, "BATCH_SIZE", 10**9)
    assessment = place.opened("Anonymous", confidentiality="anonymous")
    fill(place, assessment, max(CLOSED, 6_000), people.load_shipped_questionnaire())

    with TransactionSizes(place.engine) as transactions:
        close(place, assessment)

    assert max(transactions.sizes) > MOST_ROWS


@pytest.mark.parametrize("confidentiality", ["anonymous", "confidential"])
def test_interrupted_close_is_finished_by_the_next_server(
    place: Place, monkeypatch: pytest.MonkeyPatch, confidentiality: str
):
    monkeypatch.setattr(order_erasure, "BATCH_SIZE", 10)
    assessment = place.opened("Large", confidentiality=confidentiality)
    fill(place, assessment, 35, people.load_shipped_questionnaire(), is_anonymous=confidentiality == "anonymous")
    rewritten: list[int] = []
    real: Callable[..., None] = order_erasure._erase_order

    def die_in_the_middle(session: Any, survey: Any, ids: list[str]) -> None:
        if len(rewritten) == 2:
            raise InterruptedError
        rewritten.append(len(ids))
        real(session, survey, ids)

    with monkeypatch.context() as patched:
        patched.setattr(order_erasure, "_erase_order", die_in_the_middle)
        patched.setattr(order_erasure, "UNCHANGED_ROWS_FACTOR", 1)
        with pytest.raises(InterruptedError):
            close(place, assessment)
    left = exact_times(place)

    order_erasure.resume_erasures(place.engine)

    assert left > 0
    assert (exact_times(place), find_assessment(place, tables.mark)) == (0, 0)
    with database.read_session(place.engine) as session:
        assert [*response_order.find_assessments_with_exact_times(session)] == []


def test_imported_rows_are_stored_in_order_of_their_random_ids(
    place: Place, anonymous: str, monkeypatch: pytest.MonkeyPatch
):
    stored: list[str] = []
    real: Callable[..., None] = response_order.rewrite_rows
    monkeypatch.setattr(response_order, "rewrite_rows", lambda *given: (stored.extend(given[2]), real(*given)))

    close(place, anonymous)

    assert len(stored) == CLOSED
    assert stored == sorted(stored)
