"""The ways a run can end without a verdict, as errors that render themselves."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST = 600


class UserError(Exception):
    """A mistake the user can mend: what, where, how. Ends the run with exit code 4.

    ``code`` is a stable slug for scripts, ``where`` a file with its line, a URL
    or an option, ``hint`` the way to mend it; ``each`` are things that went wrong
    together, a line each.
    """

    def __init__(self, code: str, what: str, *, where: str = "", hint: str = "", each: Iterable[str] = ()) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.where = where
        self.hint = hint
        self.each = tuple(each)

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {_readable(self.what)}"]
        lines += [f"  {_readable(words)}" for words in self.each]
        if self.where:
            lines.append(f"  where  {_readable(self.where)}")
        if self.hint:
            lines.append(f"  hint   {_readable(self.hint)}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, self.what, self.where, self.hint, self.each)


def _readable(text: str) -> str:
    """A value that was pasted in the wrong place may have any length; where a path ends says more than its middle."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]} ... {text[-half:]}"


def _rebuild(cls: type[UserError], code: str, what: str, where: str, hint: str, each: tuple[str, ...]) -> UserError:
    return cls(code, what, where=where, hint=hint, each=each)


class CannotJudge(Exception):
    """The scenario ends *broken*: transport, a reply that is no message, a setting or creation that failed."""


class NotApplicable(CannotJudge):
    """What the scenario needs cannot be had on the site as it is, which is no fault of anybody: it ends *skipped*."""


class CannotGoOn(CannotJudge):
    """A step needs what an earlier reply should have given; after a violation it is the end of a failed scenario."""


#: A list of words longer than this helps nobody.
_READABLE = 40


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word closest to ``word``, or the whole list when none is close and it can be read."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= _READABLE else ""
