"""Deliver one event over HTTP: timeouts, no redirects, no proxy, at most a few kilobytes of the reply are read."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import anyio
import httpcore
import httpx

from assessment import __version__
from assessment.domain.closed_sets import DeliveryProblem
from assessment.services.webhooks.delivery_result import DeliveryResult, WebhookRequest
from assessment.services.webhooks.public_addresses import IpNetwork
from assessment.services.webhooks.public_backend import AddressRefusedError, PublicBackend

CONNECT_SECONDS = 5.0
REQUEST_SECONDS = 15.0  # in all, however slowly bytes arrive
MAX_REPLY_BYTES = 16 * 1024
MAX_RETRY_AFTER = timedelta(days=1)
TRY_LATER = (429, 502, 503, 504)
USER_AGENT = f"assessment-webhooks/{__version__}"


class WebhookSender:
    """Sends requests, each over a connection of its own; `networks` may be reached although they are not public."""

    def __init__(
        self,
        networks: tuple[IpNetwork, ...] = (),
        *,
        ssl_context: ssl.SSLContext | None = None,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._networks, self._request_seconds = networks, request_seconds
        self._ssl_context = ssl_context or httpx.create_ssl_context(trust_env=False)

    async def send_request(self, request: WebhookRequest, now: datetime) -> DeliveryResult:
        """Send a request and return its outcome; no error of the receiver or the network is raised."""
        try:
            with anyio.fail_after(self._request_seconds):
                return await self._post(request, now)
        except AddressRefusedError:
            return DeliveryResult(problem=DeliveryProblem.ADDRESS)
        except (TimeoutError, httpcore.TimeoutException):
            return DeliveryResult(problem=DeliveryProblem.TIMEOUT)
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError, ValueError) as error:
            is_certificate = _has_certificate_error(error)
            return DeliveryResult(problem=DeliveryProblem.CERTIFICATE if is_certificate else DeliveryProblem.CONNECTION)

    async def _post(self, request: WebhookRequest, now: datetime) -> DeliveryResult:
        url = httpx.URL(request.url)
        backend = PublicBackend(self._networks, only_allowed=url.scheme == "http")
        headers = {
            "host": url.netloc.decode(),
            "user-agent": USER_AGENT,
            "content-type": "application/json",
            "content-length": str(len(request.body)),
            "connection": "close",
        } | request.headers
        timeouts = {
            "connect": CONNECT_SECONDS,
            "read": self._request_seconds,
            "write": self._request_seconds,
            "pool": self._request_seconds,
        }
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        # httpcore below httpx: it follows no redirect, reads no proxy setting, and decompresses nothing.
        async with (
            httpcore.AsyncConnectionPool(ssl_context=self._ssl_context, network_backend=backend) as pool,
            pool.stream(
                "POST", target, headers=list(headers.items()), content=request.body, extensions={"timeout": timeouts}
            ) as response,
        ):
            await _read_start(response)
            return _make_result(response, now)


async def _read_start(response: httpcore.Response) -> None:
    """Read a short reply to its end, so that the receiver sees an orderly close; a long one is cut off."""
    size = 0
    try:
        async for chunk in response.aiter_stream():
            size += len(chunk)
            if size > MAX_REPLY_BYTES:
                return
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        return  # the status has arrived, and that is all that counts


def _make_result(response: httpcore.Response, now: datetime) -> DeliveryResult:
    status = response.status
    if httpx.codes.is_success(status):
        return DeliveryResult(status)
    problem = DeliveryProblem.REDIRECT if httpx.codes.is_redirect(status) else DeliveryProblem.STATUS
    return DeliveryResult(status, problem, _find_retry_after(response, now) if status in TRY_LATER else None)


def _find_retry_after(response: httpcore.Response, now: datetime) -> timedelta | None:
    """Parse Retry-After, in seconds or as a date; at most a day."""
    value = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"").decode("latin-1")
    if value.isascii() and value.isdecimal() and len(value) < len("10000000"):
        return min(timedelta(seconds=int(value)), MAX_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(value)
        span = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None
    return min(max(span, timedelta(0)), MAX_RETRY_AFTER)


def _has_certificate_error(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
