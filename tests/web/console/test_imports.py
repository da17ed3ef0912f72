"""Imports in the console: responses are checked and taken in as a job; questions become a draft questionnaire."""

import html
import io
import re
import time
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey import routing
from assessment.services.assessments import closing
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee
from assessment.storage import assessments, database, tables
from assessment.storage.bulk_jobs import UNFINISHED_STATES
from assessment.web.console.handlers import response_imports
from tests.services.imports import exports
from tests.services.imports.test_question_imports import CHOICES, REPEATED_CHOICES, SURVEY, make_workbook
from tests.web import people

SECONDS = 30
QUESTIONS = "/console/workspace/questionnaires/import"
HEADING = "respondent,role,functions,seconds,CS-P1\n"


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def german(world):
    """A LimeSurvey export as German Excel saves it."""
    exporter = exports.Exporter(world.catalogue.get("social-media-pulse"), "de")
    return exports.write_csv(exporter.by_words(), ";").encode("utf-16")


async def send_files(visitor, path, **files):
    parts = [(name, (f"{name}.csv", content, "application/octet-stream")) for name, content in files.items()]
    return await visitor.client.post(path, data={"_token": await visitor.token()}, files=parts, headers=people.OWN_PAGE)


def find_packed(page):
    return re.search(r'name="packed" value="([^"]+)"', page.text)[1]


def find_draft(page):
    return html.unescape(re.search(r'<textarea name="draft" hidden>(.*?)</textarea>', page.text, re.DOTALL)[1])


def run_worker(world, clock):
    """Work off the queue; the application's own worker may have taken a job already."""
    worker = BulkWorker(world.engine, world.catalogue, secret=people.SECRET, clock=clock)
    until = time.monotonic() + SECONDS
    while worker.work_once() or has_unfinished_job(world):
        assert time.monotonic() < until
        time.sleep(0.01)


def has_unfinished_job(world):
    job = tables.bulk_job
    with database.read_session(world.engine) as session:
        return session.scalar(select(job.c.id).where(job.c.state.in_(UNFINISHED_STATES)).limit(1)) is not None


async def test_export_is_checked_taken_in_and_followed_to_its_end(running, world, clock, german):
    empty = world.opened("Without people", questionnaire="social-media-pulse")
    path = f"/console/assessments/{empty}/import"
    async with running() as come:
        editor = come("dora")
        checked = await send_files(editor, path, export=german)
        before = await editor.get(f"/console/assessments/{empty}")
        queued = await editor.post(f"{path}/take-in", {"packed": find_packed(checked)})
        waiting = await editor.get(queued.headers["location"])
        run_worker(world, clock)
        done = await editor.get(queued.headers["location"])
        fragment = await editor.get(queued.headers["location"], **{"hx-request": "true"})

    assert checked.status_code == 200
    assert "4 responses read" in checked.text
    assert "1 response was not sent, and is left out." in checked.text
    assert before.status_code == 200
    assert queued.status_code == 303
    assert ('http-equiv="refresh"' in waiting.text, 'http-equiv="refresh"' in done.text) == (True, False)
    assert "4 responses count from now on." in done.text
    assert fragment.text.strip().startswith("<section")


async def test_mistakes_are_all_named_by_column_and_line_of_the_export(running, world):
    empty = world.opened("Without people")
    rows = "a,leader,customer-service,,7\nb,wizard,customer-service,,3\nb,staff,hr,,\n"
    table = [["id", "role", "areas", "CS-P1", "CS-P2"], ["x\ny", "leader", "customer-service", "0", "4"]]
    table += [["b", "leader", "customer-service", "9", "4"], ["c", "chief", "hr", "", ""]]
    async with running() as come:
        editor = come("dora")
        own = await send_files(editor, f"/console/assessments/{empty}/import", export=(HEADING + rows).encode())
        other = await send_files(
            editor,
            f"/console/assessments/{empty}/import",
            export=exports.write_csv(table).encode(),
            mapping=b'[role]\ncolumn = "role"',
        )

    assert (own.status_code, other.status_code) == (422, 422)
    text = html.unescape(own.text)
    assert "<code>CS-P1</code>, line 2: '7' is no answer to this item." in text
    assert "<code>role</code>, line 3: No role 'wizard'." in text
    assert "<code>respondent</code>, line 4: 'b' stands on line 3 too." in text
    assert 'name="packed"' not in own.text
    assert re.search(r"<code>CS-P1</code>, line 4: .*'9' \(1\)", html.unescape(other.text))
    assert re.search(r"<code>role</code>, line 5: .*'chief' \(1\)", html.unescape(other.text))


