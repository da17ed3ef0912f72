"""Attacks on counts: who said "I don't know", who has a red flag, what one more person added.

No search is needed: where as many said it as could have, each of them did.
"""

from collections.abc import Iterator

from tests.privacy.findings import Finding, Kind
from tests.privacy.release import Background, Release, shown_items

FIVE = 5  # people at least among whom half is told from some


def attack(known: Background, release: Release) -> Iterator[Finding]:
    """Find people who surely said "I don't know", and surely carry a red flag."""
    yield from unsure(known, release)
    yield from flagged(known, release)


def unsure(known: Background, release: Release) -> Iterator[Finding]:
    """Find roles that said "I don't know" to the last person."""
    for shown in shown_items(known, release):
        asked = known.asked[:, shown.column]
        for role, name in enumerate(known.roles):
            if release.by_role is None:
                most = int(asked.sum() - (shown.item.n or 0))  # all who gave no number might be of this role
                said, could = (int(asked[role]), 0) if shown.item.dk and most < asked[role] else (0, 1)
            else:
                said, could = release.by_role[shown.id][name][1], int(asked[role])
            if said and said == could:
                yield Finding(Kind.ANSWER, f"{shown.id} (I don't know)", name, said, said)


def flagged(known: Background, release: Release) -> Iterator[Finding]:
    """Find red flags that are surely someone's, for people who carry one and for people who do not.

    "None" is said openly. Beyond that nothing must follow, not even for an insider.
    """
    index = known.questionnaire.indices.set_up_to_fail
    found = release.result.indices.set_up_to_fail
    if found is None or found.red_flags_band in (None, "none", 0):
        return
    numeric = known.answers.values[:, [known.column(index.red_flag.authority), known.column(index.red_flag.support)]]
    people = int((numeric >= 0).all(axis=1).sum())
    counts = _counts(found.red_flags_band, people)
    for insider in (None, 0, 1):
        others = people - (insider is not None)
        possible = {count - (insider or 0) for count in counts} & set(range(others + 1))
        if len(possible) == 1 and possible <= {0, others}:
            who = None if insider is None else (index.red_flag.authority, insider)
            yield Finding(Kind.ANSWER, "red flags", "", others, possible.pop(), who)


def _counts(said: str | int, people: int) -> set[int]:
    """How many flags can stand behind what is said of them."""
    if isinstance(said, int):
        return {said}
    if people < FIVE:
        return set(range(1, people + 1))
    return {n for n in range(1, people + 1) if (2 * n >= people) is (said == "half or more")}


def newcomer(before: Release, after: Release, known: Background) -> Iterator[str]:
    """Items to which the one person between two releases surely said "I don't know"."""
    earlier = {shown.id: shown.item for shown in shown_items(known, before)}
    for shown in shown_items(known, after):
        if shown.id in earlier and (shown.item.dk or 0) > (earlier[shown.id].dk or 0):
            yield shown.id
