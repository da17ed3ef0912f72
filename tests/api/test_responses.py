"""POST /assessments/{id}/responses."""

from tests.api import api_steps
from tests.api.response_checks import check_problem, check_same_response

PLAIN = (api_steps.GOLDEN / "plain-24.csv").read_bytes()


async def test_valid_file_is_imported_completely(alice):
    assessment = await api_steps.create_open_assessment(alice)

    answer = await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=api_steps.CSV)

    assert (answer.status_code, answer.json()) == (201, {"responses": 24})
    assert (await alice.get(f"/assessments/{assessment}/progress")).json()["total"]["sent"] == 24


async def test_file_with_byte_order_mark_is_imported(alice):
    assessment = await api_steps.create_open_assessment(alice)
    marked = b"\xef\xbb\xbf" + PLAIN

    answer = await alice.post(f"/assessments/{assessment}/responses", content=marked, headers=api_steps.CSV)

    assert answer.status_code == 201


async def test_invalid_file_names_all_lines_and_imports_nothing(alice):
    assessment = await api_steps.create_open_assessment(alice)
    lines = PLAIN.decode().splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[1], "cook", 1)
    lines[5] = ",".join([*lines[5].split(",")[:4], "9", *lines[5].split(",")[5:]])

    answer = await alice.post(
        f"/assessments/{assessment}/responses", content="\n".join(lines).encode(), headers=api_steps.CSV
    )

    found = check_problem(answer, 422)["errors"]
    assert {each["line"] for each in found} == {4, 6}
    assert {each["column"] for each in found} >= {"role", "CS-P1"}
    assert (await alice.get(f"/assessments/{assessment}/progress")).json()["total"]["sent"] == 0


async def test_second_import_of_same_file_is_refused(alice):
    assessment = await api_steps.create_open_assessment(alice)
    await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=api_steps.CSV)

    answer = await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=api_steps.CSV)

    assert len(check_problem(answer, 422)["errors"]) == 24


async def test_import_into_confidential_assessment_with_invitations_is_refused(alice):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment)

    answer = await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=api_steps.CSV)

    check_problem(answer, 409)


async def test_other_content_types_are_refused(alice):
    path = f"/assessments/{await api_steps.create_open_assessment(alice)}/responses"

    check_problem(await alice.post(path, content=PLAIN, headers={"Content-Type": "application/json"}), 415)
    check_problem(await alice.post(path, content=PLAIN), 415)
    check_problem(await alice.post(path, content=b"\xff\xfa", headers=api_steps.CSV), 400)
    check_problem(await alice.post(path, content=b"", headers=api_steps.CSV), 400)
    check_problem(await alice.post(path, content=b"a" * (20 * 1024 * 1024 + 1), headers=api_steps.CSV), 413)


async def test_file_with_unstorable_characters_is_refused_by_line(alice):
    path = f"/assessments/{await api_steps.create_open_assessment(alice)}/responses"
    header = PLAIN.decode().splitlines()[0]

    answer = await alice.post(path, content=f"{header}\na\0b,staff,hr,\n".encode(), headers=api_steps.CSV)

    check_problem(answer, 422)


async def test_import_without_permission_is_refused(alice, bob, charlie):
    assessment = await api_steps.create_open_assessment(alice)

    foreign = await charlie.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=api_steps.CSV)
    absent = await charlie.post(f"/assessments/{'a' * 24}/responses", content=PLAIN, headers=api_steps.CSV)
    bobs = await bob("write:assessments").post(
        f"/assessments/{assessment}/responses", content=PLAIN, headers=api_steps.CSV
    )

    check_problem(foreign, 404)
    check_same_response(foreign, absent)
    check_problem(bobs, 403)
