"""Queries on invited people."""
