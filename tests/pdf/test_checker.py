"""A PDF/UA checker finds nothing in a report, whoever it is for and whatever it says; and it would."""

from functools import lru_cache
from io import BytesIO

import msgspec
import page
import pikepdf
import pytest
from pikepdf import Name, Pdf

from assessment.domain import report
from assessment.domain.comparison import Wave, compare
from assessment.domain.provenance import Contents, digest, enclosed
from assessment.domain.report import Details, Earlier
from assessment.domain.report.audiences import audiences
from assessment.pdf import reading, render
from assessment.pdf.tagging import TaggedCanvas
from assessment.services.printing import Order, printed
from tests import reports
from tests.pdf.hostile import texts
from tests.pdf.test_hostile import everywhere

EDITIONS = audiences(reports.questionnaire(), reports.result("risk-36"))
LANGUAGES = ("en", "de", "fr", "es")
PAIRS = [(audience, LANGUAGES[place % 4]) for place, audience in enumerate(EDITIONS)]


def failures(content):
    """What the checker holds against a document: each rule that is broken, once."""
    found = page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    assert found.rules.total > 100
    return {failure.rule_id: failure.message for failure in found.failures}


@lru_cache(maxsize=1)
def full():
    return render(reports.made("risk-36"))


@pytest.mark.parametrize(("audience", "language"), [*PAIRS, *(("full", language) for language in LANGUAGES[1:])])
def test_the_checker_finds_nothing_in_any_edition_in_any_language(audience, language):
    made = report.build(
        reports.questionnaire(), reports.result("risk-36"), Details("Norden", "Herbst", reports.DATE), language
    )

    assert failures(render(made, language, audience)) == {}


@pytest.mark.parametrize("case", [case for case in reports.CASES if case != "risk-36"])
def test_the_checker_finds_nothing_whatever_the_figures_are(case):
    assert failures(render(reports.made(case))) == {}


@pytest.mark.parametrize("start", range(0, 150, 25))
def test_the_checker_finds_nothing_whatever_is_written(start):
    for text in texts()[start : start + 25]:
        made = report.build(
            reports.questionnaire(),
            reports.result("risk-36"),
            Details(text[:200], text[:200], text[:60], text[:60], author=text[:200], remarks={"next": text[:200]}),
        )

        assert failures(render(made, audience="respondents")) == {}


def test_the_checker_finds_nothing_in_a_sealed_report_of_a_later_wave():
    asked, before, later = reports.questionnaire(), reports.result("plain-24"), reports.result("risk-36")
    earlier = Earlier(compare(Wave(asked, before), Wave(asked, later)), date=before.computed_at)
    figures, figures_before = (enclosed(msgspec.json.encode(result)) for result in (later, before))
    contents = Contents(figures, Details("Norden", "Autumn", reports.DATE, "2"), earlier, figures_before)

    assert failures(printed(asked, Order(contents, digest(bytes(figures)), "de", "full"))) == {}


@pytest.mark.slow
def test_the_checker_finds_nothing_where_every_place_is_hostile():
    assert failures(render(everywhere(0))) == {}


def parts(element):
    yield element
    for kid in element.K:
        if isinstance(kid, pikepdf.Object) and "/S" in kid:
            yield from parts(kid)


def first(pdf, role):
    return next(part for part in parts(pdf.Root.StructTreeRoot.K) if str(part.S) == role)


def _mapped_to_nothing(pdf):
    font = next(iter(pdf.pages[1].Resources.Font.values()))
    table = bytes(font.ToUnicode.read_bytes())
    font.ToUnicode.write(table.replace(b"<0031>", b"<0000>"))


SPOILT = {
    "no identifier": lambda pdf: pdf.Root.__delitem__(Name.Metadata),
    "no title shown": lambda pdf: pdf.Root.ViewerPreferences.__delitem__(Name.DisplayDocTitle),
    "no language": lambda pdf: pdf.Root.__delitem__(Name.Lang),
    "not marked": lambda pdf: pdf.Root.__delitem__(Name.MarkInfo),
    "no tree": lambda pdf: pdf.Root.__delitem__(Name.StructTreeRoot),
    "a figure without words": lambda pdf: first(pdf, "/Figure").__delitem__(Name.Alt),
    "a heading too deep": lambda pdf: first(pdf, "/H1").__setitem__(Name.S, Name.H4),
    "an invented part": lambda pdf: first(pdf, "/P").__setitem__(Name.S, Name.Nonsense),
    "a link without words": lambda pdf: pdf.pages[2].Annots[0].__delitem__(Name.Contents),
    "a link outside the tree": lambda pdf: pdf.pages[2].Annots[0].__delitem__(Name.StructParent),
    "no order of tabs": lambda pdf: pdf.pages[2].obj.__delitem__(Name.Tabs),
    "a letter that means nothing": _mapped_to_nothing,
    "a typeface that means nothing": lambda pdf: next(iter(pdf.pages[1].Resources.Font.values())).__delitem__(
        Name.ToUnicode
    ),
    "drawn outside of all parts": lambda pdf: pdf.pages[1].contents_add(pdf.make_stream(b"0 0 9 9 re f")),
}


@pytest.mark.parametrize("name", SPOILT)
def test_the_checker_sees_what_is_spoilt(name):
    target = BytesIO()
    with Pdf.open(BytesIO(full())) as pdf:
        SPOILT[name](pdf)
        pdf.save(target)

    assert failures(target.getvalue())


def test_the_checker_sees_a_document_without_marks_for_decoration(monkeypatch):
    monkeypatch.setattr(TaggedCanvas, "_rest", lambda _: None)

    assert failures(render(reports.made("small-9"), audience="respondents"))


@pytest.mark.parametrize("made", [full, lambda: render(everywhere(0), audience="board")])
def test_all_typefaces_are_embedded_and_no_text_uses_the_sign_for_what_is_missing(made):
    with pikepdf.open(BytesIO(made())) as pdf:
        for each in pdf.pages:
            fonts = {str(name): font for name, font in each.resources.Font.items()}
            assert all("/FontFile2" in font.FontDescriptor for font in fonts.values() if "/FontDescriptor" in font)
            assert "\0" not in "".join(drawn(each, fonts))


def drawn(each, fonts):
    """Every text that is drawn, by what its codes stand for; nothing where a code stands for nothing."""
    known = {}
    for operands, operator in pikepdf.parse_content_stream(each):
        if str(operator) == "Tf":
            known = reading.letters(fonts[str(operands[0])])
        elif str(operator) == "Tj":
            yield "".join(known.get(code, "\0") for code in bytes(operands[0]))
