"""Verifying printed reports: what is whole holds, in every edition and language; the command says what it finds."""

import hashlib
from io import BytesIO

import msgspec
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from pikepdf import Pdf

from assessment.cli import main
from assessment.domain.checking import check
from assessment.domain.comparison import Wave, compare
from assessment.domain.provenance import ENCLOSING, Contents, digest, enclosed
from assessment.domain.report import Details, Earlier, Moderation, OwnFinding
from assessment.domain.report.audiences import audiences
from assessment.domain.result import CarelessRow
from assessment.pdf import sealing
from assessment.services import verifying
from assessment.services.printing import Order, pack, printed, unpack
from assessment.services.reporting import languages
from tests import reports
from tests.sealed import DETAILS, SOAK, altered, find, order, report

LANGUAGES = languages(reports.questionnaire())
EDITIONS = [
    (case, unsuppressed, audience, language)
    for case in reports.CASES
    for unsuppressed in (False, True)
    for audience in audiences(reports.questionnaire(), reports.result(case, unsuppressed=unsuppressed))
    for language in LANGUAGES
]


def doubts_of(case, *, unsuppressed):
    left_out = reports.result(case, unsuppressed=unsuppressed).respondents.careless_log
    return ("release",) if left_out else ()


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_a_good_report_of_every_worked_case_holds(case, unsuppressed):
    content = report(case, unsuppressed=unsuppressed)

    verdict = verifying.verify(content, find)

    assert verdict.findings == ()
    assert verdict.doubts == doubts_of(case, unsuppressed=unsuppressed)
    assert verdict.holds


@pytest.mark.parametrize(("case", "unsuppressed", "audience", "language"), EDITIONS if SOAK else EDITIONS[::37])
def test_every_edition_holds_beside_the_full_one_in_every_language(case, unsuppressed, audience, language):
    full = report(case, unsuppressed=unsuppressed)
    content = printed(reports.questionnaire(), order(case, audience, language, unsuppressed=unsuppressed))

    verdict = verifying.verify(content, find, None if audience in ENCLOSING else full)

    assert verdict.findings == ()
    assert verdict.holds


def test_the_editions_of_every_day_are_of_every_kind():
    cases, _, audiences_, tongues = (set(each) for each in zip(*EDITIONS[::37], strict=True))

    assert cases == set(reports.CASES)
    assert {"full", "board", "respondents"} < audiences_
    assert tongues == set(LANGUAGES)


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_report_with_all_that_a_consultant_may_write_holds(language):
    details = Details(
        "\u05e9\u05dc\u05d5\u05dd & <b>Sons</b>",
        "\U0001f680 " * 90,
        reports.DATE,
        "2",
        author="The \u05d0\u05d1 people",
        confidentiality="Only for \x00 you",
        protection="anonymous",
        logo=b"\x89PNG no picture",
        remarks={"answer": "First.\nSecond.", "hr": "x" * 9000, "gap": "\u0645\u0631\u062d\u0628\u0627 " * 300},
        findings=tuple(OwnFinding(f"Finding {number}", "Because. " * number) for number in range(60)),
        moderations=(Moderation("HR", reports.result("risk-36").functions["hr"].score, 50.0, "They know why."),),
    )
    content = printed(reports.questionnaire(), order("risk-36", language=language, details=details))

    assert verifying.verify(content, find).holds


def test_a_report_of_a_later_wave_holds_and_goes_to_the_press_whole():
    asked, later = reports.questionnaire(), reports.result("risk-36")
    before = msgspec.structs.replace(reports.result("gap-50"), computed_at="2025-11-02")
    earlier = Earlier(compare(Wave(asked, before), Wave(asked, later)), date=before.computed_at)
    figures, figures_before = (enclosed(msgspec.json.encode(result)) for result in (later, before))
    made = Order(Contents(figures, DETAILS, earlier, figures_before), digest(bytes(figures)), "en", "full")

    content = printed(*unpack(pack(asked, made)))

    assert content == printed(asked, made)
    assert verifying.verify(content, find).holds


def test_the_same_order_gives_the_same_bytes():
    assert printed(reports.questionnaire(), order("gap-50")) == printed(reports.questionnaire(), order("gap-50"))


def test_saved_by_another_program_a_report_still_holds():
    with Pdf.open(BytesIO(report("risk-36"))) as pdf:
        target = BytesIO()
        pdf.save(target)

    assert verifying.verify(target.getvalue(), find).holds


