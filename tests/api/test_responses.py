"""POST /assessments/{id}/responses."""

from tests.api import steps
from tests.api.checks import alike, problem

PLAIN = (steps.GOLDEN / "plain-24.csv").read_bytes()


async def test_a_file_is_taken_in_whole(alice):
    assessment = await steps.opened(alice)

    answer = await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=steps.CSV)

    assert (answer.status_code, answer.json()) == (201, {"responses": 24})
    assert (await alice.get(f"/assessments/{assessment}/progress")).json()["total"]["sent"] == 24


async def test_a_byte_order_mark_is_fine(alice):
    assessment = await steps.opened(alice)
    marked = b"\xef\xbb\xbf" + PLAIN

    answer = await alice.post(f"/assessments/{assessment}/responses", content=marked, headers=steps.CSV)

    assert answer.status_code == 201


async def test_every_mistake_is_named_by_line_and_column_and_nothing_is_taken_in(alice):
    assessment = await steps.opened(alice)
    lines = PLAIN.decode().splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[1], "cook", 1)
    lines[5] = ",".join([*lines[5].split(",")[:4], "9", *lines[5].split(",")[5:]])

    answer = await alice.post(
        f"/assessments/{assessment}/responses", content="\n".join(lines).encode(), headers=steps.CSV
    )

    found = problem(answer, 422)["errors"]
    assert {each["line"] for each in found} == {4, 6}
    assert {each["column"] for each in found} >= {"role", "CS-P1"}
    assert (await alice.get(f"/assessments/{assessment}/progress")).json()["total"]["sent"] == 0


async def test_a_file_is_not_taken_in_twice(alice):
    assessment = await steps.opened(alice)
    await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=steps.CSV)

    answer = await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=steps.CSV)

    assert len(problem(answer, 422)["errors"]) == 24


async def test_confidential_answers_of_the_invited_are_not_mixed_with_a_file(alice):
    assessment = await steps.opened(alice)
    await steps.invited(alice, assessment)

    answer = await alice.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=steps.CSV)

    problem(answer, 409)


async def test_only_csv_in_utf_8_is_taken(alice):
    path = f"/assessments/{await steps.opened(alice)}/responses"

    problem(await alice.post(path, content=PLAIN, headers={"Content-Type": "application/json"}), 415)
    problem(await alice.post(path, content=PLAIN), 415)
    problem(await alice.post(path, content=b"\xff\xfa", headers=steps.CSV), 400)
    problem(await alice.post(path, content=b"", headers=steps.CSV), 400)
    problem(await alice.post(path, content=b"a" * (20 * 1024 * 1024 + 1), headers=steps.CSV), 413)


async def test_a_file_of_strange_characters_is_refused_by_line(alice):
    path = f"/assessments/{await steps.opened(alice)}/responses"
    header = PLAIN.decode().splitlines()[0]

    answer = await alice.post(path, content=f"{header}\na\0b,staff,hr,\n".encode(), headers=steps.CSV)

    problem(answer, 422)


async def test_neither_charlie_nor_bob_gets_in(alice, bob, charlie):
    assessment = await steps.opened(alice)

    foreign = await charlie.post(f"/assessments/{assessment}/responses", content=PLAIN, headers=steps.CSV)
    absent = await charlie.post(f"/assessments/{'a' * 24}/responses", content=PLAIN, headers=steps.CSV)
    bobs = await bob("write:assessments").post(f"/assessments/{assessment}/responses", content=PLAIN, headers=steps.CSV)

    problem(foreign, 404)
    alike(foreign, absent)
    problem(bobs, 403)
