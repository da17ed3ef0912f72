"""Queries on closed assessments that still have names, addresses or answers after a retention period."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.i18n.collation import NAMELESS_PREFIX
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.people import counting_people
from assessment.storage.people.personal_data import SORT_KEYS
from assessment.storage.survey import response_imports

assessment = tables.assessment
invitation = tables.invitation
link = tables.invitation_link
outbox = tables.outbox
response = tables.response
answer = tables.answer
voice = tables.voice
workspace = tables.workspace
HAS_ANSWERS = or_(
    response.c.packed_answers != "",
    exists().where(answer.c.workspace_id == response.c.workspace_id, answer.c.response_id == response.c.id),
)
IS_IDENTIFIABLE = or_(invitation.c.email.is_not(None), invitation.c.name.is_not(None))


def list_retention_months(session: Session) -> Sequence[int | None]:
    """Return the periods that workspaces have set, each once; None for those that have set none."""
    months = select(workspace.c.retention_months).distinct().order_by(workspace.c.retention_months)
    return session.scalars(months).all()


def list_assessments_with_people(
    session: Session, until: date, own_months: int | None
) -> list[tuple[AssessmentKey, int]]:
    """Return assessments closed by a day that have names, addresses or links of people, with the number of people.

    Those of invitations, and the labels of imported responses. Only of workspaces whose own period is `own_months`.
    """
    has_link = exists().where(link.c.workspace_id == invitation.c.workspace_id, link.c.invitation_id == invitation.c.id)
    invited = _count_of_assessment(invitation, or_(IS_IDENTIFIABLE, has_link))
    imported = _count_of_assessment(response, response_imports.has_own_label())
    rows = session.execute(
        select(assessment.c.workspace_id, assessment.c.id, invited + imported)
        .where(assessment.c.state == AssessmentState.CLOSED, assessment.c.closed_on <= until, invited + imported > 0)
        .where(_match_period(own_months))
        .order_by(assessment.c.workspace_id, assessment.c.id)
    )
    return [(AssessmentKey(workspace_id, id_), count) for workspace_id, id_, count in rows]


def list_assessments_with_answers(
    session: Session, until: date, own_months: int | None
) -> list[tuple[AssessmentKey, int]]:
    """Return assessments closed by a day that still have answers or comments, with the number of their responses.

    Only of workspaces whose own period is `own_months`.
    """
    answered = _count_of_assessment(response, HAS_ANSWERS)
    has_comment = exists().where(
        voice.c.workspace_id == assessment.c.workspace_id, voice.c.assessment_id == assessment.c.id
    )
    rows = session.execute(
        select(assessment.c.workspace_id, assessment.c.id, answered)
        .where(assessment.c.state == AssessmentState.CLOSED, assessment.c.closed_on <= until)
        .where(or_(answered > 0, has_comment), _match_period(own_months))
        .order_by(assessment.c.workspace_id, assessment.c.id)
    )
    return [(AssessmentKey(workspace_id, id_), count) for workspace_id, id_, count in rows]


def _count_of_assessment(table: Table, condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count the rows of a table that belong to the assessment of the outer select."""
    here = (table.c.workspace_id == assessment.c.workspace_id, table.c.assessment_id == assessment.c.id)
    return select(func.count()).where(*here, condition).correlate(assessment).scalar_subquery()


def _match_period(own_months: int | None) -> ColumnElement[bool]:
    return assessment.c.workspace_id.in_(
        select(workspace.c.id).where(workspace.c.retention_months.is_not_distinct_from(own_months))
    )


def erase_people(session: Session, key: AssessmentKey) -> None:
    """Delete names, addresses, links, mails and role reports of all invitations, and the labels of imported responses.

    Roles and functions stay, because they were counted, and so does who counted.
    """
    counting_people.store_decisions(session, key)
    response_imports.erase_labels(session, *match_assessment(response, key))
    ids = select(invitation.c.id).where(*match_assessment(invitation, key)).scalar_subquery()
    for table in (link, outbox, tables.mailing_recipient, tables.role_report):
        session.execute(delete(table).where(table.c.workspace_id == key.workspace_id, table.c.invitation_id.in_(ids)))
    session.execute(
        update(invitation)
        .where(*match_assessment(invitation, key), IS_IDENTIFIABLE)
        .values(email=None, name=None, revision=invitation.c.revision + 1, **dict.fromkeys(SORT_KEYS, NAMELESS_PREFIX))
    )


def list_responses_with_answers(session: Session, key: AssessmentKey) -> Sequence[str]:
    """Return the ids of responses that have answers, in order."""
    return session.scalars(
        select(response.c.id).where(*match_assessment(response, key), HAS_ANSWERS).order_by(response.c.id)
    ).all()
