"""The fault matrix: every seeded fault against the scenarios that must tell it."""
