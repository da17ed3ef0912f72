"""Settings of the workspace through the API: what reports look like, names, time zone, languages, retention."""

import base64
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from assessment.storage import database, tables


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def logo():
    """A small PNG in base64."""
    buffer = BytesIO()
    Image.new("RGB", (40, 20), "#0B3D63").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def list_codes(response):
    return {error["pointer"]: error["code"] for error in response.json()["errors"]}


async def test_changed_look_of_reports_is_read_again_and_the_rest_stays(alice, logo):
    before = (await alice.get("/workspace")).json()

    changed = await alice.patch("/workspace", json={"accent": "#0b3d63", "prepared_by": "Berg & Partner", "logo": logo})
    after = (await alice.get("/workspace")).json()

    assert changed.status_code == 200
    assert changed.json() == after
    assert (after["accent"], after["prepared_by"]) == ("#0B3D63", "Berg & Partner")
    assert Image.open(BytesIO(base64.b64decode(after["logo"]))).size == (40, 20)
    kept = ("name", "time_zone", "languages", "sender_name", "retention_months")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


async def test_empty_values_return_to_our_own_look(alice, logo):
    await alice.patch("/workspace", json={"accent": "#0B3D63", "logo": logo, "retention_months": 24})

    cleared = await alice.patch("/workspace", json={"accent": "", "logo": None, "retention_months": None})

    assert [cleared.json()[name] for name in ("accent", "logo", "retention_months")] == ["", None, None]


async def test_every_wrong_field_is_named_and_nothing_is_changed(alice):
    before = (await alice.get("/workspace")).json()
    wrong = {"name": "Renamed", "time_zone": "Europe/Wien", "accent": "#FFEE00", "logo": "bm90IGEgcGljdHVyZQ=="}

    refused = await alice.patch("/workspace", json=wrong)

    assert refused.status_code == 422
    assert set(list_codes(refused)) == {"/time_zone", "/accent", "/logo"}
    assert (await alice.get("/workspace")).json() == before


async def test_change_of_something_that_changed_meanwhile_is_refused(alice):
    etag = (await alice.get("/workspace")).headers["etag"]
    await alice.patch("/workspace", json={"prepared_by": "Berg"})

    late = await alice.patch("/workspace", json={"prepared_by": "Ben"}, headers={"If-Match": etag})

    assert late.status_code == 412
    assert (await alice.get("/workspace")).json()["prepared_by"] == "Berg"


async def test_change_is_recorded_and_stays_in_its_workspace(alice, charlie, engine):
    await alice.patch("/workspace", json={"accent": "#0B3D63", "time_zone": "Europe/Vienna"})

    other = await charlie.get("/workspace")

    assert other.json()["accent"] == ""
    with database.read_session(engine) as session:
        details = session.scalars(
            select(tables.audit_entry.c.details).where(tables.audit_entry.c.action == "workspace.changed")
        ).all()
    assert {"accent": "#0B3D63"} in details
    assert {"time_zone": "Europe/Vienna"} in details
