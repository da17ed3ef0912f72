"""An API key together with what it asks for: the newest release of an assessment, in one select."""

from typing import Any

from sqlalchemy import Select

from assessment.storage.auth.api_keys import StoredApiKey, api_key, select_api_key
from assessment.storage.results import releases


class KeyWithDigest(StoredApiKey, frozen=True):
    """API key; `digest` is the SHA-256 of the newest release, None if the key's workspace has no such release."""

    digest: str | None


def select_key_with_digest() -> Select[Any]:
    """Build the select; its parameters are `key_id` and `assessment_id`."""
    newest = releases.select_digest_for(api_key.c.workspace_id)
    return select_api_key().add_columns(newest.scalar_subquery().label("digest"))
