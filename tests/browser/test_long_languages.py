"""Tables, badges and headings in every language: nothing takes four lines, is cut, or breaks inside a word."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESK, PATIENCE, PHONE
from tests.browser.golden_pages import OPEN_SECTIONS, GoldenPages

pytestmark = pytest.mark.browser

PAGES = (
    "home", "benchmarks", "draft", "draft-settings", "draft-people", "draft-feasibility", "people", "people-words",
    "mails", "live", "results", "wave-results", "wave-differences", "reports", "clients", "client", "account", "users",
    "user", "keys", "key", "webhooks", "webhook", "questionnaires", "questionnaire", "audit", "workspace",
    "feasibility", "voices", "roadmap",
)  # fmt: skip
SHOWN = "(each) => each.offsetParent && !each.closest('.hidden-visually, .stacks thead')"
LINES = "(node) => { const range = document.createRange(); range.selectNodeContents(node); return range; }"
# Cells and badges of four lines and more, by the distance of the lines: a badge next to a text is higher than the text.
TALL = f"""() => {{
  const shown = {SHOWN}, range = {LINES};
  return [...document.querySelectorAll("th, td, .tag, .state-tag, dt")].filter(shown).filter((each) => {{
    if (each.querySelector("ul, ol, p, form, dl, details, svg, .why, .hidden-visually")) return false;
    const boxes = [...range(each).getClientRects()].filter((box) => box.width > 1 && box.height > 8);
    let lines = 0, last = -99;
    for (const box of boxes.sort((one, other) => one.top - other.top))
      if (box.top - last > 9) {{ lines += 1; last = box.top; }}
    return lines > 3;
  }}).map((each) => each.innerText.slice(0, 60));
}}"""
CUT = f"""() => [...document.querySelectorAll(".stacks :is(th, td), .tag, .state-tag")].filter({SHOWN})
  .filter((each) => getComputedStyle(each).display !== "inline" && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.innerText.slice(0, 60))"""
HIDDEN = f"""() => [...document.querySelectorAll(".scroll")].filter({SHOWN})
  .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.innerText.slice(0, 60))"""
BROKEN = f"""() => {{
  const shown = {SHOWN}, range = document.createRange(), broken = [];
  for (const each of [...document.querySelectorAll("h1, h2, h3, h4, .tag, .state-tag, label, dt")].filter(shown)) {{
    const texts = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/\\p{{L}}{{3,}}/gu)) {{
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].filter((box) => box.width > 1).map((box) => box.top)).size > 1)
        broken.push(word[0]);
    }}
  }}
  return broken;
}}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[GoldenPages]:
    pages = GoldenPages(tmp_path_factory.mktemp("languages"), migrated_file)
    yield pages
    pages.close()


@pytest.mark.parametrize("language", ["de", "fr", "es", "en"])
@pytest.mark.parametrize(
    ("screen", "checks"), [(DESK, (TALL, HIDDEN, BROKEN)), (PHONE, (CUT, BROKEN))], ids=["desk", "phone"]
)
def test_tables_and_headings_fit(
    pages: GoldenPages, browser: Browser, language: str, screen: dict[str, int], checks: tuple[str, ...]
):
    context = browser.new_context(viewport=screen, locale=language)  # type: ignore[arg-type]
    context.set_default_timeout(2 * PATIENCE)
    page, problems = context.new_page(), {}

    for name in PAGES:
        pages.show_console_page(page, name)
        page.evaluate(OPEN_SECTIONS)
        if texts := [text for check in checks for text in page.evaluate(check)]:
            problems[name] = texts
    context.close()

    assert problems == {}
