"""An attacker who invites: invented respondents next to real ones, several closes, people moved to another function.

The attacker knows all answers of the invented, who is in the team with which role, and who answered what with a number.
Of the real people nothing else. For each item every way in which they can have answered is tried against all releases;
an answer is revealed where one value of it is left.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from assessment.domain.answers import NOT_ASKED, RUNG_COUNT, Answers, AnswerValues, AssessmentSettings, BoolArray
from assessment.domain.disclosure import invited_people, republication
from assessment.domain.disclosure.invited_people import InvitedPerson
from assessment.domain.disclosure.republication import NO_REPLACEMENTS, ReplacementCounts
from assessment.domain.method import score_figures
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.result import ItemResult, Result
from assessment.domain.survey.routing import build_asked_matrix

DOMAIN = "example.org"
PER_TEAM = 10  # real answers attacked in a team
SLOW = 20.0  # seconds per answer: nobody is careless
CLOSES = 10
MANY = 6  # people replaced at once
ATTEMPTS = 4


class Scenario(Struct, frozen=True):
    """How real and invented people were invited: the invented before the opening or `late`, by hand or by mail.

    `invented_address`: where the server mails the invented, with their name in it; None: by hand.
    """

    domains: tuple[str, ...]
    late: bool
    invented_address: str | None = None
    is_revoked: bool = False


BEFORE = Scenario((), late=False)
LATE = Scenario((), late=True)
LATE_LIST = Scenario((), late=True, invented_address="{name}@elsewhere.example")
OUTSIDE = Scenario((DOMAIN,), late=False)
ELSEWHERE = Scenario((DOMAIN,), late=False, invented_address=f"{{name}}@sub.{DOMAIN}")
# The attacker is one person at the client, and invites the own mailbox again and again.
ONE_MAILBOX = Scenario((DOMAIN,), late=False, invented_address=f"mallory+{{name}}@{DOMAIN}")
REVOKED = Scenario((DOMAIN,), late=False, invented_address="{name}@elsewhere.example", is_revoked=True)


class Team(Struct, frozen=True):
    """Real people, the victim first, and after them the invented, all in one function."""

    answers: Answers
    real: int
    invitations: tuple[InvitedPerson, ...]
    scenario: Scenario

    def with_invented(self, values: AnswerValues) -> Answers:
        """Let the invented answer so: a row for each of them."""
        changed = self.answers.values.copy()
        asked = changed[self.real :] != NOT_ASKED
        changed[self.real :] = np.where(asked, values, NOT_ASKED)
        return replace(self.answers, values=changed, counts=self.counts)

    @property
    def counts(self) -> BoolArray:
        """Return the people who count, by the rule under test."""
        counting = invited_people.find_counting_invitations(self.invitations, self.scenario.domains)
        return np.asarray([person.id in counting for person in self.invitations], dtype=np.bool_)


class Seen(Struct, frozen=True):
    """One release, with the answers of the invented behind it, and whether the victim's were part of it."""

    answers: Answers
    result: Result
    with_victim: bool


class TakingPart(Struct, frozen=True):
    """The real people and one response of the attacker's own, and a release for each way to answer it."""

    team: Team
    releases: tuple[Seen, ...]


def draw_team(
    questionnaire: Questionnaire, seed: int, real: int, invented: int, scenario: Scenario, *, alone: bool = True
) -> Team:
    """Draw a team; the victim is `alone` in the role, and the invented are in another one."""
    rng = np.random.default_rng((seed, real, invented))
    roles = [role.id for role in questionnaire.roles]
    victim = roles[seed % len(roles)]
    others = [role for role in roles if role != victim]
    weights = {role.id: role.weight for role in questionnaire.roles}
    lightest = min((role for role in others if role != "leader"), key=lambda role: weights[role])
    people = [victim, *rng.choice(others if alone else roles, real - 1), *([lightest] * invented)]
    members = np.zeros((len(people), len(questionnaire.functions)), dtype=np.bool_)
    members[:, 0] = True
    asked = build_asked_matrix(questionnaire, people, members)
    values = rng.integers(0, RUNG_COUNT, asked.shape).astype(np.int8)
    for column, item in enumerate(questionnaire.items):
        if item.kind is Kind.CHOICE:
            values[:, column] = 0
    answers = Answers(
        respondents=tuple(f"r{number}" for number in range(len(people))),
        roles=tuple(str(role) for role in people),
        functions=members,
        seconds=SLOW * asked.sum(axis=1),
        values=np.where(asked, values, NOT_ASKED).astype(np.int8),
    )
    return Team(answers, real, tuple(_invitations(answers, real, scenario)), scenario)


