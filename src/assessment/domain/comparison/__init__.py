"""Comparison with an earlier wave and with other organisations."""
