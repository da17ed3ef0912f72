"""The client: one method per call of the API."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx
import msgspec

from assessment.client.api_errors import ApiProblemError, ProblemDocument
from assessment.client.http_requests import ApiRequest, RequestSender
from assessment.client.records import (
    AssessmentRecord,
    DeliveryRecord,
    InvitationRecord,
    JobRecord,
    KeyRecord,
    ListPage,
    OrganisationRecord,
    UserRecord,
    WebhookRecord,
    WebhookSecretRecord,
)

T = TypeVar("T")

TIMEOUT_SECONDS = 60.0  # a report of a large assessment takes a while
JOB_PAUSE_SECONDS = 1.0
FINAL_STATES = ("done", "failed")
MAX_LIMIT = "200"
REPORT_TYPES = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
EXPORT_TYPES = {
    "csv": "text/csv",
    "xlsx": REPORT_TYPES["xlsx"],
    "sav": "application/x-spss-sav",
}


class AssessmentClient:
    """Client of one server with one API key; closes its connections at the end of a `with` block.

    Lists are iterators that fetch further pages as needed. POST and PUT have an Idempotency-Key, and are repeated with
    it while the server is busy or does not reply. Raises `ApiProblemError` or `ApiUnreachableError`.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(base_url=url.rstrip("/"), timeout=timeout, transport=transport)
        self._sender = RequestSender(self._http, key, sleep)
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_connections()

    def close_connections(self) -> None:
        self._http.close()

    # Organisations

    def list_organisations(
        self, *, archived: bool | None = None, sort: str | None = None
    ) -> Iterator[OrganisationRecord]:
        return self._iterate_list("/organisations", OrganisationRecord, {"archived": archived, "sort": sort})

    def create_organisation(self, name: str, *, idempotency_key: str | None = None) -> OrganisationRecord:
        return self._post("/organisations", {"name": name}, OrganisationRecord, idempotency_key)

    # Assessments

    def list_assessments(
        self,
        *,
        organisation: str | None = None,
        state: str | None = None,
        wave_of: str | None = None,
        archived: bool | None = None,
        sort: str | None = None,
    ) -> Iterator[AssessmentRecord]:
        query = {"organisation": organisation, "state": state, "wave_of": wave_of, "archived": archived, "sort": sort}
        return self._iterate_list("/assessments", AssessmentRecord, query)

    def create_assessment(
        self,
        *,
        organisation: str,
        questionnaire: str,
        title: str,
        idempotency_key: str | None = None,
        **settings: Any,  # noqa: ANN401  # JSON, as in the reference of the API
    ) -> AssessmentRecord:
        """Create a draft; `settings` are those of the API: `confidentiality`, `closes_on`, `targets`."""
        body = {"organisation": organisation, "questionnaire": questionnaire, "title": title} | settings
        return self._post("/assessments", body, AssessmentRecord, idempotency_key)

    def get_assessment(self, assessment_id: str) -> AssessmentRecord:
        return self._get(f"/assessments/{assessment_id}", AssessmentRecord)

    def change_assessment(
        self,
        assessment_id: str,
        *,
        if_match: str | None = None,
        **settings: Any,  # noqa: ANN401  # JSON, as in the reference of the API
    ) -> AssessmentRecord:
        """Change settings; with `if_match` (an ETag) only if nobody else has changed it since."""
        request = ApiRequest(method="PATCH", path=f"/assessments/{assessment_id}", json=settings, if_match=if_match)
        return msgspec.json.decode(self._sender.send(request).content, type=AssessmentRecord)

    def open_assessment(self, assessment_id: str) -> AssessmentRecord:
        return self._post(f"/assessments/{assessment_id}/open", None, AssessmentRecord)

    def close_assessment(self, assessment_id: str, *, without_results: bool = False) -> AssessmentRecord:
        """Close; `#nothing-to-show` if too few answers count for any figure, unless `without_results` is set."""
        query = {"without_results": "true"} if without_results else {}
        return self._post(f"/assessments/{assessment_id}/close", None, AssessmentRecord, query=query)

    # People and answers

    def list_invitations(
        self,
        assessment_id: str,
        *,
        email: str | None = None,
        role: str | None = None,
        function: str | None = None,
        sort: str | None = None,
    ) -> Iterator[InvitationRecord]:
        query = {"email": email, "role": role, "function": function, "sort": sort}
        return self._iterate_list(f"/assessments/{assessment_id}/invitations", InvitationRecord, query)

    def invite_people(
        self, assessment_id: str, people: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> list[InvitationRecord]:
        """Invite people: `[{"role": …, "functions": […], "email"?, "name"?, "deliver"?}]`.

        All or none, if they are 1,000 at most. More are invited in the background: this waits until all are, and raises
        `ApiProblemError` if someone can't be.
        """
        path = f"/assessments/{assessment_id}/invitations"
        request = ApiRequest(method="POST", path=path, json=list(people), idempotency_key=idempotency_key)
        response = self._sender.send(request)
        if response.status_code == httpx.codes.ACCEPTED:
            job = self._await_job(response)
            return list(self._iterate_list(f"/jobs/{job.id}/invitations", InvitationRecord, {"limit": MAX_LIMIT}))
        return msgspec.json.decode(response.content, type=ListPage[InvitationRecord]).data

    def send_invitations(self, assessment_id: str, ids: Sequence[str] | None = None) -> int:
        """Mail the links of all who were not mailed yet, or of `ids`; return the number queued."""
        body = {} if ids is None else {"ids": list(ids)}
        return int(self._post(f"/assessments/{assessment_id}/invitations/send", body, dict[str, int])["queued"])

    def send_reminders(self, assessment_id: str) -> int:
        """Remind those who have not sent; return the number as of the last hourly count."""
        return int(self._post(f"/assessments/{assessment_id}/invitations/remind", None, dict[str, int])["queued"])

    def get_progress(self, assessment_id: str) -> dict[str, Any]:
        """Return the people invited, started and sent, as of the last hourly count."""
        return self._get(f"/assessments/{assessment_id}/progress", dict[str, Any])

    def import_responses(
        self, assessment_id: str, csv: str | bytes, *, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Import responses collected elsewhere, all or none; a large file in the background, until it is done."""
        content = csv.encode() if isinstance(csv, str) else csv
        request = ApiRequest(
            method="POST",
            path=f"/assessments/{assessment_id}/responses",
            content=content,
            media_type="text/csv",
            idempotency_key=idempotency_key,
        )
        response = self._sender.send(request)
        if response.status_code == httpx.codes.ACCEPTED:
            return {"responses": self._await_job(response).done}
        return msgspec.json.decode(response.content, type=dict[str, Any])

    # Results

    def get_scores(self, assessment_id: str) -> dict[str, Any]:
        """Return the result; `#not-closed` before the close."""
        return self._get(f"/assessments/{assessment_id}/scores", dict[str, Any])

    def download_report(
        self,
        assessment_id: str,
        kind: Literal["pdf", "pptx", "docx", "xlsx"] = "pdf",
        *,
        audience: str | None = None,
        language: str | None = None,
    ) -> bytes:
        query = {"audience": audience, "language": language}
        return self._download(f"/assessments/{assessment_id}/report.{kind}", REPORT_TYPES[kind], query)

    def export_responses(self, assessment_id: str, kind: Literal["csv", "xlsx", "sav"] = "csv") -> bytes:
        """Return the raw answers of a closed attributable assessment."""
        return self._download(f"/assessments/{assessment_id}/responses.{kind}", EXPORT_TYPES[kind])

    # Keys and users

    def list_keys(
        self, *, state: str | None = None, scope: str | None = None, sort: str | None = None
    ) -> Iterator[KeyRecord]:
        return self._iterate_list("/keys", KeyRecord, {"state": state, "scope": scope, "sort": sort})

    def list_users(
        self,
        *,
        email: str | None = None,
        role: str | None = None,
        state: str | None = None,
        sort: str | None = None,
    ) -> Iterator[UserRecord]:
        query = {"email": email, "role": role, "state": state, "sort": sort}
        return self._iterate_list("/users", UserRecord, query)

    # Webhooks

    def list_webhooks(
        self, *, event: str | None = None, enabled: bool | None = None, sort: str | None = None
    ) -> Iterator[WebhookRecord]:
        return self._iterate_list("/webhooks", WebhookRecord, {"event": event, "enabled": enabled, "sort": sort})

    def create_webhook(
        self, url: str, events: Sequence[str], *, idempotency_key: str | None = None
    ) -> WebhookSecretRecord:
        """Add a webhook; its signing secret is returned only now."""
        return self._post("/webhooks", {"url": url, "events": list(events)}, WebhookSecretRecord, idempotency_key)

    def rotate_webhook_secret(self, webhook_id: str, *, overlap_hours: int = 24) -> WebhookSecretRecord:
        body = {"overlap_hours": overlap_hours}
        return self._post(f"/webhooks/{webhook_id}/rotate", body, WebhookSecretRecord)

    def delete_webhook(self, webhook_id: str) -> None:
        self._sender.send(ApiRequest(method="DELETE", path=f"/webhooks/{webhook_id}"))

    def list_deliveries(self, webhook_id: str) -> Iterator[DeliveryRecord]:
        return self._iterate_list(f"/webhooks/{webhook_id}/deliveries", DeliveryRecord)

    def replay_delivery(self, webhook_id: str, delivery_id: str) -> DeliveryRecord:
        return self._post(f"/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", None, DeliveryRecord)

    def _await_job(self, response: httpx.Response) -> JobRecord:
        """Wait for a job of the server, however long it takes. Raises `ApiProblemError` if it fails."""
        job = msgspec.json.decode(response.content, type=JobRecord)
        while job.state not in FINAL_STATES:
            self._sleep(JOB_PAUSE_SECONDS)
            job = self._get(f"/jobs/{job.id}", JobRecord)
        if job.state == "failed":
            problem = job.problem or ProblemDocument(title="The job failed")
            raise ApiProblemError(problem.status, problem)
        return job

    def _get(self, path: str, kind: type[T]) -> T:
        return msgspec.json.decode(self._sender.send(ApiRequest(method="GET", path=path)).content, type=kind)

    def _post(
        self,
        path: str,
        body: object,
        kind: type[T],
        idempotency_key: str | None = None,
        query: Mapping[str, str] | None = None,
    ) -> T:
        request = ApiRequest(method="POST", path=path, json=body, query=query or {}, idempotency_key=idempotency_key)
        return msgspec.json.decode(self._sender.send(request).content, type=kind)

    def _download(self, path: str, accept: str, query: Mapping[str, str | None] | None = None) -> bytes:
        return self._sender.send(ApiRequest(method="GET", path=path, accept=accept, query=query or {})).content

    def _iterate_list(
        self, path: str, kind: type[T], query: Mapping[str, str | bool | None] | None = None
    ) -> Iterator[T]:
        """Yield all entries of a list, page by page."""
        cursor: str | None = None
        while True:
            request = ApiRequest(method="GET", path=path, query={**(query or {}), "cursor": cursor})
            page = msgspec.json.decode(self._sender.send(request).content, type=ListPage[kind])  # type: ignore[valid-type]
            yield from page.data
            cursor = page.next_cursor
            if cursor is None:
                return
