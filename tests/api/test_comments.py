"""GET and PUT /assessments/{id}/comments: what is the consultant's own, kept with each save, and in reports."""

import base64
import io
import logging
from datetime import timedelta

import msgspec
import pypdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import func, select

from assessment.api.resources.comments import CommentsText
from assessment.cli.support.comments_file import CommentsFile
from assessment.domain.report.details import MAX_LOGO_BYTES
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.reports import render_pool as pressing
from assessment.services.reports import report_verification
from assessment.services.reports.render_pool import RenderPool
from assessment.storage import database, tables
from assessment.web.http.json_logs import JsonFormatter
from tests.api import api_steps
from tests.api.response_checks import check_problem, check_same_response, list_pointers

OWN = {
    "author": "Anna Berg",
    "remarks": {"answer": "We walked two shifts.", "next": "Thank you for answering."},
    "findings": [{"title": "Two tools do the same job", "text": "One inbox would do."}],
    "moderations": [{"figure": "functions.hr", "moderated": 55, "reason": "The policy came after the close."}],
}
EMPTY = {
    "title": "", "wave": "", "author": "", "confidentiality": "", "start": "", "remarks": {}, "findings": [],
    "moderations": [], "actions": {}, "order": [], "dropped": {},
    "finding_edits": {}, "finding_order": [], "dropped_findings": {}, "logo": None,
}  # fmt: skip


def make_picture(size=(60, 20), **saved):
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, format="PNG", **saved)
    return target.getvalue()


def normalize_comments(content):
    return base64.b64encode(content).decode()


def get_path(assessment):
    return f"/assessments/{assessment}/comments"


def normalize_text(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def printed(alice):
    async def printed(assessment, **asked):
        answer = await alice.get(f"/assessments/{assessment}/report.pdf", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.content

    return printed


async def test_comments_of_new_assessment_are_empty(alice):
    assessment = (await api_steps.create_draft(alice))["id"]

    found = (await alice.get(get_path(assessment))).json()

    assert found == {"revision": 0, "saved_at": None, "saved_by": None, "release": None, "comments": EMPTY}


async def test_saved_comments_are_returned_with_author_and_time(alice):
    assessment = (await api_steps.create_draft(alice))["id"]

    given = await alice.put(get_path(assessment), json=OWN)

    found = await alice.get(get_path(assessment))
    assert given.status_code == 200
    assert given.content == found.content
    assert given.headers["etag"] == found.headers["etag"]
    assert found.json() == {
        "revision": 1,
        "saved_at": "2026-11-02T12:00:00Z",
        "saved_by": {"kind": "key", "name": "test"},
        "release": None,
        "comments": EMPTY | OWN,
    }


async def test_comments_before_and_after_close_name_the_release(alice):
    assessment = await api_steps.create_open_assessment(alice)
    before = (await alice.put(get_path(assessment), json=OWN)).json()
    await api_steps.import_responses(alice, assessment, (api_steps.GOLDEN / "plain-24.csv").read_text("utf-8"))
    await alice.post(f"/assessments/{assessment}/close")

    after = (await alice.put(get_path(assessment), json=OWN | {"author": "Carla"})).json()

    assert (before["revision"], before["release"]) == (1, None)
    assert (after["revision"], after["release"]) == (2, 1)


async def test_each_change_is_a_revision_and_identical_save_is_a_no_op(alice, engine, clock):
    assessment = (await api_steps.create_draft(alice))["id"]
    await alice.put(get_path(assessment), json=OWN)
    clock.now += timedelta(hours=1)

    await alice.put(get_path(assessment), json=OWN)
    last = (await alice.put(get_path(assessment), json={"title": "Another"})).json()

    with database.read_session(engine) as session:
        rows = session.execute(select(tables.comments).order_by(tables.comments.c.number)).all()
    assert (last["revision"], last["comments"]) == (2, EMPTY | {"title": "Another"})
    assert [row.number for row in rows] == [1, 2]
    assert b"We walked two shifts." in rows[0].content
    assert rows[1].saved_at - rows[0].saved_at == timedelta(hours=1)


async def test_save_with_outdated_etag_is_refused(alice):
    assessment = (await api_steps.create_draft(alice))["id"]
    seen = (await alice.get(get_path(assessment))).headers["etag"]
    first = await alice.put(get_path(assessment), json=OWN, headers={"If-Match": seen})

    late = await alice.put(get_path(assessment), json={"title": "Late"}, headers={"If-Match": seen})
    next_ = await alice.put(get_path(assessment), json={"title": "Next"}, headers={"If-Match": first.headers["etag"]})

    check_problem(late, 412)
    assert next_.json()["revision"] == 2


async def test_repeated_save_returns_first_response(alice):
    assessment = (await api_steps.create_draft(alice))["id"]
    key = {"Idempotency-Key": "own-1"}
    first = await alice.put(get_path(assessment), json=OWN, headers=key)
    await alice.put(get_path(assessment), json={"title": "In between"})

    again = await alice.put(get_path(assessment), json=OWN, headers=key)

    assert again.content == first.content
    assert (await alice.get(get_path(assessment))).json()["revision"] == 2


async def test_several_invalid_comments_are_all_named(alice):
    assessment = (await api_steps.create_draft(alice))["id"]
    wrong = {
        "author": "x" * 241,
        "remarks": {"hr/2": "x", "answer": "x" * 6001},
        "findings": [{"title": " "}, {"title": "Fine", "text": "x" * 6001}],
        "moderations": [
            {"figure": "functions.sales", "moderated": 101, "reason": ""},
            {"figure": "functions.hr.dimensions.none", "moderated": 5, "reason": "x" * 2001},
            {"figure": "items.HR-P1", "moderated": 5, "reason": "So."},
        ],
        "logo": normalize_comments(b"<svg/>"),
    }

    answer = await alice.put(get_path(assessment), json=wrong)

    assert set(list_pointers(answer)) == {
        "/author", "/remarks/hr~12", "/remarks/answer", "/findings/0/title", "/findings/1/text", "/logo",
        "/moderations/0/figure", "/moderations/0/moderated", "/moderations/0/reason",
        "/moderations/1/figure", "/moderations/1/reason", "/moderations/2/figure",
    }  # fmt: skip
    assert (await alice.get(get_path(assessment))).json()["revision"] == 0


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"athor": "x"}, "/athor"),
        ({"findings": [{"text": "No title"}]}, "/findings/0/title"),
        ({"moderations": [{"figure": "overall", "moderated": "much", "reason": "x"}]}, "/moderations/0/moderated"),
        ({"moderations": [{"figure": "overall", "moderated": 10**400, "reason": "x"}]}, "/moderations/0/moderated"),
        ({"logo": "no base64!"}, "/logo"),
        ({"logo": normalize_comments(make_picture() + b"\0" * MAX_LOGO_BYTES)}, "/logo"),
        ({"findings": [{"title": "One"}] * 51}, "/findings"),
        ({"start": "9999-12-31"}, "/start"),
        ({"actions": {"authority-limits": {"due": "9999-12-31"}}}, "/actions/authority-limits/due"),
    ],
    ids=["unknown", "missing", "no number", "no such number", "no base64", "large", "many", "far start", "far due day"],
)
async def test_invalid_shape_is_refused(alice, sent, where):
    assessment = (await api_steps.create_draft(alice))["id"]

    assert where in list_pointers(await alice.put(get_path(assessment), json=sent))


