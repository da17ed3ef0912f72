"""Queries on mail: templates, reminder plans, mailings and the outbox."""
