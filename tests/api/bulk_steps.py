"""Steps of large requests, through the API itself."""

from sqlalchemy import func, select

from assessment.storage import database
from tests.api.api_steps import CSV, STAFF
from tests.api.conftest import HOME

SOON = {"Prefer": "respond-async"}
HEAD = "respondent,role,functions,seconds,CS-P1\n"


def list_people(count, **fields):
    return [STAFF | {"email": f"p{number}@example.org"} | fields for number in range(count)]


def list_csv(count, *rows):
    return (
        HEAD + "".join(f"r{number},staff,customer-service,,3\n" for number in range(count)) + "".join(rows)
    ).encode()


async def post_people(client, assessment, people, **headers):
    answer = await client.post(f"/assessments/{assessment}/invitations", json=people, headers=SOON | headers)
    assert answer.status_code == 202, answer.text
    return answer


async def post_csv(client, assessment, content):
    answer = await client.post(f"/assessments/{assessment}/responses", content=content, headers=SOON | CSV)
    assert answer.status_code == 202, answer.text
    return answer


async def read_job(client, answer):
    job = await client.get(f"{HOME}{answer.headers['location']}")
    assert job.status_code == 200, job.text
    return job.json()


async def list_links(client, answer, limit=200):
    links, cursor = [], ""
    while cursor is not None:
        path = f"{HOME}{answer.headers['location']}/invitations?limit={limit}"
        page = (await client.get(path + (f"&cursor={cursor}" if cursor else ""))).json()
        links += page["data"]
        cursor = page["next_cursor"]
    return links


def count_rows(engine, table):
    with database.read_session(engine) as session:
        return session.scalar(select(func.count()).select_from(table))
