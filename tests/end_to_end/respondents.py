"""Those who answer: sixty without a browser, three with one; all of their answers are known beforehand."""

import csv
import io
import random
from html.parser import HTMLParser
from typing import Any

import httpx
from msgspec import Struct
from playwright.sync_api import Page, expect

from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.survey.routing import list_asked_items

CROWD = 60
LEVELS = (1.7, 2.8, 0.9)
ACROSS = 1.8
SPREAD = 0.8
UNKNOWING = 0.04
TOP = 4


class Respondent(Struct, frozen=True):
    """Somebody, and what they are going to answer."""

    name: str
    role: str
    functions: tuple[str, ...]
    answers: dict[str, str]


def make_respondents(questionnaire: Questionnaire) -> tuple[list[Respondent], list[Respondent]]:
    """Sixty, and one of each role."""
    roles = [role.id for role in questionnaire.roles]
    functions = [function.id for function in questionnaire.functions]
    crowd = [
        make_respondent(questionnaire, number, roles[number // 3 % 3], (functions[number % 3],))
        for number in range(CROWD)
    ]
    three = [make_respondent(questionnaire, CROWD + number, roles[number], (functions[number],)) for number in range(3)]
    return crowd, three


def make_respondent(questionnaire: Questionnaire, number: int, role: str, functions: tuple[str, ...]) -> Respondent:
    dice = random.Random(number)  # noqa: S311 - made-up answers
    answers: dict[str, str] = {}
    for item in list_asked_items(questionnaire, role, functions):
        answers[item.id] = _choose_answer(questionnaire, item, dice, answers)
    return Respondent(f"r{number}", role, functions, answers)


def _choose_answer(questionnaire: Questionnaire, item: Item, dice: random.Random, given: dict[str, str]) -> str:
    """A careful answer: a check mirrors what it checks, so that nobody is left out for carelessness."""
    if item.kind is Kind.CHOICE:
        return dice.choice(item.options[:3])
    if item.kind is Kind.CHECK:
        checked = given.get(item.checks or "", "dk")
        return str(TOP - int(checked)) if checked.isdigit() else "dk"
    if dice.random() < UNKNOWING:
        return "dk"
    places = [function.id for function in questionnaire.functions]
    level = LEVELS[places.index(item.function)] if item.function else ACROSS
    return str(min(max(round(dice.gauss(level, SPREAD)), 0), TOP))


def format_csv(questionnaire: Questionnaire, people: list[Respondent]) -> str:
    """The same answers as the file that `assessment score` reads."""
    written = io.StringIO(newline="")
    out = csv.writer(written)
    items = [item.id for item in questionnaire.items]
    out.writerow(["respondent", "role", "functions", *items])
    for who in people:
        out.writerow([who.name, who.role, ";".join(who.functions), *(who.answers.get(item, "") for item in items)])
    return written.getvalue()


class SurveyForm(HTMLParser):
    """The fields of a page's form: hidden ones with their values, and the names of what can be chosen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.questions: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        field = dict(attrs)
        if tag == "input" and field.get("type") == "hidden":
            self.hidden[field["name"]] = field.get("value") or ""
        elif tag == "input" and field.get("type") == "radio":
            self.questions.add(field["name"])


def answer_by_http(link: str, who: Respondent) -> None:
    """Go through the survey as a browser without JavaScript does, but quicker."""
    with httpx.Client(follow_redirects=True, timeout=60) as visitor:
        page = visitor.post(link).raise_for_status()
        while not page.url.path.endswith("/sent"):
            form = SurveyForm(page.text)
            chosen = {item: who.answers[item] for item in form.questions & who.answers.keys()}
            page = visitor.post(page.url, data=form.hidden | chosen).raise_for_status()


def answer_in_browser(page: Page, link: str, who: Respondent, *, scripted: bool) -> None:
    """Open the link, answer each page, check, send."""
    page.goto(link)
    page.get_by_role("button", name="Start").click()
    while not page.url.endswith("/survey/check"):
        before = page.url
        for question in page.locator("fieldset.question").all():
            item = (question.get_attribute("id") or "").removeprefix("question-")
            question.locator(f"label.choice:has(input[name='{item}'][value='{who.answers[item]}'])").click()
            if scripted:
                expect(question.locator(".state")).to_contain_text("Saved")
        page.get_by_role("button", name="Continue").click()
        expect(page).not_to_have_url(before)
    page.get_by_role("button", name="Send my answers").first.click()
    expect(page).to_have_url(f"{link.partition('/s/')[0]}/survey/sent")
