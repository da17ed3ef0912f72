"""Preview as one HTML page without external resources, to send to reviewers."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assessment.domain.questionnaire import Questionnaire
from assessment.library.preview.parts import preview
from assessment.wording import wording

TEMPLATE = "questionnaire/show.html"
PACKAGE = Path(__file__).resolve().parents[2]


def show_html(questionnaire: Questionnaire, language: str) -> str:
    """Render the content of `show` as HTML."""
    made = preview(questionnaire, language)
    words = wording(made.language)
    return _environment().get_template(TEMPLATE).render(made=made, _=words.gettext, ngettext=words.ngettext)


@cache
def _environment() -> Environment:
    installed = PACKAGE / "_data" / "templates"
    folder = installed if installed.is_dir() else PACKAGE.parents[1] / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
