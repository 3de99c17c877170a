"""``webex-conformance``: everything around a run that is not the run itself.

Told by argparse: click and typer save no line and start later (docs/decisions/libraries.md, Command line).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.run.terminal import StandardOutput, replace_closed_streams, say, unusable
from conformance.sites.errors import CannotJudge, UserError, nearest

USAGE_ERROR = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a mistake of the user is one message and exit code 4, Ctrl-C is 130, of a run 2."""
    replace_closed_streams()
    output = StandardOutput()
    try:
        with output:
            code = _carried_out(arguments, output)
    except SystemExit:
        # What argparse says itself: help, the version, what it does not understand.
        if output.told():
            return USAGE_ERROR
        raise
    # Who made a mistake was told so; that nothing could be said besides is no second one.
    return code if code == USAGE_ERROR else output.told() or code


def _carried_out(arguments: Sequence[str] | None, output: StandardOutput) -> int:
    try:
        return _command(arguments)
    except KeyboardInterrupt:
        say("stopped")
        return 2 if list(sys.argv[1:] if arguments is None else arguments)[:1] == ["run"] else 130
    except (UserError, CannotJudge, OSError) as problem:
        # Output that cannot be written is told by itself; a command may have taken it for a file of its own.
        if output.problem is not None and not output.unread:
            return 0
        return _refused(problem)


def _refused(problem: UserError | CannotJudge | OSError) -> int:
    if isinstance(problem, CannotJudge):
        say(str(UserError("site", str(problem))))
        return 1
    told = unusable(problem) if isinstance(problem, OSError) else problem
    if told is None:
        raise problem
    say(str(told))
    return USAGE_ERROR


