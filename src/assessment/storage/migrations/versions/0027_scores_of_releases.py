"""Scores of functions next to each release, and an index of its score and level.

Lists of clients and ranks among them read neither the content of a release nor the row that has it.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEY = ("workspace_id", "assessment_id", "number")
RELEASE = sa.table(
    "release",
    *(sa.column(name) for name in (*KEY, "content")),
    sa.column("function_scores", sa.JSON()),
)


def upgrade() -> None:
    op.add_column("release", sa.Column("function_scores", sa.JSON(), nullable=False, server_default="{}"))
    _copy_scores()
    op.create_index("ix_release_overall", "release", [*KEY, "overall_score", "overall_level"])


def _copy_scores() -> None:
    """Copy the scores of functions of each release to the new column, one release after the other."""
    connection = op.get_bind()
    for key in connection.execute(sa.select(*(RELEASE.c[name] for name in KEY))).all():
        here = [RELEASE.c[name] == value for name, value in zip(KEY, key, strict=True)]
        content = connection.execute(sa.select(RELEASE.c.content).where(*here)).scalar_one()
        connection.execute(sa.update(RELEASE).where(*here).values(function_scores=_read_scores(content)))


def _read_scores(content: bytes | str) -> dict[str, float | None]:
    try:
        functions = json.loads(content)["functions"]
    except (ValueError, LookupError, TypeError):  # rows of a test, or of a format before the first release
        return {}
    if not isinstance(functions, dict):
        return {}
    return {name: function.get("score") for name, function in functions.items() if isinstance(function, dict)}
