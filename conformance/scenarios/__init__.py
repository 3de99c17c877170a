"""Scenarios: read from features, gated, given a context, carried out; everything about one but how pytest runs it."""
