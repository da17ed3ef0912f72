"""GET /assessments/{id}/progress, /scores and /report.pdf."""

import hashlib
import io
import json

import openpyxl
import pypdf
import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.file_formats import FileFormat
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.reports import report_verification
from assessment.services.reports.render_pool import RenderPool
from assessment.services.results import published_results
from assessment.storage import database
from tests.api import api_steps
from tests.api.response_checks import check_problem, check_same_response, list_pointers

PAGES_LEAST = 8


async def test_progress_never_combines_role_and_function(alice):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment, api_steps.STAFF, {"role": "leader", "functions": ["marketing"]})

    found = (await alice.get(f"/assessments/{assessment}/progress")).json()

    assert found["total"] == {"invited": 2, "started": 0, "sent": 0}
    assert set(found["by_role"]) == {"staff", "leader"}
    assert set(found["by_function"]) == {"hr", "marketing"}


async def test_scores_before_close_are_refused(alice):
    assessment = await api_steps.create_open_assessment(alice)

    check_problem(await alice.get(f"/assessments/{assessment}/scores"), 409)
    check_problem(await alice.get(f"/assessments/{assessment}/report.pdf"), 409)


async def test_scores_are_the_published_bytes(alice, engine):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/scores")

    with database.read_session(engine) as session:
        workspace = session.connection().exec_driver_sql("SELECT workspace_id FROM release").scalar_one()
        assert answer.content == published_results.load_release(session, AssessmentKey(workspace, assessment)).content
    found = json.loads(answer.content)
    assert found["questionnaire"]["id"] == api_steps.QUESTIONNAIRE
    assert found["computed_at"] == "2026-11-02"
    assert found["disclosure"]["needed"] == 6
    assert set(found["functions"]) == {"customer-service", "marketing", "hr"}


async def test_report_is_a_pdf_of_the_assessment(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.pdf", params={"audience": "full", "language": "en"})

    assert answer.headers["content-type"] == "application/pdf"
    assert assessment in answer.headers["content-disposition"]
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) >= PAGES_LEAST
    assert "Northwind" in pages[0].extract_text()


async def test_report_verifies(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    content = (await alice.get(f"/assessments/{assessment}/report.pdf")).content

    catalogue = QuestionnaireCatalogue([find_shipped_folder()])
    verdict = report_verification.verify_report(content, lambda named: catalogue.get(named.id, named.version))
    scores = (await alice.get(f"/assessments/{assessment}/scores")).content
    assert verdict.findings == ()
    assert verdict.provenance.release == hashlib.sha256(scores).hexdigest()


async def test_rendering_holds_no_database_connection(alice, engine, monkeypatch):
    assessment = await api_steps.create_closed_assessment(alice)
    checked_out = []

    def look(*_: object) -> bytes:
        checked_out.append(engine.pool.checkedout())
        return b"%PDF"

    monkeypatch.setattr(RenderPool, "_run_in_worker", look)
    answer = await alice.get(f"/assessments/{assessment}/report.pdf")

    assert (answer.status_code, checked_out) == (200, [0])


@pytest.mark.parametrize(("kind", "begins"), [("json", b"{"), ("csv", b"\xef\xbb\xbffigure,value"), ("xlsx", b"PK")])
async def test_exported_figures_equal_published_ones(alice, kind, begins):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/export", params={"format": kind})

    assert answer.content.startswith(begins)
    assert f"{assessment}.{kind}" in answer.headers["content-disposition"]
    assert answer.headers["content-type"].count("charset") == (kind == "csv")


async def test_export_unknown_format_or_open_assessment_is_refused(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    opened = await api_steps.create_open_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/export", params={"format": "ods"})

    assert list_pointers(answer) == {"format"}
    assert "csv, xlsx" in answer.text or "json, csv" in answer.text
    check_problem(await alice.get(f"/assessments/{opened}/export"), 409)


async def test_unknown_audience_or_language_names_known_ones(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.pdf", params={"audience": "all", "language": "xx"})

    assert list_pointers(answer) == {"audience", "language"}
    assert "full, board, function:customer-service" in answer.text
    assert "en" in answer.text


@pytest.mark.parametrize(("audience", "pages"), [("board", 2), ("respondents", 1)])
async def test_short_editions_have_their_page_counts(alice, audience, pages):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.pdf", params={"audience": audience})

    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == pages


async def test_workbook_has_the_figures_of_the_scores(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.xlsx", params={"language": "en"})

    assert answer.headers["content-type"] == FileFormat.WORKBOOK.media_type
    assert f"{assessment}-full-en.xlsx" in answer.headers["content-disposition"]
    scores = (await alice.get(f"/assessments/{assessment}/scores")).json()
    overview = openpyxl.load_workbook(io.BytesIO(answer.content))["Overview"]
    assert overview["B5"].value == pytest.approx(scores["overall"]["score"], abs=0.1)


async def test_workbook_of_unknown_edition_names_known_ones(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.xlsx", params={"audience": "board"})

    assert list_pointers(answer) == {"audience"}
    assert "full, function:customer-service" in answer.text


async def test_report_with_accept_json_returns_406(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    check_problem(await alice.get(f"/assessments/{assessment}/report.pdf", headers={"Accept": "application/json"}), 406)


@pytest.mark.parametrize(
    ("what", "scope"),
    [
        ("progress", "read:assessments"),
        ("scores", "read:scores"),
        ("export", "read:scores"),
        ("report.pdf", "read:reports"),
        ("report.pptx", "read:reports"),
        ("report.docx", "read:reports"),
        ("report.xlsx", "read:reports"),
    ],
)
async def test_results_without_permission_are_refused(alice, bob, charlie, what, scope):
    assessment = await api_steps.create_closed_assessment(alice)

    foreign = await charlie.get(f"/assessments/{assessment}/{what}")

    check_problem(foreign, 404)
    check_same_response(foreign, await charlie.get(f"/assessments/{'a' * len(assessment)}/{what}"))
    check_problem(await bob(scope).get(f"/assessments/{assessment}/{what}"), 403)


async def test_unchanged_scores_are_compared_without_loading_them(alice, monkeypatch):
    path = f"/assessments/{await api_steps.create_closed_assessment(alice)}/scores"
    tag = (await alice.get(path)).headers["etag"]

    monkeypatch.setattr(published_results, "load_release", None)

    assert (await alice.get(path, headers={"If-None-Match": tag})).status_code == 304


@pytest.mark.parametrize("what", ["", "/progress", "/scores", "/export", "/report.pdf", "/report.xlsx"])
async def test_unchanged_result_returns_304(alice, what):
    path = f"/assessments/{await api_steps.create_closed_assessment(alice)}{what}"
    first = await alice.get(path)

    again = await alice.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    other = await alice.get(path, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (other.status_code, other.content) == (200, first.content)
