"""Every act of a consultant or a program is recorded in the audit log, and every one of them looks the same."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import Table, select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.delivery import (
    mail_queue,
    mail_settings,
    mail_texts,
    mailings,
    queued_mailings,
    reminder_plans,
)
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.operations import audit_trail
from assessment.services.reports import published_reports
from assessment.services.results import voices
from assessment.services.webhooks import delivery_log, subscriptions
from assessment.storage import database, tables
from assessment.web.http.csrf import SAFE_METHODS
from tests.trust.conftest import SCOPES, Place
from tests.trust.test_access import Who, ways
from tests.web import people

INVITATION = "/console/assessments/{assessment_id}/people/{invitation_id}"
ASSESSMENT = "/console/assessments/{assessment_id}"
MAILS = f"{ASSESSMENT}/mails"
REPORT = f"{ASSESSMENT}/reports/{{report_id}}"
API = "/api/v1/assessments/{assessment}"
CLIENT, CLIENT_PAGE = "/api/v1/organisations/{organisation}", "/console/clients/{organisation_id}"
API_KEY, API_USER = "/api/v1/keys/{key_id}", "/api/v1/users/{user_id}"
USER, KEY = "/console/workspace/users/{user_id}", "/console/workspace/keys/{key_id}"
QUESTIONNAIRES, API_QUESTIONNAIRE = (
    "/console/workspace/questionnaires",
    "/api/v1/questionnaires/{questionnaire}/{version}",
)
WEBHOOK, API_WEBHOOK = "/console/workspace/webhooks/{webhook_id}", "/api/v1/webhooks/{webhook}"
PERSON = {"role": "practitioner", "functions": ["marketing"]}
CSV = "respondent,role,functions,seconds,HR-P1\nr1,staff,hr,,3\n"
# What each route records; none: it is not an act on an assessment, its people or its answers.
ACTS = {
    ("POST", "/console/sign-in"): None,
    ("POST", "/console/sign-out"): None,
    ("POST", "/console/assessments/new"): audit_trail.ASSESSMENT_CREATED,
    ("POST", f"{ASSESSMENT}/open"): audit_trail.ASSESSMENT_OPENED,
    ("POST", f"{ASSESSMENT}/close"): audit_trail.ASSESSMENT_CLOSED,
    ("POST", f"{ASSESSMENT}/reopen"): audit_trail.ASSESSMENT_REOPENED,
    ("POST", f"{ASSESSMENT}/settings"): audit_trail.ASSESSMENT_CHANGED,
    ("POST", f"{ASSESSMENT}/people"): audit_trail.PEOPLE_INVITED,
    ("POST", f"{ASSESSMENT}/people/file"): None,  # shows what it would add; adding is `people/lines`
    ("POST", f"{ASSESSMENT}/people/lines"): audit_trail.PEOPLE_INVITED,
    ("POST", f"{ASSESSMENT}/people/links"): audit_trail.LINK_CREATED,
    ("POST", f"{ASSESSMENT}/people/chosen"): audit_trail.INVITATION_REVOKED,
    ("POST", f"{ASSESSMENT}/people/words"): None,
    ("POST", f"{ASSESSMENT}/live"): audit_trail.ASSESSMENT_CHANGED,
    ("POST", f"{ASSESSMENT}/import"): None,  # shows what would be taken in
    ("POST", f"{ASSESSMENT}/import/take-in"): None,  # queues a job, which records it: tests/api/test_bulk.py
    ("POST", "/console/notices/{assessment_id}/dismiss"): None,
    ("POST", f"{INVITATION}/link"): audit_trail.LINK_CREATED,
    ("POST", f"{INVITATION}/replacement"): audit_trail.INVITATION_REPLACED,
    ("POST", f"{INVITATION}/revoke"): audit_trail.INVITATION_REVOKED,
    ("POST", f"{INVITATION}/mail"): mail_queue.MAILS_QUEUED,
    ("POST", f"{MAILS}/invitations"): mail_queue.MAILS_QUEUED,
    ("POST", f"{MAILS}/reminders"): mail_queue.MAILS_QUEUED,
    ("POST", f"{MAILS}/closing-notice"): mail_queue.MAILS_QUEUED,
    ("POST", f"{MAILS}/{{mailing_id}}/cancel"): queued_mailings.MAILS_CANCELLED,
    ("POST", f"{MAILS}/plan"): reminder_plans.PLAN_CHANGED,
    ("POST", f"{MAILS}/plan/stop"): reminder_plans.PLAN_CHANGED,
    ("POST", f"{MAILS}/plan/resume"): reminder_plans.PLAN_CHANGED,
    ("POST", f"{MAILS}/texts/{{kind}}"): mail_texts.TEMPLATE_CHANGED,
    ("POST", f"{ASSESSMENT}/voices"): voices.VOICES_CHOSEN,
    ("POST", f"{ASSESSMENT}/word-template"): None,  # these fill in a file and store nothing
    ("POST", f"{ASSESSMENT}/slide-template"): None,
    ("POST", f"{ASSESSMENT}/archive"): audit_trail.ASSESSMENT_ARCHIVED,
    ("POST", f"{ASSESSMENT}/restore"): audit_trail.ASSESSMENT_RESTORED,
    ("POST", f"{ASSESSMENT}/delete"): audit_trail.ASSESSMENT_DELETED,
    ("POST", "/console/clients/new"): audit_trail.CLIENT_CREATED,
    ("POST", f"{CLIENT_PAGE}/edit"): audit_trail.CLIENT_CHANGED,
    ("POST", f"{CLIENT_PAGE}/archive"): audit_trail.CLIENT_ARCHIVED,
    ("POST", f"{CLIENT_PAGE}/restore"): audit_trail.CLIENT_RESTORED,
    ("POST", f"{CLIENT_PAGE}/erase"): audit_trail.CLIENT_ERASED,
    ("POST", "/console/workspace/logo"): audit_trail.WORKSPACE_CHANGED,
    ("POST", f"{ASSESSMENT}/roadmap"): None,  # each save is a revision with its author, as in the API
    ("POST", f"{ASSESSMENT}/roadmap/undo"): None,
    ("POST", f"{ASSESSMENT}/next-wave"): audit_trail.ASSESSMENT_CREATED,
    ("POST", f"{ASSESSMENT}/reports"): published_reports.REPORT_PUBLISHED,
    ("POST", f"{REPORT}/withdraw"): None,  # these three record it: tests/web/console/test_published_reports.py
    ("POST", f"{REPORT}/links"): None,
    ("POST", f"{REPORT}/links/{{link_id}}/revoke"): None,
    ("POST", "/console/workspace"): audit_trail.WORKSPACE_CHANGED,
    ("POST", "/console/workspace/account/password"): None,  # audit_trail.PASSWORD_CHANGED: ends the session
    ("POST", "/console/workspace/account/end-other-sessions"): None,
    ("POST", "/console/workspace/account/sessions/{session_id}/end"): None,
    ("POST", "/console/workspace/account/second-step"): None,  # these ask for the password, and record it themselves
    ("POST", "/console/workspace/account/second-step/codes"): None,
    ("POST", "/console/workspace/account/second-step/off"): None,
    ("POST", "/console/workspace/users"): audit_trail.USER_ADDED,
    ("POST", f"{USER}/role"): audit_trail.ROLE_CHANGED,
    ("POST", f"{USER}/link"): audit_trail.SET_UP_LINK_MADE,
    ("POST", f"{USER}/disable"): audit_trail.USER_DISABLED,
    ("POST", f"{USER}/enable"): audit_trail.USER_ENABLED,
    ("POST", f"{USER}/remove"): audit_trail.USER_REMOVED,
    ("POST", "/console/workspace/keys"): audit_trail.KEY_ADDED,
    ("POST", f"{KEY}/rotate"): audit_trail.KEY_ADDED,
    ("POST", f"{KEY}/revoke"): audit_trail.KEY_REVOKED,
    ("POST", "/api/v1/organisations"): audit_trail.CLIENT_CREATED,
    ("PATCH", CLIENT): audit_trail.CLIENT_CHANGED,
    ("POST", f"{CLIENT}/archive"): audit_trail.CLIENT_ARCHIVED,
    ("POST", f"{CLIENT}/restore"): audit_trail.CLIENT_RESTORED,
    ("DELETE", CLIENT): audit_trail.CLIENT_ERASED,
    ("POST", QUESTIONNAIRES): None,  # takes files: tests/services/questionnaires
    ("POST", f"{QUESTIONNAIRES}/import"): None,  # shows what would be stored
    ("POST", f"{QUESTIONNAIRES}/import/draft"): None,  # stores as an upload does
    ("POST", f"{QUESTIONNAIRES}/{{questionnaire_id}}/{{version}}/publish"): None,
    ("POST", f"{QUESTIONNAIRES}/{{questionnaire_id}}/{{version}}/delete"): None,
    ("POST", "/api/v1/questionnaires"): None,
    ("POST", f"{API_QUESTIONNAIRE}/publish"): None,
    ("DELETE", API_QUESTIONNAIRE): None,
    ("POST", "/console/workspace/webhooks"): subscriptions.WEBHOOK_ADDED,
    ("POST", f"{WEBHOOK}/rotate"): subscriptions.WEBHOOK_ROTATED,
    ("POST", f"{WEBHOOK}/delete"): subscriptions.WEBHOOK_DELETED,
    ("POST", f"{WEBHOOK}/deliveries/{{delivery_id}}/replay"): delivery_log.DELIVERY_REPLAYED,
    ("POST", "/api/v1/webhooks"): subscriptions.WEBHOOK_ADDED,
    ("PATCH", API_WEBHOOK): subscriptions.WEBHOOK_CHANGED,
    ("POST", f"{API_WEBHOOK}/rotate"): subscriptions.WEBHOOK_ROTATED,
    ("DELETE", API_WEBHOOK): subscriptions.WEBHOOK_DELETED,
    ("POST", f"{API_WEBHOOK}/deliveries/{{delivery}}/replay"): delivery_log.DELIVERY_REPLAYED,
    ("POST", "/api/v1/assessments"): audit_trail.ASSESSMENT_CREATED,
    ("PATCH", API): audit_trail.ASSESSMENT_CHANGED,
    ("POST", f"{API}/open"): audit_trail.ASSESSMENT_OPENED,
    ("POST", f"{API}/close"): audit_trail.ASSESSMENT_CLOSED,
    ("POST", f"{API}/archive"): audit_trail.ASSESSMENT_ARCHIVED,
    ("POST", f"{API}/restore"): audit_trail.ASSESSMENT_RESTORED,
    ("DELETE", API): audit_trail.ASSESSMENT_DELETED,
    ("POST", f"{API}/invitations"): audit_trail.PEOPLE_INVITED,
    ("PATCH", f"{API}/invitations/{{invitation}}"): audit_trail.INVITATION_CHANGED,
    ("POST", f"{API}/invitations/{{invitation}}/replacement"): audit_trail.INVITATION_REPLACED,
    ("POST", f"{API}/invitations/{{invitation}}/links"): audit_trail.LINK_CREATED,
    ("POST", f"{API}/invitations/send"): mail_queue.MAILS_QUEUED,
    ("POST", f"{API}/invitations/remind"): mail_queue.MAILS_QUEUED,
    ("DELETE", f"{API}/invitations/{{invitation}}"): audit_trail.INVITATION_REVOKED,
    ("POST", f"{API}/responses"): audit_trail.RESPONSES_IMPORTED,
    ("PUT", f"{API}/comments"): None,
    ("POST", "/api/v1/keys"): audit_trail.KEY_ADDED,
    ("PATCH", API_KEY): audit_trail.KEY_CHANGED,
    ("POST", f"{API_KEY}/rotate"): audit_trail.KEY_ADDED,
    ("DELETE", API_KEY): audit_trail.KEY_REVOKED,
    ("POST", "/api/v1/users"): audit_trail.USER_ADDED,
    ("PATCH", API_USER): audit_trail.ROLE_CHANGED,
    ("POST", f"{API_USER}/link"): audit_trail.SET_UP_LINK_MADE,
    ("DELETE", API_USER): audit_trail.USER_REMOVED,
    ("PATCH", "/api/v1/workspace"): audit_trail.WORKSPACE_CHANGED,
    ("PATCH", f"{API}/roadmap/{{advice}}"): None,
    ("PATCH", f"{API}/findings/{{finding}}"): None,
    ("POST", f"{API}/next-wave"): audit_trail.ASSESSMENT_CREATED,
    ("POST", f"{API}/reports"): published_reports.REPORT_PUBLISHED,
    ("POST", f"{API}/reports/{{report}}/withdraw"): None,  # these record it: tests/api/test_published_reports.py
    ("POST", f"{API}/reports/{{report}}/links"): None,
    ("DELETE", f"{API}/reports/{{report}}/links/{{link}}"): None,
    ("POST", f"{API}/report.docx"): None,  # these fill in a file and store nothing
    ("POST", f"{API}/report.pptx"): None,
}
SENT = {
    f"{ASSESSMENT}/people": PERSON,
    f"{ASSESSMENT}/people/lines": {"lines": "Ann, , practitioner, marketing", "sure": "yes"},
    f"{ASSESSMENT}/people/links": {"who": "everyone", "as": "file"},
    f"{ASSESSMENT}/people/chosen": {"act": "revoke", "sure": "yes"},
    f"{ASSESSMENT}/live": {"closes_on": "2026-12-20"},
    f"{ASSESSMENT}/close": {"sure": "yes", "without_results": "yes"},
    f"{INVITATION}/replacement": {"role": "leader", "functions": ["marketing"]},
    f"{MAILS}/invitations": {"number": "6"},
    f"{MAILS}/texts/{{kind}}": {"subject": "A subject", "body": "{link}", "act": "save"},
    "/console/workspace": {"name": "Berg & Partner", "time_zone": "Europe/Vienna", "languages": ["en"]},
    "/console/workspace/users": {"email": "eve@example.org", "role": "editor"},
    f"{USER}/role": {"role": "editor"},
    "/console/workspace/keys": {"name": "Weekly", "scopes": ["read:scores"], "days": "30"},
    "/console/workspace/webhooks": {"url": "https://example.org/new", "events": ["report.ready"]},
    "/api/v1/webhooks": {"url": "https://example.org/new", "events": ["report.ready"]},
    API_WEBHOOK: {"enabled": False},
    f"{API_WEBHOOK}/rotate": {},
    f"{API}/invitations": [PERSON],
    f"{API}/invitations/send": {},
    f"{API}/reports": {},
    f"{API}/invitations/{{invitation}}": {"name": "Ann"},
    f"{API}/invitations/{{invitation}}/replacement": {"role": "leader"},
    API: {"title": "Another title"},
    f"{ASSESSMENT}/delete": {"typed_name": "Draft wave"},
    "/console/clients/new": {"name": "Northwind"},
    f"{CLIENT_PAGE}/edit": {"name": "Another name"},
    f"{CLIENT_PAGE}/erase": {"typed_name": "No assessment"},
    "/console/workspace/logo": {"act": "remove"},
    "/api/v1/organisations": {"name": "Northwind"},
    CLIENT: {"name": "Another name"},
    "/api/v1/keys": {"name": "Weekly", "scopes": ["read:scores"]},
    API_KEY: {"name": "Weekly"},
    f"{API_KEY}/rotate": {},
    "/api/v1/users": {"email": "eve@example.org", "role": "editor"},
    "/api/v1/workspace": {"accent": "#0B3D63"},
    API_USER: {"role": "editor"},
}
RAW_ANSWERS = [f"{base}/responses.{kind}" for base in (API,) for kind in ("csv", "sav", "xlsx")]
RAW_ANSWERS += [f"{ASSESSMENT}/responses.csv", f"{ASSESSMENT}/answers/{{kind}}"]
BY_FORM = {("POST", f"{ASSESSMENT}/settings")}  # the same service as PATCH
DRAFT = (f"{ASSESSMENT}/open", f"{ASSESSMENT}/delete", f"{API}/open")
CLOSED = (
    *(f"{ASSESSMENT}/reopen", f"{ASSESSMENT}/voices", f"{ASSESSMENT}/archive", f"{ASSESSMENT}/restore"),
    *(f"{ASSESSMENT}/next-wave", f"{ASSESSMENT}/reports"),
    *(f"{API}/archive", f"{API}/restore", f"{API}/reports"),
)


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


def writes(app: Litestar) -> Iterator[tuple[str, str]]:
    for way in ways(app):
        if way.method not in (*SAFE_METHODS, "HEAD") and way.policy.name in ("consultant", "key"):
            yield way.method, way.path


async def test_every_writing_route_declares_its_audit_event(app: Litestar):
    assert set(writes(app)) == ACTS.keys() - {("POST", "/console/sign-in")}


def recorded(place: Place) -> list[tuple[str, str]]:
    with database.read_session(place.engine) as session:
        rows = session.execute(select(tables.audit_entry).order_by(tables.audit_entry.c.number)).all()
    return [(row.actor, row.action) for row in rows]


def set_up_mail(place: Place, app: Litestar) -> None:
    """Let the server send mail, and everyone have been mailed five days ago."""
    mail = MailSettings("smtp://127.0.0.1:9", "a@example.org", people.URL, people.SECRET, 600)
    mail_settings.attach_mail(app.state.engine, mail)
    with database.write_session(place.engine) as session:
        day = people.NOW.date() - timedelta(days=5)
        session.execute(update(tables.invitation).values(deliver="mail", email="a@example.org", mailed_on=day))
        session.execute(tables.people_summary.delete())


def change_rows(place: Place, table: Table, **values: object) -> None:
    with database.write_session(place.engine) as session:
        session.execute(update(table).values(values))


def queue_reminder(place: Place, app: Litestar) -> str:
    with database.write_session(app.state.engine) as session:
        return mailings.queue_reminders(session, AssessmentKey(place.home, place.open), people.NOW).id


def target_of(place: Place, method: str, path: str) -> str:
    if path in DRAFT or (method, path) == ("DELETE", API):
        return place.draft
    if path in CLOSED:
        return place.closed
    if path == f"{API}/responses":
        return place.opened("Named wave", confidentiality="attributable")
    return place.open


@pytest.mark.parametrize(
    ("method", "path"),
    [way for way, act in ACTS.items() if act not in (None, audit_trail.ASSESSMENT_CREATED) and way not in BY_FORM],
    ids=str,
)
async def test_event_is_recorded_with_its_actor(
    place: Place, app: Litestar, client: httpx.AsyncClient, method: str, path: str
):
    target = target_of(place, method, path)
    if path.endswith(("/send", "/remind", "/mail")) or path.startswith(MAILS):
        set_up_mail(place, app)
    ids = dict.fromkeys(("assessment", "assessment_id"), target)
    ids |= dict.fromkeys(("invitation", "invitation_id"), place.invitation)
    ids |= {"kind": "reminder", "user_id": place.ids["bob"], "key_id": place.key_id}
    ids |= dict.fromkeys(("organisation", "organisation_id"), place.empty_organisation)
    if path.endswith("/restore"):
        change_rows(place, tables.assessment, archived_on=people.NOW.date())
        change_rows(place, tables.organisation, archived_on=people.NOW.date())
    if "webhook" in path:
        ids |= dict.fromkeys(("webhook", "webhook_id"), place.webhook_id)
        ids |= dict.fromkeys(("delivery", "delivery_id"), place.delivery_id)
    if path in (f"{USER}/link", f"{API_USER}/link"):
        change_rows(place, tables.user, password_hash="")
    if path == f"{MAILS}/invitations":
        change_rows(place, tables.invitation, mailed_on=None)
    if path == f"{MAILS}/closing-notice":
        change_rows(place, tables.assessment, closes_on=people.NOW.date() + timedelta(days=9))
    if "{mailing_id}" in path:
        ids["mailing_id"] = queue_reminder(place, app)
    way = next(each for each in ways(app) if (each.method, each.path) == (method, path))
    is_key = way.policy.name == "key"
    who = (
        Who("key", bearer=place.key(place.home, *SCOPES))
        if is_key
        else Who("owner", place.session_of("alice"), "console")
    )
    sent = SENT.get(path)
    if path.endswith("/chosen"):
        sent = SENT[path] | {"chosen": place.invitation}
    body = {"content": CSV} if path.endswith("responses") else {"json" if is_key else "data": sent}

    address = way.to(**ids) + ("?without_results=true" if path == f"{API}/close" else "")

    answer = await client.request(method, address, headers=who.headers(way), **body)

    assert answer.status_code < 400, answer.text
    assert ("key:k" if is_key else "alice@example.org", ACTS[method, path]) in recorded(place)
    with database.read_session(place.engine) as session:
        faults = [each for each in audit_trail.verify_logs(session, people.SECRET) if each.workspace_id == place.home]
    assert faults == []


@pytest.mark.parametrize("path", RAW_ANSWERS)
async def test_export_of_raw_answers_is_recorded(place: Place, app: Litestar, client: httpx.AsyncClient, path: str):
    target = place.opened("Named wave", confidentiality="attributable")
    place.close(target)
    way = next(each for each in ways(app) if (each.method, each.path) == ("GET", path))
    is_key = way.policy.name == "key"
    key, console = Who("key", bearer=place.key(place.home, *SCOPES)), Who("owner", place.session_of("alice"), "console")

    answer = await client.get(
        way.to(assessment=target, assessment_id=target, kind="sav"), headers=(key if is_key else console).headers(way)
    )

    assert answer.status_code == 200
    assert ("key:k" if is_key else "alice@example.org", audit_trail.RESPONSES_EXPORTED) in recorded(place)


async def test_routes_that_delete_or_archive_are_known(app: Litestar):
    """An assessment that is open, or a client that has one, must not be deleted or archived: its service refuses."""
    deleting = {path for method, path in writes(app) if method == "DELETE"}
    named = {path for _, path in writes(app) if re.search(r"archive|delete|erase|remove", path)}

    assert deleting == {
        f"{API}/invitations/{{invitation}}",
        API,
        CLIENT,
        API_WEBHOOK,
        API_QUESTIONNAIRE,
        API_KEY,
        API_USER,
        f"{API}/reports/{{report}}/links/{{link}}",
    }
    assert named == {
        *(f"{USER}/remove", f"{API}/archive", f"{CLIENT}/archive", f"{ASSESSMENT}/archive", f"{ASSESSMENT}/delete"),
        *(f"{CLIENT_PAGE}/archive", f"{CLIENT_PAGE}/erase", f"{WEBHOOK}/delete"),
        f"{QUESTIONNAIRES}/{{questionnaire_id}}/{{version}}/delete",
    }


@pytest.mark.parametrize(
    "path", ["/console", *(f"/console/assessments/{{id}}{end}" for end in ("", "/close", "/live"))]
)
async def test_pages_show_the_count_of_the_last_hour(
    place: Place, client: httpx.AsyncClient, clock: people.Clock, path: str
):
    who = Who("owner", place.session_of("alice"), "console")
    address = path.format(id=place.open)

    async def counted() -> str:
        page = (await client.get(address, headers={"Cookie": f"console={who.cookie}"})).raise_for_status().text
        client.cookies.clear()
        return re.sub(r'name="_(?:token|author)" value="[^"]*"|nonce="[^"]*"', "", page)

    before = await counted()
    for link in place.links:
        place.enter(link)
    with database.write_session(place.engine) as session:
        session.execute(update(tables.response).values(state="sent"))
    within = await counted()
    with database.write_session(place.engine) as session:  # as if an hour had passed: the console's session would end
        session.execute(update(tables.hourly_count).values(counted_at=clock.now - timedelta(hours=1)))
    later = await counted()

    assert within == before
    assert later != before
