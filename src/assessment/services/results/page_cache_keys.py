"""Cache key of a rendered results page: it changes with everything that the page shows."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.errors import NotFoundError
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.results import page_versions
from assessment.storage.results.page_versions import PageVersion


def make_page_key(session: Session, assessment: Assessment, *reader: str) -> bytes:
    """Make the key from the database, in a few small selects; the release itself is not read.

    `reader` has the languages and rights that the page depends on.

    Questionnaire and attribution of changes are stored with a release and never change.
    """
    earlier = _find_earlier_wave(session, assessment)
    parts = [
        (wave, page_versions.load_page_version(session, wave.key)) for wave in (assessment, earlier) if wave is not None
    ]
    return encode_page_key(reader, parts)


def encode_page_key(reader: tuple[str, ...], parts: Sequence[tuple[Assessment, PageVersion]]) -> bytes:
    """Encode the key of a page of an assessment, and of the wave before it if there is one."""
    return msgspec.json.encode((reader, parts))


def _find_earlier_wave(session: Session, assessment: Assessment) -> Assessment | None:
    if assessment.wave_of is None:
        return None
    try:
        return assessments.find_assessment(session, AssessmentKey(assessment.workspace_id, assessment.wave_of))
    except NotFoundError:
        return None
