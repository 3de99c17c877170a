"""The command ``webex-mock``."""

from __future__ import annotations

import argparse
import ipaddress
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mocksite
from mocksite.fault import UnknownFaultError
from mocksite.limit import RateError
from mocksite.options import parser
from mocksite.release import UnknownReleaseError
from mocksite.setting import UnknownSettingError
from mocksite.stock import StateError
from mocksite.trouble import UsageError

#: Exit code of a mistake of the user.
USAGE = 4

#: Values that turn out wrong only when the site is made, and the option each came from.
_FROM = {
    UnknownReleaseError: "release",
    UnknownFaultError: "fault",
    RateError: "rate-limit",
    StateError: "state",
    UnknownSettingError: "smtp",
    ValueError: "site-name",
}


#: Options that mean the same to ``mocksite.start``.
_SAME = (
    *("release", "port", "host", "seed", "tls", "cert", "key", "rate_limit"),
    *("users", "meetings", "recordings", "state", "log", "smtp", "fault"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit code is 0 then, and 4 for a mistake of the user."""
    try:
        given = parser().parse_args(arguments)
        _check(given)
        _serve(given)
    except UsageError as problem:
        print(problem, file=sys.stderr)
        return USAGE
    return 0


def _serve(given: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = _start(given)
    try:
        if given.write_profile:
            _write_profile(server, given)
        print(f"webex-mock ready {server.url}", flush=True)
        stop.wait()
    finally:
        server.stop()


def _start(given: argparse.Namespace) -> mocksite.Server:
    server = None
    try:
        server = mocksite.start(**_options(given))
        for name in given.site_name[1:]:
            server.add_site(name)
    except UsageError:
        raise
    except (OSError, OverflowError) as problem:
        raise _cannot_open(problem, given) from None
    except ValueError as problem:
        if server:
            server.stop()
        option = next(option for kind, option in _FROM.items() if isinstance(problem, kind))
        raise UsageError(option, str(problem), where=f"--{option}") from None
    return server


def _options(given: argparse.Namespace) -> dict[str, Any]:
    return {
        **{name: getattr(given, name) for name in _SAME},
        "site_name": given.site_name[0],
        "latency": given.latency / 1000,
    }


def _cannot_open(problem: Exception, given: argparse.Namespace) -> UsageError:
    what = getattr(problem, "strerror", None) or str(problem)
    file = getattr(problem, "filename", None)
    if file:
        return UsageError("file", f"{what}: {file}", where=str(file))
    return UsageError(
        "address",
        f"cannot serve at {given.host} port {given.port}: {what}",
        where="--host, --port",
        hint="--port 0 takes any free port",
    )


def _check(given: argparse.Namespace) -> None:
    given.site_name = given.site_name or ["mocksite"]
    if given.key and not given.cert:
        raise UsageError("tls", "--key needs --cert", where="--key")
    try:
        local = given.host == "localhost" or ipaddress.ip_address(given.host).is_loopback
    except ValueError:
        raise UsageError("host", f"{given.host!r} is not an address of this machine", where="--host") from None
    if not local and not given.allow_remote:
        raise UsageError(
            "host",
            f"{given.host} can be reached from other machines, and passwords of a mock are no secrets",
            where="--host",
            hint="add --allow-remote if that is what you want",
        )


def _write_profile(server: mocksite.Server, given: argparse.Namespace) -> None:
    path = Path(given.write_profile)
    try:
        path.write_text(server.profile(given.profile_name), encoding="utf-8")
    except OSError as problem:
        raise UsageError("write-profile", f"{problem.strerror}: {path}", where="--write-profile") from None
