"""Audit log, idempotent requests and health checks."""
