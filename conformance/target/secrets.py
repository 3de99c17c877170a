"""Secrets: where they come from, and how they are kept out of everything written.

The order matters: known values are replaced first, elements by name second. The
other way round a password holding ``<`` would leave its second half behind.
"""

from __future__ import annotations

import base64
import html
import os
import re
import threading
from pathlib import Path
from urllib.parse import quote, quote_plus

from conformance.target.trouble import UserError

MASK = "******"

#: Elements whose content is secret whoever sent it (wire-facts.md: hostKey, accessCode and hostPIN come in clear).
SECRET_ELEMENTS = (
    "password", "sessionTicket", "webExAccessToken", "accessToken", "clientSecret", "samlResponse",
    "sessionPassword", "meetingPassword", "audioPassword", "panelistPassword", "panelistNumericPassword",
    "attendeePassword", "subscribePassword", "hostKey", "hostPIN", "PIN", "accessCode", "guestToken",
    "participantAccessCode", "participantLimitedAccessCode", "subscriberAccessCode", "loginTicket",
)  # fmt: skip

_BY_NAME = re.compile(
    r"(<(?P<tag>(?:[\w.-]+:)?(?:" + "|".join(SECRET_ELEMENTS) + r"))(?:\s[^<>]*)?>)"
    r"(?P<content>(?:<!\[CDATA\[.*?\]\]>|[^<])+)(?=</)",
    re.DOTALL,
)
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SHORTEST = 4


class Vault:
    """The literal secrets of this process and every written form of them."""

    def __init__(self) -> None:
        self._secrets: list[str] = []
        self._forms: dict[str, None] = {}
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def learn(self, secret: str) -> None:
        """Remember ``secret``; shorter than four characters it would mask ordinary text and is left to the names."""
        secret = secret.strip()
        if len(secret) < _SHORTEST or secret == MASK or secret in self._forms:
            return
        with self._lock:
            self._secrets.append(secret)
            for form in _forms(secret):
                self._forms.setdefault(form)
            ordered = sorted(self._forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(form) for form in ordered))

    def leaks_in(self, folder: Path) -> list[Path]:
        """Files below ``folder`` in which a secret stands as it is: the last look before a run is called complete."""
        wanted = [secret.encode() for secret in self._secrets]
        files = [path for path in folder.rglob("*") if path.is_file()]
        return [path for path in files if wanted and _holds(path.read_bytes(), wanted)]

    def mask(self, text: str) -> str:
        """``text`` without any known secret and without the content of secret elements."""
        if self._pattern is not None:
            text = self._pattern.sub(MASK, text)
        return mask_elements(text)


def _holds(content: bytes, wanted: list[bytes]) -> bool:
    return any(secret in content for secret in wanted)


def mask_elements(text: str) -> str:
    """Blank the content of every secret element in ``text``, whatever its prefix."""
    return _BY_NAME.sub(lambda found: found.group(1) + MASK, text) if "<" in text else text


def _forms(secret: str) -> list[str]:
    escaped = html.escape(secret, quote=False)
    raw = secret.encode()
    forms = [secret, escaped, html.escape(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]]
    if len(raw) >= 6:
        forms.append(base64.b64encode(raw).decode())
        # Inside a longer base64 text the secret starts at one of three offsets; the inner characters stay the same.
        forms += [base64.b64encode(b"\0" * pad + raw).decode()[pad + 1 : -4] for pad in (1, 2) if len(raw) > 8]
    return [form for form in dict.fromkeys(forms) if len(form) >= _SHORTEST]


#: One vault for the process: a secret learnt anywhere is masked everywhere.
vault = Vault()


def expand(text: str, *, where: str) -> str:
    """Replace ``${VAR}`` by the environment; an unset variable is a :class:`UserError` naming it."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in os.environ:
            raise UserError(
                "variable-unset",
                f"the environment variable {name} is not set",
                where=where,
                hint=f"export {name}=... before the run",
            )
        return os.environ[name]

    return _REFERENCE.sub(value, text)


def is_literal(text: str) -> bool:
    """Whether a secret stands in the profile itself instead of being referred to."""
    return not (_REFERENCE.search(text) or text.startswith(("file:", "keyring:")))


def resolve(text: str, *, where: str, folder: Path) -> str:
    """The secret that ``${VAR}``, ``file:PATH`` or ``keyring:SERVICE/NAME`` refers to; learnt by the vault.

    ``folder`` is what a relative ``file:`` path starts from.
    """
    if text.startswith("file:"):
        secret = _from_file(folder / text.removeprefix("file:"), where)
    elif text.startswith("keyring:"):
        secret = _from_keyring(text.removeprefix("keyring:"), where)
    else:
        secret = expand(text, where=where)
    if not secret:
        raise UserError("secret-empty", "the secret is empty", where=where, hint="set the variable or file it names")
    vault.learn(secret)
    return secret


def _from_file(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
        raise UserError(
            "secret-file", f"cannot read the secret file {path}: {reason}", where=where, hint="mount or create the file"
        ) from None


def _from_keyring(name: str, where: str) -> str:
    service, _, user = name.partition("/")
    try:
        import keyring  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise UserError(
            "keyring-missing",
            "keyring: secrets need the keyring package",
            where=where,
            hint="pip install keyring, or use ${VAR} or file:",
        ) from None
    try:
        secret = keyring.get_password(service, user)
    except Exception as problem:  # noqa: BLE001 - a backend may raise anything, and its text could hold the secret
        raise UserError(
            "keyring-failed", f"the system keyring failed ({type(problem).__name__})", where=where
        ) from None
    if secret is None:
        raise UserError(
            "keyring-empty",
            f"the system keyring has no entry {name}",
            where=where,
            hint=f"keyring set {service} {user}",
        )
    return str(secret)
