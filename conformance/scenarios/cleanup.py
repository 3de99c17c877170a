"""What scenarios leave on a site, and how it is undone: at the end of each, and by the sweep of later runs.

At the end of a scenario in reverse order; a sweep removes what the ledgers of
earlier runs list, and whatever carries our prefix.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.judge.elements import Finder
from conformance.scenarios.authentication import ask
from conformance.scenarios.disposables import demand_a_way_back, put_user_back, user_now
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario_data import ScenarioData
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.ledger import (
    DEACTIVATED,
    PASSWORD,
    SETTING,
    USER,
    Ledger,
    LedgerEntry,
    Ledgers,
    begun,
    maker,
    run_of,
)
from conformance.sites.release import Release
from conformance.sites.settings import Setting, Value, setting_named
from conformance.wire.client import Sender
from conformance.wire.creations import CREATIONS, Creation, Listing, ListRead, read_list
from conformance.wire.exchange import Exchange, Reply, Request
from conformance.wire.served import NotServed

#: What a site answers when what is to be removed is already gone.
_GONE = ("060001", "030001", "000015")


def undo(run_context: RunContext, client: Sender, entry: LedgerEntry, key: Mapping[str, str]) -> None:
    """Undo what ``entry`` of this run stands for and settle it; :class:`CannotJudge` says why it still stands."""
    how = undone(run_context, client, entry, key)
    # Where no disk takes it, whoever sweeps looks for it again, and what is left still has to be undone.
    with suppress(OSError):
        run_context.ledger.settled(entry, how)


def undone(run_context: RunContext, client: Sender, entry: LedgerEntry, key: Mapping[str, str]) -> str:
    """Undo what ``entry`` of any run stands for; how a ledger says what became of it.

    A mock takes creations out of its books through the control plane, as an
    administrator would do by hand: DelUser only deactivates (R41.11.0-15), and
    with classic events disabled DelEvent may be refused.
    """
    if entry.operation == SETTING:
        _set_back(run_context, entry, key)
    elif entry.operation == PASSWORD:
        _put_password_back(run_context, client, entry)
    elif entry.operation == USER:
        put_user_back(run_context, client, key)
    elif run_context.control_plane is not None:
        for one in _each(next(iter(key.values()))):
            run_context.control_plane.delete(f"{CREATIONS[entry.operation].mock}/{one}")
    else:
        _remove(run_context, client, entry, key)
    return DEACTIVATED if entry.operation == "CreateUser" and run_context.control_plane is None else "removed"


def _each(ids: str) -> list[str]:
    """A user may go by several names: what it was given, and what it may have become."""
    return ids.split(",")


def _set_back(run_context: RunContext, entry: LedgerEntry, key: Mapping[str, str]) -> None:
    if run_context.control_plane is None:
        raise CannotJudge(f"only a control plane can set {entry.name} back")
    run_context.control_plane.set(setting_named(entry.name), json.loads(key["value"]))


def _put_password_back(run_context: RunContext, client: Sender, entry: LedgerEntry) -> None:
    account = run_context.profile.accounts.get(entry.role)
    if account is None or "password" not in account.credentials:
        raise CannotJudge(f"the profile names no password of {entry.role}")
    values = {"webExId": account.webex_id, "password": account.credentials["password"]}
    _request(run_context, client, "site-admin", "SetUser", values)


def _remove(run_context: RunContext, client: Sender, entry: LedgerEntry, key: Mapping[str, str]) -> None:
    """Whoever made a user, a full administrator takes it away: others may lack the right (R41.11.0-19)."""
    creation = CREATIONS[entry.operation]
    full = creation.kind == "user" and "site-admin" in run_context.profile.accounts
    _request(run_context, client, "site-admin" if full else entry.role, creation.remove, dict(key))


def _request(run_context: RunContext, client: Sender, role: str, operation: str, values: dict[str, str]) -> None:
    # Who made it may have been made for a run that is over; an administrator may undo what anybody did.
    caller = role if role in run_context.profile.accounts else "site-admin"
    reply = ask(run_context, client, caller, operation, values, repeatable=True)
    if not reply.succeeded and reply.exception_id not in _GONE:
        raise CannotJudge(f"{operation} answered {reply.verdict()}")


_HUB_RULES = Release(41, 11)


class ScenarioCleanup:
    """Keeps the ledger of one scenario and puts everything back."""

    def __init__(self, run_context: RunContext, client: Sender, data: ScenarioData) -> None:
        self._run_context = run_context
        self._client = client
        self._data = data
        self._left: list[tuple[LedgerEntry, dict[str, str]]] = []

    def set(self, setting: Setting, value: Value) -> None:
        """Change a setting of a mock, to be put back."""
        control_plane = self._run_context.control_plane
        if control_plane is None:
            return
        present = control_plane.setting(setting.name)
        if present != value:
            self._note("", SETTING, setting.name, {"value": json.dumps(present)})
            control_plane.set(setting, value)

    def name(self, operation: str, sent: dict[str, str]) -> None:
        """Whatever is created carries a recognisable name, so that a sweep finds it on the site."""
        creation = CREATIONS[operation]
        if creation.named not in sent:
            name = self._run_context.ledger.next_name()
            sent[creation.named] = f"{name}@{self._data.domain()}" if creation.named == "email" else name
        if operation == "CreateUser":
            sent.setdefault("webExId", sent["email"])

    def look_first(self, operation: str, sent: Mapping[str, str]) -> None:
        """Before a user of the operator's is changed: how is it now? Noted in the ledger, and put back at the end."""
        if operation not in ("SetUser", "DelUser"):
            return
        known = {one for entry, key in self._left for one in self._names(entry, key)}
        for webex_id in map(str.strip, sent["webExId"].split(",")):
            if webex_id not in known:
                now = user_now(self._run_context, self._client, webex_id)
                if operation == "DelUser":
                    demand_a_way_back(self._run_context, self._client, now)
                self._note("site-admin", USER, webex_id, now)

    def _names(self, entry: LedgerEntry, key: Mapping[str, str]) -> Iterator[str]:
        """What the users of this scenario are called, those it made and those it looked at."""
        if entry.operation in ("CreateUser", USER):
            for one in _each(key["webExId"]):
                yield from (one, one.partition("@")[0])

    def create(
        self,
        request: Request,
        sent: Mapping[str, str],
        send: Callable[[], Exchange],
        *,
        hold: bool = True,
    ) -> Exchange:
        """Send a creating request: noted in the ledger before it leaves, and again when the site told the key.

        ``hold`` gives what was created to the later steps of the scenario.
        """
        creation = CREATIONS[request.operation]
        entry = self._run_context.ledger.intend(request.caller, request.operation, sent[creation.named])
        try:
            exchange = send()
        except NotServed:
            self._run_context.ledger.settled(entry, "refused")
            raise
        try:
            reply = exchange.reply
        except CannotJudge as problem:
            self._data.miss(f"new {creation.kind}", str(problem))
            # Whether it was created nobody knows: the entry stays open. What was turned away is not on its way.
            if not exchange.unanswered or 300 <= exchange.status < 500:
                with suppress(OSError):
                    self._run_context.ledger.created(entry, {})
            return exchange
        if reply.succeeded:
            self._keep(reply, creation, sent, entry, hold)
        else:
            self._data.miss(f"new {creation.kind}", f"{request.operation} answered {reply.verdict()}")
            self._run_context.ledger.settled(entry, "refused")
        return exchange

    def follow(self, request: Request, sent: Mapping[str, str], exchange: Exchange) -> None:
        """Note what a SetUser means for the end: a user with a new name, an account with a new password.

        A new name counts beside the old one: the site may ignore it, or wait until
        it is verified (R41.11.0-11, -13). The password is noted after the fact: until
        the site says SUCCESS, and it should have ignored it (R41.11.0-04), there is
        nothing to put back.
        """
        if request.operation != "SetUser" or not exchange.served:
            return
        accounts = self._run_context.profile.accounts.values()
        # Who goes by a name already is not removed for it, though the site gave it to another as well (R41.11.0-14).
        others = {name.casefold() for one in accounts for name in (one.webex_id, one.email)}
        given = (sent.get(element, "") for element in ("email", "newWebExId"))
        names = [name for name in given if name and name.casefold() not in others]
        renamed = [(entry, key) for entry, key in self._left if names and sent["webExId"] in self._names(entry, key)]
        for _, key in renamed:
            key["webExId"] = ",".join(dict.fromkeys((*_each(key["webExId"]), *names)))
        account = next((one for one in accounts if one.webex_id == sent["webExId"]), None)
        if account is not None and "password" in sent and "password" in account.credentials:
            self._note(account.role, PASSWORD, account.role, {})
        for entry, key in renamed:
            self._run_context.ledger.created(entry, key)

    def clean_up(self) -> list[str]:
        """Undo everything in reverse order; what could not be undone, in words. Never changes a verdict."""
        cleanup_errors = []
        left, self._left = self._left[::-1], []
        for entry, key in left:
            try:
                undo(self._run_context, self._client, entry, key)
            except (CannotJudge, UserError) as problem:
                cleanup_errors.append(f"{entry.operation} {entry.name} could not be undone: {problem}")
        return cleanup_errors

    def _note(self, role: str, operation: str, name: str, key: dict[str, str]) -> None:
        entry = self._run_context.ledger.entry(role, operation, name)
        # On a full disk it can be undone by this scenario alone.
        self._left.append((entry, key))
        self._run_context.ledger.intended(entry)
        self._run_context.ledger.created(entry, key)

    def _keep(self, reply: Reply, creation: Creation, sent: Mapping[str, str], entry: LedgerEntry, hold: bool) -> None:
        finder = Finder(reply, self._run_context.contract.whole)
        wanted = (*creation.key, *creation.tells)
        told = {element: texts[0] for element in wanted if (texts := finder.texts(element)) and texts[0]}
        key = {variable: told[element] for element, variable in creation.key.items() if element in told}
        if creation.kind == "user":
            names = dict.fromkeys((sent["email"], sent["webExId"]))
            key = {"webExId": ",".join(names) if self._address_is_identity() else sent["webExId"]}
        if untold := [element for element, variable in creation.key.items() if not key.get(variable)]:
            # The XSD lets a reply leave its key out. The entry stays open: what has no key is swept by its name.
            why = f"{entry.operation} answered SUCCESS without {untold[0]}"
            self._data.miss(f"new {creation.kind}", why)
            return
        if hold:
            self._data.remember(f"new {creation.kind}", _described(sent, told, key))
        self._left.append((entry, key))
        self._run_context.ledger.created(entry, key)

    def _address_is_identity(self) -> bool:
        """Whether the site keeps the e-mail address as webExId whatever was given (R41.11.0-09)."""
        name, control_plane = "control-hub-managed", self._run_context.control_plane
        managed = control_plane.setting(name) if control_plane else self._run_context.profile.settings.get(name)
        return bool(managed) and self._run_context.release >= _HUB_RULES


