"""Keys, audit log and settings of a workspace: with scripts, without JavaScript on a phone, by keyboard alone."""

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from assessment.storage import database, tables
from tests.browser import account_steps
from tests.browser.account_steps import WAYS, WORKSPACE, AccountConsole, Office, Steps

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, migrated_file: str) -> Iterator[AccountConsole]:
    folder = tmp_path_factory.mktemp("workspaces")
    shutil.copy(migrated_file, folder / "assessment.sqlite3")
    with account_steps.run_account_console(f"sqlite:///{folder / 'assessment.sqlite3'}", folder) as console:
        yield console


@pytest.fixture
def office(console: AccountConsole) -> Office:
    return Office(console)


@pytest.fixture(params=WAYS)
def alice(
    request: pytest.FixtureRequest, office: Office, open_browser: Callable[..., Page], complaints: list[str]
) -> Iterator[Steps]:
    """The owner of the workspace, signed in."""
    steps = Steps(open_browser(**WAYS[request.param]), office.console.server.url, request.param)
    office.start_session(office.alice, steps.page)
    yield steps
    account_steps.drop_refusals(complaints)


def read_new_key(alice: Steps) -> str:
    return alice.page.get_by_role("textbox", name="The new key").input_value()


def ask_api(alice: Steps, key: str, path: str = "assessments") -> int:
    """Call the API with a key; return the status."""
    return httpx.get(f"{alice.url}/api/v1/{path}", headers={"Authorization": f"Bearer {key}"}).status_code


def make_key(alice: Steps, name: str, validity: str = "90 days") -> str:
    alice.open(f"{WORKSPACE}/keys")
    alice.write("Name", name)
    alice.tick("Read clients, assessments, invitations and progress")
    alice.select("Valid for", validity)
    alice.press("Make and show the key")
    return read_new_key(alice)


def test_key_is_made_with_scopes_and_expiry_used_rotated_and_revoked(alice: Steps):
    alice.open(f"{WORKSPACE}/keys")
    alice.write("Name", "Dashboard")
    alice.press("Make and show the key")
    alice.expect_error("read:assessments")
    old = make_key(alice, "Dashboard", "365 days")
    row = alice.find_row("Dashboard")
    expect(row).to_contain_text("never")
    expect(row).to_contain_text(str((datetime.now(UTC) + timedelta(days=365)).year))

    statuses = [ask_api(alice, old), ask_api(alice, old, "webhooks")]
    alice.open(f"{WORKSPACE}/keys")
    expect(row).not_to_contain_text("never")
    alice.follow("Dashboard")
    alice.select("The present key works for another", "1 hour")
    alice.press("Replace and show the new key")
    new = read_new_key(alice)
    statuses += [ask_api(alice, old), ask_api(alice, new)]
    alice.follow("Dashboard")
    alice.press("Revoke the key")
    alice.expect_notice("The key is revoked.")

    expect(alice.find_row("revoked on")).to_have_count(1)
    assert statuses == [200, 403, 200, 200]
    assert sorted((ask_api(alice, old), ask_api(alice, new))) == [200, 401]


def test_key_replaced_at_once_or_expired_is_refused(alice: Steps, office: Office):
    replaced = make_key(alice, "Dashboard")
    alice.follow("Dashboard")
    alice.select("The present key works for another", "moment: it ends at once")
    alice.press("Replace and show the new key")
    current = read_new_key(alice)
    statuses = [ask_api(alice, replaced), ask_api(alice, current)]
    key = tables.api_key
    with database.write_session(office.console.engine) as session:
        ended = {"expires_at": datetime.now(UTC) - timedelta(minutes=1)}
        session.execute(key.update().where(key.c.workspace_id == office.workspace_id).values(ended))

    alice.open(f"{WORKSPACE}/keys")

    assert statuses == [401, 200]
    assert ask_api(alice, current) == 401
    expect(alice.find_row("expired on")).to_have_count(1)


