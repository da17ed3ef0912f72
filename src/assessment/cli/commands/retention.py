"""`assessment retention`: erase what is stored longer than agreed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assessment.cli.support import environment
from assessment.cli.support.cached_reports import evict_reports
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_note, print_success
from assessment.cli.support.messages import translate_text as _

if TYPE_CHECKING:
    from assessment.services.operations.retention import RetentionPlan
    from assessment.settings import Settings

MONTHS = click.IntRange(1, 240)
BACKUP_FOLDER = "backups"


@click.command(
    cls=CommandWithExamples,
    examples=("assessment retention", "assessment retention --people 6 --answers 24 --confirm"),
)
@click.option(
    "--people",
    default=12,
    show_default=True,
    type=MONTHS,
    metavar="MONTHS",
    help=_("After the close, how long names, addresses and links are stored."),
)
@click.option(
    "--answers",
    default=36,
    show_default=True,
    type=MONTHS,
    metavar="MONTHS",
    help=_("After the close, how long answers are stored, where a workspace has not set it."),
)
@click.option(
    "--copies",
    default=90,
    show_default=True,
    type=click.IntRange(1, 3650),
    metavar="DAYS",
    help=_("How long the automatic copies of the database are stored."),
)
@click.option("--confirm", is_flag=True, help=_("Erase; left out, only list what would be erased."))
def apply_retention(people: int, answers: int, copies: int, *, confirm: bool) -> None:
    """Erase what closed assessments store longer than agreed, and old automatic copies of the database.

    Published results stay, and roles and functions of those invited. Without its answers an assessment gets no further
    results, and later waves can't say why a figure changed. Each erasure is recorded in the audit log.
    """
    from assessment.services.operations import retention
    from assessment.storage import database

    periods = retention.RetentionPeriods(people, answers, copies)
    now = environment.current_time()
    with environment.open_database() as (current_settings, engine):
        with database.read_session(engine) as session:
            plan = retention.plan_retention(session, _list_copy_folders(current_settings), periods, now.date())
        if plan.is_empty:
            print_success(_("Nothing is stored longer than agreed."))
            return
        _print_plan(plan)
        if not confirm:
            raise CommandError(_("Nothing was erased. Repeat the command with --confirm to erase this."))
        retention.apply_retention(engine, plan, now)
    evict_reports(current_settings, {due.key.assessment_id for due in plan.erasures})
    print_success(_("Erased what is listed above. Published results stay."))


def _list_copy_folders(current_settings: Settings) -> tuple[Path, ...]:
    """Return the folders of automatic copies: next to a SQLite file, and below the data folder."""
    folders = [current_settings.data / BACKUP_FOLDER]
    if current_settings.database_url.startswith("sqlite:///"):
        folders.append(Path(current_settings.database_url.removeprefix("sqlite:///")).parent)
    return tuple(folders)


def _print_plan(plan: RetentionPlan) -> None:
    labels = {"names": _("names, addresses and links: {count}"), "answers": _("responses: {count}")}
    for due in plan.erasures:
        what = labels[due.kind.value].format(count=due.count) if due.count else _("released comments")
        print_note(f"{due.organisation}, {due.title} ({due.closed_on}): {what}")
    for path in plan.copies:
        print_note(str(path))
