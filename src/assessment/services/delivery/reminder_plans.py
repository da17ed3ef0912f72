"""Reminder plan of an assessment, and the mailings that become due by it."""

import logging
from datetime import date, datetime, time, timedelta

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, MailKind
from assessment.domain.survey.closing_time import get_state_at, load_time_zone
from assessment.errors import ClosedError, InvalidError, NothingToMailError, Problem
from assessment.services.delivery import mailings, queued_mailings
from assessment.services.delivery.mail_settings import require_mail
from assessment.services.operations import audit_trail
from assessment.services.people import people_summary
from assessment.storage import assessments, database
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import reminder_plans
from assessment.storage.delivery.reminder_plans import ReminderPlan

PLAN_CHANGED = "reminders.planned"
HOURS = 24
MAX_DAYS = 90

log = logging.getLogger("assessment.mail")


class PlannedMailing(Struct, frozen=True):
    """A mailing that the server will queue by itself; `number` counts reminders from 1."""

    kind: MailKind
    number: int
    due_at: datetime


def load_plan(session: Session, key: AssessmentKey) -> ReminderPlan | None:
    """Return the stored plan; None if nothing is planned. `ReminderPlan()` is what to propose."""
    assessments.find_assessment(session, key)
    return reminder_plans.find_plan(session, key)


def lock_plan(session: Session, key: AssessmentKey) -> None:
    """Lock a plan, stored or not, until the commit."""
    assessments.find_assessment(session, key, lock=True)


def save_plan(session: Session, key: AssessmentKey, plan: ReminderPlan, now: datetime) -> None:
    """Store a plan; `InvalidError` names the fields out of range, `ClosedError` once closed."""
    require_mail(session)
    assessment = assessments.find_assessment(session, key, lock=True)
    if get_state_at(assessment.state, assessment.closes_at, now) == AssessmentState.CLOSED:
        raise ClosedError("This assessment is closed.")
    problems = _find_plan_problems(plan)
    if problems:
        raise InvalidError("The reminders can’t be planned so.", problems)
    reminder_plans.save_plan(session, key, plan)
    audit_trail.record_event(session, key.workspace_id, now, PLAN_CHANGED, key.assessment_id, reminders=plan.reminders)


def stop_plan(session: Session, key: AssessmentKey, now: datetime) -> None:
    """Stop everything planned; mails that are queued already can be cancelled with `queued_mailings.cancel_queued`."""
    _set_stopped(session, key, now, is_stopped=True)


def resume_plan(session: Session, key: AssessmentKey, now: datetime) -> None:
    """Resume a plan that was stopped."""
    _set_stopped(session, key, now, is_stopped=False)


def list_planned_mailings(session: Session, key: AssessmentKey) -> tuple[PlannedMailing, ...]:
    """Return what the plan will queue, the next one first; empty before the first invitation was mailed."""
    assessment = assessments.find_assessment(session, key)
    plan = reminder_plans.find_plan(session, key)
    return _list_planned(session, assessment, plan) if plan is not None else ()


def queue_due_mailings(engine: Engine, now: datetime) -> int:
    """Queue the reminders and closing notices that are due, each assessment in its own transaction; return how many.

    The row lock decides which of several processes queues. A failure is logged and retried at the next check.
    """
    with database.read_session(engine) as session:
        planned = reminder_plans.list_active_plans(session)
    count = 0
    for key in planned:
        try:
            with database.read_session(engine) as session:
                is_due = _find_due(session, key, now) is not None
            if is_due:
                with database.write_session(engine) as session:
                    count += _queue_due(session, key, now)
        except NothingToMailError:  # someone else has reminded them meanwhile
            continue
        except Exception:  # one broken assessment must not keep the others' reminders back
            log.exception("planning failed", extra={"fields": {"assessment": key.assessment_id}})
    return count


