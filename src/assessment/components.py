"""Parts of an application other than its routes, made from one configuration."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from anyio import to_thread
from litestar.connection import ASGIConnection

from assessment.api import key_identification
from assessment.api.http import transport
from assessment.api.http.rate_limit import ApiRateLimiter
from assessment.api.http.response_cache import ResponseCache
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.auth.oidc_sign_in import OidcProvider
from assessment.services.auth.principals import KeyHolder
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.delivery import mail_settings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.operations import audit_trail, token_buckets
from assessment.services.operations.token_buckets import TokenBucket, TokenRequest
from assessment.services.reports.render_pool import CACHE_FOLDER, RenderPool
from assessment.services.results.release_reader import ReleaseReader
from assessment.services.webhooks.delivery_worker import WebhookSettings, WebhookWorker
from assessment.services.webhooks.public_addresses import parse_networks
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.results.result_page_reads import ResultPageReads
from assessment.storage.survey import respondent_sessions
from assessment.storage.survey.respondent_sessions import SessionResponse
from assessment.storage.survey.section_page_reads import SectionPageReads
from assessment.web.console.direct_results import DirectResults
from assessment.web.console.views.rendered_results import RenderedResultsCache
from assessment.web.http import (
    assets,
    json_logs,
    metrics,
    templates,
)
from assessment.web.http.client_address import get_client_address
from assessment.web.survey.answer_pages import AnswerPages
from assessment.web.survey.direct_answers import SavedFragments
from assessment.web.survey.direct_pages import SectionPages
from assessment.web.survey.start_pages import StartPages

Clock = Callable[[], datetime]
COUNTED_KEY = "counted"  # in the state of a scope: the limiter and the key by which the request was counted


class Components:
    """Parts of an application other than its routes: database, caches, limits and mail of one configuration."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.assets = assets.load_assets()
        self.engine = database.make_engine(settings.database_url)
        audit_trail.attach_secret(self.engine, settings.secret)
        mail = mail_settings.make_mail_settings(settings)
        mail_settings.attach_mail(self.engine, mail)
        self.catalogue = QuestionnaireCatalogue(
            [folder for folder in (settings.questionnaires, find_shipped_folder()) if folder]
        )
        # With PostgreSQL, `assessment work` sends mails and webhooks, and carries out large requests: any number of
        # servers and workers.
        self.outbox_worker: OutboxWorker | None = None
        self.webhook_worker: WebhookWorker | None = None
        self.bulk_worker: BulkWorker | None = None
        if database.is_sqlite(self.engine):
            self.outbox_worker = OutboxWorker(self.engine, mail, clock) if mail is not None else None
            self.webhook_worker = WebhookWorker(
                self.engine, WebhookSettings(settings.secret, parse_networks(settings.webhook_networks)), clock
            )
            self.bulk_worker = BulkWorker(self.engine, self.catalogue, settings.secret, clock)
        self.writer = AnswerWriter(self.engine, clock)
        self.read_connection = EventLoopConnection(self.engine)
        self.release_reader = ReleaseReader(self.read_connection, self.engine)
        self.respondent_read = PreparedRead(
            self.read_connection, self.engine, respondent_sessions.select_session_response(), SessionResponse
        )
        self.render_pool = RenderPool(settings.data / CACHE_FOLDER)
        self.code_limiter = RateLimiter(self.engine, settings.secret, "code")
        self.sign_in_limiter = RateLimiter(self.engine, settings.secret, "sign-in")
        self.api_limiter = ApiRateLimiter(take_shared=self._take_shared_tokens)
        self.address_limiter = ApiRateLimiter()
        self.oidc_provider: OidcProvider | None = None
        if settings.oidc is not None:
            self.oidc_provider = OidcProvider(settings.oidc, settings.public_url, settings.secret)
        self.template_engine = templates.create_template_engine(settings, self.assets)
        self.request_metrics = metrics.make_request_metrics()
        self.saved_fragments = SavedFragments(self.template_engine.engine)
        self.section_pages = SectionPages(
            self.template_engine.engine, SectionPageReads(self.read_connection, self.engine)
        )
        self.answer_pages = AnswerPages(self.template_engine.engine)
        self.start_pages = StartPages(self.template_engine.engine)
        self.rendered_results = RenderedResultsCache(self.template_engine.engine)
        self.direct_results = DirectResults(
            self.template_engine.engine, ResultPageReads(self.read_connection, self.engine), self.rendered_results
        )
        self.identify_key = key_identification.make_key_identifier(self.read_connection, self.engine, settings, clock)
        self.response_cache = ResponseCache(self.identify_key, self.count_request, json_logs.log_request)

    async def count_request(self, connection: ASGIConnection[Any, Any, Any, Any], caller: KeyHolder | None) -> None:
        """Count a request of the API by its key or, without one, by its network address; once for each request."""
        if caller is not None:
            limiter, key = self.api_limiter, caller.key_id
        else:
            limiter, key = self.address_limiter, get_client_address(connection, self.settings)
        request_state = connection.scope["state"]
        if request_state.get(COUNTED_KEY) == (limiter, key):
            return  # a direct read that was left to the framework
        request_state[transport.RATE_STATE_KEY] = limiter.describe_empty()
        request_state[transport.RATE_STATE_KEY] = await limiter.count_request(key, self.clock())
        request_state[COUNTED_KEY] = limiter, key

    async def _take_shared_tokens(self, key_id: str, wanted: TokenRequest) -> TokenBucket | None:
        return await to_thread.run_sync(token_buckets.take_shared_tokens, self.engine, key_id, wanted)
