"""Finds the browser that the tests drive, and gets one where there is none.

`python tests/browsers.py` prints its path; `make test` runs it before the tests. The order is fixed: the one that
ASSESSMENT_TEST_BROWSER names, an installed headless shell (without windows, it takes half the processor time), an
installed Chrome or Chromium, Playwright's own, Debian's package (as root).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "ASSESSMENT_TEST_BROWSER"
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome")
APPLICATIONS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
DOWNLOAD_SECONDS = 600
SHELL_SECONDS = 120  # for what is not needed


class BrowserMissingError(Exception):
    """There is no browser; the message names the one command that mends it."""


def find_browser() -> Path:
    """The browser that is here now; nothing is installed."""
    named = os.environ.get(VARIABLE)
    if named:
        if not os.access(named, os.X_OK):
            raise BrowserMissingError(f"{VARIABLE} names {named}, which is no program. Run: unset {VARIABLE}")
        return Path(named)
    for path in _find_installed():
        return path
    own = _find_playwright_browser()
    if own is None:
        raise BrowserMissingError(f"No Chrome or Chromium was found for the tests. Run: {_make_install_command()}")
    return own


def install_browser() -> Path:
    """The browser that is here, or one that was just installed."""
    try:
        return find_browser()
    except BrowserMissingError:
        if os.environ.get(VARIABLE):
            raise
    _print_note("No Chrome or Chromium here: asking Playwright for its own.")
    _run_command([sys.executable, "-m", "playwright", "install", "chromium", "--only-shell"])
    own = _find_playwright_browser()
    if own is None and _is_debian_root():
        _print_note("Playwright's download did not come: taking Debian's package.")
        _run_command(["apt-get", "update", "-q"])
        if not _install_package(SHELL):
            _install_package("chromium")
    return find_browser()


def _install_package(name: str, seconds: int = DOWNLOAD_SECONDS) -> bool:
    """Install a package of Debian, removing no other one; return whether a browser is here now."""
    _run_command(["apt-get", "install", "-q", "-y", "--no-install-recommends", "--no-remove", name], seconds)
    return any(_find_installed())


def _find_installed() -> Iterator[Path]:
    yield from (Path(path) for name in NAMES if (path := shutil.which(name)))
    if sys.platform == "darwin":
        folders = (Path("/Applications"), Path.home() / "Applications")
        yield from (path for folder in folders for name in APPLICATIONS if (path := folder / name).exists())


def _find_playwright_browser() -> Path | None:
    answer = subprocess.run([sys.executable, "-c", OWN], capture_output=True, text=True, check=False)
    path = answer.stdout.strip()
    return Path(path) if path and Path(path).exists() else None


def _is_debian_root() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _make_install_command() -> str:
    if shutil.which("apt-get"):
        return "sudo apt-get install chromium"
    return f"{sys.executable} -m playwright install chromium"


def _run_command(command: list[str], seconds: int = DOWNLOAD_SECONDS) -> None:
    """Run it and show what it says; whether it worked is seen by looking for the browser."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command, check=False, env=environment, timeout=seconds, stdin=subprocess.DEVNULL, stdout=sys.stderr
        )
    except subprocess.TimeoutExpired:
        _print_note(f"{command[0]} took longer than {seconds} seconds.")


def _print_note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def install_shell() -> None:
    """Try to install the headless shell next to a browser that is here, where that needs nobody's password."""
    if not os.environ.get(VARIABLE) and shutil.which(SHELL) is None and _is_debian_root():
        _install_package(SHELL, SHELL_SECONDS)


if __name__ == "__main__":
    if "--shell" in sys.argv:
        install_shell()
    try:
        print(install_browser())  # noqa: T201
    except BrowserMissingError as error:
        sys.exit(str(error))
