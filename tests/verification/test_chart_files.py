"""Verifying single charts: seal and drawing by themselves, figures with the full report."""

import io

import msgspec
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from PIL import Image

from assessment.charts import picture_metadata
from assessment.cli.commands.verify import verify_report
from assessment.domain.verification.provenance import (
    ChartProvenance,
    encode_canonical_json,
    hash_content,
    seal_provenance,
)
from assessment.errors import InvalidError
from assessment.services.reports.office_verification import verify_file
from assessment.services.reports.rendering import render_file
from assessment.services.reports.report_verification import IncompleteEditionError
from tests import reports
from tests.office.office_files import make_job, render_case
from tests.verification import sealed_reports

CASE, OTHER_CASE = "gap-50", "risk-36"
FORMATS = ("svg", "png")


def draw(ending, case=CASE, name="heatmap"):
    job = replace(make_job(case, "pdf"), chart=f"{name}.{ending}")
    return render_file(reports.load_shipped_questionnaire(), job)


def verify(content, full=None):
    return verify_file(content, lambda _: reports.load_shipped_questionnaire(), full)


def replace_record(content, change, *, drawing=None):
    """Write a chart again with another record, sealed again."""
    picture = picture_metadata.read_text(content)
    record = change(msgspec.json.decode(picture.text, type=ChartProvenance))
    return picture_metadata.add_text(
        drawing or picture.drawing, encode_canonical_json(seal_provenance(record)).decode()
    )


@pytest.mark.parametrize("ending", FORMATS)
def test_chart_is_verified_with_the_full_report_of_any_format(ending):
    chart = draw(ending)

    for full in (render_case(CASE, "xlsx"), sealed_reports.render_report(CASE)):
        verdict = verify(chart, full)

        assert verdict.is_valid
        assert verdict.unchecked == ()
    assert verdict.provenance.release == make_job(CASE, "pdf").release


@pytest.mark.parametrize("ending", FORMATS)
def test_chart_is_the_same_to_the_byte_and_still_a_picture(ending):
    chart = draw(ending)

    assert draw(ending) == chart
    if ending == "png":
        Image.open(io.BytesIO(chart)).verify()
        image = Image.open(io.BytesIO(chart))
        image.load()
        assert image.text["assessment-provenance"].startswith('{"format":"assessment-chart-1","chart":"heatmap.png"')


@pytest.mark.parametrize("ending", FORMATS)
def test_chart_alone_is_undecided_and_the_command_says_what_was_checked(ending, tmp_path):
    path = tmp_path / f"heatmap.{ending}"
    path.write_bytes(draw(ending))

    answer = CliRunner().invoke(verify_report, [str(path)])

    assert answer.exit_code == 2
    text = " ".join(answer.output.split())
    assert "Seal and drawing of this chart are as they were made" in text
    assert "--full" in text
    with pytest.raises(IncompleteEditionError):
        verify(path.read_bytes())


def test_command_says_that_a_chart_with_its_report_is_valid(tmp_path):
    chart, full = tmp_path / "heatmap.png", tmp_path / "report.xlsx"
    chart.write_bytes(draw("png"))
    full.write_bytes(render_case(CASE, "xlsx"))

    answer = CliRunner().invoke(verify_report, [str(chart), "--full", str(full)])

    assert answer.exit_code == 0
    assert "every byte as it was made" in " ".join(answer.output.split())


@pytest.mark.parametrize("ending", FORMATS)
def test_changed_drawing_is_found_without_the_full_report(ending, tmp_path):
    chart = draw(ending)
    changed = chart.replace(b">Purpose<", b">Purpos3<", 1) if ending == "svg" else swap_pixels(chart)
    path = tmp_path / f"heatmap.{ending}"
    path.write_bytes(changed)

    answer = CliRunner().invoke(verify_report, [str(path)])

    assert changed != chart
    assert answer.exit_code == 1
    assert "The drawing is not the one that was sealed" in " ".join(answer.output.split())


def swap_pixels(chart):
    """Save other pixels with the record of a chart, as a forger would."""
    picture = picture_metadata.read_text(chart)
    image = Image.open(io.BytesIO(chart)).convert("RGB")
    image.paste((255, 0, 0), (100, 100, 300, 300))
    target = io.BytesIO()
    image.save(target, "PNG")
    return picture_metadata.add_text(target.getvalue(), picture.text)


@pytest.mark.parametrize("ending", FORMATS)
def test_changed_drawing_behind_a_new_seal_is_found_with_the_full_report(ending):
    chart = draw(ending)
    other = picture_metadata.read_text(
        chart.replace(b">Purpose<", b">Purpos3<", 1) if ending == "svg" else swap_pixels(chart)
    ).drawing

    forged = replace_record(chart, lambda record: replace(record, drawing=hash_content(other)), drawing=other)

    with pytest.raises(IncompleteEditionError):
        verify(forged)
    assert [finding.name for finding in verify(forged, render_case(CASE, "xlsx")).findings] == ["drawn"]


def test_chart_of_another_release_is_found():
    findings = verify(draw("svg"), render_case(OTHER_CASE, "xlsx")).findings

    assert {"release", "drawn"} <= {finding.name for finding in findings}


def test_record_changed_without_a_new_seal_is_found():
    picture = picture_metadata.read_text(draw("svg"))

    forged = picture_metadata.add_text(picture.drawing, picture.text.replace('"language":"en"', '"language":"de"'))

    assert "seal" in {finding.name for finding in verify(forged).findings}


def test_record_in_other_words_is_found():
    picture = picture_metadata.read_text(draw("svg"))

    forged = picture_metadata.add_text(picture.drawing, picture.text.replace('{"format"', '{ "format"', 1))

    assert [finding.name for finding in verify(forged).findings] == ["attachment"]


def test_chart_of_another_version_is_undecided():
    chart = replace_record(draw("png"), lambda record: replace(record, drawn_with={"pillow": "0"}))

    verdict = verify(chart, render_case(CASE, "xlsx"))

    assert verdict.unchecked == ("drawings",)
    assert verdict.is_inconclusive


@pytest.mark.parametrize(
    "content",
    [
        b"<svg></svg>",
        b"<?xml version='1.0'?>" + picture_metadata.OPENING + b"{}",
        b"<svg>" + (picture_metadata.OPENING + b"{}" + picture_metadata.CLOSING) * 2,
        b"<svg>" + picture_metadata.OPENING + b"{}" + picture_metadata.CLOSING,
        b"<svg>" + picture_metadata.OPENING + b"[" * 100_000 + picture_metadata.CLOSING,
        picture_metadata.SIGNATURE,
        picture_metadata.SIGNATURE + b"\xff\xff\xff\xffiTXt",
        picture_metadata.SIGNATURE + b"\x00" * 30,
        b"<svg>" + b" " * picture_metadata.MAX_PICTURE_BYTES,
    ],
)
def test_picture_without_a_readable_record_is_refused(content):
    with pytest.raises(InvalidError):
        verify(content)


def test_chart_holds_no_figures_that_it_does_not_show():
    picture = picture_metadata.read_text(draw("svg", name="targets"))

    record = msgspec.json.decode(picture.text)

    assert set(record) == set(ChartProvenance.__struct_fields__)
    assert len(picture.text) < 1500
