"""JSON API: HTTP mechanics, OpenAPI description, and one module of handlers per noun."""
