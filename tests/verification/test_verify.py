"""Verifying printed reports: what is whole holds, in every edition and language; the command says what it finds."""

import hashlib
from io import BytesIO

import msgspec
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from pikepdf import Pdf

from assessment.cli import main
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.report import ConsultantFinding, EarlierWave, ReportDetails, ScoreModeration
from assessment.domain.report.audiences import list_audiences
from assessment.domain.result import CarelessRow
from assessment.domain.verification import check_result
from assessment.domain.verification.provenance import (
    EDITIONS_WITH_CONTENTS,
    ReportContents,
    hash_content,
    strip_careless_log,
)
from assessment.pdf import provenance_attachment
from assessment.services.reports import report_verification
from assessment.services.reports.rendering import RenderJob, pack_job, render_pdf, unpack_job
from assessment.services.reports.report_requests import list_report_languages
from tests import reports
from tests.verification.sealed_reports import (
    DETAILS,
    SOAK,
    alter_report,
    find_questionnaire,
    make_render_job,
    render_report,
)

LANGUAGES = list_report_languages(reports.load_shipped_questionnaire())
EDITIONS = [
    (case, unsuppressed, audience, language)
    for case in reports.CASES
    for unsuppressed in (False, True)
    for audience in list_audiences(
        reports.load_shipped_questionnaire(), reports.score_case(case, unsuppressed=unsuppressed)
    )
    for language in LANGUAGES
]


def expected_doubts(case, *, unsuppressed):
    left_out = reports.score_case(case, unsuppressed=unsuppressed).respondents.careless_log
    return ("release",) if left_out else ()


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_report_of_every_worked_case_is_verified(case, unsuppressed):
    content = render_report(case, unsuppressed=unsuppressed)

    verdict = report_verification.verify_report(content, find_questionnaire)

    assert verdict.findings == ()
    assert verdict.unchecked == expected_doubts(case, unsuppressed=unsuppressed)
    assert verdict.is_valid


@pytest.mark.parametrize(("case", "unsuppressed", "audience", "language"), EDITIONS if SOAK else EDITIONS[::37])
def test_every_edition_is_verified_with_full_report(case, unsuppressed, audience, language):
    full = render_report(case, unsuppressed=unsuppressed)
    content = render_pdf(
        reports.load_shipped_questionnaire(), make_render_job(case, audience, language, unsuppressed=unsuppressed)
    )

    verdict = report_verification.verify_report(
        content, find_questionnaire, None if audience in EDITIONS_WITH_CONTENTS else full
    )

    assert verdict.findings == ()
    assert verdict.is_valid


def test_default_editions_include_every_kind():
    cases, _, audiences_, tongues = (set(each) for each in zip(*EDITIONS[::37], strict=True))

    assert cases == set(reports.CASES)
    assert {"full", "board", "respondents"} < audiences_
    assert tongues == set(LANGUAGES)


@pytest.mark.parametrize("language", ["en", "de"])
def test_report_with_all_comments_is_verified(language):
    details = ReportDetails(
        "\u05e9\u05dc\u05d5\u05dd & <b>Sons</b>",
        "\U0001f680 " * 90,
        reports.DATE,
        "2",
        author="The \u05d0\u05d1 people",
        confidentiality="Only for \x00 you",
        protection="anonymous",
        logo=b"\x89PNG no picture",
        remarks={"answer": "First.\nSecond.", "hr": "x" * 9000, "gap": "\u0645\u0631\u062d\u0628\u0627 " * 300},
        findings=tuple(ConsultantFinding(f"Finding {number}", "Because. " * number) for number in range(60)),
        moderations=(
            ScoreModeration("HR", reports.score_case("risk-36").functions["hr"].score, 50.0, "They know why."),
        ),
    )
    content = render_pdf(
        reports.load_shipped_questionnaire(), make_render_job("risk-36", language=language, details=details)
    )

    assert report_verification.verify_report(content, find_questionnaire).is_valid


def test_report_of_later_wave_is_verified_after_packing():
    asked, later = reports.load_shipped_questionnaire(), reports.score_case("risk-36")
    before = msgspec.structs.replace(reports.score_case("gap-50"), computed_at="2025-11-02")
    earlier = EarlierWave(compare_waves(Wave(asked, before), Wave(asked, later)), date=before.computed_at)
    figures, figures_before = (strip_careless_log(msgspec.json.encode(result)) for result in (later, before))
    made = RenderJob(
        ReportContents(figures, DETAILS, earlier, figures_before), hash_content(bytes(figures)), "en", "full"
    )

    content = render_pdf(*unpack_job(pack_job(asked, made)))

    assert content == render_pdf(asked, made)
    assert report_verification.verify_report(content, find_questionnaire).is_valid


def test_same_render_job_gives_same_bytes():
    assert render_pdf(reports.load_shipped_questionnaire(), make_render_job("gap-50")) == render_pdf(
        reports.load_shipped_questionnaire(), make_render_job("gap-50")
    )


