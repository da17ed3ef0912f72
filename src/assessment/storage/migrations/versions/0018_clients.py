"""Contacts and archiving of clients, archiving of assessments, more settings of a workspace, figures of releases."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("contact_name", sa.String(), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("contact_email", sa.String(), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("archived_on", sa.Date(), nullable=True))
    op.add_column("organisation", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("organisation", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("assessment", sa.Column("archived_on", sa.Date(), nullable=True))
    op.add_column("workspace", sa.Column("logo", sa.LargeBinary(), nullable=True))
    op.add_column("workspace", sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("workspace", sa.Column("sender_name", sa.String(), nullable=False, server_default=""))
    op.add_column("workspace", sa.Column("retention_months", sa.Integer(), nullable=True))
    op.add_column("release", sa.Column("overall_score", sa.Float(), nullable=True))
    op.add_column("release", sa.Column("overall_level", sa.Integer(), nullable=True))
    _copy_figures()


def _copy_figures() -> None:
    """Copy score and level of each published result to the new columns, one result after the other."""
    release = sa.table(
        "release",
        *(sa.column(name) for name in ("assessment_id", "number", "content", "overall_score", "overall_level")),
    )
    connection = op.get_bind()
    for assessment_id, number in connection.execute(sa.select(release.c.assessment_id, release.c.number)).all():
        here = (release.c.assessment_id == assessment_id, release.c.number == number)
        content = connection.execute(sa.select(release.c.content).where(*here)).scalar_one()
        overall = _read_overall(content)
        connection.execute(
            sa.update(release)
            .where(*here)
            .values(overall_score=overall.get("score"), overall_level=overall.get("level"))
        )


def _read_overall(content: bytes | str) -> dict[str, float | None]:
    try:
        overall = json.loads(content)["overall"]
    except (ValueError, LookupError, TypeError):  # rows of a test, or of a format before the first release
        return {}
    return overall if isinstance(overall, dict) else {}
