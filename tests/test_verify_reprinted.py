"""Verifying reports that somebody printed anew, whole and well sealed, from other contents."""

from functools import lru_cache

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from pikepdf import Pdf

from assessment.cli import main
from assessment.cli.findings import sentence
from assessment.domain.answers import Settings
from assessment.domain.attribution import Measured, attribute
from assessment.domain.comparison import Wave, compare
from assessment.domain.method import measure, score
from assessment.domain.provenance import Contents, digest, enclosed
from assessment.domain.report import Details, Earlier, Moderation
from assessment.domain.result import CarelessRow
from assessment.domain.synthesis import Habits, draw
from assessment.services import verifying
from assessment.services.printing import Order, printed
from tests import reports
from tests.sealed import find

BEFORE = "2025-11-02"


@lru_cache(maxsize=1)
def waves():
    """Two waves of people enough to say why figures changed."""
    return tuple(
        measured(draw(reports.questionnaire(), 150, np.random.default_rng(seed), Habits()), date)
        for seed, date in ((1, BEFORE), (5, reports.DATE))
    )


def measured(answers, date):
    asked, settings = reports.questionnaire(), Settings()
    return Measured(Wave(asked, score(asked, answers, settings, date=date)), measure(asked, answers, settings))


def scores(wave, **changes):
    return msgspec.json.encode(replace(waves()[wave].wave.result, **changes))


@lru_cache(maxsize=1)
def contents():
    """A later wave, with what is a consultant's own and with why figures changed."""
    before, later = waves()
    earlier = Earlier(compare(before.wave, later.wave), attribute(before, later), date=BEFORE)
    own = (Moderation("HR", later.wave.result.functions["hr"].score, 55.0, "They know why."),)
    details = Details("Norden", "Autumn", reports.DATE, "2", protection="confidential", moderations=own)
    return Contents(enclosed(scores(1)), details, earlier, enclosed(scores(0)))


def made_of(found, release=None):
    order = Order(found, release or digest(bytes(found.result)), "en", "full")
    return printed(reports.questionnaire(), order)


def raw(content, addition):
    return msgspec.Raw(bytes(content)[:-1] + addition + b"}")


def detail(**changes):
    return lambda found: replace(found, details=replace(found.details, **changes))


def since(**changes):
    return lambda found: replace(found, earlier=replace(found.earlier, **changes))


def moderated(**changes):
    return lambda found: detail(moderations=(replace(found.details.moderations[0], **changes),))(found)


def split(path="overall", **changes):
    def change(found):
        parts = found.earlier.attribution
        return since(attribution=parts | {path: replace(parts["overall"], **changes)})(found)

    return change


def turned_round(found):
    asked, before = reports.questionnaire(), replace(waves()[0].wave.result, computed_at="2030-01-01")
    earlier = Earlier(compare(Wave(asked, before), Wave(asked, found.figures)), date="2030-01-01")
    return replace(found, before=msgspec.Raw(msgspec.json.encode(before)), earlier=earlier)


CAUGHT = {
    "another day": (detail(date="2020-01-01"), "date"),
    "another promise": (detail(protection="attributable"), "protection"),
    "a release in two places": (detail(release="0"), "release"),
    "a computed score beside the moderated one": (moderated(computed=12.0), "HR"),
    "a moderated score of nothing": (moderated(place="Elsewhere"), "Elsewhere"),
    "the day of the wave before": (since(date="2020-01-01"), "date"),
    "a wave before that came after": (turned_round, "no later than"),
    "parts that do not add up": (split(answers=30.0), "overall / answers"),
    "a change that both waves do not show": (split(change=50.0), "overall / change"),
    "a part finer than may be shown": (split(who=0.5), "overall / who"),
    "the parts of nothing": (split("functions.none"), "functions / none"),
    "a word that nobody reads": (lambda found: replace(found, result=raw(found.result, b',"audited":"yes"')), "nobody"),
    "a figure twice": (
        lambda found: replace(found, result=raw(found.result, b',"engine":"%b"' % found.figures.engine.encode())),
        "nobody",
    ),
    "a word in the wave before": (lambda found: replace(found, before=raw(found.before, b',"x":1')), "nobody"),
}
ANOTHER = {
    "another organisation": detail(organisation="Another"),
    "other texts of the consultant": detail(remarks={"answer": "All is well."}),
    "another score of the consultant": moderated(moderated=90.0),
    "no wave before": lambda found: replace(found, earlier=None, before=msgspec.Raw(b"null")),
}


