"""The pipelines of ci/, carried out: with programs that stand in for the real ones, and for real in a fresh clone."""
