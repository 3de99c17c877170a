"""What a scenario leaves on the site, and how it is undone in reverse order at its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from conformance.judge.finder import Finder
from conformance.run.belongings import Belongings
from conformance.run.removal import undo
from conformance.run.stage import Stage
from conformance.target.ledger import CREATIONS, PASSWORD, SETTING, Creation, Entry
from conformance.target.release import Release
from conformance.target.settings import Setting, Value
from conformance.target.trouble import CannotJudge, UserError
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, Request
from conformance.wire.message import Reply

_HUB_RULES = Release(41, 11)


class Traces:
    """Keeps the ledger of one scenario and puts everything back."""

    def __init__(self, stage: Stage, client: Sender, belongings: Belongings) -> None:
        self._stage = stage
        self._client = client
        self._belongings = belongings
        self._left: list[tuple[Entry, dict[str, str]]] = []

    def set(self, setting: Setting, value: Value) -> None:
        """Change a setting of a mock, to be put back."""
        control = self._stage.control
        if control is None:
            return
        present = control.setting(setting.name)
        if present != value:
            self._note("", SETTING, setting.name, {"value": json.dumps(present)})
            control.set(setting, value)

    def name(self, operation: str, sent: dict[str, str]) -> None:
        """Whatever is created carries a recognisable name, so that a sweep finds it on the site."""
        creation = CREATIONS[operation]
        if creation.named not in sent:
            name = self._stage.ledger.next_name()
            sent[creation.named] = f"{name}@{self._belongings.domain()}" if creation.named == "email" else name
        if operation == "CreateUser":
            sent.setdefault("webExId", sent["email"])

    def create(self, request: Request, sent: Mapping[str, str], send: Callable[[Request], Exchange]) -> Exchange:
        """Send a creating request: noted in the ledger before it leaves, and again when the site told the key."""
        creation = CREATIONS[request.operation]
        entry = self._stage.ledger.intend(request.caller, request.operation, sent[creation.named])
        exchange = send(request)
        try:
            reply = exchange.reply
        except CannotJudge:
            # Whether it was created nobody knows: the entry stays open for the sweep.
            return exchange
        if reply.succeeded:
            self._keep(reply, creation, sent, entry)
        else:
            self._stage.ledger.settled(entry, "refused")
        return exchange

    def follow(self, request: Request, sent: Mapping[str, str], exchange: Exchange) -> None:
        """Note what a SetUser means for the end: a user of ours with a new address, an account with a new password.

        The password is noted after the fact: until the site says SUCCESS, and
        it should have ignored it (R41.11.0-04), there is nothing to put back.
        """
        if request.operation != "SetUser" or not exchange.served:
            return
        for entry, key in self._left:
            if entry.operation == "CreateUser" and key["webExId"] == sent["webExId"] and sent.get("email"):
                key["webExId"] = sent["email"]
                self._stage.ledger.created(entry, key)
        accounts = self._stage.profile.accounts.values()
        account = next((one for one in accounts if one.webex_id == sent["webExId"]), None)
        if account is not None and "password" in sent and "password" in account.credentials:
            self._note(account.role, PASSWORD, account.role, {})

    def put_back(self) -> list[str]:
        """Undo everything in reverse order; what could not be undone, in words. Never changes a verdict."""
        troubles = []
        left, self._left = self._left[::-1], []
        for entry, key in left:
            try:
                undo(self._stage, self._client, entry, key)
            except (CannotJudge, UserError) as problem:
                troubles.append(f"{entry.operation} {entry.name} could not be undone: {problem}")
        return troubles

    def _note(self, role: str, operation: str, name: str, key: dict[str, str]) -> None:
        entry = self._stage.ledger.intend(role, operation, name)
        self._stage.ledger.created(entry, key)
        self._left.append((entry, key))

    def _keep(self, reply: Reply, creation: Creation, sent: Mapping[str, str], entry: Entry) -> None:
        finder = Finder(reply, self._stage.contract.whole)
        wanted = (*creation.key, *creation.tells)
        told = {element: texts[0] for element in wanted if (texts := finder.texts(element)) and texts[0]}
        key = {variable: told.get(element) or sent.get(element, "") for element, variable in creation.key.items()}
        if creation.kind == "user":
            key = {"webExId": sent["email"] if self._address_is_identity() else sent["webExId"]}
        if untold := [element for element, variable in creation.key.items() if not key.get(variable)]:
            # The XSD lets a reply leave its key out. The entry stays open: what has no key is swept by its name.
            why = f"{entry.operation} answered SUCCESS without {untold[0]}"
            self._belongings.miss(f"new {creation.kind}", why)
            return
        identity = next(iter(key.values()))
        self._belongings.remember(f"new {creation.kind}", {**sent, **told, **key, "sessionKey": identity})
        self._stage.ledger.created(entry, key)
        self._left.append((entry, key))

    def _address_is_identity(self) -> bool:
        """Whether the site keeps the e-mail address as webExId whatever was given (R41.11.0-09)."""
        name, control = "control-hub-managed", self._stage.control
        managed = control.setting(name) if control else self._stage.profile.settings.get(name)
        return bool(managed) and self._stage.release >= _HUB_RULES
