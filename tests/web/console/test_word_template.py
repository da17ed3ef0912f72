"""The page on which a consultant's own Word template is filled in."""

from io import BytesIO

import pytest
from docx import Document

from tests.office.word_templates import write_template
from tests.web import people


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def upload(visitor, path, content, **fields):
    """Send the form with a file."""
    data = {"_token": await visitor.token(path), **fields}
    files = {"template": ("ours.docx", content)}
    return await visitor.client.post(path, data=data, files=files, headers=people.OWN_PAGE)


async def test_template_is_returned_filled_in(world, running):
    path = f"/console/assessments/{world.closed}/word-template"
    async with running() as come:
        answer = await upload(
            come("alice"), path, write_template("{{ title }}", "{{ edition }}"), audience="function:hr", language="de"
        )

    assert answer.status_code == 200
    assert "report function hr - de.docx" in answer.headers["content-disposition"]
    texts = [paragraph.text for paragraph in Document(BytesIO(answer.content)).paragraphs]
    assert texts == ["Closed wave", "Leitfaden: HR"]


async def test_template_is_not_stored(world, running, tmp_path):
    path = f"/console/assessments/{world.closed}/word-template"
    async with running() as come:
        answer = await upload(come("alice"), path, write_template("A template of canary-4711", "{{ title }}"))

    assert answer.status_code == 200
    texts = [part.read_bytes() for part in tmp_path.rglob("*") if part.is_file()]
    assert texts
    assert [text for text in texts if b"canary-4711" in text or text.startswith(b"PK")] == []


async def test_template_with_mistakes_shows_the_form_with_all_of_them(world, running):
    path = f"/console/assessments/{world.closed}/word-template"
    async with running() as come:
        alice = come("alice")
        answer = await upload(alice, path, write_template("Dear {{ nobody }}", "{{ actions }}"))
        empty = await upload(alice, path, b"")

    assert answer.status_code == 422
    assert "There is no field nobody." in answer.text
    assert "Near: “Dear {{ nobody }}”" in answer.text
    assert "actions is a list" in answer.text
    assert "Choose a file." in empty.text


async def test_page_lists_the_fields_in_the_language_of_the_consultant(world, running):
    async with running() as come:
        page = await come("alice").get(
            f"/console/assessments/{world.closed}/word-template", **{"accept-language": "de"}
        )

    assert "<code>functions.dimensions.score</code>" in page.text
    assert "Name des Kunden" in page.text


async def test_open_assessment_has_no_template_to_fill_in(world, running):
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.open}/word-template")

    assert page.status_code == 409
