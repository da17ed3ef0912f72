"""Releases of attributable assessments without the list of careless respondents; mails to consultants without remains.

The list has names or addresses, and stayed after an erasure. The text of a mail that was sent has those of clients and
assessments; it belongs to no assessment, so erasing a client left it.

The digest is that of the content that is left. What reports contain was always without the list, so the content is
encoded as it was for them (`strip_careless_log`): an earlier report has the same bytes as the release has now.
"""

import hashlib

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEY = ("workspace_id", "assessment_id", "number")
RELEASE = sa.table("release", *(sa.column(name) for name in (*KEY, "content", "digest")))


MAILING, OUTBOX = (
    sa.table(name, *map(sa.column, columns))
    for name, columns in (
        ("mailing", ("workspace_id", "id", "assessment_id")),
        ("outbox", ("workspace_id", "mailing_id")),
    )
)


def upgrade() -> None:
    connection = op.get_bind()
    for key in connection.execute(sa.select(*(RELEASE.c[name] for name in KEY))).all():
        here = [RELEASE.c[name] == value for name, value in zip(KEY, key, strict=True)]
        content = _remove_names(connection.execute(sa.select(RELEASE.c.content).where(*here)).scalar_one())
        if content is not None:
            digest = hashlib.sha256(content).hexdigest()
            connection.execute(sa.update(RELEASE).where(*here).values(content=content, digest=digest))
    unsent = sa.exists().where(OUTBOX.c.workspace_id == MAILING.c.workspace_id, OUTBOX.c.mailing_id == MAILING.c.id)
    connection.execute(sa.delete(MAILING).where(MAILING.c.assessment_id.is_(None), ~unsent))


def _remove_names(content: bytes | str) -> bytes | None:
    """Return the content without names; None if it has none."""
    try:
        figures = msgspec.json.decode(content)
        respondents = figures["respondents"]
        if not respondents["careless_log"]:
            return None
    except (msgspec.DecodeError, LookupError, TypeError):  # rows of a test, or of a format before the first release
        return None
    respondents["careless_log"] = None
    return msgspec.json.encode(figures)