async def test_comments_of_maximum_length_are_accepted(alice):
    assessment = (await api_steps.create_draft(alice))["id"]
    most = {
        "remarks": {"answer": "é" * 6000, "hr": "é" * 6000},
        "findings": [{"title": "é" * 240, "text": "\U0001f600" * 6000}] * 50,
        "moderations": [{"figure": "overall", "moderated": 5, "reason": "\U0001f600" * 2000}] * 50,
        "logo": normalize_comments(make_picture() + b"\0" * (MAX_LOGO_BYTES - len(make_picture()))),
    }

    content = msgspec.json.encode(most)
    answer = await alice.put(get_path(assessment), content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code == 200, answer.text


def test_fields_are_those_of_the_comments_file():
    sent = {each.name: each.default for each in msgspec.structs.fields(CommentsText)}
    read = {each.name: each.default for each in msgspec.structs.fields(CommentsFile)}

    assert sent.keys() == read.keys()
    assert {name for name in sent if sent[name] != read[name]} == {"logo"}


async def test_logo_is_sanitized_and_can_be_sent_again(alice, engine):
    assessment = (await api_steps.create_draft(alice))["id"]
    hidden = PngInfo()
    hidden.add_text("Comment", "canary")
    await alice.put(get_path(assessment), json={"logo": normalize_comments(make_picture(pnginfo=hidden) + b"canary")})

    kept = (await alice.get(get_path(assessment))).json()["comments"]
    again = await alice.put(get_path(assessment), json=kept)

    with database.read_session(engine) as session:
        stored = session.execute(select(tables.comments.c.logo)).scalar_one()
    assert b"canary" not in stored
    assert base64.b64decode(kept["logo"]) == stored
    assert again.json()["revision"] == 1


async def test_report_contains_latest_comments_and_verifies(alice, printed):
    assessment = await api_steps.create_closed_assessment(alice, "risk-36")
    await alice.put(get_path(assessment), json={"title": "Not this one"})
    await alice.put(get_path(assessment), json=OWN | {"logo": normalize_comments(make_picture())})

    for language, name in (("en", "HR 61.8 55.0 The policy"), ("de", "HR 61,8 55,0 The policy")):
        content = await printed(assessment, language=language)

        told = normalize_text(content)
        verdict = report_verification.verify_report(
            content, lambda named: QuestionnaireCatalogue([find_shipped_folder()]).get(named.id, named.version)
        )
        assert verdict.findings == ()
        assert name in told
        for words in ("Anna Berg", "We walked two shifts.", "Two tools do the same job"):
            assert words in told
        assert "Not this one" not in told
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages[0].images) == 1


