"""Participation section: who was invited and who answered, by role or by function, never by both."""

from collections.abc import Iterator

from msgspec import Struct

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.invited_numbers import InvitedNumbers
from assessment.domain.report.message import Message, Percentage, make_message
from assessment.domain.report.source import ReportSource, to_exact_decimal


class PeopleCount(Struct, frozen=True):
    """A number of people who answered; None: too few to be shown. `invited` is None where it is not known."""

    name: str
    people: int | None
    invited: int | None = None


class ParticipationSection(Struct, frozen=True):
    """Section on taking part; `notes` are the lines of method 6.9 on who was invited."""

    title: Message
    counted: int
    careless: Message
    by_role: tuple[PeopleCount, ...]
    by_function: tuple[PeopleCount, ...]
    notes: tuple[Message, ...]


def build_participation(source: ReportSource) -> ParticipationSection:
    """Build the section."""
    respondents, invited = source.result.respondents, source.result.invited
    return ParticipationSection(
        title=_build_title(source),
        counted=respondents.counted,
        careless=_build_careless_count(source),
        by_role=tuple(
            PeopleCount(
                "" if name == CONSENSUS_ROLE else source.name_role(name),
                people,
                invited.by_role.get(name) if invited is not None else None,
            )
            for name, people in respondents.by_role.items()
        ),
        by_function=tuple(
            PeopleCount(
                source.name_function(name),
                people,
                invited.by_function[name].invited if invited is not None and name in invited.by_function else None,
            )
            for name, people in respondents.by_function.items()
        ),
        notes=_build_notes(source),
    )


def _build_title(source: ReportSource) -> Message:
    if source.is_consensus:
        return make_message("participation.consensus")
    counted, invited = source.result.respondents.counted, source.result.invited
    if invited is None:
        return make_message("participation.counted", count=counted)
    return make_message("participation.invited", count=counted, invited=invited.total.invited)


def _build_careless_count(source: ReportSource) -> Message:
    left_out = source.result.respondents.careless
    if left_out is None:
        return make_message("careless.hidden")
    if left_out == 0:
        return make_message("careless.none", count=0)
    return make_message("careless.count" if source.result.disclosure is None else "careless.among", count=left_out)


def _build_notes(source: ReportSource) -> tuple[Message, ...]:
    if source.is_consensus:
        return (make_message("taking-part.consensus"),)
    scoring = source.questionnaire.scoring
    return (
        make_message("taking-part.counted", count=source.result.respondents.counted),
        *(
            [make_message("taking-part.rule", share=Percentage(to_exact_decimal(100 * scoring.submitted_share)))]
            if is_from_survey(source)
            else []
        ),
        *_build_invited_lines(source),
    )


def is_from_survey(source: ReportSource) -> bool:
    """Return whether answers came through the survey instead of a file, in which every row counts as sent.

    Method 1.0 did not record it, so its reports are treated as surveys.
    """
    return source.result.invited is not None or source.is_first_method


def _build_invited_lines(source: ReportSource) -> Iterator[Message]:
    """Yield the numbers of invited people, overall and by function, and who of them counts towards k + 1 (6.9)."""
    invited, note = source.result.invited, source.result.disclosure
    if invited is None:
        return
    yield make_message("invited.all", numbers=_build_invited_numbers(invited.total, invited.domains))
    for name, _ in source.list_functions():
        if name in invited.by_function:
            numbers = _build_invited_numbers(invited.by_function[name], invited.domains)
            yield make_message("invited.function", function=source.name_function(name), numbers=numbers)
    if note is not None and invited.domains:
        yield make_message("invited.counted-domains", count=note.needed, domains=invited.domains)
    elif note is not None:
        yield make_message("invited.counted-before", count=note.needed)


def _build_invited_numbers(numbers: InvitedNumbers, domains: tuple[str, ...]) -> Message:
    elsewhere = numbers.mailed - numbers.mailed_to_domains
    parts = (
        (numbers.mailed_to_domains, "invited.mailed-to"),
        (elsewhere, "invited.mailed-elsewhere" if domains else "invited.mailed"),
        (numbers.by_hand, "invited.by-hand"),
        (numbers.since_start, "invited.since-start"),
        (numbers.revoked, "invited.revoked"),
    )
    label_values = {"invited.mailed-to": {"domains": domains}}
    people = make_message(
        "invited.of-them",
        people=make_message("invited.people", count=numbers.invited),
        parts=tuple(
            make_message(label, people=people, **label_values.get(label, {})) for people, label in parts if people
        ),
    )
    if not numbers.same_mailbox:
        return people
    more = make_message("invited.same-mailbox", count=numbers.same_mailbox)
    return make_message("invited.and-more", people=people, more=more)
