"""A live site of which nothing is told but the address and one administrator."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mocksite
from tests.twisted import Twist, Twisted, straight, twisted

#: How a classic site differs from the mock's own.
CLASSIC: Mapping[str, object] = {"control-hub-managed": False}


@dataclass(frozen=True)
class OneAccount:
    """The site, and the profile that names nothing else."""

    site: Twisted
    sites: Path

    def arguments(self, *more: str) -> list[str]:
        """Options that point a run at it."""
        return ["--site", "one", "--sites", str(self.sites), *more]

    def set(self, **settings: object) -> None:
        """Switch the site itself, as its administrator would."""
        for name, value in settings.items():
            path = f"/_control/settings/{name.replace('_', '-')}"
            self.site.core.handle(mocksite.HttpRequest("PUT", path, {}, json.dumps(value).encode()))


@contextmanager
def one_account(
    folder: Path,
    twist: Twist = straight,
    *,
    settings: Mapping[str, object] | None = None,
    options: mocksite.Options | None = None,
    more: str = "",
) -> Iterator[OneAccount]:
    """Serve such a site; ``more`` are further lines of its profile."""
    with twisted(folder, twist, options=options) as site:
        told = tomllib.loads(site.sites.read_text(encoding="utf-8"))["sites"]["twisted"]
        file = folder / "one.toml"
        file.write_text(_profile(told) + more, encoding="utf-8")
        one = OneAccount(site, file)
        one.set(**dict(settings or {}))
        yield one


def _profile(told: dict[str, Any]) -> str:
    admin = told["accounts"]["site-admin"]
    return f"""[sites.one]
url = "{told["url"]}"
site_name = "{told["site_name"]}"
access = "read-write"
[sites.one.accounts.site-admin]
webex_id = "{admin["webex_id"]}"
password = "{admin["password"]}"
"""
