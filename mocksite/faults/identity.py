"""Who a caller is and whom a request means, on a site that moved to Control Hub."""

from __future__ import annotations

from dataclasses import replace

from mocksite.faults.change import Alter, CallFault, MessageFault, ReplyFault, When, refusing
from mocksite.faults.fault import Fault
from mocksite.model.accounts import find_user
from mocksite.model.records import ACTIVATED, User
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal


def signed_in_with(element: str) -> When:
    """Requests whose caller proves who he is by an element of the securityContext."""
    return lambda call: call.request.security.has(element)


def _named(call: Call) -> str:
    return call.request.security.text("webExID") or call.request.security.text("email")


def _is(call: Call, name: str, era: str, *, by_address: bool) -> bool:
    user = find_user(call.store, call.release, name) if name else None
    return user is not None and user.era == era and ("@" in name) == by_address


def caller_named(era: str, *, by_address: bool) -> When:
    """Requests of users of an era who call themselves by the e-mail address, or by the old short webExID."""
    return lambda call: _is(call, _named(call), era, by_address=by_address)


def _later_user(call: Call) -> bool:
    """A later user who manages nobody: where every later user is locked out, nobody is left to ask."""
    user = find_user(call.store, call.release, _named(call)) if _named(call) else None
    return user is not None and not user.is_administrator and _is(call, _named(call), "hub", by_address=True)


def _target(era: str, *, by_address: bool) -> When:
    return lambda call: _is(call, call.content.text("webExId"), era, by_address=by_address)


def login_refused(exception_id: str) -> Alter:
    """The call is refused before anybody looks at it."""

    def alter(_call: Call) -> None:
        raise Refusal(exception_id)

    return alter


def short_name_taken(call: Call) -> None:
    """The part of an address before the @ passes for the address."""
    name = _named(call)
    user = next((one for one in call.store.all(User) if one.email.partition("@")[0] == name), None)
    for node in call.request.security.node.children:
        if user is not None and node.local.lower() == "webexid":
            node.text = user.webex_id


def _woken(call: Call, _body: Node) -> None:
    """DelUser said SUCCESS and nobody is gone."""
    user = find_user(call.store, call.release, call.content.text("webExId"))
    if user is not None:
        call.store.put(replace(user, active=ACTIVATED))


def _unchanged(call: Call) -> None:
    node = call.content.node.find("timeZoneID")
    if node is not None:
        call.content.node.children.remove(node)


def _short_target(call: Call) -> None:
    """The part of an address before the @ finds the user."""
    name = call.content.text("webExId")
    user = next((one for one in call.store.all(User) if one.era == "hub" and one.email.partition("@")[0] == name), None)
    node = call.content.node.find("webExId")
    if user is not None and node is not None:
        node.text = user.email


def _by_operation(clause: str, era: str, *, by_address: bool) -> tuple[Fault, ...]:
    """One operation refuses the name that all others take (line 249: all operations)."""
    return tuple(
        CallFault(
            f"{clause}/refused-by-{operation}",
            f"{operation} does not know the caller by that name (line 249)",
            clause,
            "login",
            (operation,),
            login_refused("030001"),
            caller_named(era, by_address=by_address),
        )
        for operation in ("GetUser", "GetMeeting", "GetSessionInfo", "GetEvent", "CreateMeeting")
    )


