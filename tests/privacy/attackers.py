"""All attacks together on one release, and what they found by name."""

from collections.abc import Iterable, Iterator

import numpy as np

from tests.privacy import count_attacks, distribution_search, linear_attacks, recomputation, spread_search, sum_search
from tests.privacy.findings import Finding, Kind
from tests.privacy.release import Background, Release


def findings(known: Background, release: Release, *, roster: bool = True) -> Iterator[Finding]:
    """Everything that searches and counts determine; `roster` as in the search of sums."""
    yield from sum_search.attack(known, release, roster=roster)
    yield from other_findings(known, release)


def other_findings(known: Background, release: Release) -> Iterator[Finding]:
    """Findings of the searches that need no roster."""
    yield from spread_search.attack(known, release)
    yield from distribution_search.attack(known, release)
    yield from count_attacks.attack(known, release)


def isolated(known: Background, release: Release, rng: np.random.Generator) -> list[linear_attacks.Isolated]:
    """Groups under k that linear algebra isolates, alone and with one insider drawn at random."""
    insider = int(rng.integers(len(known.answers)))
    return [*linear_attacks.attack(known, release), *linear_attacks.attack(known, release, insider)]


def leaks(known: Background, release: Release, rng: np.random.Generator) -> set[str]:
    """Return findings by the name of the attack."""
    return name_leaks(known, release, findings(known, release), isolated(known, release, rng))


def name_leaks(
    known: Background, release: Release, claims: Iterable[Finding], groups: Iterable[linear_attacks.Isolated]
) -> set[str]:
    """The same of what was found already."""
    found = {str(claim.kind) for claim in claims}
    if any(group.known for group in groups):
        found.add("isolated")
    if release.step and recomputation.differences(known.questionnaire, release.result):
        found.add("shows through")
    return found


def is_broken(known: Background, release: Release, rng: np.random.Generator) -> bool:
    """Return True if anything leaks that never may; the long search of sums comes last."""
    searches = (other_findings(known, release), sum_search.attack(known, release, roster=True))
    return (
        _has_worst(searches[0])
        or any(group.known for group in isolated(known, release, rng))
        or bool(release.step and recomputation.differences(known.questionnaire, release.result))
        or _has_worst(searches[1])
    )


def _has_worst(claims: Iterable[Finding]) -> bool:
    return any(claim.kind is not Kind.UNANIMOUS for claim in claims)


def worst(found: set[str]) -> set[str]:
    """Findings that must never occur: all but those of an insider where all others chose one end."""
    return found - {str(Kind.UNANIMOUS)}
