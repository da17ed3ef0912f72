"""A workspace with a webhook, on each database."""

from datetime import timedelta
from ipaddress import ip_network

import pytest

from assessment.domain.closed_sets import WebhookEvent
from assessment.services.webhooks import event_queue, subscriptions
from assessment.services.webhooks.delivery_worker import WebhookSettings, WebhookWorker
from assessment.services.webhooks.http_delivery import WebhookSender
from assessment.storage.cursor_pagination import PageRequest
from assessment.storage.delivery import webhook_deliveries, webhooks
from tests.services.conftest import NOW, SECRET

LOOPBACK = (ip_network("127.0.0.0/8"),)
ALL_EVENTS = tuple(WebhookEvent)
REQUEST_SECONDS = 0.5


class Hooks:
    """Webhooks of Alice's workspace, with a clock that stands still until a test moves it."""

    def __init__(self, world):
        self.world, self.now = world, NOW
        self.worker = self.make_worker()

    def make_worker(self, networks=LOOPBACK, sender=None):
        sender = sender or WebhookSender(networks, request_seconds=REQUEST_SECONDS)
        return WebhookWorker(self.world.engine, WebhookSettings(SECRET, networks), lambda: self.now, sender=sender)

    def pass_by(self, **span):
        self.now += timedelta(**span)

    def add(self, url, events=ALL_EVENTS, networks=LOOPBACK):
        with self.world.writing() as session:
            return subscriptions.add_webhook(
                session, self.world.alice, url, events, self.now, secret=SECRET, networks=networks
            )

    def queue(self, assessment="a", event=WebhookEvent.ASSESSMENT_CLOSED):
        with self.world.writing() as session:
            data = event_queue.EventData(assessment)
            event_queue.queue_event(session, self.world.alice, event, data, self.now)

    def log(self, webhook_id):
        """The delivery log, oldest first."""
        with self.world.reading() as session:
            page = webhook_deliveries.list_deliveries(session, self.world.alice, webhook_id, PageRequest())
        return page.data[::-1]

    def find(self, webhook_id):
        with self.world.reading() as session:
            return webhooks.find_webhook(session, self.world.alice, webhook_id)


@pytest.fixture
def hooks(world):
    return Hooks(world)
