"""django-survey-and-report, next to a response without JavaScript: the same number of questions and pages."""

import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.write_path import HIDDEN_PATTERN, Browser, ServerProcess, find_free_port, run_server

PACKAGES = ("django-survey-and-report==1.5.0", "Django==5.2.19", "uvicorn[standard]==0.54.0")
FIRST_PAGE = "/survey/1/"
SITE = Path(__file__).with_name("django_site.py")
QUESTION_PATTERN = re.compile(r'<input type="radio" name="(?P<name>question_\d+)" value="(?P<value>[^"]*)"')


@contextmanager
def run_django() -> Iterator[ServerProcess]:
    """Install the package in a temporary environment, and run its site; the project itself never needs it."""
    with tempfile.TemporaryDirectory(prefix="assessment-django-") as folder:
        venv.create(Path(folder) / "venv", with_pip=True)
        python = str(Path(folder) / "venv" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)  # noqa: S603  # constants
        port = find_free_port()
        with run_server([str(SITE), folder, str(port)], {"PYTHONPATH": ""}, port, FIRST_PAGE, python) as server:
            yield server


def answer_django(port: int) -> int:
    """Answer the survey, page by page; return the requests."""
    browser = Browser(port)
    path = FIRST_PAGE
    while "confirm" not in path:
        _, page, _ = browser.get_page(path)
        fields = {match["name"]: match["value"] for match in HIDDEN_PATTERN.finditer(page)}
        fields |= {match["name"]: match["value"] for match in QUESTION_PATTERN.finditer(page)}
        _, _, location = browser.post_form(path, fields)
        if not location:
            msg = f"{path} was not accepted"
            raise RuntimeError(msg)
        path = urlsplit(location).path
    browser.get_page(path)
    browser.close()
    return browser.requests


if __name__ == "__main__":
    with run_django() as django_server:
        print(answer_django(django_server.port), file=sys.stdout)  # noqa: T201
