"""Verification of webhooks: the example of the specification, and every way to forge one."""

from datetime import UTC, datetime

import pytest

from assessment.client import WebhookVerificationError, verify_webhook
from assessment.services.webhooks.signatures import build_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SECONDS = 1772443815
BODY = b'{"type":"report.ready","timestamp":"2026-03-02T09:30:15Z","data":{"assessment":"a","release":1}}'
HEADERS = build_headers([SECRET], "msg_1", datetime.fromtimestamp(SECONDS, UTC), BODY)


def verify(secrets=SECRET, headers=HEADERS, body=BODY, **options):
    return verify_webhook(secrets, headers, body, **{"now": SECONDS} | options)


def test_message_of_the_server_is_verified():
    message = verify()

    assert (message.id, message.type, message.data) == ("msg_1", "report.ready", {"assessment": "a", "release": 1})
    assert message.timestamp == datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)


def test_either_secret_verifies_while_one_is_replaced():
    both = build_headers([OTHER, SECRET], "msg_1", datetime.fromtimestamp(SECONDS, UTC), BODY)

    assert verify(headers=both) == verify(OTHER, headers=both) == verify([OTHER, SECRET])


def test_names_of_headers_ignore_case():
    assert verify(headers={name.title(): value for name, value in HEADERS.items()}) == verify()


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"body": BODY.replace(b'"a"', b'"b"')},
        {"secrets": OTHER},
        {"secrets": []},
        {"headers": HEADERS | {"webhook-id": "msg_2"}},
        {"headers": HEADERS | {"webhook-id": ""}},
        {"headers": HEADERS | {"webhook-timestamp": str(SECONDS + 1)}},
        {"headers": HEADERS | {"webhook-timestamp": "soon"}},
        {"headers": HEADERS | {"webhook-timestamp": f"{SECONDS}.0"}},
        {"headers": HEADERS | {"webhook-signature": ""}},
        {"headers": HEADERS | {"webhook-signature": HEADERS["webhook-signature"].replace("v1,", "v1a,")}},
        {"headers": HEADERS | {"webhook-signature": HEADERS["webhook-signature"][:-2]}},
        {"headers": {}},
        {"now": SECONDS + 301},
        {"now": SECONDS - 301},
    ],
    ids=str,
)
def test_forged_or_late_message_is_refused(change):
    with pytest.raises(WebhookVerificationError):
        verify(**change)


def test_signed_body_that_is_no_event_is_refused():
    body = b'{"test": 2432232314}'
    headers = build_headers([SECRET], "msg_1", datetime.fromtimestamp(SECONDS, UTC), body)

    with pytest.raises(WebhookVerificationError):
        verify(headers=headers, body=body)
