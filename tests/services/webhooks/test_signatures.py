"""Signatures as Standard Webhooks defines them."""

from datetime import UTC, datetime, timedelta, timezone

from assessment.services.webhooks.signatures import build_headers, generate_secret

# The example of the specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT_ID, SECONDS, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
MOMENT = datetime.fromtimestamp(SECONDS, UTC)


def test_signature_equals_example_of_the_specification():
    headers = build_headers([SECRET], EVENT_ID, MOMENT, BODY)

    assert headers == {"webhook-id": EVENT_ID, "webhook-timestamp": str(SECONDS), "webhook-signature": SIGNATURE}


def test_signature_of_another_time_zone_is_the_same():
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5)))

    assert build_headers([SECRET], EVENT_ID, elsewhere, BODY)["webhook-signature"] == SIGNATURE


def test_second_secret_adds_a_signature():
    other = generate_secret(lambda number: b"x" * number)

    signatures = build_headers([other, SECRET], EVENT_ID, MOMENT, BODY)["webhook-signature"].split()

    assert len(signatures) == 2
    assert signatures[1] == SIGNATURE
