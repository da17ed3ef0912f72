"""Cached reports of the server on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assessment.settings import Settings


def evict_reports(current_settings: Settings, assessment_ids: Iterable[str]) -> None:
    """Delete cached reports after an erasure: they may quote comments. Other machines delete theirs within a week."""
    from assessment.services.reports.render_pool import CACHE_FOLDER
    from assessment.services.reports.report_cache import MAX_CACHE_BYTES, ReportCache

    cache = ReportCache(current_settings.data / CACHE_FOLDER, MAX_CACHE_BYTES)
    for assessment_id in assessment_ids:
        cache.delete_all(assessment_id)
