"""Sign-in by OpenID Connect: authorization code flow with state, nonce and PKCE (S256).

The provider only says which address someone has verified; who may sign in is decided here: users who exist already.
What must survive the visit to the provider travels encrypted in a cookie of that browser, so nothing is stored.
"""

import hmac
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.fernet import InvalidToken
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.text_normalisation import normalize_address
from assessment.errors import AppError
from assessment.services.auth import tokens
from assessment.services.auth.encryption import make_cipher
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.auth.user_sessions import AuthenticatedUser
from assessment.services.survey.answer_validation import is_storable
from assessment.setting_values import is_loopback
from assessment.settings import OidcSettings
from assessment.storage.auth import users

DISCOVERY_PATH = "/.well-known/openid-configuration"
CALLBACK_PATH = "/console/sign-in/oidc/return"
SCOPE = "openid email"
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512"]  # asymmetric ones only
TIMEOUT_SECONDS = 10
LEEWAY_SECONDS = 60  # that the clocks may differ by
VALIDITY = timedelta(minutes=10)  # of a visit to the provider
METADATA_LIFETIME = timedelta(hours=1)
MAX_ANSWER_BYTES = 1024 * 1024
KEY_PURPOSE = b"oidc"


class OidcFailure(StrEnum):
    """Why a sign-in at the provider did not succeed."""

    DENIED = "denied"
    UNREACHABLE = "unreachable"
    INVALID = "invalid"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"


class OidcError(AppError):
    """The sign-in at the provider did not succeed.

    `cause` says more, for the log and `doctor`; it never contains a token.
    """

    status = 401
    slug = "oidc"
    title = "You could not be signed in"

    def __init__(self, reason: OidcFailure, cause: str = "", email: str = "") -> None:
        super().__init__()
        self.reason = reason
        self.cause = cause
        self.email = email


