"""Queries on reminder plans."""

from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace

reminder_plan = tables.reminder_plan
assessment = tables.assessment


class ReminderPlan(Struct, frozen=True, kw_only=True):
    """Mails that the server sends on schedule; the defaults are those that pages propose.

    `reminders` is their number (0 to 3), the first `first_after_days` (3 or more) after the first invitation was
    mailed, then every `every_days`. `send_from` and `send_until` are hours (0 to 24) in the workspace's time zone.
    `closing_notice_days` before the closing date, 0 for no notice. `sends_results`: mail everyone at the close, where
    sharing the results was promised.
    """

    reminders: int = 3
    first_after_days: int = 3
    every_days: int = 4
    send_from: int = 9
    send_until: int = 17
    closing_notice_days: int = 2
    sends_results: bool = True
    is_stopped: bool = False


PLAN_COLUMNS = tuple(reminder_plan.c[name] for name in ReminderPlan.__struct_fields__)


def find_plan(session: Session, key: AssessmentKey) -> ReminderPlan | None:
    row = session.execute(select(*PLAN_COLUMNS).where(*match_assessment(reminder_plan, key))).one_or_none()
    return None if row is None else ReminderPlan(**row._mapping)  # noqa: SLF001  # public despite its name


def save_plan(session: Session, key: AssessmentKey, plan: ReminderPlan) -> None:
    """Store a plan; the assessment must be locked."""
    session.execute(delete(reminder_plan).where(*match_assessment(reminder_plan, key)))
    values = {name: getattr(plan, name) for name in ReminderPlan.__struct_fields__}
    session.execute(
        insert(reminder_plan).values(workspace_id=key.workspace_id, assessment_id=key.assessment_id, **values)
    )


def set_stopped(session: Session, key: AssessmentKey, *, is_stopped: bool) -> None:
    session.execute(update(reminder_plan).where(*match_assessment(reminder_plan, key)).values(is_stopped=is_stopped))


def list_active_plans(session: Session) -> list[AssessmentKey]:
    """Return the key of each open assessment with a plan that is not stopped."""
    rows = session.execute(
        select(reminder_plan.c.workspace_id, reminder_plan.c.assessment_id)
        .join(assessment, match_in_workspace(assessment.c.id, reminder_plan.c.assessment_id))
        .where(reminder_plan.c.is_stopped.is_(False), assessment.c.state == AssessmentState.OPEN)
        .order_by(reminder_plan.c.assessment_id)
    )
    return [AssessmentKey(*row) for row in rows]
