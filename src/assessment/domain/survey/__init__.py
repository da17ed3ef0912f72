"""The survey around the answers: routing, duration, closing time, promises, settings."""
