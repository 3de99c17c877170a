"""One table of a profile file: typed values out of TOML, and every mistake with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

from conformance.target import secrets
from conformance.target.trouble import UserError, nearest
from conformance.target.vault import vault

_KEY = re.compile(r"\s*[\"']?(.*?)[\"']?\s*=")


class Table:
    """``[sites.NAME]`` or a table below it; knows the file it stands in for messages."""

    def __init__(self, site: str, file: Path, lines: list[str], row: Mapping[str, Any], path: str = "") -> None:
        self.site = site
        self.file = file
        self.row = row
        self._lines = lines
        self._path = path

    def where(self, key: str = "") -> str:
        """``file:line`` of ``key``; of the table itself when there is no such line."""
        number = self._numbers.get(key, self._numbers.get(""))
        return str(self.file) if number is None else f"{self.file}:{number}"

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Line by key, and of the table itself by ""; empty when the table has no header of its own."""
        header = f"[sites.{self.site}{'.' + self._path if self._path else ''}]"
        start = next((i for i, line in enumerate(self._lines, 1) if _bare(line).startswith(header)), None)
        numbers: dict[str, int] = {}
        if start is not None:
            below = takewhile(lambda line: not line.lstrip().startswith("["), self._lines[start:])
            for number, line in enumerate(below, start + 1):
                if found := _KEY.match(line):
                    numbers.setdefault(found.group(1), number)
            numbers[""] = start
        return numbers

    def fail(self, code: str, what: str, key: str = "", hint: str = "") -> UserError:
        """The mistake ``what`` at ``key``."""
        return UserError(code, f"site {self.site!r}: {what}", where=self.where(key), hint=hint)

    def known(self, allowed: Iterable[str]) -> None:
        """Refuse keys that are not ``allowed``, naming the nearest that is."""
        names = set(allowed)
        for key in self.row:
            if key not in names:
                what = f"unknown key {key!r}" + (f" in {self._path}" if self._path else "")
                raise self.fail("profile-key", what, key, nearest(key, names))

    def below(self, key: str) -> Table:
        """The table called ``key``; empty when it is left out."""
        value = self.row.get(key, {})
        path = f"{self._path}.{key}" if self._path else key
        if not isinstance(value, Mapping):
            raise self.fail("profile-table", f"{path} must be a table", key, f"write [sites.{self.site}.{path}]")
        return Table(self.site, self.file, self._lines, value, path)

    def text(self, key: str, default: str | None = None) -> str:
        """A text with its ``${VAR}`` replaced; without ``default`` it must be there."""
        value = self.row.get(key, default)
        if value is None:
            raise self.fail("profile-missing", f"{key} is missing", key, f"add {key} = ...")
        if not isinstance(value, str):
            raise self.fail("profile-type", f"{key} must be text", key, f'write {key} = "..."')
        return secrets.expand(value, where=self.where(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail("profile-type", f"{key} must be a list of texts", key, f'write {key} = ["...", "..."]')
        return tuple(value)

    def path(self, key: str) -> str:
        """A path, relative to the profile file."""
        value = self.text(key, "")
        return str(self.file.parent / Path(value).expanduser()) if value else ""

    def flag(self, key: str, *, default: bool) -> bool:
        """A boolean."""
        value = self.row.get(key, default)
        if not isinstance(value, bool):
            raise self.fail("profile-type", f"{key} must be true or false", key)
        return value

    def number(self, key: str, default: float, most: float) -> float:
        """A number above 0, up to ``most``."""
        value = self.row.get(key, default)
        sound = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not sound or not 0 < value <= most:
            raise self.fail("profile-type", f"{key} must be a number above 0, {most:g} at most", key)
        return float(value)

    def whole(self, key: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most``."""
        value = self.row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise self.fail("profile-type", f"{key} must be a whole number from 1 to {most}", key)
        return value

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of ``allowed``."""
        value = self.text(key, default)
        if value not in allowed:
            raise self.fail("profile-value", f"{key} = {value!r}", key, nearest(value, allowed))
        return value

    def secret(self, key: str, *, literal: bool) -> str:
        """A secret; one that stands in the file itself is refused unless ``literal`` is fine."""
        value = self.row.get(key)
        if value is None:
            raise self.fail("profile-missing", f"{key} is missing", key, f'add {key} = "${{VARIABLE}}"')
        if not isinstance(value, str):
            raise self.fail("profile-type", f"{key} must be text", key, f'write {key} = "${{VARIABLE}}"')
        if secrets.is_literal(value) and not literal:
            vault.learn(value)
            hint = f'write {key} = "${{VARIABLE}}", "file:PATH" or "keyring:SERVICE/NAME"'
            raise self.fail("secret-literal", f"{key} stands in the file itself", key, hint)
        return secrets.resolve(value, where=self.where(key), folder=self.file.parent)


def _bare(header: str) -> str:
    """A header without blanks and quotes, as tables are looked for."""
    return re.sub(r"[\s\"']", "", header)
