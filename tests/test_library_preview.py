"""The preview: everything in a questionnaire, as text and as one page that loads nothing."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from msgspec import structs

from assessment.cli import main
from assessment.library import Library, shipped, show, show_html

ALL = Library([shipped()]).list()


class Page(HTMLParser):
    """What a page links to, and what it says."""

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
@pytest.mark.parametrize("lay_out", [show, show_html])
def test_it_has_every_item_with_ladder_and_routing_every_rule_and_every_cut_point(questionnaire, lay_out):
    texts = questionnaire.text("en")

    text = lay_out(questionnaire, "en")
    flat = " ".join((" ".join(Page(text).said) if lay_out is show_html else unescape(text)).split())

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
def test_the_page_loads_nothing_and_its_links_lead_somewhere(questionnaire):
    page = Page(show_html(questionnaire, "en"))

    assert page.loads == []
    assert page.targets
    assert all(target.removeprefix("#") in page.ids for target in page.targets)


def test_what_a_questionnaire_says_is_never_markup():
    questionnaire = ALL[0]
    texts = structs.replace(questionnaire.texts["en"], title="<script>alert(1)</script>")

    page = show_html(structs.replace(questionnaire, texts={"en": texts}), "en")

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_command_prints_either():
    text, page = (CliRunner().invoke(main, ["questionnaire", "show", ALL[0].id, *more]) for more in ([], ["--html"]))

    assert text.stdout.startswith(ALL[0].text("en").title)
    assert page.stdout.startswith("<!doctype html>")
    assert re.search(r"</html>\s*$", page.stdout)
