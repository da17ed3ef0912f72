"""POST /assessments/{id}/responses."""

import pytest

from assessment.services.people import response_import
from assessment.storage import tables
from tests import csv_formats
from tests.api import api_steps
from tests.api.bulk_steps import count_rows
from tests.api.response_checks import check_problem, check_same_response
from tests.failing_commits import fail_commit_of_import

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
    assert {each["code"] for each in found} == {"unknown-value"}
    assert (await alice.get(f"/assessments/{assessment}/progress")).json()["total"]["sent"] == 0


async def test_each_kind_of_mistake_in_a_file_has_its_code(alice):
    path = f"/assessments/{await api_steps.create_open_assessment(alice)}/responses"
    header = "respondent,role,functions,seconds,CS-P1,nope"
    rows = ("a,boss,hr,long,,", "a,staff,,,7,", ",staff,hr,,3,")

    answer = await alice.post(path, content="\n".join([header, *rows]).encode(), headers=api_steps.CSV)

    faults = check_problem(answer, 422)["errors"]
    assert {(fault["line"], fault["column"], fault["code"]) for fault in faults} == {
        (1, "nope", "unknown-field"),
        (2, "role", "unknown-value"),
        (2, "seconds", "wrong-format"),
        (3, "respondent", "duplicate"),
        (3, "functions", "missing"),
        (3, "CS-P1", "unknown-value"),
        (4, "respondent", "missing"),
        (4, "CS-P1", "not-allowed"),
    }


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


@pytest.mark.parametrize("name", csv_formats.ACCEPTED)
async def test_every_accepted_format_is_imported(alice, name):
    assessment = await api_steps.create_open_assessment(alice)

    answer = await alice.post(
        f"/assessments/{assessment}/responses", content=csv_formats.ACCEPTED[name], headers=api_steps.CSV
    )

    assert (answer.status_code, answer.json()) == (201, {"responses": 8})


@pytest.mark.parametrize("name", csv_formats.REFUSED)
async def test_refused_format_is_explained_with_its_line(alice, name):
    content, line, text = csv_formats.REFUSED[name]
    assessment = await api_steps.create_open_assessment(alice)

    answer = await alice.post(f"/assessments/{assessment}/responses", content=content, headers=api_steps.CSV)

    assert answer.status_code in (400, 422)
    problem = answer.json()["errors"][0]
    assert line in (None, problem["line"])
    assert text in f"{problem}"


async def test_name_of_an_earlier_file_in_another_spelling_is_refused(alice):
    head, row, other = (csv_formats.INPUTS / "09-nfc-nfd-duplicates.csv").read_text("utf-8").splitlines()[:3]
    assessment = await api_steps.create_open_assessment(alice)
    path = f"/assessments/{assessment}/responses"
    first = await alice.post(path, content=f"{head}\n{row}\n".encode(), headers=api_steps.CSV)

    second = await alice.post(path, content=f"{head}\n{other}\n".encode(), headers=api_steps.CSV)

    assert first.status_code == 201
    assert [each["detail"] for each in check_problem(second, 422)["errors"]] == [
        "'José' was taken in before. Keep each respondent once."
    ]


async def test_file_with_a_heading_only_is_refused(alice):
    assessment = await api_steps.create_open_assessment(alice)

    answer = await alice.post(
        f"/assessments/{assessment}/responses", content=PLAIN.splitlines()[0] + b"\n", headers=api_steps.CSV
    )

    assert check_problem(answer, 422)["errors"][0]["detail"].startswith("There are no responses.")


async def test_import_whose_commit_fails_leaves_nothing_and_can_be_repeated(alice, engine, monkeypatch):
    assessment = await api_steps.create_open_assessment(alice)
    sent = {"content": PLAIN, "headers": api_steps.CSV | {"Idempotency-Key": "import-1"}}
    monkeypatch.setattr(response_import, "BATCH_SIZE", 10)  # 24 rows are stored in parts, as large files are

    with monkeypatch.context() as patched:
        fail_commit_of_import(patched)
        failed = await alice.post(f"/assessments/{assessment}/responses", **sent)
    left = count_rows(engine, tables.response)
    repeated = await alice.post(f"/assessments/{assessment}/responses", **sent)

    assert (failed.status_code, left) == (500, 0)
    assert (repeated.status_code, repeated.json()) == (201, {"responses": 24})
    assert (await alice.get(f"/assessments/{assessment}/progress")).json()["total"]["sent"] == 24
