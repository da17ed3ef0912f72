"""Advice: which rules fire, in which order, and which of them reach a target level."""
