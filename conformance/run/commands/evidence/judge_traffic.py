"""``webex-conformance judge``: real traffic judged by the clauses it can judge; nobody is asked, no secret is kept."""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conformance.judge.contract import Contract
from conformance.judge.findings import Violation
from conformance.reporting.exchange_file import write_exchange
from conformance.reporting.text import ascii_json, printable, table
from conformance.run.commands.commands import suite_catalogue
from conformance.run.commands.evidence.questions import ANYTHING, Question, Questions, answers
from conformance.run.commands.evidence.traffic import TrafficExchange, asked_for, files_of, read_traffic
from conformance.run.commands.rejudge import masked_profile
from conformance.scenarios.step_registry import import_vocabulary
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.masking import mask_named, secret_registry
from conformance.sites.profile import Profile, data_keys
from conformance.sites.profile_file import load_profile, sites_file
from conformance.sites.release import Release
from conformance.sites.user_files import UNREADABLE, read_user_file
from conformance.wire.exchange import Exchange, Request, secrets_in
from conformance.wire.payloads import Payloads

NOTHING_JUDGED = 5
#: So many exchanges of one cause are written down, and so many answers remembered.
_EVIDENCE, _REMEMBERED = 3, 2_000
_Answers = tuple[tuple[Question, tuple[Violation, ...] | None], ...]


@dataclass
class FoundCause:
    """One thing wrong in the traffic: its first violation, how often it was met, and where it is shown."""

    first: Violation
    level: str
    times: int = 0
    latest: int = 0
    clauses: dict[str, None] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class TrafficJudge:
    """Judges exchanges one after another; what it holds does not grow with their number."""

    def __init__(self, questions: Questions, contract: Contract, evidence: Path | None = None) -> None:
        self._questions, self._contract, self._evidence = questions, contract, evidence
        self._remembered: dict[tuple[tuple[Question, ...], bytes], _Answers] = {}
        self.exchanges = self.of_the_api = self.judged = 0
        self.met: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.causes: dict[tuple[str, str, str, str], FoundCause] = {}

    def judge(self, told: TrafficExchange) -> _Answers:
        """What every question says that can be asked of one exchange."""
        self.exchanges += 1
        asked = asked_for(told.request) if told.request else None
        if asked is None:
            return ()
        self.of_the_api += 1
        request = Request(asked.operation, asked.caller, mask_named(told.url), told.request)
        exchange = Exchange(request, told.started, told.seconds, told.status, "text/xml", told.reply)
        try:
            mine = self._questions.of(asked, exchange.reply)
        except CannotJudge:
            return ()
        found = self._answers(mine, exchange) if mine else ()
        self.judged += any(wrong is not None for _, wrong in found)
        for question, wrong in found:
            self._count(question, wrong, exchange)
        return found

    def _answers(self, mine: tuple[Question, ...], exchange: Exchange) -> _Answers:
        # The header tells the moment and the case; of the rest a busy site says most things many times.
        body = exchange.body[max(0, exchange.body.find(b"bodyContent")) :]
        known = (mine, hashlib.sha256(body if mine and not mine[0].exception_id else exchange.body).digest())
        if known not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            found = ((one, answers(one, exchange, self.exchanges, self._contract)) for one in mine)
            self._remembered[known] = tuple(found)
        return self._remembered[known]

    def _count(self, question: Question, wrong: tuple[Violation, ...] | None, exchange: Exchange) -> None:
        if wrong is None:
            return
        self.met[question.clause] += 1
        self.broken[question.clause] += bool(wrong)
        for violation in wrong:
            key = (*violation.cause, question.scenario.level)
            cause = self.causes.setdefault(key, FoundCause(violation, question.scenario.level))
            cause.times += cause.latest != self.exchanges
            cause.latest = self.exchanges
            cause.clauses[violation.clause] = None
            if len(cause.files) < _EVIDENCE and self._evidence is not None:
                _learn(exchange)
                name = write_exchange(self._evidence / "exchanges", f"{self.exchanges:06}", exchange)
                if name not in cause.files:
                    cause.files.append(name)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        rows = [
            {
                "operation": one.first.operation,
                "path": one.first.path,
                "check": one.first.check,
                "level": one.level,
                "expected": one.first.expected,
                "actual": one.first.actual,
                "clauses": list(one.clauses),
                "times": one.times,
                "exchanges": one.files,
            }
            for one in self.causes.values()
        ]
        clauses = {
            name: {"met": number, "broken": self.broken[name]} for name, number in sorted(self.met.items(), key=_place)
        }
        numbers = {"exchanges": self.exchanges, "of_the_api": self.of_the_api, "judged": self.judged}
        return {"format": 1, **numbers, "clauses": clauses, "findings": secret_registry.mask_values(rows)}


