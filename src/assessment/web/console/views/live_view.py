"""Content of the page that follows an open assessment: numbers only, as of the last hourly count (method 6.11)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.closing_time import get_state_at, get_workspace_day, load_time_zone
from assessment.domain.survey.response_course import CHECK_STAGE
from assessment.i18n import get_translator
from assessment.services.assessments.feasibility import forecast_close
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import queued_mailings, reminder_plans
from assessment.services.people import progress
from assessment.services.people.progress import Counts, compute_sent_percent
from assessment.services.people.survey_course import DayCount, SurveyCourse
from assessment.storage.assessments import Assessment
from assessment.web.console.labels import QuestionnaireLabels, get_labels
from assessment.web.console.views.figure_groups import ClosingLines, describe_closing

MAX_DAYS = 60  # bars; the newest days if there are more
MAILED_KINDS = ("invitation", "reminder", "closing-soon")


class DayBar(Struct, frozen=True):
    """One day of the curve: people who had sent by then, as a number and in percent of those invited.

    `x` and `width` are percent of the plot's width, `height` of its height. `sent` is None for days to come.
    """

    day: date
    sent: int | None
    percent: int
    x: float
    width: float
    height: float


class GroupRow(Struct, frozen=True):
    """One role or function; `sent_share` and `invited_share` are percent of the largest group."""

    title: str
    counts: Counts
    sent_share: float
    invited_share: float
    needed_share: float


class SectionRow(Struct, frozen=True):
    """One section of the drop-off; `title` is empty for the check page, `share` percent of the longest bar."""

    title: str
    reached: int
    stopped: int
    share: float


class MailEvent(Struct, frozen=True):
    """A mailing that was sent or is planned; `count` is None if it is planned; `at` in the workspace's time zone."""

    kind: str
    at: datetime
    count: int | None
    number: int = 0


class LiveView(Struct, frozen=True, kw_only=True):
    """Numbers of an open assessment; `days_left` counts today as 0, and is None without a closing date."""

    counted_at: datetime | None
    total: Counts
    percent: int
    begun_needed: int
    days_left: int | None
    bars: tuple[DayBar, ...]
    by_role: tuple[GroupRow, ...]
    by_function: tuple[GroupRow, ...]
    sections: tuple[SectionRow, ...]
    minutes: int | None
    has_course: bool
    events: tuple[MailEvent, ...]
    closing: ClosingLines | None
    is_open: bool


def build_live_view(
    session: Session, consultant: Consultant, assessment: Assessment, questionnaire: Questionnaire, now: datetime
) -> LiveView:
    """Build the view from stored counts: its cost does not depend on how many people are invited."""
    counts = progress.load_progress(session, assessment.key)
    course = progress.load_course(session, assessment.key)
    labels = get_labels(questionnaire, assessment, consultant.language)
    today = get_workspace_day(now, assessment.time_zone)
    zone = load_time_zone(assessment.time_zone)
    is_open = get_state_at(assessment.state, assessment.closes_at, now) == "open"
    return LiveView(
        counted_at=counts.counted_at.astimezone(zone) if counts.counted_at else None,
        total=counts.total,
        percent=compute_sent_percent(counts.total.sent, counts.total.invited),
        begun_needed=2 * assessment.minimum_group,
        days_left=(assessment.closes_on - today).days if assessment.closes_on and is_open else None,
        bars=_make_bars(course.days, counts.total.invited, assessment, today) if course else (),
        by_role=_make_groups(counts.by_role, labels.roles, assessment.minimum_group + 1),
        by_function=_make_groups(counts.by_function, labels.functions, assessment.minimum_group + 1),
        sections=_make_sections(course, questionnaire.text(consultant.language).sections),
        minutes=course.minutes if course else None,
        has_course=course is not None,
        events=tuple(_list_events(session, assessment)),
        closing=_describe_closing(session, consultant, assessment, questionnaire, labels) if is_open else None,
        is_open=is_open,
    )


def _make_bars(days: Sequence[DayCount], invited: int, assessment: Assessment, today: date) -> tuple[DayBar, ...]:
    """Make a bar for each day from the opening to the closing date; a day without a count has the previous one's."""
    start = min(filter(None, (assessment.opened_on, days[0].day)))
    end = max(assessment.closes_on or today, today)
    length = min((end - start).days + 1, MAX_DAYS)
    if today > start + timedelta(days=length - 1):
        start = today - timedelta(days=length - 1)
    counts = {count.day: count.sent for count in days}
    sent = max((count.sent for count in days if count.day < start), default=0)
    bars = []
    for number in range(length):
        day = start + timedelta(days=number)
        sent = counts.get(day, sent)
        sent_by_then = sent if day <= today else None
        percent = compute_sent_percent(sent, invited)
        width = 100 / length
        bars.append(
            DayBar(day, sent_by_then, percent, x=round(number * width, 2), width=round(width * 0.76, 2), height=percent)
        )
    return tuple(bars)


def _make_groups(counts: Mapping[str, Counts], titles: Mapping[str, str], needed: int) -> tuple[GroupRow, ...]:
    rows = {id_: counts[id_] for id_ in titles if id_ in counts}
    longest = max((needed, *(row.invited for row in rows.values())))

    def share(number: int) -> float:
        return round(100 * min(number, longest) / longest, 1)

    return tuple(
        GroupRow(titles[id_], row, share(row.sent), share(row.invited), share(needed)) for id_, row in rows.items()
    )


def _make_sections(course: SurveyCourse | None, titles: Mapping[str, str]) -> tuple[SectionRow, ...]:
    if course is None:
        return ()
    longest = max((1, *(row.stopped for row in course.sections)))
    return tuple(
        SectionRow(
            "" if row.section == CHECK_STAGE else titles.get(row.section, row.section),
            row.reached,
            row.stopped,
            round(80 * row.stopped / longest, 1),
        )
        for row in course.sections
    )


def _list_events(session: Session, assessment: Assessment) -> Iterator[MailEvent]:
    zone = load_time_zone(assessment.time_zone)
    reminders = 0
    for mailing in queued_mailings.list_sent_mailings(session, assessment):
        if mailing.kind in MAILED_KINDS:
            reminders += mailing.kind == "reminder"
            yield MailEvent(mailing.kind, mailing.queued_at.astimezone(zone), mailing.shown_count, reminders)
    for planned in reminder_plans.list_planned_mailings(session, assessment.key):
        yield MailEvent(planned.kind, planned.due_at, None, planned.number)


def _describe_closing(
    session: Session,
    consultant: Consultant,
    assessment: Assessment,
    questionnaire: Questionnaire,
    labels: QuestionnaireLabels,
) -> ClosingLines | None:
    forecast = forecast_close(session, assessment, questionnaire)
    if forecast is None:
        return None
    return describe_closing(forecast.forecast, labels, get_translator(consultant.language))
