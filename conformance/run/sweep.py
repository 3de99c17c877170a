"""Removes what earlier runs left on a site: what their ledgers list, and whatever carries our prefix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.run.removal import undo
from conformance.run.stage import Stage
from conformance.target.ledger import CREATIONS, Entry, Ledger, begun, left_behind
from conformance.target.trouble import CannotJudge, UserError
from conformance.wire.client import Client
from conformance.wire.exchange import Request
from conformance.wire.message import Reply
from conformance.wire.xml import Element, local_name, text_of

#: How the site lists what an operation creates: operation, row, element of the name, element of the key, caller.
_LISTS = {
    "CreateUser": ("LstsummaryUser", "user", "email", "webExId", "site-admin"),
    "CreateMeeting": ("LstsummarySession", "session", "confName", "sessionKey", "host"),
    "CreateEvent": ("LstsummaryEvent", "event", "sessionName", "sessionKey", "host"),
}
_PAGE = 100
_MOST_PAGES = 200


@dataclass(frozen=True)
class LeftOver:
    """One trace an earlier run left, with what is needed to undo it, and the ledger that lists it, if one does."""

    entry: Entry
    key: dict[str, str] | None
    ledger: Path | None

    def __str__(self) -> str:
        return f"{self.entry.operation} {self.entry.name}"


class Sweep:
    """Looks for leftovers begun before ``before`` (seconds since the epoch) and removes them."""

    def __init__(self, stage: Stage, ledgers: Path, before: float) -> None:
        self._stage = stage
        self._ledgers = ledgers
        self._before = before

    def found(self) -> list[LeftOver]:
        """Everything left: what the ledgers list, latest first, then what only the site shows; each once."""
        shown = self._shown()
        listed = list(self._in_ledgers(shown))
        names = {item.entry.name for item in listed}
        return [*listed, *(item for name, item in shown.items() if name not in names)]

    def of_run(self, run: str) -> list[LeftOver]:
        """What the ledgers of ``run``, or of one worker of it, still list; the site is asked only for lost keys."""

        def mine(shown: Mapping[str, LeftOver]) -> list[LeftOver]:
            return [item for item in self._in_ledgers(shown) if item.ledger and run in item.ledger.name]

        items = mine({})
        return mine(self._shown()) if any(item.key is None for item in items) else items

    def remove(self, items: list[LeftOver]) -> list[str]:
        """Undo ``items``; what could not be undone, in words."""
        left = []
        client = self._stage.client()
        try:
            for item in items:
                try:
                    self._remove(client, item)
                except (CannotJudge, UserError) as problem:
                    left.append(f"{item}: {problem}")
        finally:
            client.close()
        return left

    def _remove(self, client: Client, item: LeftOver) -> None:
        if item.key is not None:
            undo(self._stage, client, item.entry, item.key)
        if item.ledger is not None:
            ledger = Ledger(item.ledger, self._stage.profile.name, "")
            ledger.settled(item.entry, "removed")
            ledger.close()

    def _shown(self) -> dict[str, LeftOver]:
        client = self._stage.client()
        try:
            return {item.entry.name: item for item in self._on_site(client)}
        finally:
            client.close()

    def _in_ledgers(self, shown: Mapping[str, LeftOver]) -> Iterator[LeftOver]:
        """What the ledgers list, latest first; ``shown`` by the site fills in keys that no reply told."""
        for file in sorted(self._ledgers.glob("*.jsonl"), reverse=True):
            for entry, key in left_behind(file):
                if entry.site != self._stage.profile.name or entry.started > self._before:
                    continue
                # The reply that told the key may be lost: then the list of the site knows it, or nothing is there.
                there = shown.get(entry.name)
                yield LeftOver(entry, key if key is not None else there.key if there else None, file)

    def _on_site(self, client: Client) -> Iterator[LeftOver]:
        for operation, (lister, row, name, key, role) in _LISTS.items():
            if role not in self._stage.profile.accounts:
                continue
            variable = next(iter(CREATIONS[operation].key.values()))
            for element in self._rows(client, lister, row, role):
                texts = {local_name(child): text_of(child) for child in element}
                when = begun(texts.get(name, ""))
                if when is not None and when <= self._before:
                    entry = Entry("", self._stage.profile.name, role, operation, texts[name], when)
                    yield LeftOver(entry, {variable: texts.get(key, "")}, None)

    def _rows(self, client: Client, lister: str, row: str, role: str) -> Iterator[Element]:
        for page in range(_MOST_PAGES):
            reply = self._ask(client, lister, role, page * _PAGE + 1)
            if not reply.succeeded or reply.body is None:
                return
            rows = [element for element in reply.body.iter() if local_name(element) == row]
            yield from rows
            if len(rows) < _PAGE:
                return

    def _ask(self, client: Client, lister: str, role: str, start: int) -> Reply:
        profile = self._stage.profile
        account = profile.accounts[role]
        element, secret = account.credential
        context = {"siteName": profile.site_name, "webExID": account.webex_id, element: secret}
        values = {"startFrom": str(start), "maximumNum": str(_PAGE)}
        body = self._stage.payloads.render(lister, values, context, profile.encoding)
        return client.send(Request(lister, role, profile.url, body)).reply