async def test_invalid_question_is_reported_with_its_line_of_the_export(running, world):
    empty = world.opened("Without people")
    table = [["id", "note", "role", "areas", "CS-P1", "MK-P1"], ["a", "x\ny", "leader", "customer-service", "0", ""]]
    table += [["b", "", "leader", "customer-service", "4", "4"], ["b", "", "leader", "customer-service", "4", ""]]
    async with running() as come:
        page = await send_files(
            come("dora"), f"/console/assessments/{empty}/import", export=exports.write_csv(table).encode()
        )

    text = html.unescape(page.text)
    assert "<code>MK-P1</code>, line 4: This item is not asked of 'leader' in 'customer-service'." in text
    assert "<code>respondent</code>, line 5: 'b' stands on line 4 too." in text


async def test_mapping_supplies_what_the_file_does_not_contain(running, world):
    empty = world.opened("Without people")
    table = [["who", "job", "q1"], ["a", "Chefin", "1"], ["b", "Chefin", "5"]]
    mapping = b'[role]\ncolumn="job"\nvalues={"Chefin"="leader"}\n[functions]\nconstant="customer-service"\n'
    mapping += b'[items]\n"CS-P1"="q1"\n'
    path = f"/console/assessments/{empty}/import"
    async with running() as come:
        editor = come("dora")
        plain = await send_files(editor, path, export=exports.write_csv(table).encode())
        mapped = await send_files(editor, path, export=exports.write_csv(table).encode(), mapping=mapping)
        broken = await send_files(editor, path, export=exports.write_csv(table).encode(), mapping=b"nonsense = 1")

    assert (plain.status_code, mapped.status_code, broken.status_code) == (422, 200, 422)
    assert "2 responses read" in mapped.text
    assert "<code>mapping.toml</code>" in broken.text


async def test_import_page_of_an_assessment_that_can_import_nothing_shows_the_reason(running, world):
    reasons = {world.draft: "not open yet", world.open: "invited in confidence", world.closed: "The survey is closed"}
    async with running() as come:
        editor = come("dora")
        for assessment, words in reasons.items():
            path = f"/console/assessments/{assessment}/import"
            page = await editor.get(path)
            refused = await editor.post(f"{path}/take-in", {"packed": response_imports.pack_csv(HEADING)})

            assert words in page.text
            assert ('id="export"' in page.text) == (assessment == world.draft)
            assert refused.status_code == 409


async def test_damaged_form_is_refused(running, world):
    empty = world.opened("Without people")
    async with running() as come:
        editor = come("dora")
        for packed in ("", "nonsense", "€", "eJw", "A" * 1000):
            answer = await editor.post(f"/console/assessments/{empty}/import/take-in", {"packed": packed})

            assert answer.status_code == 422, packed


async def test_packed_bomb_is_refused_without_being_unpacked(running, world, monkeypatch):
    empty = world.opened("Without people")
    packed = response_imports.pack_csv("x" * 3_000_000)
    monkeypatch.setattr(response_imports, "MAX_CSV_BYTES", 1_000_000)
    async with running() as come:
        answer = await come("dora").post(f"/console/assessments/{empty}/import/take-in", {"packed": packed})

    assert answer.status_code == 422


async def test_session_expires_although_the_page_of_a_waiting_import_refreshes_itself(world, running, clock):
    path = f"/console/assessments/{world.opened('Without people')}/import"
    packed = response_imports.pack_csv(f"{HEADING}a,leader,customer-service,,1\n")
    async with running() as come:
        editor = come("dora")
        queued = await editor.post(f"{path}/take-in", {"packed": packed})
        statuses = []
        for _ in range(4):
            clock.now += timedelta(minutes=9)
            statuses.append((await editor.get(queued.headers["location"], **{"HX-Request": "true"})).status_code)

    assert statuses == [200, 200, 200, 401]


async def test_failed_import_shows_its_mistakes_on_the_page_of_its_progress(running, world, clock):
    empty = world.opened("Without people")
    path = f"/console/assessments/{empty}/import"
    packed = response_imports.pack_csv(f"{HEADING}a,wizard,customer-service,,1\n")
    async with running() as come:
        editor, stranger = come("dora"), come("charlie")
        queued = await editor.post(f"{path}/take-in", {"packed": packed})
        run_worker(world, clock)
        failed = await editor.get(queued.headers["location"])
        job = queued.headers["location"].rpartition("/")[2]
        elsewhere = await editor.get(f"/console/assessments/{world.open}/import/{job}")
        foreign = await stranger.get(queued.headers["location"])

    assert "<code>role</code>, line 2: No role 'wizard'." in html.unescape(failed.text)
    assert (elsewhere.status_code, foreign.status_code) == (404, 404)


