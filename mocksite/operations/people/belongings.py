"""What belongs to an account: its state, its picture, its card, its templates, its one-click meeting, the way out."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from urllib.parse import quote

from mocksite.model.accounts import find_user
from mocksite.model.queries import Query, Term
from mocksite.model.records import ACTIVATED, DEACTIVATED, PREDEFINED_TYPE, SERVICES, Item, User
from mocksite.model.timezones import GMT
from mocksite.operations import items
from mocksite.operations.call import Call, Operation
from mocksite.protocol.dates import show
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.templates import settable

ONE_CLICK, TEMPLATE = "one-click", "template"
_PICTURES = ("PHOTO", "HEADER")


def activate(call: Call) -> Node:
    """An account becomes active; under Control Hub rules only one that was verified (as SetUser, R41.11.0-16)."""
    user = _named(call)
    if not call.hub or user.verified:
        call.store.put(replace(user, active=ACTIVATED))
    return call.answer("activateUserResponse")


def inactivate(call: Call) -> Node:
    """An account is taken out of service."""
    call.store.put(replace(_named(call), active=DEACTIVATED))
    return call.answer("inactivateUserResponse")


def _named(call: Call) -> User:
    call.demand(call.caller.site_admin or call.caller.user_admin)
    number = call.content.number("userID")
    if number is None:
        return call.user(call.content.text("webexID") or call.content.text("webExID"))
    found = call.store.get(User, number)
    if found is None:
        raise Refusal("030001")
    return found


def logout_url(call: Call) -> Node:
    """The address at which a browser is signed out; it goes on to where the client says."""
    user = call.user(call.content.text("webExID") or call.caller.webex_id)
    call.demand(user.user_id == call.caller.user_id or call.caller.site_admin)
    back = call.content.text("backURL")
    url = f"{call.site_url}/{call.site_name}/p.php?AT=LO"
    return call.answer("getlogouturlUserResponse", {"url": f"{url}&BU={quote(back, safe='')}" if back else url})


def upload_picture(call: Call) -> Node:
    """The picture of the caller's personal room: his photograph, which his card shows then, or its head."""
    kind = call.content.text("imageFor", "Photo").upper()
    if kind not in _PICTURES:
        raise invalid("imageFor must be Photo or Header")
    try:
        image = base64.b64decode("".join(call.content.text("imageData").split()), validate=True)
    except (binascii.Error, ValueError):
        raise invalid("imageData must be encoded in base64") from None
    if not image:
        raise invalid("imageData must hold a picture")
    if kind == "PHOTO":
        call.store.put(replace(call.caller, picture=True))
    return call.answer("uploadPMRImageResponse")


def card(call: Call) -> Node:
    """What anybody may know of a user: his picture and his personal room. No login is asked for."""
    content = call.content
    named = content.text("webExId") or content.text("webExID")
    local = content.text("personalUrl").rpartition("/")[2]
    user = find_user(call.store, call.release, named) if named else None
    if not named and content.text("email"):
        user = call.store.first(User, Term("email", "=", content.text("email")))
    elif not named and local:
        user = call.store.first(User, Term("email", "begins", f"{local}@"))
    if user is None:
        raise Refusal("030001")
    return call.answer("getUserCardResponse", _of(call, user))


def _of(call: Call, user: User) -> dict[str, object]:
    local = user.email.partition("@")[0]
    return {
        "has_avatar": call.settings.avatars and user.picture,
        "avatar_url": f"{call.site_url}/{call.site_name}/avatar/{user.user_id}",
        "avatar_time": show(user.registered, GMT),
        "has_room": user.room,
        "room_title": f"{user.name}'s Personal Room",
        "room_url": f"{call.site_url}/meet/{local}",
        "access_code": user.access_code or None,
    }


def delete_templates(call: Call) -> Node:
    """Templates of sessions thrown away: the caller's own, or for an administrator those of the site."""
    content = call.content
    of_site = content.text("templateType", "User").upper() == "SITE"
    call.demand(call.caller.site_admin or not of_site)
    given = list(content.parts("sessionTemplate"))
    if not given:
        raise invalid("sessionTemplate must be given")
    for one in given:
        service = one.text("serviceType", "MeetingCenter")
        if service not in set(SERVICES.values()):
            raise invalid(f"serviceType must be one of {', '.join(sorted(set(SERVICES.values())))}")
        owner = 0 if of_site else call.caller.user_id
        terms = (Term("name", "=", one.text("name")), Term("owner_id", "=", owner))
        items.drop(call, items.of_kind(call, TEMPLATE, *terms)[0])
    return call.answer("delSessionTemplatesResponse")


def set_one_click(call: Call) -> Node:
    """How the caller's one-click meeting is set up."""
    service = call.content.text("metaData/serviceType", "MeetingCenter")
    if service not in set(SERVICES.values()):
        raise invalid(f"serviceType must be one of {', '.join(sorted(set(SERVICES.values())))}")
    paths = settable("getOneClickSettingsResponse", call.release)
    own = {path: texts for path, texts in call.content.leaves().items() if path in paths}
    before = _one_click(call, call.caller)
    if before is None:
        items.make(call, ONE_CLICK, call.content.text("metaData/confName"), own)
    else:
        items.change(call, before, "", own)
    return call.answer("setupOneClickSettingsResponse")


def get_one_click(call: Call) -> Node:
    """How a host's one-click meeting is set up."""
    owner = items.owner(call, "hostWebExID")
    item = _one_click(call, owner)
    values = {"type_id": PREDEFINED_TYPE, "name": f"{owner.name}'s meeting"}
    return call.answer("getOneClickSettingsResponse", values, item.own if item else None)


def _one_click(call: Call, owner: User) -> Item | None:
    terms = (Term("kind", "=", ONE_CLICK), Term("owner_id", "=", owner.user_id))
    return next(iter(call.store.all(Item, Query(terms))), None)


OPERATIONS = (
    Operation("activateUser", "user", activate),
    Operation("inactivateUser", "user", inactivate),
    Operation("getlogouturlUser", "user", logout_url),
    Operation("uploadPMRImage", "user", upload_picture),
    Operation("getUserCard", "user", card, anonymous=True),
    Operation("delSessionTemplates", "user", delete_templates),
    Operation("setupOneClickSettings", "ep", set_one_click),
    Operation("getOneClickSettings", "ep", get_one_click),
)
