"""HTML pages: one file each, no network, every value escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.reporting.text import printable
from conformance.sites.errors import UserError
from conformance.sites.user_files import write_whole

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


def write_page(file: Path, page: str) -> None:
    """Write a page where the user wants it; :class:`UserError` when that cannot be."""
    try:
        write_whole(file, page)
    except OSError as problem:
        raise UserError("page-unwritable", f"cannot write the page: {problem.strerror}", where=str(file)) from None


def _harmless(value: Any) -> Any:
    """Text of a site holds no control characters and no secrets, in a page as on a terminal."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
