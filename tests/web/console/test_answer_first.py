"""The results page begins with the answer: what moved, findings with their actions; each index opens its formula."""

import html
import re

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.i18n import get_translator
from assessment.i18n.action_texts import format_owner, format_start, format_until
from assessment.services.reports import report_requests
from assessment.storage import database
from tests.web.console.test_wave_comparison import add_closed_wave

TAG = re.compile(r"<[^>]+>")
CONTENTS = re.compile(r'<nav class="contents".*?</nav>', re.DOTALL)
ENTRY = re.compile(r'<li><a href="#([a-z-]+)">.*?</a>(?: <span class="contents-figure">(.*?)</span>)?</li>')
FORMULA = re.compile(r'<details class="formula"[^>]*>\s*<summary>(.*?)</summary>(.*?)</details>', re.DOTALL)


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def later_wave(world):
    """A wave with an earlier one: id and report."""
    first = add_closed_wave(world, "gap-50")
    second = add_closed_wave(world, "contested-60", wave_of=first)
    with database.read_session(world.engine) as session:
        return second, report_requests.load_report(session, AssessmentKey(world.home, second))


async def read_page(running, assessment):
    async with running() as come:
        return (await come("alice").get(f"/console/assessments/{assessment}/results")).text


def strip_tags(markup):
    return " ".join(html.unescape(TAG.sub(" ", markup)).split())


async def test_answer_precedes_the_levels_and_says_what_moved(running, later_wave):
    assessment, report = later_wave

    page = await read_page(running, assessment)

    headline = get_translator("en").render_message(report.change.title)
    answer = page[page.index('id="answer"') : page.index('id="levels"')]
    assert f"{headline}." in strip_tags(answer)
    assert 'href="#change"' in answer


async def test_finding_states_reason_action_owner_date_and_effect(running, later_wave):
    assessment, report = later_wave
    translator = get_translator("en")

    page = await read_page(running, assessment)

    answer = strip_tags(page[page.index('id="findings-title"') : page.index('id="levels"')])
    argued = [row for row in report.answer.rows if row.action]
    assert argued
    for row in argued:
        owner, until = format_owner(row.action, translator), format_until(row.action, translator)
        start = "" if row.action.starts_now else f" {format_start(row.action, translator)}"
        also = "".join(f" Also: {action.title}" for action in row.further)
        assert f"What to do first {row.action.title}{start}{also} Who, until {owner} {until} Effect" in answer


async def test_link_of_a_finding_leads_to_a_section_of_the_page(running, later_wave):
    page = await read_page(running, later_wave[0])

    targets = re.findall(r'<a href="#([a-z-]+)">See the figures', page)
    assert len(targets) == len(later_wave[1].answer.rows)
    for target in targets:
        assert f'id="{target}"' in page


async def test_contents_state_the_figures_of_their_sections(running, later_wave):
    assessment, report = later_wave
    translator = get_translator("en")

    page = await read_page(running, assessment)

    shown = dict(ENTRY.findall(CONTENTS.search(page)[0]))
    overall = next(row for row in report.change.rows if row.is_overall)
    assert shown["answer"] == translator.format_figure(report.answer.overall.figure)
    assert shown["change"] == translator.format_figure(overall.change, signed=True)
    assert shown["advice"] == str(len(report.roadmap.actions))
    assert shown["authority"] == report.authority.class_name
    assert shown["voices"] == ""


async def test_each_index_opens_its_formula(running, later_wave):
    page = await read_page(running, later_wave[0])

    formulas = {strip_tags(summary): strip_tags(body) for summary, body in FORMULA.findall(page)}
    names = ("Embedding", "Leaders and practitioners", "Set up to fail", "Hand-offs of the whole", "Outlook")
    for name in names:
        assert formulas[f"How this came about: {name}"]
    rests_on = formulas["How this came about: Embedding"]
    assert "weight 1" in rests_on
    assert re.search(r"n \d+", rests_on)
