"""Hybrid VoIP and the PIN of a host: stored against the rule, or not at all."""

from __future__ import annotations

from mocksite.faults.change import CallFault, MessageFault, deaf_to, forgetting, refusing
from mocksite.faults.fault import Fault
from mocksite.faults.provisioning import after, storing, told
from mocksite.model.accounts import find_user
from mocksite.operations.call import Call


def _flagged(call: Call) -> object:
    wanted = call.content.flag("privilege/cmrHybridVoip")
    return "" if wanted is None else wanted


def _has_room(call: Call) -> bool:
    user = find_user(call.store, call.release, call.content.text("webExId"))
    return user is not None and user.room


def _has_no_room(call: Call) -> bool:
    return not _has_room(call)


FAULTS: tuple[Fault, ...] = (
    told(
        "R41.2.0-03",
        "hybrid-not-stored",
        "CreateUser",
        "cmrHybridVoip is dropped (line 1015)",
        deaf_to("cmrHybridVoip"),
    ),
    CallFault(
        "R41.2.0-04/as-before",
        "CreateUser asks for the provider's telephony API (line 1019)",
        "R41.2.0-04",
        "element-value",
        ("CreateUser",),
        forgetting("hybrid-voip-follows-webex-telephony"),
    ),
    after(
        "R41.2.0-05",
        "hybrid-stored-always",
        "CreateUser",
        "cmrHybridVoip stored without Webex telephony (line 1019)",
        storing(cmr_hybrid_voip=_flagged),
    ),
    *(
        MessageFault(
            f"{clause}/user-cannot-be-read",
            "GetUser refuses everybody where there is no Webex telephony (line 1009)",
            clause,
            "result",
            ("GetUser",),
            refusing("000001"),
            lambda call: not call.settings.webex_telephony,
        )
        for clause in ("R41.2.0-05", "R41.2.0-08")
    ),
    told(
        "R41.2.0-06", "hybrid-not-changed", "SetUser", "cmrHybridVoip is dropped (line 1015)", deaf_to("cmrHybridVoip")
    ),
    CallFault(
        "R41.2.0-07/as-before",
        "SetUser asks for the provider's telephony API (line 1019)",
        "R41.2.0-07",
        "element-value",
        ("SetUser",),
        forgetting("hybrid-voip-follows-webex-telephony"),
    ),
    after(
        "R41.2.0-08",
        "hybrid-stored-always",
        "SetUser",
        "cmrHybridVoip stored without Webex telephony (line 1019)",
        storing(cmr_hybrid_voip=_flagged),
    ),
    told("R41.5.0-07", "pin-not-stored", "SetUser", "phones/hostPIN is dropped (line 737)", deaf_to("phones/hostPIN")),
    *(
        CallFault(
            f"R41.5.0-07/pin-not-stored-{where}-a-room",
            f"SetUser: phones/hostPIN of users {where} a personal meeting room is dropped (line 735)",
            "R41.5.0-07",
            "element-value",
            ("SetUser",),
            deaf_to("phones/hostPIN"),
            when,
        )
        for where, when in (("with", _has_room), ("without", _has_no_room))
    ),
    told(
        "R41.5.0-08",
        "room-pin-loses",
        "SetUser",
        "the PIN of the room gives way (line 737)",
        deaf_to("personalMeetingRoom/hostPIN"),
    ),
    after(
        "R41.5.0-09",
        "pin-taken-over",
        "SetUser",
        "phones/hostPIN stored though the option is off (line 737)",
        storing(host_pin=lambda call: call.content.text("phones/hostPIN")),
    ),
)
