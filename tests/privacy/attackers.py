"""All attacks together on one release, and what they found by name."""

from collections.abc import Iterable, Iterator

import numpy as np

from tests.privacy import counting, linear, recomputation, shares, spreads, sums
from tests.privacy.findings import Finding, Kind
from tests.privacy.release import Background, Release


def findings(known: Background, release: Release, *, roster: bool = True) -> Iterator[Finding]:
    """Everything that searches and counts determine; `roster` as in the search of sums."""
    yield from sums.attack(known, release, roster=roster)
    yield from other_findings(known, release)


def other_findings(known: Background, release: Release) -> Iterator[Finding]:
    """What the searches find for which a roster makes no difference."""
    yield from spreads.attack(known, release)
    yield from shares.attack(known, release)
    yield from counting.attack(known, release)


def isolated(known: Background, release: Release, rng: np.random.Generator) -> list[linear.Isolated]:
    """Groups under k that linear algebra isolates, alone and with one insider drawn at random."""
    insider = int(rng.integers(len(known.answers)))
    return [*linear.attack(known, release), *linear.attack(known, release, insider)]


def leaks(known: Background, release: Release, rng: np.random.Generator) -> set[str]:
    """What is found, by the name of the attack."""
    return name_leaks(known, release, findings(known, release), isolated(known, release, rng))


def name_leaks(
    known: Background, release: Release, claims: Iterable[Finding], groups: Iterable[linear.Isolated]
) -> set[str]:
    """The same of what was found already."""
    found = {str(claim.kind) for claim in claims}
    if any(group.known for group in groups):
        found.add("isolated")
    if release.step and recomputation.differences(known.questionnaire, release.result):
        found.add("shows through")
    return found


def is_broken(known: Background, release: Release, rng: np.random.Generator) -> bool:
    """Whether anything leaks that never may; the long search of sums comes last and stops at its first finding."""
    searches = (other_findings(known, release), sums.attack(known, release, roster=True))
    return (
        _has_worst(searches[0])
        or any(group.known for group in isolated(known, release, rng))
        or bool(release.step and recomputation.differences(known.questionnaire, release.result))
        or _has_worst(searches[1])
    )


def _has_worst(claims: Iterable[Finding]) -> bool:
    return any(claim.kind is not Kind.UNANIMOUS for claim in claims)


def worst(found: set[str]) -> set[str]:
    """What must never be found: all but what an insider sees where the others are of one mind at an end."""
    return found - {str(Kind.UNANIMOUS)}