def _queue_due(session: Session, key: AssessmentKey, now: datetime) -> int:
    assessments.find_assessment(session, key, lock=True)
    due = _find_due(session, key, now)  # again: another process may have queued it
    if due is None:
        return 0
    queue = mailings.queue_reminders if due.kind == MailKind.REMINDER else mailings.queue_closing_notice
    queue(session, key, now, is_planned=True)
    return 1


def _find_due(session: Session, key: AssessmentKey, now: datetime) -> PlannedMailing | None:
    assessment = assessments.find_assessment(session, key)
    plan = reminder_plans.find_plan(session, key)
    if (
        plan is None
        or plan.is_stopped
        or get_state_at(assessment.state, assessment.closes_at, now) != AssessmentState.OPEN
    ):
        return None
    local = now.astimezone(load_time_zone(assessment.time_zone))
    if not plan.send_from <= local.hour < plan.send_until:
        return None
    return next((mailing for mailing in _list_planned(session, assessment, plan) if mailing.due_at <= now), None)


def _list_planned(session: Session, assessment: Assessment, plan: ReminderPlan) -> tuple[PlannedMailing, ...]:
    first = people_summary.load_summary(session, assessment.key).first_mailed_on
    if first is None or plan.is_stopped:
        return ()
    notice = _find_notice_day(assessment, plan)
    planned = [
        PlannedMailing(MailKind.REMINDER, number, _make_time(assessment, plan, day))
        for number, day in _list_reminder_days(session, assessment, plan, first)
        if (notice is None or day < notice) and (assessment.closes_on is None or day <= assessment.closes_on)
    ]
    if notice is not None and not queued_mailings.has_closing_notice(session, assessment):
        planned.append(PlannedMailing(MailKind.CLOSING_SOON, 1, _make_time(assessment, plan, notice)))
    return tuple(planned)


def _list_reminder_days(
    session: Session, assessment: Assessment, plan: ReminderPlan, first: date
) -> list[tuple[int, date]]:
    """Return number and day of each reminder to come; the next one follows the last one that was sent."""
    sent = queued_mailings.count_reminders(session, assessment)
    last = queued_mailings.find_last_reminder(session, assessment)
    day = first + timedelta(days=plan.first_after_days)
    if last is not None:
        day = last.astimezone(load_time_zone(assessment.time_zone)).date() + timedelta(days=plan.every_days)
    return [
        (number, day + timedelta(days=plan.every_days * (number - sent - 1)))
        for number in range(sent + 1, plan.reminders + 1)
    ]


def _find_notice_day(assessment: Assessment, plan: ReminderPlan) -> date | None:
    """Return the day of the closing notice, sent or not: reminders end before it either way."""
    if not plan.closing_notice_days or assessment.closes_on is None:
        return None
    return assessment.closes_on - timedelta(days=plan.closing_notice_days)


def _make_time(assessment: Assessment, plan: ReminderPlan, day: date) -> datetime:
    return datetime.combine(day, time(plan.send_from), load_time_zone(assessment.time_zone))


def _set_stopped(session: Session, key: AssessmentKey, now: datetime, *, is_stopped: bool) -> None:
    assessments.find_assessment(session, key, lock=True)
    reminder_plans.set_stopped(session, key, is_stopped=is_stopped)
    audit_trail.record_event(session, key.workspace_id, now, PLAN_CHANGED, key.assessment_id, stopped=is_stopped)


def _find_plan_problems(plan: ReminderPlan) -> list[Problem]:
    limits = {
        "reminders": (0, mailings.MAX_REMINDERS),
        "first_after_days": (mailings.FIRST_REMINDER_DAYS, MAX_DAYS),
        "every_days": (1, MAX_DAYS),
        "send_from": (0, HOURS - 1),
        "send_until": (1, HOURS),
        "closing_notice_days": (0, queued_mailings.MAX_NOTICE_DAYS),
    }
    problems = [
        Problem("Out of range.", column=name, pointer=f"/{name}")
        for name, (low, high) in limits.items()
        if not low <= getattr(plan, name) <= high
    ]
    if plan.send_from >= plan.send_until:
        problems.append(Problem("The end must be after the start.", pointer="/send_until"))
    return problems
