"""HTML pages: one file each, no network, every value escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.reporting.text import printable

_HERE = Path(__file__).parent


def render(template: str, **values: Any) -> str:
    """The page ``template`` of this folder makes of ``values``."""
    # lstrip and trim: a page of 165 clauses would be one third blanks otherwise.
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    return environment.get_template(template).render(values)


def _harmless(value: Any) -> Any:
    """Text of a site holds no control characters and no secrets, in a page as on a terminal."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
