"""Scenarios carried out ahead of their turn, side by side where their things do not touch."""