def test_a_later_wave_that_says_why_it_changed_holds():
    verdict = verifying.verify(made_of(contents()), find)

    assert contents().earlier.attribution["overall"].refused is None
    assert verdict.findings == ()
    assert verdict.doubts == ("attribution",)
    assert verdict.holds


@pytest.mark.parametrize("name", CAUGHT)
def test_contents_that_disagree_with_their_figures_are_caught_though_all_is_printed_anew(name):
    change, said = CAUGHT[name]

    verdict = verifying.verify(made_of(change(contents())), find)

    assert any(said in sentence(finding) for finding in verdict.findings), verdict.findings


@pytest.mark.parametrize("name", ANOTHER)
def test_a_whole_other_report_holds_and_the_command_says_how_to_tell(name, tmp_path):
    """There is no secret in a report: what follows from nothing in it can be told by the server alone."""
    path = tmp_path / "report.pdf"
    path.write_bytes(made_of(ANOTHER[name](contents())))

    told = CliRunner().invoke(main, ["verify", str(path)])

    assert told.exit_code == 0
    assert "get the report from the server again" in told.stderr


def test_scores_of_the_wave_before_are_compared_as_well(tmp_path):
    path, now, before, other = (tmp_path / name for name in ("report.pdf", "now.json", "before.json", "other.json"))
    path.write_bytes(made_of(contents()))
    now.write_bytes(scores(1))
    before.write_bytes(scores(0))
    other.write_bytes(scores(0, computed_at="2024-01-01"))

    one, both, wrong = (
        CliRunner().invoke(main, ["verify", str(path), "--scores", str(now), *more])
        for more in ((), ("--scores", str(before)), ("--scores", str(other)))
    )

    assert [each.exit_code for each in (one, both, wrong)] == [0, 0, 1]
    assert "wave before was not compared" in one.stderr
    assert "wave before was not compared" not in both.stderr
    assert "other.json" in wrong.stderr


def test_figures_beside_the_digest_of_a_release_that_cannot_be_recomputed_are_compared_with_the_scores(tmp_path):
    result = reports.result("risk-36", unsuppressed=True)
    named = replace(result.respondents, careless=1, careless_log=(CarelessRow("Ann", ("speed",)),))
    server = msgspec.json.encode(replace(result, respondents=named))
    forged = replace(reports.result("gap-50", unsuppressed=True))
    forged = replace(forged, respondents=replace(forged.respondents, careless=1, careless_log=None))
    path, given = tmp_path / "report.pdf", tmp_path / "scores.json"
    path.write_bytes(
        made_of(Contents(enclosed(msgspec.json.encode(forged)), Details("N", date=reports.DATE)), digest(server))
    )
    given.write_bytes(server)

    told = CliRunner().invoke(main, ["verify", str(path), "--scores", str(given)])

    assert told.exit_code == 1
    assert "holds other figures" in told.stderr


def test_a_file_that_not_every_program_reads_alike_is_not_said_to_hold():
    content = made_of(contents())
    broken = content[: content.rfind(b"startxref")] + b"startxref\n0\n%%EOF"

    verdict = verifying.verify(broken, find)

    assert [finding.name for finding in verdict.findings] == ["damaged"]


def test_a_file_that_another_program_saved_holds_and_it_is_said(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(made_of(contents()))
    with Pdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, linearize=True, encryption={"owner": "x", "user": ""})

    told = CliRunner().invoke(main, ["verify", str(path)])

    assert told.exit_code == 0
    assert "saved this file anew" in told.stderr
