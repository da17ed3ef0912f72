"""Preview as one HTML page without external resources, to send to reviewers."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assessment.domain.questionnaire import Questionnaire
from assessment.i18n import get_translator
from assessment.questionnaires.preview.content import build_preview

TEMPLATE_NAME = "questionnaire/show.html"
PACKAGE_FOLDER = Path(__file__).resolve().parents[2]


def render_html(questionnaire: Questionnaire, language: str) -> str:
    """Render the content of `show` as HTML."""
    preview = build_preview(questionnaire, language)
    translator = get_translator(preview.language)
    return (
        _create_environment()
        .get_template(TEMPLATE_NAME)
        .render(preview=preview, _=translator.gettext, ngettext=translator.ngettext)
    )


@cache
def _create_environment() -> Environment:
    installed = PACKAGE_FOLDER / "_data" / "templates"
    folder = installed if installed.is_dir() else PACKAGE_FOLDER.parents[1] / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
