"""The preview: everything in a questionnaire, as text and as one page that loads nothing."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from msgspec import structs

from assessment.cli import main
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder, render_html, render_text

ALL = QuestionnaireCatalogue([find_shipped_folder()]).list()


class PageParser(HTMLParser):
    """Links and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.targets, self.loads, self.said = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids |= {given["id"]} if "id" in given else set()
        self.targets += [given["href"]] if tag == "a" else []
        self.loads += [tag] if tag in ("script", "img", "link", "iframe", "object") or "src" in given else []

    def handle_data(self, data):
        self.said.append(data)


@pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
@pytest.mark.parametrize("lay_out", [render_text, render_html])
def test_preview_has_all_items_rules_and_cut_points(questionnaire, lay_out):
    texts = questionnaire.text("en")

    text = lay_out(questionnaire, "en")
    flat = " ".join((" ".join(PageParser(text).said) if lay_out is render_html else unescape(text)).split())

    for item in questionnaire.items:
        rungs = texts.items[item.id].rungs or tuple(texts.items[item.id].options.values())
        assert all(rung in flat for rung in rungs), item.id
        assert ", ".join(texts.roles[role] for role in item.roles) in flat
    for rule in questionnaire.rules:
        assert texts.rules[rule.id].title in flat
        assert all(f"{condition.figure.value}" in flat for condition in (*rule.any, *rule.all))
    for cut in ("scoring.bands", "indices.embedding.cuts", "disclosure.minimum_group", "prioritising.effort.L"):
        assert cut in flat


@pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
def test_html_preview_loads_nothing_and_has_valid_links(questionnaire):
    page = PageParser(render_html(questionnaire, "en"))

    assert page.loads == []
    assert page.targets
    assert all(target.removeprefix("#") in page.ids for target in page.targets)


def test_html_preview_escapes_texts():
    questionnaire = ALL[0]
    texts = structs.replace(questionnaire.texts["en"], title="<script>alert(1)</script>")

    page = render_html(structs.replace(questionnaire, texts={"en": texts}), "en")

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_show_command_prints_text_or_html():
    text, page = (CliRunner().invoke(main, ["questionnaire", "show", ALL[0].id, *more]) for more in ([], ["--html"]))

    assert text.stdout.startswith(ALL[0].text("en").title)
    assert page.stdout.startswith("<!doctype html>")
    assert re.search(r"</html>\s*$", page.stdout)
