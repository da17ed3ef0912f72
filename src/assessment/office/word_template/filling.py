"""Fill in a Word template: check, fields, rendering."""

from io import BytesIO

from docxtpl import DocxTemplate
from jinja2 import Environment
from msgspec import structs

from assessment.domain.report import Report
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.i18n import get_translator
from assessment.office.package_files import save_deterministically
from assessment.office.selection import select_edition
from assessment.office.word_template.fields import build_template_fields
from assessment.office.word_template.template_check import (
    CheckedEnvironment,
    check_filled_fields,
    check_template,
)


class _CheckedTemplate(DocxTemplate):  # type: ignore[misc] # no types
    def render_properties(self, context: dict[str, object], jinja_env: Environment | None = None) -> None:
        """Fill in title, author and other properties; they are not XML yet, so nothing is escaped."""
        plain = None if jinja_env is None else jinja_env.overlay(autoescape=False)
        super().render_properties(context, plain)


def fill_word_template(report: Report, template: bytes, audience: str = FULL_EDITION) -> bytes:
    """Fill in a template with one edition of a report; the same input gives the same bytes.

    Call it in a worker process with limits. Raises `InvalidError` with every problem of the template and ValueError for
    an audience that the report has no edition for.
    """
    check_template(template)
    fields = build_template_fields(select_edition(report, audience, get_translator(report.language)))
    document = _CheckedTemplate(BytesIO(template))
    document.render(structs.asdict(fields), CheckedEnvironment(), autoescape=True)
    target = BytesIO()
    document.save(target)
    check_filled_fields(target.getvalue())
    return save_deterministically(target.getvalue(), FileFormat.DOCUMENT, None)
