"""Queries on releases, published figures, benchmarks and report comments."""
