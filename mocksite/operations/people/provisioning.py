"""CreateUser, SetUser, DelUser: users made, changed and taken out of service.

On a Control-Hub-managed site of 41.11 or later Control Hub owns state, password and
identity of a user (R41.11.0-01..21); elsewhere the classic rules hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mocksite.model import identifiers
from mocksite.model.accounts import activation_link, find_user
from mocksite.model.identifiers import CREATED
from mocksite.model.queries import Query, Term
from mocksite.model.records import ACTIVATED, DEACTIVATED, REQUEST_TO_ACTIVATE, MeetingType, Person, Ticket, User
from mocksite.model.timezones import SITE_ZONE
from mocksite.operations.call import Call, Operation
from mocksite.protocol.dates import zone
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.templates import settable

_STATES = {ACTIVATED, DEACTIVATED, REQUEST_TO_ACTIVATE}

#: delUser takes so many ids at most (sources.md, Lists).
_MOST_IDS = 50


def create_user(call: Call) -> Node:
    """A new user. Under Control Hub rules he is active only if Control Hub knows him as active and verified."""
    _demand_administrator(call)
    _refuse_if_suspended(call)
    _demand_room(call)
    content = call.content
    email = _address(content.text("email"))
    hybrid = call.settings.new_hybrid_voip == "on"
    blank = User(user_id=0, webex_id="", email=email, first_name="", last_name="", cmr_hybrid_voip=hybrid)
    made = _under_hub(call, blank) if call.hub else _under_classic(call, blank)
    _refuse_twice(call, made)
    made = replace(
        made,
        user_id=identifiers.user(CREATED + call.store.next("user")),
        first_name=_named(content.text("firstName"), "firstName"),
        last_name=_named(content.text("lastName"), "lastName"),
        time_zone_id=SITE_ZONE,
        access_code=identifiers.digits(9, call.site_name, email, "code"),
        registered=call.now,
    )
    made = with_pins(call, with_privileges(call, _profile(call, made)), new=True)
    call.store.add(made)
    _write(call, made)
    return call.answer("createUserResponse", {"user_id": made.user_id})


def _under_hub(call: Call, user: User) -> User:
    """Identity is the address; password and active are ignored (R41.11.0-01..09)."""
    if call.settings.directory_sync:
        raise Refusal("030105", "Users of this organisation come from its directory")
    person = call.store.get(Person, user.email)
    if person and person.organisation == "outside":
        raise Refusal("030117")
    known = person is not None and person.hub_active and person.verified
    return replace(
        user,
        webex_id=user.email,
        era="hub",
        hub_active=bool(person and person.hub_active),
        verified=bool(person and person.verified) or call.settings.verification_by_mail_domain,
        active=ACTIVATED if known else REQUEST_TO_ACTIVATE,
    )


def _under_classic(call: Call, user: User) -> User:
    content = call.content
    return replace(
        user,
        webex_id=_named(content.text("webExId"), "webExId"),
        era="classic",
        hub_active=True,
        verified=True,
        password=content.text("password"),
        active=_state(content.text("active", ACTIVATED)),
    )


def _refuse_twice(call: Call, user: User) -> None:
    if call.store.first(User, Term("webex_id", "=", user.webex_id)):
        raise Refusal("030004")
    if call.store.first(User, Term("email", "=", user.email)):
        raise Refusal("030005")


def _write(call: Call, user: User) -> None:
    """The activation mail with its link, and the welcome the request may ask for."""
    if call.content.flag("sendWelcome") or (call.hub and call.settings.further_mails):
        call.send_named(
            user.email,
            "Welcome to Webex",
            f"Welcome to Webex, {user.name}",
            f"Hello {user.name},\n\nyour account on {call.site_name} is {user.webex_id}.\n",
        )
    if call.hub and not user.verified and call.settings.activation_mails:
        link = activation_link(call.base_url, call.site_name, user)
        call.send_named(
            user.email,
            "Activate your Webex account",
            f"Activate your Webex account, {user.name}",
            f"Hello {user.name},\n\nan account was made for you on {call.site_name}.\n"
            f"Follow this link to activate it and to choose a password:\n\n{link}\n",
        )


def _demand_meeting_types(call: Call) -> None:
    """Types of session given to a user must be types of the site, as for a new meeting."""
    wanted = call.content.numbers("meetingTypes/meetingType")
    active = (Term("active", "=", 1), Term("id", "in", tuple(wanted)))
    known = {one.id for one in call.store.all(MeetingType, Query(active))} if wanted else set()
    for one in wanted:
        if one not in known:
            raise invalid(f"The meeting type {one} is not available")


def set_user(call: Call) -> Node:
    """Change a user: oneself, or for an administrator anybody. What the request does not name stays."""
    content = call.content
    before = call.user(content.text("webExId"))
    administrator = call.caller.site_admin or call.caller.user_admin
    call.demand(administrator or before.user_id == call.caller.user_id)
    _demand_credential(call)
    if administrator:
        _refuse_if_suspended(call)
    _demand_meeting_types(call)
    changed = _renamed(call, before)
    changed = _identity_under_hub(call, changed) if call.hub else _identity_under_classic(call, changed)
    changed = _profile(call, changed)
    if administrator:
        changed = _activity(call, with_licences(call, with_privileges(call, changed)))
    call.store.put(with_pins(call, changed, new=False))
    return call.answer("setUserResponse")


def _renamed(call: Call, user: User) -> User:
    """Names are Control Hub's where it rules: SetUser succeeds and they stay."""
    if call.hub and call.settings.names_owned_by_control_hub:
        return user
    content = call.content
    return replace(
        user,
        first_name=content.text("firstName", user.first_name),
        last_name=content.text("lastName", user.last_name),
    )


