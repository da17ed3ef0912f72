"""Token buckets of API keys: rate limits that all processes share."""

from msgspec import Struct
from sqlalchemy import Engine

from assessment.storage.auth import key_rates
from assessment.storage.auth.key_rates import StoredBucket


class TokenBucket(Struct, frozen=True):
    """Tokens left in a bucket at a time (POSIX seconds), and how many a request took."""

    tokens: float
    updated_at: float
    taken: int = 0


class TokenRequest(Struct, frozen=True):
    """Request for up to `wanted` tokens; `unspent` ones of an earlier request go back first."""

    wanted: int
    unspent: int
    burst: int
    per_second: float
    moment: float  # POSIX seconds


def take_tokens(bucket: TokenBucket | None, request: TokenRequest) -> TokenBucket:
    """Refill a bucket and take whole tokens from it, fewer than wanted where it does not have them; None is full."""
    tokens = float(request.burst)
    if bucket is not None:
        waited = max(0.0, request.moment - bucket.updated_at)  # the clock may have been set back
        tokens = min(tokens, bucket.tokens + request.unspent + waited * request.per_second)
    taken = min(request.wanted, int(tokens))
    return TokenBucket(tokens - taken, request.moment, taken)


def take_shared_tokens(engine: Engine, key_id: str, request: TokenRequest) -> TokenBucket | None:
    """Take tokens from the bucket of a key in the database; None if its row can't be written at once."""

    def update_bucket(stored: StoredBucket | None) -> TokenBucket:
        return take_tokens(TokenBucket(stored.tokens, stored.updated_at) if stored else None, request)

    return key_rates.update_bucket(engine, key_id, update_bucket)
