"""Every flow of accounts with a real mail server: with scripts, without JavaScript on a phone, by keyboard alone."""

import re
import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from assessment.cli import main
from tests import oidc_provider
from tests.browser import account_steps
from tests.browser.account_steps import NEW_PASSWORD, PASSWORD, WAYS, WORKSPACE, AccountConsole, Office, Steps
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

Come = Callable[[], Steps]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[AccountConsole]:
    folder = tmp_path_factory.mktemp("accounts")
    shutil.copy(migrated_file, folder / "assessment.sqlite3")
    with account_steps.run_account_console(f"sqlite:///{folder / 'assessment.sqlite3'}", folder) as console:
        yield console


@pytest.fixture
def office(console: AccountConsole) -> Office:
    return Office(console)


@pytest.fixture(params=WAYS)
def come(
    request: pytest.FixtureRequest,
    console: AccountConsole,
    open_browser: Callable[..., Page],
    complaints: list[str],
) -> Iterator[Come]:
    """Opens a browser of its own for each person, all of them used in the same way."""
    yield lambda: Steps(open_browser(**WAYS[request.param]), console.server.url, request.param)
    account_steps.drop_refusals(complaints)


def test_first_owner_makes_the_account_that_the_page_names_and_signs_in(
    come: Come, tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copy(migrated_file, tmp_path / "assessment.sqlite3")
    server = Server(f"sqlite:///{tmp_path / 'assessment.sqlite3'}", tmp_path)
    server.start()
    owner = come()
    owner.open(server.url)
    command = owner.page.locator("code.secret").inner_text().replace("YOUR FIRM", "Harbour Consulting")
    monkeypatch.setenv("ASSESSMENT_DATA", str(tmp_path))

    program, *arguments = shlex.split(command)
    made = CliRunner().invoke(main, arguments, input=PASSWORD, catch_exceptions=False)
    owner.follow("Done: sign in")
    owner.write("Email", "you@example.org")
    owner.write("Password", PASSWORD)
    owner.press("Sign in")

    owner.expect_signed_in()
    owner.follow("Settings")
    assert (program, made.exit_code) == ("assessment", 0)
    expect(owner.page.get_by_text("you@example.org · owner · Harbour Consulting")).to_be_visible()
    server.stop()


def test_invited_user_sets_a_password_by_the_mailed_link_and_signs_in(come: Come, office: Office):
    alice, eve, address = come(), come(), f"eve@{office.id}.example"
    alice.sign_in(office.alice, PASSWORD)
    alice.follow("Settings")
    alice.follow("Users")
    alice.write("Email", "nobody")
    alice.press("Add and mail the link")
    alice.expect_error("email address")
    alice.write("Email", address)
    alice.choose("Viewer")
    alice.press("Add and mail the link")
    alice.expect_notice("The link to set a password is on its way by mail.")
    expect(alice.find_row(address)).to_contain_text("No password yet")

    link = office.console.wait_for_link(address)
    eve.open(link)
    eve.write("New password", NEW_PASSWORD)
    eve.write("New password again", PASSWORD)
    eve.press("Set the password")
    eve.expect_error("The two passwords differ.")
    eve.write("New password", NEW_PASSWORD)
    eve.write("New password again", NEW_PASSWORD)
    eve.press("Set the password")
    eve.expect_notice("Your password is set.")
    eve.sign_in(address, NEW_PASSWORD)

    eve.expect_signed_in()
    eve.follow("Settings")
    expect(eve.page.get_by_text(f"{address} · viewer · {office.name}")).to_be_visible()
    alice.page.reload()
    expect(alice.find_row(address)).to_contain_text("Active")
    eve.open(link)
    expect(eve.page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()


def test_changed_disabled_enabled_and_removed_user_is_affected_at_once(come: Come, office: Office):
    alice, eve, address = come(), come(), office.add_user("eve", "editor")
    office.start_session(office.alice, alice.page)
    eve.sign_in(address, PASSWORD)
    alice.open(f"{WORKSPACE}/users")
    alice.follow(address)

    alice.choose("Viewer")
    alice.press("Change the role")
    alice.expect_notice("The role is changed, with effect from now.")
    eve.open(f"{WORKSPACE}/account")
    expect(eve.page.get_by_text(f"{address} · viewer", exact=False).last).to_be_visible()
    alice.press("Disable the account")
    alice.expect_notice("The account is disabled, and all its sessions have ended.")
    eve.expect_signed_out()
    eve.sign_in(address, PASSWORD)
    eve.expect_error("Email or password is wrong.")
    alice.press("Enable the account")
    alice.expect_notice("The account is enabled again.")
    eve.sign_in(address, PASSWORD)
    eve.expect_signed_in()
    alice.follow("Remove…")
    alice.press("Remove the user")
    alice.expect_notice("The user is removed, and all their sessions have ended.")

    expect(alice.find_row(address)).to_have_count(0)
    eve.expect_signed_out()
    eve.sign_in(address, PASSWORD)
    eve.expect_error("Email or password is wrong.")


def test_changed_password_ends_other_sessions_and_replaces_the_old_one(come: Come, office: Office):
    here, elsewhere = come(), come()
    here.sign_in(office.alice, PASSWORD)
    office.start_session(office.alice, elsewhere.page)
    elsewhere.open(f"{WORKSPACE}/account")
    here.follow("Settings")

    here.write("Current password", NEW_PASSWORD)
    here.write("New password", NEW_PASSWORD)
    here.write("New password again", NEW_PASSWORD)
    here.press("Change the password")
    here.expect_error("This is not your current password.")
    here.write("Current password", PASSWORD)
    here.write("New password", NEW_PASSWORD)
    here.write("New password again", NEW_PASSWORD)
    here.press("Change the password")

    here.expect_notice("Your password is changed. All other sessions have ended.")
    elsewhere.expect_signed_out()
    elsewhere.sign_in(office.alice, PASSWORD)
    elsewhere.expect_error("Email or password is wrong.")
    elsewhere.sign_in(office.alice, NEW_PASSWORD)
    elsewhere.expect_signed_in()


def test_forgotten_password_is_reset_by_the_mailed_link_which_ends_all_sessions(come: Come, office: Office):
    alice, elsewhere = come(), come()
    office.start_session(office.alice, elsewhere.page)
    elsewhere.open(f"{WORKSPACE}/account")
    alice.open("/console/sign-in")

    alice.follow("Forgot your password?")
    alice.write("Email", office.alice)
    alice.press("Mail me a link")
    alice.expect_notice("a mail with a link is on its way.")
    link = office.console.wait_for_link(office.alice)
    alice.open(link)
    alice.write("New password", NEW_PASSWORD)
    alice.write("New password again", NEW_PASSWORD)
    alice.press("Set the password")

    alice.expect_notice("Your password is set.")
    elsewhere.expect_signed_out()
    alice.sign_in(office.alice, NEW_PASSWORD)
    alice.expect_signed_in()
    elsewhere.open(link)
    expect(elsewhere.page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()


def test_sessions_are_listed_and_ended_one_by_one_and_all_others_at_once(come: Come, office: Office):
    here, others = come(), [come() for _ in range(3)]
    here.sign_in(office.alice, PASSWORD)
    for number, other in enumerate(others):
        office.start_session(office.alice, other.page, f"Browser {number}")
        other.open(f"{WORKSPACE}/account")
    here.follow("Settings")
    expect(here.find_row("this one")).to_have_count(1)
    expect(here.page.get_by_role("row")).to_have_count(5)

    here.press(re.compile("^End.*Browser 1"))
    here.expect_notice("The session has ended.")
    others[1].expect_signed_out()
    others[2].page.reload()
    expect(others[2].page.get_by_role("heading", name="My account")).to_be_visible()
    here.press("End all other sessions")

    here.expect_notice("All other sessions have ended.")
    expect(here.page.get_by_role("row")).to_have_count(2)
    others[0].expect_signed_out()
    others[2].expect_signed_out()


def read_recovery_codes(steps: Steps) -> list[str]:
    codes = steps.page.locator(".codes code")
    expect(codes).to_have_count(10)
    return codes.all_inner_texts()


def test_second_factor_is_turned_on_asked_for_renewed_and_turned_off(come: Come, office: Office):
    here, thief = come(), come()
    here.sign_in(office.alice, PASSWORD)
    here.follow("Settings")
    here.follow("Set it up…")
    app = pyotp.TOTP(here.page.locator("code.secret").inner_text().replace(" ", ""))
    here.write("Code", app.now())
    here.write("Current password", PASSWORD)
    here.press("Turn on two-step sign-in")
    codes = read_recovery_codes(here)
    here.follow("I have stored them")
    expect(here.page.get_by_text("10 recovery codes are left.")).to_be_visible()
    here.press("Sign out")
    here.page.wait_for_url("**/console/sign-in**")

    here.sign_in(office.alice, PASSWORD)
    here.enter_code("000000")
    here.expect_error("This code is wrong, or was used already.")
    code = app.at(int(time.time()) + 30)  # that of now has been used
    here.enter_code(code)
    here.expect_signed_in()
    thief.sign_in(office.alice, PASSWORD)
    thief.enter_code(code)
    thief.expect_error("This code is wrong, or was used already.")
    thief.enter_code(codes[0])
    thief.expect_signed_in()
    thief.press("Sign out")
    thief.page.wait_for_url("**/console/sign-in**")
    thief.sign_in(office.alice, PASSWORD)
    thief.enter_code(codes[0])
    thief.expect_error("This code is wrong, or was used already.")

    here.follow("Settings")
    here.follow("Recovery codes, or turn it off…")
    expect(here.page.get_by_text("9 recovery codes are left.")).to_be_visible()
    here.write_in_form("Make new recovery codes", "Current password", PASSWORD)
    here.press("Make new recovery codes")
    new_codes = read_recovery_codes(here)
    assert not set(codes) & set(new_codes)
    thief.sign_in(office.alice, PASSWORD)
    thief.enter_code(codes[1])
    thief.expect_error("This code is wrong, or was used already.")
    here.follow("I have stored them")
    here.follow("Recovery codes, or turn it off…")
    here.write_in_form("Turn off two-step sign-in", "Current password", PASSWORD)
    here.press("Turn off two-step sign-in")

    here.expect_notice("Two-step sign-in is off.")
    thief.sign_in(office.alice, PASSWORD)
    thief.expect_signed_in()


def test_provider_signs_in_users_with_a_verified_address_and_nobody_else(
    come: Come, console: AccountConsole, office: Office
):
    alice, stranger = come(), come()
    oidc_provider.set_user(console.issuer, claims={"email": office.alice, "email_verified": True})
    alice.open(f"{WORKSPACE}/keys")
    alice.follow("Sign in with Berg Login")
    expect(alice.page.get_by_role("heading", name="API keys")).to_be_visible()

    oidc_provider.set_user(console.issuer, claims={"email": f"x@{office.id}.example", "email_verified": True})
    stranger.open("/console/sign-in")
    stranger.follow("Sign in with Berg Login")
    expect(stranger.page.get_by_role("alert")).to_contain_text(f"There is no account for x@{office.id}.example here")
    stranger.follow("Back to the sign-in")
    oidc_provider.set_user(console.issuer, denies=True)
    stranger.follow("Sign in with Berg Login")

    expect(stranger.page.get_by_role("alert")).to_contain_text("was cancelled or refused")
