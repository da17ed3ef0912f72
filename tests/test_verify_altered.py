"""Verifying printed reports: each of a hundred and twenty alterations is caught, and named."""

from io import BytesIO

import pytest
from pikepdf import Pdf

from assessment.cli.findings import sentence
from assessment.domain.checking import check
from assessment.pdf import sealing
from assessment.services import verifying
from tests import reports
from tests.alterations import figure, figures_of
from tests.sealed import ALTERATIONS, SOAK, altered, find, report, verdict_on


def test_a_hundred_and_twenty_alterations_are_meant():
    assert len(ALTERATIONS) == 120


@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_alteration_is_caught(name):
    verdict = verdict_on(altered(name))

    assert verdict is None or not verdict.holds
    assert verdict is None or verdict.is_open or all(sentence(finding).strip() for finding in verdict.findings)
    assert verdict is None or verdict.is_open is ("another version" in name)


@pytest.mark.slow
@pytest.mark.parametrize("case", ["risk-36", "consensus"])
def test_every_figure_that_is_altered_is_caught(case):
    """By itself, for it can't be or does not follow; else by the pages, once it is printed again."""
    content = report(case)

    unseen = [
        ".".join(map(str, path))
        for path in figures_of(content)[:: 1 if SOAK else 97]
        if not does_not_follow(altered_so := figure(content, path, reseal=True)) and holds(altered_so)
    ]

    assert unseen == []


def holds(content):
    verdict = verdict_on(content)
    return verdict is not None and verdict.holds


def does_not_follow(content):
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, _ = sealing.provenance_of(pdf)
    try:
        return check(reports.questionnaire(), provenance.contents.figures)
    except Exception:  # noqa: BLE001 - no result any more: verifying says so
        return True


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a bar of a chart, resealed", "Page 2"),
        ("the title of a page, resealed", "Page 4"),
        ("a white box, resealed", "Page 3"),
        ("half of every page", "Page 1"),
        ("the last page", "pages"),
        ("a hidden file, resealed", "other files"),
        ("the attachment of another report", "Page 1"),
        ("the order of advice, resealed", "advice"),
        ("the organisation, resealed", "Another"),
    ],
)
def test_what_was_altered_is_named(name, said):
    sentences = [sentence(finding) for finding in verdict_on(altered(name)).findings]

    assert any(said in each for each in sentences), sentences


def test_no_two_alterations_are_the_same():
    contents = {altered(name) for name in ALTERATIONS}

    assert len(contents - {report("risk-36")}) == 120


def test_a_seal_made_anew_over_another_figure_is_caught_by_the_figures_themselves():
    verdict = verifying.verify(altered("a figure of kind 0, resealed"), find)

    assert {finding.place for finding in verdict.findings} & {"figure", "page"}
    assert not any(finding.name == "seal" for finding in verdict.findings)
