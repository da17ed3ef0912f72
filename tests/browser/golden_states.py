"""Pages that are reached in a state alone: before the first account, amid an import, after a lost session.

Those with assessments are of the workspace of Charlie, so that the lists of `golden_pages` stay as they are.
"""

import shutil
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pyotp
from playwright.sync_api import Page
from sqlalchemy import select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import assessment_setup, closing
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import set_up_links
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee, LinkedInvitation
from assessment.storage import database, tables
from assessment.web.console.handlers.report_progress import build_progress_path
from tests.browser.conftest import Server
from tests.browser.golden_pages import ASSESSMENT, PEOPLE, WORKSPACE, GoldenPages
from tests.services.imports.test_question_imports import CHOICES, SURVEY, make_workbook
from tests.web import people
from tests.web.console.conftest import GOLDEN, INSTRUMENT, PASSWORD

Show = Callable[[GoldenPages, Page], None]
RENDER_PATIENCE = 120_000  # milliseconds; the first file of a server waits for a process that imports the program
PROVIDER = {"ISSUER": "http://127.0.0.1:9", "CLIENT_ID": "golden", "CLIENT_SECRET": "golden", "NAME": "Berg Login"}


class Neighbours:
    """Assessments in each state, and links to them, in the workspace of Charlie."""

    def __init__(self, pages: GoldenPages) -> None:
        self.world, self.url = pages.world, pages.server.url
        self.cookie = self.world.session_of("charlie")
        titles = ("Spring wave", "Autumn wave", "Last wave", "Wave on paper")
        self.open, self.draft, self.closed, self.empty = (self._make(title) for title in titles)
        self.free_links = [self._make_address(each) for each in self._invite(self.open, 20)]
        self.draft_link, self.closed_link = (
            self._make_address(self._invite(each, 1)[0]) for each in (self.draft, self.closed)
        )
        with database.write_session(self.world.engine) as session:
            for each in (self.open, self.closed, self.empty):
                assessment_setup.open_assessment(session, self._key(each), self.world.catalogue, people.NOW)
            closing.close_assessment(session, self._key(self.closed), people.NOW, without_results=True)

    def take_link(self) -> str:
        """Return a link that no other page uses."""
        return self.free_links.pop()

    def make_revoked_link(self) -> str:
        invited = self._invite(self.open, 1)[0]
        invitation = tables.invitation
        with database.write_session(self.world.engine) as session:
            revoked = {"revoked_on": people.NOW.date()}
            session.execute(update(invitation).where(invitation.c.id == invited.invitation.id).values(revoked))
        return self._make_address(invited)

    def sign_in(self, page: Page) -> None:
        page.context.add_cookies([{"name": "console", "value": self.cookie, "url": self.url}])

    def _make_address(self, invited: LinkedInvitation) -> str:
        return f"{self.url}/s/{invited.token}"

    def _key(self, assessment: str) -> AssessmentKey:
        return AssessmentKey(self.world.elsewhere, assessment)

    def _make(self, title: str) -> str:
        """Set up an assessment of Charlie's client."""
        organisation = tables.organisation
        with database.write_session(self.world.engine) as session:
            client = session.scalar(
                select(organisation.c.id).where(organisation.c.workspace_id == self.world.elsewhere)
            )
            new = AssessmentInput(
                organisation=str(client),
                questionnaire=INSTRUMENT,
                title=title,
                asker="Anna Berg",
                closes_on=date(2026, 12, 12),
            )
            return assessment_setup.create_assessment(
                session, self.world.elsewhere, new, self.world.catalogue, people.NOW
            ).id

    def _invite(self, assessment: str, count: int) -> tuple[LinkedInvitation, ...]:
        guests = [Invitee(role="staff", functions=("marketing",), name=f"Guest {number}") for number in range(count)]
        with database.write_session(self.world.engine) as session:
            return people_invitations.invite_people(
                session, self._key(assessment), guests, self.world.catalogue, people.NOW
            )


find_neighbours = cache(Neighbours)


@cache
def start_new_server(pages: GoldenPages) -> Server:
    """Start a server without any account, with a provider that does not answer."""
    folder = Path(pages.server.environment["ASSESSMENT_DATA"]) / "new"
    folder.mkdir()
    shutil.copy(pages.migrated_file, folder / "assessment.sqlite3")
    server = Server(f"sqlite:///{folder / 'assessment.sqlite3'}", folder)
    server.factory = "still"
    server.environment |= {f"ASSESSMENT_OIDC_{name}": value for name, value in PROVIDER.items()}
    server.start()
    return server


def sign_in_as_alice(pages: GoldenPages, page: Page) -> None:
    page.context.add_cookies([{"name": "console", "value": pages.cookie, "url": pages.server.url}])


def show_first_account(pages: GoldenPages, page: Page) -> None:
    page.goto(start_new_server(pages).url)


def show_provider_problem(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{start_new_server(pages).url}/console/sign-in/oidc/return?state=another")


def show_signed_out(pages: GoldenPages, page: Page) -> None:
    cookie = pages.world.session_of("bob")
    page.context.add_cookies([{"name": "console", "value": cookie, "url": pages.server.url}])
    page.goto(f"{pages.server.url}/console/clients")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()


def show_set_password(pages: GoldenPages, page: Page) -> None:
    with database.write_session(pages.world.engine) as session:
        link = set_up_links.create_link(session, pages.world.home, "bob@example.org", people.NOW)
    page.goto(f"{pages.server.url}{link.path}")


def show_code_form(pages: GoldenPages, page: Page) -> None:
    """The second step of the sign-in; Charlie's own session has turned it on."""
    page.goto(f"{pages.server.url}/console/sign-in")
    find_neighbours(pages).sign_in(page)
    page.goto(f"{pages.server.url}{WORKSPACE}/account/second-step")
    secret = page.locator("input[name=secret]").get_attribute("value") or ""
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(people.NOW))
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on two-step sign-in").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.context.clear_cookies()
    page.goto(f"{pages.server.url}/console/sign-in")
    _enter_password(page, "charlie@example.org")
    page.get_by_label("Code").wait_for()


