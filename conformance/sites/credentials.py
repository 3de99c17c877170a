"""Where secrets come from: the environment, a file, or the system keyring. The secret registry learns each at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

from conformance.sites.errors import UserError
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import read_user_file, why_unreadable

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# A request could not carry these; XML 1.0 has no way to write them, escaped or not.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LARGEST_FILE = 64 * 1024


def expand_variables(text: str, *, where: str) -> str:
    """Replace ``${VAR}`` by the environment; one that is unset, or no name, is a :class:`UserError`."""

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

    if "${" in _REFERENCE.sub("", text):
        hint = "a variable is written ${NAME}, NAME of letters, digits and _"
        raise UserError("variable-form", "${ names no variable", where=where, hint=hint)
    return _REFERENCE.sub(value, text)


def is_literal(text: str) -> bool:
    """Whether a secret stands in the profile itself instead of being referred to."""
    return not (_REFERENCE.search(text) or text.startswith(("file:", "keyring:")))


def resolve(text: str, *, where: str, folder: Path) -> str:
    """The secret that ``${VAR}``, ``file:PATH`` or ``keyring:SERVICE/NAME`` refers to; learnt by the secret registry.

    ``folder`` is what a relative ``file:`` path starts from.
    """
    if text.startswith("file:"):
        path = Path(expand_variables(text.removeprefix("file:"), where=where)).expanduser()
        secret = _from_file(folder / path, where)
    elif text.startswith("keyring:"):
        secret = _from_keyring(expand_variables(text.removeprefix("keyring:"), where=where), where)
    else:
        secret = expand_variables(text, where=where)
    # How an editor marks or ends a file is no part of a secret: sent along, it locks the account.
    secret = secret.strip("\ufeff").rstrip("\r\n")
    if not secret:
        raise UserError("secret-empty", "the secret is empty", where=where, hint="set the variable or file it names")
    if _UNWRITABLE.search(secret):
        raise UserError(
            "secret-character",
            "the secret holds a line break or another character a request cannot carry",
            where=where,
            hint="a secret is one line of text in UTF-8; look at how the variable or file was written",
        )
    secret_registry.learn(secret)
    return secret


def _from_file(path: Path, where: str) -> str:
    try:
        return read_user_file(path, _LARGEST_FILE).strip()
    except (OSError, ValueError) as problem:
        why = why_unreadable(problem)
        raise UserError(
            "secret-file", f"cannot read the secret file {path}: {why}", where=where, hint="mount or create the file"
        ) from None


def _from_keyring(name: str, where: str) -> str:
    service, _, user = name.partition("/")
    if not service or not user:
        raise UserError(
            "keyring-form", f"keyring:{name} names no entry", where=where, hint='write "keyring:SERVICE/NAME"'
        )
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
