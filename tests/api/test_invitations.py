"""GET and POST /assessments/{id}/invitations; GET, PATCH and DELETE one."""

import re

import pytest

from assessment.services import auditing, tokens, users
from assessment.storage import database, invitations, tables
from tests.api import steps
from tests.api.checks import alike, pointers, problem
from tests.api.conftest import HOME, NOON

KIM = {"email": "kim@example.org", "name": "Kim", "role": "leader", "functions": ["hr"]}


async def test_each_invited_person_gets_a_link_shown_once(alice):
    assessment = await steps.opened(alice)

    made = await steps.invited(alice, assessment, KIM, steps.STAFF)
    listed = (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"]

    assert all(each["link"].startswith(f"{HOME}/s/") for each in made)
    assert len({each["link"] for each in made}) == 2
    assert listed == [{name: value for name, value in each.items() if name != "link"} for each in made]


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-Host"])
async def test_no_header_can_turn_a_link_elsewhere(alice, header):
    assessment = await steps.opened(alice)

    answer = await alice.post(
        f"/assessments/{assessment}/invitations", json=[steps.STAFF], headers={header: "evil.example"}
    )

    assert answer.json()["data"][0]["link"].startswith(f"{HOME}/s/")


async def test_a_link_opens_the_survey(alice, visit):
    assessment = await steps.opened(alice)
    link = (await steps.invited(alice, assessment))[0]["link"]

    page = await visit().get(link)

    assert page.status_code == 200


async def test_every_mistake_is_named_and_nobody_is_invited(alice):
    assessment = await steps.opened(alice)
    people = [KIM, KIM | {"role": "cook"}, {"role": "staff", "functions": []}, {"role": "staff", "functions": ["x"]}]

    by_kind = await alice.post(f"/assessments/{assessment}/invitations", json=[{"role": 1}, {"more": 1}])
    by_sense = await alice.post(f"/assessments/{assessment}/invitations", json=people)

    assert pointers(by_kind) == {"/0/role", "/0/functions", "/1/role", "/1/functions", "/1/more"}
    assert pointers(by_sense) == {"/1/role", "/1/email", "/2/functions", "/3/functions"}
    assert (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"] == []


async def test_an_invitation_is_changed_and_revoked(alice):
    assessment = (await steps.draft(alice))["id"]
    made = (await steps.invited(alice, assessment, KIM))[0]
    path = f"/assessments/{assessment}/invitations/{made['id']}"

    mended = await alice.patch(path, json={"role": "staff", "name": None})
    gone = await alice.delete(path)
    again = await alice.delete(path)

    assert (mended.json()["role"], mended.json()["name"], mended.json()["email"]) == ("staff", None, KIM["email"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await alice.get(path)).json()["revoked_on"] == "2026-11-02"
    problem(again, 409)


async def test_a_mend_of_what_another_mended_meanwhile_is_refused(alice):
    assessment = (await steps.draft(alice))["id"]
    path = f"/assessments/{assessment}/invitations/{(await steps.invited(alice, assessment))[0]['id']}"
    seen = {"If-Match": (await alice.get(path)).headers["etag"]}
    await alice.patch(path, json={"role": "practitioner"}, headers=seen)

    problem(await alice.patch(path, json={"role": "leader"}, headers=seen), 412)
    problem(await alice.delete(path, headers=seen), 412)


async def test_charlie_finds_nobody(alice, charlie):
    assessment = await steps.opened(alice)
    mine = await steps.opened(charlie)
    made = (await steps.invited(alice, assessment))[0]["id"]
    nowhere = "a" * len(made)

    for foreign, absent in (
        (f"/assessments/{assessment}/invitations", f"/assessments/{nowhere}/invitations"),
        (f"/assessments/{assessment}/invitations/{made}", f"/assessments/{assessment}/invitations/{nowhere}"),
        (f"/assessments/{mine}/invitations/{made}", f"/assessments/{mine}/invitations/{nowhere}"),
    ):
        problem(await charlie.get(foreign), 404)
        alike(await charlie.get(foreign), await charlie.get(absent))
        if foreign.endswith("invitations"):
            alike(await charlie.post(foreign, json=[steps.STAFF]), await charlie.post(absent, json=[steps.STAFF]))
        else:
            alike(await charlie.patch(foreign, json={"name": "x"}), await charlie.patch(absent, json={"name": "x"}))
            alike(await charlie.delete(foreign), await charlie.delete(absent))
            for ending, body in (("replacement", {}), ("links", None)):
                alike(
                    await charlie.post(f"{foreign}/{ending}", json=body),
                    await charlie.post(f"{absent}/{ending}", json=body),
                )
    assert len((await alice.get(f"/assessments/{assessment}/invitations")).json()["data"]) == 1


async def test_bobs_key_needs_the_scope(alice, bob):
    assessment = await steps.opened(alice)
    path = f"/assessments/{assessment}/invitations"
    one = f"{path}/{(await steps.invited(alice, assessment))[0]['id']}"

    problem(await bob("read:assessments").get(path), 403)
    problem(await bob("read:assessments").get(one), 403)
    problem(await bob("write:assessments").post(path, json=[steps.STAFF]), 403)
    problem(await bob("write:assessments").patch(one, json={"name": "x"}), 403)
    problem(await bob("write:assessments").delete(one), 403)
    problem(await bob("write:assessments").post(f"{one}/replacement", json={}), 403)
    problem(await bob("write:assessments").post(f"{one}/links"), 403)


async def test_nobody_is_invited_to_what_is_closed(alice):
    assessment = await steps.closed(alice)

    problem(await alice.post(f"/assessments/{assessment}/invitations", json=[steps.STAFF]), 409)


async def test_links_lead_nowhere_before_the_opening(alice, visit):
    assessment = (await steps.draft(alice))["id"]
    link = (await steps.invited(alice, assessment, KIM))[0]["link"]

    guest = visit()
    begun = await guest.post(link, headers={"Origin": HOME})

    assert (begun.status_code, begun.headers["location"]) == (303, link.removeprefix(HOME))
    assert "This survey has not opened yet" in (await guest.get(link)).text
    assert not begun.cookies


@pytest.mark.parametrize("field", [{"role": "staff"}, {"functions": ["marketing"]}, {"email": "k@example.org"}])
async def test_role_functions_and_address_are_locked_at_the_opening(alice, field):
    assessment = await steps.opened(alice)
    path = f"/assessments/{assessment}/invitations/{(await steps.invited(alice, assessment, KIM))[0]['id']}"

    locked = await alice.patch(path, json=field)
    named = await alice.patch(path, json={"name": "Kim Berg"})

    problem(locked, 409)
    assert locked.json()["type"].endswith("#locked")
    assert {each["pointer"] for each in locked.json()["errors"]} == {f"/{next(iter(field))}"}
    assert (named.status_code, named.json()["name"]) == (200, "Kim Berg")


async def test_a_replacement_has_a_link_and_revokes_the_earlier_invitation(alice):
    assessment = await steps.opened(alice)
    made = (await steps.invited(alice, assessment, KIM))[0]
    path = f"/assessments/{assessment}/invitations/{made['id']}"

    answer = await alice.post(f"{path}/replacement", json={"role": "staff"})
    again = await alice.post(f"{path}/replacement", json={"role": "staff"})

    new = answer.json()
    assert answer.status_code == 201
    assert (new["role"], new["email"], new["replaces"], new["is_late"]) == ("staff", KIM["email"], made["id"], True)
    assert new["link"].startswith(f"{HOME}/s/")
    assert (await alice.get(path)).json()["revoked_on"] == "2026-11-02"
    problem(again, 409)


async def test_a_further_link_is_another_one_and_is_recorded(alice, engine):
    assessment = await steps.opened(alice)
    made = (await steps.invited(alice, assessment, KIM))[0]

    answer = await alice.post(f"/assessments/{assessment}/invitations/{made['id']}/links")

    assert answer.status_code == 201
    assert answer.json() | {"link": ""} == made | {"link": ""}
    assert answer.json()["link"] != made["link"]
    with database.reading(engine) as session:
        workspace = users.workspace_of(session, "alices", NOON)
        links = auditing.links_made(session, workspace, made["id"])
    assert [(each.number, each.actor) for each in links] == [(1, "key:test"), (2, "key:test")]


async def test_mail_is_refused_until_there_is_any(alice):
    assessment = await steps.opened(alice)

    refused = await alice.post(f"/assessments/{assessment}/invitations", json=[KIM | {"deliver": "mail"}])

    problem(refused, 409)
    assert refused.json()["type"].endswith("#mail-not-available")
    assert (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"] == []


DEEDS = ("nothing", "opened", "begun", "sent", "withdrawn")


async def do(deed, engine, link):
    """What a person did with a link, as far as the database can tell."""
    if deed == "nothing":
        return
    with database.writing(engine) as session:
        token = link.rpartition("/")[2]
        row = invitations.by_token(session, tokens.digest(token))
        if deed == "opened":
            return
        state = {"begun": "started"}.get(deed, deed)
        response = {
            "id": f"r-{row.id}",
            "workspace_id": row.workspace_id,
            "assessment_id": row.assessment_id,
            "invitation_id": row.id,
            "draft_number": 1,
            "role": row.role,
            "functions": row.functions,
            "language": "en",
            "state": state,
        }
        session.execute(tables.response.insert().values(response))
        answer = {"response_id": f"r-{row.id}", "item_id": "HR-P1", "workspace_id": row.workspace_id}
        session.execute(tables.answer.insert().values(answer | {"value": "3", "sequence": 1, "saved_at": NOON}))


def seen(answer, invitation):
    """All of an answer but its own number, and what is random of the invitation and its links."""
    told = re.sub(r"/s/[\w-]{43}", "/s/LINK", answer.text)
    for own in (invitation["id"], answer.headers["x-request-id"]):
        told = told.replace(own, "ID")
    told = re.sub(r'"id":"[a-z2-7]{24}"', '"id":"ID"', told)
    headers = {name: value for name, value in answer.headers.items() if name not in PASSING}
    return answer.status_code, headers, told


PASSING = {"x-request-id", "date", "content-length", "ratelimit-remaining", "ratelimit-reset", "etag"}
ACTS = {
    "read": lambda client, path: client.get(path),
    "list": lambda client, path: client.get(path.rpartition("/")[0]),
    "name": lambda client, path: client.patch(path, json={"name": "New"}),
    "role": lambda client, path: client.patch(path, json={"role": "staff"}),
    "link": lambda client, path: client.post(f"{path}/links"),
    "replacement": lambda client, path: client.post(f"{path}/replacement", json={"role": "staff"}),
    "revocation": lambda client, path: client.delete(path),
}


@pytest.mark.parametrize("act", ACTS)
async def test_status_body_and_headers_are_the_same_whatever_the_person_has_done(alice, engine, act):
    answers = []
    for deed in DEEDS:
        assessment = await steps.opened(alice)
        made = (await steps.invited(alice, assessment, KIM | {"email": None}))[0]
        await do(deed, engine, made["link"])
        answer = await ACTS[act](alice, f"/assessments/{assessment}/invitations/{made['id']}")
        answers.append(seen(answer, made))

    assert answers == [answers[0]] * len(DEEDS)


@pytest.mark.parametrize("deed", DEEDS[1:])
async def test_etag_of_an_invitation_stays_whatever_the_person_does(alice, engine, deed):
    assessment = await steps.opened(alice)
    made = (await steps.invited(alice, assessment, KIM))[0]
    paths = [f"/assessments/{assessment}/invitations", f"/assessments/{assessment}/invitations/{made['id']}"]
    paths += [f"/assessments/{assessment}", "/assessments", f"/assessments/{assessment}/progress"]
    before = [(await alice.get(path)).headers["etag"] for path in paths]

    await do(deed, engine, made["link"])

    assert [(await alice.get(path)).headers["etag"] for path in paths] == before
    seen_before = {"If-Match": before[1]}
    assert (await alice.delete(paths[1], headers=seen_before)).status_code == 204


async def test_the_count_changes_once_the_hour_is_over(alice, engine, clock):
    assessment = await steps.opened(alice)
    made = (await steps.invited(alice, assessment, KIM))[0]
    path = f"/assessments/{assessment}/progress"
    await alice.get(path)
    await do("sent", engine, made["link"])

    clock.pass_by(minutes=59)
    within = (await alice.get(path)).json()
    clock.pass_by(minutes=1)
    later = (await alice.get(path)).json()

    assert (within["counted_at"], within["total"]) == ("2026-11-02T12:00:00Z", {"invited": 1, "started": 0, "sent": 0})
    assert (later["counted_at"], later["total"]) == ("2026-11-02T13:00:00Z", {"invited": 1, "started": 1, "sent": 1})
