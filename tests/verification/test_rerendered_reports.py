"""Verifying reports that someone printed again, whole and well sealed, from other contents."""

from functools import lru_cache

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from pikepdf import Pdf

from assessment.cli import main
from assessment.cli.support.verification_text import format_finding
from assessment.domain.answers import AssessmentSettings
from assessment.domain.comparison.attribution import ScoredWave, attribute_changes
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.method import compute_intermediates, score_answers
from assessment.domain.report import EarlierWave, ReportDetails, ScoreModeration
from assessment.domain.result import CarelessRow
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from assessment.domain.verification.provenance import ReportContents, hash_content, strip_careless_log
from assessment.services.reports import report_verification
from assessment.services.reports.rendering import RenderJob
from tests import reports
from tests.verification.sealed_reports import find_questionnaire, rerender

BEFORE = "2025-11-02"


@lru_cache(maxsize=1)
def make_waves():
    """Two waves of people enough to say why figures changed."""
    return tuple(
        measure_wave(
            draw_answers(
                reports.load_shipped_questionnaire(), 150, np.random.default_rng(seed), SimulationParameters()
            ),
            date,
        )
        for seed, date in ((1, BEFORE), (5, reports.DATE))
    )


def measure_wave(answers, date):
    asked, settings = reports.load_shipped_questionnaire(), AssessmentSettings()
    return ScoredWave(
        Wave(asked, score_answers(asked, answers, settings, date=date)), compute_intermediates(asked, answers, settings)
    )


def encode_scores(wave, **changes):
    return msgspec.json.encode(replace(make_waves()[wave].wave.result, **changes))


@lru_cache(maxsize=1)
def make_contents():
    """A later wave, with what is a consultant's own and with why figures changed."""
    before, later = make_waves()
    earlier = EarlierWave(compare_waves(before.wave, later.wave), attribute_changes(before, later), date=BEFORE)
    own = (ScoreModeration("HR", later.wave.result.functions["hr"].score, 55.0, "They know why."),)
    details = ReportDetails("Norden", "Autumn", reports.DATE, "2", protection="confidential", moderations=own)
    return ReportContents(strip_careless_log(encode_scores(1)), details, earlier, strip_careless_log(encode_scores(0)))


def render_contents(found, release=None):
    order = RenderJob(found, release or hash_content(bytes(found.result)), "en", "full")
    return rerender(None, order)


def parse_contents(content, addition):
    return msgspec.Raw(bytes(content)[:-1] + addition + b"}")


def change_detail(**changes):
    return lambda found: replace(found, details=replace(found.details, **changes))


def change_earlier(**changes):
    return lambda found: replace(found, earlier=replace(found.earlier, **changes))


def add_moderation(**changes):
    return lambda found: change_detail(moderations=(replace(found.details.moderations[0], **changes),))(found)


def change_attribution(path="overall", **changes):
    def change(found):
        parts = found.earlier.attribution
        return change_earlier(attribution=parts | {path: replace(parts["overall"], **changes)})(found)

    return change


def reverse_list(found):
    asked, before = reports.load_shipped_questionnaire(), replace(make_waves()[0].wave.result, computed_at="2030-01-01")
    earlier = EarlierWave(compare_waves(Wave(asked, before), Wave(asked, found.figures)), date="2030-01-01")
    return replace(found, before=msgspec.Raw(msgspec.json.encode(before)), earlier=earlier)


CAUGHT = {
    "another day": (change_detail(date="2020-01-01"), "date"),
    "another promise": (change_detail(protection="attributable"), "protection"),
    "a release in two places": (change_detail(release="0"), "release"),
    "a computed score next to the moderated one": (add_moderation(computed=12.0), "HR"),
    "a moderated score of nothing": (add_moderation(place="Elsewhere"), "Elsewhere"),
    "the day of the wave before": (change_earlier(date="2020-01-01"), "date"),
    "a wave before that came after": (reverse_list, "no later than"),
    "parts that do not add up": (change_attribution(answers=30.0), "overall / answers"),
    "a change that both waves do not show": (change_attribution(change=50.0), "overall / change"),
    "a part finer than may be shown": (change_attribution(who=0.5), "overall / who"),
    "the parts of nothing": (change_attribution("functions.none"), "functions / none"),
    "a word that nobody reads": (
        lambda found: replace(found, result=parse_contents(found.result, b',"audited":"yes"')),
        "hidden data",
    ),
    "a figure twice": (
        lambda found: replace(
            found, result=parse_contents(found.result, b',"engine":"%b"' % found.figures.engine.encode())
        ),
        "hidden data",
    ),
    "a word in the wave before": (
        lambda found: replace(found, before=parse_contents(found.before, b',"x":1')),
        "hidden data",
    ),
}
ANOTHER = {
    "another organisation": change_detail(organisation="Another"),
    "other texts of the consultant": change_detail(remarks={"answer": "All is well."}),
    "another score of the consultant": add_moderation(moderated=90.0),
    "no wave before": lambda found: replace(found, earlier=None, before=msgspec.Raw(b"null")),
}