def _described(sent: Mapping[str, str], told: Mapping[str, str], key: Mapping[str, str]) -> dict[str, str]:
    """What later steps may ask about something new."""
    first = {variable: _each(value)[0] for variable, value in key.items()}
    short = {"short name": sent["email"].partition("@")[0]} if "email" in sent else {}
    return {**sent, **told, **first, **short, "sessionKey": next(iter(first.values()))}


#: Minutes after which a request that nobody answered has reached the site, or never will: longer than proxies wait.
_ON_ITS_WAY = 15
#: Seconds for which the key of something is nobody else's, though no list can be read.
_FRESH = 24 * 3600.0
#: Seconds a run may last: so long is a job of GitHub at the most (docs.github.com, usage limits of Actions).
LASTS = 6 * 3600.0


@dataclass(frozen=True)
class _Shown:
    """Something a list shows: its name, its key, and whether it was removed already as far as it can be."""

    name: str
    key: str
    over: bool


class _SiteLists:
    """What the lists of a site show of what is created; each is read once, and only if somebody wants it."""

    def __init__(self, run_context: RunContext, client: Sender) -> None:
        self._run_context = run_context
        self._client = client
        self._lists: dict[tuple[str, str], ListRead] = {}

    def shown(self, operation: str, role: str) -> list[_Shown]:
        """What ``operation`` of ``role`` may have created."""
        listed = CREATIONS[operation].listed
        rows = [row for row in self._list(operation, role).rows if listed and listed.shows(row)]
        return [_Shown(row.get(listed.name, ""), row.get(listed.key, ""), self._over(row)) for row in rows if listed]

    def problem(self, operation: str, role: str) -> str:
        """Why something may be missing there; empty when the list was read to its end."""
        return self._list(operation, role).problem

    @property
    def broken(self) -> list[str]:
        """Which lists the site should have told, and did not."""
        return sorted({one.problem for one in self._lists.values() if one.broken})

    def _over(self, row: Mapping[str, str]) -> bool:
        """DelUser deactivates, and so did an earlier run or sweep: nothing more can be done through the API."""
        return self._run_context.control_plane is None and row.get("active") == "DEACTIVATED"

    def _list(self, operation: str, role: str) -> ListRead:
        creation = CREATIONS[operation]
        if creation.listed is None:
            return ListRead([], f"no list shows what {operation} makes")
        # Who made it, and of users an administrator; for one of a run that is over an administrator stands in.
        caller = "site-admin" if creation.kind == "user" or role not in self._run_context.profile.accounts else role
        wanted = (creation.listed.operation, caller)
        if wanted not in self._lists:
            self._lists[wanted] = self._read(creation.listed, caller)
        return self._lists[wanted]

    def _read(self, listed: Listing, caller: str) -> ListRead:
        if caller not in self._run_context.profile.accounts:
            return ListRead([], f"the profile names no {caller} to ask {listed.operation}")
        return read_list(listed, lambda values: ask(self._run_context, self._client, caller, listed.operation, values))


