"""The Tab key on pages of accounts, keys, audit log and settings: it reaches every control, in order and in sight."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from assessment.services.auth import set_up_links
from assessment.storage import database
from tests.browser import account_steps
from tests.browser.account_steps import WORKSPACE, AccountConsole, Office
from tests.browser.conftest import DESK, PHONE
from tests.browser.keyboard import Keyboard

pytestmark = pytest.mark.browser

PUBLIC_PATHS = ("/console/sign-in", "/console/forgot", "/console/password/nobody", "{link}")
OWN_PATHS = (
    "/account", "/account/second-step", "/users", "/users/{user}", "/users/{user}/remove", "/keys", "/keys/{key}",
    "/audit", "/audit/check", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, migrated_file: str) -> Iterator[AccountConsole]:
    folder = tmp_path_factory.mktemp("tab")
    shutil.copy(migrated_file, folder / "assessment.sqlite3")
    with account_steps.run_account_console(f"sqlite:///{folder / 'assessment.sqlite3'}", folder) as console:
        yield console


@pytest.fixture(scope="module")
def office(console: AccountConsole) -> Office:
    """A workspace with a second user, a second session, a key and a logo."""
    office = Office(console)
    office.add_user("bob", "viewer")
    office.add_key()
    return office


@pytest.fixture(scope="module")
def places(office: Office) -> dict[str, str]:
    with database.write_session(office.console.engine) as session:
        address = f"bob@{office.id}.example"
        link = set_up_links.create_link(session, office.workspace_id, address, datetime.now(UTC)).path
    return {"user": office.user_ids[address], "key": office.key_id, "link": link}


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_tab_reaches_every_control_in_the_order_of_the_page(
    console: AccountConsole,
    office: Office,
    places: dict[str, str],
    open_browser: Callable[..., Page],
    complaints: list[str],
    screen: dict[str, int],
):
    page = open_browser(viewport=screen)
    visits = {}

    for path in PUBLIC_PATHS:
        page.goto(console.server.url + path.format_map(places))
        visits[path] = Keyboard(page).visit_all()
    office.start_session(office.alice, open_browser())
    office.start_session(office.alice, page)
    for path in OWN_PATHS:
        page.goto(console.server.url + WORKSPACE + path.format_map(places))
        visits[path] = Keyboard(page).visit_all()

    account_steps.drop_refusals(complaints)
    assert all(len(expected) > 2 for expected, _ in visits.values())
    assert {path: reached for path, (_, reached) in visits.items()} == {
        path: expected for path, (expected, _) in visits.items()
    }
