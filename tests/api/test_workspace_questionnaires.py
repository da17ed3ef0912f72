"""Upload, publish and delete questionnaires of a workspace."""

import base64
import io
import zipfile

from assessment.questionnaires import find_shipped_folder
from tests.api.api_steps import create_draft
from tests.api.response_checks import check_problem

FOLDER = find_shipped_folder() / "social-media-pulse"
FILES = {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*.toml")}


def make_path(made):
    return f"/questionnaires/{made['id']}/{made['version']}"


async def upload(client, body=None):
    answer = await client.post("/questionnaires", json=body or {"files": FILES})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_uploaded_questionnaire_is_published_and_used(alice):
    made = await upload(alice)
    hidden = await alice.get(make_path(made))

    published = await alice.post(f"{make_path(made)}/publish")

    draft = await create_draft(alice, questionnaire=f"{made['id']}@{made['version']}")
    listed = (await alice.get("/questionnaires")).json()["data"]
    check_problem(hidden, 404)
    assert published.json()["published_at"] == "2026-11-02T12:00:00Z"
    assert (await alice.get(make_path(made))).json()["id"] == made["id"]
    assert made["id"] in {each["id"] for each in listed}
    assert draft["questionnaire"]["id"] == made["id"]


async def test_archive_is_the_same_as_its_files(alice):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(f"pulse/{name}", text)

    made = await upload(alice, {"archive": base64.b64encode(target.getvalue()).decode()})

    assert made["digest"] == (await upload(alice))["digest"]


async def test_mistakes_are_named_by_file_and_line(alice):
    files = FILES | {"questionnaire.toml": FILES["questionnaire.toml"].replace("target = 75", "target = 750", 1)}

    problem = check_problem(await alice.post("/questionnaires", json={"files": files}), 422)

    assert problem["errors"][0]["pointer"] == "/files/questionnaire.toml"
    assert problem["errors"][0]["column"] == "questionnaire.toml"
    assert problem["errors"][0]["line"] > 1


async def test_published_version_never_changes(alice):
    made = await upload(alice)
    await alice.post(f"{make_path(made)}/publish")
    files = FILES | {"questionnaire.toml": FILES["questionnaire.toml"].replace("target = 75", "target = 76", 1)}

    same = await upload(alice)
    refused = check_problem(await alice.post("/questionnaires", json={"files": files}), 409)

    assert (same["digest"], same["published_at"]) == (made["digest"], "2026-11-02T12:00:00Z")
    assert refused["type"] == "/api/docs#questionnaire-changed"
    check_problem(await alice.delete(make_path(made)), 409)


async def test_upload_is_deleted(alice):
    made = await upload(alice)

    deleted = await alice.delete(make_path(made))

    assert deleted.status_code == 204
    check_problem(await alice.post(f"{make_path(made)}/publish"), 404)


async def test_other_workspace_and_missing_scope_get_nothing(alice, bob, charlie):
    made = await upload(alice)
    await alice.post(f"{make_path(made)}/publish")

    check_problem(await bob("admin:workspace").post("/questionnaires", json={"files": FILES}), 403)
    check_problem(await charlie.get(make_path(made)), 404)
    check_problem(await charlie.post(f"{make_path(made)}/publish"), 404)
    assert made["id"] not in {each["id"] for each in (await charlie.get("/questionnaires")).json()["data"]}
