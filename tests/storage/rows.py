"""Rows to begin with, without the services."""

from sqlalchemy import insert, select

from assessment.domain.survey.answer import Answer
from assessment.storage import database, tables
from assessment.storage.answer_writer import AnswerSave

WORKSPACE = "workspace-1"
ASSESSMENT = "assessment-1"


def insert_assessment(session, now):
    """One open assessment in one workspace."""
    session.execute(insert(tables.workspace).values(id=WORKSPACE, name="Alice & Co", created_at=now))
    session.execute(
        insert(tables.organisation).values(id="organisation-1", workspace_id=WORKSPACE, name="Acme", created_at=now)
    )
    session.execute(insert(tables.published_questionnaire).values(id="q", version="1.0.0", digest="d", content=b"{}"))
    session.execute(
        insert(tables.assessment).values(
            id=ASSESSMENT,
            workspace_id=WORKSPACE,
            organisation_id="organisation-1",
            title="First",
            asker="Alice",
            language="en",
            questionnaire_id="q",
            questionnaire_version="1.0.0",
            questionnaire_digest="d",
            state="open",
            confidentiality="confidential",
            mode="survey",
            minimum_group=5,
            weights={},
            targets={},
            contacts={},
            importance={},
            created_at=now,
            revision=1,
        )
    )


def insert_delivery(session, due):
    """One event for a webhook, queued."""
    where = {"workspace_id": WORKSPACE, "created_at": due}
    session.execute(
        insert(tables.webhook).values(id="w", url="https://hooks.example.org", events="x", secret=b"s", **where)
    )
    session.execute(
        insert(tables.webhook_delivery).values(
            id="d", webhook_id="w", event_id="e", event="assessment.opened", payload=b"p", not_before=due, **where
        )
    )


def insert_bulk_job(session, created_at):
    """One large request, queued."""
    session.execute(
        insert(tables.bulk_job).values(
            id="j",
            workspace_id=WORKSPACE,
            assessment_id=ASSESSMENT,
            kind="invitations",
            state="queued",
            actor="a",
            created_at=created_at,
        )
    )


def insert_response(session, response_id, **values):
    """One more respondent."""
    session.execute(
        insert(tables.response).values(
            {
                "id": response_id,
                "workspace_id": WORKSPACE,
                "assessment_id": ASSESSMENT,
                "role": "leader",
                "functions": "sales",
                "language": "en",
                "state": "started",
            }
            | values
        )
    )


def make_save(item="A1", value="3", sequence=1, now=None, *, reason="", evidence="", base=None, **place):
    """One answer to keep."""
    answer = Answer(value, reason, evidence, sequence, base)
    home = {"workspace_id": WORKSPACE, "response_id": "response-1", "saved_at": now}
    return AnswerSave(item=item, answer=answer, **(home | place))


def load_answers(engine):
    """All answers: (response, item) to (value, sequence)."""
    answer = tables.answer
    with database.read_session(engine) as session:
        rows = session.execute(select(answer.c.response_id, answer.c.item_id, answer.c.value, answer.c.sequence)).all()
    return {(who, item): (value, sequence) for who, item, value, sequence in rows}
