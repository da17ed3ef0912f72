"""Child process that fills in one template: one that exhausts memory or time ends only this process.

Reads a `TemplateJob` from standard input and writes a `TemplateOutcome` to standard output, both as JSON.
"""

import sys

import msgspec

from assessment.domain.report.file_formats import FileFormat
from assessment.domain.struct_types import build_type_information
from assessment.errors import InvalidError
from assessment.office.deck.own_template import fill_slide_template
from assessment.office.word_template.filling import fill_word_template
from assessment.services.child_limits import ChildLimits
from assessment.services.reports.own_templates import TemplateJob, TemplateOutcome, pack_text
from assessment.services.reports.rendering import build_job_report, unpack_job

LIMITS = ChildLimits(memory=2 * 1024**3, seconds=30)  # the imports take a quarter of the memory


def fill_template(content: bytes) -> TemplateOutcome:
    """Fill in the template of a serialized job."""
    request = msgspec.json.decode(content, type=TemplateJob)
    questionnaire, job = unpack_job(request.job)
    try:
        fill = fill_slide_template if job.file_format is FileFormat.DECK else fill_word_template
        document = fill(build_job_report(questionnaire, job), request.template, job.audience)
    except InvalidError as error:
        return TemplateOutcome(
            problems=tuple((pack_text(one.message), pack_text(one.remedy)) for one in error.problems)
        )
    return TemplateOutcome(document)


if __name__ == "__main__":
    LIMITS.apply_limits()
    build_type_information()
    sys.stdout.buffer.write(msgspec.json.encode(fill_template(sys.stdin.buffer.read())))
