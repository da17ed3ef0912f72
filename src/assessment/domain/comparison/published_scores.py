"""Published scores of the earlier wave, and why they differ from its scores in a comparison."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from assessment.domain.comparison.waves import Wave, get_item_identity
from assessment.domain.scoring.figure_paths import list_results_by_path
from assessment.domain.scoring.rescoring import get_settings, list_item_results

RescoringReason: TypeAlias = Literal["items", "hidden", "weights", "rounding"]


def list_published_scores(wave: Wave) -> dict[str, float]:
    """Scores of a wave as its own report published them, by path."""
    return {path: part.score for path, part in list_results_by_path(wave.result).items() if part.score is not None}


def find_rescoring_reasons(earlier: Wave, later: Wave) -> tuple[RescoringReason, ...]:
    """Reasons why the earlier wave's scores may differ from the published ones in a comparison.

    `items`: one wave asked items that the other did not; `hidden`: one wave shows items that the other hides;
    `weights`: functions weigh differently. Without these, `rounding`: item scores are published rounded.
    """
    return tuple(_find_reasons(earlier, later)) or ("rounding",)


def _find_reasons(earlier: Wave, later: Wave) -> Iterator[RescoringReason]:
    asked = [{get_item_identity(item) for item in wave.questionnaire.items} for wave in (earlier, later)]
    if asked[0] != asked[1]:
        yield "items"
    common = [_list_shown_items(wave) & asked[0] & asked[1] for wave in (earlier, later)]
    if common[0] != common[1]:
        yield "hidden"
    if get_settings(earlier.result).weights != get_settings(later.result).weights:
        yield "weights"


def _list_shown_items(wave: Wave) -> set[tuple[str, int]]:
    results = list_item_results(wave.result)
    return {
        get_item_identity(item)
        for item in wave.questionnaire.items
        if item.id in results and results[item.id].score is not None
    }
