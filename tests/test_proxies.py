"""The proxies of docs/proxy.md, as Debian packages them, in front of the real server: TLS, headers, addresses.

`make test` needs neither: what is not installed is skipped. Programs in any folder of PATH are used.
"""

import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.containers import ROOT, find_free_port, make_clean_environment, run_server

PAGE = (ROOT / "docs" / "proxy.md").read_text("utf-8")
PROGRAM = str(Path(sys.executable).parent / "assessment")
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
NGINX = """daemon off; pid nginx.pid; error_log stderr; worker_processes 1; user root;
events {{}}
http {{
    access_log off;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    {site}
}}
"""
CADDY = "{{\n admin off\n auto_https disable_redirects\n}}\n{site}"


def read_example(begin: str) -> str:
    """Return the block of the page that begins so."""
    return next(block for block in re.findall(r"^```\w*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) if begin in block)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Write a certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]), datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return tmp_path / "cert.pem"


def write_nginx(folder: Path, port: int, upstream: int) -> list[str]:
    site = read_example("listen 443").replace("listen 443", f"listen 127.0.0.1:{port}")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}").replace("survey.example.org", "127.0.0.1")
    keys = "server {\n    ssl_certificate cert.pem;\n    ssl_certificate_key key.pem;"
    (folder / "nginx.conf").write_text(NGINX.format(site=site.replace("server {", keys, 1)))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def write_caddy(folder: Path, port: int, upstream: int) -> list[str]:
    site = read_example("reverse_proxy").replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    site = site.replace("survey.example.org {", f"https://127.0.0.1:{port} {{\n    tls cert.pem key.pem")
    (folder / "Caddyfile").write_text(CADDY.format(site=site))
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES = {"nginx": write_nginx, "caddy": write_caddy}


def test_examples_pass_on_the_address_of_the_client():
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in read_example("listen 443")
    assert "reverse_proxy 127.0.0.1:8000" in read_example("reverse_proxy")
    assert "ASSESSMENT_PROXIES=1" in PAGE


@pytest.mark.slow
@pytest.mark.parametrize("name", PROXIES)
def test_proxy_of_the_page_serves_the_program_over_tls(name, tmp_path, certificate, migrated_sqlite_url):
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    port, upstream = find_free_port(), find_free_port()
    command = PROXIES[name](tmp_path, port, upstream)
    environment = make_clean_environment(
        ASSESSMENT_DATA=str(tmp_path),
        ASSESSMENT_DATABASE_URL=migrated_sqlite_url,
        ASSESSMENT_PUBLIC_URL=f"https://127.0.0.1:{port}",
        ASSESSMENT_PROXIES="1",
        ASSESSMENT_SECRET=SECRET,
        XDG_DATA_HOME=str(tmp_path),
        PYTHONPATH=str(ROOT / "src"),
    )
    serve = [PROGRAM, "serve", "--port", str(upstream)]
    with run_server(serve, f"http://127.0.0.1:{upstream}/livez", tmp_path, environment):
        proxy = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            trust = ssl.create_default_context(cafile=str(certificate))
            answer = fetch_when_ready(f"https://127.0.0.1:{port}/console/sign-in", trust, proxy)
        finally:
            proxy.terminate()
            proxy.communicate(timeout=60)

    assert answer.status == 200
    assert answer.headers["strict-transport-security"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def fetch_when_ready(url: str, trust: ssl.SSLContext, proxy: "subprocess.Popen[str]"):
    """Fetch a page, again until the proxy listens; fails with the output of the proxy if it exits."""
    while True:
        try:
            return urllib.request.urlopen(url, timeout=30, context=trust)
        except OSError:
            if proxy.poll() is not None:
                raise AssertionError(proxy.communicate()[1]) from None
            time.sleep(0.1)
