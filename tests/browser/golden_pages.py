"""The pages of which pictures are stored, and the invented data that they show: the same at every run."""

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
from playwright.sync_api import Page
from sqlalchemy import update

from assessment.storage import database, tables
from tests.browser.conftest import PATIENCE, Server
from tests.browser.respondent import answer_all_sections, choose_rung
from tests.web import people
from tests.web.console.conftest import PASSWORD, TOKEN, World
from tests.web.console.test_questionnaires import FILES

PEOPLE = """Ann Lee, ann.lee@kestrel.example, leader, all
Kim Berg, kim.berg@kestrel.example, practitioner, marketing; hr
Pat Okafor, pat.okafor@kestrel.example, practitioner, customer-service
Sam Rivera, sam.rivera@kestrel.example, practitioner, marketing
Jo Lindqvist, jo.lindqvist@kestrel.example, staff, all
Lea Dubois, lea.dubois@kestrel.example, staff, all
Max Roth, max.roth@kestrel.example, staff, all
"""
ASSESSMENT, WORKSPACE, CLIENTS = "/console/assessments", "/console/workspace", "/console/clients"
STRANGER_PAGES = {
    "sign-in": "/console/sign-in",
    "forgotten-password": "/console/forgot",
    "password-link-gone": "/console/password/nobody",
    "report-link-gone": "/r/nothing",
    "share-password": "{locked_link}",
    "share-report": "{open_link}",
}
CONSOLE_PAGES = {
    "home": "/console",
    "home-nothing-found": "/console?q=nobody",
    "benchmarks": "/console/benchmarks",
    "not-found": f"{ASSESSMENT}/nowhere",
    "new-assessment": f"{ASSESSMENT}/new",
    "draft": f"{ASSESSMENT}/{{draft}}",
    "draft-settings": f"{ASSESSMENT}/{{draft}}/settings",
    "draft-people": f"{ASSESSMENT}/{{draft}}/people",
    "draft-feasibility": f"{ASSESSMENT}/{{draft}}/feasibility",
    "draft-delete": f"{ASSESSMENT}/{{draft}}/delete",
    "preview": f"{ASSESSMENT}/{{draft}}/preview",
    "preview-section": f"{ASSESSMENT}/{{draft}}/preview/practitioner/marketing/marketing-work",
    "open": f"{ASSESSMENT}/{{open}}",
    "open-settings": f"{ASSESSMENT}/{{open}}/settings",
    "people": f"{ASSESSMENT}/{{open}}/people",
    "people-words": f"{ASSESSMENT}/{{open}}/people/words",
    "person-correct": f"{ASSESSMENT}/{{open}}/people/{{person}}/replacement",
    "person-revoke": f"{ASSESSMENT}/{{open}}/people/{{person}}/revoke",
    "feasibility": f"{ASSESSMENT}/{{open}}/feasibility",
    "mails": f"{ASSESSMENT}/{{open}}/mails",
    "mail-text": f"{ASSESSMENT}/{{open}}/mails/texts/invitation",
    "live": f"{ASSESSMENT}/{{open}}/live",
    "close": f"{ASSESSMENT}/{{open}}/close",
    "closed": f"{ASSESSMENT}/{{closed}}",
    "no-results": f"{ASSESSMENT}/{{empty}}/results",
    "results": f"{ASSESSMENT}/{{closed}}/results",
    "voices": f"{ASSESSMENT}/{{closed}}/voices",
    "roadmap": f"{ASSESSMENT}/{{closed}}/roadmap",
    "reports": f"{ASSESSMENT}/{{closed}}/reports",
    "reopen": f"{ASSESSMENT}/{{closed}}/reopen",
    "next-wave": f"{ASSESSMENT}/{{closed}}/next-wave",
    "wave-results": f"{ASSESSMENT}/{{later}}/results",
    "wave-differences": f"{ASSESSMENT}/{{later}}/differences",
    "word-template": f"{ASSESSMENT}/{{closed}}/word-template",
    "slide-template": f"{ASSESSMENT}/{{closed}}/slide-template",
    "clients": CLIENTS,
    "client": f"{CLIENTS}/{{client}}",
    "client-new": f"{CLIENTS}/new",
    "client-edit": f"{CLIENTS}/{{client}}/edit",
    "client-erase": f"{CLIENTS}/{{client}}/erase",
    "account": f"{WORKSPACE}/account",
    "second-step": f"{WORKSPACE}/account/second-step",
    "workspace": WORKSPACE,
    "users": f"{WORKSPACE}/users",
    "user": f"{WORKSPACE}/users/{{user}}",
    "user-remove": f"{WORKSPACE}/users/{{user}}/remove",
    "keys": f"{WORKSPACE}/keys",
    "key": f"{WORKSPACE}/keys/{{key}}",
    "questionnaires": f"{WORKSPACE}/questionnaires",
    "questionnaire": "{questionnaire}",
    "webhooks": f"{WORKSPACE}/webhooks",
    "webhook": "{webhook}",
    "audit": f"{WORKSPACE}/audit",
    "audit-check": f"{WORKSPACE}/audit/check",
}
OPEN_SECTIONS = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


