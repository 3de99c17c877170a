"""Wiring only: the plugin that runs features, and the vocabulary they are written in."""

pytest_plugins = [
    "conformance.run.plugin",
    *[f"steps.{room}" for room in ("site", "data", "request", "reply", "contract", "mail")],
]
