"""Support sessions, which begin when they are made; LstOpenSession lists them, the histories know those of before."""

from __future__ import annotations

from dataclasses import replace

from mocksite.model.records import SUPPORT
from mocksite.operations import scheduling
from mocksite.operations.call import Call, Operation
from mocksite.protocol.nodes import Node

#: The predefined type of remote support.
_REMOTE_SUPPORT = 13


def create_support_session(call: Call) -> Node:
    """Begin a support session of the caller's."""
    scheduling.refuse_if_suspended(call)
    host = scheduling.host_for(call, "")
    type_id = call.content.number("metaData/sessionType") or _REMOTE_SUPPORT
    session = scheduling.fresh(call, SUPPORT, "Support session", type_id, host)
    call.store.add(replace(session, opened=call.now))
    return call.answer("createSupportSessionResponse", {"key": session.key})


OPERATIONS = (Operation("createSupportSession", "supportsession", create_support_session),)
