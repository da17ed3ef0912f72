"""Each area loads the styles that it needs and no others; survey, console and errors share the tokens of base.css."""

import re

import pytest

from assessment.web.http.assets import BUNDLES

STYLESHEET = re.compile(r'rel="stylesheet" href="/static/[0-9a-f]+/(\w+\.css)"')
SURVEY, CONSOLE = ["survey.css"], ["base.css", "console.css"]


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("/s/nothing", None, SURVEY),
        ("/survey", None, SURVEY),
        ("/r/nothing", None, SURVEY),
        ("/nowhere", None, ["base.css"]),
        ("/console/sign-in", None, CONSOLE),
        ("/console", "alice", CONSOLE),
        ("/console/workspace/users", "alice", CONSOLE),
        ("/console/clients", "alice", [*CONSOLE, "clients.css"]),
        ("/api/docs", None, ["base.css", "reference.css"]),
    ],
)
async def test_area_loads_its_own_styles_alone(running, path, name, expected):
    async with running() as come:
        page = await come(name).get(path)

    assert STYLESHEET.findall(page.text) == expected


def test_survey_has_the_shared_tokens_in_its_one_file():
    assert BUNDLES["survey.css"] == ("base.css", "survey.css")