def test_report_saved_by_other_program_is_verified():
    with Pdf.open(BytesIO(render_report("risk-36"))) as pdf:
        target = BytesIO()
        pdf.save(target)

    assert report_verification.verify_report(target.getvalue(), find_questionnaire).is_valid


def test_only_full_editions_contain_figures():
    for audience in list_audiences(reports.load_shipped_questionnaire(), reports.score_case("risk-36")):
        with Pdf.open(BytesIO(render_report("risk-36", audience))) as pdf:
            provenance, attached = provenance_attachment.read_provenance(pdf)

        assert (provenance.contents is not None) is (audience in EDITIONS_WITH_CONTENTS)
        assert (b'"overall"' in attached) is (audience in EDITIONS_WITH_CONTENTS)
        assert provenance.release == hashlib.sha256(msgspec.json.encode(reports.score_case("risk-36"))).hexdigest()


def test_edition_without_figures_is_not_verified():
    with pytest.raises(report_verification.IncompleteEditionError):
        report_verification.verify_report(render_report("risk-36", "respondents"), find_questionnaire)


def test_edition_of_other_release_is_detected():
    verdict = report_verification.verify_report(
        render_report("risk-36", "respondents"), find_questionnaire, render_report("gap-50")
    )

    assert "release" in {finding.name for finding in verdict.findings}


def test_names_of_careless_respondents_are_not_included():
    result = reports.score_case("risk-36", unsuppressed=True)
    named = msgspec.structs.replace(result.respondents, careless_log=(CarelessRow("Ann", ("speed",)),))
    release = msgspec.json.encode(msgspec.structs.replace(result, respondents=named))

    assert b"Ann" not in bytes(strip_careless_log(release))


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_results_are_consistent_with_item_scores(case, unsuppressed):
    assert check_result(reports.load_shipped_questionnaire(), reports.score_case(case, unsuppressed=unsuppressed)) == ()


@pytest.mark.parametrize("shares", [(1.0, 0, 0, 0, 0), (0, 0, 0, 0, 1.0)])
def test_rung_counts_inconsistent_with_score_are_detected(shares):
    asked, result = reports.load_shipped_questionnaire(), reports.score_case("risk-36", unsuppressed=True)
    function = result.functions["hr"]
    dimension = function.dimensions["people"]
    name, item = next((name, item) for name, item in dimension.items.items() if 20 < (item.score or 0) < 80)
    items = dimension.items | {name: replace(item, distribution=shares)}
    dimensions = function.dimensions | {"people": replace(dimension, items=items)}
    functions = result.functions | {"hr": replace(function, dimensions=dimensions)}

    found = check_result(asked, replace(result, functions=functions))

    assert [difference.path for difference in found] == [f"{name}.distribution"]


def test_command_exits_with_verified_failed_or_undecided(tmp_path):
    runner, path = CliRunner(), tmp_path / "report.pdf"

    path.write_bytes(render_report("risk-36"))
    good = runner.invoke(main, ["verify", str(path)])
    path.write_bytes(alter_report("a printed number 0"))
    bad = runner.invoke(main, ["verify", str(path)])
    path.write_bytes(render_report("risk-36", "respondents"))
    unsure = runner.invoke(main, ["verify", str(path)])
    path.write_bytes(b"no PDF")
    none = runner.invoke(main, ["verify", str(path)])

    assert [each.exit_code for each in (good, bad, unsure, none)] == [0, 1, 2, 1]
    assert "This report is valid" in good.stderr
    assert "the figures say" in bad.stderr
    assert "--full" in unsure.stderr


def test_report_of_other_version_is_undecided(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(alter_report("a bar, as if another version had drawn it, resealed"))
    drawn = CliRunner().invoke(main, ["verify", str(path)])
    path.write_bytes(alter_report("a level, as if another version had found it, resealed"))

    found = CliRunner().invoke(main, ["verify", str(path)])

    assert [drawn.exit_code, found.exit_code] == [2, 2]
    assert "reportlab 1.0" in drawn.stderr
    assert "9.9.9" in found.stderr
    assert "This report is valid" not in drawn.stderr + found.stderr


def test_scores_option_compares_report_with_release(tmp_path):
    path, scores = tmp_path / "report.pdf", tmp_path / "scores.json"
    path.write_bytes(render_report("risk-36"))
    scores.write_bytes(msgspec.json.encode(reports.score_case("risk-36")))
    same = CliRunner().invoke(main, ["verify", str(path), "--scores", str(scores)])
    scores.write_bytes(msgspec.json.encode(reports.score_case("gap-50")))

    other = CliRunner().invoke(main, ["verify", str(path), "--scores", str(scores)])

    assert [same.exit_code, other.exit_code] == [0, 1]
    assert "what was released" in same.stderr
    assert "another release" in other.stderr
