"""Pages of survey and console, compared with checked pictures, in light and dark.

Each is also checked by axe, and those of the console for their primary action: where a link or a mail has ended, words
say what to do. A page is loaded once for all of that.

Look at the pages, then renew: ASSESSMENT_TEST_PICTURES=yes make test ARGS=tests/browser/test_golden_pictures.py
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import fontpkg_fira_sans
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser import page_checks, picture_comparison
from tests.browser.conftest import BROWSERS, DESK, PATIENCE, PHONE
from tests.browser.golden_pages import CONSOLE_PAGES, FORM_PAGES, STRANGER_PAGES, SURVEY_PAGES, GoldenPages, Show
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

OPEN_CLOSED_SECTIONS = """document.querySelectorAll("details:not([open])")
    .forEach((each) => { each.open = true; each.dataset.opened = "yes"; })"""
CLOSE_OPENED_SECTIONS = """document.querySelectorAll("[data-opened]")
    .forEach((each) => { each.open = false; delete each.dataset.opened; })"""
FILLED = "main .button:not(.second):not(.danger):not(.mail-body *):visible"
DANGEROUS = "main .button.danger:visible"
WITHOUT_BUTTON = {  # what to do there is outside of the page
    "report-link-gone",  # a reader without an account asks the person who gave the link
    "letters",  # the letters are printed by the browser
}
# Screen of each page, and how to show it.
SHOWS: dict[str, tuple[dict[str, int], Show]] = {
    **{name: (DESK, partial(GoldenPages.show_console_page, name=name)) for name in (*CONSOLE_PAGES, *STRANGER_PAGES)},
    **{name: (DESK, partial(GoldenPages.show_form_page, name=name)) for name in FORM_PAGES},
    **{name: (PHONE, partial(GoldenPages.show_survey_page, name=name)) for name in SURVEY_PAGES},
    **{name: (DESK, show) for name, show in CONSOLE_STATES.items()},
    **{name: (PHONE, show) for name, show in SURVEY_STATES.items()},
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[GoldenPages]:
    pages = GoldenPages(tmp_path_factory.mktemp("golden"), migrated_file)
    yield pages
    pages.close()


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with BROWSERS.borrow(chromium, *DRAWING) as browser:
        yield browser


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[[dict[str, int]], Page]]:
    """Opens a window that draws alike everywhere: language, time zone and typeface are fixed."""
    contexts = []

    def open_page(viewport: dict[str, int]) -> Page:
        contexts.append(_open_context(browser, viewport))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


def _open_context(browser: Browser, viewport: dict[str, int]) -> BrowserContext:
    context = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    context.set_default_timeout(2 * PATIENCE)
    context.route("**/golden-*.ttf", _send_font)
    return context


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


@pytest.fixture(scope="module", params=SHOWS)
def shown(request: pytest.FixtureRequest, pages: GoldenPages, browser: Browser) -> Iterator[Page]:
    """One page or state, loaded once for all tests of it: some take ten forms to reach."""
    viewport, show = SHOWS[request.param]
    context = _open_context(browser, viewport)
    page = context.new_page()
    show(pages, page)
    page.wait_for_load_state("load")
    page.add_style_tag(content=STYLE)
    yield page
    context.close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Name of the page that `shown` shows."""
    return str(request.node.callspec.params["shown"])


def test_page_looks_like_its_pictures(shown: Page, name: str, tmp_path: Path):
    assert compare_with_pictures(shown, name, tmp_path) == []


def test_page_has_no_violation_at_any_width_in_any_scheme(shown: Page):
    viewport = shown.viewport_size
    assert viewport

    problems = [
        f"{screen['width']} {scheme}: {problem}"
        for screen in (DESK, PHONE)
        for scheme in SCHEMES
        for problem in _check_accessibility(shown, screen, scheme)
    ]
    shown.set_viewport_size(viewport)  # type: ignore[arg-type]

    assert problems == []


def _check_accessibility(page: Page, screen: dict[str, int], scheme: str) -> list[str]:
    """Run axe with every section open; close those sections again."""
    page.set_viewport_size(screen)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(OPEN_CLOSED_SECTIONS)
    violations = page_checks.find_violations(page)
    page.evaluate(CLOSE_OPENED_SECTIONS)
    return violations


def list_primary_buttons(page: Page) -> list[str]:
    """Return the texts of the filled buttons; of a page that only asks for consent, those of the red one."""
    filled = page.locator(FILLED).all_inner_texts()
    return filled or page.locator(DANGEROUS).all_inner_texts()


@pytest.mark.parametrize("shown", [*CONSOLE_PAGES, *STRANGER_PAGES, *FORM_PAGES, *CONSOLE_STATES], indirect=True)
def test_page_has_one_primary_action(shown: Page, name: str):
    buttons = list_primary_buttons(shown)

    assert len(buttons) == (0 if name in WITHOUT_BUTTON else 1), buttons


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