class Console:
    """Forms that a user of the console sends to a server, without a browser."""

    def __init__(self, url: str, cookie: str) -> None:
        headers = {"Origin": url}
        self.client = httpx.Client(
            base_url=url, cookies={"console": cookie}, headers=headers, timeout=3 * PATIENCE / 1000
        )

    def post(self, path: str, data: dict[str, Any], files: Any = None) -> httpx.Response:
        token = TOKEN.search(self.client.get("/console").text)
        assert token
        response = self.client.post(path, data={"_token": token[1]} | data, files=files)
        assert response.status_code in (200, 303), (path, response.status_code)
        return response

    def find_link(self, page: str, pattern: str) -> str:
        match = re.search(pattern, page)
        assert match, pattern
        return match[1]


class GoldenPages:
    """A server whose clock stands still, with data of every kind; `places` fills the gaps of the paths above."""

    def __init__(self, folder: Path, migrated_file: Path) -> None:
        self.migrated_file = migrated_file
        shutil.copy(migrated_file, folder / "assessment.sqlite3")
        url = f"sqlite:///{folder / 'assessment.sqlite3'}"
        self.world, self.server = World(url), Server(url, folder)
        self.server.factory = "still"
        self.server.environment["ASSESSMENT_SMTP_URL"] = "smtp://127.0.0.1:9"  # mails are queued; none is due
        self.cookie = self.world.session_of("alice")
        self.results_link, self.survey_links = self._make_assessments()
        self._order_assessments()
        self.server.start()
        self.console = Console(self.server.url, self.cookie)
        self.places = self._fill()

    def close(self) -> None:
        self.console.client.close()
        self.server.stop()
        self.world.engine.dispose()

    def _make_assessments(self) -> tuple[str, list[str]]:
        """Return the link to results for a respondent, and links of the open survey."""
        world = self.world
        closed = world.opened("Social media, autumn 2026")
        world.close(closed)
        world.__dict__["closed"] = closed
        shared = world.opened("Results for all", share_results=True, confidentiality="attributable")
        results_link = world.invite(shared, "practitioner", 1)[0].token
        world.close(shared)
        self.later = world.opened("Social media, spring 2027", wave_of=closed)
        world.close(self.later)
        survey = world.opened("Social media at work")
        return results_link, [each.token for each in world.invite(survey, "staff", 2)]

    def _order_assessments(self) -> None:
        """Let each have begun a minute after the one before: lists put the newest first."""
        assessment = tables.assessment
        with database.write_session(self.world.engine) as session:
            for number, title in enumerate(sorted(self.world.titles())):
                begun = people.NOW - timedelta(days=30, minutes=number)
                session.execute(update(assessment).where(assessment.c.title == title).values(created_at=begun))

    def _fill(self) -> dict[str, str]:
        """Fill workspace and assessments as a consultant does."""
        world, console = self.world, self.console
        opened, reports = f"{ASSESSMENT}/{world.open}", f"{ASSESSMENT}/{world.closed}/reports"
        empty = world.opened("Empty wave")
        console.post(f"{ASSESSMENT}/{empty}/close", {"sure": "yes", "without_results": "yes"})
        for each in (opened, f"{ASSESSMENT}/{world.draft}"):
            console.post(f"{each}/people/lines", {"lines": PEOPLE, "sure": "yes", "deliver": "mail"})
        console.post(f"{opened}/mails/invitations", {"number": "7"})
        console.post(f"{opened}/mails/plan", {"reminders": "2", "send_from": "9", "send_until": "17"})
        console.post(reports, {"language": "en", "note": "Read-out of 20 November"})
        report = console.find_link(console.client.get(reports).text, r'id="report-([a-z0-9]+)"')
        link = {"audiences": "full", "formats": "pdf", "expires_on": "2026-12-31"}
        shared = [console.post(f"{reports}/{report}/links", link | more).text for more in ({"password": PASSWORD}, {})]
        links = [console.find_link(page, r'value="http[^"]*(/r/[^"]+)"') for page in shared]
        events = {"url": "https://hooks.example.org/assessments", "events": ["assessment.closed"]}
        webhook = console.find_link(
            console.post(f"{WORKSPACE}/webhooks", events).text, rf"({WORKSPACE}/webhooks/[a-z0-9]+)"
        )
        parts = [("files", (name, content, "application/toml")) for name, content in FILES.items()]
        uploaded = console.post(f"{WORKSPACE}/questionnaires", {}, parts).headers["location"].partition("?")[0]
        return {
            "draft": world.draft,
            "open": world.open,
            "closed": world.closed,
            "later": self.later,
            "empty": empty,
            "person": world.invitation,
            "client": world.organisation,
            "user": world.ids["bob"],
            "key": world.key_id,
            "questionnaire": uploaded,
            "webhook": webhook,
            "locked_link": links[0],
            "open_link": links[1],
        }

    def show_console_page(self, page: Page, name: str) -> None:
        path = (CONSOLE_PAGES | STRANGER_PAGES)[name].format_map(self.places)
        if name in CONSOLE_PAGES:
            page.context.add_cookies([{"name": "console", "value": self.cookie, "url": self.server.url}])
        page.goto(f"{self.server.url}{path}")

    def show_form_page(self, page: Page, name: str) -> None:
        page.context.add_cookies([{"name": "console", "value": self.cookie, "url": self.server.url}])
        FORM_PAGES[name](self, page)

    def show_survey_page(self, page: Page, name: str) -> None:
        SURVEY_PAGES[name](self, page)


