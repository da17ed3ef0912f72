"""Render the report for one audience in one language as a sealed file of one format.

The libraries that write files are imported where they are needed: in the worker processes. A server process would hold
30 MB of them, and start a quarter later.
"""

import gc
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from assessment.charts.picture_metadata import SVG, add_text
from assessment.charts.report_drawings import draw_report_charts
from assessment.charts.svg import render_svg_file
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Report, build_report
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.verification.provenance import (
    EDITIONS_WITH_CONTENTS,
    ChartProvenance,
    OfficeProvenance,
    Provenance,
    ReportContents,
    encode_canonical_json,
    hash_content,
    seal_provenance,
)
from assessment.i18n import get_translator

if TYPE_CHECKING:
    from assessment.pdf import provenance_attachment

PICTURE_LIBRARIES = ("pillow", "reportlab")  # the second measures texts
LIBRARIES = ("lxml", "pikepdf", "python-docx", "python-pptx", "reportlab", "xlsxwriter")


class RenderJob(Struct, frozen=True):
    """Inputs of a rendering; `release` is the digest of the released result.

    With `chart`, `NAME.svg` or `NAME.png`, it makes a picture of that chart instead of the report.
    """

    contents: ReportContents
    release: str
    language: str
    audience: str
    file_format: FileFormat = FileFormat.PDF
    chart: str = ""


Renderer = Callable[[Questionnaire, RenderJob], bytes]


def build_job_report(questionnaire: Questionnaire, job: RenderJob) -> Report:
    """Build the report of a job."""
    contents = job.contents
    details = replace(contents.details, release=job.release)
    return build_report(questionnaire, contents.figures, details, job.language, earlier=contents.earlier)


def render_file(questionnaire: Questionnaire, job: RenderJob) -> bytes:
    """Render in the format of the job. Deterministic: the same job gives the same bytes."""
    if job.chart:
        return render_chart(questionnaire, job)
    if job.file_format is FileFormat.PDF:
        return render_pdf(questionnaire, job)
    from assessment import office  # noqa: PLC0415  # see above

    report = build_job_report(questionnaire, job)
    return office.render_office_file(report, job.file_format, job.audience, make_office_provenance(questionnaire, job))


def render_chart(questionnaire: Questionnaire, job: RenderJob) -> bytes:
    """Render a picture of one chart; KeyError for a chart that the report does not have."""
    name, _, ending = job.chart.rpartition(".")
    report = build_job_report(questionnaire, job)
    chart = draw_report_charts(report, get_translator(job.language))[name]
    if ending == SVG:
        content = render_svg_file(chart)
    else:
        from assessment.pdf.chart_picture import render_png  # noqa: PLC0415  # see above

        content = render_png(chart)
    return add_text(content, encode_canonical_json(make_chart_provenance(questionnaire, job, content)).decode())


def render_pdf(questionnaire: Questionnaire, job: RenderJob) -> bytes:
    """Render and seal. Deterministic: the same job gives the same bytes."""
    from assessment import pdf  # noqa: PLC0415  # see above

    report = build_job_report(questionnaire, job)
    return pdf.render_report(report, job.language, job.audience, partial(make_provenance, questionnaire, job))


def make_provenance(
    questionnaire: Questionnaire, job: RenderJob, drawn: "provenance_attachment.PdfDigests"
) -> Provenance:
    """Make the provenance that is embedded in the PDF."""
    from assessment.pdf import provenance_attachment  # noqa: PLC0415  # see above

    figures = job.contents.figures
    return seal_provenance(
        Provenance(
            questionnaire=figures.questionnaire,
            texts=questionnaire.text(job.language).digest,
            engine=figures.engine,
            drawn_with=provenance_attachment.list_renderer_versions(),
            language=job.language,
            audience=job.audience,
            release=job.release,
            enclosed=hash_content(encode_canonical_json(job.contents)),
            contents=job.contents if job.audience in EDITIONS_WITH_CONTENTS else None,
            pages=drawn.pages,
            document=drawn.document,
        )
    )


def make_office_provenance(questionnaire: Questionnaire, job: RenderJob) -> OfficeProvenance:
    """Make the provenance that is embedded in a deck, document or workbook."""
    from assessment import office  # noqa: PLC0415  # see above

    figures = job.contents.figures
    return seal_provenance(
        OfficeProvenance(
            file_format=job.file_format,
            questionnaire=figures.questionnaire,
            texts=questionnaire.text(job.language).digest,
            engine=figures.engine,
            drawn_with=office.list_writer_versions(),
            language=job.language,
            audience=job.audience,
            release=job.release,
            enclosed=hash_content(encode_canonical_json(job.contents)),
            contents=job.contents if job.audience in EDITIONS_WITH_CONTENTS else None,
        )
    )


def make_chart_provenance(questionnaire: Questionnaire, job: RenderJob, content: bytes) -> ChartProvenance:
    """Make the provenance that is embedded in a chart; `content` is its file without it."""
    figures = job.contents.figures
    return seal_provenance(
        ChartProvenance(
            chart=job.chart,
            questionnaire=figures.questionnaire,
            texts=questionnaire.text(job.language).digest,
            engine=figures.engine,
            drawn_with=list_picture_versions(job.chart),
            language=job.language,
            audience=job.audience,
            release=job.release,
            enclosed=hash_content(encode_canonical_json(job.contents)),
            drawing=hash_content(content),
        )
    )


def list_picture_versions(chart: str) -> dict[str, str]:
    """Return the versions of the libraries that draw a chart's file: none draws SVG."""
    return {} if chart.endswith(f".{SVG}") else {library: version(library) for library in PICTURE_LIBRARIES}


def list_renderer_versions() -> dict[str, str]:
    """Return the versions of all libraries that write reports."""
    return {library: version(library) for library in LIBRARIES}


def prepare_worker() -> None:
    """Warm up a worker process: load fonts, and exempt loaded objects from garbage collection.

    Scanning them would take a sixth of the time of each report.
    """
    from assessment import pdf  # noqa: PLC0415  # see above
    from assessment.office import deck, document, workbook  # noqa: F401, PLC0415  # a job of any format may come first

    pdf.preload_fonts()
    gc.collect()
    gc.freeze()


def pack_job(questionnaire: Questionnaire, job: RenderJob) -> bytes:
    """Serialize a job for a worker process. Deterministic, because the cache key is a digest of it."""
    return msgspec.json.encode((questionnaire, job), order="deterministic")


def unpack_job(content: bytes) -> tuple[Questionnaire, RenderJob]:
    """Deserialize a job of `pack_job`."""
    return msgspec.json.decode(content, type=tuple[Questionnaire, RenderJob])
