"""The command ``webex-mock``, told by argparse (docs/decisions/libraries.md, Command line)."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import os
import signal
import stat
import sys
import threading
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import mocksite
from mocksite.errors import (
    RateError,
    StateError,
    UnknownFaultError,
    UnknownReleaseError,
    UnknownSettingError,
    UsageError,
)
from mocksite.model.releases import DEFAULT, RELEASES
from mocksite.model.settings import checked
from mocksite.operations.catalogue import known
from mocksite.server.console import accounts, facts
from mocksite.server.core import NAME
from mocksite.server.likeness import like, set_like, told_by
from mocksite.server.limits import pause


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError("usage", message, hint="webex-mock --help")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _latency(text: str) -> int:
    try:
        return pause(text)
    except RateError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


#: Options with a value: type, default, how the value is called, what it does.
_VALUES: dict[str, tuple[Callable[[str], object], object, str, str]] = {
    "--port": (_port, 8080, "N", "port to serve at, 0 for any free one (8080)"),
    "--host": (str, "127.0.0.1", "ADDRESS", "address to serve at (127.0.0.1)"),
    "--release": (str, DEFAULT, "R", f"release of the site: {', '.join(RELEASES)} ({DEFAULT})"),
    "--seed": (_count, 1, "N", "the same seed makes the same data (1)"),
    "--users": (_count, 0, "N", "a large site: how many users"),
    "--meetings": (_count, 0, "N", "how many more meetings"),
    "--recordings": (_count, 0, "N", "how many more recordings"),
    "--cert": (str, "", "FILE", "serve https with this certificate"),
    "--key": (str, "", "FILE", "its private key, if not in the same file"),
    "--latency": (_latency, 0, "MS", "milliseconds to wait before every answer"),
    "--rate-limit": (str, "", "N/s", "requests per caller and second (N/m: per minute), more are refused with 000045"),
    "--state": (str, "", "FILE", "keep the state of the site in this file between starts"),
    "--log": (str, "", "FILE", "append every exchange to this file, as JSON lines, secrets masked"),
    "--smtp": (str, "", "HOST:PORT", "deliver mail to this SMTP server"),
    "--write-profile": (str, "", "FILE", "write a profile of the site for the conformance suite"),
    "--profile-name": (str, "mock", "NAME", "name of the site in that profile (mock)"),
    "--not-served": (str, "", "NAMES", "operations the site does not serve, by commas; NAMES=410, =404, =page: how"),
    "--like": (str, "", "REPORTS", "be set as the site was that a run of the suite left these reports of"),
    "--fault": (str, "", "ID", "be wrong in this way (see --list-faults)"),
}


_DESCRIPTION = "A Webex Meetings site that answers the XML API."
_ALSO = """\
webex-mock operations      what it serves
webex-mock fidelity        from where each element of each reply is known
webex-mock verify REPORTS  in what a site differs from it, by the reports of a run"""


def parser() -> argparse.ArgumentParser:
    """The command line; a mistake in it is a UsageError."""
    as_written = argparse.RawDescriptionHelpFormatter
    made = _Parser(prog="webex-mock", description=_DESCRIPTION, epilog=_ALSO, formatter_class=as_written)
    for name, (kind, default, value, text) in _VALUES.items():
        made.add_argument(name, type=kind, default=default, metavar=value, help=text)
    made.add_argument("--site-name", action="append", metavar="NAME", help="name of the site; again for further sites")
    words = "list the ways to be wrong, or those that hold a word, and end"
    made.add_argument("--list-faults", nargs="?", const="", metavar="WORD", help=words)
    made.add_argument("--tls", action="store_true", help="serve https with a certificate made on the spot")
    words = "end when standard input is closed: with whoever started it, however that ends"
    made.add_argument("--until-stdin-closes", action="store_true", help=words)
    made.add_argument("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    return made


#: Exit code of a mistake of the user.
USAGE = 4

#: Values that turn out wrong only when the site is made, and the option each came from.
_FROM = {
    UnknownReleaseError: "release",
    UnknownFaultError: "fault",
    RateError: "rate-limit",
    StateError: "state",
    UnknownSettingError: "like",
    ValueError: "site-name",
}


#: Options that mean the same to ``mocksite.start``.
_SAME = (
    *("release", "port", "host", "seed", "tls", "cert", "key", "rate_limit"),
    *("users", "meetings", "recordings", "state", "log", "smtp", "fault", "not_served"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit code is 0 then, and 4 for a mistake of the user."""
    try:
        code = _carry_out(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except UsageError as problem:
        print(problem, file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # Whoever reads our output has seen enough.
        _let_go_of_output()
        return 0
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        _let_go_of_output()
        hint = "make room where the output goes"
        print(UsageError("output", f"{problem.strerror}: standard output", hint=hint), file=sys.stderr)
        return USAGE
    return code


def _carry_out(words: list[str]) -> int:
    if len(words) == 1 and words[0] in _COMMANDS:
        _COMMANDS[words[0]]()
        return 0
    if words[:1] == ["verify"] and not {"-h", "--help"} & set(words):
        return _verify(words[1:])
    given = parser().parse_args(words)
    if given.list_faults is not None:
        _list_faults(given.list_faults)
        return 0
    _check(given)
    _serve(given)
    return 0


def _let_go_of_output() -> None:
    """What is still to be written goes nowhere, so that the end of the process has nothing to complain about."""
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it lives as long as the process


def _list_operations() -> None:
    """A line for each service, those that are known and not served last."""
    from mocksite.operations.catalogue import LATER, NOT_SERVED, served, written

    found = served()
    for service, names in found.items():
        print(f"{service}: {' '.join(names)}")
    total = sum(len(names) for names in found.values()) - len(LATER)
    print(f"not served: {' '.join(sorted(written(name) for name in NOT_SERVED))}")
    print(f"{total} of the {total + len(NOT_SERVED)} operations of 2011, and {len(LATER)} beyond")


def _tell_fidelity() -> None:
    """Where each element of each reply is known from, as FIDELITY.md has it."""
    from mocksite.protocol.evidence import report

    print(report())


def _verify(words: list[str]) -> int:
    """In what a site, by the reports of a run on it, differs from the mock; 1 when it does."""
    from mocksite.server.likeness import divergences, report

    if len(words) != 1:
        raise UsageError("usage", "verify takes one folder of reports", hint="webex-mock verify REPORTS")
    told = told_by(Path(words[0]))
    found = divergences(told, told.settings)
    print(f"release {told.release}, {len(told.shapes)} operations\n{report(found)}")
    return 1 if found else 0


#: What is told instead of serving.
_COMMANDS = {"operations": _list_operations, "fidelity": _tell_fidelity}


def _list_faults(word: str) -> None:
    """Id and what is wrong, a line each; what was written by hand comes first."""
    from mocksite.faults import CATALOGUE

    found = [f"{one.id}  {one.summary}" for one in CATALOGUE.values()]
    shown = [line for line in found if word.lower() in line.lower()]
    if not shown:
        hint = "webex-mock --list-faults, without a word, lists all"
        raise UsageError("list-faults", f"none of {len(found)} faults holds {word!r}", where="--list-faults", hint=hint)
    print("\n".join(shown))


def _serve(given: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if given.until_stdin_closes:
        threading.Thread(target=_await_end_of_input, args=(stop,), daemon=True).start()
    server = _start(given)
    try:
        if given.write_profile:
            _write_profile(server, given)
        print(f"webex-mock ready {server.url}", flush=True)
        if not given.until_stdin_closes:
            _introduce(server, given)
        stop.wait()
    finally:
        server.stop()


def _await_end_of_input(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


def _introduce(server: mocksite.Server, given: argparse.Namespace) -> None:
    """What a client must know of the site, for whoever reads the terminal."""
    site = server.core.main
    who = {role: f"{webex_id}  {password}" for role, webex_id, password in accounts(site)}
    told = {
        "site": ", ".join(f"{name} {value}" for name, value in facts(site).items()),
        "administrator": who.get("site-admin", ""),
        "host": who.get("host", ""),
        "profile": str(Path(given.write_profile).resolve()) if given.write_profile else "--write-profile FILE",
        "look": f"{server.base_url}/  accounts, operations with samples, exchanges, switches",
    }
    print("\n".join(f"  {name:<14} {value}" for name, value in told.items()), flush=True)


def _start(given: argparse.Namespace) -> mocksite.Server:
    server = None
    told = told_by(Path(given.like)) if given.like else None
    if told:
        given.release = str(told.release)
    try:
        server = mocksite.start(**_options(given))
        if told:
            set_like(server.core.main, tuple(like(told).items()))
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
    _check_settings(given)
    if given.write_profile:
        _check_profile(Path(given.write_profile), given.profile_name)


def _check_settings(given: argparse.Namespace) -> None:
    """What becomes a setting of the site, told as the option it came from."""
    names, _, answer = given.not_served.partition("=")
    asked = names.replace(",", " ").split()
    for option, name, value in (
        ("smtp", "mail-relay", given.smtp),
        ("not-served", "not-served-answer", answer if "=" in given.not_served else "failure"),
    ):
        try:
            checked(name, value)
        except UnknownSettingError as problem:
            raise UsageError(option, str(problem), where=f"--{option}") from None
    unknown = [name for name in asked if name.lower() not in known()]
    if unknown or (given.not_served and not asked):
        what = f"there is no operation {unknown[0]!r}" if unknown else "it names no operation"
        raise UsageError("not-served", what, where="--not-served", hint="webex-mock operations lists them")


#: A profile is smaller by far.
_PROFILE = 1_000_000


def _check_profile(path: Path, name: str) -> None:
    """Nothing is written over but a profile that holds this site and nothing else."""
    if not NAME.fullmatch(name):
        what = f"{name!r} cannot be the name of a site: letters, digits, - and _ only"
        raise UsageError("profile-name", what, where="--profile-name", hint="--profile-name staging-mock")
    try:
        problem = _held(path, name)
    except FileNotFoundError:
        return
    except OSError as fault:
        problem = fault.strerror or str(fault)
    if problem:
        hint = "name another file; one that holds the profile of this mock alone is replaced"
        raise UsageError("write-profile", f"{problem}: {path}", where="--write-profile", hint=hint)


def _held(path: Path, name: str) -> str:
    """Why a file is not written over, "" for a profile of this name."""
    file = path.stat()
    if not stat.S_ISREG(file.st_mode):
        return "it is there, and no file"
    if not file.st_size:
        return ""
    try:
        sites = tomllib.loads(path.read_text(encoding="utf-8") if file.st_size < _PROFILE else "")
    except ValueError:
        return "what it holds is no profile, and would be lost"
    found = sites.pop("sites", None)
    others = sorted(set(found) - {name}) if isinstance(found, dict) else []
    if sites or not isinstance(found, dict):
        return "what it holds is no profile, and would be lost"
    return f"it holds the profile of {', '.join(others)}, which would be lost" if others else ""


def _write_profile(server: mocksite.Server, given: argparse.Namespace) -> None:
    path = Path(given.write_profile)
    try:
        # It holds passwords: a file that is there already may be open to others, too.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(server.profile(given.profile_name))
    except OSError as problem:
        raise UsageError("write-profile", f"{problem.strerror}: {path}", where="--write-profile") from None