async def test_moderation_leaves_published_figures_unchanged(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    scores = (await alice.get(f"/assessments/{assessment}/scores")).content

    await alice.put(get_path(assessment), json=OWN)

    assert (await alice.get(f"/assessments/{assessment}/scores")).content == scores


async def test_respondents_edition_contains_no_findings(alice, printed):
    assessment = await api_steps.create_closed_assessment(alice)
    await alice.put(get_path(assessment), json=OWN)

    told = normalize_text(await printed(assessment, audience="respondents"))

    assert "Thank you for answering." in told
    for words in ("We walked two shifts.", "Two tools do the same job", "The policy came after the close."):
        assert words not in told


async def test_save_replaces_cached_reports(alice, printed, tmp_path):
    assessment = await api_steps.create_closed_assessment(alice)
    bare = await printed(assessment, audience="board")

    await alice.put(get_path(assessment), json=OWN)

    left = list((tmp_path / pressing.CACHE_FOLDER).glob("*/*.pdf"))
    assert left == []
    assert await printed(assessment, audience="board") != bare


async def test_close_removes_cached_reports(alice, printed, tmp_path):
    assessment = await api_steps.create_closed_assessment(alice, confidentiality="attributable")
    await printed(assessment, audience="board")
    await alice.post(f"/assessments/{assessment}/open")

    await alice.post(f"/assessments/{assessment}/close")

    assert list((tmp_path / pressing.CACHE_FOLDER).glob("*/*.pdf")) == []


async def test_saved_comments_evict_cached_reports_after_the_commit(alice, engine, monkeypatch):
    assessment = (await api_steps.create_draft(alice))["id"]
    visible = []

    def count_saved(_press, _assessment):
        with database.read_session(engine) as session:
            visible.append(session.scalar(select(func.count()).select_from(tables.comments)))

    monkeypatch.setattr(RenderPool, "evict_reports", count_saved)

    await alice.put(get_path(assessment), json=OWN)

    assert visible == [1]


async def test_close_evicts_cached_reports_after_the_commit(alice, engine, monkeypatch):
    states = []

    def read_state(_press, assessment):
        with database.read_session(engine) as session:
            states.append(session.scalar(select(tables.assessment.c.state).where(tables.assessment.c.id == assessment)))

    monkeypatch.setattr(RenderPool, "evict_reports", read_state)

    await api_steps.create_closed_assessment(alice)

    assert states == ["closed"]


async def test_failed_cache_eviction_does_not_refuse_save(alice, monkeypatch):
    assessment = (await api_steps.create_draft(alice))["id"]

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(RenderPool, "delete_reports", refuse)

    assert (await alice.put(get_path(assessment), json=OWN)).status_code == 200


async def test_outdated_comments_are_left_out_of_report(alice, engine, printed):
    assessment = await api_steps.create_closed_assessment(alice)
    await alice.put(get_path(assessment), json=OWN)
    with database.write_session(engine) as session:
        gone = OWN | {"moderations": [{"figure": "functions.sales", "moderated": 1, "reason": "Gone."}]}
        session.execute(tables.comments.update().values(content=msgspec.json.encode(gone)))

    told = normalize_text(await printed(assessment))

    assert "We walked two shifts." in told
    assert "Gone." not in told


async def test_comments_without_permission_are_refused(alice, bob, charlie):
    assessment = (await api_steps.create_draft(alice))["id"]

    check_same_response(await charlie.get(get_path(assessment)), await charlie.get(get_path("absent")))
    check_same_response(
        await charlie.put(get_path(assessment), json=OWN), await charlie.put(get_path("absent"), json=OWN)
    )
    check_problem(await bob("read:reports").get(get_path(assessment)), 403)
    check_problem(await bob("write:assessments").put(get_path(assessment), json=OWN), 403)


async def test_log_contains_no_comments(alice, caplog):
    caplog.set_level(logging.DEBUG)
    assessment = (await api_steps.create_draft(alice))["id"]
    canaries = {"author": "canary-author", "remarks": {"answer": "canary-text"}}

    await alice.put(get_path(assessment), json=canaries)
    await alice.put(get_path(assessment), json={"remarks": {"canary-place": "canary-wrong"}})

    written = "\n".join(
        JsonFormatter().format(record) for record in caplog.records if record.name.startswith("assessment")
    )
    assert "/assessments/{assessment}/comments" in written
    assert "canary" not in written
