"""Assess how well social media is embedded in an organisation's functions."""

__version__ = "0.2.0"
