"""Runs that are killed at any moment, and what the sweep makes of what they left."""
