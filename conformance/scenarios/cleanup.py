"""What scenarios leave on a site, and how it is undone: at the end of each, and by the sweep of later runs.

At the end of a scenario in reverse order; a sweep removes what the ledgers of
earlier runs list, and whatever carries our prefix.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
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
from conformance.wire.creations import CREATIONS, Creation, Listing
from conformance.wire.exchange import Element, Exchange, Reply, Request, local_name, texts_of
from conformance.wire.served import NotServed

#: What a site answers when what is to be removed is already gone.
_GONE = ("060001", "030001", "000015")


def undo(run_context: RunContext, client: Sender, entry: LedgerEntry, key: Mapping[str, str]) -> None:
    """Undo what ``entry`` stands for and settle it; :class:`CannotJudge` says why it still stands.

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
    stays = entry.operation == "CreateUser" and run_context.control_plane is None
    # Where no disk takes it, whoever sweeps looks for it again, and what is left still has to be undone.
    with suppress(OSError):
        run_context.ledger.settled(entry, DEACTIVATED if stays else "removed")


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
        except CannotJudge:
            # Whether it was created nobody knows: the entry stays open for the sweep.
            return exchange
        if reply.succeeded:
            self._keep(reply, creation, sent, entry, hold)
        else:
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


_PAGE = 100
_MOST_PAGES = 200


@dataclass(frozen=True)
class LeftOver:
    """One change an earlier run left, with what is needed to undo it, and the ledger that lists it, if one does."""

    entry: LedgerEntry
    key: dict[str, str] | None
    ledger: Path | None

    def __str__(self) -> str:
        return f"{self.entry.operation} {self.entry.name}"


class Sweep:
    """Looks for leftovers begun before ``before`` (seconds since the epoch) and removes them.

    What no ledger lists may be of a run that is alive on another machine: it is left alone unless it began before
    ``strange`` (the same, where none is given).
    """

    def __init__(self, run_context: RunContext, ledgers: Ledgers, before: float, strange: float | None = None) -> None:
        self._run_context = run_context
        self._ledgers = ledgers
        self._before = before
        self._strange = before if strange is None else strange
        #: What :meth:`found` left alone, as another machine may be at it.
        self.young: list[LeftOver] = []

    def found(self) -> list[LeftOver]:
        """Everything left: what the ledgers list, latest first, then what only the site shows; each once."""
        shown = self._shown()
        listed = list(self._in_ledgers(shown))
        names = {item.entry.name for item in listed}
        runs = [run_of(file) for file in self._ledgers.files()]
        others = [item for name, item in shown.items() if name not in names]
        strange = [one for one in others if not any(run.startswith(maker(one.entry.name)) for run in runs)]
        self.young = [one for one in strange if one.entry.started > self._strange]
        return [*listed, *(one for one in others if one not in self.young)]

    def of_run(self, run: str) -> list[LeftOver]:
        """What the ledgers of ``run``, or of one worker of it, still list; the site is asked only for lost keys."""

        def mine(shown: Mapping[str, LeftOver]) -> list[LeftOver]:
            return [item for item in self._in_ledgers(shown) if item.ledger and run in item.ledger.name]

        items = mine({})
        return mine(self._shown()) if any(item.key is None for item in items) else items

    def remove(self, items: list[LeftOver]) -> list[str]:
        """Undo ``items``; what could not be undone, in words.

        Settings of a mock first: set otherwise it may not know users by the names they were made under.
        """
        left = []
        client = self._run_context.client()
        try:
            for item in sorted(items, key=lambda one: one.entry.operation != SETTING):
                try:
                    self._remove(client, item)
                except (CannotJudge, UserError) as problem:
                    left.append(f"{item}: {problem}")
        finally:
            client.close()
        return left

    def _remove(self, client: Sender, item: LeftOver) -> None:
        if item.key is not None:
            undo(self._run_context, client, item.entry, item.key)
        if item.ledger is not None:
            ledger = Ledger(item.ledger, self._ledgers.place, "")
            ledger.settled(item.entry, "removed")
            ledger.close()

    def _shown(self) -> dict[str, LeftOver]:
        client = self._run_context.client()
        try:
            return {item.entry.name: item for item in self._on_site(client)}
        finally:
            client.close()

    def _in_ledgers(self, shown: Mapping[str, LeftOver]) -> Iterator[LeftOver]:
        """What the ledgers list, latest first; ``shown`` by the site fills in keys that no reply told."""
        for file in self._ledgers.files():
            for entry, key in self._ledgers.left_behind(file):
                if entry.started > self._before:
                    continue
                # The reply that told the key may be lost: then the list of the site knows it, or nothing is there.
                there = shown.get(entry.name)
                yield LeftOver(entry, key if key is not None else there.key if there else None, file)

    def _on_site(self, client: Sender) -> Iterator[LeftOver]:
        accounts = self._run_context.profile.accounts
        lists = {operation: one for operation, creation in CREATIONS.items() if (one := creation.listed)}
        for operation, listed in lists.items():
            variable = next(iter(CREATIONS[operation].key.values()))
            for element in self._rows(client, listed) if listed.by in accounts else ():
                texts = texts_of(element)
                name = texts.get(listed.name, "")
                when = begun(name) if listed.shows(texts) else None
                if when is not None and when <= self._before and not self._removed_already(texts):
                    entry = LedgerEntry("", self._run_context.profile.name, listed.by, operation, name, when)
                    yield LeftOver(entry, {variable: texts.get(listed.key, "")}, None)

    def _removed_already(self, texts: Mapping[str, str]) -> bool:
        """DelUser deactivates, and so did an earlier run or sweep: nothing more can be done through the API."""
        return self._run_context.control_plane is None and texts.get("active") == "DEACTIVATED"

    def _rows(self, client: Sender, listed: Listing) -> Iterator[Element]:
        for page in range(_MOST_PAGES):
            try:
                reply = self._ask(client, listed, page * _PAGE + 1)
            except NotServed:
                return
            if not reply.succeeded or reply.body is None:
                return
            rows = [element for element in reply.body.iter() if local_name(element) == listed.row]
            yield from rows
            if len(rows) < _PAGE:
                return

    def _ask(self, client: Sender, listed: Listing, start: int) -> Reply:
        values = {"startFrom": str(start), "maximumNum": str(_PAGE)}
        return ask(self._run_context, client, listed.by, listed.operation, values)
