"""Snapshots of the answers behind a release, copied when an assessment opens again so that results can be compared.

A snapshot is as personal as the answers: withdrawing one response deletes all snapshots of the assessment.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, Answers, AnswerValues
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ReleaseBasis
from assessment.domain.questionnaire import Questionnaire
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import split_batches
from assessment.storage.results import releases

basis = tables.basis
response = tables.response
release = tables.release


def add_snapshot(
    session: Session, key: AssessmentKey, number: int, questionnaire: Questionnaire, answers: Answers
) -> None:
    """Copy the answers behind a release; `answers.respondents` must be the response ids."""
    place = {"workspace_id": key.workspace_id, "assessment_id": key.assessment_id, "number": number}
    for batch in split_batches(place | row for row in _make_rows(questionnaire, answers)):
        session.execute(insert(basis), batch)
    releases.set_basis(session, key, ReleaseBasis.COPIED, number)


def load_snapshot(session: Session, key: AssessmentKey, number: int, questionnaire: Questionnaire) -> Answers:
    """Return the snapshot of a release, ordered by response id."""
    rows = session.execute(
        select(basis)
        .where(
            *match_assessment(basis, key),
            basis.c.number == number,
        )
        .order_by(basis.c.response_id)
    ).all()
    names = [function.id for function in questionnaire.functions]
    member = [[name in row.functions.split(";") for name in names] for row in rows]
    width = len(questionnaire.items)
    return Answers(
        respondents=tuple(row.response_id for row in rows),
        roles=tuple(row.role for row in rows),
        functions=np.asarray(member, dtype=np.bool_).reshape(len(rows), len(names)),
        seconds=np.asarray([math.nan if row.seconds is None else row.seconds for row in rows], dtype=np.float64),
        values=_unpack_codes([row.answers for row in rows], width),
        evidence=_unpack_codes([row.evidence for row in rows], width),
    )


def delete_snapshots_with_response(session: Session, workspace_id: str, response_id: str) -> None:
    """Delete all snapshots of an assessment if one of them, or the newest release, contains this response.

    Without one person's answers the release can't be compared any more, so the copies of the others are not needed.
    """
    here = (response.c.workspace_id == workspace_id, response.c.id == response_id)
    assessment_id = session.scalar(select(response.c.assessment_id).where(*here))
    released = (release.c.workspace_id == workspace_id, release.c.assessment_id == assessment_id)
    holds = exists().where(basis.c.workspace_id == workspace_id, basis.c.response_id == response_id)
    if assessment_id is not None and session.scalar(
        select(release.c.number).where(*released, (release.c.basis == ReleaseBasis.LIVE) | holds).limit(1)
    ):
        delete_snapshots(session, AssessmentKey(workspace_id, assessment_id))


def delete_snapshots(session: Session, key: AssessmentKey) -> None:
    """Delete all snapshots of an assessment; its published results stay unchanged."""
    session.execute(delete(basis).where(*match_assessment(basis, key)))
    releases.set_basis(session, key, ReleaseBasis.DELETED)


def _make_rows(questionnaire: Questionnaire, answers: Answers) -> Iterator[dict[str, Any]]:
    names = [function.id for function in questionnaire.functions]
    evidence = np.full_like(answers.values, BLANK) if answers.evidence is None else answers.evidence
    for row, response_id in enumerate(answers.respondents):
        seconds = float(answers.seconds[row])
        yield {
            "response_id": response_id,
            "role": answers.roles[row],
            "functions": ";".join(name for name, is_in in zip(names, answers.functions[row], strict=True) if is_in),
            "seconds": None if math.isnan(seconds) else seconds,
            "answers": answers.values[row].tobytes(),
            "evidence": evidence[row].tobytes(),
        }


def _unpack_codes(rows: list[bytes], width: int) -> AnswerValues:
    return np.frombuffer(b"".join(rows), dtype=np.int8).reshape(len(rows), width)