def test_only_editions_for_those_who_may_see_all_carry_the_figures():
    for audience in audiences(reports.questionnaire(), reports.result("risk-36")):
        with Pdf.open(BytesIO(report("risk-36", audience))) as pdf:
            provenance, attached = sealing.provenance_of(pdf)

        assert (provenance.contents is not None) is (audience in ENCLOSING)
        assert (b'"overall"' in attached) is (audience in ENCLOSING)
        assert provenance.release == hashlib.sha256(msgspec.json.encode(reports.result("risk-36"))).hexdigest()


def test_an_edition_without_figures_is_not_said_to_hold():
    with pytest.raises(verifying.IncompleteError):
        verifying.verify(report("risk-36", "respondents"), find)


def test_an_edition_of_another_release_is_caught():
    verdict = verifying.verify(report("risk-36", "respondents"), find, report("gap-50"))

    assert "release" in {finding.name for finding in verdict.findings}


def test_names_of_the_careless_are_not_handed_on():
    result = reports.result("risk-36", unsuppressed=True)
    named = msgspec.structs.replace(result.respondents, careless_log=(CarelessRow("Ann", ("speed",)),))
    release = msgspec.json.encode(msgspec.structs.replace(result, respondents=named))

    assert b"Ann" not in bytes(enclosed(release))


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_every_result_follows_from_its_items(case, unsuppressed):
    assert check(reports.questionnaire(), reports.result(case, unsuppressed=unsuppressed)) == ()


@pytest.mark.parametrize("shares", [(1.0, 0, 0, 0, 0), (0, 0, 0, 0, 1.0)])
def test_answers_on_rungs_that_could_not_give_the_score_are_caught(shares):
    asked, result = reports.questionnaire(), reports.result("risk-36", unsuppressed=True)
    function = result.functions["hr"]
    dimension = function.dimensions["people"]
    name, item = next((name, item) for name, item in dimension.items.items() if 20 < (item.score or 0) < 80)
    items = dimension.items | {name: replace(item, distribution=shares)}
    dimensions = function.dimensions | {"people": replace(dimension, items=items)}
    functions = result.functions | {"hr": replace(function, dimensions=dimensions)}

    found = check(asked, replace(result, functions=functions))

    assert [difference.path for difference in found] == [f"{name}.distribution"]


def test_the_command_says_yes_no_or_cannot_tell(tmp_path):
    runner, path = CliRunner(), tmp_path / "report.pdf"

    path.write_bytes(report("risk-36"))
    good = runner.invoke(main, ["verify", str(path)])
    path.write_bytes(altered("a printed number 0"))
    bad = runner.invoke(main, ["verify", str(path)])
    path.write_bytes(report("risk-36", "respondents"))
    unsure = runner.invoke(main, ["verify", str(path)])
    path.write_bytes(b"no PDF")
    none = runner.invoke(main, ["verify", str(path)])

    assert [each.exit_code for each in (good, bad, unsure, none)] == [0, 1, 2, 1]
    assert "This report holds" in good.stderr
    assert "the figures say" in bad.stderr
    assert "--full" in unsure.stderr


def test_a_report_that_names_another_version_is_neither_said_to_hold_nor_to_be_altered(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(altered("a bar, as if another version had drawn it, resealed"))
    drawn = CliRunner().invoke(main, ["verify", str(path)])
    path.write_bytes(altered("a level, as if another version had found it, resealed"))

    found = CliRunner().invoke(main, ["verify", str(path)])

    assert [drawn.exit_code, found.exit_code] == [2, 2]
    assert "reportlab 1.0" in drawn.stderr
    assert "9.9.9" in found.stderr
    assert "This report holds" not in drawn.stderr + found.stderr


def test_the_scores_that_the_server_gives_show_whether_a_report_tells_what_was_released(tmp_path):
    path, scores = tmp_path / "report.pdf", tmp_path / "scores.json"
    path.write_bytes(report("risk-36"))
    scores.write_bytes(msgspec.json.encode(reports.result("risk-36")))
    same = CliRunner().invoke(main, ["verify", str(path), "--scores", str(scores)])
    scores.write_bytes(msgspec.json.encode(reports.result("gap-50")))

    other = CliRunner().invoke(main, ["verify", str(path), "--scores", str(scores)])

    assert [same.exit_code, other.exit_code] == [0, 1]
    assert "what was released" in same.stderr
    assert "another release" in other.stderr
