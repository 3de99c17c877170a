"""Wiring only: the vocabulary features are written in. The plugin that runs them is named in pyproject.toml."""

from pathlib import Path

from conformance.scenarios.step_registry import import_vocabulary

import_vocabulary(Path(__file__).parent)
