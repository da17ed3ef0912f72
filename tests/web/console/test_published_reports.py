"""Published reports and their links, attacked: other editions, formats, reports, tenants, and after the end."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.reports import published_reports, share_links
from assessment.services.reports.published_reports import Publication
from assessment.services.reports.share_links import NewShareLink
from assessment.storage import database, tables
from assessment.storage.results import published_reports as stored_reports
from assessment.storage.results.voices import delete_withdrawn_voices
from assessment.storage.tables import metadata
from tests.web import people
from tests.web.console.conftest import send_all

PASSWORD = "lantern harbour violet 9"
LINK = re.compile(r'value="http[^"]*(/r/[^"]+)"')


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def key(world):
    return AssessmentKey(world.home, world.closed)


@pytest.fixture
def publish(world, key):
    """Publish a report; returns its id."""

    def publish(language=None):
        new = Publication(language, "", people.NOW, user_id=world.ids["alice"])
        with database.write_session(world.engine) as session:
            published_reports.publish_report(session, key, new)
        with database.read_session(world.engine) as session:
            return stored_reports.list_reports(session, key)[0].id

    return publish


@pytest.fixture
def share(world, key):
    """Make a link; returns its path."""

    def share(report_id, **values):
        new = {
            "note": "Board", "audiences": ("board",), "formats": ("docx",), "password": "", "recipient": "",
            "last_day": (people.NOW + timedelta(days=1)).date(), "user_id": world.ids["alice"],
        }  # fmt: skip
        with database.write_session(world.engine) as session:
            return share_links.create_link(session, key, report_id, NewShareLink(**new | values), people.NOW).path

    return share


def read_links(world):
    with database.read_session(world.engine) as session:
        return session.execute(select(tables.share_link)).all()


async def test_published_file_stays_the_same_after_later_changes(world, running, publish, key):
    report_id = publish()
    path = f"/console/assessments/{world.closed}/reports/{report_id}/file?audience=board&file_format=docx"
    draft = f"/console/assessments/{world.closed}/report.docx?audience=board"
    async with running() as come:
        visitor = come("alice")
        first = await visitor.get(path)
        await visitor.post(
            f"/console/assessments/{world.closed}/roadmap",
            {"part": "remark:answer", "revision": "0", "remarks:answer": "Written after the publication."},
        )

        again, changed = await visitor.get(path), await visitor.get(draft)
        page = await visitor.get(f"/console/assessments/{world.closed}/reports")

    assert first.status_code == 200
    assert again.content == first.content
    assert changed.content != first.content
    assert "Summary on the answer page" in page.text


async def test_published_files_are_named_by_client_title_and_day(world, running, publish, share):
    report_id = publish()
    link = share(report_id)
    async with running() as come:
        own = await come("alice").get(
            f"/console/assessments/{world.closed}/reports/{report_id}/file?audience=board&file_format=docx"
        )
        shared = await come().client.get(f"{link}/board/docx")

    name = f"Harbour & Reed - Closed wave - {people.NOW.date()} - report board - en.docx"
    for answer in (own, shared):
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"'), answer.text[:200]


async def test_link_made_in_the_console_is_shown_once_and_only_its_hash_stored(world, running, publish):
    report_id = publish()
    base = f"/console/assessments/{world.closed}/reports"
    form = {"note": "Board", "audiences": "board", "formats": "pdf", "expires_on": "2026-12-24", "password": ""}
    async with running() as come:
        visitor = come("alice")
        shown = await visitor.post(f"{base}/{report_id}/links", form)
        later = await visitor.get(base)

    path = LINK.search(shown.text)[1]
    (row,) = read_links(world)
    assert LINK.search(later.text) is None
    assert "Board" in later.text
    assert path.removeprefix("/r/").encode() not in row.token_hash
    assert len(row.token_hash) == 32


async def test_link_that_ends_at_the_end_of_the_calendar_is_refused_and_the_form_kept(world, running, publish):
    form = {"note": "Board", "audiences": "board", "formats": "pdf", "expires_on": "9999-12-31", "password": ""}

    async with running() as come:
        answer = await come("alice").post(f"/console/assessments/{world.closed}/reports/{publish()}/links", form)

    assert answer.status_code == 422
    assert "Choose a day within the next year." in answer.text
    assert 'value="9999-12-31"' in answer.text
    assert not read_links(world)


async def test_link_opens_its_editions_and_formats_and_nothing_else(world, running, publish, share):
    path = share(publish())
    async with running() as come:
        client = come().client
        page = await client.get(path)
        refused = [
            await client.get(f"{path}/{audience}/{ending}")
            for audience, ending in (
                ("full", "docx"), ("board", "pdf"), ("board", "xlsx"), ("function:hr", "docx"), ("none", "docx"),
                ("board", "json"), ("board", "DOCX"), ("board%2F..%2Ffull", "docx"),
            )
        ]  # fmt: skip
        served = await client.get(f"{path}/board/docx")

    assert (page.status_code, served.status_code) == (200, 200)
    assert {answer.status_code for answer in refused} == {404}
    for answer in (page, served):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
    (row,) = read_links(world)
    assert (row.viewed, row.downloaded) == (1, 1)


async def test_views_of_a_link_record_number_and_day_and_nobody(world, running, publish, share):
    path = share(publish())
    (before,) = read_links(world)
    async with running() as come:
        await come().client.get(path, headers={"user-agent": "canary-browser/1", "x-forwarded-for": "203.0.113.9"})

    (after,) = read_links(world)
    assert {name for name, value in after._mapping.items() if value != before._mapping[name]} == {
        "viewed",
        "last_used_on",
    }
    with database.read_session(world.engine) as session:
        stored = "".join(str(session.execute(table.select()).all()) for table in metadata.sorted_tables)
    assert "canary-browser" not in stored
    assert "203.0.113.9" not in stored


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Europe/Vienna"])
async def test_client_reads_the_last_day_of_the_link_in_the_zone_of_the_workspace(world, running, publish, share, zone):
    last_day = (people.NOW + timedelta(days=2)).date()
    with database.write_session(world.engine) as session:
        session.execute(update(tables.workspace).values(time_zone=zone))
    path = share(publish(), last_day=last_day)

    async with running() as come:
        page = await come().get(path)

    assert f"This link ends on {last_day.day} {last_day:%B %Y}." in page.text


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Auckland"])
async def test_console_shows_the_last_day_of_a_link_in_the_zone_of_the_workspace(world, running, publish, zone):
    with database.write_session(world.engine) as session:
        session.execute(update(tables.workspace).values(time_zone=zone))
    base = f"/console/assessments/{world.closed}/reports"
    form = {"note": "Board", "audiences": "board", "formats": "pdf", "expires_on": "2026-12-24", "password": ""}

    async with running() as come:
        shown = await come("alice").post(f"{base}/{publish()}/links", form)

    assert "until 24 December 2026" in shown.text
    assert "00:00" not in shown.text


async def test_client_reads_the_day_of_publication_in_the_zone_of_the_workspace(world, running, publish, share):
    with database.write_session(world.engine) as session:
        session.execute(update(tables.workspace).values(time_zone="Pacific/Auckland"))
    path = share(publish())
    with database.write_session(world.engine) as session:
        moment = people.NOW.replace(hour=14)
        session.execute(update(tables.published_report).values(published_at=moment))
    day = (moment + timedelta(days=1)).date()

    async with running() as come:
        page = await come().get(path)

    assert f"Published on {day.day} {day:%B %Y}" in page.text


async def test_guessed_and_altered_links_open_nothing(world, running, publish, share):
    path = share(publish())
    token = path.removeprefix("/r/")
    guesses = [token[:-1], token + "A", token.swapcase(), "A" * 43, token[1:], "%00", "a" * 5000]
    async with running() as come:
        client = come().client
        answers = [await client.get(f"/r/{guess}") for guess in guesses]
        posted = await client.post("/r/" + "A" * 43, data={"password": PASSWORD}, headers=people.OWN_PAGE)

    assert {answer.status_code for answer in answers} == {404}
    assert (posted.status_code, posted.headers["location"]) == (303, "/r/" + "A" * 43)
    assert read_links(world)[0].viewed == 0


@pytest.mark.parametrize("ending", ["expired", "revoked", "withdrawn"])
async def test_ended_link_opens_neither_page_nor_file(world, running, publish, share, clock, ending):
    report_id = publish()
    path = share(report_id)
    base = f"/console/assessments/{world.closed}/reports/{report_id}"
    async with running() as come:
        visitor, client = come("alice"), come().client
        before = await client.get(path)
        if ending == "expired":
            clock.now += timedelta(days=2)
        elif ending == "revoked":
            await visitor.post(f"{base}/links/{read_links(world)[0].id}/revoke")
        else:
            await visitor.post(f"{base}/withdraw")

        page, served = await client.get(path), await client.get(f"{path}/board/docx")

    assert before.status_code == 200
    assert (page.status_code, served.status_code) == (410, 410)
    assert "Harbour" not in page.text


async def test_password_is_asked_before_page_and_file_and_tries_are_limited(world, running, publish, share):
    path = share(publish(), password=PASSWORD)
    async with running() as come:
        client, other = come().client, come().client
        asked, served = await client.get(path), await client.get(f"{path}/board/docx")
        wrong = [await client.post(path, data={"password": "wrong"}, headers=people.OWN_PAGE) for _ in range(11)]
        forged = await other.get(path, headers={"Cookie": f"share-{read_links(world)[0].id}=99999999999.{'0' * 64}"})

    assert "password" in asked.text
    assert "Harbour" not in asked.text + forged.text
    assert served.status_code == 303
    assert [answer.status_code for answer in wrong] == [422] * 10 + [429]
    assert PASSWORD not in read_links(world)[0].password_hash


async def test_readers_with_the_right_password_share_an_address_without_a_limit(world, running, publish, share):
    path = share(publish(), password=PASSWORD)

    async with running() as come:
        client = come().client
        right = [await client.post(path, data={"password": PASSWORD}, headers=people.OWN_PAGE) for _ in range(12)]

    assert {entered.status_code for entered in right} == {303}


async def test_right_password_opens_the_report_and_a_pass_of_another_link_does_not(world, running, publish, share):
    report_id = publish()
    path, other = (share(report_id, password=password) for password in (PASSWORD, "umbrella quartz meadow 4"))
    async with running() as come:
        client = come().client
        entered = await client.post(path, data={"password": PASSWORD}, headers=people.OWN_PAGE)
        page, closed = await client.get(path), await client.get(other)
        (name,) = client.cookies
        second = next(row.id for row in read_links(world) if not name.endswith(row.id))
        stolen = await come().client.get(other, headers={"Cookie": f"share-{second}={client.cookies[name]}"})

    assert entered.status_code == 303
    assert "Harbour" in page.text
    assert "Harbour" not in closed.text + stolen.text


async def test_report_of_another_workspace_is_not_found(world, running, publish):
    report_id = publish()
    base = f"/console/assessments/{{}}/reports/{report_id}"
    async with running() as come:
        visitor = come("charlie")
        for assessment in (world.closed, world.charlies):
            answers = [
                await visitor.get(base.format(assessment) + "/file"),
                await visitor.post(base.format(assessment) + "/withdraw"),
                await visitor.post(base.format(assessment) + "/links", {"audiences": "full", "formats": "pdf"}),
            ]
            assert {answer.status_code for answer in answers} <= {404, 409}

    with database.read_session(world.engine) as session:
        assert session.execute(select(tables.published_report.c.withdrawn_at)).scalar_one() is None
    assert read_links(world) == []


async def test_viewer_can_neither_publish_nor_share(world, running, publish):
    report_id = publish()
    base = f"/console/assessments/{world.closed}/reports"
    async with running() as come:
        visitor = come("bob")
        page = await visitor.get(base)
        answers = [
            await visitor.post(path) for path in (base, f"{base}/{report_id}/withdraw", f"{base}/{report_id}/links")
        ]

    assert page.status_code == 200
    assert "Make a link" not in page.text
    assert {answer.status_code for answer in answers} == {403}


def test_link_without_edition_or_beyond_a_year_is_refused(publish, share):
    report_id = publish()

    for values in ({"audiences": ()}, {"formats": ("exe",)}, {"last_day": (people.NOW + timedelta(days=400)).date()}):
        with pytest.raises(share_links.InvalidError):
            share(report_id, **values)


def test_erased_comments_leave_published_reports(world, publish, key):
    report_id = publish()
    quotes = {"hr": ["Still there.", "Erased."]}
    voice = {"workspace_id": world.home, "assessment_id": world.closed, "release": 1, "pool": "hr", "is_chosen": True}
    with database.write_session(world.engine) as session:
        session.execute(update(tables.published_report).values(quotes=quotes))
        for position, text in enumerate(quotes["hr"], start=1):
            values = voice | {
                "id": f"v{position}",
                "position": position,
                "text": text,
                "is_withdrawn": text == "Erased.",
            }
            session.execute(tables.voice.insert().values(**values))

        delete_withdrawn_voices(session, key)

    with database.read_session(world.engine) as session:
        report = stored_reports.find_report(session, key, report_id)
        frozen = published_reports.load_frozen_report(session, report)
    assert report.is_amended
    assert frozen.job.contents.details.comments == {"hr": ("Still there.",)}


async def test_link_is_mailed_to_the_client(world, mail_app, publish, mailbox, worker, clock):
    report_id = publish()
    form = {
        "note": "Client", "audiences": "board", "formats": "pdf", "expires_on": "2026-12-24",
        "recipient": "ines@client.example",
    }  # fmt: skip
    async with mail_app() as come:
        shown = await come("alice").post(f"/console/assessments/{world.closed}/reports/{report_id}/links", form)
    await send_all(worker, clock)

    path = LINK.search(shown.text)[1]
    (message,) = mailbox.find("ines@client.example")
    assert path in message.text


@pytest.mark.parametrize("password", ["", PASSWORD])
async def test_mail_to_the_client_names_the_last_day_and_the_password(
    world, mail_app, publish, mailbox, worker, clock, password
):
    form = {
        "audiences": "board", "formats": "pdf", "expires_on": "2026-12-24", "recipient": "ines@client.example",
        "password": password,
    }  # fmt: skip
    with database.write_session(world.engine) as session:
        session.execute(update(tables.workspace).values(time_zone="America/Los_Angeles"))
    async with mail_app() as come:
        await come("alice").post(f"/console/assessments/{world.closed}/reports/{publish()}/links", form)
    await send_all(worker, clock)

    (message,) = mailbox.find("ines@client.example")
    assert "The link works until the end of 24 December 2026." in message.text
    assert ("It asks for a password, which you get separately." in message.text) == bool(password)
