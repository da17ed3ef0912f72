"""Key of an assessment in the database."""

from typing import NamedTuple


class AssessmentKey(NamedTuple):
    """Ids that every query on one assessment needs: without its workspace, an id reaches no row."""

    workspace_id: str
    assessment_id: str
