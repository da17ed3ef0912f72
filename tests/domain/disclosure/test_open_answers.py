"""The quick proof that a gap leaves answers open: never where the search finds that an answer is decided."""

import pytest

from assessment.domain.answers import AssessmentSettings
from assessment.domain.disclosure import decided_answers
from assessment.domain.disclosure.decided_answers import GapItems, get_window
from assessment.domain.method import score_answers
from assessment.domain.scoring.indices import gap_disclosure
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests.privacy.population import organisation

INSTRUMENT = load_questionnaire(find_shipped_folder() / "social-media-integration")


def record_gaps(monkeypatch, seed, k):
    """All gaps of an organisation, with the windows of their means."""
    gaps = []

    def record(guard, items, means):
        gaps.append((guard, items, means))
        return False

    monkeypatch.setattr(gap_disclosure, "must_hide_gap", record)
    score_answers(INSTRUMENT, organisation(INSTRUMENT, seed), AssessmentSettings(minimum_group=k))
    return gaps


@pytest.mark.parametrize("k", [3, 5])
def test_open_items_are_open_in_the_search_too(monkeypatch, k):
    proven = searched = 0
    for seed in range(180, 200):
        for guard, items, means in record_gaps(monkeypatch, seed, k):
            windows = tuple(get_window(guard, mean) for mean in means)
            gap = GapItems(items)
            for number, is_open in enumerate(decided_answers.find_open_items(items, windows)):
                searched += 1
                proven += is_open
                assert not (is_open and gap._decides_item(number, [windows], guard.minimum_group))

    assert proven > 0.4 * searched