async def test_form_without_a_file_is_refused(running, world):
    empty = world.opened("Without people")
    async with running() as come:
        owner = come("alice")
        responses = await owner.post(f"/console/assessments/{empty}/import")
        questions = await owner.post(QUESTIONS)

    assert (responses.status_code, questions.status_code) == (422, 422)


async def test_xlsform_becomes_a_draft_that_is_stored_or_downloaded(running, world):
    form = make_workbook(survey=SURVEY, choices=CHOICES, settings=[["form_title"], ["Our café"]])
    async with running() as come:
        owner = come("alice")
        checked = await send_files(owner, QUESTIONS, survey=form)
        draft = find_draft(checked)
        listed = await owner.get("/console/workspace/questionnaires")
        stored = await owner.post(f"{QUESTIONS}/draft", {"draft": draft, "act": "store"})
        page = await owner.get(stored.headers["location"])
        archive = await owner.post(f"{QUESTIONS}/draft", {"draft": draft, "act": "download"})
        broken = await owner.post(f"{QUESTIONS}/draft", {"draft": "{", "act": "store"})

    assert "4 questions become items" in checked.text
    assert "3 are left out" in checked.text
    assert "is of the type text, which no item has" in checked.text
    assert "There is no questionnaire of your own yet." in listed.text
    assert (stored.status_code, page.status_code) == (303, 200)
    assert "Our café" in page.text
    names = zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    assert set(names) == {"questionnaire.toml", "advice.toml", "translations/en.toml"}
    assert broken.status_code == 422


async def test_check_of_questions_names_the_mistakes_of_the_draft(running):
    async with running() as come:
        checked = await send_files(
            come("alice"), QUESTIONS, survey=make_workbook(survey=SURVEY, choices=REPEATED_CHOICES)
        )

    assert checked.status_code == 422
    assert "The draft has mistakes to fix first." in checked.text
    assert "translations/en.toml" in checked.text
    assert 'value="download"' in checked.text
    assert 'value="store"' not in checked.text


async def test_survey_that_can_not_be_read_is_refused_with_a_reason(running):
    async with running() as come:
        owner = come("alice")
        texts = [
            (await send_files(owner, QUESTIONS, survey=content)).text
            for content in (b"PK\x03\x04 no workbook", b"<document><questions/></document>", b"{", b"plain")
        ]

    assert all("Nothing was stored" in text for text in texts)


async def test_questionnaire_from_an_xlsform_is_answered_scored_and_printed(running, world, clock):
    form = make_workbook(survey=SURVEY, choices=CHOICES, settings=[["form_title"], ["Our café"]])
    areas = ("customer-care", "shop")
    async with running() as come:
        owner = come("alice")
        checked = await send_files(owner, QUESTIONS, survey=form)
        stored = await owner.post(f"{QUESTIONS}/draft", {"draft": find_draft(checked), "act": "store"})
        page = stored.headers["location"]
        await owner.post(f"{page}/publish")
        opened = world.opened("Café wave", questionnaire=page.split("/")[-2], confidentiality="attributable")
        with database.write_session(world.engine) as session:
            key = AssessmentKey(world.home, opened)
            guest = Invitee(role="staff", functions=areas)
            (invited,) = people_invitations.invite_people(session, key, [guest], world.catalogue, people.NOW)
            questionnaire = load_questionnaire(session, assessments.find_assessment(session, key))
        visitor = people.Person(come().client, invited.token, "staff")
        visitor.pages = routing.build_survey_pages(questionnaire, "staff", areas)
        await visitor.enter()
        pages = [await visitor.answer(part[0].id, "4") for part in visitor.pages]
        sent = await visitor.send()
        rows = "".join(f"r{number},leader,{';'.join(areas)},,3,3,3,3\n" for number in range(4))
        csv = f"respondent,role,functions,seconds,CARE-1,CARE-2,CARE-3,SHOP-1\n{rows}"
        await owner.post(f"/console/assessments/{opened}/import/take-in", {"packed": response_imports.pack_csv(csv)})
        run_worker(world, clock)
        with database.write_session(world.engine) as session:
            closing.close_assessment(session, key, people.NOW)
        results = await owner.get(f"/console/assessments/{opened}/results")
        report = await owner.get(f"/console/assessments/{opened}/report.pdf")
        while "/download/progress" in report.headers.get("location", ""):
            report = await owner.get(f"/console/assessments/{opened}/report.pdf")

    assert {answer.status_code for answer in (*pages, sent)} == {303}
    assert results.status_code == 200
    assert all(text in results.text for text in ("Customer care", "Shop"))
    assert report.content.startswith(b"%PDF")
