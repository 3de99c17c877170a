"""What ``{...}`` means in a cell or sentence of a feature.

``{name}`` a fresh recognisable name, ``{fresh address}`` an e-mail address made
of one, ``{fresh mail address}`` one whose mail can be read, ``{event.sessionKey}`` an element of a
thing the scenario holds, ``{host.email}`` of an account, ``{10001 characters}``
and ``{10000 Chinese characters}`` a text of that length, ``{now - 30 days}`` a
date as the API writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from conformance.target.trouble import UserError

_BRACES = re.compile(r"\{([^{}]+)\}")
_LENGTH = re.compile(r"^(\d+) (Chinese )?characters$")
_MOMENT = re.compile(r"^now(?: ([+-]) (\d+) (days?|hours?))?$")
_FRESH = ("name", "fresh address", "fresh mail address")
_STAMP = "%m/%d/%Y %H:%M:%S"


def expand(text: str, look_up: Callable[[str, str], str], fresh: Callable[[str], str], now: datetime) -> str:
    """``text`` with every ``{...}`` replaced; ``look_up`` answers ``holder.element``, ``fresh`` the first three.

    ``now`` is one moment for the whole run, so that a request is the same whenever it is made.
    """

    def value(found: re.Match[str]) -> str:
        words = found.group(1).strip()
        if words in _FRESH:
            return fresh(words)
        length = _LENGTH.match(words)
        if length:
            return ("汉" if length.group(2) else "x") * int(length.group(1))
        moment = _MOMENT.match(words)
        if moment:
            return _moment(moment, now)
        holder, dot, element = words.rpartition(".")
        if not dot:
            raise UserError("phrase-unknown", f"{{{words}}} means nothing", hint="see conformance/run/phrases.py")
        return look_up(holder, element)

    return _BRACES.sub(value, text)


def _moment(found: re.Match[str], now: datetime) -> str:
    sign, amount, unit = found.groups()
    if not sign:
        return now.strftime(_STAMP)
    distance = timedelta(**{"days" if unit.startswith("day") else "hours": int(amount)})
    return (now + distance if sign == "+" else now - distance).strftime(_STAMP)
