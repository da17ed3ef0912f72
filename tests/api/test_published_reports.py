"""Publish, share and withdraw through the API."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from assessment.storage import database, tables
from tests.api import api_steps

LINK = {"audiences": ["board"], "formats": ["docx"], "expires_on": "2026-12-31"}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
async def published(alice):
    """Path of a published report, and the response that published it."""
    assessment = await api_steps.create_closed_assessment(alice)
    answer = await alice.post(f"/assessments/{assessment}/reports", json={"note": "Board"})
    return f"/assessments/{assessment}/reports/{answer.json()['id']}", answer


def list_actions(engine):
    with database.read_session(engine) as session:
        return [row.action for row in session.execute(select(tables.audit_entry))]


async def test_published_report_is_listed_dated_and_named_after_the_key(alice, published, engine):
    path, answer = published

    listed = (await alice.get(path.rpartition("/")[0])).json()["data"]

    read = await alice.get(path)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1{path}"
    assert answer.headers["etag"] == read.headers["etag"]
    assert listed == [answer.json()] == [read.json()]
    assert answer.json()["published_by"]["kind"] == "key"
    assert (answer.json()["number"], answer.json()["withdrawn_at"]) == (1, None)
    assert "report.published" in list_actions(engine)


async def test_published_file_stays_the_same_after_comments_change(alice, published):
    path, _ = published
    draft = path.partition("/reports")[0]
    first = await alice.get(f"{path}/file", params={"format": "docx", "audience": "board"})
    await alice.put(f"{draft}/comments", json={"author": "Someone else"})

    second = await alice.get(f"{path}/file", params={"format": "docx", "audience": "board"})

    now = await alice.get(f"{draft}/report.docx", params={"audience": "board"})
    assert (first.status_code, second.content) == (200, first.content)
    assert now.content != first.content
    assert (await alice.get(f"{path}/file", params={"format": "xlsx", "audience": "board"})).status_code == 404


async def test_report_withdrawn_since_it_was_read_is_refused_with_if_match(alice, published):
    path, answer = published
    match = {"If-Match": answer.headers["etag"]}

    withdrawn = await alice.post(f"{path}/withdraw", headers=match)

    assert withdrawn.json()["withdrawn_at"]
    assert (await alice.post(f"{path}/withdraw", headers=match)).status_code == 412
    assert (await alice.post(f"{path}/links", json=LINK)).status_code == 409


async def test_link_is_returned_once_and_opens_only_its_editions_and_formats(alice, published, engine):
    path, _ = published

    created = await alice.post(f"{path}/links", json=LINK | {"password": ""})

    link, listed = created.json(), (await alice.get(f"{path}/links")).json()["data"]
    read = await alice.get(f"{path}/links/{link['id']}")
    token = re.search(r"/r/(\S+)$", link["link"])[1]
    assert created.status_code == 201
    assert created.headers["etag"] == read.headers["etag"]
    assert listed == [read.json()]
    assert token not in str(listed)
    assert (link["is_live"], link["has_password"], link["expires_at"]) == (True, False, "2027-01-01T00:00:00Z")
    assert (link["expires_on"], read.json()["expires_on"]) == (LINK["expires_on"], LINK["expires_on"])
    assert "report.shared" in list_actions(engine)
    async with httpx.AsyncClient(transport=alice._transport, base_url="http://testserver") as stranger:
        assert (await stranger.get(f"/r/{token}/board/docx")).status_code == 200
        assert (await stranger.get(f"/r/{token}/full/docx")).status_code == 404
        assert (await stranger.get(f"/r/{token}/board/pdf")).status_code == 404
    assert (await alice.get(f"{path}/links/{link['id']}")).json()["downloaded"] == 1


async def test_revoked_link_stays_listed_and_opens_nothing(alice, published, engine):
    path, _ = published
    link = (await alice.post(f"{path}/links", json=LINK)).json()

    revoked = await alice.delete(f"{path}/links/{link['id']}")
    again = await alice.delete(f"{path}/links/{link['id']}")

    stored = (await alice.get(f"{path}/links/{link['id']}")).json()
    assert (revoked.status_code, again.status_code) == (204, 404)
    assert (stored["is_live"], stored["revoked_at"] is None) == (False, False)
    assert "report.share-revoked" in list_actions(engine)
    async with httpx.AsyncClient(transport=alice._transport, base_url="http://testserver") as stranger:
        assert (await stranger.get(f"/r/{link['link'].rpartition('/')[2]}/board/docx")).status_code == 410


async def test_wrong_links_and_repeated_requests(alice, published):
    path, _ = published
    wrong = await alice.post(f"{path}/links", json={"audiences": ["x"], "formats": [], "expires_on": "2029-01-01"})
    key = {"Idempotency-Key": "the-same"}
    first = await alice.post(f"{path}/links", json=LINK, headers=key)

    again = await alice.post(f"{path}/links", json=LINK, headers=key)

    assert {error["pointer"] for error in wrong.json()["errors"]} == {"/audiences", "/formats", "/expires_on"}
    assert again.json() == first.json()
    assert len((await alice.get(f"{path}/links")).json()["data"]) == 1


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Auckland"])
async def test_link_that_ends_at_the_end_of_the_calendar_is_refused(alice, published, engine, zone):
    path, _ = published
    with database.write_session(engine) as session:
        session.execute(update(tables.workspace).values(time_zone=zone))

    answer = await alice.post(f"{path}/links", json=LINK | {"expires_on": "9999-12-31"})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/expires_on"]


async def test_published_reports_of_others_and_without_permission_are_refused(alice, bob, charlie, published):
    path, _ = published

    writes, reads = bob("read:reports"), bob("write:assessments")
    for client, write_status, read_status in ((charlie, 404, 404), (writes, 200, 403), (reads, 403, 200)):
        assert (await client.get(f"{path}/file")).status_code == read_status
        assert (await client.get(path)).status_code == read_status
        assert (await client.post(f"{path}/withdraw")).status_code == write_status
        assert (await client.post(f"{path}/links", json=LINK)).status_code == (
            409 if write_status == 200 else write_status
        )


async def test_next_wave_has_settings_and_people_and_says_what_differs(alice, clock):
    first = await api_steps.create_closed_assessment(alice, confidentiality="attributable")
    await alice.patch(f"/assessments/{first}", json={})
    clock.now += timedelta(days=1)

    created = await alice.post(f"/assessments/{first}/next-wave", json={"title": "Second wave"})

    draft = created.json()
    differences = await alice.get(f"/assessments/{draft['id']}/differences")
    assert created.status_code == 201
    assert created.headers["location"] == f"/api/v1/assessments/{draft['id']}"
    assert (draft["state"], draft["wave_of"], draft["title"]) == ("draft", first, "Second wave")
    assert draft["confidentiality"] == "attributable"
    assert differences.json()["earlier"] == first
    assert differences.json()["fields"] == ["title"]
    assert (await alice.get(f"/assessments/{first}/differences")).status_code == 404
    assert (await alice.post(f"/assessments/{draft['id']}/next-wave", json={})).status_code == 409
