"""Import responses from a file: all of it or nothing."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE_KINDS, NOT_ASKED, Answers, list_answer_codes
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, ResponseState
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.closing_time import get_state_at
from assessment.domain.survey.comment_fields import WRITTEN, is_comment
from assessment.domain.text_normalisation import normalize_text
from assessment.errors import (
    ClosedError,
    ConcurrentChangeError,
    ImportInProgressError,
    InvalidError,
    MixedSourcesError,
    NotOpenError,
    Problem,
    with_values,
)
from assessment.i18n.messages import N_
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.people.response_file_reader import OnWait, ignore_wait, read_response_file
from assessment.services.people.response_files import ResponseFile
from assessment.storage import assessments, database
from assessment.storage.assessments import Assessment
from assessment.storage.people import invitations, people_summaries
from assessment.storage.survey import response_imports
from assessment.storage.survey.bulk_insert import NewAnswer

BATCH_SIZE = 200  # responses in one transaction: about 0.2 s
STILL_RUNNING = N_(
    "Another file is being taken in. Try again in a few minutes: if the server ended in the middle, in ten minutes."
)


class TakenIn(Struct, frozen=True):
    """Number of imported responses."""

    responses: int


class ImportBatch(Struct, frozen=True):
    """Validated responses of a file, and their assessment."""

    assessment: Assessment
    questionnaire: Questionnaire
    file: ResponseFile
    ids: list[str]
    is_stored: bool = False  # stored already, but not counted by any figure yet


def import_responses(
    session: Session, key: AssessmentKey, text: str, now: datetime, random: Random = RANDOM
) -> TakenIn:
    """Import a CSV; every row counts as sent. `InvalidError` lists all mistakes by line."""
    return finish_import(session, prepare_import(session, key, text, now, random), now)


def prepare_import(
    session: Session,
    key: AssessmentKey,
    text: str,
    now: datetime,
    random: Random = RANDOM,
    on_wait: OnWait = ignore_wait,
) -> ImportBatch:
    """Parse and validate a CSV without storing it. A large one takes seconds, so pass a read-only session.

    Meanwhile `on_wait` is called every half second; an exception from it ends the reading.
    """
    assessment = assessments.find_assessment(session, key)
    check_importable(session, assessment, now)
    questionnaire = load_questionnaire(session, assessment)
    file = read_response_file(text, questionnaire, assessment.mode, on_wait)
    if not file.answers.respondents:
        remedy = "Give one row for each respondent below the heading."
        problem = Problem("There are no responses.", remedy, line=1, code="missing")
        raise InvalidError("The file has no responses; nothing was taken in.", [problem])
    _refuse_known_respondents(file, response_imports.list_imported_labels(session, key))
    # Sorted, so that a range of rows is contiguous in the index.
    ids = sorted(tokens.generate_id(random) for _ in file.answers.respondents)
    return ImportBatch(assessment, questionnaire, file, ids)


@contextmanager
def stage_import(engine: Engine, batch: ImportBatch, now: datetime) -> Iterator[ImportBatch]:
    """Store a large file in many transactions, so that respondents can save in between; no figure counts it yet.

    If the block raises, the stored responses are deleted, unless they count by then: so commit inside the block.
    """
    delete_abandoned(engine, batch.assessment, now)  # a file of any size may have the same respondents
    if len(batch.ids) <= BATCH_SIZE or not database.is_sqlite(engine):
        yield batch
        return
    stored: list[str] = []
    try:
        for start in range(0, len(batch.ids), BATCH_SIZE):
            rows = range(start, min(start + BATCH_SIZE, len(batch.ids)))
            with database.write_session(engine) as session:
                _store_responses(session, batch, rows, now, state=response_imports.IMPORTING_STATE)
            stored += (batch.ids[row] for row in rows)
            database.pause_between_writes(engine)
        yield replace(batch, is_stored=True)
    except BaseException:
        delete_incomplete(engine, batch.assessment.workspace_id, stored)
        raise


def finish_import(session: Session, batch: ImportBatch, now: datetime) -> TakenIn:
    """Count all imported responses at once; `now` must be the value passed to `stage_import`."""
    assessment = assessments.find_assessment(session, batch.assessment.key, lock=True)
    check_importable(session, assessment, now)
    if not batch.is_stored:
        _refuse_known_respondents(batch.file, response_imports.list_imported_labels(session, assessment.key))
        _store_responses(session, batch, range(len(batch.ids)), now)
    elif response_imports.complete_import(session, assessment.key, now) != len(batch.ids):
        raise ConcurrentChangeError("Another file was taken in at the same time. Try again in a moment.")
    people_summaries.mark_outdated(session, assessment.key)
    audit_trail.record_event(
        session,
        assessment.workspace_id,
        now,
        audit_trail.RESPONSES_IMPORTED,
        assessment.id,
        responses=len(batch.ids),
    )
    return TakenIn(len(batch.ids))


def stage_batch(session: Session, batch: ImportBatch, start: int, now: datetime) -> int:
    """Store the next `BATCH_SIZE` responses from `start` on, which no figure counts yet; return where they end.

    `now` must be the same for all of them, and for `finish_import`.
    """
    rows = range(start, min(start + BATCH_SIZE, len(batch.ids)))
    _store_responses(session, batch, rows, now, state=response_imports.IMPORTING_STATE)
    return rows.stop


def mark_stored(batch: ImportBatch) -> ImportBatch:
    """Return the batch as one that `stage_batch` has stored to its end."""
    return replace(batch, is_stored=True)


def delete_staged(engine: Engine, assessment: Assessment, now: datetime, on_wait: OnWait = ignore_wait) -> None:
    """Delete what `stage_batch` has stored with this `now`; `on_wait` is called before each transaction."""
    with database.read_session(engine) as session:
        staged = response_imports.list_incomplete_imports(session, assessment.key)
    ids = [response_id for response_id, started_at in staged if started_at == now]
    delete_incomplete(engine, assessment.workspace_id, ids, on_wait)


def delete_abandoned(engine: Engine, assessment: Assessment, now: datetime, on_wait: OnWait = ignore_wait) -> None:
    """Delete the remains of a crashed import; `ImportInProgressError` if another import may be running."""
    with database.read_session(engine) as session:
        refuse_unfinished(session, assessment.key, now)
        unfinished = response_imports.list_incomplete_imports(session, assessment.key)
    delete_incomplete(engine, assessment.workspace_id, [response_id for response_id, _ in unfinished], on_wait)


def refuse_unfinished(session: Session, key: AssessmentKey, now: datetime) -> None:
    """Raise `ImportInProgressError` if another import may be running."""
    if response_imports.has_running_import(session, key, now):
        raise ImportInProgressError(STILL_RUNNING)


def delete_incomplete(engine: Engine, workspace_id: str, ids: Sequence[str], on_wait: OnWait = ignore_wait) -> None:
    """Delete those of these responses that still belong to an incomplete import, a batch in a transaction."""
    for start in range(0, len(ids), BATCH_SIZE):
        on_wait()
        with database.write_session(engine) as session:
            response_imports.delete_responses(session, workspace_id, ids[start : start + BATCH_SIZE])
        database.pause_between_writes(engine)


def _store_responses(
    session: Session,
    batch: ImportBatch,
    rows: Iterable[int],
    now: datetime,
    state: ResponseState = ResponseState.SENT,
) -> None:
    rows = tuple(rows)
    assessment, asked, answers = batch.assessment, batch.questionnaire, batch.file.answers
    stored = [
        _make_response_row(assessment, asked, answers, row, batch.ids[row], now) | {"state": state} for row in rows
    ]
    response_imports.insert_responses(session, stored, _iterate_answer_rows(batch, rows, now))


def check_importable(session: Session, assessment: Assessment, now: datetime) -> None:
    """Raise `ClosedError` or `MixedSourcesError` for an assessment that takes no responses in."""
    if get_state_at(assessment.state, assessment.closes_at, now) != AssessmentState.OPEN:
        kind = NotOpenError if assessment.state == AssessmentState.DRAFT else ClosedError
        raise kind("Responses are taken in while the assessment is open.")
    if assessment.confidentiality != Confidentiality.ATTRIBUTABLE and invitations.has_invitations(
        session, assessment.key
    ):
        raise MixedSourcesError("People were invited in confidence: responses from a file can’t be mixed with theirs.")


def _refuse_known_respondents(file: ResponseFile, known: set[str]) -> None:
    names = {normalize_text(name) for name in known}
    problems = [
        Problem(
            with_values("{name} was taken in before.", name=repr(name)),
            "Keep each respondent once.",
            line=line,
            column="respondent",
            code="duplicate",
        )
        for name, line in zip(file.answers.respondents, file.lines, strict=True)
        if name in names
    ]
    if problems:
        raise InvalidError("Some respondents were taken in before; nothing was taken in.", problems)


def _make_response_row(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, index: int, response_id: str, now: datetime
) -> dict[str, Any]:
    seconds = float(answers.seconds[index])
    member = answers.functions[index]
    return {
        "id": response_id,
        "workspace_id": assessment.workspace_id,
        "assessment_id": assessment.id,
        "label": answers.respondents[index],
        "role": answers.roles[index],
        "functions": ";".join(
            function.id for function, flag in zip(questionnaire.functions, member, strict=True) if flag
        ),
        "language": assessment.language,
        "state": ResponseState.SENT,
        "sent_at": now,
        "seconds": None if math.isnan(seconds) else seconds,
    }


def _iterate_answer_rows(batch: ImportBatch, rows: Iterable[int], now: datetime) -> Iterator[NewAnswer]:
    """Yield the answers sorted by response (whose ids are sorted) and item, each response's comments last."""
    assessment, file, evidence = batch.assessment, batch.file, batch.file.answers.evidence
    items = sorted(
        (
            item.id,
            column,
            {code: text for text, code in list_answer_codes(item.options).items()},
            file.texts.get(item.id),
        )
        for column, item in enumerate(batch.questionnaire.items)
    )
    day = datetime.combine(now.date(), time(), UTC)
    written = sorted((key, comments) for key, comments in file.texts.items() if is_comment(key))
    for row in rows:
        response_id, codes = batch.ids[row], file.answers.values[row].tolist()
        for item, column, texts, reasons in items:
            code = codes[column]
            if code in (BLANK, NOT_ASKED):
                continue
            kind = BLANK if evidence is None else int(evidence[row, column])
            yield NewAnswer(
                response_id,
                item,
                assessment.workspace_id,
                texts[code],
                reasons[row] if reasons else "",
                "" if kind == BLANK else EVIDENCE_KINDS[kind],
                1,
                day,
            )
        for key, comments in written:
            if comments[row]:
                yield NewAnswer(response_id, key, assessment.workspace_id, WRITTEN, comments[row], "", 1, day)
