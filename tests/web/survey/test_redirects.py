"""Every form of the survey redirects, with errors too: Back never sends a form again (experience, respondents 5)."""

import base64
import hashlib
import zlib
from collections.abc import Iterator

import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from assessment.access_policies import get_policy
from assessment.web.http import cookies
from tests.web import people
from tests.web.people import Person

BY_SCRIPT = "/survey/answers/{item}"
FORMS_LEAST = 10


def long_text(name: str) -> str:
    """A text that hardly compresses."""
    return "".join(hashlib.sha256(f"{name}{number}".encode()).hexdigest() for number in range(14))


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


def forms_of(app: Litestar, person: Person) -> Iterator[str]:
    """Yield the paths of all forms that respondents send without a script."""
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            policy = get_policy(handler)
            is_respondents = policy is not None and policy.name in ("public", "respondent")
            if "POST" in handler.http_methods and is_respondents and route.path_format != BY_SCRIPT:
                path = route.path_format
                if not path.startswith(("/console", "/language", "/api")):
                    yield path.format(token=person.link.removeprefix("/s/"), section=person.first)


@pytest.mark.parametrize("case", ["no session", "stale token", "response of others", "empty", "unknown link"])
async def test_form_with_an_error_redirects_to_a_page_that_explains_it(app: Litestar, alice: Person, case: str):
    form = await alice.form(f"/survey/{alice.first}")
    fields = {
        "no session": form,
        "stale token": form | {"_token": "a.b"},
        "response of others": form | {"response": "none"},
        "empty": {"_token": form["_token"]},
        "unknown link": form | {"link": "x", "code": "y"},
    }[case]
    paths = [path for path in forms_of(app, alice) if "finish" not in path]
    if case == "unknown link":
        paths = [path.replace(alice.link, "/s/" + "x" * 43) for path in paths]
    kept = dict(alice.client.cookies)

    found, pages = {}, {}
    for path in paths:
        alice.client.cookies.clear()
        alice.client.cookies.update({} if case == "no session" else kept)
        answer = await alice.post(path, fields)
        found[path] = answer.status_code
        pages[path] = (await alice.follow(answer)).status_code if answer.status_code == 303 else 0

    assert len(found) >= FORMS_LEAST - 1
    assert set(found.values()) == {303}, found
    assert all(status < 500 for status in pages.values()), pages


async def test_wrong_code_is_shown_once(alice: Person):
    answer = await alice.move("ABCD")
    shown, reloaded = await alice.follow(answer), await alice.follow(answer)

    assert answer.headers["location"] == f"{alice.link}/code"
    assert 'value="ABCD"' in shown.text
    assert "ABCD" not in reloaded.text.replace("ABCD-EFGH", "")
    assert "<title>Error:" not in reloaded.text


async def test_wrong_code_is_not_shown_on_the_page_of_another_link(alice: Person, bob: Person):
    await alice.move("ABCD")

    page = await alice.get(f"{bob.link}/code")

    assert "<title>Error:" not in page.text


async def test_answers_without_a_session_outlive_a_reload(alice: Person):
    form = await alice.form(f"/survey/{alice.first}") | dict.fromkeys(alice.items(alice.first), "3")
    alice.client.cookies.clear()
    answer = await alice.post(f"/survey/{alice.first}", form)

    shown, reloaded = await alice.follow(answer), await alice.follow(answer)

    assert people.read_hidden_fields(shown.text) == people.read_hidden_fields(reloaded.text)
    assert people.read_hidden_fields(shown.text).items() >= dict.fromkeys(alice.items(alice.first), "3").items()


async def test_answers_leave_the_browser_once_they_are_saved(alice: Person):
    form = await alice.form(f"/survey/{alice.first}") | dict.fromkeys(alice.items(alice.first), "3")
    alice.client.cookies.clear()
    shown = await alice.follow(await alice.post(f"/survey/{alice.first}", form))

    await alice.post("/survey/resume", people.read_hidden_fields(shown.text) | {"link": alice.link})
    again = await alice.get("/survey/resume")

    assert again.headers["location"] == "/survey/problem?kind=lost"


async def test_answers_leave_the_browser_with_finish_on_this_device(alice: Person):
    form = await alice.form(f"/survey/{alice.first}") | {"response": "none", "_token": "stale"}
    await alice.post(f"/survey/{alice.first}", form)

    await alice.finish()

    assert not dict(alice.client.cookies)


async def test_answers_too_long_for_a_cookie_are_shown_at_once(alice: Person):
    items = alice.items(alice.first)
    form = await alice.form(f"/survey/{alice.first}") | dict.fromkeys(items, "3")
    form |= {f"{item}:reason": long_text(item) for item in items}
    alice.client.cookies.clear()

    answer = await alice.post(f"/survey/{alice.first}", form)

    assert answer.status_code == 401
    assert (
        people.read_hidden_fields(answer.text).items()
        >= {name: form[name] for name in form if ":reason" in name}.items()
    )


@pytest.mark.parametrize("kind", ["", "nonsense", "stale", "other-link", "damaged", "not-found", "lost", "untied"])
async def test_page_about_a_problem_says_that_it_is_one(alice: Person, kind: str):
    page = await alice.get(f"/survey/problem?kind={kind}")

    assert 400 <= page.status_code < 500


@pytest.mark.parametrize("cookie", ["x", "eJw", "4", "eJyrVspIzcnJVyjPL8pJAQAa4QRd"])
async def test_forged_form_in_a_cookie_is_not_shown(alice: Person, cookie: str):
    alice.client.cookies.set("form", cookie)

    answers = [await alice.get(path) for path in ("/survey/resume", "/withdraw", f"{alice.link}/code")]

    assert [answer.status_code for answer in answers] == [303, 200, 200]


@pytest.mark.parametrize("status", [0, 99, 503, 99999])
async def test_form_cookie_with_foreign_status_is_ignored(alice: Person, app: Litestar, status: int):
    form = msgspec.json.encode({"path": "/withdraw", "fields": {}, "problem": "wrong", "status": status})
    name = cookies.get_full_name(cookies.RETURNED_FORM, app.state.settings)
    alice.client.cookies.set(name, base64.urlsafe_b64encode(zlib.compress(form)).decode())

    page = await alice.get("/withdraw")

    assert page.status_code == 200
