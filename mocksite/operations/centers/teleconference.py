"""Audio-only conferences: scheduled, changed, shown. LstsummarySession lists them, DelSession cancels them."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.model import identifiers
from mocksite.model.records import TELECONFERENCE, Session
from mocksite.operations.call import Call, Operation
from mocksite.operations.centers import forms


def _further(call: Call, session: Session) -> Mapping[str, object]:
    codes = {name: identifiers.digits(8, session.uuid, name) for name in ("access_code", "full_code", "limited_code")}
    return {**forms.people(call, session, FORM), **codes}


FORM = forms.Form(
    kind=TELECONFERENCE,
    noun="TeleconferenceSession",
    password="accessControl/sessionPassword",  # noqa: S106 - the path of an element
    guests=(
        forms.Guests("fullAccessAttendees/attendee", "attendees"),
        forms.Guests("limitedAccessAttendees/attendee", "limited", role="LIMITED"),
    ),
    further=_further,
)

OPERATIONS = (
    Operation("createTeleconferenceSession", "teleconference", forms.create(FORM)),
    Operation("setTeleconferenceSession", "teleconference", forms.change(FORM)),
    Operation("getTeleconferenceSession", "teleconference", forms.get(FORM)),
)
