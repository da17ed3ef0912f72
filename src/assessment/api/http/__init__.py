"""HTTP mechanics of the API: authentication, ETags, idempotency, pagination, problem documents."""
