"""Feasibility of an assessment: which figures the invited people are enough for, and what a close would hide.

Before the opening from invitations alone; at the close from invitations and hourly counts alone (method 6.9, 6.11).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import Confidentiality
from assessment.domain.disclosure.closing_forecast import (
    AnsweredBounds,
    AnsweredCounts,
    ClosingForecast,
    forecast_closing,
)
from assessment.domain.disclosure.feasibility import (
    CONSENSUS_OFFERED_BELOW,
    PeopleGroup,
    ReleaseForecast,
    count_needed_invitations,
    forecast_release,
)
from assessment.domain.disclosure.guard import OPEN_GUARD, DisclosureGuard, build_guard
from assessment.domain.disclosure.invited_people import InvitedPerson
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.scoring.blueprint import build_blueprint
from assessment.services.assessments.assessment_setup import get_scoring_settings
from assessment.services.people import address_warnings, people_summary, progress
from assessment.services.people.address_warnings import DoubtfulAddresses
from assessment.services.people.invited_people import has_stricter_minimum
from assessment.services.people.progress import Counts
from assessment.storage.assessments import Assessment
from assessment.storage.people import counting_people
from assessment.storage.people.invitation_counts import GroupCount


class Feasibility(Struct, frozen=True, kw_only=True):
    """Forecast of the figures that the invited people are enough for.

    `needed` is the number of answers that a figure needs, `enough` the number of invited people of whom so many are
    expected to answer. `with_domains` is None where no mail domains are named, or where nothing is hidden.
    """

    response_percent: int
    needed: int
    enough: int
    invited: int
    is_consensus_offered: bool
    domains: tuple[str, ...]
    without_domains: ReleaseForecast
    with_domains: ReleaseForecast | None
    addresses: DoubtfulAddresses

    @property
    def applied(self) -> ReleaseForecast:
        """Forecast under the rule that applies with the present settings."""
        return self.with_domains or self.without_domains


class CloseForecast(Struct, frozen=True):
    """Forecast for the page that closes an assessment; `counted_at` is the time of the counts it is computed from."""

    counted_at: datetime | None
    forecast: ClosingForecast


def load_feasibility(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, percent: int
) -> Feasibility:
    """Forecast a release if `percent` of 100 of the invited people answer; revoked invitations are left out."""
    people = counting_people.load_invited_people(session, assessment.key)
    current = _select_current(people)
    blueprint = build_blueprint(questionnaire, get_scoring_settings(assessment))
    guard = _build_guard(assessment, questionnaire)
    is_hiding = has_stricter_minimum(assessment)

    def forecast(domains: Collection[str]) -> ReleaseForecast:
        counting = (
            people_summary.find_counting(assessment, people, domains) if is_hiding else {person.id for person in people}
        )
        groups = _group_people(person for person in current if person.id in counting)
        return forecast_release(blueprint, guard, groups, percent)

    needed = 1 if blueprint.consensus else guard.get_needed_answers(questionnaire.scoring.minimum_answers)
    return Feasibility(
        response_percent=percent,
        needed=needed,
        enough=count_needed_invitations(needed, percent),
        invited=len(current),
        is_consensus_offered=is_hiding and len(current) < CONSENSUS_OFFERED_BELOW,
        domains=tuple(assessment.domains),
        without_domains=forecast(()),
        with_domains=forecast(assessment.domains) if is_hiding and assessment.domains else None,
        addresses=address_warnings.find_doubtful_addresses(person.email for person in current),
    )


def forecast_close(session: Session, assessment: Assessment, questionnaire: Questionnaire) -> CloseForecast | None:
    """Forecast what a close would hide, from the last hourly count; None where nothing is hidden.

    Someone who has begun may count: at the close, unsent responses with enough answers do, except anonymous ones.
    """
    if not has_stricter_minimum(assessment):
        return None
    counts = progress.load_progress(session, assessment.key)
    may_count = assessment.confidentiality != Confidentiality.ANONYMOUS
    return CloseForecast(
        counts.counted_at, _forecast_close(session, assessment, questionnaire, counts, drafts_count=may_count)
    )


def can_show_figures(session: Session, assessment: Assessment, questionnaire: Questionnaire) -> bool:
    """Return whether enough people have sent for any figure, by the last hourly count.

    Not by the current answers: a consultant could try to close again and again, and so notice when a single person
    sends (method 6.11).
    """
    counts = progress.load_progress(session, assessment.key)
    if not has_stricter_minimum(assessment):
        return counts.total.sent > 0
    return _forecast_close(session, assessment, questionnaire, counts, drafts_count=False).has_figures


def _forecast_close(
    session: Session,
    assessment: Assessment,
    questionnaire: Questionnaire,
    counts: progress.Progress,
    *,
    drafts_count: bool,
) -> ClosingForecast:
    summary = people_summary.load_summary(session, assessment.key)
    rows = summary.invited
    imported = [PeopleGroup(row.role, tuple(row.functions.split(";")), row.sent) for row in rows if row.sent]
    sent = AnsweredCounts(
        _subtract_imported(counts.by_role, "sent", _sum_by_role(rows, "sent")),
        _subtract_imported(counts.by_function, "sent", _sum_by_function(rows, "sent")),
    )
    begun = AnsweredCounts(
        _subtract_imported(counts.by_role, "started", _sum_by_role(rows, "begun")),
        _subtract_imported(counts.by_function, "started", _sum_by_function(rows, "begun")),
    )
    blueprint = build_blueprint(questionnaire, get_scoring_settings(assessment))
    bounds = AnsweredBounds(summary.groups, sent, begun if drafts_count else sent, imported)
    return forecast_closing(blueprint, _build_guard(assessment, questionnaire), bounds)


def _build_guard(assessment: Assessment, questionnaire: Questionnaire) -> DisclosureGuard:
    if not has_stricter_minimum(assessment):
        return OPEN_GUARD
    return build_guard(questionnaire.disclosure, assessment.minimum_group)


def _select_current(people: Sequence[InvitedPerson]) -> list[InvitedPerson]:
    """Select the people who can be expected to answer, each by their latest invitation."""
    replaced = {person.replaces for person in people}
    return [person for person in people if person.id not in replaced and not person.is_revoked]


def _group_people(people: Iterable[InvitedPerson]) -> tuple[PeopleGroup, ...]:
    sizes = Counter((person.role, tuple(sorted(person.functions))) for person in people)
    return tuple(PeopleGroup(role, functions, number) for (role, functions), number in sizes.items())


def _sum_by_role(rows: Iterable[GroupCount], stage: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.role] += getattr(row, stage)
    return sums


def _sum_by_function(rows: Iterable[GroupCount], stage: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in rows:
        for name in row.functions.split(";"):
            sums[name] += getattr(row, stage)
    return sums


def _subtract_imported(counts: Mapping[str, Counts], stage: str, imported: Counter[str]) -> dict[str, int]:
    return {name: max(0, getattr(count, stage) - imported[name]) for name, count in counts.items()}