def test_audit_log_is_filtered_exported_and_checked(alice: Steps, office: Office):
    make_key(alice, "Dashboard")
    alice.follow("Users")
    alice.write("Email", f"eve@{office.id}.example")
    alice.press("Add and mail the link")
    alice.expect_notice("The person is added.")
    alice.follow("Audit log")
    expect(alice.page.locator("tbody tr")).to_have_count(2)
    alice.select("What", "Users and passwords")
    if alice.keyboard:
        alice.keyboard.write_date(alice.page.get_by_label("From (optional)"), date(2020, 1, 1))
    else:
        alice.write("From (optional)", "2020-01-01")
    alice.press("Show")
    expect(alice.page.locator("tbody tr")).to_have_count(1)

    content = alice.download("Download these entries (CSV)").decode("utf-8-sig")
    alice.follow("Check the log")
    expect(alice.page.get_by_text("Nothing was altered.")).to_be_visible()
    entry = tables.audit_entry
    with database.write_session(office.console.engine) as session:
        changed = entry.update().where(entry.c.workspace_id == office.workspace_id, entry.c.number == 1)
        session.execute(changed.values(actor="charlie@example.org"))
    alice.page.reload()

    rows = list(csv.reader(io.StringIO(content)))
    assert [len(rows), rows[1][2]] == [2, office.alice]
    expect(alice.page.get_by_role("alert")).to_contain_text("Entry 1 does not match its signature.")


def make_picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 20), "navy").save(content, "PNG")
    return content.getvalue()


def test_workspace_settings_are_checked_saved_and_applied(alice: Steps, office: Office):
    name = f"Harbour {office.id}"
    alice.open(WORKSPACE)
    alice.write("Name", name)
    alice.write("Time zone", "Mars/Olympus")
    alice.write("Months until answers are due for deletion (optional)", "900")
    alice.press("Save the settings")
    alice.expect_error("time zone")
    expect(alice.page.get_by_label("Name", exact=True)).to_have_value(name)
    alice.write("Time zone", "Pacific/Auckland")
    alice.write("Sender name (optional)", "Anna of Harbour")
    alice.write("Reports are prepared by (optional)", "Harbour Analytics")
    alice.write("Colour of reports (optional)", "#0B3D63")
    alice.tick("Español")
    alice.write("Months until answers are due for deletion (optional)", "24")
    alice.press("Save the settings")
    alice.expect_notice("The settings are saved.")

    expect(alice.page.locator(".who-workspace")).to_have_text(name)
    expect(alice.page.get_by_label("Time zone")).to_have_value("Pacific/Auckland")
    expect(alice.page.get_by_label("Español")).not_to_be_checked()
    expect(alice.page.get_by_label("Deutsch")).to_be_checked()
    expect(alice.page.get_by_label("Months until answers are due")).to_have_value("24")
    expect(alice.page.get_by_role("img", name="The colour now: #0B3D63")).to_be_visible()
    alice.follow("Users")
    alice.write("Email", f"eve@{office.id}.example")
    alice.press("Add and mail the link")
    alice.expect_notice("The person is added.")
    office.console.wait_for_link(f"eve@{office.id}.example")
    mail = office.console.mailbox.find(f"eve@{office.id}.example")[0].message
    assert "Anna of Harbour" in mail["From"]
    assert name in mail["Subject"]


def test_logo_is_checked_stored_and_removed(alice: Steps):
    alice.open(WORKSPACE)
    alice.upload("Picture", "logo.png", b"no picture")
    alice.press("Use this logo")
    alice.expect_error("PNG or JPEG")
    alice.upload("Picture", "logo.png", make_picture())
    alice.press("Use this logo")
    alice.expect_notice("The settings are saved.")
    logo = alice.page.get_by_role("img", name="The logo of this workspace")
    expect(logo).to_be_visible()
    assert logo.evaluate("(image) => image.naturalWidth") > 0

    alice.press("Remove the logo")

    alice.expect_notice("The settings are saved.")
    expect(logo).to_have_count(0)
