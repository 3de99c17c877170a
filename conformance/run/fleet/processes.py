"""A run on several sites: one run each, side by side, with results apart and together in one overview."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.history.resume_file import OF_A_RUN, RESUME_FILE, ResumeFile, begun, clear, read_line
from conformance.reporting.outcome import OUTCOMES
from conformance.reporting.summary import OVERVIEW, SUMMARY
from conformance.reporting.text import counted, printable, safe, table
from conformance.run.fleet.part_file import exit_code
from conformance.run.fleet.selection import SHARD_VARIABLE, tell_problems
from conformance.run.options import Options
from conformance.run.progress import SELDOM_FASTER, Finished, Milestones, drawn_over
from conformance.sites.errors import UserError
from conformance.sites.user_files import write_whole

#: Exit codes of pytest, the worst first.
_SEVERITY = (2, 3, 1, 4, 5, 0)
_CUT_OFF = 2
_BEAT = 0.2
OUTPUT = "output.txt"
#: As a run says it when it is interrupted; whoever waits for several says himself what Ctrl-C does now.
_CLEANING = re.compile(r"^(cleaning up: .*?)(?:; Ctrl-C again.*)?$", re.MULTILINE)


class SiteProcess:
    """The run of one site among several: a process of its own, whose output goes to a file beside its reports.

    It has a session of its own: Ctrl-C reaches the process that waits for all, which passes it on once.
    """

    def __init__(self, site: str, arguments: Sequence[str], reports: Path, *, resumes: bool = False) -> None:
        self.site = site
        self.reports = reports
        self.process: subprocess.Popen[bytes] | None = None
        self.ended: int | None = None
        self._arguments = (*arguments, *(("--resume",) if resumes else ()))
        self.selected = 0
        self._finished = Finished()
        self._milestones = Milestones()
        self._stopped = False
        self._read = 0
        self._problem = ""

    def clear(self) -> None:
        """Remove what an earlier run left: all sites do so before the first begins, since some may never."""
        if "--resume" not in self._arguments and self.ended is None:
            clear(self.reports, (*OF_A_RUN, OUTPUT))

    def begin(self, lifeline: int) -> None:
        """Start the run of the site, which ends when the other end of the pipe ``lifeline`` is closed.

        One that cannot begin has ended, and costs no other site anything.
        """
        self._milestones = Milestones()
        try:
            self._start(lifeline)
        except OSError as problem:
            what = f"the run on {self.site} cannot begin: {problem.strerror}"
            hint = "make room, or name a folder that can be written with --reports"
            self._problem = str(UserError("site-process", what, where=str(problem.filename or self.reports), hint=hint))
            self.ended = 4

    def _start(self, lifeline: int) -> None:
        """In the environment of this process without what says which shard it is."""
        self.reports.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pytest", *self._arguments]
        # In one word each: a folder that stands alone is a place to pytest, where it may look for its settings.
        command += [f"--site={self.site}", f"--reports={self.reports}", f"--lifeline={lifeline}"]
        with (self.reports / OUTPUT).open("w", encoding="utf-8") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(lifeline,),
                env={name: value for name, value in os.environ.items() if name != SHARD_VARIABLE},
            )

    @property
    def has_workers(self) -> bool:
        """Whether it is several processes itself (``-n``)."""
        return "-n" in self._arguments

    @property
    def code(self) -> int | None:
        """The exit code, None until it has ended."""
        return self.process.poll() if self.process and self.ended is None else self.ended

    def wait(self) -> None:
        """A little while, or until it has ended."""
        if self.process:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_BEAT)

    def end(self, signal_number: int) -> None:
        """Tell it to end, if it has begun; else it never does."""
        if self.process is None and self.ended is None:
            self.ended = -signal_number
        elif self.process is not None and self.code is None:
            self._stopped = True
            self.process.send_signal(signal_number)

    def look(self) -> None:
        """Read what has been finished since the last look; a line not yet whole is left for the next."""
        with suppress(OSError), (self.reports / RESUME_FILE).open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                message = read_line(line)
                self.selected = message.get("selected", self.selected)
                if "result" in message:
                    self._finished.add(message)

    def line(self) -> str:
        """How far it is, in one line."""
        if self.process is None and self.ended is None:
            return "waits"
        done, seconds = self.done, self._milestones.seconds
        if self.code is not None:
            totals = _summary(self.reports / SUMMARY).get("totals") or {}
            told = ", ".join(f"{number} {word}" for word, number in totals.items() if number)
            return f"done  {told}" if told else f"ended with {self.code}, {done} of {self.selected} scenarios"
        if self._stopped:
            return self.cleaning or "stops"
        if not self.selected:
            return f"begins  {seconds:.0f} s"
        return self._finished.words(self.selected, seconds)

    @property
    def output(self) -> str:
        """What it said, or why it said nothing."""
        if self._problem:
            return self._problem
        return (self.reports / OUTPUT).read_text(encoding="utf-8", errors="replace")

    @property
    def never_began(self) -> bool:
        """Whether it was told to end before there was anything to report."""
        return self.code is not None and self.code < 0 and not self.selected

    @property
    def done(self) -> int:
        """How many scenarios have an outcome."""
        return self._finished.done

    @property
    def cleaning(self) -> str:
        """What it says it is taking away, since it was told to end."""
        if not self._stopped or self.code is not None:
            return ""
        found: list[str] = _CLEANING.findall(self.output)
        return found[-1] if found else ""

    @property
    def due(self) -> bool:
        """Whether it is time for a line that stays."""
        at_work = self.process is not None and self.code is None
        return at_work and self._milestones.due(self.done, self.selected)


class Screen:
    """A line for each site, drawn anew in its place; in a pipe and in CI one at each tenth, and what became of it."""

    def __init__(self) -> None:
        self._terminal = drawn_over(sys.stdout.isatty())
        self._drawn = 0
        self._told: set[tuple[str, str]] = set()

    def show(self, fleet: Sequence[SiteProcess]) -> None:
        """Draw, as much as the terminal has room for."""
        width = max(len(one.site) for one in fleet)
        if not self._terminal:
            for one in fleet:
                if one.due or self._news(one):
                    print(f"{one.site:{width}}  {safe(one.line())}", flush=True)
            return
        columns, rows = shutil.get_terminal_size()
        running = [one for one in fleet if one.code is None]
        shown = (running + [one for one in fleet if one.code is not None])[: max(1, rows - 2)]
        lines = [f"{one.site:{width}}  {one.line()}" for one in fleet if one in shown]
        if len(shown) < len(fleet):
            lines.append(f"... and {len(fleet) - len(shown)} more, {len(running)} at work")
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        print(f"{up}\r\x1b[J" + "\n".join(safe(line)[: columns - 1] for line in lines), flush=True)
        self._drawn = len(lines)

    def _news(self, one: SiteProcess) -> bool:
        """Whether it has ended, or begun to clean up, since it was last looked at."""
        told = one.site, "end" if one.code is not None else one.cleaning
        new = bool(told[1]) and told not in self._told
        self._told.add(told)
        return new


def run_fleet(options: Options, arguments: tuple[str, ...]) -> int:
    """Run every site as a process of its own; the worst exit code of them, ``overview.json`` beside their reports."""
    before = _sites_before(options.reports) if options.resume else ()
    # It tells which sites there were until it is written anew: this run may be cut off, too.
    clear(options.reports, (one for one in OF_A_RUN if not (options.resume and one in (OVERVIEW, RESUME_FILE))))
    base = of_each_site(arguments, min(len(options.sites), options.at_once))
    done = {site: _ended(options.reports / site) for site in options.sites if site in before}
    fleet = [process_of(site, base, options, done.get(site)) for site in options.sites]
    for one in fleet:
        one.clear()
    # Not before: where a kill leaves this file, what lies in a site's folder is of this run.
    sites = [*dict.fromkeys([*before, *options.sites])]
    ResumeFile(options.reports, {"suite": __version__, "site": "several", "sites": sites}).begin()
    code = carry_out(options, fleet)
    (options.reports / RESUME_FILE).unlink(missing_ok=True)
    return code


def _sites_before(reports: Path) -> tuple[str, ...]:
    """The sites of the run to go on with: as its overview tells them, or where it was killed before, as it began."""
    return (*_summary(reports / OVERVIEW).get("sites", ()), *begun(reports).get("sites", ()))


def _ended(folder: Path) -> int | None:
    """What the run of a site ended with, by its summary; None where it did not come so far."""
    if not (folder / SUMMARY).is_file() or (folder / RESUME_FILE).is_file():
        return None
    try:
        told = _summary(folder / SUMMARY)
        ran = any(row["sent"] or not row["skip"] for row in told["scenarios"])
        return exit_code(told["totals"], len(told["problems"]), ran=ran)
    except (UserError, LookupError, TypeError, AttributeError):
        return None


def process_of(site: str, arguments: Sequence[str], options: Options, ended: int | None) -> SiteProcess:
    """With ``--resume`` a site goes on, begins when it never did, and is left alone when it has ``ended``."""
    folder = options.reports / site
    resumes = options.resume and bool(begun(folder))
    process = SiteProcess(site, [one for one in arguments if one != "--resume"], folder, resumes=resumes)
    process.ended = ended
    return process


def of_each_site(arguments: tuple[str, ...], at_once: int) -> list[str]:
    """What of the arguments of a run goes to each of its sites."""
    own = ("--site", "--site-group", "--reports", "--shard", "--shards", "--at-once", "--basetemp")
    return _shared_out(_without(arguments, *own), at_once)


def carry_out(options: Options, fleet: Sequence[SiteProcess]) -> int:
    """Run every site to its end, some at a time; the worst exit code of them."""
    interrupted = False
    tell_problems(options.left_out)
    if any(one.has_workers for one in fleet):
        print(SELDOM_FASTER, flush=True)
    with _lifeline() as lifeline:
        try:
            _follow(fleet, options.at_once, lifeline)
        except KeyboardInterrupt:
            interrupted = True
            print("\nstopping: every site is put back as it was", flush=True)
            for one in fleet:
                # Not SIGINT: whoever ends all processes of a job has sent SIGTERM to each, and that would be the
                # second Ctrl-C, which leaves everything on its site.
                one.end(signal.SIGTERM)
            _follow(fleet, options.at_once, lifeline)
        finally:
            # Told to end twice, it does not wait for the clean-up; what is left stands in the ledgers.
            for one in fleet:
                one.end(signal.SIGKILL)
    _tell(options, fleet)
    codes = [*(one.code or 0 for one in fleet), tell_problems(options.left_out)]
    return 2 if interrupted else worst_code(codes)


@contextmanager
def _lifeline() -> Iterator[int]:
    """A pipe nobody writes to: whoever reads from it reads its end when this process is gone, however it went."""
    reads, held = os.pipe()
    try:
        yield reads
    finally:
        os.close(reads)
        os.close(held)


def worst_code(codes: Iterable[int]) -> int:
    """What a run on several sites ends with, when each ended with its own; 0 on none. What was killed was cut off."""
    told = (code if code in _SEVERITY else _CUT_OFF for code in codes)
    return min(told, key=_SEVERITY.index, default=0)


def _follow(fleet: Sequence[SiteProcess], at_once: int, lifeline: int) -> None:
    """Until every site is done; no more than so many at once."""
    screen = Screen()
    while True:
        waiting = [one for one in fleet if one.process is None and one.ended is None]
        at_work = sum(one.process is not None and one.code is None for one in fleet)
        for one in waiting[: max(0, at_once - at_work)]:
            one.begin(lifeline)
        running = next((one for one in fleet if one.process is not None and one.code is None), None)
        for one in fleet:
            one.look()
        screen.show(fleet)
        if running is None:
            return
        running.wait()


def _tell(options: Options, fleet: Sequence[SiteProcess]) -> None:
    """The statement of every site that is not green, then all of them in a table, and what was cut off."""
    for one in fleet:
        if one.code and not one.never_began:
            print(f"\n===== {one.site} =====\n{_statement(one.output)}", flush=True)
    _overview(options, fleet)
    for one in fleet:
        if one.selected and not (one.reports / SUMMARY).is_file():
            far = f"{one.done} of {one.selected} scenarios have a result"
            print(f"CUT OFF  {one.site}: {far}; go on with --resume")
    if never := [one.site for one in fleet if one.never_began]:
        print(f"NOT BEGUN  {counted(len(never), 'site')}, which --resume begins: {', '.join(never)}")
    print(f"each site's own output: {options.reports}/SITE/{OUTPUT}")


_STATEMENT = re.compile(r"^=+ conformance =+$", re.MULTILINE)


def _statement(output: str) -> str:
    """What a run said at its end; all it said when it did not come so far."""
    found = _STATEMENT.search(output)
    return output[found.end() :].strip("\n") if found else output.strip("\n")


def _shared_out(arguments: list[str], sites: int) -> list[str]:
    """``-n N`` is for the run: each site gets its share, and goes without workers where that is one."""
    number = next((nth for nth, one in enumerate(arguments) if one.startswith("-n")), None)
    if number is None:
        return arguments
    joined = arguments[number] != "-n"
    value = arguments[number][2:] if joined else arguments[number + 1]
    share = int(value) // sites if value.isdigit() else 0
    rest = [*arguments[:number], *arguments[number + (1 if joined else 2) :]]
    return [*rest, "-n", str(share)] if share > 1 else rest


def _without(arguments: tuple[str, ...], *names: str) -> list[str]:
    """The arguments without options that each site gets its own value of."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in names:
            skip = True
        elif not any(argument.startswith(f"{name}=") for name in names):
            kept.append(argument)
    return kept


def _overview(options: Options, fleet: Sequence[SiteProcess]) -> None:
    rows = [["site", "release", *OUTCOMES, "exit"]]
    sites: dict[str, Any] = {}
    for one in fleet:
        summary, code = _summary(one.reports / SUMMARY), one.code or 0
        code = _CUT_OFF if code < 0 else code
        totals = summary.get("totals", {})
        sites[one.site] = {"exit": code, "release": summary.get("release"), "totals": totals or None}
        told = [str(totals.get(word, "-")) for word in OUTCOMES]
        rows.append([one.site, str(summary.get("release", "-")), *told, str(code)])
    print("\n" + "\n".join(table(rows, right=frozenset(range(2, len(rows[0]))))))
    left_out = {"missing": [printable(one.what) for one in options.left_out]} if options.left_out else {}
    write_whole(options.reports / OVERVIEW, json.dumps({"format": 1, "sites": sites, **left_out}, indent=1) + "\n")


def _summary(file: Path) -> dict[str, Any]:
    """A site without a summary did not complete; the overview shows dashes."""
    if not file.is_file():
        return {}
    try:
        summary: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise UserError("summary-broken", f"{file} is not JSON", where=str(file)) from None
    return summary
