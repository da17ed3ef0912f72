"""Which addresses a webhook may have, and what is stored of its secret."""

import pytest

from assessment.domain.closed_sets import WebhookEvent
from assessment.errors import ConflictError, InvalidError
from assessment.services.webhooks import subscriptions
from assessment.storage import tables

REFUSED = (
    "", "example.org", "ftp://example.org/", "http://example.org/", "https://", "https:///path", "https://[::1/",
    "https://example.org:0/", "https://example.org:99999/", "https://user:pass@example.org/",
    "https://example.org/#part", "https://exa mple.org/", "https://example.org/\n", "https://ex\u00e4mple.org/",
    "https://127.0.0.1/", "https://[::ffff:127.0.0.1]/", "https://10.0.0.1/", "https://localhost/",
    "https://localhost./", "https://printer.local/", "https://example.org\\@127.0.0.1/", "https://" + "a" * 1001,
)  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_address_that_can_not_be_called_is_refused(hooks, url):
    with pytest.raises(InvalidError) as refused:
        hooks.add(url, networks=())

    assert [problem.pointer for problem in refused.value.problems] == ["/url"]


@pytest.mark.parametrize("events", [[], ["assessment.deleted"], ["report.ready", "report"]])
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_unknown_or_missing_events_are_refused(hooks, events):
    with pytest.raises(InvalidError) as refused:
        hooks.add("https://example.org/", events)

    assert [problem.pointer for problem in refused.value.problems] == ["/events"]


def test_secret_is_stored_encrypted(hooks):
    new = hooks.add("https://example.org/hook")

    with hooks.world.reading() as session:
        stored = session.execute(tables.webhook.select()).one()
    assert new.secret.startswith("whsec_")
    assert new.secret.encode() not in stored.secret
    assert stored.events == " ".join(WebhookEvent)


def test_workspace_has_a_limited_number_of_webhooks(hooks):
    for number in range(subscriptions.MAX_WEBHOOKS):
        hooks.add(f"https://example.org/{number}")

    with pytest.raises(ConflictError):
        hooks.add("https://example.org/more")
