"""Webhooks: subscriptions, events, signed deliveries to public addresses only."""
