"""Invitations, progress counts, imported responses and personal data."""
