"""Personal data of one invited person: selected for an export, deleted for an erasure.

Hashes of links, cookies and codes are left out of an export: they contain no information about the person.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.orm import Session

from assessment.i18n.collation import NAMELESS_PREFIX
from assessment.storage import tables
from assessment.storage.survey import responses
from assessment.storage.survey.packed_answers import PACKED_COLUMNS

invitation = tables.invitation
link = tables.invitation_link
response = tables.response
respondent_session = tables.respondent_session
section_time = tables.section_time
answer = tables.answer
basis = tables.basis
mark = tables.mark
voice = tables.voice

outbox = tables.outbox
recipient = tables.mailing_recipient
role_report = tables.role_report

SECRET_HASHES = {"token_hash", "cookie_hash", "code_hash", "withdraw_hash", "payload", "lease_id"}
SORT_KEYS = {"sort_key", "sort_key_es"}  # made of the name
HIDDEN_COLUMNS = SECRET_HASHES | SORT_KEYS | set(PACKED_COLUMNS)  # packed are only answers without an invitation


def load_invitation(session: Session, workspace_id: str, invitation_id: str) -> dict[str, Any]:
    """Return all columns of an invitation."""
    return _load_rows(session, invitation, workspace_id, invitation.c.id, [invitation_id])[0]


def list_links(session: Session, workspace_id: str, invitation_id: str) -> list[dict[str, Any]]:
    return _load_rows(session, link, workspace_id, link.c.invitation_id, [invitation_id])


def list_role_reports(session: Session, workspace_id: str, invitation_id: str) -> list[dict[str, Any]]:
    """Return the person's report of a wrong role."""
    return _load_rows(session, role_report, workspace_id, role_report.c.invitation_id, [invitation_id])


def list_mails(session: Session, workspace_id: str, invitation_id: str) -> list[dict[str, Any]]:
    """Return the mails to an invitation that are stored, without their encrypted content."""
    return _load_rows(session, outbox, workspace_id, outbox.c.invitation_id, [invitation_id])


def list_responses(session: Session, workspace_id: str, invitation_id: str) -> list[dict[str, Any]]:
    """Return all drafts and responses of an invitation; anonymous responses are linked to none."""
    return _load_rows(session, response, workspace_id, response.c.invitation_id, [invitation_id])


def load_response(session: Session, workspace_id: str, response_id: str) -> dict[str, Any]:
    """Return a response that was imported from a file."""
    return _load_rows(session, response, workspace_id, response.c.id, [response_id])[0]


def list_response_parts(session: Session, workspace_id: str, response_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that belong to a response, by kind."""
    columns = {
        "browsers": respondent_session.c.response_id,
        "section_times": section_time.c.response_id,
        "answers": answer.c.response_id,
        "copies": basis.c.response_id,
        "released_comments": voice.c.response_id,
    }
    return {
        name: _load_rows(session, column.table, workspace_id, column, [response_id]) for name, column in columns.items()
    }


def erase_invitation(session: Session, workspace_id: str, invitation_id: str) -> None:
    """Delete answers, snapshots, sessions, links, mails and role report of an invitation, and its name and address.

    The empty invitation stays, because it counts among the invited.
    """
    for row in list_responses(session, workspace_id, invitation_id):
        responses.erase_response(session, workspace_id, row["id"])
        session.execute(
            delete(respondent_session).where(
                respondent_session.c.workspace_id == workspace_id, respondent_session.c.response_id == row["id"]
            )
        )
    session.execute(delete(link).where(link.c.workspace_id == workspace_id, link.c.invitation_id == invitation_id))
    for table in (recipient, outbox, role_report):
        session.execute(
            delete(table).where(table.c.workspace_id == workspace_id, table.c.invitation_id == invitation_id)
        )
    session.execute(
        update(invitation)
        .where(invitation.c.workspace_id == workspace_id, invitation.c.id == invitation_id)
        .values(email=None, name=None, revision=invitation.c.revision + 1, **dict.fromkeys(SORT_KEYS, NAMELESS_PREFIX))
    )


def erase_marks(session: Session, workspace_id: str, names: Collection[bytes]) -> None:
    """Delete the anonymous marks of an invitation."""
    session.execute(delete(mark).where(mark.c.workspace_id == workspace_id, mark.c.name.in_(names)))


def _load_rows(
    session: Session, table: Table, workspace_id: str, column: Column[Any], values: Collection[str]
) -> list[dict[str, Any]]:
    visible = [table_column for table_column in table.columns if table_column.name not in HIDDEN_COLUMNS]
    keys = list(table.primary_key.columns)
    rows = session.execute(
        select(*visible).where(table.c.workspace_id == workspace_id, column.in_(values)).order_by(*keys)
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001  # public despite its name