def show_list_check(pages: GoldenPages, page: Page) -> None:
    """Two lines that cannot be read, two that can."""
    page.goto(f"{pages.server.url}{ASSESSMENT}/{pages.world.open}/people")
    lines = "Ann Lee, ann@example.org, leader, all\nBo, bo@example.org, Teamlead, all\n, nowhere, staff, all"
    page.get_by_label("One person per line").fill(lines)
    page.get_by_role("button", name="Check these lines").click()


def show_recovery_codes(pages: GoldenPages, page: Page) -> None:
    """The codes that are shown once, of a user of this page alone."""
    cookie = pages.world.session_of("dora")
    page.context.add_cookies([{"name": "console", "value": cookie, "url": pages.server.url}])
    page.goto(f"{pages.server.url}{WORKSPACE}/account/second-step")
    secret = page.locator("input[name=secret]").get_attribute("value") or ""
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(people.NOW))
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on two-step sign-in").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()


def show_refused_form(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{pages.server.url}{ASSESSMENT}/new")
    page.get_by_label("Closing date (optional)").fill("2020-01-01")
    page.get_by_role("button", name="Create assessment").click()


def show_chosen_people(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{pages.server.url}{ASSESSMENT}/{pages.world.open}/people")
    for box in page.locator("input[name=chosen]").all()[:2]:
        box.check()
    page.get_by_role("button", name="Revoke").first.click()


def show_start(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{pages.server.url}/s/{pages.survey_links[0]}")


def show_section(pages: GoldenPages, page: Page) -> None:
    show_start(pages, page)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    choose_rung(page, 0, 2)
    page.get_by_text("Saved 14:03").first.wait_for()


def show_check(pages: GoldenPages, page: Page) -> None:
    show_section(pages, page)
    answer_all_sections(page)


def show_sent(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{pages.server.url}/s/{pages.survey_links[1]}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    answer_all_sections(page)
    page.get_by_role("button", name="Send my answers").first.click()
    page.get_by_role("heading", name="Your answers are sent").wait_for()


def show_results(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{pages.server.url}/s/{pages.results_link}")
    page.evaluate(OPEN_SECTIONS)


Show = Callable[[GoldenPages, Page], None]
FORM_PAGES: dict[str, Show] = {
    "people-check": show_list_check,
    "recovery-codes": show_recovery_codes,
    "form-refused": show_refused_form,
    "people-revoke-many": show_chosen_people,
}
SURVEY_PAGES: dict[str, Show] = {
    "survey-start": show_start,
    "survey-section": show_section,
    "survey-check": show_check,
    "survey-sent": show_sent,
    "survey-results": show_results,
}
