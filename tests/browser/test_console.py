"""The console in a real browser: the whole way with and without JavaScript, by keyboard, on every screen."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assessment.storage import database, tables
from tests.browser.conftest import DESK, PHONE, Server
from tests.browser.page_checks import fits_screen
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
LINES = "Ann Lee, ann@example.org, leader, marketing\nKim Berg, , practitioner, marketing; hr\n, , staff, all"
LINK = re.compile(r"^http://127\.0\.0\.1:\d+/s/[\w-]{43}$")

REFRESH_LIVE = "htmx.ajax('get', location.pathname, {source: '#live', target: '#live', swap: 'outerHTML'})"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """A client with a draft, an open and a closed assessment."""
    world = World(sqlite_url)
    assert world.closed
    yield world
    world.engine.dispose()


@pytest.fixture
def console(world: World, sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    """The console, served."""
    assert world.draft
    server = Server(sqlite_url, tmp_path)
    server.start()
    yield server
    server.stop()


def _sign_in(page: Page, server: Server, email: str = "alice@example.org") -> None:
    page.goto(f"{server.url}/console")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_assessment_is_created_answered_closed_and_reported(
    console: Server, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(viewport=DESK, java_script_enabled=javascript)
    _sign_in(page, console)

    page.get_by_role("link", name="New assessment").click()
    page.get_by_label("Name of the new client").fill("Northwind")
    page.get_by_label("Title").fill("Spring wave")
    page.get_by_role("button", name="Create assessment").click()
    page.get_by_role("link", name="Invite people").first.click()
    page.get_by_label("One person per line").fill(LINES)
    page.get_by_role("button", name="Check these lines").click()
    expect(page.get_by_role("heading", name="Add 3 people?")).to_be_visible()
    page.get_by_role("button", name="Add 3 people").click()
    page.get_by_role("link", name="Spring wave").click()
    page.get_by_role("button", name="Open for answers").click()
    expect(page.get_by_text("The assessment is open.")).to_be_visible()
    page.get_by_role("link", name="People and links").click()
    page.get_by_role("button", name=re.compile("^Get link.*Kim Berg$")).click()
    link = page.get_by_role("textbox", name="Link")
    expect(page.get_by_role("button", name="Copy")).to_be_visible(visible=javascript)
    expect(link).to_have_value(LINK)
    respondent = open_browser()
    respondent.goto(link.input_value())
    expect(respondent.get_by_role("heading", name="Spring wave")).to_be_visible()
    page.get_by_role("link", name="Spring wave").click()
    page.get_by_role("link", name="Close survey").click()
    page.get_by_role("button", name="Close survey without responses").click()
    page.get_by_role("button", name="Close survey without results").click()

    expect(page.get_by_role("heading", name="Closed without results")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    # The browser itself notes that the first attempt to close was answered with 422.
    complaints[:] = [each for each in complaints if "422" not in each]


def test_new_link_gets_the_focus(console: Server, world: World, open_browser: OpenBrowser):
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/people")

    page.get_by_role("button", name=re.compile("^Get link.*Guest 0$")).click()

    expect(page.get_by_role("textbox", name="Link")).to_be_focused()
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    assert page.url.endswith("/people")


def test_progress_refresh_keeps_the_focus_and_is_announced(console: Server, world: World, open_browser: OpenBrowser):
    fresh = world.opened("Fresh wave")
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{fresh}")
    assert page.locator("#progress").get_attribute("hx-trigger") == "every 300s"
    page.locator("#invite").focus()

    page.evaluate("document.querySelector('#progress').dataset.before = 'yes'")
    page.evaluate("htmx.ajax('GET', location.pathname + '/progress', {target: '#progress', swap: 'outerHTML'})")

    expect(page.locator("#progress[data-before]")).to_have_count(0)
    expect(page.locator("#invite")).to_be_focused()
    world.invite(fresh, "staff", 2)
    page.evaluate("htmx.ajax('GET', location.pathname + '/progress', {target: '#progress', swap: 'outerHTML'})")
    expect(page.locator("#progress")).to_contain_text(re.compile(r"Invited\s*2"))


def test_live_page_refresh_keeps_the_focus_and_what_is_open(console: Server, world: World, open_browser: OpenBrowser):
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/live")
    page.evaluate(
        """document.querySelector("#live").insertAdjacentHTML("beforeend",
        "<details open><summary>As a table</summary></details>")"""
    )
    fragment = page.evaluate("document.querySelector('#live').outerHTML").replace('<details open=""', "<details")
    page.route("**/live", lambda route: route.fulfill(body=fragment, content_type="text/html"))
    page.get_by_role("link", name="Refresh").focus()

    page.evaluate("document.querySelector('#live').dataset.before = 'yes'")
    page.evaluate(REFRESH_LIVE)

    expect(page.locator("#live[data-before]")).to_have_count(0)
    expect(page.locator("#live details[open]")).to_have_count(1)
    expect(page.get_by_role("link", name="Refresh")).to_be_focused()


def test_failed_refresh_changes_nothing_at_the_next_swap(
    console: Server, world: World, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/live")
    page.evaluate(
        """document.querySelector("#live").insertAdjacentHTML("beforeend",
        "<details open><summary>As a table</summary></details><p id='other'></p>")"""
    )
    page.route("**/live", lambda route: route.fulfill(status=503, body="busy"))
    with page.expect_response("**/live"):
        page.evaluate(REFRESH_LIVE)
    page.locator("#live details").evaluate("each => { each.open = false; }")

    page.route("**/other", lambda route: route.fulfill(body="<p id='other'>new</p>", content_type="text/html"))
    page.evaluate(
        """new Promise((done) => {
            document.addEventListener("htmx:afterSettle", () => setTimeout(done));
            htmx.ajax("get", "/other", {target: "#other", swap: "outerHTML"});
        })"""
    )

    expect(page.locator("#other")).to_have_text("new")
    expect(page.locator("#live details[open]")).to_have_count(0)
    complaints[:] = [each for each in complaints if "503" not in each]


@pytest.mark.parametrize("typed", ["", "2999-01-01"])
def test_refresh_after_the_session_leaves_a_page_only_if_nothing_is_typed(
    console: Server, world: World, open_browser: OpenBrowser, complaints: list[str], typed: str
):
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/live")
    page.locator("#closes_on").fill(typed)
    page.context.clear_cookies()

    with page.expect_response("**/live"):
        page.evaluate(REFRESH_LIVE)

    if typed:
        page.wait_for_timeout(500)  # a redirect would be under way by now
        expect(page.locator("#closes_on")).to_have_value(typed)
    else:
        page.wait_for_url("**/sign-in**")
    complaints[:] = [each for each in complaints if "401" not in each]


def test_second_click_on_a_button_does_not_send_the_form_again(console: Server, open_browser: OpenBrowser):
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/new")

    sent = page.evaluate(
        """() => {
            let sent = 0;
            window.addEventListener("submit", (event) => { sent += !event.defaultPrevented; event.preventDefault(); });
            const button = document.querySelector("main form button[type=submit]");
            button.click();
            button.click();
            const other = button.cloneNode();
            button.after(other);
            other.click();
            return sent;
        }"""
    )

    assert sent == 2  # the second button of a form does something else


def test_form_errors_get_the_focus_and_link_to_their_fields(console: Server, open_browser: OpenBrowser, complaints):
    page = open_browser()
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/new")

    page.get_by_role("button", name="Create assessment").click()

    expect(page.locator("#errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    page.get_by_role("link", name="Give the assessment a title.").click()
    expect(page.get_by_label("Title")).to_be_focused()
    assert all("422" in each for each in complaints)
    complaints.clear()


def test_keyboard_alone_signs_in_creates_an_assessment_and_adds_a_person(console: Server, open_browser: OpenBrowser):
    page = open_browser(viewport=DESK)
    press = page.keyboard.press
    page.goto(f"{console.url}/console")

    _press_tab_until(page, page.get_by_label("Email"))
    page.keyboard.type("alice@example.org")
    press("Tab")
    page.keyboard.type(PASSWORD)
    press("Enter")
    _press_tab_until(page, page.get_by_role("link", name="New assessment"))
    press("Enter")
    _press_tab_until(page, page.get_by_label("Name of the new client"))
    page.keyboard.type("Northwind")
    press("Tab")
    page.keyboard.type("By hand")
    press("Enter")
    _press_tab_until(page, page.get_by_role("link", name="Invite people").first)
    press("Enter")
    _press_tab_until(page, page.locator("#role-leader"))
    press("Space")
    _press_tab_until(page, page.locator("#functions-hr"))
    press("Space")
    press("Enter")

    expect(page.locator("#done")).to_be_focused()
    expect(page.get_by_role("rowheader", name="Person 1")).to_be_visible()


def _press_tab_until(page: Page, wanted) -> None:
    """Press Tab until it has the focus; each stop on the way must be seen."""
    wanted.wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("Tab never came there.")


def test_pasted_list_is_accessible_with_and_without_errors(
    console: Server, world: World, open_browser: OpenBrowser, assert_accessible, complaints
):
    page = open_browser()
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/people")

    page.get_by_label("One person per line").fill(LINES + "\nEve, , Kapitän, hr")
    page.get_by_role("button", name="Check these lines").click()
    expect(page.get_by_role("region", name="Words in the list")).to_contain_text("Kapitän")
    assert_accessible(page)
    page.get_by_role("combobox").first.select_option(label="Leader")
    page.get_by_role("button", name="Check again").first.click()
    expect(page.get_by_role("heading", name="Add 4 people?")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Add 4 people").click()

    expect(page.get_by_role("rowheader", name="Eve")).to_be_visible()
    assert all("422" in each for each in complaints)
    complaints.clear()


@pytest.mark.parametrize("javascript", [True, False])
def test_list_sent_with_expired_session_is_restored_after_sign_in(
    console: Server,
    world: World,
    open_browser: OpenBrowser,
    complaints: list[str],
    assert_accessible: Callable[[Page], None],
    *,
    javascript: bool,
):
    page = open_browser(viewport=PHONE, java_script_enabled=javascript)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/people")
    page.get_by_label("One person per line").fill(LINES)
    with database.write_session(world.engine) as session:
        session.execute(tables.console_session.delete())

    page.get_by_role("button", name="Check these lines").click()
    expect(page.get_by_text("Your session expired. Sign in to continue; what you typed is still here.")).to_be_visible()
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    if not javascript:
        expect(page.get_by_role("heading", name="What you typed is still here")).to_be_visible()
        page.get_by_role("button", name="Show the form").click()

    expect(page.get_by_text("What you typed is still here. Nothing is saved yet.")).to_be_visible()
    expect(page.get_by_label("One person per line")).to_have_value(LINES)
    if javascript:
        assert_accessible(page)
    page.get_by_role("button", name="Check these lines").click()
    expect(page.get_by_role("heading", name="Add 3 people?")).to_be_visible()
    # The browser itself notes that the form was answered with 401.
    complaints[:] = [each for each in complaints if "401" not in each]


def test_button_for_a_link_says_when_there_is_none(
    console: Server, world: World, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser(viewport=PHONE)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/people")
    button, failed = page.get_by_role("button", name="Get link").first, page.get_by_text("You got no link. Try again")
    for fail in (lambda route: route.abort(), lambda route: route.fulfill(status=503)):
        page.route("**/people/*/link", fail)
        button.click()
        expect(failed.first).to_be_visible()
        page.unroute("**/people/*/link")

    button.click()

    expect(page.locator("#link").get_by_role("textbox")).to_be_visible()
    expect(page.locator(".failure")).to_have_count(0)
    complaints.clear()  # the browser and htmx note both failures


def test_saving_form_says_what_is_not_saved_and_keeps_it_when_the_session_ends(
    console: Server, world: World, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.closed}/roadmap")
    summary = page.get_by_label("Summary on the answer page")
    not_saved = page.get_by_text("Not saved. What you typed is still here")
    for fail in (lambda route: route.abort(), lambda route: route.fulfill(status=503)):
        page.route("**/roadmap", fail)
        summary.fill("Typed in vain.")
        summary.blur()
        expect(not_saved).to_be_visible()
        page.unroute("**/roadmap")
        summary.fill("Typed and saved.")
        summary.blur()
        expect(page.get_by_text(re.compile(r"Saved \d"))).to_be_visible()
        expect(not_saved).to_have_count(0)

    with database.write_session(world.engine) as session:
        session.execute(tables.console_session.delete())
    summary.fill("Typed after the session.")
    summary.blur()
    expect(page.get_by_text("Your session expired. Sign in to continue; what you typed is still here.")).to_be_visible()
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("What you typed is still here. Nothing is saved yet.")).to_be_visible()
    expect(summary).to_have_value("Typed after the session.")

    page.goto(f"{console.url}/console/assessments/{world.closed}/roadmap")
    page.context.clear_cookies()
    _sign_in(page.context.new_page(), console)  # in another tab: the form has the token of the session before
    summary.fill("Typed with an old token.")
    summary.blur()
    expect(page.get_by_text("What you typed is still here. Nothing is saved yet.")).to_be_visible()
    expect(summary).to_have_value("Typed with an old token.")
    complaints[:] = [each for each in complaints if not re.search("401|403|503|ERR_FAILED|htmx", each)]


def test_settings_changed_by_someone_else_show_both_versions(
    console: Server,
    world: World,
    open_browser: OpenBrowser,
    complaints: list[str],
    assert_accessible: Callable[[Page], None],
):
    page, other = (open_browser(viewport=PHONE) for _ in range(2))
    for each in (page, other):
        _sign_in(each, console)
        each.goto(f"{console.url}/console/assessments/{world.open}/settings")
    page.get_by_label("Title").fill("Typed by Alice")
    other.get_by_label("Title").fill("Typed elsewhere")
    other.get_by_role("button", name="Save the settings").click()
    expect(other.get_by_text("The settings are saved.")).to_be_visible()

    page.get_by_role("button", name="Save the settings").click()

    expect(page.get_by_text("alice@example.org changed these settings while you were editing.")).to_be_visible()
    expect(page.locator("#versions")).to_contain_text("Typed elsewhere")
    expect(page.get_by_label("Title")).to_have_value("Typed by Alice")
    assert_accessible(page)
    assert fits_screen(page)
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    complaints[:] = [each for each in complaints if "412" not in each]
