"""Wiring only: the vocabulary features are written in, and the plugin that runs them."""

import steps.contract
import steps.data
import steps.mail
import steps.reply
import steps.request
import steps.site  # noqa: F401

pytest_plugins = ["conformance.run.plugin"]