def _invitations(answers: Answers, real: int, scenario: Scenario) -> Iterator[InvitedPerson]:
    """Real people by mail where domains are named; the invented as the scenario has it."""
    for row, name in enumerate(answers.respondents):
        is_real = row < real
        address = f"{{name}}@{DOMAIN}" if is_real else scenario.invented_address
        is_mailed = bool(scenario.domains) if is_real else address is not None
        yield InvitedPerson(
            id=name,
            role=answers.roles[row],
            functions=("first",),
            email=(address or f"{{name}}@{DOMAIN}").format(name=name),
            deliver="mail" if is_mailed else "link",
            is_late=scenario.late and not is_real,
            is_revoked=scenario.is_revoked and not is_real,
        )


def find_disclosed_answers(
    questionnaire: Questionnaire,
    team: Team,
    minimum_group: int,
    scripts: Collection[str],
    *,
    without_own: bool = False,
) -> tuple[int, int]:
    """Return how many of the victim's answers are revealed by any script, and how many were attacked.

    `without_own`: count only those that the attacker could not see with one response, without inventing anyone.
    """
    columns = list_attacked(questionnaire, team)
    settings = AssessmentSettings(minimum_group=minimum_group)
    seen = [list(publish_releases(questionnaire, team, settings, SCRIPTS[script])) for script in scripts]
    found = [column for column in columns if any(is_revealed(questionnaire, team, each, column) for each in seen)]
    if without_own and found:
        known = publish_with_own_response(questionnaire, team, settings)
        found = [column for column in found if not is_seen_by_taking_part(questionnaire, known, column)]
    return len(found), len(columns)


def publish_with_own_response(questionnaire: Questionnaire, team: Team, settings: AssessmentSettings) -> TakingPart:
    """Return what an attacker with a single response sees, without inventing anyone: a close for any answer in it."""
    taking_part = Team(
        team.answers.select_rows(np.arange(len(team.answers)) <= team.real),
        team.real,
        team.invitations[: team.real + 1],
        team.scenario,
    )
    items = np.arange(team.answers.values.shape[1])
    releases = []
    for own in range(RUNG_COUNT):
        varied = ((items + own) % RUNG_COUNT).astype(np.int8)  # the same everywhere would be careless
        answers = taking_part.with_invented(varied[np.newaxis])
        releases.append(Seen(answers, score_figures(questionnaire, answers, settings), with_victim=True))
    return TakingPart(taking_part, tuple(releases))


def is_seen_by_taking_part(questionnaire: Questionnaire, known: TakingPart, column: int) -> bool:
    """Return whether one of these closes shows the answer."""
    return any(is_revealed(questionnaire, known.team, [release], column) for release in known.releases)


def count_seen_by_taking_part(questionnaire: Questionnaire, team: Team, minimum_group: int) -> tuple[int, int]:
    """Return how many of the victim's answers one response shows, and how many were attacked."""
    columns = list_attacked(questionnaire, team)
    known = publish_with_own_response(questionnaire, team, AssessmentSettings(minimum_group=minimum_group))
    return sum(is_seen_by_taking_part(questionnaire, known, column) for column in columns), len(columns)


def list_attacked(questionnaire: Questionnaire, team: Team) -> list[int]:
    """List the columns of the victim's answers to attack."""
    return [
        column
        for column, item in enumerate(questionnaire.items)
        if item.kind is Kind.PRACTICE and team.answers.values[0, column] >= 0
    ][:PER_TEAM]


class Close(Struct, frozen=True):
    """One close as planned: how far from the middle the invented answer, all together, and what happened before it.

    `replaced` people so far.
    """

    shift: int
    with_victim: bool = True
    replaced: int = 0


HALF = CLOSES // 2
SCRIPTS: Mapping[str, Sequence[Close]] = {
    "once": [Close(0)],
    # Another sum of the invented each time: each release rounds the sum of the real ones at another place.
    "many closes": [Close(shift) for shift in range(CLOSES)],
    "moved": [Close(0), Close(1, with_victim=False, replaced=1)],
    "late": [Close(0, with_victim=False), Close(1)],
    "moved alone": [
        *(Close(shift) for shift in range(HALF)),
        *(Close(shift, with_victim=False, replaced=1) for shift in range(HALF)),
    ],
    "moved with others": [
        *(Close(shift) for shift in (0, 2)),
        *(Close(shift, with_victim=False, replaced=MANY) for shift in (0, 1, 2, 3, 4)),
        *(Close(shift, with_victim=False, replaced=MANY) for shift in (0, 1, 2, 3, 4)),
    ],
}


def publish_releases(
    questionnaire: Questionnaire, team: Team, settings: AssessmentSettings, script: Sequence[Close]
) -> Iterator[Seen]:
    """Yield the releases of closing again and again; what the rules forbid is not published."""
    published: list[tuple[Answers, int]] = []
    rng = np.random.default_rng(len(team.answers))
    for close in script:
        if published and len(published) >= republication.MAX_RELEASES:
            return
        answers = _allowed(questionnaire, team, settings, close, published, rng)
        if answers is not None:
            published.append((answers, close.replaced))
            yield Seen(answers, score_figures(questionnaire, answers, settings), close.with_victim)


