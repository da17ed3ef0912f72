"""The console in other languages: every page and state, and every message on it."""

import re

import pytest
from jinja2 import FileSystemLoader

from assessment.domain.closed_sets import WebhookEvent
from assessment.services.auth.permissions import SCOPES
from assessment.settings import OidcSettings
from assessment.web.http.templates import find_template_folder
from tests import pseudo_language
from tests.services.imports.test_question_imports import SURVEY
from tests.web.console.language_walk import visit_mail_pages, visit_pages
from tests.web.console.language_walk_settings import visit_import_pages, visit_settings_pages

PLACEHOLDER = re.compile(r"\{\w+\}|social-media-pulse-\w+")  # of a mail, and an id: the same in every language
LANGUAGES = ("de", "en", "es", "fr")
TYPED = (
    "Without people",
    *(row[2] for row in SURVEY if row[2]),
    "select_multiple freq",
    "text,",
    "leader, practitioner und staff",
    "customer-service, marketing und hr",
    "Berg Consulting",
    "Anna Berg",
    "Harbour & Reed",
    "Draft wave",
    "Open wave",
    "Empty wave",
    "Closed wave",
    "Late wave",
    "Later wave",
    "Elsewhere",
    "Charlie's wave",
    "Charlie's client",
    "Guest 0",
    "Guest 1",
    "Guest 2",
    "Guest 3",
    "Example subject",
    "Example client",
    "Ann Lee",
    "nobody",
    "nowhere",
    "social-media-integration",
    *SCOPES,
    *WebhookEvent,
    "Dashboard",
    "Login",
    "UTC",
    "XLSX",
    "CSV",
    *(
        "Title, Finding, Details",
        "Title, Content",
        "Cover",
        "Content",
    ),  # names of layouts and placeholders in every language
)


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def _pseudo(monkeypatch):
    pseudo_language.use_pseudo_language(monkeypatch)
    yield
    pseudo_language.clear_translation_caches()


@pytest.fixture
def loaded(monkeypatch):
    """Names of the templates that were rendered."""
    names, load = set(), FileSystemLoader.get_source

    def get_source(self, environment, template):
        names.add(template)
        return load(self, environment, template)

    monkeypatch.setattr(FileSystemLoader, "get_source", get_source)
    return names


@pytest.mark.usefixtures("_pseudo")
async def test_console_pages_have_no_untranslated_text(world, running, loaded):
    async with running() as come:
        walks = await visit_pages(world, come, pseudo_language.LANGUAGE)
        walks += await visit_import_pages(world, come, pseudo_language.LANGUAGE)
    async with running(smtp_url="smtp://127.0.0.1:9") as come:
        walks += await visit_mail_pages(world, come, pseudo_language.LANGUAGE)
    async with running(oidc=OidcSettings("http://127.0.0.1:9", "a", "b", "Login")) as come:
        walks += await visit_settings_pages(world, come, pseudo_language.LANGUAGE)

    left = {
        name: pseudo_language.find_untranslated_texts(PLACEHOLDER.sub("", page), TYPED)
        for walk in walks
        for name, page in walk.pages.items()
    }
    assert {name: texts for name, texts in left.items() if texts} == {}
    templates = find_template_folder()
    pages = {file.relative_to(templates).as_posix() for file in (templates / "console").rglob("*.html")}
    assert pages - loaded == set()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_console_pages_have_the_right_lang_attribute(world, running, language):
    async with running() as come:
        walks = await visit_pages(world, come, language, closed=False)

    said = {name: re.search(r'<html lang="([^"]+)"', page) for walk in walks for name, page in walk.pages.items()}
    assert {name for name, found in said.items() if found is None or found[1] != language} == set()
