"""Removes from a site what a run created there; used at the end of a scenario and by the sweep."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.run.stage import Stage
from conformance.target.ledger import Creation, Entry
from conformance.target.trouble import CannotJudge
from conformance.wire.client import Client
from conformance.wire.exchange import Request

#: What a site answers when the thing is already gone.
_GONE = ("060001", "030001", "000015")
_SECTION = {"user": "users", "meeting": "sessions", "event": "sessions"}


def remove(stage: Stage, client: Client, creation: Creation, entry: Entry, key: Mapping[str, str]) -> None:
    """Remove what ``entry`` created; :class:`CannotJudge` says why it still stands.

    A mock takes it out of its books through the control plane, as an
    administrator would do by hand: DelUser only deactivates (R41.11.0-15), and
    with classic events disabled DelEvent may be refused.
    """
    if stage.control is not None:
        stage.control.delete(f"{_SECTION[creation.kind]}/{next(iter(key.values()))}")
    else:
        _remove_by_request(stage, client, creation, entry, key)
    stage.ledger.settled(entry, "removed")


def _remove_by_request(stage: Stage, client: Client, creation: Creation, entry: Entry, key: Mapping[str, str]) -> None:
    account = stage.profile.accounts[entry.role]
    element, secret = account.credential
    context = {"siteName": stage.profile.site_name, "webExID": account.webex_id, element: secret}
    body = stage.payloads.render(creation.remove, dict(key), context, stage.profile.encoding)
    reply = client.send(Request(creation.remove, entry.role, stage.profile.url, body)).reply
    if not reply.succeeded and reply.exception_id not in _GONE:
        raise CannotJudge(f"{creation.remove} answered {reply.verdict()}")
