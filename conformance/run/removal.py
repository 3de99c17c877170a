"""Undoes what a run left on a site; used at the end of a scenario and by the sweep."""

from __future__ import annotations

import json
from collections.abc import Mapping

from conformance.run.signing import Signing
from conformance.run.stage import Stage
from conformance.target.ledger import CREATIONS, PASSWORD, SETTING, Entry
from conformance.target.settings import setting_named
from conformance.target.trouble import CannotJudge
from conformance.wire.client import Sender
from conformance.wire.exchange import Request

#: What a site answers when the thing is already gone.
_GONE = ("060001", "030001", "000015")
_SECTION = {"user": "users", "meeting": "sessions", "event": "sessions"}


def undo(stage: Stage, client: Sender, entry: Entry, key: Mapping[str, str]) -> None:
    """Undo what ``entry`` stands for and settle it; :class:`CannotJudge` says why it still stands.

    A mock takes creations out of its books through the control plane, as an
    administrator would do by hand: DelUser only deactivates (R41.11.0-15), and
    with classic events disabled DelEvent may be refused.
    """
    if entry.operation == SETTING:
        _set_back(stage, entry, key)
    elif entry.operation == PASSWORD:
        _put_password_back(stage, client, entry)
    elif stage.control is not None:
        kind = CREATIONS[entry.operation].kind
        stage.control.delete(f"{_SECTION[kind]}/{next(iter(key.values()))}")
    else:
        _remove(stage, client, entry, key)
    stage.ledger.settled(entry, "removed")


def _set_back(stage: Stage, entry: Entry, key: Mapping[str, str]) -> None:
    if stage.control is None:
        raise CannotJudge(f"only a control plane can set {entry.name} back")
    stage.control.set(setting_named(entry.name), json.loads(key["value"]))


def _put_password_back(stage: Stage, client: Sender, entry: Entry) -> None:
    account = stage.profile.accounts[entry.role]
    values = {"webExId": account.webex_id, "password": account.credentials["password"]}
    _request(stage, client, "site-admin", "SetUser", values)


def _remove(stage: Stage, client: Sender, entry: Entry, key: Mapping[str, str]) -> None:
    _request(stage, client, entry.role, CREATIONS[entry.operation].remove, dict(key))


def _request(stage: Stage, client: Sender, role: str, operation: str, values: dict[str, str]) -> None:
    signing = Signing(stage, client.send)
    account = signing.account(role)
    body = signing.body(operation, values, signing.context(account))
    reply = client.send(Request(operation, account.role, stage.profile.url, body)).reply
    if not reply.succeeded and reply.exception_id not in _GONE:
        raise CannotJudge(f"{operation} answered {reply.verdict()}")