def _enter_password(page: Page, address: str) -> None:
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def show_form_amid_sign_in(pages: GoldenPages, page: Page) -> None:
    """A form whose session has ended: the sign-in keeps what was typed."""
    sign_in_as_alice(pages, page)
    page.goto(f"{pages.server.url}{ASSESSMENT}/{pages.world.draft}/settings")
    page.get_by_label("Title").fill("Another title")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").first.click()
    page.get_by_role("heading", name="Sign in").wait_for()


def show_form_after_sign_in(pages: GoldenPages, page: Page) -> None:
    """The step between sign-in and form, which a script does by itself."""
    page.route("**/console*.js", lambda route: route.abort())
    show_form_amid_sign_in(pages, page)
    _enter_password(page, "alice@example.org")
    page.get_by_role("heading", name="What you typed is still here").wait_for()


def show_conflict(pages: GoldenPages, page: Page) -> None:
    """Somebody opened the draft meanwhile."""
    neighbours = find_neighbours(pages)
    neighbours.sign_in(page)
    page.goto(f"{neighbours.url}{ASSESSMENT}/{neighbours.closed}/people")
    token = page.locator("input[name=_token]").first.get_attribute("value") or ""
    page.evaluate(
        """([path, fields]) => {
            const form = Object.assign(document.createElement("form"), {method: "post", action: path});
            for (const [name, value] of Object.entries(fields))
                form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
            document.body.append(form);
            form.submit();
        }""",
        [f"{ASSESSMENT}/{neighbours.closed}/people/lines", {"_token": token, "lines": PEOPLE, "sure": "yes"}],
    )
    page.get_by_role("heading", name="Nothing was saved").or_(page.locator("h1")).first.wait_for()


def show_import(pages: GoldenPages, page: Page) -> None:
    neighbours = find_neighbours(pages)
    neighbours.sign_in(page)
    page.goto(f"{neighbours.url}{ASSESSMENT}/{neighbours.empty}/import")


def show_import_check(pages: GoldenPages, page: Page) -> None:
    show_import(pages, page)
    page.set_input_files("#export", GOLDEN)
    page.get_by_role("button", name="Check what maps").click()
    page.get_by_role("button", name="Import").wait_for()


def show_import_end(pages: GoldenPages, page: Page) -> None:
    show_import_check(pages, page)
    page.get_by_role("button", name="Import").click()
    page.get_by_role("heading", name="Responses are taken in").wait_for()


def show_question_import(pages: GoldenPages, page: Page) -> None:
    sign_in_as_alice(pages, page)
    page.goto(f"{pages.server.url}{WORKSPACE}/questionnaires/import")


def show_question_check(pages: GoldenPages, page: Page) -> None:
    show_question_import(pages, page)
    content = make_workbook(survey=SURVEY, choices=CHOICES)
    page.set_input_files("#survey", {"name": "survey.xlsx", "mimeType": "application/zip", "buffer": content})
    page.get_by_role("button", name="Check what maps").click()
    page.get_by_role("button", name="Download the files").or_(page.locator("#errors")).first.wait_for()


def show_letters(pages: GoldenPages, page: Page) -> None:
    neighbours = find_neighbours(pages)
    neighbours.sign_in(page)
    page.goto(f"{neighbours.url}{ASSESSMENT}/{neighbours.draft}/people")
    page.get_by_role("button", name="Print letters with links").click()
    page.locator(".letters").wait_for()


def show_chosen_corrections(pages: GoldenPages, page: Page) -> None:
    sign_in_as_alice(pages, page)
    page.goto(f"{pages.server.url}{ASSESSMENT}/{pages.world.open}/people")
    for box in page.locator("input[name=chosen]").all()[:2]:
        box.check()
    page.get_by_role("button", name="Replace…").first.click()
    page.wait_for_url("**/people/chosen")


def show_report_progress(pages: GoldenPages, page: Page) -> None:
    sign_in_as_alice(pages, page)
    page.goto(f"{pages.server.url}{build_progress_path(pages.world.closed, 'board', 'en', 'docx')}")
    page.get_by_role("heading", name="Your file is ready").wait_for(timeout=RENDER_PATIENCE)


def show_forbidden(pages: GoldenPages, page: Page) -> None:
    cookie = pages.world.session_of("bob")
    page.context.add_cookies([{"name": "console", "value": cookie, "url": pages.server.url}])
    page.goto(f"{pages.server.url}{WORKSPACE}/keys")


CONSOLE_STATES: dict[str, Show] = {
    "first-account": show_first_account,
    "sign-in-provider-problem": show_provider_problem,
    "sign-in-ended": show_signed_out,
    "sign-in-code": show_code_form,
    "sign-in-kept": show_form_amid_sign_in,
    "sign-in-resume": show_form_after_sign_in,
    "set-password": show_set_password,
    "state-conflict": show_conflict,
    "import": show_import,
    "import-check": show_import_check,
    "import-end": show_import_end,
    "question-import": show_question_import,
    "question-check": show_question_check,
    "letters": show_letters,
    "people-correct-many": show_chosen_corrections,
    "report-progress": show_report_progress,
    "forbidden": show_forbidden,
}
