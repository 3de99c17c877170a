"""The options of ``webex-mock``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn

from mocksite.release import LATEST, RELEASES
from mocksite.trouble import UsageError


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError("usage", message, hint="webex-mock --help")


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


#: Options with a value: type, default, how the value is called, what it does.
_VALUES: dict[str, tuple[Callable[[str], object], object, str, str]] = {
    "--port": (_port, 8080, "N", "port to serve at, 0 for any free one (8080)"),
    "--host": (str, "127.0.0.1", "ADDRESS", "address to serve at (127.0.0.1)"),
    "--release": (str, LATEST, "R", f"release of the site: {', '.join(RELEASES)} ({LATEST})"),
    "--seed": (_count, 1, "N", "the same seed makes the same data (1)"),
    "--users": (_count, 0, "N", "a large site: how many users"),
    "--meetings": (_count, 0, "N", "how many more meetings"),
    "--recordings": (_count, 0, "N", "how many more recordings"),
    "--cert": (str, "", "FILE", "serve https with this certificate"),
    "--key": (str, "", "FILE", "its private key, if not in the same file"),
    "--latency": (_count, 0, "MS", "milliseconds to wait before every answer"),
    "--rate-limit": (str, "", "N/s", "requests per caller and second (N/m: per minute), more are refused with 000045"),
    "--state": (str, "", "FILE", "keep the state of the site in this file between starts"),
    "--log": (str, "", "FILE", "append every request to this file, as JSON lines"),
    "--smtp": (str, "", "HOST:PORT", "deliver mail to this SMTP server"),
    "--write-profile": (str, "", "FILE", "write a profile of the site for the conformance suite"),
    "--profile-name": (str, "mock", "NAME", "name of the site in that profile (mock)"),
    "--fault": (str, "", "ID", "be wrong in this way (see GET /_control/faults)"),
}


def parser() -> argparse.ArgumentParser:
    """The command line; a mistake in it is a UsageError."""
    made = _Parser(prog="webex-mock", description="A Webex Meetings site that answers the XML API.")
    for name, (kind, default, value, text) in _VALUES.items():
        made.add_argument(name, type=kind, default=default, metavar=value, help=text)
    made.add_argument("--site-name", action="append", metavar="NAME", help="name of the site; again for further sites")
    made.add_argument("--tls", action="store_true", help="serve https with a certificate made on the spot")
    made.add_argument("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    return made
