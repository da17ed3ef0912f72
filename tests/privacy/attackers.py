"""All attacks together on one release, and what they found by name."""

from collections.abc import Iterator

import numpy as np

from tests.privacy import counting, linear, recomputation, shares, spreads, sums
from tests.privacy.findings import Finding, Kind
from tests.privacy.release import Background, Release


def findings(known: Background, release: Release, *, roster: bool = True) -> Iterator[Finding]:
    """Everything that searches and counts determine; `roster` as in the search of sums."""
    yield from sums.attack(known, release, roster=roster)
    yield from spreads.attack(known, release)
    yield from shares.attack(known, release)
    yield from counting.attack(known, release)


def isolated(known: Background, release: Release, rng: np.random.Generator) -> list[linear.Isolated]:
    """Groups under k that linear algebra isolates, alone and with one insider drawn at random."""
    insider = int(rng.integers(len(known.answers)))
    return [*linear.attack(known, release), *linear.attack(known, release, insider)]


def leaks(known: Background, release: Release, rng: np.random.Generator) -> set[str]:
    """What is found, by the name of the attack."""
    found = {str(finding.kind) for finding in findings(known, release)}
    if any(group.known for group in isolated(known, release, rng)):
        found.add("isolated")
    if release.step and recomputation.differences(known.questionnaire, release.result):
        found.add("shows through")
    return found


def worst(found: set[str]) -> set[str]:
    """What must never be found: all but what an insider sees where the others are of one mind at an end."""
    return found - {str(Kind.UNANIMOUS)}
