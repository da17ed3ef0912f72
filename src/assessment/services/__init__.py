"""Use cases, a verb each: they take the session of one request and never commit; the edge does."""
