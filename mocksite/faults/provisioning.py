"""CreateUser, SetUser and DelUser: what is stored although it must not be, lost although it must not be."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from mocksite.faults.change import CallFault, Edit, MessageFault, ReplyFault, deaf_to, refusing, spots
from mocksite.faults.fault import Fault
from mocksite.model.accounts import find_user, issue
from mocksite.model.queries import Term
from mocksite.model.records import ACTIVATED, DEACTIVATED, User
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal


def _meant(call: Call) -> User | None:
    content = call.content
    for name in (content.text("email"), content.text("webExId")):
        found = find_user(call.store, call.release, name) if name else None
        if found is not None:
            return found
    return None


def storing(**fields: Any) -> Edit:
    """After the operation the user it meant is changed; a callable is given the call."""

    def edit(call: Call, _body: Node) -> None:
        user = _meant(call)
        if user is not None:
            new = {name: value(call) if callable(value) else value for name, value in fields.items()}
            call.store.put(replace(user, **{name: value for name, value in new.items() if value != ""}))

    return edit


def after(clause: str, name: str, operation: str, what: str, edit: Edit, check: str = "element-value") -> Fault:
    """A reply fault of one operation, for changes behind the reply."""
    return ReplyFault(f"{clause}/{name}", f"{operation}: {what}", clause, check, (operation,), edit)


def told(clause: str, name: str, operation: str, what: str, alter: Any, check: str = "element-value") -> Fault:
    """A call fault of one operation."""
    return CallFault(f"{clause}/{name}", f"{operation}: {what}", clause, check, (operation,), alter)


def _lax(clause: str, operation: str, exception: str, lines: str) -> Fault:
    """The rule behind an exception is not kept."""

    def edit(_call: Call, message: Node) -> None:
        found = message.find("header/response/exceptionID")
        if found is not None and found.text == exception:
            found.text = "999999"

    return MessageFault(
        f"{clause}/{exception}-lost-its-id",
        f"{operation} refuses without {exception} (lines {lines})",
        clause,
        "exception-id",
        (operation,),
        edit,
    )


def _an_address(element: str) -> Any:
    """What an element says where it is an e-mail address, and nothing where it is a short name."""
    return lambda call: call.content.text(element) if "@" in call.content.text(element) else ""


def _own(element: str) -> Any:
    """What an element says to a caller who changes the own record, and nothing to an administrator of another."""

    def value(call: Call) -> str:
        caller = find_user(call.store, call.release, call.request.security.text("webExID"))
        mine = caller is not None and caller == find_user(call.store, call.release, call.content.text("webExId"))
        return call.content.text(element) if mine else ""

    return value


def _dead_link(call: Call) -> None:
    call.base_url = f"{call.base_url}/gone"


def _only_when_set_back(call: Call, body: Node) -> None:
    """Who was deactivated is woken, verified or not; who never was active stays as he is."""
    user = _meant(call)
    if user is not None and user.active == DEACTIVATED and not user.verified:
        storing(active=lambda call: call.content.text("active"))(call, body)


def _own_address_changed(call: Call) -> None:
    """Anybody passes for a full administrator when it comes to the own record."""
    caller = find_user(call.store, call.release, call.request.security.text("webExID"))
    meant = find_user(call.store, call.release, call.content.text("webExId"))
    if caller is not None and caller == meant:
        call.store.put(replace(caller, site_admin=True))


def _reader_writes(call: Call) -> None:
    """A read-only administrator passes for a full one."""
    caller = find_user(call.store, call.release, call.request.security.text("webExID"))
    if caller is not None and caller.ro_site_admin:
        call.store.put(replace(caller, site_admin=True))


def _address_shared(call: Call) -> None:
    """The address of another user of this site is free: it is taken from the other first.

    Of one who has verified it, it is not: a site that takes an operator's account away cannot be put back by anybody.
    """
    other = find_user(call.store, call.release, call.content.text("email"))
    if other is not None and not other.verified:
        call.store.put(replace(other, email=f"other.{other.email}", webex_id=f"other.{other.webex_id}"))


def _first_only(call: Call) -> None:
    """Of several addresses the site hears the webExID, and refuses the request for the other."""
    if call.request.security.has("email") and call.request.security.has("webExID"):
        raise Refusal("030002")


def _full_right(call: Call) -> None:
    """Any administrator passes for a full one: his own privileges are looked up wrongly."""
    name = call.request.security.text("webExID") or call.request.security.text("email")
    caller = find_user(call.store, call.release, name)
    if caller is not None and caller.user_admin:
        call.store.put(replace(caller, site_admin=True))


def _scoped(call: Call) -> None:
    """The token signs in as a ticket would, of which no scope is asked."""
    for _, token in spots(call.request.security.node, "accessToken"):
        user = call.store.first(User, Term("access_token", "=", token.text))
        if user is not None:
            token.name = token.name.replace("accessToken", "sessionTicket")
            token.text = issue(call.store, user, f"scoped-{secrets.token_hex(16)}", call.now).ticket


FAULTS: tuple[Fault, ...] = (
    after(
        "R41.11.0-01",
        "active-at-once",
        "CreateUser",
        "every new user is active (lines 131-133)",
        storing(active=ACTIVATED),
        "element-value",
    ),
    after("R41.11.0-02", "never-active", "CreateUser", "no new user is active (line 133)", storing(active=DEACTIVATED)),
    after(
        "R41.11.0-03",
        "password-taken-over",
        "CreateUser",
        "the password is stored (line 135)",
        storing(password=lambda call: call.content.text("password")),
        "result",
    ),
    after(
        "R41.11.0-04",
        "password-taken-over",
        "SetUser",
        "the password is stored (line 135)",
        storing(password=lambda call: call.content.text("password")),
        "result",
    ),
    after(
        "R41.11.0-04",
        "own-password-taken-over",
        "SetUser",
        "the password of a user who changes the own record is stored (line 135)",
        storing(password=_own("password")),
        "result",
    ),
    CallFault(
        "R41.11.0-64/dead-link",
        "the link of the activation mail leads nowhere (line 135)",
        "R41.11.0-64",
        "page",
        ("CreateUser",),
        _dead_link,
    ),
    after(
        "R41.11.0-06",
        "active-obeyed",
        "CreateUser",
        "the active element is obeyed (lines 137, 199)",
        storing(active=lambda call: call.content.text("active")),
    ),
    after(
        "R41.11.0-07",
        "active-obeyed",
        "SetUser",
        "the active element is obeyed (line 137)",
        storing(active=lambda call: call.content.text("active")),
    ),
    after(
        "R41.11.0-08",
        "identity-lost",
        "CreateUser",
        "webExId is cut at the @ (line 139)",
        storing(webex_id=lambda call: call.content.text("email").partition("@")[0]),
    ),
    after(
        "R41.11.0-09",
        "webexid-stored",
        "CreateUser",
        "the webExId given is stored (line 139)",
        storing(webex_id=lambda call: call.content.text("webExId")),
    ),
    after(
        "R41.11.0-09",
        "address-stored",
        "CreateUser",
        "the webExId given is stored where it is an e-mail address (line 139)",
        storing(webex_id=_an_address("webExId")),
    ),
    told("R41.11.0-10", "nothing-stored", "SetUser", "succeeds and stores nothing (line 141)", deaf_to("timeZoneID")),
    MessageFault(
        "R41.11.0-11/full-administrator-refused",
        "SetUser refuses a full administrator, too (lines 141-143)",
        "R41.11.0-11",
        "result",
        ("SetUser",),
        refusing("030120"),
        lambda call: call.content.has("email"),
    ),
    CallFault(
        "R41.11.0-12/own-address",
        "SetUser lets anybody change the own address (lines 143-145)",
        "R41.11.0-12",
        "result",
        ("SetUser",),
        _own_address_changed,
    ),
    CallFault(
        "R41.11.0-12/read-only-administrator",
        "SetUser lets a read-only administrator change an address (lines 143-145)",
        "R41.11.0-12",
        "result",
        ("SetUser",),
        _reader_writes,
    ),
    CallFault(
        "R41.11.0-14/address-shared",
        "SetUser takes the address of another user of the site who has not verified it (lines 149-151)",
        "R41.11.0-14",
        "result",
        ("SetUser",),
        _address_shared,
    ),
    after(
        "R41.11.0-67",
        "anybody-woken",
        "SetUser",
        "a deactivated user is woken, verified or not (line 153)",
        _only_when_set_back,
    ),
    CallFault(
        "R41.11.0-65/address-refused",
        "CreateUser refuses a caller who names webExID and email (lines 178-182)",
        "R41.11.0-65",
        "result",
        ("CreateUser",),
        _first_only,
    ),
    MessageFault(
        "R41.11.0-66/ticket-refused",
        "CreateUser refuses session tickets (line 182)",
        "R41.11.0-66",
        "result",
        ("CreateUser",),
        refusing("030104"),
        lambda call: call.request.security.has("sessionTicket"),
    ),
    MessageFault(
        "R41.11.0-26/no-webex-token-for-users",
        "CreateUser refuses a webExAccessToken (line 182)",
        "R41.11.0-26",
        "login",
        ("CreateUser",),
        refusing("030002"),
        lambda call: call.request.security.has("webExAccessToken"),
    ),
    CallFault(
        "R41.11.0-12/any-administrator",
        "SetUser lets any administrator change an address (lines 143-145)",
        "R41.11.0-12",
        "result",
        ("SetUser",),
        _full_right,
    ),
    after(
        "R41.11.0-13",
        "new-name-taken-over",
        "SetUser",
        "newWebExId is stored (line 147)",
        storing(webex_id=lambda call: call.content.text("newWebExId")),
    ),
    _lax("R41.11.0-14", "SetUser", "030118", "149-151"),
    after(
        "R41.11.0-13",
        "new-address-taken-over",
        "SetUser",
        "newWebExId is stored where it is an e-mail address (line 147)",
        storing(webex_id=_an_address("newWebExId")),
    ),
    after(
        "R41.11.0-13",
        "own-name-taken-over",
        "SetUser",
        "newWebExId of a user who changes the own record is stored (line 147)",
        storing(webex_id=_own("newWebExId")),
    ),
    after(
        "R41.11.0-15",
        "still-active",
        "DelUser",
        "succeeds and leaves the user active (line 153)",
        storing(active=ACTIVATED),
    ),
    after(
        "R41.11.0-15",
        "license-kept",
        "DelUser",
        "leaves the user the license (line 153)",
        storing(host=True, meeting_center=True),
        "license",
    ),
    told(
        "R41.11.0-16", "not-woken", "SetUser", "active = ACTIVATED does not re-activate (line 153)", deaf_to("active")
    ),
    _lax("R41.11.0-17", "CreateUser", "030117", "155-157"),
    _lax("R41.11.0-18", "SetUser", "030117", "155-157"),
    CallFault(
        "R41.11.0-19/scope-not-asked",
        "CreateUser does not look at the scope (lines 155-159)",
        "R41.11.0-19",
        "result",
        ("CreateUser",),
        _scoped,
    ),
    CallFault(
        "R41.11.0-20/scope-not-asked",
        "SetUser does not look at the scope (lines 155-159)",
        "R41.11.0-20",
        "result",
        ("SetUser",),
        _scoped,
    ),
    MessageFault(
        "R41.11.0-21/scope-not-enough",
        "CreateUser refuses tokens with the scope (lines 182-183)",
        "R41.11.0-21",
        "result",
        ("CreateUser",),
        refusing("030119"),
        lambda call: call.request.security.has("accessToken"),
    ),
)
