"""Import responses from a file: all of it or nothing."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE, NOT_ASKED, Answers, codes
from assessment.domain.closing_time import state_at
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.spelling import normalize_text
from assessment.errors import ClosedError, ConflictError, InvalidError, Problem, with_values
from assessment.intake import Responses, read_responses
from assessment.services import auditing, tokens
from assessment.services.shelf import questionnaire_of
from assessment.services.tokens import RANDOM, Random
from assessment.storage import assessments, database, invitations, responses
from assessment.storage.assessments import Assessment

AT_ONCE = 200  # responses in one transaction: about 0.2 s
ABANDONED_AFTER = timedelta(hours=1)  # an import takes a few minutes at most


class TakenIn(Struct, frozen=True):
    """Number of imported responses."""

    responses: int


class Incoming(Struct, frozen=True):
    """Validated responses of a file, and their assessment."""

    held: Assessment
    questionnaire: Questionnaire
    found: Responses
    ids: list[str]
    staged: bool = False  # stored already, but not counted by any figure yet


def take_in(
    session: Session, workspace_id: str, assessment_id: str, text: str, now: datetime, random: Random = RANDOM
) -> TakenIn:
    """Import a CSV; every row counts as sent. `InvalidError` lists all mistakes by line."""
    return count_in(session, prepare(session, workspace_id, assessment_id, text, now, random), now)


def prepare(
    session: Session, workspace_id: str, assessment_id: str, text: str, now: datetime, random: Random = RANDOM
) -> Incoming:
    """Parse and validate a CSV without storing it. A large one takes seconds, so pass a read-only session."""
    held = assessments.find(session, workspace_id, assessment_id)
    _refuse(session, held, now)
    questionnaire = questionnaire_of(session, held)
    found = read_responses(text, questionnaire, mode=held.mode)
    _refuse_known(found.answers, responses.labels(session, workspace_id, assessment_id))
    # Sorted, so that a range of rows is contiguous in the index.
    ids = sorted(tokens.new_id(random) for _ in found.answers.respondents)
    return Incoming(held, questionnaire, found, ids)


@contextmanager
def staged(engine: Engine, incoming: Incoming, now: datetime) -> Iterator[Incoming]:
    """Store a large file in many transactions, so that respondents can save in between; no figure counts it yet.

    If the block raises, the stored responses are deleted.
    """
    if len(incoming.ids) <= AT_ONCE or not database.is_sqlite(engine):
        yield incoming
        return
    _delete_abandoned(engine, incoming.held, now)
    stored: list[str] = []
    try:
        for start in range(0, len(incoming.ids), AT_ONCE):
            rows = range(start, min(start + AT_ONCE, len(incoming.ids)))
            with database.writing(engine) as session:
                _store(session, incoming, rows, now, state=responses.INCOMING)
            stored += (incoming.ids[row] for row in rows)
            database.let_others_write(engine)
        yield replace(incoming, staged=True)
    except BaseException:
        _delete(engine, incoming.held, stored)
        raise


def count_in(session: Session, incoming: Incoming, now: datetime) -> TakenIn:
    """Count all imported responses at once; `now` must be the value passed to `staged`."""
    held = assessments.find(session, incoming.held.workspace_id, incoming.held.id, lock=True)
    _refuse(session, held, now)
    if not incoming.staged:
        _refuse_known(incoming.found.answers, responses.labels(session, held.workspace_id, held.id))
        _store(session, incoming, range(len(incoming.ids)), now)
    elif responses.count_in(session, held.workspace_id, held.id, now) != len(incoming.ids):
        raise ConflictError("Another file was taken in at the same time. Try again in a moment.")
    auditing.record(session, held.workspace_id, now, auditing.RESPONSES_IMPORTED, held.id, responses=len(incoming.ids))
    return TakenIn(len(incoming.ids))


def _delete_abandoned(engine: Engine, held: Assessment, now: datetime) -> None:
    """Delete the remains of a crashed import; `ConflictError` if another import may be running."""
    with database.reading(engine) as session:
        found = responses.incoming(session, held.workspace_id, held.id)
    if any(now - started_at < ABANDONED_AFTER for _, started_at in found):
        raise ConflictError("Another file is being taken in. Try again in a few minutes.")
    _delete(engine, held, [response_id for response_id, _ in found])


def _delete(engine: Engine, held: Assessment, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        with database.writing(engine) as session:
            responses.delete_many(session, held.workspace_id, ids[start : start + AT_ONCE])
        database.let_others_write(engine)


def _store(session: Session, incoming: Incoming, rows: Iterable[int], now: datetime, state: str = "sent") -> None:
    rows = tuple(rows)
    held, asked, answers = incoming.held, incoming.questionnaire, incoming.found.answers
    stored = [_response(held, asked, answers, row, incoming.ids[row], now) | {"state": state} for row in rows]
    responses.take_in(session, stored, _answers(incoming, rows, now))


def _refuse(session: Session, held: Assessment, now: datetime) -> None:
    if state_at(held.state, held.closes_at, now) != "open":
        raise ClosedError("Responses are taken in while the assessment is open.")
    if held.confidentiality != "attributable" and invitations.any_at_all(session, held.workspace_id, held.id):
        raise ConflictError("People were invited in confidence: responses from a file can't be mixed with theirs.")


def _refuse_known(answers: Answers, known: set[str]) -> None:
    names = {normalize_text(name) for name in known}
    problems = [
        Problem(
            with_values("{name} was taken in before.", name=repr(name)),
            "Keep each respondent once.",
            column="respondent",
        )
        for name in answers.respondents
        if name in names
    ]
    if problems:
        raise InvalidError("Some respondents were taken in before; nothing was taken in.", problems)


def _response(
    held: Assessment, questionnaire: Questionnaire, answers: Answers, index: int, response_id: str, now: datetime
) -> dict[str, Any]:
    seconds = float(answers.seconds[index])
    member = answers.functions[index]
    return {
        "id": response_id,
        "workspace_id": held.workspace_id,
        "assessment_id": held.id,
        "label": answers.respondents[index],
        "role": answers.roles[index],
        "functions": ";".join(each.id for each, flag in zip(questionnaire.functions, member, strict=True) if flag),
        "language": held.language,
        "state": "sent",
        "sent_at": now,
        "seconds": None if math.isnan(seconds) else seconds,
    }


def _answers(incoming: Incoming, rows: Iterable[int], now: datetime) -> Iterator[dict[str, Any]]:
    held, found, evidence = incoming.held, incoming.found, incoming.found.answers.evidence
    items = [
        (item.id, {code: text for text, code in codes(item.options).items()}, found.reasons.get(item.id))
        for item in incoming.questionnaire.items
    ]
    for row in rows:
        for column, code in enumerate(found.answers.values[row].tolist()):
            if code in (BLANK, NOT_ASKED):
                continue
            item, texts, reasons = items[column]
            kind = BLANK if evidence is None else int(evidence[row, column])
            yield {
                "workspace_id": held.workspace_id,
                "response_id": incoming.ids[row],
                "item_id": item,
                "value": texts[code],
                "reason": reasons[row] if reasons else "",
                "evidence": "" if kind == BLANK else EVIDENCE[kind],
                "sequence": 1,
                "saved_at": now,
            }
