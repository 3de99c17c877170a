"""TLS for a mock: a certificate made on the spot, or one the user brings."""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mocksite.errors import UsageError


@dataclass(frozen=True)
class Certificate:
    """A server context and the file of the certificate clients have to trust."""

    context: ssl.SSLContext
    ca_file: str
    made: bool

    def remove(self) -> None:
        """Delete the file if it was made for this server."""
        if self.made:
            with contextlib.suppress(OSError):
                Path(self.ca_file).unlink()


def make_certificate(host: str) -> Certificate:
    """A new authority and a certificate of it for this machine."""
    try:
        import trustme
    except ImportError:
        raise UsageError(
            "tls", "--tls needs the package trustme", hint="pip install trustme, or bring --cert and --key"
        ) from None
    authority = trustme.CA()
    context = _context()
    authority.issue_cert("localhost", "127.0.0.1", "::1", *({host} - {"127.0.0.1", "::1"})).configure_cert(context)
    with tempfile.NamedTemporaryFile("wb", prefix="webex-mock-ca-", suffix=".pem", delete=False) as file:
        file.write(authority.cert_pem.bytes())
    return Certificate(context, file.name, made=True)


def load_certificate(cert: Path, key: Path | None) -> Certificate:
    """The user's certificate and key."""
    context = _context()
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as problem:
        raise UsageError("tls", f"the certificate cannot be used: {problem}", where=str(cert)) from None
    return Certificate(context, str(cert), made=False)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
