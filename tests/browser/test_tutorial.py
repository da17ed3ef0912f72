"""The steps of docs/tutorial.md, followed as they are written; ASSESSMENT_TEST_PICTURES=yes makes its pictures."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import START_SECONDS
from tests.containers import ROOT, find_free_port
from tests.smtp_server import Mailbox, run_smtp_server, wait_until

pytestmark = pytest.mark.browser

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "lantern harbour violet 7"
SCREEN = {"width": 1000, "height": 700}
PROGRAM = Path(sys.executable).parent / "assessment"


class Installation:
    """A data folder, and the commands of the tutorial in it."""

    def __init__(self, folder: Path, mailbox: Mailbox) -> None:
        self.folder = folder
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSMENT_")}
        self.environment |= {
            "ASSESSMENT_DATA": str(folder),
            "ASSESSMENT_PUBLIC_URL": self.url,
            "ASSESSMENT_SMTP_URL": mailbox.url,
        }

    def run(self, *arguments: str) -> None:
        subprocess.run([PROGRAM, *arguments], env=self.environment, input=f"{PASSWORD}\n", text=True, check=True)

    def serve(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([PROGRAM, "serve", "--port", str(self.port)], env=self.environment)
        for _ in range(START_SECONDS * 10):
            assert process.poll() is None, "The server ended at its start: see above."
            try:
                httpx.get(f"{self.url}/readyz").raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return process
        raise TimeoutError(self.url)

    def end_undo_window(self) -> None:
        """Let queued mails go out now instead of in half a minute."""
        with sqlite3.connect(self.folder / "assessment.sqlite3", timeout=20) as connection:
            connection.execute("UPDATE outbox SET not_before = '2026-01-01 00:00:00.000000'")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with run_smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def installation(tmp_path: Path, mailbox: Mailbox) -> Iterator[Installation]:
    installation = Installation(tmp_path, mailbox)
    for line in read_block("make setup").splitlines()[1:]:
        installation.run(*split_command(line))
    process = installation.serve()
    yield installation
    process.terminate()
    process.wait(timeout=15)


def read_block(start: str) -> str:
    """Return the code block of the tutorial that begins with a text."""
    return next(block for block in re.findall(r"```\w*\n(.*?)```", TUTORIAL, re.DOTALL) if block.startswith(start))


def split_command(line: str) -> list[str]:
    return [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', line.removeprefix(".venv/bin/assessment "))]


def read_labels() -> list[str]:
    """Return what the steps of the tutorial print in bold, in their order."""
    steps = TUTORIAL.partition("## 2.")[2].partition("## See a finished one")[0]
    return re.findall(r"\*\*([^*]+)\*\*", steps)


def take_picture(page: Page, name: str) -> None:
    """Make a picture of the tutorial, or check that it is there."""
    assert f"](pictures/{name}.png)" in TUTORIAL
    if os.environ.get("ASSESSMENT_TEST_PICTURES"):
        page.screenshot(path=PICTURES / f"{name}.png")
    assert (PICTURES / f"{name}.png").exists()


def test_steps_of_tutorial_lead_to_sent_invitations(
    installation: Installation, mailbox: Mailbox, open_browser: Callable[..., Page]
):
    page = open_browser(viewport=SCREEN, locale="en-GB")
    clicked: list[str] = []

    def click(role: str, name: str) -> None:
        page.get_by_role(role, name=name, exact=True).first.click()
        clicked.append(name)

    def fill(label: str, value: str) -> None:
        page.get_by_label(label, exact=True).fill(value)
        clicked.append(label)

    page.goto(f"{installation.url}/")
    page.get_by_label("Email").fill("you@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    click("button", "Sign in")
    expect(page.get_by_role("heading", name="No assessment yet")).to_be_visible()
    take_picture(page, "tutorial-1-empty")
    click("link", "Create the first assessment")
    fill("Name of the client", "Kestrel & Rowe")
    fill("Title", "Social media at work")
    fill("Closing date (optional)", (datetime.now(UTC) + timedelta(days=14)).date().isoformat())
    click("button", "Create assessment")
    expect(page.get_by_role("heading", name="1 thing to do before it can open")).to_be_visible()
    take_picture(page, "tutorial-2-tasks")
    click("link", "Preview as each role")
    page.go_back()
    click("link", "Invite people")
    page.get_by_label("One person per line").fill(read_block("Ann Lee"))
    click("button", "Check these lines")
    expect(page.get_by_text("3 people get the link by mail")).to_be_visible()
    take_picture(page, "tutorial-3-check")
    click("button", "Add 3 people")
    page.get_by_role("link", name="Social media at work").click()
    click("link", "What can be shown")
    page.get_by_role("link", name="Social media at work").click()
    click("button", "Open for answers")
    click("link", "Send 3 invitations…")
    click("button", "Send 3 invitations")
    expect(page.get_by_text("3 invitations queued.")).to_be_visible()
    take_picture(page, "tutorial-4-sent")
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()

    assert [label for label in read_labels() if label in clicked] == clicked
    assert set(read_labels()) - set(clicked) == {"Undo", "People and links", "Live"}
    installation.end_undo_window()
    wait_until(lambda: len(mailbox.received) == 3)
    assert "/s/" in mailbox.find("pat@example.com")[0].text
