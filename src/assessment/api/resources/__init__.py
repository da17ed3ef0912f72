"""Handlers, one module per noun."""
