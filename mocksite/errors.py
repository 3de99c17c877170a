"""Mistakes whoever starts or arranges a mock can make: each is one clear message, never a traceback."""

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


class UnknownReleaseError(ValueError):
    """A release that was never published; the message is for the user."""


class UnknownSettingError(ValueError):
    """A setting that does not exist, or a value it cannot take; the message is for the user."""


class StateError(ValueError):
    """A state file that cannot be used; the message is for the user."""


class UnknownFaultError(ValueError):
    """A fault id that is not in the catalogue; the message is for the user."""


class RateError(ValueError):
    """A rate that cannot be read; the message is for the user."""


class ControlError(ValueError):
    """Something that cannot be arranged; the message is for the user, ``status`` for HTTP."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
