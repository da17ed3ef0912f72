"""Subscriptions of webhooks: add, change the secret, delete."""

from collections.abc import Collection
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import WebhookEvent
from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem, with_values
from assessment.services.auth import tokens
from assessment.services.auth.encryption import DecryptionError, decrypt_value, make_cipher
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.survey.answer_validation import is_storable
from assessment.services.webhooks.public_addresses import IpNetwork, is_in_networks, is_public_address
from assessment.services.webhooks.signatures import generate_secret
from assessment.storage.cursor_pagination import PageRequest, RowPage
from assessment.storage.delivery import webhook_deliveries, webhooks
from assessment.storage.delivery.webhooks import NO_FILTER, Webhook, WebhookFilter

KEY_PURPOSE = b"webhook"
MAX_URL_LENGTH = 1000
MAX_WEBHOOKS = 20
MAX_OVERLAP = timedelta(days=7)
WEBHOOK_ADDED, WEBHOOK_DELETED, WEBHOOK_ROTATED = "webhook.added", "webhook.deleted", "webhook.rotated"
WEBHOOK_ENDED, WEBHOOK_CHANGED = "webhook.ended", "webhook.changed"


class UnreadableSecretError(Exception):
    """A signing secret was encrypted with another secret of the server."""


class WebhookEndedError(ConflictError):
    slug = "webhook-ended"
    title = "The receiver replied that it is gone"


class TooManyWebhooksError(ConflictError):
    slug = "too-many-webhooks"
    title = "There is no room for another webhook"


class WebhookPatch(Struct, frozen=True):
    """Changes of a webhook; UNSET fields stay as they are."""

    url: str | UnsetType = UNSET
    events: tuple[str, ...] | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class NewWebhook(Struct, frozen=True):
    """A webhook with its signing secret, which is shown once."""

    webhook: Webhook
    secret: str


def add_webhook(  # noqa: PLR0913  # all properties of a webhook
    session: Session,
    workspace_id: str,
    url: str,
    events: Collection[str],
    now: datetime,
    *,
    secret: str,
    networks: Collection[IpNetwork] = (),
    random: Random = RANDOM,
) -> NewWebhook:
    """Add a webhook; `secret` is the server's secret, `networks` may be reached although they are not public.

    `InvalidError` lists all problems.
    """
    problems = [*_find_url_problems(url, networks), *_find_event_problems(events)]
    if problems:
        raise InvalidError("This webhook can’t be added.", problems)
    if webhooks.count_webhooks(session, workspace_id) >= MAX_WEBHOOKS:
        raise TooManyWebhooksError(with_values("A workspace has at most {most} webhooks.", most=MAX_WEBHOOKS))
    own = generate_secret(random)
    webhook = Webhook(
        id=tokens.generate_id(random),
        workspace_id=workspace_id,
        url=url,
        events=tuple(event for event in WebhookEvent if event in events),
        secret=encrypt_secret(secret, own),
        previous_secret=None,
        previous_secret_until=None,
        created_at=now,
        ended_at=None,
    )
    webhooks.add_webhook(session, webhook)
    audit_trail.record_event(session, workspace_id, now, WEBHOOK_ADDED, webhook.id, url=_get_site(url))
    return NewWebhook(webhook, own)


def list_webhooks(
    session: Session, workspace_id: str, page: PageRequest, matching: WebhookFilter = NO_FILTER
) -> RowPage[Webhook]:
    return webhooks.list_webhooks(session, workspace_id, page, matching)


def get_webhook(session: Session, workspace_id: str, webhook_id: str) -> Webhook:
    """Return a webhook; `NotFoundError` for one of another workspace."""
    if not is_storable(webhook_id):
        raise NotFoundError
    return webhooks.find_webhook(session, workspace_id, webhook_id)


def change_webhook(
    session: Session,
    workspace_id: str,
    webhook_id: str,
    changes: WebhookPatch,
    now: datetime,
    *,
    networks: Collection[IpNetwork] = (),
) -> Webhook:
    """Change a webhook. Disabling cancels its queued deliveries, which can be replayed later.

    `InvalidError` lists all problems; `WebhookEndedError` if the receiver replied 410.
    """
    get_webhook(session, workspace_id, webhook_id)
    before = webhooks.find_webhook(session, workspace_id, webhook_id, lock=True)
    if before.ended_at is not None:
        raise WebhookEndedError("The receiver replied that it is gone. Add the webhook again.")
    problems = [] if changes.url is UNSET else [*_find_url_problems(changes.url, networks)]
    problems += [] if changes.events is UNSET else _find_event_problems(changes.events)
    if problems:
        raise InvalidError("This webhook can’t be changed like this.", problems)
    values: dict[str, object] = {}
    if changes.url is not UNSET:
        values["url"] = changes.url
    if changes.events is not UNSET:
        values["events"] = " ".join(event for event in WebhookEvent if event in changes.events)
    if changes.is_enabled is not UNSET:
        values["is_enabled"] = changes.is_enabled
        if not changes.is_enabled:
            webhook_deliveries.cancel_deliveries(session, workspace_id, webhook_id, now)
    if values:
        webhooks.update_webhook(session, workspace_id, webhook_id, **values)
    changed = webhooks.find_webhook(session, workspace_id, webhook_id)
    audit_trail.record_event(session, workspace_id, now, WEBHOOK_CHANGED, webhook_id, url=_get_site(changed.url))
    return changed


