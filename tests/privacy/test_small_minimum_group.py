"""The attack on one release with the smallest minimum group: k = 3 is attacked like k = 5 (method 6.12).

Less is hidden then, so that some answers can be worked out, mostly by someone who took part. The start page and
`docs/privacy.md` say so, with a number that is checked here.
"""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.disclosure.guard import SMALLEST_MINIMUM_GROUP
from tests.privacy import attackers
from tests.privacy.conftest import EVERYDAY, SOAK
from tests.privacy.findings import Kind
from tests.privacy.mutants import MUTANTS, intact
from tests.privacy.release import background

FEW = 40  # organisations of every day
MOST = 0.1  # of these: organisations with an answer that can be worked out
MOST_SOAK = 0.05  # "fewer than 1 of 20" on the start page
RULES = ("rounding off", "threshold k", "hidden items used above", "counts by role within a function")


@pytest.fixture(scope="module")
def hostile(questionnaire):
    """The questionnaire with the smallest minimum group that may be set."""
    return replace(questionnaire, disclosure=replace(questionnaire.disclosure, minimum_group=SMALLEST_MINIMUM_GROUP))


@pytest.fixture
def find_leaks(monkeypatch, hostile, organisation):
    """Attack an organisation; return what is found besides sums of small groups and unanimous extremes."""

    def find_leaks(seed, layer=intact):
        answers = organisation(seed)
        with monkeypatch.context() as patched:
            release = layer(patched, hostile, answers)
        known = background(hostile, answers, SMALLEST_MINIMUM_GROUP)
        found = attackers.leaks(known, release, np.random.default_rng(seed))
        return attackers.worst(found) - {str(Kind.GROUP)}

    return find_leaks


def test_attack_with_smallest_minimum_group_infers_answers_in_few_organisations(
    find_leaks, organisations, record_testsuite_property
):
    number = FEW if organisations == EVERYDAY else SOAK

    leaks = {seed: found for seed in range(number) if (found := find_leaks(seed))}

    record_testsuite_property("privacy, k = 3", f"{len(leaks)} of {number} organisations: {leaks}")
    assert len(leaks) <= (MOST if number == FEW else MOST_SOAK) * number
    assert all(found == {str(Kind.ANSWER)} for found in leaks.values())  # nobody isolated, nothing shows through


@pytest.mark.parametrize("name", RULES)
def test_attack_with_smallest_minimum_group_detects_disabled_rule(find_leaks, name):
    assert any(find_leaks(seed, MUTANTS[name]) and not find_leaks(seed) for seed in range(FEW))
