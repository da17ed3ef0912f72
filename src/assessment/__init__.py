"""Assess how well social media is embedded in an organisation's functions."""

__version__ = "1.0.0"
