"""Mistakes of a user of ``webex-mock``: one clear message, exit code 4, never a traceback."""

from __future__ import annotations


class UsageError(Exception):
    """What went wrong, where, and what to do about it."""

    def __init__(self, code: str, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {self.what}"]
        lines += [f"  where  {self.where}"] if self.where else []
        lines += [f"  hint   {self.hint}"] if self.hint else []
        return "\n".join(lines)
