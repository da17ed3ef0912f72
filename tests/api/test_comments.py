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

from assessment.api.wire.comments import CommentsText
from assessment.cli.comments_file import CommentsFile
from assessment.library import Library, shipped
from assessment.pdf import logo
from assessment.services import press as pressing
from assessment.services import verifying
from assessment.services.press import Press
from assessment.storage import database, tables
from assessment.web.log import Lines
from tests.api import steps
from tests.api.checks import alike, pointers, problem

OWN = {
    "author": "Anna Berg",
    "remarks": {"answer": "We walked two shifts.", "next": "Thank you for answering."},
    "findings": [{"title": "Two tools do the same job", "text": "One inbox would do."}],
    "moderations": [{"figure": "functions.hr", "moderated": 55, "reason": "The policy came after the close."}],
}
EMPTY = {
    "title": "", "wave": "", "author": "", "confidentiality": "", "remarks": {}, "findings": [], "moderations": [],
    "logo": None,
}  # fmt: skip


def picture(size=(60, 20), **saved):
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, format="PNG", **saved)
    return target.getvalue()


def written(content):
    return base64.b64encode(content).decode()


def path(assessment):
    return f"/assessments/{assessment}/comments"


def text(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def printed(alice):
    async def printed(assessment, **asked):
        answer = await alice.get(f"/assessments/{assessment}/report.pdf", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.content

    return printed


async def test_nothing_is_there_at_first(alice):
    assessment = (await steps.draft(alice))["id"]

    found = (await alice.get(path(assessment))).json()

    assert found == {"revision": 0, "saved_at": None, "saved_by": None, "release": None, "comments": EMPTY}


async def test_what_is_written_is_read_with_who_and_when(alice):
    assessment = (await steps.draft(alice))["id"]

    given = await alice.put(path(assessment), json=OWN)

    found = await alice.get(path(assessment))
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


async def test_it_can_be_written_before_and_after_the_close_and_says_beside_which_result(alice):
    assessment = await steps.opened(alice)
    before = (await alice.put(path(assessment), json=OWN)).json()
    await steps.take_in(alice, assessment, (steps.GOLDEN / "plain-24.csv").read_text("utf-8"))
    await alice.post(f"/assessments/{assessment}/close")

    after = (await alice.put(path(assessment), json=OWN | {"author": "Carla"})).json()

    assert (before["revision"], before["release"]) == (1, None)
    assert (after["revision"], after["release"]) == (2, 1)


async def test_each_save_is_kept_and_the_same_again_is_none(alice, engine, clock):
    assessment = (await steps.draft(alice))["id"]
    await alice.put(path(assessment), json=OWN)
    clock.now += timedelta(hours=1)

    await alice.put(path(assessment), json=OWN)
    last = (await alice.put(path(assessment), json={"title": "Another"})).json()

    with database.reading(engine) as session:
        rows = session.execute(select(tables.comments).order_by(tables.comments.c.number)).all()
    assert (last["revision"], last["comments"]) == (2, EMPTY | {"title": "Another"})
    assert [row.number for row in rows] == [1, 2]
    assert b"We walked two shifts." in rows[0].content
    assert rows[1].saved_at - rows[0].saved_at == timedelta(hours=1)


async def test_another_saw_it_before_and_nothing_is_overwritten(alice):
    assessment = (await steps.draft(alice))["id"]
    seen = (await alice.get(path(assessment))).headers["etag"]
    first = await alice.put(path(assessment), json=OWN, headers={"If-Match": seen})

    late = await alice.put(path(assessment), json={"title": "Late"}, headers={"If-Match": seen})
    next_ = await alice.put(path(assessment), json={"title": "Next"}, headers={"If-Match": first.headers["etag"]})

    problem(late, 412)
    assert next_.json()["revision"] == 2


async def test_a_repetition_gets_the_first_answer(alice):
    assessment = (await steps.draft(alice))["id"]
    key = {"Idempotency-Key": "own-1"}
    first = await alice.put(path(assessment), json=OWN, headers=key)
    await alice.put(path(assessment), json={"title": "In between"})

    again = await alice.put(path(assessment), json=OWN, headers=key)

    assert again.content == first.content
    assert (await alice.get(path(assessment))).json()["revision"] == 2


async def test_all_that_is_wrong_is_said_at_once(alice):
    assessment = (await steps.draft(alice))["id"]
    wrong = {
        "author": "x" * 241,
        "remarks": {"hr/2": "x", "answer": "x" * 6001},
        "findings": [{"title": " "}, {"title": "Fine", "text": "x" * 6001}],
        "moderations": [
            {"figure": "functions.sales", "moderated": 101, "reason": ""},
            {"figure": "functions.hr.dimensions.none", "moderated": 5, "reason": "x" * 2001},
            {"figure": "items.HR-P1", "moderated": 5, "reason": "So."},
        ],
        "logo": written(b"<svg/>"),
    }

    answer = await alice.put(path(assessment), json=wrong)

    assert set(pointers(answer)) == {
        "/author", "/remarks/hr~12", "/remarks/answer", "/findings/0/title", "/findings/1/text", "/logo",
        "/moderations/0/figure", "/moderations/0/moderated", "/moderations/0/reason",
        "/moderations/1/figure", "/moderations/1/reason", "/moderations/2/figure",
    }  # fmt: skip
    assert (await alice.get(path(assessment))).json()["revision"] == 0


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"athor": "x"}, "/athor"),
        ({"findings": [{"text": "No title"}]}, "/findings/0/title"),
        ({"moderations": [{"figure": "overall", "moderated": "much", "reason": "x"}]}, "/moderations/0/moderated"),
        ({"moderations": [{"figure": "overall", "moderated": 10**400, "reason": "x"}]}, "/moderations/0/moderated"),
        ({"logo": "no base64!"}, "/logo"),
        ({"logo": written(picture() + b"\0" * logo.LARGEST)}, "/logo"),
        ({"findings": [{"title": "One"}] * 51}, "/findings"),
    ],
    ids=["unknown", "missing", "no number", "no such number", "no base64", "large", "many"],
)
async def test_what_has_another_shape_is_refused(alice, sent, where):
    assessment = (await steps.draft(alice))["id"]

    assert where in pointers(await alice.put(path(assessment), json=sent))