def _allowed(  # one close, and all before it
    questionnaire: Questionnaire,
    team: Team,
    settings: AssessmentSettings,
    close: Close,
    published: Sequence[tuple[Answers, int]],
    rng: np.random.Generator,
) -> Answers | None:
    """Let the invented answer so that the release may be published; None where no attempt succeeds."""
    for _ in range(ATTEMPTS):
        answers = team.with_invented(_invented_values(team, close.shift, rng))
        if not close.with_victim:
            answers = answers.select_rows(np.arange(len(answers)) > 0)
        if not any(
            republication.find_blocking_figures(
                questionnaire, settings, earlier, answers, _replaced(close.replaced - then)
            )
            for earlier, then in published
        ):
            return answers
    return None


def _invented_values(team: Team, shift: int, rng: np.random.Generator) -> AnswerValues:
    """Random answers with the same sum for every item, so that most of the invented change theirs each time."""
    people, items = len(team.answers) - team.real, team.answers.values.shape[1]
    values = np.empty((people, items), dtype=np.int8)
    for item in range(items):
        drawn = rng.integers(0, RUNG_COUNT, people).tolist()
        missing = 2 * people + shift - sum(drawn)
        step = 1 if missing > 0 else -1
        while missing:
            person = int(rng.integers(people))
            if 0 <= drawn[person] + step < RUNG_COUNT:
                drawn[person] += step
                missing -= step
        values[:, item] = drawn
    return values


def _replaced(people: int) -> ReplacementCounts:
    return ReplacementCounts(people, people) if people else NO_REPLACEMENTS


def is_revealed(questionnaire: Questionnaire, team: Team, releases: Sequence[Seen], column: int) -> bool:
    """Try every answer of the victim with every sum of the other real people of each role."""
    roles = [role.id for role in questionnaire.roles]
    role = np.asarray([roles.index(name) for name in team.answers.roles])
    numeric = team.answers.values[:, column] >= 0
    others = [int((numeric[1 : team.real] & (role[1 : team.real] == each)).sum()) for each in range(len(roles))]
    axes = [np.arange(RUNG_COUNT), *(np.arange((RUNG_COUNT - 1) * count + 1) for count in others)]
    grid = np.meshgrid(*axes, indexing="ij", sparse=True)
    possible = np.ones(tuple(len(axis) for axis in axes), dtype=np.bool_)
    constrained = False
    for seen in releases:
        item = _item(questionnaire, seen.result, column)
        if item is None or item.score is None:
            continue
        constrained = True
        possible &= _fits(questionnaire, team, seen, column, grid, others, item)
    left = np.flatnonzero(possible.any(axis=tuple(range(1, possible.ndim))))
    if len(left) == 1 and constrained:
        assert left[0] == team.answers.values[0, column]
    return constrained and len(left) == 1


def _fits(  # everything known of one item
    questionnaire: Questionnaire,
    team: Team,
    seen: Seen,
    column: int,
    grid: Sequence[NDArray[np.int64]],
    others: Sequence[int],
    item: ItemResult,
) -> BoolArray:
    roles = [role.id for role in questionnaire.roles]
    full = questionnaire.scoring.full_weight_answers
    invented = seen.answers.values[-(len(team.answers) - team.real) :, column]
    names = team.answers.roles[team.real :]
    # The number of answers says whether people who do not count were used; otherwise a careless one is left out.
    counted = team.counts[team.real :]
    sets_by_number = {
        sum(others) + seen.with_victim + int((invented[flags] >= 0).sum()): flags
        for flags in (counted, np.ones(len(invented), dtype=np.bool_))
    }
    if item.n not in sets_by_number:
        return np.ones(np.broadcast_shapes(*(axis.shape for axis in grid)), dtype=np.bool_)
    used = sets_by_number[item.n]
    weighted, weight = 0.0, 0.0
    for number, name in enumerate(roles):
        known = invented[used & [each == name for each in names]]
        known = known[known >= 0]
        own = seen.with_victim and team.answers.roles[0] == name
        count = others[number] + len(known) + own
        if not count:
            continue
        total = grid[number + 1] + int(known.sum()) + (grid[0] if own else 0)
        share = questionnaire.roles[number].weight * min(1.0, count / full)
        weighted, weight = weighted + share * total / count, weight + share
    score = 25 * weighted / weight
    low = -np.inf if item.bound == "at most" else item.score - 2.5
    high = np.inf if item.bound == "at least" else item.score + 2.5
    return np.asarray((np.round(score, 9) >= low) & (np.round(score, 9) < high))


def _item(questionnaire: Questionnaire, result: Result, column: int) -> ItemResult | None:
    item = questionnaire.items[column]
    function = result.functions.get(item.function or "")
    return None if function is None else function.dimensions[item.dimension or ""].items.get(item.id)
