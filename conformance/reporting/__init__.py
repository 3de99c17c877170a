"""Telling: what a verdict is, not how it came about."""
