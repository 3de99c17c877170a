"""What keeps an envelope whole: a manifest of hashes that ``sha256sum -c`` reads, and a signature that OpenSSL reads.

A changed byte is found by the manifest, which is a function of the other files alone; that somebody else wrote files
*and* manifest is found by the signature (Ed25519, RFC 8032) and the key of whom it should be from.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.reporting.text import printable
from conformance.sites.errors import UserError
from conformance.sites.user_files import names_folder, read_user_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MANIFEST, SIGNATURE, SIGNER = "MANIFEST.sha256", "MANIFEST.sha256.sig", "signer.pem"
#: What an envelope is about, for machines.
FINDING, FORMAT = "finding.json", 1
CHANGED = 3
_NAME = re.compile(r"[\w.-]+", re.ASCII)
_MAKE_ONE = "openssl genpkey -algorithm ed25519 -out KEY.pem; openssl pkey -in KEY.pem -pubout -out PUBLIC.pem"


def seal(folder: Path, key: Ed25519PrivateKey | None = None) -> None:
    """Write the manifest of ``folder``, signed where there is a ``key``."""
    if key is not None:
        (folder / SIGNER).write_bytes(_pem(key.public_key()))
    told = _manifest(folder)
    (folder / MANIFEST).write_bytes(told)
    if key is not None:
        (folder / SIGNATURE).write_bytes(key.sign(told))


def problems(folder: Path, signer: Ed25519PublicKey | None = None) -> list[str]:
    """What is not as it was sealed; ``signer`` is whose signature it must have."""
    files = {path.name: path for path in sorted(folder.iterdir())}
    # A line break in a name would make one file two lines of the manifest.
    plain = {name: _NAME.fullmatch(name) and path.is_file() and not path.is_symlink() for name, path in files.items()}
    if not all(plain.values()):
        return [f"{name!r} is no plain file" for name, sound in plain.items() if not sound]
    if MANIFEST not in files:
        return [f"{MANIFEST} is not there"]
    found = _differences(folder, files[MANIFEST].read_bytes())
    return found + _signature_problems(folder, files, signer)


def _manifest(folder: Path) -> bytes:
    names = sorted(path.name for path in folder.iterdir() if path.name not in (MANIFEST, SIGNATURE))
    return "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names).encode()


def _differences(folder: Path, told: bytes) -> list[str]:
    now, then = _manifest(folder).decode().splitlines(), told.decode("utf-8", "replace").splitlines()
    if told == _manifest(folder):
        return []
    changed = [line.partition("  ")[2] for line in now if line not in then]
    gone = {line.partition("  ")[2] for line in then} - {line.partition("  ")[2] for line in now}
    return [f"{name} is not what it was" for name in changed] + [f"{name} is gone" for name in sorted(gone)] or [
        f"{MANIFEST} is not what it was"
    ]


def _signature_problems(folder: Path, files: dict[str, Path], signer: Ed25519PublicKey | None) -> list[str]:
    if SIGNATURE not in files and SIGNER not in files:
        return ["it is not signed"] if signer is not None else []
    if SIGNATURE not in files or SIGNER not in files:
        return [f"{SIGNATURE if SIGNATURE not in files else SIGNER} is gone"]
    try:
        told = _read_public(folder / SIGNER)
    except UserError:
        return [f"{SIGNER} is no key"]
    found = [] if _signed(told, folder) else [f"{SIGNATURE} is not the signature of {MANIFEST}"]
    if signer is not None and _pem(signer) != _pem(told):
        found.append("another key signed it")
    return found


def _signed(key: Ed25519PublicKey, folder: Path) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify((folder / SIGNATURE).read_bytes(), (folder / MANIFEST).read_bytes())
    except InvalidSignature:
        return False
    return True


# -- keys ------------------------------------------------------------------------


def read_private(file: Path) -> Ed25519PrivateKey:
    """The key in ``file``, PEM without a passphrase; :class:`UserError` when there is none to sign with."""
    key = _key(file, "load_pem_private_key", None)
    if type(key).__name__.endswith("Ed25519PrivateKey"):
        return key  # type: ignore[no-any-return]
    raise UserError("key-kind", "this is no private key of Ed25519", where=str(file), hint=_MAKE_ONE)


def _read_public(file: Path) -> Ed25519PublicKey:
    key = _key(file, "load_pem_public_key")
    if type(key).__name__.endswith("Ed25519PublicKey"):
        return key  # type: ignore[no-any-return]
    raise UserError("key-kind", "this is no public key of Ed25519", where=str(file), hint=_MAKE_ONE)


def _key(file: Path, load: str, *password: None) -> Any:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
    except ImportError:
        hint = "pip install cryptography"
        raise UserError("key-library", "signatures need the package cryptography", hint=hint) from None
    try:
        return getattr(serialization, load)(read_user_bytes(file), *password)
    except TypeError:
        hint = "openssl pkey -in KEY.pem -out OPEN.pem"
        raise UserError("key-passphrase", "the key has a passphrase", where=str(file), hint=hint) from None
    except (ValueError, UnsupportedAlgorithm):
        what = "this is no key that can be read: PEM of Ed25519 is"
        raise UserError("key-form", what, where=str(file), hint=_MAKE_ONE) from None


def _pem(key: Ed25519PublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


# -- the command -----------------------------------------------------------------


def verify(options: argparse.Namespace) -> int:
    """``webex-conformance verify``: 3 when an envelope is not what it was, or not from whom it should be."""
    signer = _read_public(options.key) if options.key else None
    folders = [one for named in options.envelopes for one in envelopes_in(named)]
    wrong = False
    for folder in folders:
        found = problems(folder, signer)
        wrong |= bool(found)
        told = "; ".join(found) or _whole(folder, signer)
        print(printable(f"{'CHANGED' if found else 'whole  '}  {folder}  {told}"))
    return CHANGED if wrong else 0


def _whole(folder: Path, signer: Ed25519PublicKey | None) -> str:
    if signer is not None:
        return "signed by this key"
    return "signed, by whom --key can tell" if (folder / SIGNATURE).exists() else "not signed"


def envelopes_in(named: Path) -> list[Path]:
    """The envelope in the folder ``named``, or those in folders of it."""
    hint = "webex-conformance envelope REPORTS makes envelopes, of each failure one"
    if not names_folder(named):
        raise UserError("envelope-missing", "no such folder", where=str(named), hint=hint)
    if (named / MANIFEST).exists() or (named / FINDING).exists():
        return [named]
    entries = sorted(named.iterdir())
    if not entries or not all(one.is_dir() for one in entries):
        raise UserError("envelope-missing", "there is no envelope here", where=str(named), hint=hint)
    return entries
