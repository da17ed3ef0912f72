"""OpenAPI description and reference page, generated from the routes."""
