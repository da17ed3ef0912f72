"""Forms that a race or an unavailable database refuses: what was typed comes back in the same form."""

import html
import re

import pytest

from assessment.errors import UnavailableError
from assessment.services.auth import tokens
from assessment.services.operations import audit_trail
from assessment.web.console.forms import pending_forms
from tests.web import people

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TARGET = re.compile(r'<form method="post" action="([^"]+)">\s+<input type="hidden" name="_token"')
LINES = "Ann\tann@example.org\tStaff\tMarketing\nBen\tben@example.org\tStaff\tMarketing"


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def send_page_form(visitor, page_path, path, typed):
    """Send a form as the page of it does, with the signature of its author."""
    page = await visitor.get(page_path)
    own = {name: value for name, value in HIDDEN.findall(page.text) if name in ("_token", "_author")}
    return await visitor.client.post(path, data=typed | own, headers=people.OWN_PAGE)


async def press_show_form(visitor, page):
    fields = {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(page.text)}
    path = html.unescape(TARGET.search(page.text)[1])
    return await visitor.client.post(path, data=fields, headers=people.OWN_PAGE)


async def test_new_assessment_whose_id_exists_comes_back_filled_in(world, running, monkeypatch):
    typed = {
        "organisation": world.organisation,
        "title": "Typed & <kept>",
        "questionnaire": "social-media-integration",
        "confidentiality": "anonymous",
        "mode": "survey",
        "minimum_group": "7",
    }

    async with running() as come:
        alice = come("alice")
        with monkeypatch.context() as patch:
            patch.setattr(tokens, "generate_id", lambda _random: world.draft)
            refused = await send_page_form(alice, "/console/assessments/new", "/console/assessments/new", typed)
        form = await press_show_form(alice, refused)
        token = re.findall(r'name="_token" value="([^"]*)"', form.text)[-1]
        created = await alice.client.post(
            "/console/assessments/new", data=typed | {"_token": token}, headers=people.OWN_PAGE
        )

    assert (refused.status_code, form.status_code, created.status_code) == (409, 200, 303)
    assert "Someone else did this at the same moment" in refused.text
    assert 'value="Typed &amp; &lt;kept&gt;"' in form.text
    assert re.search(r'value="anonymous"[^>]*checked', form.text)
    assert 'value="7"' in form.text
    assert world.titles().count("Typed & <kept>") == 1


async def test_pasted_people_come_back_when_the_database_is_unavailable(world, running, monkeypatch):
    people_path = f"/console/assessments/{world.open}/people"
    invited = len(world.invited(world.open))

    def fail(*_: object, **_details: object) -> None:
        raise UnavailableError

    async with running() as come:
        alice = come("alice")
        with monkeypatch.context() as patch:
            patch.setattr(audit_trail, "record_event", fail)
            refused = await send_page_form(
                alice, people_path, f"{people_path}/lines", {"lines": LINES, "sure": "yes", "deliver": "link"}
            )
        form = await press_show_form(alice, refused)

    assert (refused.status_code, form.status_code) == (503, 200)
    assert LINES in html.unescape(form.text)
    assert len(world.invited(world.open)) == invited


async def test_refused_form_that_is_too_long_is_shown_to_be_copied(world, running, monkeypatch):
    people_path = f"/console/assessments/{world.open}/people"

    def fail(*_: object, **_details: object) -> None:
        raise UnavailableError

    async with running() as come:
        monkeypatch.setattr(audit_trail, "record_event", fail)
        monkeypatch.setattr(pending_forms, "MAX_FORM_BYTES", 50)
        typed = {"lines": LINES, "sure": "yes", "deliver": "link"}
        refused = await send_page_form(come("alice"), people_path, f"{people_path}/lines", typed)

    assert refused.status_code == 503
    assert "<h1>Copy what you typed</h1>" in refused.text
    assert f'<textarea id="typed" rows="8" readonly>\n{LINES}' in html.unescape(refused.text)


async def test_refused_button_without_fields_shows_the_error_page(world, running, monkeypatch):
    def fail(*_: object, **_details: object) -> None:
        raise UnavailableError

    async with running() as come:
        monkeypatch.setattr(audit_trail, "record_event", fail)
        page = await come("alice").post(f"/console/assessments/{world.open}/people/{world.invitation}/revoke")

    assert page.status_code == 503
    assert "_returned" not in page.text
