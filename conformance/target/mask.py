"""Which elements are secret by their name, and how their content is blanked in a text."""

from __future__ import annotations

import re
from functools import lru_cache

MASK = "******"

#: Secret elements of the contract (wire-facts.md: hostKey, accessCode and hostPIN come in clear).
SECRET_ELEMENTS = (
    "password", "sessionTicket", "webExAccessToken", "accessToken", "clientSecret", "samlResponse",
    "sessionPassword", "meetingPassword", "eventPassword", "audioPassword", "panelistPassword",
    "panelistNumericPassword", "panelistAudioPassword", "attendeePassword", "subscribePassword",
    "nbrProfilePassword", "excludePassword", "passwordHintAnswer", "hostKey", "hostPIN", "PIN",
    "accessCode", "moderatorCode", "participantAccessCode", "participantFullAccessCode",
    "participantLimitedAccessCode", "subscriberAccessCode", "guestToken", "loginTicket",
)  # fmt: skip
#: A live site has elements we do not know; these endings give them away.
_ENDING = re.compile(r"(?:password|passcode|passwd|secret|ticket|token|accesscode|hostkey|pin)$", re.IGNORECASE)
#: Policies such as enforcePassword say true or false, counts say a number of days: no secret, and evidence.
_NO_SECRET = ("true", "false", "", MASK)

# Possessive throughout: a hostile text must not make this slow. An opening tag with text right behind it, as XML
# and as XML escaped once more.
_OPENED = re.compile(r"<([\w.:-]++)[^<>]*+>(?=\s*+(?:[^<\s]|<!\[CDATA\[))")
_ESCAPED = re.compile(r"&lt;([\w.:-]++)(?:(?!&[lg]t;)[^<>])*+&gt;(?=\s*+[^<\s])")
_CDATA = "<![CDATA["
_VALUE = re.compile(r"=[^&\s\"'<>;,)]++")
_SECRET_VALUES = ("password", "passwd", "pw", "pin", "ticket", "token", "secret")
_LONGEST_NAME = max(map(len, _SECRET_VALUES))


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether an element of this local name holds a secret."""
    return name in SECRET_ELEMENTS or bool(_ENDING.search(name))


def is_secret_content(name: str, content: str) -> bool:
    """Whether ``content`` of an element called ``name`` must not be shown."""
    return is_secret(name) and content.strip() not in _NO_SECRET


def mask_named(text: str) -> str:
    """``text`` with the content of secret elements blanked, whatever their prefix, and of secret URL parameters."""
    if "<" in text:
        text = _blanked(text, _OPENED, "<")
    if "&lt;" in text:
        text = _blanked(text, _ESCAPED, "&lt;")
    return _VALUE.sub(_value, text) if "=" in text else text


def _blanked(text: str, opened: re.Pattern[str], closing: str) -> str:
    kept = []
    position = 0
    for found in opened.finditer(text):
        name = found.group(1).rpartition(":")[2]
        if found.end() < position or not is_secret(name):
            continue
        end = _end(text, found.end(), closing)
        if is_secret_content(name, text[found.end() : end]):
            kept += [text[position : found.end()], MASK]
            position = end
    return "".join((*kept, text[position:]))


def _end(text: str, start: int, closing: str) -> int:
    """Where the content that begins at ``start`` ends; at the end of a text that was cut off."""
    while True:
        end = text.find(closing, start)
        if end < 0:
            return len(text)
        if not text.startswith(_CDATA, end):
            return end
        start = text.find("]]>", end)
        if start < 0:
            return len(text)


def _value(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - _LONGEST_NAME) : found.start()].lower()
    return f"={MASK}" if before.endswith(_SECRET_VALUES) else found.group()