@dataclass(frozen=True)
class LeftOver:
    """One change an earlier run left, with what is needed to undo it, and the ledger that lists it, if one does.

    Without a ``key`` there is nothing to undo (any more); ``why`` says why it is left alone all the same.
    """

    entry: LedgerEntry
    key: dict[str, str] | None
    ledger: Path | None
    why: str = ""

    def __str__(self) -> str:
        return f"{self.entry.operation} {self.entry.name}"


class Sweep:
    """Looks for leftovers begun before ``before`` (seconds since the epoch; where none is given of any age).

    What no ledger lists may be of a run that is alive on another machine: it is left alone unless it began before
    ``strange`` (the same, where none is given).
    """

    def __init__(
        self, run_context: RunContext, ledgers: Ledgers, before: float | None = None, strange: float | None = None
    ) -> None:
        self._run_context = run_context
        self._ledgers = ledgers
        self._before = math.inf if before is None else before
        self._strange = self._before if strange is None else strange
        #: What :meth:`found` left alone: as another machine may be at it, and what a ledger lists as begun later.
        self.young: list[LeftOver] = []
        self.later: list[LeftOver] = []
        #: Names that begin like one of ours and go on: a scenario's, or somebody's copy.
        self.alike: list[str] = []
        #: Of which lists it could not be told what is left.
        self.unread: list[str] = []

    def clean(self, run: str = "") -> tuple[int, list[str]]:
        """Undo everything found, or what ``run`` left; how many, and what could not be undone, in words.

        Settings of a mock first: set otherwise it may list nothing, nor know users by the names they were made under.
        """
        settings = [LeftOver(*one) for one in self._listed(run) if one[0].operation == SETTING]
        left = self.remove(settings)
        found = self.of_run(run) if run else self.found()
        others = [item for item in found if item.entry.operation != SETTING]
        left += self.remove(others)
        return len(settings) + len(others) - len(left), left

    def found(self) -> list[LeftOver]:
        """Everything left: what the ledgers list, latest first, then what only the site shows; each once."""
        every = list(self._listed(before=math.inf))
        names = {entry.name for entry, _, _ in every}
        self.later = [LeftOver(*one) for one in every if one[0].started > self._before]
        with closing(self._run_context.client()) as client:
            site = _SiteLists(self._run_context, client)
            listed = [self._still_ours(self._resolved(*one, site), site) for one in self._listed()]
            shown = [item for item in self._on_site(site) if item.entry.name not in names]
            self.unread = site.broken
        others = [item for item in shown if begun(item.entry.name) is not None]
        self.alike = [item.entry.name for item in shown if item not in others]
        runs = [run_of(file) for file in self._ledgers.files()]
        strange = [one for one in others if not any(run.startswith(maker(one.entry.name)) for run in runs)]
        self.young = [one for one in strange if one.entry.started > self._strange]
        return [*listed, *(one for one in others if one not in self.young)]

    def of_run(self, run: str) -> list[LeftOver]:
        """What the ledgers of ``run``, or of one worker of it, still list; the site is asked only for lost keys."""
        with closing(self._run_context.client()) as client:
            site = _SiteLists(self._run_context, client)
            return [self._resolved(*one, site) for one in self._listed(run)]

    def remove(self, items: list[LeftOver]) -> list[str]:
        """Undo ``items``; what could not be undone, in words."""
        left = []
        with closing(self._run_context.client()) as client:
            for item in items:
                try:
                    self._remove(client, item)
                except (CannotJudge, UserError) as problem:
                    left.append(f"{item}: {problem}")
        return left

    def _remove(self, client: Sender, item: LeftOver) -> None:
        if item.why:
            raise CannotJudge(item.why)
        how = "removed" if item.key is None else undone(self._run_context, client, item.entry, item.key)
        if item.ledger is not None:
            ledger = Ledger(item.ledger, self._ledgers.place, "")
            with suppress(OSError), closing(ledger):
                ledger.settled(item.entry, how)

    def _listed(
        self, run: str = "", before: float | None = None
    ) -> Iterator[tuple[LedgerEntry, dict[str, str] | None, Path]]:
        """What the ledgers list, latest first."""
        limit = self._before if before is None else before
        for file in self._ledgers.files():
            if run in file.name:
                here = self._ledgers.left_behind(file)
                yield from ((entry, key, file) for entry, key in here if entry.started <= limit)

    def _resolved(self, entry: LedgerEntry, key: dict[str, str] | None, file: Path, site: _SiteLists) -> LeftOver:
        """The entry with its key; the reply that told it may be lost, and then the list of the site knows it."""
        if entry.operation == PASSWORD:
            return LeftOver(entry, {}, file)
        if key or entry.operation not in CREATIONS:
            return LeftOver(entry, key, file)
        by_name = [one for one in site.shown(entry.operation, entry.role) if _same(one.name, entry.name)]
        if not entry.gave(entry.name):
            why = "its name is none of ours"
        elif by_name and by_name[0].key:
            return LeftOver(entry, _key(entry.operation, by_name[0].key), file)
        elif by_name:
            why = "the list does not tell its key"
        else:
            why = site.problem(entry.operation, entry.role) or self._on_its_way(entry, answered=key is not None)
        return LeftOver(entry, None, file, f"whether it was created nobody knows: {why}" if why else "")

    def _on_its_way(self, entry: LedgerEntry, *, answered: bool) -> str:
        """Why what no list shows may still come; a mock has done what it was sent."""
        late = answered or self._run_context.control_plane is not None or _age(entry) > 60 * _ON_ITS_WAY
        return "" if late else f"the site does not show it yet; sweep in {_ON_ITS_WAY} minutes"

    def _still_ours(self, item: LeftOver, site: _SiteLists) -> LeftOver:
        """Before something is removed by its key: the site still shows it under a name that its run gave it."""
        entry = item.entry
        if not item.key or entry.operation not in CREATIONS or CREATIONS[entry.operation].listed is None:
            return item
        keys = [one.casefold() for one in _each(next(iter(item.key.values())))]
        names = [one.name for one in site.shown(entry.operation, entry.role) if one.key.casefold() in keys]
        foreign = [name for name in names if not (_same(name, entry.name) or entry.gave(name))]
        if foreign:
            return replace(item, why=f"what has its key is called {foreign[0]!r} on the site")
        if names or _age(entry) < _FRESH:
            return item
        if problem := site.problem(entry.operation, entry.role):
            return replace(item, why=f"whether it is still ours nobody knows: {problem}")
        return replace(item, key=None)

    def _on_site(self, site: _SiteLists) -> Iterator[LeftOver]:
        """What the lists show by a name that is ours, or looks like it."""
        lists = {name: listed for name, creation in CREATIONS.items() if (listed := creation.listed)}
        for operation, listed in lists.items():
            for one in site.shown(operation, listed.by):
                when = begun(one.name) or 0.0
                if maker(one.name) and when <= self._before and not one.over:
                    entry = LedgerEntry("", self._run_context.profile.name, listed.by, operation, one.name, when)
                    key = _key(operation, one.key) if one.key else None
                    yield LeftOver(entry, key, None, "" if key else "the list does not tell its key")


def _key(operation: str, value: str) -> dict[str, str]:
    return {next(iter(CREATIONS[operation].key.values())): value}


def _same(name: str, other: str) -> bool:
    return name.casefold() == other.casefold()


def _age(entry: LedgerEntry) -> float:
    return time.time() - entry.started
