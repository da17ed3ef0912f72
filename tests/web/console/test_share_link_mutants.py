"""Share links attacked, and each guard taken away once: the attack must find exactly what then leaks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from assessment.domain.assessment import AssessmentKey
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.reports import published_reports, share_links
from assessment.services.reports.published_reports import Publication
from assessment.services.reports.share_links import NewShareLink
from assessment.storage import database
from assessment.storage.results.share_links import ShareLink
from tests.web import people

PASSWORD = "correct horse battery 7"  # of a test
TRIES = 10
LIMIT_PERIOD = timedelta(minutes=16)


def open_whatever_is_asked(*_):
    """Guard of editions and formats, taken away."""


def accept_every_pass(*_):
    """Guard of the password, taken away."""
    return True


def take_no_try(*_):
    """Limit of tries, taken away."""


def never_withdraw(session, workspace_id, report_id):
    """Guard of withdrawn reports, taken away."""
    return replace(FIND_SHARED_REPORT(session, workspace_id, report_id), withdrawn_at=None)


FIND_SHARED_REPORT = share_links.published_reports.find_shared_report
MUTANTS: dict[str, tuple[object, str, Callable]] = {
    "other edition, other format": (share_links, "require_offered", open_whatever_is_asked),
    "expired": (ShareLink, "is_live", lambda link, _: link.revoked_at is None),
    "revoked": (ShareLink, "is_live", lambda link, now: now < link.expires_at),
    "withdrawn": (share_links.published_reports, "find_shared_report", never_withdraw),
    "file without password, page without password": (share_links, "is_valid_pass", accept_every_pass),
    "tries without limit": (RateLimiter, "take_try", take_no_try),
}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def paths(world):
    """Paths of links by what is the matter with them."""
    key = AssessmentKey(world.home, world.closed)
    alice, day = world.ids["alice"], timedelta(days=1)

    def share(report_id, **values):
        new = {
            "note": "", "audiences": ("board",), "formats": ("docx",), "password": "", "recipient": "",
            "last_day": (people.NOW + 30 * day).date(), "user_id": alice,
        }  # fmt: skip
        return share_links.create_link(session, key, report_id, NewShareLink(**new | values), people.NOW).path

    with database.write_session(world.engine) as session:
        first, second = (
            published_reports.publish_report(session, key, Publication(None, "", people.NOW, user_id=alice))
            for _ in range(2)
        )
        made = {
            "live": share(first),
            "expired": share(first, last_day=people.NOW.date()),
            "revoked": share(first),
            "withdrawn": share(second),
            "password": share(first, password=PASSWORD),
        }
        revoked = share_links.open_link(session, made["revoked"].removeprefix("/r/"), people.NOW).link
        share_links.revoke_link(session, key, first, revoked.id, people.NOW)
        published_reports.withdraw_report(session, key, second, people.NOW)
    return made


async def attack_links(client, paths, clock):
    """Ask for everything that no link may open; return the names of what leaks."""
    clock.now += LIMIT_PERIOD
    found = set()
    for name in ("expired", "revoked", "withdrawn"):
        answers = [await client.get(paths[name]), await client.get(f"{paths[name]}/board/docx")]
        found |= {name} if {answer.status_code for answer in answers} != {410} else set()
    for name, file in (("other edition", "full/docx"), ("other format", "board/pdf")):
        answer = await client.get(f"{paths['live']}/{file}")
        found |= {name} if answer.status_code != 404 else set()
    locked = paths["password"]
    if "Harbour" in (await client.get(locked)).text:
        found.add("page without password")
    if (await client.get(f"{locked}/board/docx")).status_code == 200:
        found.add("file without password")
    wrong = [
        (await client.post(locked, data={"password": "wrong"}, headers=people.OWN_PAGE)).status_code
        for _ in range(TRIES + 1)
    ]
    return found | ({"tries without limit"} if wrong[-1] != 429 else set())


async def test_attack_fails_on_the_program_and_succeeds_on_every_mutant(running, paths, clock, monkeypatch):
    clock.now += timedelta(days=2)
    found = {}
    async with running() as come:
        client = come().client
        opened = await client.get(f"{paths['live']}/board/docx")
        intact = await attack_links(client, paths, clock)
        for name, (place, attribute, mutant) in MUTANTS.items():
            with monkeypatch.context() as patch:
                patch.setattr(place, attribute, mutant)
                found[name] = await attack_links(client, paths, clock)

    assert opened.status_code == 200
    assert intact == set()
    assert found == {name: set(name.split(", ")) for name in MUTANTS}
