"""The main job from end to end: set up, answered, closed, scored alike by server and file, printed."""

import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests.end_to_end import printed_figures
from tests.end_to_end.conftest import EMAIL, PASSWORD, PROGRAM, Running
from tests.end_to_end.respondents import Respondent, answer_by_http, answer_in_browser, format_csv, make_respondents
from tests.golden_figures import find_differences

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = "The main job"


def test_answers_by_http_and_browser_have_same_figures_everywhere(running: Running, browser: Browser, tmp_path):
    questionnaire = load_questionnaire(find_shipped_folder() / "social-media-integration")
    crowd, three = make_respondents(questionnaire)
    assessment, links = set_up_assessment(running, questionnaire.id, [*crowd, *three])
    consultant = sign_in(browser, running)
    consultant.get_by_role("link", name=TITLE, exact=True).click()
    with ThreadPoolExecutor(4) as visitors:
        list(visitors.map(answer_by_http, links, crowd))

    for number, who in enumerate(three):
        scripted = number != len(three) - 1
        visit = browser.new_context(java_script_enabled=scripted)
        answer_in_browser(visit.new_page(), links[len(crowd) + number], who, scripted=scripted)
        visit.close()
    close_in_console(consultant, running, assessment)
    scores = running.api.get(f"/assessments/{assessment}/scores").raise_for_status().json()
    report = running.api.get(f"/assessments/{assessment}/report.pdf").raise_for_status().content

    from_file = score_file(format_csv(questionnaire, [*crowd, *three]), scores["computed_at"], running, tmp_path)
    scores.pop("invited")  # only the server knows who was invited
    from_file.pop("invited", None)
    assert list(find_differences(scores, from_file)) == []
    assert list(find_differences(from_file, scores)) == []
    assert len(list(iterate_numbers(scores))) >= 40
    shown = list(printed_figures.list_figures(questionnaire, scores))
    assert len(shown) >= 40
    assert printed_figures.find_missing(report, shown) == []
    assert len(printed_figures.find_missing(report, [replace(each, shown=f"{each.shown}1") for each in shown])) == len(
        shown
    )
    level = scores["overall"]["level"]
    expect(consultant.get_by_role("heading", level=1)).to_contain_text(f"level {level} of 5")


def set_up_assessment(running: Running, questionnaire: str, people: list[Respondent]) -> tuple[str, list[str]]:
    """Through the API: an organisation, an assessment, everybody invited, opened."""
    organisation = running.api.post("/organisations", json={"name": "Brightwater"}).raise_for_status().json()["id"]
    new = {"organisation": organisation, "questionnaire": questionnaire, "title": TITLE}
    assessment = running.api.post("/assessments", json=new).raise_for_status().json()["id"]
    guests = [{"role": who.role, "functions": who.functions} for who in people]
    invited = running.api.post(f"/assessments/{assessment}/invitations", json=guests).raise_for_status().json()
    running.api.post(f"/assessments/{assessment}/open").raise_for_status()
    return assessment, [one["link"] for one in invited["data"]]


def sign_in(browser: Browser, running: Running) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{running.url}/console")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Assessments")).to_be_visible()
    return page


def close_in_console(consultant: Page, running: Running, assessment: str) -> None:
    consultant.goto(f"{running.url}/console/assessments/{assessment}/close")
    consultant.get_by_role("button", name="Close survey").click()
    # The last count is less than an hour old and knows of nobody yet: the close is confirmed once more.
    consultant.get_by_role("button", name="Close survey without results").click()
    expect(consultant).not_to_have_url(re.compile("/close$"))
    consultant.goto(f"{running.url}/console/assessments/{assessment}/results")


def score_file(text: str, date: str, running: Running, folder: Any) -> Any:
    """The released form, from a file with the same answers."""
    responses = folder / "responses.csv"
    responses.write_text(text, encoding="utf-8")
    command = [PROGRAM, "score", str(responses), "--date", date, "--json"]
    said = subprocess.run(command, env=running.environment, capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


def iterate_numbers(value: Any) -> Iterator[float]:
    """Every figure that is a number, not null."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from iterate_numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value
