"""A small OpenID Connect provider on loopback, in a process of its own, that is strict with its clients.

It checks client secret, redirect URI, PKCE and that a code is used once. `PUT /user` sets whose sign-in it approves,
with claims that replace its own, and how it misbehaves.
"""

import base64
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "assessment", "a secret of this client, only for tests"
KEY, STRANGE_KEY = (RSAKey.generate_key(2048, {"kid": name, "use": "sig"}) for name in ("own", "strange"))


class Provider(BaseHTTPRequestHandler):
    user: ClassVar[dict[str, Any]] = {"claims": {}}
    codes: ClassVar[dict[str, dict[str, str]]] = {}

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/.well-known/openid-configuration":
            self.reply(self.describe())
        elif address.path == "/keys":
            self.reply({"keys": [KEY.as_dict(private=False)]})
        elif address.path == "/authorize":
            self.authorize(query)
        elif address.path == "/profile":
            self.reply(self.user["profile"])
        else:
            self.reply({}, 404)

    def do_PUT(self) -> None:
        Provider.user = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.reply({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        fits = (
            asked is not None
            and self.headers["authorization"] == f"Basic {basic}"
            and form["grant_type"] == "authorization_code"
            and form["redirect_uri"] == asked["redirect_uri"]
            and create_s256_code_challenge(form.get("code_verifier", "")) == asked["code_challenge"]
        )
        if not fits or asked is None:
            self.reply({"error": "invalid_grant"}, 400)
            return
        self.reply({"access_token": "an access token", "token_type": "Bearer", "id_token": self.sign(asked["nonce"])})

    def describe(self) -> dict[str, str]:
        own = f"http://{self.headers['host']}"
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        if "profile" in self.user:
            paths["userinfo_endpoint"] = "profile"
        return {"issuer": own} | {name: f"{own}/{path}" for name, path in paths.items()}

    def authorize(self, query: dict[str, str]) -> None:
        asks = (query.get("client_id"), query.get("response_type"), query.get("code_challenge_method"))
        needed = ("state", "nonce", "code_challenge", "redirect_uri")
        if asks != (CLIENT_ID, "code", "S256") or not all(query.get(name) for name in needed):
            self.reply({"error": "invalid_request"}, 400)
            return
        code = secrets.token_urlsafe()
        self.codes[code] = query
        answer = {"error": "access_denied"} if self.user.get("denies") else {"code": code}
        self.send_response(302)
        self.send_header("location", f"{query['redirect_uri']}?{urlencode(answer | {'state': query['state']})}")
        self.end_headers()

    def sign(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": f"http://{self.headers['host']}", "sub": "1", "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": nonce,
        } | self.user["claims"]  # fmt: skip
        signed = self.user.get("signed", "own")
        if signed == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
        if signed == "symmetric":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))
        key = KEY if signed == "own" else STRANGE_KEY
        return jwt.encode({"alg": "RS256", "kid": "own"}, claims, key)

    def reply(self, content: object, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def run_provider() -> Iterator[str]:
    """Start the provider on a free port; return its address."""
    process = subprocess.Popen([sys.executable, str(Path(__file__))], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def set_user(issuer: str, **user: object) -> None:
    """Choose whose sign-in is approved, and how the provider misbehaves."""
    content = json.dumps({"claims": {}} | user).encode()
    with urlopen(Request(f"{issuer}/user", content, method="PUT")):  # our own, on loopback
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
