"""Pages of survey and console, compared with pictures that somebody looked at, in light and dark.

Look at the pages, then renew: ASSESSMENT_TEST_PICTURES=yes make test ARGS=tests/browser/test_golden_pictures.py
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import fontpkg_fira_sans
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser import picture_comparison
from tests.browser.conftest import ARGUMENTS, DESK, PATIENCE, PHONE
from tests.browser.golden_pages import CONSOLE_PAGES, FORM_PAGES, STRANGER_PAGES, SURVEY_PAGES, GoldenPages
from tests.browser.golden_states import CONSOLE_STATES
from tests.browser.golden_survey_states import SURVEY_STATES

pytestmark = pytest.mark.browser

SCHEMES = ("light", "dark")
RENEWS = bool(os.environ.get("ASSESSMENT_TEST_PICTURES"))
HIGHEST = 2600  # pixels; what follows on a long page is drawn with the same styles
DRAWING = ["--font-render-hinting=none", "--disable-lcd-text", "--hide-scrollbars"]
FONTS = {"regular": (400, "FiraSans-Regular.ttf"), "strong": (600, "FiraSans-SemiBold.ttf")}
# One typeface, so that lines break alike wherever the tests run; nothing that moves; no text cursor.
STYLE = "".join(
    f"@font-face {{ font-family: Golden; font-weight: {weight}; src: url(/golden-{name}.ttf) }}"
    for name, (weight, _) in FONTS.items()
) + (
    ":root { --sans: Golden; --serif: Golden }"
    "code, .code, pre, input, select, textarea { font-family: Golden !important }"
    ".own-code, .secret { display: block }"
    "* { animation: none !important; transition: none !important; caret-color: transparent !important }"
)
# What is new at every run: links, secrets, codes, ids.
CHANGING = "input[readonly], .own-code, .qr-box, .secret, .codes, .letter .qr, .letter-link"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[GoldenPages]:
    pages = GoldenPages(tmp_path_factory.mktemp("golden"), migrated_file)
    yield pages
    pages.close()


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, *DRAWING])
        yield running
        running.close()


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[[dict[str, int]], Page]]:
    """Opens a window that draws alike everywhere: language, time zone and typeface are fixed."""
    contexts = []

    def open_page(viewport: dict[str, int]) -> Page:
        context = browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",
            bypass_csp=True,
        )
        contexts.append(context)
        context.set_default_timeout(2 * PATIENCE)
        context.route("**/golden-*.ttf", _send_font)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def _send_font(route: Route) -> None:
    name = route.request.url.rpartition("golden-")[2].removesuffix(".ttf")
    route.fulfill(path=Path(fontpkg_fira_sans.ROOT) / "files" / FONTS[name][1], content_type="font/ttf")


def compare_with_pictures(page: Page, name: str, folder: Path, *, renews: bool = RENEWS) -> list[str]:
    """Draw the page in light and dark, or renew its pictures.

    Return what differs; what was drawn is then in `folder`.
    """
    page.wait_for_load_state("load")
    page.add_style_tag(content=STYLE)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    page.evaluate("document.fonts.ready")
    problems = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        actual = _draw(page)
        if renews:
            picture_comparison.save_picture(f"{name}-{scheme}", actual)
            continue
        expected = picture_comparison.load_picture(f"{name}-{scheme}")
        problem = picture_comparison.describe_difference(expected, actual)
        if problem:
            picture_comparison.save_picture(f"{name}-{scheme}", actual, folder)
        problems += [f"{folder}/{name}-{scheme}.png: {problem}"] if problem else []
    return problems


def _draw(page: Page) -> Image.Image:
    size: dict[str, int] = page.evaluate("({width: innerWidth, height: document.documentElement.scrollHeight})")
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], HIGHEST)}
    content = page.screenshot(
        full_page=True,
        clip=clip,  # type: ignore[arg-type]
        mask=[page.locator(CHANGING)],
        mask_color="#888888",
    )
    return picture_comparison.shrink_screenshot(content)


@pytest.mark.parametrize("name", [*CONSOLE_PAGES, *STRANGER_PAGES])
def test_console_page_looks_like_its_pictures(
    pages: GoldenPages, open_window: Callable[[dict[str, int]], Page], tmp_path: Path, name: str
):
    page = open_window(DESK)

    pages.show_console_page(page, name)

    assert compare_with_pictures(page, name, tmp_path) == []


@pytest.mark.parametrize("name", FORM_PAGES)
def test_page_after_a_form_looks_like_its_pictures(
    pages: GoldenPages, open_window: Callable[[dict[str, int]], Page], tmp_path: Path, name: str
):
    page = open_window(DESK)

    pages.show_form_page(page, name)

    assert compare_with_pictures(page, name, tmp_path) == []


@pytest.mark.parametrize("name", SURVEY_PAGES)
def test_survey_page_on_a_phone_looks_like_its_pictures(
    pages: GoldenPages, open_window: Callable[[dict[str, int]], Page], tmp_path: Path, name: str
):
    page = open_window(PHONE)

    pages.show_survey_page(page, name)

    assert compare_with_pictures(page, name, tmp_path) == []


@pytest.mark.parametrize("name", CONSOLE_STATES)
def test_console_page_of_a_state_looks_like_its_pictures(
    pages: GoldenPages, open_window: Callable[[dict[str, int]], Page], tmp_path: Path, name: str
):
    page = open_window(DESK)

    CONSOLE_STATES[name](pages, page)

    assert compare_with_pictures(page, name, tmp_path) == []


@pytest.mark.parametrize("name", SURVEY_STATES)
def test_survey_page_of_a_state_looks_like_its_pictures(
    pages: GoldenPages, open_window: Callable[[dict[str, int]], Page], tmp_path: Path, name: str
):
    page = open_window(PHONE)

    SURVEY_STATES[name](pages, page)

    assert compare_with_pictures(page, name, tmp_path) == []


BREAKAGES = {
    "another colour of acts": ":root { --accent: #8a2be2 !important; }",
    "a narrow page": "main { max-width: 40rem !important; }",
    "larger text": "body { font-size: 1.4rem !important; }",
    "a button below its place": ".button { position: relative; top: 30px; }",
}


@pytest.mark.parametrize("rule", BREAKAGES.values(), ids=BREAKAGES)
def test_changed_style_of_a_page_is_noticed(
    pages: GoldenPages, open_window: Callable[[dict[str, int]], Page], tmp_path: Path, rule: str
):
    page = open_window(DESK)
    pages.show_console_page(page, "users")

    page.add_style_tag(content=rule)

    assert len(compare_with_pictures(page, "users", tmp_path, renews=False)) == len(SCHEMES)


def test_missing_stylesheet_is_noticed(
    pages: GoldenPages, open_window: Callable[[dict[str, int]], Page], tmp_path: Path
):
    page = open_window(DESK)
    page.route("**/console*.css", lambda route: route.abort())

    pages.show_console_page(page, "users")

    assert len(compare_with_pictures(page, "users", tmp_path, renews=False)) == len(SCHEMES)
