"""Someone who saves while others write at length, and the size of each transaction (trust 10b)."""

import os
import threading
import time
from typing import Any, Self

from sqlalchemy import Engine, event, func, select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey import routing
from assessment.domain.survey.answer import Answer
from assessment.errors import AppError
from assessment.services.assessments import staged_close
from assessment.services.auth import tokens
from assessment.services.survey import sent_marks, survey_entry
from assessment.storage import database, tables
from assessment.storage.answer_writer import AnswerSave, AnswerWriter
from tests.trust.conftest import Place
from tests.web import people

SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
IMPORTED = 50_000 if SOAK else 3_000
MOST_WORK = 0.5  # seconds of processor time of one transaction, so that others wait less than a second (trust 10b)
MOST_ROWS = max(30_000, 2 * IMPORTED)  # of one transaction: the last one of an import marks every response
ANSWERED = 12


def respondent_of(place: Place) -> Any:
    with database.write_session(place.engine) as session:
        return survey_entry.enter_survey(session, place.links[0]).respondent


class Saver:
    """Someone who saves answers in another survey all the time, through a writer of another process's kind."""

    def __init__(self, place: Place) -> None:
        self.who = respondent_of(place)
        self.engine = database.make_engine(place.url)
        self.writer = AnswerWriter(self.engine, lambda: people.NOW)
        self.waits: list[float] = []
        self.refused: list[AppError] = []
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._save_on)

    def __enter__(self) -> Self:
        self.writer.start()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self.thread.join()
        self.writer.stop()
        self.engine.dispose()

    def _save_on(self) -> None:
        sequence = 0
        while not self.ending.is_set():
            sequence += 1
            began = time.perf_counter()
            try:
                save = AnswerSave(
                    self.who.workspace_id,
                    self.who.response_id,
                    "MK-P1",
                    Answer(str(sequence % 5), sequence=sequence),
                    people.NOW,
                )
                self.writer.save(save).result(60)
            except AppError as error:
                self.refused.append(error)
            self.waits.append(time.perf_counter() - began)
            time.sleep(0.01)


class TransactionSizes:
    """Rows written by each transaction on an engine: others wait as long as the largest one takes.

    `seconds` is the processor time that each took: what others wait where the machine has nothing else to do.
    """

    def __init__(self, engine: Engine) -> None:
        self.sizes: list[int] = []
        self.seconds: list[float] = []
        self.engine = engine
        self._began = 0.0

    def __enter__(self) -> Self:
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "commit", self._end)
        event.listen(self.engine, "after_cursor_execute", self._count)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "begin", self._begin)
        event.remove(self.engine, "commit", self._end)
        event.remove(self.engine, "after_cursor_execute", self._count)

    def _begin(self, _connection: Any) -> None:
        self.sizes.append(0)
        self._began = time.thread_time()

    def _end(self, _connection: Any) -> None:
        self.seconds.append(time.thread_time() - self._began)

    def _count(self, _connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.sizes[-1] += max(0, cursor.rowcount)


def fill(place: Place, assessment: str, count: int, questionnaire: Questionnaire, *, is_anonymous: bool = True) -> None:
    """Store responses that were sent."""
    items = [item for item in routing.list_asked_items(questionnaire, "staff", ["marketing"]) if not item.options]
    ids = [tokens.generate_id(os.urandom) for _ in range(count)]
    here = {"workspace_id": place.home}
    with database.write_session(place.engine) as session:
        rows = [
            {"id": each, "assessment_id": assessment, "role": "staff", "functions": "marketing", "language": "en"}
            | {"state": "sent", "sent_at": people.NOW}
            | here
            for each in ids
        ]
        session.execute(tables.response.insert(), rows)
        given = [
            {"response_id": each, "item_id": item.id, "value": str(number % 5), "sequence": 1, "saved_at": people.NOW}
            | here
            for number, each in enumerate(ids)
            for item in items
        ]
        session.execute(tables.answer.insert(), given)
        for each in ids if is_anonymous else ():
            sent_marks.mark_sent(session, AssessmentKey(place.home, assessment), each, people.SECRET)


def find_assessment(place: Place, table: Any) -> int:
    with database.read_session(place.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def close(place: Place, assessment: str) -> None:
    """Close; these responses have no invitations, so the hourly count expects no figures."""
    staged_close.close_now(place.engine, AssessmentKey(place.home, assessment), people.NOW, without_results=True)
