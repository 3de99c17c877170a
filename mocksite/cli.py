"""The command ``webex-mock``."""

from __future__ import annotations

import argparse
import ipaddress
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import mocksite
from mocksite.fault import UnknownFaultError
from mocksite.limit import RateError
from mocksite.release import LATEST, RELEASES, UnknownReleaseError
from mocksite.setting import UnknownSettingError
from mocksite.stock import StateError
from mocksite.trouble import UsageError

USAGE = 4


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError("usage", message, hint="webex-mock --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit code is 0 then, and 4 for a mistake of the user."""
    try:
        return _run(_parsed(arguments))
    except UsageError as problem:
        print(problem, file=sys.stderr)
        return USAGE


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    given = _parser().parse_args(arguments)
    given.site_name = given.site_name or ["mocksite"]
    return given


def _run(given: argparse.Namespace) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = _start(given)
    try:
        for name in given.site_name[1:]:
            server.add_site(name)
        if given.write_profile:
            _write_profile(server, given)
        print(f"webex-mock ready {server.url}", flush=True)
        stop.wait()
    except ValueError as problem:
        raise UsageError("site-name", str(problem), where="--site-name") from None
    finally:
        server.stop()
    return 0


def _start(given: argparse.Namespace) -> mocksite.Server:
    _check_host(given)
    if bool(given.cert) != bool(given.key) and given.key:
        raise UsageError("tls", "--key needs --cert", where="--key")
    try:
        return mocksite.start(
            release=given.release,
            port=given.port,
            host=given.host,
            site_name=given.site_name[0],
            seed=given.seed,
            tls=given.tls,
            cert=given.cert,
            key=given.key,
            latency=given.latency / 1000,
            rate_limit=given.rate_limit,
            users=given.users,
            meetings=given.meetings,
            recordings=given.recordings,
            state=given.state,
            log=given.log,
            smtp=given.smtp,
            fault=given.fault,
        )
    except UnknownReleaseError as problem:
        raise UsageError("release", str(problem), where="--release") from None
    except UnknownFaultError as problem:
        raise UsageError("fault", str(problem), where="--fault", hint="the known ones: GET /_control/faults") from None
    except RateError as problem:
        raise UsageError("rate-limit", str(problem), where="--rate-limit") from None
    except StateError as problem:
        raise UsageError("state", str(problem), where="--state") from None
    except UnknownSettingError as problem:
        raise UsageError("smtp", str(problem), where="--smtp") from None
    except (OSError, OverflowError) as problem:
        raise _cannot_open(problem, given) from None
    except ValueError as problem:
        raise UsageError("site-name", str(problem), where="--site-name") from None


def _cannot_open(problem: Exception, given: argparse.Namespace) -> UsageError:
    name = getattr(problem, "filename", None)
    if name:
        return UsageError("file", f"{problem.strerror}: {name}", where=str(name))  # type: ignore[attr-defined]
    what = getattr(problem, "strerror", None) or str(problem)
    return UsageError(
        "address",
        f"cannot serve at {given.host} port {given.port}: {what}",
        where="--host, --port",
        hint="--port 0 takes any free port",
    )


def _check_host(given: argparse.Namespace) -> None:
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


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="webex-mock", description="A Webex Meetings site that answers the XML API.")
    add = parser.add_argument
    add("--port", type=_port, default=8080, metavar="N", help="port to serve at, 0 for any free one (8080)")
    add("--host", default="127.0.0.1", help="address to serve at (127.0.0.1)")
    add("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    add("--release", default=LATEST, metavar="R", help=f"release of the site: {', '.join(RELEASES)} ({LATEST})")
    add("--site-name", action="append", metavar="NAME", help="name of the site; give it again for further sites")
    add("--seed", type=_count, default=1, metavar="N", help="the same seed makes the same data (1)")
    add("--users", type=_count, default=0, metavar="N", help="a large site: how many users")
    add("--meetings", type=_count, default=0, metavar="N", help="how many more meetings")
    add("--recordings", type=_count, default=0, metavar="N", help="how many more recordings")
    add("--tls", action="store_true", help="serve https with a certificate made on the spot")
    add("--cert", default="", metavar="FILE", help="serve https with this certificate")
    add("--key", default="", metavar="FILE", help="its private key, if not in the same file")
    add("--latency", type=_count, default=0, metavar="MS", help="milliseconds to wait before every answer")
    add("--rate-limit", default="", metavar="N/s", help="requests per caller and second (N/m: per minute), then 000045")
    add("--state", default="", metavar="FILE", help="keep the state of the site in this file between starts")
    add("--log", default="", metavar="FILE", help="append every request to this file, as JSON lines")
    add("--smtp", default="", metavar="HOST:PORT", help="deliver mail to this SMTP server")
    add("--write-profile", default="", metavar="FILE", help="write a profile of the site for the conformance suite")
    add("--profile-name", default="mock", metavar="NAME", help="name of the site in that profile (mock)")
    add("--fault", default="", metavar="ID", help="be wrong in this way")
    return parser


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)
