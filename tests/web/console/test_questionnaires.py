"""Own questionnaires in the settings area: upload, mistakes, preview as each role, publish."""

import re

from assessment.questionnaires import find_shipped_folder
from tests.web import people

PATH = "/console/workspace/questionnaires"
FOLDER = find_shipped_folder() / "social-media-pulse"
FILES = {path.name: path.read_bytes() for path in FOLDER.rglob("*.toml")}


async def upload(owner, files):
    parts = [("files", (name, content, "application/toml")) for name, content in files.items()]
    data = {"_token": await owner.token()}
    return await owner.client.post(PATH, data=data, files=parts, headers=people.OWN_PAGE)


async def test_uploaded_questionnaire_is_previewed_as_each_role_and_published(running):
    async with running() as come:
        owner = come("alice")
        uploaded = await upload(owner, FILES)
        page = uploaded.headers["location"].partition("?")[0]
        shown = await owner.get(page)
        roles = re.findall(r'name="role"\s+value="([^"]+)"', shown.text)
        functions = re.findall(r'name="functions"\s+value="([^"]+)"', shown.text)
        previews = [await owner.get(f"{page}?role={role}&functions={functions[0]}") for role in roles]
        sections = [await owner.get(preview.headers["location"]) for preview in previews]
        published = await owner.post(f"{page}/publish")
        new = await owner.get("/console/assessments/new")

    assert (uploaded.status_code, shown.status_code) == (303, 200)
    assert len(roles) == 3
    assert [
        (preview.status_code, section.status_code) for preview, section in zip(previews, sections, strict=True)
    ] == [(303, 200)] * 3
    assert all('type="radio"' in section.text for section in sections)
    assert published.headers["location"] == page
    assert page.removeprefix(f"{PATH}/").replace("/", "@") in new.text


async def test_folder_is_uploaded_without_its_notes_and_hidden_files(running):
    folder = {f"pulse/{path.relative_to(FOLDER).as_posix()}": path.read_bytes() for path in FOLDER.rglob("*.toml")}
    async with running() as come:
        owner = come("alice")
        form = await owner.get(PATH)
        uploaded = await upload(owner, folder | {"pulse/README.md": b"notes", "pulse/.DS_Store": b"\0"})

    assert "webkitdirectory" in form.text
    assert uploaded.status_code == 303


async def test_mistakes_are_shown_by_file_and_line(running):
    async with running() as come:
        owner = come("alice")
        wrong = FILES | {"questionnaire.toml": FILES["questionnaire.toml"].replace(b"target = 75", b"target = 750", 1)}
        refused = await upload(owner, wrong)
        listed = await owner.get(PATH)

    assert refused.status_code == 422
    assert re.search(r"<code>questionnaire\.toml[^<]*</code>, line \d+:", refused.text)
    assert "There is no questionnaire of your own yet." in listed.text


async def test_form_without_files_or_with_a_broken_zip_is_refused(running):
    async with running() as come:
        owner = come("alice")
        empty = await owner.post(PATH, {})
        broken = await upload(owner, {"q.zip": b"PK"})

    assert (empty.status_code, broken.status_code) == (422, 422)
    assert "Choose the files" in empty.text
