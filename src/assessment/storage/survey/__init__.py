"""Queries on invitations, responses and answers."""
