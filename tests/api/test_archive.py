"""Clients and assessments are changed, archived, restored and deleted."""

from tests.api import api_steps
from tests.api.response_checks import check_problem, list_pointers


async def test_changed_organisation_is_returned_with_new_etag(alice):
    path = f"/organisations/{await api_steps.create_organisation(alice)}"
    before = await alice.get(path)

    changed = await alice.patch(path, json={"contact_email": "Ines@Northwind.example"})
    after = await alice.get(path)

    assert changed.json() == before.json() | {"contact_email": "ines@northwind.example"}
    assert changed.json() == after.json()
    assert changed.headers["etag"] == after.headers["etag"] != before.headers["etag"]


async def test_change_of_organisation_with_outdated_etag_is_refused(alice):
    path = f"/organisations/{await api_steps.create_organisation(alice)}"
    outdated = (await alice.get(path)).headers["etag"]
    await alice.patch(path, json={"name": "Northwind Retail"})

    check_problem(await alice.patch(path, json={"name": "Other"}, headers={"If-Match": outdated}), 412)


async def test_taken_name_and_wrong_address_are_both_named(alice):
    await api_steps.create_organisation(alice, "Northwind")
    path = f"/organisations/{await api_steps.create_organisation(alice, 'Kestrel')}"

    answer = await alice.patch(path, json={"name": "NORTHWIND", "contact_email": "none"})

    assert list_pointers(answer) == {"/name", "/contact_email"}


async def test_archived_organisation_refuses_assessments_until_restored(alice):
    organisation = await api_steps.create_organisation(alice)
    body = {"organisation": organisation, "questionnaire": api_steps.QUESTIONNAIRE, "title": "2026"}

    archived = await alice.post(f"/organisations/{organisation}/archive")
    refused = await alice.post("/assessments", json=body)
    restored = await alice.post(f"/organisations/{organisation}/restore")
    taken = await alice.post("/assessments", json=body)

    assert (archived.json()["archived_on"], restored.json()["archived_on"]) == ("2026-11-02", None)
    assert list_pointers(refused) == {"/organisation"}
    assert taken.status_code == 201


async def test_closed_assessment_is_archived_and_restored(alice):
    path = f"/assessments/{await api_steps.create_closed_assessment(alice)}"

    archived = await alice.post(f"{path}/archive")
    scores = await alice.get(f"{path}/scores")
    restored = await alice.post(f"{path}/restore")

    assert (archived.json()["archived_on"], restored.json()["archived_on"]) == ("2026-11-02", None)
    assert scores.status_code == 200


async def test_open_assessment_is_neither_archived_nor_deleted_nor_erased(alice):
    assessment = await api_steps.create_open_assessment(alice)
    organisation = (await alice.get(f"/assessments/{assessment}")).json()["organisation"]

    check_problem(await alice.post(f"/assessments/{assessment}/archive"), 409)
    check_problem(await alice.delete(f"/assessments/{assessment}"), 409)
    check_problem(await alice.post(f"/organisations/{organisation}/archive"), 409)
    check_problem(await alice.delete(f"/organisations/{organisation}"), 409)


async def test_deleted_draft_is_not_found(alice):
    path = f"/assessments/{(await api_steps.create_draft(alice))['id']}"

    deleted = await alice.delete(path)

    assert deleted.status_code == 204
    check_problem(await alice.get(path), 404)


async def test_erased_organisation_is_not_found_nor_are_its_assessments(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    organisation = (await alice.get(f"/assessments/{assessment}")).json()["organisation"]

    erased = await alice.delete(f"/organisations/{organisation}")

    assert erased.status_code == 204
    for path in (f"/organisations/{organisation}", f"/assessments/{assessment}", f"/assessments/{assessment}/scores"):
        check_problem(await alice.get(path), 404)


async def test_erasure_of_organisation_needs_admin_scope(alice, bob):
    organisation = await api_steps.create_organisation(alice)

    check_problem(await bob("admin:workspace").delete(f"/organisations/{organisation}"), 403)