def _identity_under_hub(call: Call, user: User) -> User:
    """Only full administrators change an address; password and newWebExId are ignored (R41.11.0-10..14, -18)."""
    email = call.content.text("email")
    if not email or email.lower() == user.email.lower():
        return user
    if not call.caller.site_admin:
        raise Refusal("030120")
    person = call.store.get(Person, _address(email))
    if person and person.organisation == "outside":
        raise Refusal("030117")
    if (person and person.organisation == "elsewhere") or find_user(call.store, call.release, email):
        raise Refusal("030118")
    if call.settings.directory_sync:
        raise Refusal("030105", "Users of this organisation come from its directory")
    if call.settings.address_change_waits:
        call.send(email, "Verify your new e-mail address", f"{user.email} becomes {email} once you have answered.\n")
        return user
    follows = user.webex_id.lower() == user.email.lower()
    return replace(user, email=email, webex_id=email if follows else user.webex_id)


def _identity_under_classic(call: Call, user: User) -> User:
    """Anybody may change the own address, webExId and password."""
    content = call.content
    email = content.text("email")
    if email and email.lower() != user.email.lower():
        if call.store.first(User, Term("email", "=", _address(email))):
            raise Refusal("030005")
        user = replace(user, email=email)
    webex_id = content.text("newWebExId")
    if webex_id and webex_id.lower() != user.webex_id.lower():
        if call.store.first(User, Term("webex_id", "=", webex_id)):
            raise Refusal("030004")
        user = replace(user, webex_id=webex_id)
    return replace(user, password=content.text("password", user.password))


def _activity(call: Call, user: User) -> User:
    """The active element: under Control Hub rules it wakes only who was verified (R41.11.0-07, -16)."""
    wanted = call.content.text("active")
    if not wanted:
        return user
    state = _state(wanted)
    if call.hub and state == ACTIVATED and not user.verified:
        return user
    return replace(user, active=state)


def delete_users(call: Call) -> Node:
    """Deactivate up to 50 users; under Control Hub rules their licences go too (R41.11.0-15)."""
    _demand_administrator(call)
    ids = call.content.texts("webExId")
    if not 0 < len(ids) <= _MOST_IDS:
        raise invalid(f"DelUser takes 1 to {_MOST_IDS} webExId")
    rows = [{"webex_id": one, "status": "SUCCESS" if _deactivate(call, one) else "FAILURE"} for one in ids]
    if all(row["status"] == "FAILURE" for row in rows):
        raise Refusal("030001")
    return call.answer("delUserResponse", {"users": rows})


def _deactivate(call: Call, webex_id: str) -> bool:
    user = find_user(call.store, call.release, webex_id)
    if user is None:
        return False
    lost: dict[str, Any] = dict.fromkeys(("host", *LICENCES), False) if call.hub else {}
    call.store.put(replace(user, active=DEACTIVATED, **lost))
    call.store.drop(Ticket, Term("user_id", "=", user.user_id))
    return True


def with_licences(call: Call, user: User) -> User:
    """Under Control Hub rules who may host again has the licences of a host again, unless the request says which."""
    if call.content.has("supportedServices"):
        return user
    if not call.hub or not call.content.flag("privilege/host") or any(getattr(user, name) for name in LICENCES):
        return user
    return replace(user, meeting_center=True, training_center=True, event_center=True)


def _demand_administrator(call: Call) -> None:
    call.demand(call.caller.site_admin or call.caller.user_admin)
    _demand_credential(call)


def _refuse_if_suspended(call: Call) -> None:
    """010107 for an administrator of a suspended site, from 42.6 on (R42.6.0-01, -02); others may change themselves."""
    if call.settings.suspended and call.has("suspended-sites-keep-their-users"):
        raise Refusal("010107")


def _demand_room(call: Call) -> None:
    """One more active host must fit into what the site is licensed for."""
    limit = call.settings.host_limit
    if limit and len(call.store.all(User, Query((Term("host", "=", 1), Term("active", "=", ACTIVATED))))) >= limit:
        raise Refusal("999999", "exceededSiteHostLimit")