def _command(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and not hasattr(options, "arguments"):
        options.parser.refuse(rest)
    options.arguments = rest
    command: Callable[[argparse.Namespace], int] = options.command
    options.root = _suite_folder(options)
    return command(options)


class _Parser(argparse.ArgumentParser):
    """argparse ends with 2; our commands end usage errors with 4, like pytest."""

    def error(self, message: str, hint: str = "") -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        say(str(UserError("usage", message, hint=hint or f"{self.prog} --help")))
        raise SystemExit(USAGE_ERROR)

    def refuse(self, unknown: Sequence[str]) -> None:
        """End with what the command does not know, naming the nearest option that it does."""
        name = unknown[0].partition("=")[0]
        hint = nearest(name, re.findall(r"--[\w-]+", self.format_usage())) if name.startswith("-") else ""
        self.error(f"unrecognized arguments: {' '.join(unknown)}", hint)


def _parser() -> argparse.ArgumentParser:
    words = "Everything around a run of the conformance suite that is not the run itself."
    parser = _Parser(prog="webex-conformance", description=words)
    parser.add_argument("--version", action="version", version=f"webex-conformance {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add(commands, "run", "run the features on a site; takes every option of pytest, see run --help", _run, _any)
    _add(commands, "init", "write a profile of a site, from its address and one administrator", _init, _new)
    _add(commands, "check", "reach a site, sign every account in, compare release and settings", _check, _sites)
    _add(commands, "plan", "what would run on a site, and what unlocks the rest", _plan, _sites, _prices)
    _add(commands, "sweep", "remove what earlier runs left behind on a site", _sweep, _site, _age)
    _add(commands, "merge", "what shards left (run --shard K/N), put together as one run", _merge, _parts)
    _add(commands, "compare", "what changed between two runs; 3 when something got worse", _compare, _runs)
    _add(commands, "upgrade", "go, no-go or not enough evidence: runs before against runs after", _upgrade, _sides)
    _add(commands, "rejudge", "today's suite on a recording (--record), without a request", _rejudge, _recorded)
    _add(commands, "judge", "real traffic (HAR, tap, --record) judged by the clauses it can judge", _judge, _traffic)
    _add(commands, "tap", "a reverse proxy in front of a site that keeps its traffic, secrets replaced", _tap, _tapped)
    _add(commands, "envelope", "each failure of a run in a folder that stands alone, to be sent", _envelope, _wrapped)
    _add(commands, "verify", "whether an envelope is what it was; 3 when it is not", _verify, _sealed)
    _add(commands, "replay", "the failure of an envelope on another site; 3 when it fails there, too", _replay, _sent)
    words = "the documentation as pages: releases with what runs said, the contract to look things up in, the history"
    _add(commands, "docs", words, _docs, _told_of, _book)
    words = "how much of the contract is asked for, seen, judged, killed by a fault; 1 when the rest has no reason"
    _add(commands, "coverage", words, _coverage, _told_of, _gaps)
    _add(commands, "report", "the Allure report of the last run, one HTML page (needs Node.js)", _report, _results)
    _add(commands, "history", "what many nights say of each clause: since when, flaky, fixed", _history, _kept, _asked)
    _add(commands, "notify", "tell what changed since it was last told; silent otherwise", _notify, _kept, _told)
    _add(commands, "history-export", "the nights as tables: .sqlite, .csv or .parquet", _export, _kept, _table)
    _add(commands, "steps", "the sentences features are written in, with an example each", _steps, _word)
    _add(commands, "index", "renew features/<release>/README.md: items of the notes, clauses, feature files", _index)
    _add(commands, "new-release", "the folder of a release, ready to be filled from its notes", _new_release, _named)
    return parser


def _add(
    commands: Any,
    name: str,
    words: str,
    run: Callable[[argparse.Namespace], int],
    *details: Callable[[argparse.ArgumentParser], None],
) -> None:
    command = commands.add_parser(name, help=words, description=words, add_help=name != "run", allow_abbrev=False)
    command.set_defaults(command=run, parser=command)
    words = "folder of the suite (default: here, or what was installed)"
    command.add_argument("--root", type=Path, help=words)
    for detail in details:
        detail(command)


def _named(command: argparse.ArgumentParser) -> None:
    command.add_argument("release", metavar="RELEASE", help="the release as its notes name it, 42.1.0")


def _word(command: argparse.ArgumentParser) -> None:
    command.add_argument("word", metavar="WORD", nargs="?", default="", help="only sentences that hold this word")
    command.add_argument("--json", action="store_true", help="for machines")


def _any(command: argparse.ArgumentParser) -> None:
    command.set_defaults(arguments=())


def _site(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", default="mock", help="site, by its profile (default: the embedded mock)")
    _around(command)


def _sites(command: argparse.ArgumentParser) -> None:
    words = "site, by its profile (default: the embedded mock), 'emea-*' or @FILE; repeatable"
    command.add_argument("--site", action="append", default=[], metavar="NAME", help=words)
    words = "sites whose profile says groups = [NAME]; repeatable"
    command.add_argument("--site-group", action="append", default=[], metavar="NAME", help=words)
    _around(command)


def _around(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--sites", default="", metavar="FILE", help="profile file (default sites.toml, or WEBEX_SITES)"
    )
    command.add_argument("--release", default="", metavar="R", help="release to judge the site as")
    command.add_argument("--access", default="", choices=("read-only", "read-write"), help="what the run may do")
    command.add_argument("--reports", type=Path, help="where reports go (default reports)")


def _new(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", default="", metavar="ADDRESS", help="address of the site; asked for when left out")
    command.add_argument("--user", default="", metavar="ID", help="webExID of an administrator; asked for likewise")
    words = "where the password is: ${VARIABLE}, file:PATH or keyring:SERVICE/NAME; left out, it is asked for"
    command.add_argument("--password", default="", metavar="REFERENCE", help=words)
    command.add_argument("--site", default="", metavar="NAME", help="what to call the site (default: its own name)")
    command.add_argument("--site-name", default="", metavar="NAME", help="siteName, where the address does not tell it")
    command.add_argument("--sites", default="", metavar="FILE", help="profile file (sites.toml, or WEBEX_SITES)")
    command.add_argument("--yes", action="store_true", help="ask nothing but what must be known, one line each")
    command.add_argument("--reports", type=Path, help="where reports go (default reports)")


def _prices(command: argparse.ArgumentParser) -> None:
    command.add_argument("--scenarios", action="store_true", help="list every scenario and what becomes of it, too")
    command.add_argument("--json", action="store_true", help="print JSON")
    words = "how a run is cut for N machines, and nothing else; with --json a matrix for GitHub"
    command.add_argument("--shards", type=int, metavar="N", help=words)
    words = "what scenarios took, to even out shards: reports of an earlier run, a history, or JSON {nodeid: seconds}"
    command.add_argument("--even-by", type=Path, metavar="REPORTS", help=words)


def _age(command: argparse.ArgumentParser) -> None:
    words = "leave alone what is younger (default 0; what no ledger here lists: 360, a run elsewhere may be at it)"
    command.add_argument("--older-than", metavar="MINUTES", help=words)
    command.add_argument("--dry-run", action="store_true", help="list, and remove nothing")
    words = "reports of other runs, of shards for instance: their ledgers are read, too"
    command.add_argument("others", type=Path, nargs="*", metavar="DIR", help=words)


def _parts(command: argparse.ArgumentParser) -> None:
    words = "reports of a shard, or a folder that holds those of several"
    command.add_argument("shards", type=Path, nargs="+", metavar="DIR", help=words)
    command.add_argument("--into", type=Path, required=True, metavar="REPORTS", help="where the reports of the run go")
    command.add_argument("--history", type=Path, metavar="DIR", help="folder that keeps every night: these, too")
    command.add_argument("--notify", default="", metavar="WHERE", help="with --history: whom to tell what changed")


def _runs(command: argparse.ArgumentParser) -> None:
    command.add_argument("before", type=Path, metavar="BEFORE", help="summary.json of the first run, or its reports")
    command.add_argument("after", type=Path, metavar="AFTER", help="summary.json of the second run, or its reports")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print Markdown, for a change ticket")
    command.add_argument("--html", type=Path, metavar="FILE", help="write a page, too")
    command.add_argument("--strict", action="store_true", help="a new element that nobody announced is worse, too")
    _client(command)


def _recorded(command: argparse.ArgumentParser) -> None:
    words = "a file of --record, or the reports with it; options of run stand behind it"
    command.add_argument("recording", type=Path, metavar="RECORDING", help=words)
    command.set_defaults(arguments=())


def _traffic(command: argparse.ArgumentParser) -> None:
    words = "HAR, JSON lines of tap, a file of --record or the reports with it; any number"
    command.add_argument("traffic", type=Path, nargs="*", metavar="TRAFFIC", help=words)
    command.add_argument("--release", default="", metavar="R", help="release the site runs (default: the profile's)")
    words = "profile of the site: with its accounts and test data more can be judged"
    command.add_argument("--site", default="", metavar="NAME", help=words)
    command.add_argument("--sites", default="", metavar="FILE", help="profile file (sites.toml, or WEBEX_SITES)")
    command.add_argument("--reports", type=Path, metavar="DIR", help="where exchanges with a finding are kept, masked")
    command.add_argument("--strict", action="store_true", help="clauses of level should fail, too")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--clauses", action="store_true", help="list the clauses that traffic can judge, and end")


def _tapped(command: argparse.ArgumentParser) -> None:
    command.add_argument("--to", required=True, metavar="URL", help="the site: https://HOST")
    words = "where it is kept, for judge (default traffic.ndjson)"
    command.add_argument("--output", type=Path, default=Path("traffic.ndjson"), metavar="FILE", help=words)
    words = "where clients ask instead of the site (default 127.0.0.1:8900)"
    command.add_argument("--listen", default="127.0.0.1:8900", metavar="HOST:PORT", help=words)
    command.add_argument("--ca-file", default="", metavar="FILE", help="certificates to trust beside the known ones")
    words = "listen where other machines ask, too, whose passwords travel in clear"
    command.add_argument("--allow-remote", action="store_true", help=words)


def _wrapped(command: argparse.ArgumentParser) -> None:
    command.add_argument("reports", type=Path, metavar="REPORTS", help="reports of a run, or its summary.json")
    command.add_argument("--output", type=Path, metavar="DIR", help="where they go (default REPORTS/envelopes)")
    command.add_argument("--sign", type=Path, metavar="KEY", help="sign them: an Ed25519 key, PEM (docs/envelopes.md)")


def _sealed(command: argparse.ArgumentParser) -> None:
    command.add_argument("envelopes", type=Path, nargs="+", metavar="ENVELOPE", help="a folder of envelope, or of many")
    command.add_argument("--key", type=Path, metavar="PUBLIC", help="the public key of whom it must be from, PEM")


def _sent(command: argparse.ArgumentParser) -> None:
    words = "a folder of envelope; options of run stand behind it"
    command.add_argument("envelope", type=Path, metavar="ENVELOPE", help=words)
    command.add_argument("--site", required=True, metavar="NAME", help="the site to try it on, by its profile")
    command.add_argument("--sites", default="", metavar="FILE", help="profile file (sites.toml, or WEBEX_SITES)")
    words = "where reports go (default reports/replayed/, and the name of the envelope)"
    command.add_argument("--reports", type=Path, metavar="DIR", help=words)
    command.set_defaults(arguments=())


def _client(command: argparse.ArgumentParser) -> None:
    words = "what a client of ours uses: its traffic (HAR, or JSON lines), or a list; repeatable (docs/upgrade.md)"
    command.add_argument("--client", type=Path, action="append", default=[], metavar="FILE", help=words)


def _sides(command: argparse.ArgumentParser) -> None:
    words = "runs of this side: reports folders, or days of the history with --site (2026-11-01..2026-11-20)"
    command.add_argument("--before", nargs="+", required=True, metavar="RUN", help=words)
    command.add_argument("--after", nargs="+", required=True, metavar="RUN", help=words)
    command.add_argument("--site", default="", metavar="NAME", help="whose nights, where days are named")
    words = "folder that keeps the nights (default history)"
    command.add_argument("--history", type=Path, default=Path("history"), metavar="DIR", help=words)
    _client(command)
    words = "the share of judgements a fault must show in to be ruled out by a go (default 0.2)"
    command.add_argument("--tolerance", type=float, default=0.2, metavar="SHARE", help=words)
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print Markdown, for a change ticket")
    command.add_argument("--html", type=Path, metavar="FILE", help="write a page, too")


def _told_of(command: argparse.ArgumentParser) -> None:
    words = "summary.json of a run, or its reports; any number (default reports/summary.json, if there is one)"
    command.add_argument("summaries", type=Path, nargs="*", metavar="SUMMARY", help=words)
    words = "folder that keeps the nights: since when each element is seen, and their page"
    command.add_argument("--history", type=Path, metavar="DIR", help=words)
    words = "fault-matrix.csv (make fault-matrix): what seeded faults prove to be judged"
    command.add_argument("--faults", type=Path, metavar="FILE", help=words)


def _book(command: argparse.ArgumentParser) -> None:
    words = "page of the releases (default reports/living-documentation.html); contract.html is written beside it"
    command.add_argument("--output", type=Path, metavar="FILE", help=words)
    command.add_argument("--json", action="store_true", help="print the contract as JSON, and write no page")


def _gaps(command: argparse.ArgumentParser) -> None:
    command.add_argument("--gaps", action="store_true", help="list what nobody judges, with the reason")


def _kept(command: argparse.ArgumentParser) -> None:
    words = "folder that keeps the nights (default history)"
    command.add_argument("--history", type=Path, default=Path("history"), metavar="DIR", help=words)


def _asked(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", action="append", default=[], metavar="NAME", help="only this site; repeatable")
    command.add_argument("--clause", action="append", default=[], metavar="ID", help="only this clause; repeatable")
    command.add_argument("--since", default="", metavar="DAY", help="only what changed on 2026-11-28 or later")
    command.add_argument("--all", action="store_true", help="clauses that pass, too")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--html", type=Path, metavar="FILE", help="write a page")


def _told(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", action="append", default=[], metavar="NAME", help="only this site; repeatable")
    words = "mailto:a@example.com?smtp=host:25, https://... of a webhook, or a command that reads JSON (default: print)"
    command.add_argument("--to", default="", metavar="WHERE", help=words)


def _table(command: argparse.ArgumentParser) -> None:
    command.add_argument("output", type=Path, metavar="FILE", help="file to write; its ending says in which form")


def _results(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reports", type=Path, help="reports of the run (default reports)")


def _suite_folder(options: argparse.Namespace) -> Path:
    from conformance.run.suite import suite_folder

    return suite_folder(options.root)


def _beside(options: argparse.Namespace, name: str) -> Path:
    from conformance.run.suite import beside

    return beside(options.root, name)


def _run(options: argparse.Namespace) -> int:
    from conformance.run.suite import run

    return run(options.root, options.arguments)


def _init(options: argparse.Namespace) -> int:
    from conformance.run.commands.commands import init

    return init(options)


def _check(options: argparse.Namespace) -> int:
    from conformance.run.commands.commands import check

    return check(options)


def _plan(options: argparse.Namespace) -> int:
    from conformance.run.commands.commands import plan

    return plan(options)


def _sweep(options: argparse.Namespace) -> int:
    from conformance.run.commands.commands import sweep

    return sweep(options)


def _compare(options: argparse.Namespace) -> int:
    from conformance.reporting.comparison.compare_output import compare

    return compare(options)


def _upgrade(options: argparse.Namespace) -> int:
    from conformance.history.upgrade_command import upgrade

    return upgrade(options)


def _rejudge(options: argparse.Namespace) -> int:
    from conformance.run.suite import rejudge

    return rejudge(options.root, options.recording, options.arguments)


def _judge(options: argparse.Namespace) -> int:
    from conformance.run.commands.evidence.judge_traffic import judge

    return judge(options)


def _tap(options: argparse.Namespace) -> int:
    from conformance.run.commands.evidence.tap import tap

    return tap(options)


def _envelope(options: argparse.Namespace) -> int:
    from conformance.run.commands.evidence.envelope import envelope

    return envelope(options)


def _verify(options: argparse.Namespace) -> int:
    from conformance.run.commands.evidence.seal import verify

    return verify(options)


def _replay(options: argparse.Namespace) -> int:
    from conformance.run.commands.evidence.replay import replay

    options.reports = options.reports or _beside(options, "reports") / "replayed" / options.envelope.resolve().name
    return replay(options)


def _merge(options: argparse.Namespace) -> int:
    from conformance.run.fleet.merge import merge

    return merge(options)


def _docs(options: argparse.Namespace) -> int:
    from conformance.run.commands.documentation import docs

    return docs(options)


def _coverage(options: argparse.Namespace) -> int:
    from conformance.run.commands.documentation import coverage

    return coverage(options)


def _report(options: argparse.Namespace) -> int:
    from conformance.reporting.allure_report import report
    from conformance.run.suite import allure_folder

    options.reports = options.reports or _beside(options, "reports")
    options.allure = allure_folder(options.root)
    return report(options)


def _history(options: argparse.Namespace) -> int:
    from conformance.history.output import history

    return history(options)


def _notify(options: argparse.Namespace) -> int:
    from conformance.history.notify import notify

    return notify(options)


def _export(options: argparse.Namespace) -> int:
    from conformance.history.output import export

    return export(options)


def _steps(options: argparse.Namespace) -> int:
    from conformance.run.commands.vocabulary import steps

    return steps(options)


def _index(options: argparse.Namespace) -> int:
    from conformance.run.commands.commands import index

    return index(options)


def _new_release(options: argparse.Namespace) -> int:
    from conformance.run.commands.new_release import new_release

    return new_release(options)


if __name__ == "__main__":
    sys.exit(main())
