"""The bytes of a mail: one recipient whatever is in the data, one link, and nothing that brings replies."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.utils import getaddresses

import pytest

from assessment.services.delivery import mail_states, mailings, queued_mailings
from assessment.services.delivery.mail_messages import MailEnvelope, build_message, is_mailable_address
from assessment.services.delivery.mail_rendering import RenderedMail
from tests.services.delivery.conftest import PUBLIC_URL

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CONTENT = RenderedMail("Subject", "Text", "<p>Text</p>")
VICTIM = "victim@elsewhere.example"
BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "%0d%0a")
INJECTED_HEADERS = [
    f"Kim{end}{header}"
    for end in BREAKS
    for header in (f"Bcc: {VICTIM}", f"To: {VICTIM}", f"Cc: {VICTIM}", f"\r\n\r\nTo: {VICTIM}")
]
BROKEN_ADDRESSES = [
    f"kim@example.org{end}{rest}" for end in BREAKS for rest in (f"Bcc: {VICTIM}", f"RCPT TO:<{VICTIM}>")
] + [
    f"kim@example.org, {VICTIM}",
    f"kim@example.org,{VICTIM}",
    f"kim@example.org;{VICTIM}",
    f"kim@example.org {VICTIM}",
    f"<kim@example.org>,<{VICTIM}>",
    f"kim@example.org> <{VICTIM}",
    f'"kim, {VICTIM}"@example.org',
    f'"kim\\" <{VICTIM}>, \\""@example.org',
    f"kim,{VICTIM.partition('@')[0]}@example.org",
    f"kim(comment, {VICTIM})@example.org",
    f"group:{VICTIM};kim@example.org",
    f"{VICTIM}%example.org@relay.example,",
    f"@relay.example,@other.example:{VICTIM}",
    "kim@example.org@elsewhere.example",
    "=?utf-8?q?kim=2C?=@example.org,",
    "kim@[127.0.0.1]",
    "kïm@example.org",
    "kim@exämple.org",
    "kim\x00@example.org",
    "kim@example.org\x00",
    "",
]


def build(**changes):
    envelope = {
        "message_id": "abc",
        "sender": "assessment@survey.example.org",
        "sender_name": "Anna Berg",
        "recipient": "kim@example.org",
        "unsubscribe": f"{PUBLIC_URL}/s/{'x' * 43}/unsubscribe",
    }
    content = changes.pop("content", CONTENT)
    return build_message(MailEnvelope(**(envelope | changes)), content, NOW)


def read_headers(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def find_recipients(content):
    message = read_headers(content)
    listed = [str(value) for name in ("To", "Cc", "Bcc", "Resent-To") for value in message.get_all(name, [])]
    return [address for _, address in getaddresses(listed)]


def test_there_are_at_least_eighty_attacks():
    assert 2 * len(INJECTED_HEADERS) + len(BROKEN_ADDRESSES) >= 80


@pytest.mark.parametrize("text", INJECTED_HEADERS)
def test_header_text_adds_no_recipient(text):
    for content in (build(sender_name=text), build(content=RenderedMail(text, "Text", "<p>Text</p>"))):
        head = content.partition(b"\r\n\r\n")[0]

        assert find_recipients(content) == ["kim@example.org"]
        assert re.findall(rb"(?im)^(?:bcc|cc)\s*:", content) == []
        assert len(re.findall(rb"(?im)^to\s*:", content)) == 1
        assert b"Content-Type" in head


@pytest.mark.parametrize("address", BROKEN_ADDRESSES)
def test_address_that_is_not_one_recipient_is_refused(address):
    assert not is_mailable_address(address)
    with pytest.raises(ValueError, match="one recipient"):
        build(recipient=address)


@pytest.mark.parametrize("name", ["Ann, Ben", "<evil@elsewhere.example>", 'A "B" C', "a@b.example", "Ünï ☃", "x" * 900])
def test_sender_name_is_quoted_and_the_address_stays(name):
    message = read_headers(build(sender_name=name))

    assert [each.addr_spec for each in message["From"].addresses] == ["assessment@survey.example.org"]


def test_unsubscribe_header_is_one_unbroken_line():
    content = build()

    line = next(line for line in content.split(b"\r\n") if line.startswith(b"List-Unsubscribe:"))
    assert line == f"List-Unsubscribe: <{PUBLIC_URL}/s/{'x' * 43}/unsubscribe>".encode()


def test_mail_asks_for_no_automatic_reply_and_has_no_reply_to():
    message = read_headers(build())

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] is None


@pytest.mark.parametrize(
    ("confidentiality", "has_reply_to"), [("confidential", False), ("anonymous", False), ("attributable", True)]
)
async def test_replies_go_to_the_consultant_in_attributable_mode_only(
    delivery, worker, mailbox, clock, confidentiality, has_reply_to
):
    delivery.open("kim@example.org", confidentiality=confidentiality)
    delivery.do(mailings.queue_invitations, clock.now, reply_to="ada@harbour.example")

    await worker.work_once()

    message = mailbox.received[0].message
    assert (message["Reply-To"] == "ada@harbour.example") is has_reply_to
    assert mailbox.received[0].sender == "assessment@survey.example.org"


@pytest.mark.parametrize(("asker", "contact"), [("Anna Berg", "Anna Berg"), ("", "Acme")])
async def test_mail_names_whom_to_ask_the_organisation_without_a_sender_name(
    delivery, worker, mailbox, clock, asker, contact
):
    delivery.open("kim@example.org", asker=asker)
    delivery.do(mailings.queue_invitations, clock.now)

    await worker.work_once()

    assert f"\nQuestions? Please ask {contact}.\n" in mailbox.received[0].text


async def test_mail_has_one_link_to_the_public_url_and_the_privacy_sentence(delivery, worker, mailbox, clock):
    delivery.open("kim@example.org", title="See https://evil.example", asker="www.evil.example")
    delivery.do(mailings.queue_invitations, clock.now)

    await worker.work_once()

    mail = mailbox.received[0]
    urls = re.findall(r"[a-z]+://\S+|www\.\S+", mail.text)
    assert len(urls) == 1
    assert urls[0].startswith(f"{PUBLIC_URL}/s/")
    assert set(re.findall(r'href="([^"]+)"', mail.html)) == {urls[0]}
    assert "groups of six or more" in mail.text
    assert "groups of six or more" in mail.html
    assert "src=" not in mail.html


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("kind", ["invitation", "reminder", "closing-soon", "results"])
def test_default_template_is_valid_in_every_language(delivery, language, kind):
    from assessment.domain.mail_template import find_template_problems  # noqa: PLC0415
    from assessment.services.delivery import mail_texts  # noqa: PLC0415

    delivery.open("kim@example.org", language=language)
    rendered = delivery.do(mailings.preview_mail, kind)

    assert find_template_problems(mail_texts.make_default_template(kind, language)) == ()
    assert f"{PUBLIC_URL}/s/this-is-only-an-example" in rendered.text
    assert "{" not in rendered.text
    assert "{" not in rendered.html.replace("{", "", 0)


async def test_test_mail_has_a_dummy_link_and_changes_nothing(delivery, worker, mailbox, clock):
    delivery.open("kim@example.org")

    delivery.do(mailings.queue_test_mail, "reminder", "ada@harbour.example", clock.now)
    await worker.work_once()

    assert mailbox.addresses == ["ada@harbour.example"]
    assert f"{PUBLIC_URL}/s/this-is-only-an-example\n" in mailbox.received[0].text
    assert delivery.do(queued_mailings.list_mailings, clock.now) == ()
    assert {each.state for each in delivery.do(mail_states.load_mail_states).values()} == {"draft"}


async def test_own_text_is_mailed(delivery, worker, mailbox, clock):
    from assessment.domain.mail_template import MailText  # noqa: PLC0415
    from assessment.services.delivery import mail_texts  # noqa: PLC0415

    delivery.open("kim@example.org")
    own = MailText("Hi {name}", "Hi <b>{name}</b> & co\n\n{link}\n\nBye")
    delivery.do(mail_texts.save_template, "invitation", "en", own, clock.now)

    delivery.do(mailings.queue_invitations, clock.now)
    await worker.work_once()

    mail = mailbox.received[0]
    assert mail.message["Subject"] == "Hi Kim Berg"
    assert mail.text.startswith("Hi <b>Kim Berg</b> & co\n\nhttps://")
    assert "&lt;b&gt;Kim Berg&lt;/b&gt; &amp; co" in mail.html
