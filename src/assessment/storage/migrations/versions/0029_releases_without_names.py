"""Releases of attributable assessments without the list of careless respondents, which has their names or addresses.

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


def upgrade() -> None:
    connection = op.get_bind()
    for key in connection.execute(sa.select(*(RELEASE.c[name] for name in KEY))).all():
        here = [RELEASE.c[name] == value for name, value in zip(KEY, key, strict=True)]
        content = _remove_names(connection.execute(sa.select(RELEASE.c.content).where(*here)).scalar_one())
        if content is not None:
            digest = hashlib.sha256(content).hexdigest()
            connection.execute(sa.update(RELEASE).where(*here).values(content=content, digest=digest))


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