FAULTS: tuple[Fault, ...] = (
    *(
        MessageFault(
            f"{clause}/{element}-refused",
            f"GetSite refuses the credential {element} (lines 222-243)",
            clause,
            "login",
            ("GetSite",),
            refusing("030047" if element == "sessionTicket" else "030002"),
            signed_in_with(element),
        )
        for clause, element in (
            ("R41.11.0-24", "sessionTicket"),
            ("R41.11.0-25", "password"),
            ("R41.11.0-26", "webExAccessToken"),
            ("R41.11.0-27", "accessToken"),
        )
    ),
    CallFault(
        "R41.11.0-28/old-name-refused",
        "the old webExID opens nothing (lines 245-249)",
        "R41.11.0-28",
        "login",
        (),
        login_refused("030002"),
        caller_named("classic", by_address=False),
    ),
    CallFault(
        "R41.11.0-29/address-refused",
        "the address of a classic user opens nothing (line 247)",
        "R41.11.0-29",
        "login",
        (),
        login_refused("030002"),
        caller_named("classic", by_address=True),
    ),
    CallFault(
        "R41.11.0-30/address-refused",
        "the address of a later user opens nothing (line 249)",
        "R41.11.0-30",
        "login",
        (),
        login_refused("030002"),
        _later_user,
    ),
    *(
        MessageFault(
            f"{clause}/{element}-denied",
            f"GetSite and GetUser deny everything to who signs in with {element} (lines 222-243)",
            clause,
            "login",
            ("GetSite", "GetUser"),
            refusing(*told),
            signed_in_with(element),
        )
        for clause, element, told in (
            ("R41.11.0-24", "sessionTicket", ("030048", "Not a valid session ticket")),
            ("R41.11.0-25", "password", ("000001", "Access denied, additional privileges are required")),
            ("R41.11.0-26", "webExAccessToken", ("030049", "WebEx access token is invalid")),
            ("R41.11.0-27", "accessToken", ("000001", "Access denied, additional privileges are required")),
        )
    ),
    *(
        CallFault(
            f"{clause}/{name}-denied",
            f"every operation denies a {era} user everything under the {name} (lines 245-249)",
            clause,
            "login",
            (),
            login_refused("000001"),
            when,
        )
        for clause, name, era, when in (
            ("R41.11.0-28", "old-name", "classic", caller_named("classic", by_address=False)),
            ("R41.11.0-29", "address", "classic", caller_named("classic", by_address=True)),
            ("R41.11.0-30", "address", "later", _later_user),
        )
    ),
    *_by_operation("R41.11.0-28", "classic", by_address=False),
    *_by_operation("R41.11.0-29", "classic", by_address=True),
    *_by_operation("R41.11.0-30", "hub", by_address=True),
    *(
        CallFault(
            f"R41.11.0-68/{operation}-by-short-name",
            f"{operation} finds a later user by the part before the @ (lines 141, 255)",
            "R41.11.0-68",
            check,
            (operation,),
            _short_target,
        )
        for operation, check in (("GetUser", "result"), ("SetUser", "element-value"), ("DelUser", "element-value"))
    ),
    CallFault(
        "R41.11.0-31/short-name-accepted",
        "the part before the @ opens an account (line 249)",
        "R41.11.0-31",
        "result",
        (),
        short_name_taken,
    ),
    CallFault(
        "R41.11.0-32/old-name-unknown",
        "GetUser does not find the old webExID (lines 253-268)",
        "R41.11.0-32",
        "result",
        ("GetUser",),
        login_refused("030001"),
        _target("classic", by_address=False),
    ),
    CallFault(
        "R41.11.0-32/address-unknown",
        "GetUser does not find a classic user's address (lines 253-268)",
        "R41.11.0-32",
        "result",
        ("GetUser",),
        login_refused("030001"),
        _target("classic", by_address=True),
    ),
    CallFault(
        "R41.11.0-33/address-unknown",
        "GetUser does not find a later user (lines 280-295)",
        "R41.11.0-33",
        "result",
        ("GetUser",),
        login_refused("030001"),
        _target("hub", by_address=True),
    ),
    CallFault(
        "R41.11.0-34/old-name-unknown",
        "SetUser ignores the old webExID (lines 253-268)",
        "R41.11.0-34",
        "element-value",
        ("SetUser",),
        _unchanged,
        _target("classic", by_address=False),
    ),
    CallFault(
        "R41.11.0-34/address-unknown",
        "SetUser ignores a classic user's address (lines 253-268)",
        "R41.11.0-34",
        "element-value",
        ("SetUser",),
        _unchanged,
        _target("classic", by_address=True),
    ),
    CallFault(
        "R41.11.0-35/set-stores-nothing",
        "SetUser succeeds for a later user and stores nothing (lines 280-295)",
        "R41.11.0-35",
        "element-value",
        ("SetUser",),
        _unchanged,
        _target("hub", by_address=True),
    ),
    ReplyFault(
        "R41.11.0-36/nobody-deleted",
        "DelUser succeeds and leaves the classic user active (lines 253-268)",
        "R41.11.0-36",
        "element-value",
        ("DelUser",),
        _woken,
        _target("classic", by_address=False),
    ),
    ReplyFault(
        "R41.11.0-36/nobody-deleted-by-address",
        "DelUser succeeds for an address and leaves the classic user active (lines 253-268)",
        "R41.11.0-36",
        "element-value",
        ("DelUser",),
        _woken,
        _target("classic", by_address=True),
    ),
    ReplyFault(
        "R41.11.0-37/nobody-deleted",
        "DelUser succeeds and leaves the later user active (lines 280-295)",
        "R41.11.0-37",
        "element-value",
        ("DelUser",),
        _woken,
        _target("hub", by_address=True),
    ),
)
