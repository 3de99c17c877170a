"""Finds what the profile does not name, or has the run make it: accounts, settings, test data.

Only what the scenarios need that are about to be carried out is looked for, by the ways of ``discovery.toml``. What
cannot be read breaks the scenarios that need it and no other. Nothing here judges.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from conformance.judge.elements import Finder
from conformance.scenarios.authentication import Authenticator
from conformance.scenarios.run_context import RunContext, gate, told_setting
from conformance.scenarios.scenario import Scenario, role_named
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.scenario_data import expand
from conformance.sites.discovery import (
    ITEM,
    MADE,
    PLANNED,
    ROLE,
    SETTING,
    Discovered,
    Discoveries,
    DiscoveryTable,
    SiteRead,
    Way,
    discovery_table,
)
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.ledger import maker
from conformance.sites.masking import secret_registry
from conformance.sites.profile import CREDENTIALS, Account, known_test_data
from conformance.sites.settings import Value
from conformance.wire.client import Sender
from conformance.wire.creations import CREATORS
from conformance.wire.exchange import Element, Exchange, Reply, Request, local_name, text_of
from conformance.wire.pages import next_start

#: A site that needs more reads than these is not searched on: what is missing by then is skipped.
MOST_READS = 60
#: After so many in a row without an answer nothing more is looked for.
_SILENT = 3
#: So many rows that look right are tried before the way is given up.
_MOST_CANDIDATES = 3
#: Refusals that say there is nothing, or nothing for this account; every other is trouble.
_NOTHING_HERE = ("000015", "000001", "010106", "030001", "060001")
_THE_CLAUSE_ITSELF = "what tells it is what the clause is about, so the profile must say it"
#: Kinds of characters a site may ask of a password, in front of what makes it hard to guess.
_PASSWORD_HEAD = "Qz7+"  # noqa: S105 - the guessable part


class SiteReads:
    """The reads of a run, each made once: rows of lists, page by page, as far as somebody wants them."""

    def __init__(self, client: Sender, table: DiscoveryTable) -> None:
        self.requests = self._silent = 0
        #: Runs, other than this one, that made what the site shows: at work on it, or killed.
        self.other_runs: set[str] = set()
        self._client = client
        self._table = table
        self._rows: dict[str, tuple[list[Element], Iterator[list[Element]]]] = {}
        self._replies: dict[tuple[str, str, str], Reply] = {}

    def send(self, request: Request) -> Exchange:
        """Send for a scenario context that looks a candidate up; counted like every other request."""
        self._demand_answers()
        self.requests += 1
        exchange = self._client.send(request)
        self._silent = self._silent + 1 if exchange.unanswered else 0
        return exchange

    def _demand_answers(self) -> None:
        """:class:`CannotJudge` once the site has fallen silent: each further read would take its whole time limit."""
        if self._silent >= _SILENT:
            raise CannotJudge("the site did not answer when it was looked for")

    @property
    def used_up(self) -> bool:
        """Whether no more should be asked of this site."""
        return self.requests >= MOST_READS

    def rows(self, here: RunContext, name: str) -> Iterator[Element]:
        """The rows of a read, those known already first; :class:`CannotJudge` when the site is in trouble."""
        key = f"{name} {self._caller(here, self._table.reads[name])}"
        if key not in self._rows:
            self._rows[key] = ([], self._pages(here, self._table.reads[name]))
        known, pages = self._rows[key]
        at = 0
        while True:
            while at < len(known):
                yield known[at]
                at += 1
            page = next(pages, None)
            if page is None:
                return
            known.extend(row for row in page if not self._made_by_others(here, row))

    def texts(self, here: RunContext, name: str) -> frozenset[str]:
        """The texts of a set."""
        wanted = self._table.sets[name]
        rows = (row for row in self.rows(here, wanted.read) if self.fits(here, row, wanted.where))
        return frozenset(text for row in rows if (text := text_at(row, wanted.take)))

    def fits(self, here: RunContext, row: Element, where: Mapping[str, str]) -> bool:
        """Whether ``row`` says what ``where`` asks for."""
        return all(self._says(here, row, path, wanted) for path, wanted in where.items())

    def agrees(self, here: RunContext, row: Element, other: Mapping[str, Any]) -> bool:
        """Whether a row of another list, asked for by what ``row`` says, is as ``other`` wants it."""
        values = {name: of_row(here, row, text) for name, text in other["with"].items()}
        where = {path: of_row(here, row, text) for path, text in other["where"].items()}
        reply = self.ask(here, other["ask"], other.get("as", "site-admin"), values)
        return any(self.fits(here, one, where) for one in _rows_of(reply, other.get("row", "")))

    def _says(self, here: RunContext, row: Element, path: str, wanted: str) -> bool:
        text, other = text_at(row, path), wanted.startswith("!")
        wanted = wanted.removeprefix("!")
        if wanted.startswith("@"):
            says = text in self.texts(here, wanted[1:])
        elif wanted.startswith("~"):
            says = re.search(wanted[1:], text) is not None
        elif wanted.startswith("="):
            says = text.lower() == text_at(row, wanted[1:]).lower()
        else:
            says = _truth(text) == _truth(named_values(here, wanted))
        return says != other

    def _made_by_others(self, here: RunContext, row: Element) -> bool:
        """What another run made is gone before long: nothing is judged by it."""
        makers = {maker(text_of(element)) for element in row.iter("*")} - {"", here.run_id}
        self.other_runs |= makers
        return bool(makers)

    def _caller(self, here: RunContext, read: SiteRead) -> str:
        account = here.profile.accounts.get(read.role)
        return account.webex_id if account else ""

    def _pages(self, here: RunContext, read: SiteRead) -> Iterator[list[Element]]:
        if read.for_each:
            yield from self._one_by_one(here, read)
            return
        start: int | None = 1
        replies: list[Reply] = []
        while start is not None and len(replies) < read.pages and not self.used_up:
            values = {name: named_values(here, text) for name, text in read.values.items()}
            values |= {"startFrom": str(start)} if "startFrom" in values else {}
            reply = self.ask(here, read.operation, read.role, values)
            replies.append(reply)
            yield _rows_of(reply, read.row)
            start = next_start(replies, start) if read.row else None

    def _one_by_one(self, here: RunContext, read: SiteRead) -> Iterator[list[Element]]:
        for row in islice(self.rows(here, read.for_each), read.pages):
            values = {name: of_row(here, row, text) for name, text in read.values.items()}
            yield _rows_of(self.ask(here, read.operation, read.role, values), read.row)

    def ask(self, here: RunContext, operation: str, role: str, values: Mapping[str, str]) -> Reply:
        """One read, of ``values`` as they are: what a site calls something is no phrase, whatever braces are in it.

        Refusals that say there is nothing are an answer, others :class:`CannotJudge`.
        """
        self._demand_answers()
        authenticator = Authenticator(here, self.send)
        account = authenticator.account(role)
        key = (operation, account.webex_id, repr(sorted(values.items())))
        if key not in self._replies:
            self._replies[key] = self.send(authenticator.signed(account, operation, values)).reply
        reply = self._replies[key]
        if not reply.succeeded and reply.exception_id not in _NOTHING_HERE:
            raise CannotJudge(f"{operation} answered {reply.verdict()}")
        return reply


def _rows_of(reply: Reply, row: str) -> list[Element]:
    if not reply.succeeded or reply.body is None:
        return []
    return [element for element in reply.body.iter("*") if local_name(element) == row] if row else [reply.body]


def text_at(row: Element, path: str) -> str:
    """The text at ``path`` below ``row``, by local names; empty when it is not there."""
    found: list[Element] = [row]
    for name in path.split("/"):
        found = [child for one in found for child in one.iterchildren("*") if local_name(child) == name]
    return text_of(found[0]) if found else ""


def _truth(text: str) -> str:
    """Booleans come as true and false or 1 and 0; other texts stay."""
    return {"1": "true", "0": "false"}.get(text, text)


def of_row(here: RunContext, row: Element, text: str) -> str:
    """``text`` with ``{row.element}`` put in."""
    return expand(text, lambda _, element: text_at(row, element), str, here.now)


def named_values(here: RunContext, text: str) -> str:
    """``text`` with accounts and moments put in."""

    def account(holder: str, element: str) -> str:
        known = here.profile.accounts.get(role_named(holder))
        if known is None:
            raise CannotJudge(f"nobody plays the {holder}")
        return {"webExId": known.webex_id, "email": known.email}[element]

    return expand(text, account, lambda words: words, here.now)


class Discovery:
    """Looks for everything scenarios need; ``act`` says whether what is lacking may be made, or is only planned."""

    def __init__(self, run_context: RunContext, client: Sender, *, act: bool) -> None:
        self._run_context = run_context
        self._act = act
        self._table = discovery_table()
        self._reads = SiteReads(client, self._table)
        self._found: list[Discovered] = []
        self._missing: dict[str, str] = {}
        self._unread: dict[str, str] = {}

    @property
    def result(self) -> Discoveries:
        """What is known by now."""
        others = tuple(sorted(self._reads.other_runs))
        return Discoveries(tuple(self._found), dict(self._missing), dict(self._unread), self._reads.requests, others)

    def look_for(self, scenarios: Iterable[Scenario]) -> Discoveries:
        """Accounts first, then settings, then what scenarios hold that can run with those."""
        left = self._would_run(scenarios, "release", "access")
        for kind in (SETTING, ROLE, ITEM):
            wanted = self._wanted(kind, left)
            for name, mine in wanted.items():
                self._look(kind, name, mine)
            settled = ("release", "access", "setting") if kind == SETTING else ("release", "access", "setting", "role")
            left = self._would_run(left, *settled)
        return self.result

    def with_access(self, access: str, scenarios: Iterable[Scenario]) -> Discoveries:
        """What a run of another ``access`` would find; what is read by now is not read again."""
        other = Discovery(replace(self._run_context, access=access), self._reads, act=False)
        other._reads = self._reads
        return other.look_for(scenarios)

    def _with(self, *further: Discovered) -> RunContext:
        """The run context with what is known by now, and ``further``."""
        return replace(self._run_context, discovered=replace(self.result, found=(*self._found, *further)))

    @property
    def _here(self) -> RunContext:
        return self._with().complete

    def _would_run(self, scenarios: Iterable[Scenario], *kinds: str) -> list[Scenario]:
        here = self._with()
        return [one for one in scenarios if gate(one, here, kinds) is None]

    def _wanted(self, kind: str, scenarios: Iterable[Scenario]) -> dict[str, list[Scenario]]:
        """What the profile leaves out, with the scenarios that need it."""
        wanted: dict[str, list[Scenario]] = {}
        for scenario in scenarios:
            for name in _needs(kind, scenario):
                if not self._named(kind, name, scenario):
                    wanted.setdefault(name, []).append(scenario)
        return wanted

    def _named(self, kind: str, name: str, scenario: Scenario) -> bool:
        profile = self._run_context.profile
        if kind == ROLE:
            return name in profile.accounts
        if kind == SETTING:
            return profile.is_mock or told_setting(scenario, name, self._run_context) is not None
        return not known_test_data()[name].missing(profile.data)

    def _look(self, kind: str, name: str, scenarios: list[Scenario]) -> None:
        """Take the ways in turn until every scenario that needs ``name`` has one."""
        sought = self._table.ways(kind, name)
        troubles: list[str] = []
        refused = ""
        for way in sought.ways:
            left = [one for one in scenarios if self.result.used_for(kind, name, one.clause.id) is None]
            left = [one for one in left if one.clause.id not in way.not_for]
            if not left:
                continue
            try:
                found = self._go(kind, name, way, left[0])
            except (CannotJudge, UserError) as problem:
                words = str(problem).partition("\n")[0]
                # A site that does not make what is wanted has none; one that cannot be read may have it.
                refused, troubles = (words, troubles) if way.make else (refused, [*troubles, words])
                continue
            if found is not None:
                self._found.append(found)
        left = [one for one in scenarios if self.result.used_for(kind, name, one.clause.id) is None]
        if left and troubles and len(left) == len(scenarios):
            self._unread[name] = troubles[0]
        elif left:
            told = f"after {MOST_READS} reads nothing more is looked for" if self._reads.used_up else sought.why
            about = all(one.clause.id in way.not_for for way in sought.ways for one in left) and sought.ways
            self._missing[name] = refused or (_THE_CLAUSE_ITSELF if about else told)

    def _go(self, kind: str, name: str, way: Way, scenario: Scenario) -> Discovered | None:
        if way.make:
            return self._make(kind, name, way, scenario)
        if way.read and self._table.reads[way.read].role not in self._here.profile.accounts:
            return None
        if kind == SETTING:
            return self._setting(name, way)
        return self._account(name, way) if kind == ROLE else self._item(name, way, scenario)

    # -- settings ----------------------------------------------------------------

    def _setting(self, name: str, way: Way) -> Discovered | None:
        value = self._value(way)
        if value is None:
            return None
        by = self._table.reads[way.read].operation if way.read else ", ".join(way.details["refused"])
        return Discovered(SETTING, name, by, value=value, not_for=way.not_for)

    def _value(self, way: Way) -> Value | None:
        here, details = self._here, way.details
        if "refused" in details:
            return self._by_majority(here, details)
        rows = (row for row in self._reads.rows(here, way.read) if self._reads.fits(here, row, way.where))
        first = next(rows, None)
        if first is None:
            return None
        says = "has" not in details or any(text_at(row, details["has"]) for row in chain([first], rows))
        value: Value | None = details["value"] if says else details.get("otherwise")
        return value

    def _by_majority(self, here: RunContext, details: Mapping[str, Value]) -> Value | None:
        """What most of several operations say by refusing, or not."""
        operations = details["refused"]
        assert isinstance(operations, list)
        told = [self._reads.ask(here, one, str(details["as"]), {}) for one in operations]
        refused = sum(one.exception_id == details["with-id"] for one in told)
        served = sum(one.succeeded or one.exception_id == "000015" for one in told)
        if max(refused, served) * 2 <= len(operations):
            return None
        return details["value"] if refused > served else details["otherwise"]

    # -- accounts ----------------------------------------------------------------

    def _account(self, role: str, way: Way) -> Discovered | None:
        """Another part that an account of the profile can play."""
        here = self._here
        known = here.profile.accounts.get(way.details["from"])
        setting = way.details.get("setting")
        if known is None or (setting and not here.profile.settings.get(setting)):
            return None
        for row in self._reads.rows(here, way.read):
            if self._reads.fits(here, row, way.where):
                account = replace(known, role=role, email=known.email or text_at(row, "email"))
                by = self._table.reads[way.read].operation
                return Discovered(ROLE, role, by, account=account, not_for=way.not_for)
        return None

    def _made_account(self, role: str, way: Way, scenario: Scenario) -> Discovered | None:
        password = _PASSWORD_HEAD + secrets.token_urlsafe(12)
        secret_registry.learn(password)
        values = {**way.details.get("with", {}), CREDENTIALS["password"]: password}
        how, user = self._create("user", values, scenario)
        account = Account(role, user.get("webExId", "a new user"), user.get("email", ""), {"password": password})
        found = Discovered(ROLE, role, "CreateUser", how, account=account, not_for=way.not_for)
        return found if how == PLANNED or self._plays(found, way.details.get("with", {})) else None

    def _managed(self) -> bool:
        name = "control-hub-managed"
        if name not in self._here.profile.settings:
            self._found += [one for way in self._table.ways(SETTING, name).ways if (one := self._setting(name, way))]
        return bool(self._here.profile.settings.get(name, True))

    def _plays(self, made: Discovered, privileges: Mapping[str, str]) -> bool:
        """A user who may not sign in, or was not given the role, is no use."""
        assert made.account is not None
        here = self._with(made).complete
        reply = self._reads.ask(here, "GetUser", made.name, {"webExId": made.account.webex_id})
        told = {name: text_at(row, f"privilege/{name}") for row in _rows_of(reply, "") for name in privileges}
        return reply.succeeded and all(_truth(told[name]) in ("", value) for name, value in privileges.items())

    # -- test data ---------------------------------------------------------------

    def _item(self, name: str, way: Way, scenario: Scenario) -> Discovered | None:
        """The first row that says what is wanted, and whose item the account that calls can see."""
        here, tried = self._here, 0
        by = self._table.reads[way.read].operation
        for row in self._reads.rows(here, way.read):
            data = {key: text_at(row, element) for key, element in way.take.items()}
            if not all(data.values()) or not self._reads.fits(here, row, way.where):
                continue
            if "agrees" in way.details and not self._reads.agrees(here, row, way.details["agrees"]):
                continue
            found = Discovered(ITEM, name, by, data=data, not_for=way.not_for)
            if self._seen(found, way, scenario):
                return found
            tried += 1
            if tried >= _MOST_CANDIDATES:
                return None
        return None

    def _seen(self, found: Discovered, way: Way, scenario: Scenario) -> bool:
        """Whether a scenario could hold what was found."""
        here, shows = self._with(found), way.details.get("shows")
        context = ScenarioContext(here, scenario, self._reads)
        try:
            # What two reads agree about is there; the account that calls may be a stranger to it all the same.
            if shows or "agrees" not in way.details:
                context.hold(found.name)
            if shows:
                context.send(scenario.roles[0], shows["ask"], item=found.name)
        except CannotJudge:
            return False
        return not shows or bool(Finder(context.reply, here.contract.whole).texts(shows["element"]))

    # -- made --------------------------------------------------------------------

    def _make(self, kind: str, name: str, way: Way, scenario: Scenario) -> Discovered | None:
        if self._run_context.access != "read-write" or (way.make == "user" and self._managed()):
            # Control Hub owns passwords: nobody could sign in as such a user (R41.11.0-03).
            return None
        if kind == ROLE:
            return self._made_account(name, way, scenario)
        how, made = self._create(way.make, way.details.get("with", {}), scenario)
        item = known_test_data()[name]
        told = {key: made.get(elements[0], "a new one") for key, elements in item.keys.items()}
        data = {key: text for key, text in told.items() if key not in item.defaults}
        return Discovered(ITEM, name, CREATORS[way.make], how, data=data, not_for=way.not_for)

    def _create(self, what: str, values: Mapping[str, str], scenario: Scenario) -> tuple[str, dict[str, str]]:
        """Have one made, to be taken away when the run ends: the ledger lists it, no scenario does."""
        if not self._act:
            return PLANNED, {}
        context = ScenarioContext(self._with(), scenario, self._reads)
        context.make(what, values)
        return MADE, context.held(f"new {what}")


def _needs(kind: str, scenario: Scenario) -> Iterable[str]:
    if kind == ROLE:
        return scenario.roles
    if kind == SETTING:
        return scenario.settings
    return [name for name in scenario.needs if name not in CREDENTIALS.values()]
