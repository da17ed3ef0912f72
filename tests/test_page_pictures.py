"""Each page has its pictures in light and dark: a new template needs pictures that someone has looked at."""

from pathlib import Path

from tests.browser import golden_pages, golden_states, golden_survey_states

ROOT = Path(__file__).parents[1]
TEMPLATES, PICTURES = ROOT / "templates", ROOT / "tests" / "browser" / "golden"
# Templates of which no picture is named after them: the name of a picture that shows each.
SHOWN_BY = {
    "console/assessment": "draft",
    "console/clients/client": "client",
    "console/clients/delete-draft": "draft-delete",
    "console/clients/edit": "client-edit",
    "console/clients/erase": "client-erase",
    "console/clients/list": "clients",
    "console/clients/new": "client-new",
    "console/conflict": "state-conflict",
    "console/forgot": "forgotten-password",
    "console/import-progress": "import-end",
    "console/import-responses": "import-check",
    "console/link-gone": "password-link-gone",
    "console/new": "new-assessment",
    "console/oidc-problem": "sign-in-provider-problem",
    "console/replace": "person-correct",
    "console/replace-many": "people-correct-many",
    "console/results-rendered": "results",
    "console/resume": "sign-in-resume",
    "console/revoke": "person-revoke",
    "console/revoke-many": "people-revoke-many",
    "console/settings": "draft-settings",
    "console/workspace/question-import": "question-check",
    "console/workspace/remove-user": "user-remove",
    "errors/error": "not-found",
    "share/ended": "report-link-gone",
    "share/password": "share-password",
    "share/report": "share-report",
}
# The reference of the API, which is as long as the API; a file that a command writes; what a saved form swaps in.
WITHOUT_PICTURE = {"api/docs", "questionnaire/show", "console/roadmap-saved"}


def find_templates() -> set[str]:
    """Return the templates of pages; names with an underscore are parts of others."""
    paths = (path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.html"))
    return {path.with_suffix("").as_posix() for path in paths if not path.name.startswith("_")}


def name_picture(template: str) -> str:
    """Return the name of the picture that shows a template."""
    area, _, name = template.partition("/")
    own = f"survey-{name}" if area == "survey" else name.removeprefix("workspace/")
    return SHOWN_BY.get(template, own)


def list_pages() -> set[str]:
    """Return the names of all pages of which pictures are compared."""
    pages: set[str] = set()
    for each in (
        golden_pages.STRANGER_PAGES,
        golden_pages.CONSOLE_PAGES,
        golden_pages.FORM_PAGES,
        golden_pages.SURVEY_PAGES,
        golden_states.CONSOLE_STATES,
        golden_survey_states.SURVEY_STATES,
    ):
        pages |= set(each)
    return pages


def test_each_template_of_a_page_is_shown_by_a_picture():
    templates = find_templates()

    missing = {template for template in templates - WITHOUT_PICTURE if name_picture(template) not in list_pages()}

    assert missing == set()
    assert (WITHOUT_PICTURE | set(SHOWN_BY)) <= templates


def test_each_page_has_its_pictures_in_light_and_dark_and_no_other_is_stored():
    expected = {f"{name}-{scheme}.png" for name in list_pages() for scheme in ("light", "dark")}

    assert {path.name for path in PICTURES.iterdir()} == expected
