"""Wiring only: the vocabulary features are written in. The plugin that runs them is named in pyproject.toml."""

import steps.contract
import steps.data
import steps.mail
import steps.reply
import steps.request
import steps.site  # noqa: F401
