"""Benchmarks; README.md explains what each compares."""
