"""The client against a server that is busy, breaks off or refuses, and what it imports."""

import json
import subprocess
import sys

import httpx
import pytest

from assessment.client import ApiProblemError, ApiUnreachableError, AssessmentClient
from assessment.client.http_requests import MAX_ATTEMPTS, find_retry_after

ORGANISATION = {"id": "o", "name": "Acme", "created_at": "2026-11-02T09:30:00Z", "from_a_newer_server": 1}
PROBLEM = {
    "type": "https://example.org/api/docs#not-closed",
    "title": "This assessment is not closed yet",
    "status": 409,
    "detail": "Close it first.",
    "request_id": "abc",
    "errors": [{"detail": "wrong", "pointer": "/name", "code": "missing"}],
}


class Far:
    """The far side: replies in turn, the last one for ever; what it was asked and how long was waited in between."""

    def __init__(self, *replies):
        self.replies, self.requests, self.pauses = list(replies), [], []
        self.client = AssessmentClient(
            "https://example.org", "asr_key", transport=httpx.MockTransport(self.reply), sleep=self.pauses.append
        )

    def reply(self, request):
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


def respond(status=200, body=None, **headers):
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def test_list_continues_over_pages():
    far = Far(
        respond(body={"data": [ORGANISATION, ORGANISATION], "next_cursor": "next"}),
        respond(body={"data": [ORGANISATION], "next_cursor": None}),
    )

    names = [organisation.name for organisation in far.client.list_organisations()]

    assert names == ["Acme"] * 3
    assert [request.url.params.get("cursor") for request in far.requests] == [None, "next"]
    assert far.requests[0].headers["authorization"] == "Bearer asr_key"


JOB = {"id": "j", "state": "queued", "done": 0, "total": 2}
PERSON = {"id": "i", "role": "staff", "functions": ["hr"], "link": "https://example.org/s/x"}


def test_large_list_is_waited_for_until_its_links_are_there():
    far = Far(
        respond(202, JOB),
        respond(body=JOB | {"state": "running"}),
        respond(body=JOB | {"state": "done", "done": 2}),
        respond(body={"data": [PERSON], "next_cursor": "next"}),
        respond(body={"data": [PERSON], "next_cursor": None}),
    )

    people = far.client.invite_people("a", [{"role": "staff", "functions": ["hr"]}])

    assert [person.link for person in people] == ["https://example.org/s/x"] * 2
    assert [request.url.path for request in far.requests[1:4]] == [
        "/api/v1/jobs/j",
        "/api/v1/jobs/j",
        "/api/v1/jobs/j/invitations",
    ]


def test_large_file_that_fails_raises_its_problem():
    far = Far(respond(202, JOB), respond(body=JOB | {"state": "failed", "problem": PROBLEM}))

    with pytest.raises(ApiProblemError) as failed:
        far.client.import_responses("a", "respondent,role,functions")

    assert failed.value.slug == "not-closed"


@pytest.mark.parametrize("status", [429, 503])
def test_busy_server_is_asked_again_after_the_time_it_names(status):
    far = Far(respond(status, PROBLEM, Retry_After="7"), respond(201, ORGANISATION))

    organisation = far.client.create_organisation("Acme")

    assert (organisation.id, far.pauses) == ("o", [7.0])
    assert len({request.headers["idempotency-key"] for request in far.requests}) == 1
    assert json.loads(far.requests[1].content) == {"name": "Acme"}


def test_broken_connection_is_tried_again_with_growing_pauses():
    far = Far(httpx.ReadTimeout("slow"), httpx.ConnectError("gone"), respond(502), respond(201, ORGANISATION))

    far.client.create_organisation("Acme", idempotency_key="mine")

    assert len(far.pauses) == 3
    assert far.pauses == sorted(far.pauses)
    assert {request.headers["idempotency-key"] for request in far.requests} == {"mine"}


def test_unreachable_server_is_given_up():
    far = Far(httpx.ConnectError("gone"))

    with pytest.raises(ApiUnreachableError):
        far.client.create_organisation("Acme")

    assert len(far.requests) == MAX_ATTEMPTS


@pytest.mark.parametrize("reply", [httpx.ReadTimeout("slow"), respond(504)])
def test_deletion_is_not_repeated_blindly(reply):
    far = Far(reply)

    with pytest.raises((ApiUnreachableError, ApiProblemError)):
        far.client.delete_webhook("w")

    assert len(far.requests) == 1


def test_problem_has_slug_places_and_request_id():
    far = Far(respond(409, PROBLEM))

    with pytest.raises(ApiProblemError) as refused:
        far.client.get_scores("a")

    error = refused.value
    assert (error.status, error.slug, error.request_id) == (409, "not-closed", "abc")
    assert (error.errors[0].pointer, error.errors[0].code) == ("/name", "missing")
    assert len(far.requests) == 1


def test_page_of_a_proxy_is_a_problem_too():
    far = Far(httpx.Response(403, text="<html>"))

    with pytest.raises(ApiProblemError) as refused:
        far.client.get_scores("a")

    assert (refused.value.status, refused.value.title) == (403, "Forbidden")


def test_request_under_way_is_awaited():
    far = Far(respond(409, PROBLEM | {"type": "#idempotency-in-progress"}), respond(201, ORGANISATION))

    assert far.client.create_organisation("Acme").name == "Acme"


@pytest.mark.parametrize(("value", "seconds"), [("5", 5.0), ("100000", 60.0), ("soon", None), ("", None)])
def test_retry_after_is_read_and_bounded(value, seconds):
    assert find_retry_after(respond(503, Retry_After=value)) == seconds


def test_client_imports_nothing_of_the_server():
    script = (
        "import sys, assessment.client; print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'litestar', 'sqlalchemy', 'sqlmodel', 'numpy', 'scipy', 'reportlab', 'jinja2', 'babel'}), "
        "sorted(name for name in sys.modules if name.startswith('assessment.') and "
        "not name.startswith('assessment.client')))"
    )

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[] []"


def test_filters_of_lists_are_sent_without_those_left_out():
    empty = {"data": [], "next_cursor": None}
    far = Far(*(respond(body=empty) for _ in range(4)))

    for listed in (
        far.client.list_keys(state="valid", sort="-name"),
        far.client.list_users(role="viewer"),
        far.client.list_webhooks(enabled=False),
        far.client.list_organisations(archived=True),
    ):
        assert list(listed) == []

    sent = [dict(request.url.params) for request in far.requests]
    assert sent == [{"state": "valid", "sort": "-name"}, {"role": "viewer"}, {"enabled": "false"}, {"archived": "true"}]


def test_assessment_with_figures_held_back_is_read():
    body = {
        "id": "a",
        "organisation": "o",
        "questionnaire": {"id": "q", "version": "1.0.0"},
        "title": "T",
        "state": "closed",
        "confidentiality": "confidential",
        "mode": "survey",
        "language": "en",
        "minimum_group": 5,
        "held_back": [{"figures": "functions.hr", "reason": "Few answers are new."}],
    }
    far = Far(respond(body=body))

    assert far.client.get_assessment("a").held_back[0].figures == "functions.hr"
