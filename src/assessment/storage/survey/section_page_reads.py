"""Prepared selects of a section page: a respondent's answers, and other content of the page."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, Select, String, bindparam, exists, func, or_, select

from assessment.domain.closed_sets import DeliveryMode
from assessment.domain.survey.answer import SavedAnswer
from assessment.storage import tables
from assessment.storage.columns import match_in_workspace
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.survey.responses import OWN_SECTION, SELECT_ANSWERS

invitation, link, entry = tables.invitation, tables.invitation_link, tables.audit_entry


class PageFacts(Struct, frozen=True):
    """Facts about a page and its invitation; `is_replaced`: it replaces another one, or is replaced by one."""

    is_displayed: bool
    is_replaced: bool
    announced_links: int


class SectionPageReads:
    """Selects of section pages on the event loop's connection; raise `UnavailableError` if that would block."""

    def __init__(self, connection: EventLoopConnection, engine: Engine) -> None:
        self._answers = PreparedRead(connection, engine, SELECT_ANSWERS, SavedAnswer)
        self._facts = PreparedRead(connection, engine, _select_facts(), PageFacts)

    async def load_answers(self, workspace_id: str, response_id: str) -> dict[str, SavedAnswer]:
        """Return stored answers by item id, cleared ones included."""
        rows = await self._answers.list_rows(of_workspace=workspace_id, of_response=response_id)
        return {item: SavedAnswer(*content, item=item, saved_at=saved_at) for item, *content, saved_at in rows}

    async def load_facts(
        self, workspace_id: str, response_id: str, section: str, invitation_id: str, mailed: str
    ) -> PageFacts:
        """Return the facts; `mailed` is the audit action of a link that was sent again."""
        rows = await self._facts.list_rows(
            of_workspace=workspace_id,
            of_response=response_id,
            of_section=section,
            of_invitation=invitation_id,
            mailed=mailed,
        )
        return PageFacts(bool(rows[0][0]), bool(rows[0][1]), rows[0][2])


def _select_facts() -> Select[Any]:
    workspace = bindparam("of_workspace", type_=String())
    this = bindparam("of_invitation", type_=String())
    of_workspace = invitation.c.workspace_id == workspace
    replaces = exists().where(of_workspace, invitation.c.id == this, invitation.c.replaces.is_not(None))
    later = invitation.alias("later")
    is_replaced = exists().where(later.c.workspace_id == workspace, later.c.replaces == this)
    handed_out = (
        select(func.count())
        .select_from(link)
        .join(invitation, match_in_workspace(invitation.c.id, link.c.invitation_id))
        .where(
            link.c.workspace_id == workspace,
            link.c.invitation_id == this,
            invitation.c.deliver == DeliveryMode.LINK,
        )
        .scalar_subquery()
    )
    mailed_again = (
        select(func.count())
        .select_from(entry)
        .where(
            entry.c.workspace_id == workspace,
            entry.c.subject == this,
            entry.c.action == bindparam("mailed", type_=String()),
        )
        .scalar_subquery()
    )
    return select(
        exists().where(*OWN_SECTION).label("is_displayed"),
        or_(replaces, is_replaced).label("is_replaced"),
        (handed_out + mailed_again).label("announced_links"),
    )
