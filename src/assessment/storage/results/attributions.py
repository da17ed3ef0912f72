"""Attribution of changes since the previous wave: computed at the close, stored with the release, never updated."""

from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assessment.storage import tables
from assessment.storage.results.releases import Release

attribution = tables.attribution


class ReleaseAttribution(Struct, frozen=True):
    """Attribution of a release: the earlier release it was computed against, and its parts as JSON."""

    earlier_id: str
    earlier_number: int
    content: bytes


def add_attribution(session: Session, workspace_id: str, release: Release, entry: ReleaseAttribution) -> None:
    place = {"workspace_id": workspace_id, "assessment_id": release.assessment_id, "number": release.number}
    values = {name: getattr(entry, name) for name in ReleaseAttribution.__struct_fields__}
    session.execute(insert(attribution).values(**place, **values))


def find_attribution(session: Session, workspace_id: str, release: Release) -> ReleaseAttribution | None:
    """Return the attribution of a release, if there is one."""
    row = session.execute(
        select(*(attribution.c[name] for name in ReleaseAttribution.__struct_fields__)).where(
            attribution.c.workspace_id == workspace_id,
            attribution.c.assessment_id == release.assessment_id,
            attribution.c.number == release.number,
        )
    ).one_or_none()
    return None if row is None else ReleaseAttribution(**row._mapping)  # noqa: SLF001  # public despite its name
