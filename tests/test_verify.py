"""Verifying printed reports: what is whole holds, and each of a hundred alterations is caught."""

import hashlib
from functools import lru_cache
from io import BytesIO

import msgspec
import pytest
from click.testing import CliRunner
from pikepdf import Pdf

from assessment.cli import main
from assessment.domain.checking import check
from assessment.domain.provenance import ENCLOSING, Contents, digest, enclosed
from assessment.domain.report import Details
from assessment.domain.report.audiences import audiences
from assessment.domain.result import CarelessRow
from assessment.errors import InvalidError
from assessment.pdf import sealing
from assessment.services import verifying
from assessment.services.printing import Order, printed
from tests import reports
from tests.alterations import alterations

ALTERATIONS = dict(alterations())


def order(case, audience="full", *, unsuppressed=False):
    release = msgspec.json.encode(reports.result(case, unsuppressed=unsuppressed))
    details = Details("Norden", "Autumn", reports.DATE, "1")
    return Order(Contents(enclosed(release), details), digest(release), "en", audience)


@lru_cache(maxsize=16)
def report(case, audience="full", *, unsuppressed=False):
    return printed(reports.questionnaire(), order(case, audience, unsuppressed=unsuppressed))


def find(_):
    return reports.questionnaire()


@lru_cache(maxsize=4)
def kept(packed):
    return printed(reports.questionnaire(), msgspec.json.decode(packed, type=Order))


def again(_, asked):
    """Print again, once for the same order."""
    return kept(msgspec.json.encode(asked))


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_a_good_report_of_every_worked_case_holds(case, unsuppressed):
    content = report(case, unsuppressed=unsuppressed)

    verdict = verifying.verify(content, find)

    assert verdict.findings == ()
    left_out = reports.result(case, unsuppressed=unsuppressed).respondents.careless_log
    assert verdict.doubts == (("release",) if left_out else ())


@pytest.mark.parametrize("case", ["risk-36", "consensus", "small-9", "out-of-scope-30"])
def test_every_edition_holds_beside_the_full_one(case):
    full = report(case)
    for audience in audiences(reports.questionnaire(), reports.result(case)):
        verdict = verifying.verify(report(case, audience), find, full)

        assert verdict.findings == (), audience


def test_a_hundred_alterations_are_meant():
    assert len(ALTERATIONS) == 100


@lru_cache(maxsize=128)
def altered(name):
    return ALTERATIONS[name](report("risk-36"))


@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_alteration_is_caught(name):
    content = altered(name)

    try:
        verdict = verifying.verify(content, find, again=again)
    except InvalidError:
        return

    assert verdict.findings


def test_no_two_alterations_are_the_same():
    contents = {altered(name) for name in ALTERATIONS}

    assert len(contents - {report("risk-36")}) == 100


def test_a_seal_made_anew_over_another_figure_is_caught_by_the_figures_themselves():
    verdict = verifying.verify(altered("a figure 0, resealed"), find)

    assert {finding.place for finding in verdict.findings} & {"figure", "page"}
    assert not any(finding.name == "seal" for finding in verdict.findings)


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
