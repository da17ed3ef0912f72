"""The preview as one page of HTML that loads nothing: to send to whoever should read it first."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assessment.domain.questionnaire import Questionnaire
from assessment.library.preview.parts import preview
from assessment.wording import wording

TEMPLATE = "questionnaire/show.html"
PACKAGE = Path(__file__).resolve().parents[2]


def show_html(questionnaire: Questionnaire, language: str) -> str:
    """Lay the same out as `show`."""
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