async def test_the_longest_that_is_allowed_fits(alice):
    assessment = (await steps.draft(alice))["id"]
    most = {
        "remarks": {"answer": "é" * 6000, "hr": "é" * 6000},
        "findings": [{"title": "é" * 240, "text": "\U0001f600" * 6000}] * 50,
        "moderations": [{"figure": "overall", "moderated": 5, "reason": "\U0001f600" * 2000}] * 50,
        "logo": written(picture() + b"\0" * (logo.LARGEST - len(picture()))),
    }

    content = msgspec.json.encode(most)
    answer = await alice.put(path(assessment), content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code == 200, answer.text


def test_the_shape_is_that_of_the_file():
    sent = {each.name: each.default for each in msgspec.structs.fields(CommentsText)}
    read = {each.name: each.default for each in msgspec.structs.fields(CommentsFile)}

    assert sent.keys() == read.keys()
    assert {name for name in sent if sent[name] != read[name]} == {"logo"}


async def test_a_logo_is_read_as_the_bare_picture_and_can_be_sent_again(alice, engine):
    assessment = (await steps.draft(alice))["id"]
    hidden = PngInfo()
    hidden.add_text("Comment", "canary")
    await alice.put(path(assessment), json={"logo": written(picture(pnginfo=hidden) + b"canary")})

    kept = (await alice.get(path(assessment))).json()["comments"]
    again = await alice.put(path(assessment), json=kept)

    with database.reading(engine) as session:
        stored = session.execute(select(tables.comments.c.logo)).scalar_one()
    assert b"canary" not in stored
    assert base64.b64decode(kept["logo"]) == stored
    assert again.json()["revision"] == 1


async def test_a_report_has_the_newest_and_holds_when_it_is_verified(alice, printed):
    assessment = await steps.closed(alice, "risk-36")
    await alice.put(path(assessment), json={"title": "Not this one"})
    await alice.put(path(assessment), json=OWN | {"logo": written(picture())})

    for language, name in (("en", "HR 61.8 55.0 The policy"), ("de", "HR 61,8 55,0 The policy")):
        content = await printed(assessment, language=language)

        told = text(content)
        verdict = verifying.verify(content, lambda named: Library([shipped()]).get(named.id, named.version))
        assert verdict.findings == ()
        assert name in told
        for words in ("Anna Berg", "We walked two shifts.", "Two tools do the same job"):
            assert words in told
        assert "Not this one" not in told
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages[0].images) == 1


