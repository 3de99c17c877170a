"""What a user may do: privileges, licences, the host PIN and hybrid VoIP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mocksite import number
from mocksite.record import User

if TYPE_CHECKING:
    from mocksite.call import Call

#: Services a user may be licensed for: element and field.
_SERVICES = {
    "meetingCenter": "meeting_center",
    "trainingCenter": "training_center",
    "supportCenter": "support_center",
    "eventCenter": "event_center",
    "salesCenter": "sales_center",
}

LICENCES = tuple(_SERVICES.values())

#: Privileges a request may set: element and field. The notes name the user-management role without an element;
#: requests call it userAdmin here.
_PRIVILEGES = {
    "host": "host",
    "siteAdmin": "site_admin",
    "roSiteAdmin": "ro_site_admin",
    "userAdmin": "user_admin",
    "attendeeOnly": "attendee_only",
    "isEnablePMR": "room",
}


def with_privileges(call: Call, user: User) -> User:
    """The user with the privileges and licences a request names."""
    wanted: dict[str, Any] = {
        **{field: call.content.flag(f"privilege/{name}") for name, field in _PRIVILEGES.items()},
        **{field: call.content.flag(f"supportedServices/{name}") for name, field in _SERVICES.items()},
        "cmr_hybrid_voip": call.content.flag("privilege/cmrHybridVoip") if _hybrid(call) else None,
    }
    if wanted["attendee_only"] and wanted["host"] is None:
        wanted["host"] = False
    return replace(user, **{field: value for field, value in wanted.items() if value is not None})


def _hybrid(call: Call) -> bool:
    """Whether cmrHybridVoip is taken over: with Webex telephony; before 41.2 without a telephony API of a
    service provider (R41.2.0-03..08).
    """
    if call.has("hybrid-voip-follows-webex-telephony"):
        return call.settings.webex_telephony
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
    pin = room_pin or phone_pin or user.host_pin
    if not pin and new and _gets_pin(call, user):
        pin = number.digits(4, call.site_name, user.email, "pin")
    return replace(user, host_pin=pin)


def _gets_pin(call: Call, user: User) -> bool:
    if call.has("host-pin-for-every-host"):
        return user.host or user.is_administrator
    return user.room