def delete_webhook(session: Session, workspace_id: str, webhook_id: str, now: datetime) -> None:
    """Delete a webhook with its log; a delivery under way is completed."""
    webhook = get_webhook(session, workspace_id, webhook_id)
    webhooks.delete_webhook(session, workspace_id, webhook_id)
    audit_trail.record_event(session, workspace_id, now, WEBHOOK_DELETED, webhook_id, url=_get_site(webhook.url))


def rotate_secret(
    session: Session,
    workspace_id: str,
    webhook_id: str,
    now: datetime,
    *,
    secret: str,
    overlap: timedelta,
    random: Random = RANDOM,
) -> NewWebhook:
    """Replace the signing secret; the present one signs too for `overlap`, at most `MAX_OVERLAP`."""
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        message = with_values("The overlap is 0 to {most} hours.", most=MAX_OVERLAP // timedelta(hours=1))
        raise InvalidError(
            "The secret can’t be replaced like this.", [Problem(message, pointer="/overlap_hours", code="out-of-range")]
        )
    get_webhook(session, workspace_id, webhook_id)
    before = webhooks.find_webhook(session, workspace_id, webhook_id, lock=True)
    own = generate_secret(random)
    webhooks.update_webhook(
        session,
        workspace_id,
        webhook_id,
        secret=encrypt_secret(secret, own),
        previous_secret=before.secret if overlap else None,
        previous_secret_until=now + overlap if overlap else None,
    )
    audit_trail.record_event(session, workspace_id, now, WEBHOOK_ROTATED, webhook_id, url=_get_site(before.url))
    return NewWebhook(webhooks.find_webhook(session, workspace_id, webhook_id), own)


def list_secrets(webhook: Webhook, now: datetime, *, secret: str) -> tuple[str, ...]:
    """Return the secrets that sign now, the newest first; raises `UnreadableSecretError`."""
    current = [webhook.secret]
    if webhook.previous_secret and webhook.previous_secret_until and now < webhook.previous_secret_until:
        current.append(webhook.previous_secret)
    try:
        cipher = make_cipher(secret, KEY_PURPOSE)
        return tuple(decrypt_value(cipher, encrypted).decode() for encrypted in current)
    except DecryptionError as error:
        raise UnreadableSecretError from error


def encrypt_secret(secret: str, own: str) -> bytes:
    """Encrypt a signing secret with a key derived from the server's secret."""
    return make_cipher(secret, KEY_PURPOSE).encrypt(own.encode())


def _get_site(url: str) -> str:
    """Return scheme and host: the path may contain a secret of the receiver."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _find_event_problems(events: Collection[str]) -> list[Problem]:
    known = tuple(WebhookEvent)
    if events and set(events) <= set(known):
        return []
    return [Problem(with_values("Give one or more of {known}.", known=known), pointer="/events", code="unknown-value")]


def _find_url_problems(url: str, networks: Collection[IpNetwork]) -> list[Problem]:
    if len(url) > MAX_URL_LENGTH or not url.isprintable() or not url.isascii() or " " in url:
        message = with_values("Give an address of at most {most} characters, in ASCII.", most=MAX_URL_LENGTH)
        return [Problem(message, pointer="/url", code="wrong-format")]
    parts = _split_url(url)
    if parts is None:
        return [
            Problem(
                "This is not an address. Write it like https://example.org/hook.", pointer="/url", code="invalid-value"
            )
        ]
    if parts.scheme != "https" and not (networks and parts.scheme == "http"):
        return [Problem("The address must start with https://.", pointer="/url", code="invalid-value")]
    if "@" in parts.netloc or "#" in url:
        return [
            Problem("Leave out the name, the password and everything after #.", pointer="/url", code="invalid-value")
        ]
    return _find_host_problems(str(parts.hostname), networks)


def _split_url(url: str) -> SplitResult | None:
    """Split an address; None unless both parsers read the same host, so that what is checked is what is called."""
    import httpx  # noqa: PLC0415  # with its command line 160 ms and 7 MB, and few servers have webhooks

    try:
        parts, parsed = urlsplit(url), httpx.URL(url)
        is_sound = parts.port != 0 and bool(parts.hostname) and parts.hostname == parsed.host
    except (ValueError, httpx.InvalidURL):
        return None
    return parts if is_sound else None


def _find_host_problems(host: str, networks: Collection[IpNetwork]) -> list[Problem]:
    """Refuse addresses that would be refused at connect time anyway; names are resolved only then."""
    try:
        address = ip_address(host)
    except ValueError:
        is_local = host.rstrip(".") == "localhost" or host.rstrip(".").endswith((".localhost", ".local", ".internal"))
        is_refused = is_local and not networks
    else:
        is_refused = not (is_public_address(address) or is_in_networks(address, networks))
    return (
        [Problem("Only receivers on the public internet can be reached.", pointer="/url", code="invalid-value")]
        if is_refused
        else []
    )
