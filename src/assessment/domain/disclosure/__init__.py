"""Disclosure control: which figures may be shown, and whether a further release may be published."""
