"""Every edition of the report can be had from the page of results, in every language."""

import re

import pytest

from assessment.web.console.handlers.result_pages import results


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def test_each_edition_and_language_downloads_a_file_with_its_own_name(world, running, monkeypatch):
    monkeypatch.setattr(results, "WAIT_SECONDS", 60.0)  # the machine may be slow
    async with running() as come:
        alice = come("alice")
        page = await alice.get(f"/console/assessments/{world.closed}/results")
        selector = re.search(r'<form class="one-row".*?</form>', page.text, re.DOTALL)[0]
        editions, languages, _ = (
            re.findall(r'<option value="([^"]*)"', part) for part in selector.split("</select>")[:3]
        )
        base = f"/console/assessments/{world.closed}/download"
        links = [
            f"{base}?audience={edition}&language={language}&file_format=pdf"
            for edition in editions
            if edition != "full"
            for language in languages
        ]
        answers = [await alice.get(each) for each in links]

    assert len(links) == 20  # the board, three functions, respondents; four languages
    assert {answer.headers["content-type"] for answer in answers} == {"application/pdf"}
    assert len({answer.headers["content-disposition"] for answer in answers}) == len(links)


async def test_people_page_of_a_closed_assessment_does_not_mention_inviting(world, running):
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.closed}/people")

    assert "An owner or editor of this workspace can invite people" not in page.text