def _learn(exchange: Exchange) -> None:
    """Secrets of an exchange that is shown: they are masked wherever else they stand in it."""
    for secret in (*secrets_in(exchange.request.body), *secrets_in(exchange.body)):
        secret_registry.learn(secret)


# -- the command -----------------------------------------------------------------


def judge(options: argparse.Namespace) -> int:
    """``webex-conformance judge``: 1 when the traffic breaks a clause, 5 when none of it can be judged."""
    if not options.traffic and not options.clauses:
        raise UserError("traffic-missing", "no traffic is named", hint="webex-conformance judge TRAFFIC; or --clauses")
    files = [] if options.clauses else [file for place in options.traffic for file in files_of(place)]
    questions, contract = _prepared(options)
    if options.clauses:
        print("\n".join(clause_table(questions.all)))
        return 0
    told = TrafficJudge(questions, contract, options.reports)
    for file in files:
        for exchange in read_traffic(file):
            told.judge(exchange)
    document = told.as_json()
    print(ascii_json(document) if options.json else "\n".join(_lines(document)))
    if not told.judged:
        return NOTHING_JUDGED
    return int(any(one.level == "must" or options.strict for one in told.causes.values()))


def _prepared(options: argparse.Namespace) -> tuple[Questions, Contract]:
    import_vocabulary(options.root)
    catalogue = suite_catalogue(options.root)
    catalogue.read_all([options.root / "features"])
    profile = _profile(options.site, sites_file(options.sites)) if options.site else None
    newest = max(clause.release for clause in catalogue.clauses.values())
    release = Release.parse(options.release) if options.release else profile.release if profile else None
    if release is None and not options.clauses:
        hint = "--release 41.12.0, or --site NAME with a release in its profile"
        raise UserError("release-missing", "which release the site runs is not known", hint=hint)
    data = dict.fromkeys(data_keys(), ANYTHING) if options.clauses else profile.data if profile else {}
    accounts = profile.accounts if profile else {}
    scenarios = [one for file in catalogue.known_files() for one in file.scenarios.values()]
    payloads = Payloads(options.root / "payloads")
    questions = Questions(scenarios, catalogue.registry, payloads, release or newest, accounts, data)
    return questions, Contract(options.root / "schemas")


def _profile(name: str, file: Path) -> Profile:
    """The profile without its secrets: nobody signs in, so nobody need have them at hand."""
    try:
        masked = masked_profile(read_user_file(file), name)
    except (OSError, *UNREADABLE, KeyError, TypeError, AttributeError):
        # Whatever is wrong with it, the reader of profiles says what and where.
        return load_profile(name, file)
    with TemporaryDirectory(prefix="wxc-judge-") as folder:
        place = Path(folder) / file.name
        place.write_text(masked, encoding="utf-8")
        return load_profile(name, place)


def _lines(document: dict[str, Any]) -> Iterator[str]:
    numbers = (document["exchanges"], document["of_the_api"], document["judged"], len(document["clauses"]))
    yield "{} exchanges, {} of the XML API, {} judged, {} clauses met".format(*numbers)
    rows = [[name, str(row["met"]), str(row["broken"])] for name, row in document["clauses"].items()]
    yield from table([["clause", "met", "broken"], *rows], right=frozenset({1, 2}))
    for one in document["findings"]:
        word = "BROKEN" if one["level"] == "must" else "warned"
        yield ""
        yield f"{word}  {one['times']} times  {one['operation']}  {', '.join(one['clauses'])}  check {one['check']}"
        yield printable(f"  expected  {one['path']}, {one['expected']}")
        yield printable(f"  actual    {one['actual']}")
        yield from (f"  exchange  exchanges/{name}" for name in one["exchanges"])


def clause_table(questions: Iterable[Question]) -> Iterator[str]:
    """Which clauses traffic can judge, and what must be known of the site, as Markdown."""
    yield "| clause | operation | judged by |"
    yield "| --- | --- | --- |"
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for one in questions:
        rows.setdefault((one.clause, one.operation), {})[_judged_by(one)] = None
    for (clause, operation), how in sorted(rows.items(), key=lambda row: _place(row[0])):
        yield f"| {clause} | {operation} | {'; '.join(sorted(how))} |"


def _place(row: tuple[str, object]) -> tuple[Release, int]:
    release, _, number = row[0].removeprefix("R").partition("-")
    return Release.parse(release), int(number)


def _judged_by(question: Question) -> str:
    if question.exception_id:
        return f"any refusal with {question.exception_id}"
    if question.items:
        return f"with a profile: the {', the '.join(question.items)}"
    return f"with a profile: asked by its {question.role}" if question.role else "any success"
