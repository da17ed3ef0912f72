"""A PDF/UA checker finds nothing in a report of any edition and any texts; and it would."""

from functools import lru_cache
from io import BytesIO

import msgspec
import page
import pikepdf
import pytest
from pikepdf import Name, Pdf

from assessment.domain import report
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.report import EarlierWave, ReportDetails
from assessment.domain.report.audiences import list_audiences
from assessment.domain.verification.provenance import ReportContents, hash_content, strip_careless_log
from assessment.pdf import render_report
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.inspection import extract_text
from assessment.services.reports.rendering import RenderJob, render_pdf
from tests import reports
from tests.pdf.hostile_texts import list_hostile_texts
from tests.pdf.test_hostile_texts import build_report_with_hostile_texts

EDITIONS = list_audiences(reports.load_shipped_questionnaire(), reports.score_case("risk-36"))
LANGUAGES = ("en", "de", "fr", "es")
PAIRS = [(audience, LANGUAGES[place % 4]) for place, audience in enumerate(EDITIONS)]


def list_failures(content):
    """Return the rules of PDF/UA that a document breaks, each once."""
    found = page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    assert found.rules.total > 100
    return {failure.rule_id: failure.message for failure in found.failures}


@lru_cache(maxsize=1)
def full():
    return reports.render_case("risk-36")


@pytest.mark.parametrize(("audience", "language"), [*PAIRS, *(("full", language) for language in LANGUAGES[1:])])
def test_every_edition_in_every_language_passes_pdf_ua(audience, language):
    made = report.build_report(
        reports.load_shipped_questionnaire(),
        reports.score_case("risk-36"),
        ReportDetails("Norden", "Herbst", reports.DATE),
        language,
    )

    assert list_failures(render_report(made, language, audience)) == {}


@pytest.mark.parametrize("case", [case for case in reports.CASES if case != "risk-36"])
def test_every_case_passes_pdf_ua(case):
    assert list_failures(reports.render_case(case)) == {}


@pytest.mark.parametrize("start", range(0, 150, 25))
def test_hostile_texts_pass_pdf_ua(start):
    for text in list_hostile_texts()[start : start + 25]:
        made = report.build_report(
            reports.load_shipped_questionnaire(),
            reports.score_case("risk-36"),
            ReportDetails(
                text[:200], text[:200], text[:60], text[:60], author=text[:200], remarks={"next": text[:200]}
            ),
        )

        assert list_failures(render_report(made, audience="respondents")) == {}


def test_report_with_provenance_and_change_passes_pdf_ua():
    asked, before, later = (
        reports.load_shipped_questionnaire(),
        reports.score_case("plain-24"),
        reports.score_case("risk-36"),
    )
    earlier = EarlierWave(compare_waves(Wave(asked, before), Wave(asked, later)), date=before.computed_at)
    figures, figures_before = (strip_careless_log(msgspec.json.encode(result)) for result in (later, before))
    contents = ReportContents(figures, ReportDetails("Norden", "Autumn", reports.DATE, "2"), earlier, figures_before)

    assert list_failures(render_pdf(asked, RenderJob(contents, hash_content(bytes(figures)), "de", "full"))) == {}


@pytest.mark.slow
def test_hostile_texts_everywhere_pass_pdf_ua():
    assert list_failures(render_report(build_report_with_hostile_texts(0))) == {}


def list_elements(element):
    yield element
    for kid in element.K:
        if isinstance(kid, pikepdf.Object) and "/S" in kid:
            yield from list_elements(kid)


def find_element(pdf, role):
    return next(part for part in list_elements(pdf.Root.StructTreeRoot.K) if str(part.S) == role)


def _map_to_nothing(pdf):
    font = next(iter(pdf.pages[1].Resources.Font.values()))
    table = bytes(font.ToUnicode.read_bytes())
    font.ToUnicode.write(table.replace(b"<0031>", b"<0000>"))


SPOILT = {
    "no identifier": lambda pdf: pdf.Root.__delitem__(Name.Metadata),
    "no title shown": lambda pdf: pdf.Root.ViewerPreferences.__delitem__(Name.DisplayDocTitle),
    "no language": lambda pdf: pdf.Root.__delitem__(Name.Lang),
    "not marked": lambda pdf: pdf.Root.__delitem__(Name.MarkInfo),
    "no tree": lambda pdf: pdf.Root.__delitem__(Name.StructTreeRoot),
    "a figure without words": lambda pdf: find_element(pdf, "/Figure").__delitem__(Name.Alt),
    "a heading too deep": lambda pdf: find_element(pdf, "/H1").__setitem__(Name.S, Name.H4),
    "an invented part": lambda pdf: find_element(pdf, "/P").__setitem__(Name.S, Name.Nonsense),
    "a link without words": lambda pdf: pdf.pages[2].Annots[0].__delitem__(Name.Contents),
    "a link outside the tree": lambda pdf: pdf.pages[2].Annots[0].__delitem__(Name.StructParent),
    "no order of tabs": lambda pdf: pdf.pages[2].obj.__delitem__(Name.Tabs),
    "a letter that means nothing": _map_to_nothing,
    "a typeface that means nothing": lambda pdf: next(iter(pdf.pages[1].Resources.Font.values())).__delitem__(
        Name.ToUnicode
    ),
    "drawn outside of all parts": lambda pdf: pdf.pages[1].contents_add(pdf.make_stream(b"0 0 9 9 re f")),
}


@pytest.mark.parametrize("name", SPOILT)
def test_checker_finds_injected_defects(name):
    target = BytesIO()
    with Pdf.open(BytesIO(full())) as pdf:
        SPOILT[name](pdf)
        pdf.save(target)

    assert list_failures(target.getvalue())


def test_checker_finds_missing_artifact_marks(monkeypatch):
    monkeypatch.setattr(TaggedCanvas, "_tag_rest_as_artifact", lambda _: None)

    # Rendered again: `reports.render_case` would share the spoilt file with other tests, or return a good one.
    content = render_report(reports.build_case_report("small-9"), audience="respondents")

    assert list_failures(content)


@pytest.mark.parametrize("made", [full, lambda: render_report(build_report_with_hostile_texts(0), audience="board")])
def test_fonts_are_embedded_and_missing_glyph_is_unused(made):
    with pikepdf.open(BytesIO(made())) as pdf:
        for each in pdf.pages:
            fonts = {str(name): font for name, font in each.resources.Font.items()}
            assert all("/FontFile2" in font.FontDescriptor for font in fonts.values() if "/FontDescriptor" in font)
            assert "\0" not in "".join(list_drawn_texts(each, fonts))


def list_drawn_texts(each, fonts):
    """Every text that is drawn, by what its codes stand for; nothing where a code stands for nothing."""
    known = {}
    for operands, operator in pikepdf.parse_content_stream(each):
        if str(operator) == "Tf":
            known = extract_text.read_character_map(fonts[str(operands[0])])
        elif str(operator) == "Tj":
            yield "".join(known.get(code, "\0") for code in bytes(operands[0]))