def test_later_wave_with_attribution_is_verified():
    verdict = report_verification.verify_report(render_contents(make_contents()), find_questionnaire)

    assert make_contents().earlier.attribution["overall"].refused is None
    assert verdict.findings == ()
    assert verdict.unchecked == ("attribution",)
    assert verdict.is_valid


@pytest.mark.parametrize("name", CAUGHT)
def test_rerendered_report_with_inconsistent_contents_is_detected(name):
    change, said = CAUGHT[name]

    verdict = report_verification.verify_report(
        render_contents(change(make_contents())), find_questionnaire, render=rerender
    )

    assert any(said in format_finding(finding) for finding in verdict.findings), verdict.findings


@pytest.mark.parametrize("name", ANOTHER)
def test_other_complete_report_is_verified_with_advice_on_scores(name, tmp_path):
    """A report contains no secret, so only the server can check what follows from nothing in it."""
    path = tmp_path / "report.pdf"
    path.write_bytes(render_contents(ANOTHER[name](make_contents())))

    told = CliRunner().invoke(main, ["verify", str(path)])

    assert told.exit_code == 0
    assert "get the report from the server again" in told.stderr


def test_scores_of_previous_wave_are_compared(tmp_path):
    path, now, before, other = (tmp_path / name for name in ("report.pdf", "now.json", "before.json", "other.json"))
    path.write_bytes(render_contents(make_contents()))
    now.write_bytes(encode_scores(1))
    before.write_bytes(encode_scores(0))
    other.write_bytes(encode_scores(0, computed_at="2024-01-01"))

    one, both, wrong = (
        CliRunner().invoke(main, ["verify", str(path), "--scores", str(now), *more])
        for more in ((), ("--scores", str(before)), ("--scores", str(other)))
    )

    assert [each.exit_code for each in (one, both, wrong)] == [0, 0, 1]
    assert "previous wave was not compared" in one.stderr
    assert "previous wave was not compared" not in both.stderr
    assert "other.json" in wrong.stderr


def test_figures_under_unverifiable_release_digest_are_compared_with_scores(tmp_path):
    result = reports.score_case("risk-36", unsuppressed=True)
    named = replace(result.respondents, careless=1, careless_log=(CarelessRow("Ann", ("speed",)),))
    server = msgspec.json.encode(replace(result, respondents=named))
    forged = replace(reports.score_case("gap-50", unsuppressed=True))
    forged = replace(forged, respondents=replace(forged.respondents, careless=1, careless_log=None))
    path, given = tmp_path / "report.pdf", tmp_path / "scores.json"
    path.write_bytes(
        render_contents(
            ReportContents(strip_careless_log(msgspec.json.encode(forged)), ReportDetails("N", date=reports.DATE)),
            hash_content(server),
        )
    )
    given.write_bytes(server)

    told = CliRunner().invoke(main, ["verify", str(path), "--scores", str(given)])

    assert told.exit_code == 1
    assert "contains other figures" in told.stderr


def test_report_made_before_names_left_the_release_is_compared_with_scores(tmp_path):
    """The pages name the digest of the release with names; what the report contains are the server's scores of now."""
    result = reports.score_case("risk-36", unsuppressed=True)
    named = replace(result.respondents, careless=1, careless_log=(CarelessRow("Ann", ("speed",)),))
    before = msgspec.json.encode(replace(result, respondents=named))
    path, given = tmp_path / "report.pdf", tmp_path / "scores.json"
    contents = ReportContents(strip_careless_log(before), ReportDetails("N", date=reports.DATE))
    path.write_bytes(render_contents(contents, hash_content(before)))
    given.write_bytes(bytes(strip_careless_log(before)))

    told = CliRunner().invoke(main, ["verify", str(path), "--scores", str(given)])

    assert told.exit_code == 0, told.stderr
    assert "it was made from the scores of the server" in told.stderr


def test_ambiguous_pdf_is_not_verified():
    content = render_contents(make_contents())
    broken = content[: content.rfind(b"startxref")] + b"startxref\n0\n%%EOF"

    verdict = report_verification.verify_report(broken, find_questionnaire)

    assert [finding.name for finding in verdict.findings] == ["damaged"]


def test_file_saved_by_other_program_is_verified_with_note(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(render_contents(make_contents()))
    with Pdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, linearize=True, encryption={"owner": "x", "user": ""})

    told = CliRunner().invoke(main, ["verify", str(path)])

    assert told.exit_code == 0
    assert "saved this file again" in told.stderr
