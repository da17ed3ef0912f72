"""Audit log of the workspace: who did what and when, with a filter; export as CSV; verification of the hash chain."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.days import parse_day
from assessment.domain.survey.closing_time import compute_closing_time, get_workspace_day
from assessment.i18n import get_translator
from assessment.services.auth.principals import Consultant
from assessment.services.operations import audit_trail
from assessment.services.results.figure_export import escape_formula
from assessment.services.survey.answer_validation import is_storable
from assessment.settings import Settings
from assessment.storage import assessments
from assessment.storage.auth import audit_log, audit_search
from assessment.storage.auth.audit_log import AuditEntry
from assessment.storage.auth.audit_search import AuditFilter
from assessment.web.actors import describe_actor
from assessment.web.console.authentication import OWNERS_ONLY
from assessment.web.console.views.audit_sentences import ACTION_GROUPS, describe_entry, list_actions
from assessment.web.console.workspace_area import AUDIT_PATH, build_area_context, render_area_page
from assessment.web.http.downloads import build_disposition

PAGE_PATH = "/workspace/audit"
PAGE_LENGTH = 50
EXPORT_BATCH = 500
CSV_HEADER = ("number", "time", "who", "action", "what", "subject")


class AuditLine(Struct, frozen=True):
    """Entry as people read it."""

    number: int
    at: datetime
    actor: str
    sentence: str
    action: str
    subject: str


class AuditQuery(Struct, frozen=True):
    """Filter as typed; a value that can't be read admits everything."""

    actor: str = ""
    group: str = ""
    since: str = ""
    until: str = ""

    def make_filter(self, time_zone: str) -> AuditFilter:
        """Return the filter; both days belong to the span, in the workspace's time zone."""
        first, last = parse_day(self.since), parse_day(self.until)
        return AuditFilter(
            self.actor if is_storable(self.actor) else "",
            list_actions(self.group),
            compute_closing_time(first - timedelta(days=1), time_zone) if first else None,
            compute_closing_time(last, time_zone) if last else None,
        )

    def encode_parameters(self) -> str:
        """Return the query string without empty values."""
        values = {"actor": self.actor, "group": self.group, "since": self.since, "until": self.until}
        return urlencode({name: value for name, value in values.items() if value})


@get(PAGE_PATH, name="console:audit", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_audit_log(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    actor: FromQuery[str] = "",
    group: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    below: FromQuery[str] = "",
) -> Template:
    """Show the newest entries, or those before the number `below`."""
    context = build_area_context(read_session, consultant, AUDIT_PATH)
    query = AuditQuery(actor, group, since, until)
    chosen = query.make_filter(context["time_zone"])
    number = int(below) if below.isascii() and below.isdecimal() and len(below) < len("1000000000") else None
    entries = audit_search.list_entries(read_session, consultant.workspace_id, chosen, PAGE_LENGTH + 1, number)
    page = entries[:PAGE_LENGTH]
    translator = get_translator(consultant.language)
    return render_area_page(
        "audit",
        context,
        lines=_describe_entries(read_session, consultant, page),
        query=query,
        parameters=query.encode_parameters(),
        is_first=number is None,
        next_below=page[-1].number if len(entries) > PAGE_LENGTH else None,
        actors=[
            (name, describe_actor(translator, name))
            for name in audit_search.list_actors(read_session, consultant.workspace_id)
        ],
        groups=ACTION_GROUPS,
    )


@get(f"{PAGE_PATH}/entries.csv", name="console:export-audit", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def export_audit_log(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    actor: FromQuery[str] = "",
    group: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Response[bytes]:
    """Download all entries that the filter admits, as CSV with a byte order mark, for spreadsheets."""
    zone = assessments.find_time_zone(read_session, consultant.workspace_id)
    chosen = AuditQuery(actor, group, since, until).make_filter(zone)
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for line in _iterate_lines(read_session, consultant, chosen):
        row = (line.at.isoformat(timespec="seconds"), line.actor, line.action, line.sentence, line.subject)
        writer.writerow([line.number, *(escape_formula(text) for text in row)])
    parts = (consultant.workspace, get_workspace_day(now, zone), "audit log")
    headers = {"content-disposition": build_disposition(parts, "csv")}
    return Response(file.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=headers)


@get(f"{PAGE_PATH}/check", name="console:check-audit", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def check_audit_log(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template:
    """Verify every entry of the workspace, and show the first that was altered."""
    head = audit_log.find_head(read_session, consultant.workspace_id)
    return render_area_page(
        "audit-check",
        build_area_context(read_session, consultant, AUDIT_PATH),
        fault=audit_trail.find_fault(read_session, consultant.workspace_id, settings.secret),
        count=head.number if head else 0,
        checked_at=now,
    )


def _iterate_lines(session: Session, consultant: Consultant, chosen: AuditFilter) -> Iterator[AuditLine]:
    batch: list[AuditEntry] = []
    for entry in audit_search.iterate_entries(session, consultant.workspace_id, chosen):
        batch.append(entry)
        if len(batch) == EXPORT_BATCH:
            yield from _describe_entries(session, consultant, batch)
            batch = []
    yield from _describe_entries(session, consultant, batch)


def _describe_entries(session: Session, consultant: Consultant, entries: list[AuditEntry]) -> list[AuditLine]:
    translator = get_translator(consultant.language)
    subjects = [entry.subject for entry in entries]
    names = audit_search.load_subject_names(session, consultant.workspace_id, subjects) if entries else {}
    return [
        AuditLine(
            entry.number,
            entry.at,
            describe_actor(translator, entry.actor),
            describe_entry(translator, entry, names.get(entry.subject, "")),
            entry.action,
            entry.subject,
        )
        for entry in entries
    ]
