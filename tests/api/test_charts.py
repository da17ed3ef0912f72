"""Single charts as SVG and PNG, and templates of the consultant's own, through the API."""

import base64
import io
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from PIL import Image
from pptx import Presentation

from tests.api import api_steps
from tests.office.slide_templates import make_slide_template


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def test_every_listed_chart_is_a_picture_with_its_figures(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    charts = (await alice.get(f"/assessments/{assessment}/charts")).json()["data"]
    score = (await alice.get(f"/assessments/{assessment}/scores")).json()["overall"]["score"]

    level = await alice.get(f"/assessments/{assessment}/charts/level/svg", params={"language": "de"})
    drawn = [await alice.get(f"/assessments/{assessment}/charts/{chart['name']}/svg") for chart in charts]
    picture = await alice.get(f"/assessments/{assessment}/charts/level/png")

    assert {"level", "heatmap", "targets"} <= {chart["name"] for chart in charts}
    assert {answer.headers["content-type"] for answer in drawn} == {"image/svg+xml"}
    assert all(ET.fromstring(answer.content).get("width") for answer in drawn)  # noqa: S314  # our own
    assert f"{score:.1f}".replace(".", ",") in level.text
    image = Image.open(io.BytesIO(picture.content))
    assert (image.format, image.width) == ("PNG", 3 * (620 + 16))
    assert len(image.convert("RGB").getcolors(image.width * image.height)) > 20
    assert (await alice.get(f"/assessments/{assessment}/charts/level/png")).content == picture.content


async def test_unknown_chart_language_and_strangers_are_refused(alice, charlie):
    assessment = await api_steps.create_closed_assessment(alice)
    path = f"/assessments/{assessment}/charts"

    assert (await alice.get(f"{path}/nothing/svg")).status_code == 404
    assert (await alice.get(f"{path}/level/svg", params={"language": "xx"})).status_code == 422
    assert (await charlie.get(f"{path}/level/svg")).status_code == 404
    assert (await charlie.get(path)).status_code == 404


async def test_own_templates_are_filled_in_and_their_problems_named(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    word = io.BytesIO()
    document = Document()
    document.add_paragraph("{{ organisation }}")
    document.save(word)
    slides = make_slide_template(leave_out=("Cover.Details",))

    filled = await alice.post(f"/assessments/{assessment}/report.docx", json=pack(word.getvalue()))
    written = await alice.post(f"/assessments/{assessment}/report.pptx", json=pack(make_slide_template()))
    refused = await alice.post(f"/assessments/{assessment}/report.pptx", json=pack(slides))

    assert Document(io.BytesIO(filled.content)).paragraphs[0].text == "Northwind"
    assert len(Presentation(io.BytesIO(written.content)).slides) >= 10
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 1
    assert "Details" in refused.text


def pack(template):
    return {"template": base64.b64encode(template).decode(), "audience": "full"}
