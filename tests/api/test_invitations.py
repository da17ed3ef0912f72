"""GET and POST /assessments/{id}/invitations; GET, PATCH and DELETE one."""

import re

import pytest

from assessment.services.auth import tokens, users
from assessment.services.operations import audit_trail
from assessment.storage import database, tables
from assessment.storage.people import invitation_links
from tests.api import api_steps
from tests.api.conftest import HOME, NOON
from tests.api.response_checks import check_problem, check_same_response, list_pointers

KIM = {"email": "kim@example.org", "name": "Kim", "role": "leader", "functions": ["hr"]}


async def test_invitation_returns_link_only_once(alice):
    assessment = await api_steps.create_open_assessment(alice)

    made = await api_steps.invite_people(alice, assessment, KIM, api_steps.STAFF)
    listed = (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"]

    assert all(each["link"].startswith(f"{HOME}/s/") for each in made)
    assert len({each["link"] for each in made}) == 2
    assert listed == [{name: value for name, value in each.items() if name != "link"} for each in made]


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-Host"])
async def test_link_ignores_host_headers(alice, header):
    assessment = await api_steps.create_open_assessment(alice)

    answer = await alice.post(
        f"/assessments/{assessment}/invitations", json=[api_steps.STAFF], headers={header: "evil.example"}
    )

    assert answer.json()["data"][0]["link"].startswith(f"{HOME}/s/")


async def test_link_opens_the_survey(alice, visit):
    assessment = await api_steps.create_open_assessment(alice)
    link = (await api_steps.invite_people(alice, assessment))[0]["link"]

    page = await visit().get(link)

    assert page.status_code == 200


async def test_invalid_invitations_are_all_named_and_none_created(alice):
    assessment = await api_steps.create_open_assessment(alice)
    people = [KIM, KIM | {"role": "cook"}, {"role": "staff", "functions": []}, {"role": "staff", "functions": ["x"]}]

    by_kind = await alice.post(f"/assessments/{assessment}/invitations", json=[{"role": 1}, {"more": 1}])
    by_sense = await alice.post(f"/assessments/{assessment}/invitations", json=people)

    assert list_pointers(by_kind) == {"/0/role", "/0/functions", "/1/role", "/1/functions", "/1/more"}
    assert list_pointers(by_sense) == {"/1/role", "/1/email", "/2/functions", "/3/functions"}
    assert (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"] == []


async def test_invitation_can_be_changed_and_revoked(alice):
    assessment = (await api_steps.create_draft(alice))["id"]
    made = (await api_steps.invite_people(alice, assessment, KIM))[0]
    path = f"/assessments/{assessment}/invitations/{made['id']}"

    mended = await alice.patch(path, json={"role": "staff", "name": None})
    gone = await alice.delete(path)
    again = await alice.delete(path)

    assert (mended.json()["role"], mended.json()["name"], mended.json()["email"]) == ("staff", None, KIM["email"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await alice.get(path)).json()["revoked_on"] == "2026-11-02"
    check_problem(again, 404)


async def test_patch_with_outdated_etag_is_refused(alice):
    assessment = (await api_steps.create_draft(alice))["id"]
    path = f"/assessments/{assessment}/invitations/{(await api_steps.invite_people(alice, assessment))[0]['id']}"
    seen = {"If-Match": (await alice.get(path)).headers["etag"]}
    await alice.patch(path, json={"role": "practitioner"}, headers=seen)

    check_problem(await alice.patch(path, json={"role": "leader"}, headers=seen), 412)
    check_problem(await alice.delete(path, headers=seen), 412)


async def test_other_workspace_gets_404_for_invitations(alice, charlie):
    assessment = await api_steps.create_open_assessment(alice)
    mine = await api_steps.create_open_assessment(charlie)
    made = (await api_steps.invite_people(alice, assessment))[0]["id"]
    nowhere = "a" * len(made)

    for foreign, absent in (
        (f"/assessments/{assessment}/invitations", f"/assessments/{nowhere}/invitations"),
        (f"/assessments/{assessment}/invitations/{made}", f"/assessments/{assessment}/invitations/{nowhere}"),
        (f"/assessments/{mine}/invitations/{made}", f"/assessments/{mine}/invitations/{nowhere}"),
    ):
        check_problem(await charlie.get(foreign), 404)
        check_same_response(await charlie.get(foreign), await charlie.get(absent))
        if foreign.endswith("invitations"):
            check_same_response(
                await charlie.post(foreign, json=[api_steps.STAFF]), await charlie.post(absent, json=[api_steps.STAFF])
            )
        else:
            check_same_response(
                await charlie.patch(foreign, json={"name": "x"}), await charlie.patch(absent, json={"name": "x"})
            )
            check_same_response(await charlie.delete(foreign), await charlie.delete(absent))
            for ending, body in (("replacement", {}), ("links", None)):
                check_same_response(
                    await charlie.post(f"{foreign}/{ending}", json=body),
                    await charlie.post(f"{absent}/{ending}", json=body),
                )
    assert len((await alice.get(f"/assessments/{assessment}/invitations")).json()["data"]) == 1


async def test_key_without_scope_is_refused(alice, bob):
    assessment = await api_steps.create_open_assessment(alice)
    path = f"/assessments/{assessment}/invitations"
    one = f"{path}/{(await api_steps.invite_people(alice, assessment))[0]['id']}"

    check_problem(await bob("read:assessments").get(path), 403)
    check_problem(await bob("read:assessments").get(one), 403)
    check_problem(await bob("write:assessments").post(path, json=[api_steps.STAFF]), 403)
    check_problem(await bob("write:assessments").patch(one, json={"name": "x"}), 403)
    check_problem(await bob("write:assessments").delete(one), 403)
    check_problem(await bob("write:assessments").post(f"{one}/replacement", json={}), 403)
    check_problem(await bob("write:assessments").post(f"{one}/links"), 403)


async def test_invitation_to_closed_assessment_is_refused(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    check_problem(await alice.post(f"/assessments/{assessment}/invitations", json=[api_steps.STAFF]), 409)


async def test_links_before_opening_show_not_open(alice, visit):
    assessment = (await api_steps.create_draft(alice))["id"]
    link = (await api_steps.invite_people(alice, assessment, KIM))[0]["link"]

    guest = visit()
    begun = await guest.post(link, headers={"Origin": HOME})

    assert (begun.status_code, begun.headers["location"]) == (303, link.removeprefix(HOME))
    assert "This survey has not opened yet" in (await guest.get(link)).text
    assert not begun.cookies


@pytest.mark.parametrize("field", [{"role": "staff"}, {"functions": ["marketing"]}, {"email": "k@example.org"}])
async def test_role_functions_and_email_lock_at_opening(alice, field):
    assessment = await api_steps.create_open_assessment(alice)
    path = f"/assessments/{assessment}/invitations/{(await api_steps.invite_people(alice, assessment, KIM))[0]['id']}"

    locked = await alice.patch(path, json=field)
    named = await alice.patch(path, json={"name": "Kim Berg"})

    check_problem(locked, 409)
    assert locked.json()["type"].endswith("#locked")
    assert {each["pointer"] for each in locked.json()["errors"]} == {f"/{next(iter(field))}"}
    assert (named.status_code, named.json()["name"]) == (200, "Kim Berg")


async def test_replacement_returns_link_and_revokes_earlier_invitation(alice):
    assessment = await api_steps.create_open_assessment(alice)
    made = (await api_steps.invite_people(alice, assessment, KIM))[0]
    path = f"/assessments/{assessment}/invitations/{made['id']}"

    answer = await alice.post(f"{path}/replacement", json={"role": "staff"})
    again = await alice.post(f"{path}/replacement", json={"role": "staff"})

    new = answer.json()
    assert answer.status_code == 201
    assert (new["role"], new["email"], new["replaces"], new["is_late"]) == ("staff", KIM["email"], made["id"], True)
    assert new["link"].startswith(f"{HOME}/s/")
    assert (await alice.get(path)).json()["revoked_on"] == "2026-11-02"
    check_problem(again, 409)


async def test_further_link_is_different_and_audited(alice, engine):
    assessment = await api_steps.create_open_assessment(alice)
    made = (await api_steps.invite_people(alice, assessment, KIM))[0]

    answer = await alice.post(f"/assessments/{assessment}/invitations/{made['id']}/links")

    assert answer.status_code == 201
    assert answer.json() | {"link": ""} == made | {"link": ""}
    assert answer.json()["link"] != made["link"]
    with database.read_session(engine) as session:
        workspace = users.find_or_create_workspace(session, "alices", NOON)
        links = audit_trail.list_links(session, workspace, made["id"])
    assert [(each.number, each.actor) for each in links] == [(1, "key:test"), (2, "key:test")]


async def test_mail_delivery_without_mail_server_is_refused(alice):
    assessment = await api_steps.create_open_assessment(alice)

    refused = await alice.post(f"/assessments/{assessment}/invitations", json=[KIM | {"deliver": "mail"}])

    check_problem(refused, 409)
    assert refused.json()["type"].endswith("#mail-not-available")
    assert (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"] == []


DEEDS = ("nothing", "opened", "begun", "sent", "withdrawn")


async def change_person_state(deed, engine, link):
    """State of a person's link, as far as the database has it."""
    if deed == "nothing":
        return
    with database.write_session(engine) as session:
        token = link.rpartition("/")[2]
        row = invitation_links.find_invitation_by_token(session, tokens.hash_token(token))
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


def normalize_response(answer, invitation):
    """All of an answer but its own number, and what is random of the invitation and its links."""
    told = re.sub(r"/s/[\w-]{43}", "/s/LINK", answer.text)
    for own in (invitation["id"], answer.headers["x-request-id"]):
        told = told.replace(own, "ID")
    told = re.sub(r'"id":"[a-z2-7]{24}"', '"id":"ID"', told)
    headers = {name: value for name, value in answer.headers.items() if name not in PASSING}
    return answer.status_code, headers, told


PASSING = {"x-request-id", "date", "content-length", "ratelimit-remaining", "ratelimit-reset", "etag", "location"}
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
async def test_response_is_independent_of_person_state(alice, engine, act):
    answers = []
    for deed in DEEDS:
        assessment = await api_steps.create_open_assessment(alice)
        made = (await api_steps.invite_people(alice, assessment, KIM | {"email": None}))[0]
        await change_person_state(deed, engine, made["link"])
        answer = await ACTS[act](alice, f"/assessments/{assessment}/invitations/{made['id']}")
        answers.append(normalize_response(answer, made))

    assert answers == [answers[0]] * len(DEEDS)


@pytest.mark.parametrize("deed", DEEDS[1:])
async def test_etag_is_independent_of_person_state(alice, engine, deed):
    assessment = await api_steps.create_open_assessment(alice)
    made = (await api_steps.invite_people(alice, assessment, KIM))[0]
    paths = [f"/assessments/{assessment}/invitations", f"/assessments/{assessment}/invitations/{made['id']}"]
    paths += [f"/assessments/{assessment}", "/assessments", f"/assessments/{assessment}/progress"]
    before = [(await alice.get(path)).headers["etag"] for path in paths]

    await change_person_state(deed, engine, made["link"])

    assert [(await alice.get(path)).headers["etag"] for path in paths] == before
    seen_before = {"If-Match": before[1]}
    assert (await alice.delete(paths[1], headers=seen_before)).status_code == 204


async def test_progress_count_changes_once_an_hour(alice, engine, clock):
    assessment = await api_steps.create_open_assessment(alice)
    made = (await api_steps.invite_people(alice, assessment, KIM))[0]
    path = f"/assessments/{assessment}/progress"
    await alice.get(path)
    await change_person_state("sent", engine, made["link"])

    clock.pass_by(minutes=59)
    within = (await alice.get(path)).json()
    clock.pass_by(minutes=1)
    later = (await alice.get(path)).json()

    assert (within["counted_at"], within["total"]) == ("2026-11-02T12:00:00Z", {"invited": 1, "started": 0, "sent": 0})
    assert (later["counted_at"], later["total"]) == ("2026-11-02T13:00:00Z", {"invited": 1, "started": 1, "sent": 1})