def _demand_credential(call: Call) -> None:
    """A CI access token needs webexsquare:admin where Control Hub rules (R41.11.0-19, -20); a ticket may not do."""
    assert call.login is not None, "provisioning needs a login"
    if not call.hub:
        return
    if not call.login.may_provision:
        raise Refusal("030119")
    if call.login.credential == "sessionTicket" and not call.settings.tickets_for_user_management:
        raise Refusal("030104")


def _profile(call: Call, user: User) -> User:
    """What a user may say about himself, and every other element the reply of GetUser can show."""
    content = call.content
    zone_id = content.number("timeZoneID")
    language = content.number("languageID")
    paths = settable("getUserResponse", call.release)
    told = {path: texts for path, texts in content.leaves().items() if path in paths}
    return replace(
        user,
        time_zone_id=user.time_zone_id if zone_id is None else zone(zone_id).id,
        language_id=user.language_id if language is None else language,
        scheduling_permission=content.text("schedulingPermission", user.scheduling_permission),
        own={**user.own, **told},
    )


def _address(text: str) -> str:
    local, _, domain = text.partition("@")
    if not local or "." not in domain or " " in text:
        raise invalid("email must be an e-mail address")
    return text


def _named(text: str, element: str) -> str:
    if not text:
        raise invalid(f"{element} must not be empty")
    return text


def _state(text: str) -> str:
    if text.upper() not in _STATES:
        raise invalid(f"active must be one of {', '.join(sorted(_STATES))}")
    return text.upper()


#: Services a user may be licensed for: element and field.
_SERVICES = {
    "meetingCenter": "meeting_center",
    "trainingCenter": "training_center",
    "supportCenter": "support_center",
    "eventCenter": "event_center",
    "salesCenter": "sales_center",
}

LICENCES = tuple(_SERVICES.values())

#: Privileges a request may set: element and field.
_PRIVILEGES = {
    "umSiteAdmin": "user_admin",
    "host": "host",
    "siteAdmin": "site_admin",
    "roSiteAdmin": "ro_site_admin",
    "attendeeOnly": "attendee_only",
    "isEnablePMR": "room",
}


#: Roles that a site of common identity refuses to give by this API (030103, notes of 9.0 SP2: some of them).
_ROLES = ("site_admin", "ro_site_admin", "user_admin")


def with_privileges(call: Call, user: User) -> User:
    """The user with the privileges and licences a request names."""
    wanted: dict[str, Any] = {
        **{field: call.content.flag(f"privilege/{name}") for name, field in _PRIVILEGES.items()},
        **{field: call.content.flag(f"supportedServices/{name}") for name, field in _SERVICES.items()},
        "cmr_hybrid_voip": call.content.flag("privilege/cmrHybridVoip") if _hybrid(call) else None,
    }
    if wanted["room"] and not call.settings.personal_meeting_rooms:
        raise invalid("isEnablePMR must be false: the site has no personal meeting rooms")
    given = any(wanted[role] and not getattr(user, role) for role in _ROLES)
    if given and call.hub and call.settings.administrator_roles == "refused":
        raise Refusal("030103")
    if wanted["attendee_only"] and wanted["host"] is None:
        wanted["host"] = False
    return replace(user, **{field: value for field, value in wanted.items() if value is not None})


def _hybrid(call: Call) -> bool:
    """Whether cmrHybridVoip is taken over: with Webex telephony; before 41.2 without a telephony API of a
    service provider (R41.2.0-03..08).
    """
    if call.has("hybrid-voip-follows-webex-telephony"):
        return call.settings.webex_telephony and call.settings.cmr_hybrid_voip
    return not call.settings.tsp_telephony_api


def with_pins(call: Call, user: User, *, new: bool) -> User:
    """The user with the host PIN a request gives, or a generated one (R41.5.0-01..09).

    The PIN of the room wins over that of the phones, which counts only where meetings may
    be started from the phone. Before 41.5 there is a PIN only with a room.
    """
    room_pin = call.content.text("personalMeetingRoom/hostPIN")
    phone_pin = call.content.text("phones/hostPIN")
    if not call.has("host-pin-for-every-host"):
        room_pin, phone_pin = (room_pin if user.room else ""), ""
    elif not call.settings.start_meeting_from_phone:
        phone_pin = ""
    length = 6 if call.settings.host_pins == "of-6-digits" else 4
    if any(given and not (given.isdigit() and len(given) == length) for given in (room_pin, phone_pin)):
        raise invalid(f"hostPIN must have {length} digits")
    pin = room_pin or phone_pin or user.host_pin
    if not pin and new and _gets_pin(call, user):
        pin = identifiers.digits(length, call.site_name, user.email, "pin")
    return replace(user, host_pin=pin)


def _gets_pin(call: Call, user: User) -> bool:
    if call.has("host-pin-for-every-host"):
        return user.host or user.is_administrator
    return user.room


OPERATIONS = (
    Operation("createUser", "user", create_user),
    Operation("setUser", "user", set_user),
    Operation("delUser", "user", delete_users),
)
