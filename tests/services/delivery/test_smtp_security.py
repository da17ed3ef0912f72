"""STARTTLS: used when offered, required off loopback; certificates are checked."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assessment.services.delivery import smtp_client
from assessment.services.delivery.mail_check import check_mail_server
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.delivery.smtp_client import MailServerError, SmtpConnection
from tests.smtp_server import run_smtp_server

SENDER = "assessment@example.org"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of our own for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def encrypted(server_context):
    """A server that offers STARTTLS and takes no mail without it."""
    with run_smtp_server(tls_context=server_context, require_starttls=True) as mailbox:
        yield mailbox


def make_mail(url):
    return MailSettings(url, SENDER, "https://survey.example.org", "s" * 40, 600)


async def test_starttls_is_used_when_offered(encrypted, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async with SmtpConnection(encrypted.url) as connection:
        result = await connection.send_message(SENDER, "kim@example.org", b"Subject: x\r\n\r\nx\r\n")

    assert result.outcome == "sent"
    assert encrypted.addresses == ["kim@example.org"]


async def test_untrusted_certificate_is_refused(encrypted):
    check = await check_mail_server(make_mail(encrypted.url), 10)

    assert check.problem == "certificate"
    with pytest.raises(MailServerError):
        async with SmtpConnection(encrypted.url):
            pass


async def test_plain_server_off_loopback_is_refused(mailbox, monkeypatch):
    monkeypatch.setattr(smtp_client, "is_loopback", lambda _: False)

    check = await check_mail_server(make_mail(mailbox.url), 10)

    assert check.problem == "unencrypted"
    assert mailbox.received == []


async def test_plain_server_on_loopback_is_accepted(mailbox):
    assert (await check_mail_server(make_mail(mailbox.url), 10)).problem is None


async def test_smtps_to_a_plain_server_is_refused(mailbox):
    check = await check_mail_server(make_mail(mailbox.url.replace("smtp:", "smtps:")), 10)

    assert check.problem == "unreachable"


def test_password_with_special_characters_is_decoded():
    connection = SmtpConnection("smtp://na%40me:p%3A%2F%40ss@mail.example.org")

    assert (connection._client._login_username, connection._client._login_password) == ("na@me", "p:/@ss")
