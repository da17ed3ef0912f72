"""Use cases. They take the session of one request and never commit; the edge commits."""