async def test_published_figures_stay_as_they_are(alice):
    assessment = await steps.closed(alice)
    scores = (await alice.get(f"/assessments/{assessment}/scores")).content

    await alice.put(path(assessment), json=OWN)

    assert (await alice.get(f"/assessments/{assessment}/scores")).content == scores


async def test_respondents_read_what_is_for_them_and_no_finding(alice, printed):
    assessment = await steps.closed(alice)
    await alice.put(path(assessment), json=OWN)

    told = text(await printed(assessment, audience="respondents"))

    assert "Thank you for answering." in told
    for words in ("We walked two shifts.", "Two tools do the same job", "The policy came after the close."):
        assert words not in told


async def test_a_save_makes_a_new_report_and_leaves_none_of_the_old_ones(alice, printed, tmp_path):
    assessment = await steps.closed(alice)
    bare = await printed(assessment, audience="board")

    await alice.put(path(assessment), json=OWN)

    left = list((tmp_path / pressing.FOLDER).glob("*/*.pdf"))
    assert left == []
    assert await printed(assessment, audience="board") != bare


async def test_a_close_leaves_none_of_the_old_reports(alice, printed, tmp_path):
    assessment = await steps.closed(alice, confidentiality="attributable")
    await printed(assessment, audience="board")
    await alice.post(f"/assessments/{assessment}/open")

    await alice.post(f"/assessments/{assessment}/close")

    assert list((tmp_path / pressing.FOLDER).glob("*/*.pdf")) == []


async def test_saved_comments_evict_cached_reports_after_the_commit(alice, engine, monkeypatch):
    assessment = (await steps.draft(alice))["id"]
    visible = []

    def count_saved(_press, _assessment):
        with database.reading(engine) as session:
            visible.append(session.scalar(select(func.count()).select_from(tables.comments)))

    monkeypatch.setattr(Press, "evict_reports", count_saved)

    await alice.put(path(assessment), json=OWN)

    assert visible == [1]


async def test_close_evicts_cached_reports_after_the_commit(alice, engine, monkeypatch):
    states = []

    def read_state(_press, assessment):
        with database.reading(engine) as session:
            states.append(session.scalar(select(tables.assessment.c.state).where(tables.assessment.c.id == assessment)))

    monkeypatch.setattr(Press, "evict_reports", read_state)

    await steps.closed(alice)

    assert states == ["closed"]


async def test_what_can_not_be_removed_refuses_no_save(alice, monkeypatch):
    assessment = (await steps.draft(alice))["id"]

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Press, "forget", refuse)

    assert (await alice.put(path(assessment), json=OWN)).status_code == 200


async def test_what_a_report_does_not_know_any_more_is_left_out(alice, engine, printed):
    assessment = await steps.closed(alice)
    await alice.put(path(assessment), json=OWN)
    with database.writing(engine) as session:
        gone = OWN | {"moderations": [{"figure": "functions.sales", "moderated": 1, "reason": "Gone."}]}
        session.execute(tables.comments.update().values(content=msgspec.json.encode(gone)))

    told = text(await printed(assessment))

    assert "We walked two shifts." in told
    assert "Gone." not in told


async def test_charlie_finds_nothing_and_bob_needs_the_scope(alice, bob, charlie):
    assessment = (await steps.draft(alice))["id"]

    alike(await charlie.get(path(assessment)), await charlie.get(path("absent")))
    alike(await charlie.put(path(assessment), json=OWN), await charlie.put(path("absent"), json=OWN))
    problem(await bob("read:reports").get(path(assessment)), 403)
    problem(await bob("write:assessments").put(path(assessment), json=OWN), 403)


async def test_the_log_holds_nothing_of_it(alice, caplog):
    caplog.set_level(logging.DEBUG)
    assessment = (await steps.draft(alice))["id"]
    canaries = {"author": "canary-author", "remarks": {"answer": "canary-text"}}

    await alice.put(path(assessment), json=canaries)
    await alice.put(path(assessment), json={"remarks": {"canary-place": "canary-wrong"}})

    written = "\n".join(Lines().format(record) for record in caplog.records if record.name.startswith("assessment"))
    assert "/assessments/{assessment}/comments" in written
    assert "canary" not in written
