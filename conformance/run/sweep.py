"""Removes what earlier runs left on a site: what their ledgers list, and whatever carries our prefix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.run.removal import remove
from conformance.run.stage import Stage
from conformance.target.ledger import CREATIONS, Creation, Entry, Ledger, begun, left_behind
from conformance.target.trouble import CannotJudge
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
    """One thing an earlier run created and did not remove, and the ledger that lists it, if one does."""

    operation: str
    name: str
    role: str
    key: str
    ledger: Path | None
    number: str

    @property
    def kind(self) -> str:
        """user, meeting or event."""
        return CREATIONS[self.operation].kind


class Sweep:
    """Looks for leftovers begun before ``before`` (seconds since the epoch) and removes them."""

    def __init__(self, stage: Stage, ledgers: Path, before: float) -> None:
        self._stage = stage
        self._ledgers = ledgers
        self._before = before

    def found(self) -> list[LeftOver]:
        """Everything left: by the ledgers first, then by prefix from the site; each once."""
        client = self._stage.client()
        try:
            listed = {item.name: item for item in self._on_site(client)}
        finally:
            client.close()
        found = {item.name: item for item in self._in_ledgers(listed)}
        return list({**listed, **found}.values())

    def remove(self, items: list[LeftOver]) -> list[str]:
        """Remove ``items``; what could not be removed, in words."""
        left = []
        client = self._stage.client()
        try:
            for item in items:
                try:
                    self._remove(client, item)
                except CannotJudge as problem:
                    left.append(f"{item.kind} {item.name}: {problem}")
        finally:
            client.close()
        return left

    def _remove(self, client: Client, item: LeftOver) -> None:
        creation = CREATIONS[item.operation]
        entry = Entry(item.number, self._stage.profile.name, item.role, item.operation, item.name, 0.0)
        if item.key:
            remove(self._stage, client, creation, entry, {_variable(creation): item.key})
        if item.ledger is not None:
            Ledger(item.ledger, self._stage.profile.name, "").settled(entry, "removed")

    def _in_ledgers(self, listed: dict[str, LeftOver]) -> Iterator[LeftOver]:
        for file in sorted(self._ledgers.glob("*.jsonl")):
            for entry, key in left_behind(file):
                if entry.site != self._stage.profile.name or entry.started > self._before:
                    continue
                # The reply that told the key may have been lost: then the list of the site knows it, or it is not there.
                known = next(iter(key.values()), "") if key else getattr(listed.get(entry.name), "key", "")
                yield LeftOver(entry.operation, entry.name, entry.role, known, file, entry.number)

    def _on_site(self, client: Client) -> Iterator[LeftOver]:
        for operation, (lister, row, name, key, role) in _LISTS.items():
            if role not in self._stage.profile.accounts:
                continue
            for element in self._rows(client, lister, row, role):
                texts = {local_name(child): text_of(child) for child in element if isinstance(child.tag, str)}
                when = begun(texts.get(name, ""))
                if when is not None and when <= self._before:
                    yield LeftOver(operation, texts[name], role, texts.get(key, ""), None, "")

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


def _variable(creation: Creation) -> str:
    return next(iter(creation.key.values()))