class ProviderMetadata(Struct, frozen=True):
    """Discovery document of a provider, as far as it is needed."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


class LoginState(Struct, frozen=True):
    """State that the browser stores, encrypted, while its user is at the provider."""

    state: str
    nonce: str
    code_verifier: str
    then: str
    expires_at: datetime


class OidcProvider:
    """Client of the configured provider; caches its metadata and keys for an hour."""

    def __init__(self, settings: OidcSettings, public_url: str, secret: str) -> None:
        self._settings = settings
        self._redirect_uri = f"{public_url}{CALLBACK_PATH}"
        self._cipher = make_cipher(secret, KEY_PURPOSE)
        self._lock = threading.Lock()
        self._metadata: ProviderMetadata | None = None
        self._keys: Any = None
        self._fetched_at: datetime | None = None

    def load_metadata(self, now: datetime) -> ProviderMetadata:
        """Return the discovery document; raises `OidcError` if the provider can't be used."""
        with self._lock:
            is_fresh = self._fetched_at is not None and now - self._fetched_at < METADATA_LIFETIME
            if self._metadata is None or not is_fresh:
                self._metadata = self._fetch_metadata()
                self._keys, self._fetched_at = None, now
            return self._metadata

    def begin_login(self, then: str, now: datetime, random: Random = RANDOM) -> tuple[str, str]:
        """Return the provider's URL to go to, and the cookie that must come back with the answer."""
        state, nonce, verifier = (tokens.generate_token(random) for _ in range(3))
        login = LoginState(state, nonce, verifier, then, now + VALIDITY)
        metadata = self.load_metadata(now)
        with self._open_client() as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=login.state,
                nonce=login.nonce,
                code_verifier=login.code_verifier,
            )
        return url, self._cipher.encrypt(msgspec.json.encode(login)).decode()

    def finish_login(self, cookie: str, parameters: Mapping[str, str], now: datetime) -> tuple[str, str]:
        """Return the verified address and the path to go to; raises `OidcError`."""
        login = self._read_cookie(cookie, parameters.get("state", ""), now)
        if "error" in parameters or "code" not in parameters:
            raise OidcError(OidcFailure.DENIED, "the provider returned no code")
        metadata = self.load_metadata(now)
        token = self._fetch_token(metadata, login, parameters["code"])
        claims = self._read_claims(metadata, login, token, now)
        if "email" not in claims and metadata.userinfo_endpoint:
            claims = claims | self._fetch_profile(metadata, token, claims)
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise OidcError(OidcFailure.UNVERIFIED, "the provider does not say that the address is verified")
        return normalize_address(email), login.then

    def _read_cookie(self, cookie: str, state: str, now: datetime) -> LoginState:
        """Decrypt the login; without the cookie, someone else may have begun it (login CSRF)."""
        try:
            login = msgspec.json.decode(self._cipher.decrypt(cookie.encode(errors="replace")), type=LoginState)
        except InvalidToken as error:
            raise OidcError(OidcFailure.INVALID, "no sign-in was begun in this browser") from error
        if now >= login.expires_at or not hmac.compare_digest(login.state.encode(), state.encode(errors="replace")):
            raise OidcError(OidcFailure.INVALID, "the answer belongs to another or an expired sign-in")
        return login

    def _fetch_metadata(self) -> ProviderMetadata:
        issuer = self._settings.issuer
        url = f"{issuer}{DISCOVERY_PATH}"
        try:
            metadata = msgspec.convert(self._fetch_json(url), ProviderMetadata, strict=False)
        except msgspec.ValidationError as error:
            raise OidcError(OidcFailure.UNREACHABLE, _describe_cause(url, error)) from error
        if metadata.issuer.rstrip("/") != issuer:
            raise OidcError(OidcFailure.UNREACHABLE, "it calls itself " + metadata.issuer)
        endpoints = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
        for url in (*endpoints, *filter(None, [metadata.userinfo_endpoint])):
            parts = urlsplit(url)
            if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
                raise OidcError(OidcFailure.UNREACHABLE, "it names an address without https: " + url)
        return metadata

    def _fetch_json(self, url: str, access_token: str = "") -> Any:  # noqa: ANN401  # JSON
        import requests  # noqa: PLC0415  # only where this kind of sign-in is configured

        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(url, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True)
                answer.raise_for_status()
                content = answer.raw.read(MAX_ANSWER_BYTES, decode_content=True)
            return msgspec.json.decode(content)
        except (requests.RequestException, msgspec.DecodeError, OSError) as error:
            raise OidcError(OidcFailure.UNREACHABLE, _describe_cause(url, error)) from error

    def _fetch_token(self, metadata: ProviderMetadata, login: LoginState, code: str) -> Mapping[str, Any]:
        import requests  # noqa: PLC0415
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415

        try:
            with self._open_client() as client:
                token: Mapping[str, Any] = client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=login.code_verifier,
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise OidcError(OidcFailure.UNREACHABLE, _describe_cause(metadata.token_endpoint, error)) from error
        return token

    def _read_claims(
        self, metadata: ProviderMetadata, login: LoginState, token: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        """Verify signature, issuer, audience, times and nonce of the ID token, and return its claims."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415

        try:
            decoded = jwt.decode(str(token.get("id_token", "")), self._load_keys(metadata), algorithms=ALGORITHMS)
            id_token = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": metadata.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                params={
                    "nonce": login.nonce,
                    "client_id": self._settings.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            id_token.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            self._keys = None  # the provider may have new ones
            raise OidcError(OidcFailure.INVALID, _describe_cause("the ID token", error)) from error
        except Exception as error:
            if not type(error).__module__.startswith("authlib."):  # its claim errors have no common public base
                raise
            raise OidcError(OidcFailure.INVALID, _describe_cause("the ID token", error)) from error
        return dict(decoded.claims)

    def _load_keys(self, metadata: ProviderMetadata) -> Any:  # noqa: ANN401  # of joserfc
        from joserfc.jwk import KeySet  # noqa: PLC0415

        if self._keys is None:
            self._keys = KeySet.import_key_set(self._fetch_json(metadata.jwks_uri))
        return self._keys

    def _fetch_profile(
        self, metadata: ProviderMetadata, token: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the claims of the userinfo endpoint, if they are about the same subject."""
        profile = self._fetch_json(metadata.userinfo_endpoint, str(token.get("access_token", "")))
        if not isinstance(profile, dict) or profile.get("sub") != claims.get("sub"):
            raise OidcError(OidcFailure.INVALID, "the profile is about somebody else")
        return profile

    def _open_client(self) -> Any:  # noqa: ANN401  # of authlib, which has no types
        from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415

        client = OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            scope=SCOPE,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )
        client.trust_env = False
        return client


def _describe_cause(subject: str, error: Exception) -> str:
    """Return what failed and the type of the error: its text may contain a token."""
    return f"{subject}: {type(error).__name__}"


def find_user(session: Session, email: str) -> AuthenticatedUser:
    """Return the user with a verified address; raises `OidcError` if there is none, or they are disabled."""
    row = users.find_user_by_email(session, email) if is_storable(email) else None
    if row is None:
        raise OidcError(OidcFailure.UNKNOWN, email=email)
    return AuthenticatedUser(row.id, row.workspace_id, has_second_factor=row.has_second_factor)
