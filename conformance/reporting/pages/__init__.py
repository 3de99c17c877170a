"""HTML pages: one file each, no network, every value escaped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.reporting.text import printable, visible
from conformance.sites.errors import UserError
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import write_whole

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Pages:
    """The files of one documentation, which lie in one folder; ``history`` is "" where no nights are kept."""

    releases: str
    contract: str
    history: str = ""
    sites: bool = False

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """What every page leads to: words, address, and the view it names on the page of the releases."""
        views = [("Releases", "by-release"), ("Operations", "by-operation"), ("Clauses", "by-clause")]
        views += [("Sites", "by-site")] if self.sites else []
        found = [(words, f"{self.releases}#{view}", view) for words, view in views]
        found.append(("Contract", self.contract, ""))
        return [*found, ("History", self.history, "")] if self.history else found


def script_data(value: Any) -> Markup:
    """Values as JSON that may stand in a script of a page: nothing in it can end the script."""
    text = secret_registry.mask(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    # What a character of a site becomes stands in a string of JSON, where a backslash is written twice.
    text = visible(text, "\\\\x")
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - nothing in it is markup


def render(template: str, filters: Mapping[str, Callable[..., Any]] | None = None, **values: Any) -> str:
    """The page ``template`` of this folder makes of ``values``; ``filters`` are those it uses beside Jinja's own.

    A template of another room is named by its path.
    """
    # lstrip and trim: a page of 165 clauses would be one third blanks otherwise.
    environment = Environment(
        loader=FileSystemLoader([_HERE, Path(template).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters |= dict(filters or {})
    return environment.get_template(Path(template).name).render(values)


def write_page(file: Path, page: str) -> None:
    """Write a page where the user wants it; :class:`UserError` when that cannot be."""
    try:
        write_whole(file, page)
    except OSError as problem:
        raise UserError("page-unwritable", f"cannot write the page: {problem.strerror}", where=str(file)) from None


def _harmless(value: Any) -> Any:
    """Text of a site holds no control characters and no secrets, in a page as on a terminal."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
