"""Users of the operator's that a scenario may change: how they were, and how they become so again."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.judge.elements import Finder
from conformance.scenarios.authentication import ask
from conformance.scenarios.run_context import RunContext
from conformance.sites.errors import CannotJudge
from conformance.sites.settings import known_settings, refusals
from conformance.wire.client import Sender
from conformance.wire.exchange import Reply

#: What GetUser tells and SetUser gives back: element of the request, path in the reply.
_SERVICES = ("meetingCenter", "trainingCenter", "supportCenter", "eventCenter", "salesCenter")
_GIVEN_BACK = {
    # A site that keeps the contract ignores it (R41.11.0-13); one that took a new name takes the old one, too.
    "newWebExId": "webExId",
    "email": "email",
    "active": "active",
    "host": "privilege/host",
    "timeZoneID": "timeZoneID",
    **{name: f"supportedServices/{name}" for name in _SERVICES},
}
#: Who may host again is given licences by some sites, more than there were: the second request takes those back.
_ROUNDS = 2


def user_now(run_context: RunContext, client: Sender, webex_id: str) -> dict[str, str]:
    """How a user is; :class:`CannotJudge` when the site does not show it: then it is not changed either."""
    reply = ask(run_context, client, "site-admin", "GetUser", {"webExId": webex_id})
    if not reply.succeeded:
        raise CannotJudge(f"{webex_id} cannot be looked at before it is changed: GetUser answered {reply.verdict()}")
    return {"webExId": webex_id, **_state(run_context, reply)}


def demand_a_way_back(run_context: RunContext, client: Sender, now: Mapping[str, str]) -> None:
    """Before DelUser takes a user of the operator's: SetUser would give it back.

    Asked only where the profile leaves open whether the site is set so that it refuses
    SetUser: :class:`CannotJudge` when it does, and nobody stays deactivated.
    """
    told = run_context.profile.settings
    untold = [name for name, one in known_settings().items() if "SetUser" in one.refuses and name not in told]
    same = {element: now[element] for element in ("webExId", "timeZoneID") if element in now}
    if not untold or len(same) < len(("webExId", "timeZoneID")):
        return
    reply = ask(run_context, client, "site-admin", "SetUser", same, repeatable=True)
    if reply.exception_id in refusals(untold):
        raise CannotJudge(f"{now['webExId']} could not be given back: SetUser answered {reply.verdict()}")


def put_user_back(run_context: RunContext, client: Sender, before: Mapping[str, str]) -> None:
    """Make a user what it was; ``before["webExId"]`` lists every name it may go by now."""
    name, now = _found(run_context, client, before["webExId"].split(","))
    for _ in range(_ROUNDS):
        changed = _changed(before, now)
        if not changed:
            return
        reply = ask(run_context, client, "site-admin", "SetUser", {"webExId": name, **changed}, repeatable=True)
        if not reply.succeeded:
            raise CannotJudge(f"SetUser of {name} answered {reply.verdict()}")
        names = (changed.get("newWebExId"), changed.get("email"), name)
        name, now = _found(run_context, client, [one for one in names if one])
    for element, was in _changed(before, now).items():
        raise CannotJudge(f"{name} has {element} {now.get(element, 'absent')} still, it was {was}")


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    return {element: was for element, was in _wanted(before).items() if not _same(now.get(element, ""), was)}


def _found(run_context: RunContext, client: Sender, names: list[str]) -> tuple[str, dict[str, str]]:
    for name in names:
        reply = ask(run_context, client, "site-admin", "GetUser", {"webExId": name})
        if reply.succeeded:
            return name, _state(run_context, reply)
    raise CannotJudge(f"GetUser of {' or '.join(names)} answered {reply.verdict()}")


def _wanted(before: Mapping[str, str]) -> dict[str, str]:
    return {element: before[element] for element in _GIVEN_BACK if before.get(element)}


def _state(run_context: RunContext, reply: Reply) -> dict[str, str]:
    finder = Finder(reply, run_context.contract.whole)
    told = {element: finder.texts(path) for element, path in _GIVEN_BACK.items()}
    return {element: texts[0] for element, texts in told.items() if texts and texts[0]}


def _same(now: str, was: str) -> bool:
    booleans = {"1": "true", "0": "false"}
    return booleans.get(now, now).casefold() == booleans.get(was, was).casefold()
