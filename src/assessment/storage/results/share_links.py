"""Links by which clients read a published report."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.storage import tables

share_link = tables.share_link


class ShareLink(Struct, frozen=True):
    """A link without its token."""

    id: str
    workspace_id: str
    report_id: str
    note: str
    audiences: list[str]
    formats: list[str]
    password_hash: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    viewed: int
    downloaded: int
    last_used_on: date | None

    def is_live(self, now: datetime) -> bool:
        """Return whether it opens anything at this time."""
        return self.revoked_at is None and now < self.expires_at


COLUMNS = [share_link.c[name] for name in ShareLink.__struct_fields__]


def find_link_by_hash(session: Session, token_hash: bytes) -> ShareLink:
    """Return the link of a token; `NotFoundError` if there is none."""
    row = session.execute(select(*COLUMNS).where(share_link.c.token_hash == token_hash)).one_or_none()
    if row is None:
        raise NotFoundError
    return ShareLink(**row._mapping)  # noqa: SLF001  # public despite its name


def find_link(session: Session, workspace_id: str, report_id: str, link_id: str) -> ShareLink:
    """Return a link of a report; `NotFoundError` if there is none."""
    row = session.execute(
        select(*COLUMNS).where(
            share_link.c.workspace_id == workspace_id, share_link.c.report_id == report_id, share_link.c.id == link_id
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return ShareLink(**row._mapping)  # noqa: SLF001  # public despite its name


def has_live_link(session: Session, token_hash: bytes, now: datetime) -> bool:
    """Return whether a token opens anything at this time."""
    report = tables.published_report
    row = session.execute(
        select(share_link.c.id)
        .join(report, (report.c.workspace_id == share_link.c.workspace_id) & (report.c.id == share_link.c.report_id))
        .where(
            share_link.c.token_hash == token_hash,
            share_link.c.revoked_at.is_(None),
            share_link.c.expires_at > now,
            report.c.withdrawn_at.is_(None),
        )
    ).one_or_none()
    return row is not None


def list_links(session: Session, workspace_id: str, report_ids: Sequence[str]) -> Sequence[ShareLink]:
    """List the links of reports, the newest first."""
    rows = session.execute(
        select(*COLUMNS)
        .where(share_link.c.workspace_id == workspace_id, share_link.c.report_id.in_(report_ids))
        .order_by(share_link.c.created_at.desc(), share_link.c.id)
    )
    return [ShareLink(**row._mapping) for row in rows]  # noqa: SLF001  # public despite its name


def add_link(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a link."""
    session.execute(insert(share_link).values(**values))


def revoke_link(session: Session, link: ShareLink, now: datetime) -> None:
    """Revoke a link; the time of the first revocation stays."""
    session.execute(
        update(share_link)
        .where(
            share_link.c.workspace_id == link.workspace_id,
            share_link.c.id == link.id,
            share_link.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def count_use(session: Session, link: ShareLink, today: date, *, is_download: bool) -> None:
    """Count a view of the page or a download; nothing is stored about who it was."""
    column = share_link.c.downloaded if is_download else share_link.c.viewed
    session.execute(
        update(share_link)
        .where(share_link.c.workspace_id == link.workspace_id, share_link.c.id == link.id)
        .values({column: column + 1, share_link.c.last_used_on: today})
    )
