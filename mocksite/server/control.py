"""The control plane: arranging and watching a mock site from the same machine (docs/stability.md, Control plane).

``/_control/...`` speaks of the first site, ``/_control/sites/NAME/...`` of any other.
What an administrator would do by hand in Control Hub is done here with ``users`` and
``sessions``. ``state`` is the whole site as one value: two are equal if and only if the
sites are. Secrets do not show in it; a short digest stands for each, so that a changed
one still shows as a change. Tickets, mail and the log are what happened, not what the
site holds.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import unquote

from mocksite.errors import ControlError, UnknownFaultError, UnknownSettingError
from mocksite.faults import CATALOGUE, find_fault
from mocksite.model.queries import Term
from mocksite.model.records import (
    ACTIVATED,
    DEACTIVATED,
    REQUEST_TO_ACTIVATE,
    Attendee,
    BinnedRecording,
    Item,
    Mail,
    MeetingType,
    Participation,
    PastSession,
    Person,
    Program,
    Recording,
    Session,
    Ticket,
    User,
    View,
)
from mocksite.operations import attendance
from mocksite.protocol.envelope import HttpRequest, HttpResponse
from mocksite.server.requestlog import RequestLog
from mocksite.server.site import Site

CONTROL_PATH = "/_control"

_Answer = Callable[["Site", str, object], object]


class Control:
    """Answers requests of the control plane for sites that share a request log; unnamed means the first."""

    def __init__(self, sites: Mapping[str, Site], request_log: RequestLog) -> None:
        self._sites = sites
        self._request_log = request_log
        self._routes: dict[tuple[str, str], _Answer] = {
            ("GET", "state"): lambda site, _name, _value: snapshot(site),
            ("GET", "settings"): lambda site, _name, _value: site.store.settings.items(),
            ("PUT", "settings"): lambda site, name, value: site.store.set(name, value),
            ("POST", "reset"): self._reset,
            ("PUT", "fault"): self._put_fault,
            ("GET", "fault"): lambda site, _name, _value: site.fault.id or None,
            ("GET", "faults"): lambda _site, _name, _value: [
                {"id": one.id, "summary": one.summary} for one in CATALOGUE.values()
            ],
            ("GET", "log"): self._log,
            ("GET", "mail"): lambda site, _name, _value: [_mail(mail) for mail in site.store.all(Mail)],
            ("PUT", "users"): change_user,
            ("DELETE", "users"): delete_user,
            ("PUT", "sessions"): change_session,
            ("DELETE", "sessions"): delete_session,
            ("DELETE", "mail"): delete_mail,
        }

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The response to a request of the control plane; callers from elsewhere are turned away."""
        if not is_loopback(request.client):
            return _json(403, {"error": "the control plane answers on this machine only"})
        parts = [unquote(part) for part in request.path.partition("?")[0].split("/")[2:]]
        site: Site | None = next(iter(self._sites.values()))
        if parts[:1] == ["sites"] and len(parts) > 1:
            site, parts = self._sites.get(parts[1].lower()), parts[2:]
        if site is None:
            return _json(404, {"error": "there is no such site"})
        return self._route(request, site, parts)

    def set_fault(self, site: Site, fault_id: str | None) -> None:
        """Make a site faulty, or healthy with None; an unknown id is an UnknownFaultError."""
        site.fault = find_fault(fault_id)

    def _route(self, request: HttpRequest, site: Site, parts: list[str]) -> HttpResponse:
        section, name = parts[0] if parts else "", "/".join(parts[1:])
        answer = self._routes.get((request.method, section))
        if answer is None:
            known = ", ".join(f"{method} {CONTROL_PATH}/{name}" for method, name in sorted(self._routes))
            return _json(404, {"error": f"{request.method} {request.path} is not known; known are {known}"})
        try:
            value = json.loads(request.body) if request.body.strip() else None
            # A reset replaces the database as a whole, which cannot happen inside a transaction.
            with nullcontext() if section == "reset" else site.store.transaction():
                return _json(200, answer(site, name, value))
        except (UnknownSettingError, UnknownFaultError, ControlError) as problem:
            return _json(problem.status if isinstance(problem, ControlError) else 400, _error(problem))
        except json.JSONDecodeError:
            return _json(400, {"error": "the body is not JSON"})
        except Exception as problem:  # noqa: BLE001 - a bug of ours must not look like a network failure
            return _json(500, {"error": f"webex-mock failed: {type(problem).__name__}: {problem}"})

    def _reset(self, site: Site, name: str, _value: object) -> object:
        return self.reset(site, name)

    def reset(self, site: Site, name: str = "") -> dict[str, list[str]]:
        """Put a site back: all of it, or ``data`` or ``settings`` alone; what was put back is told."""
        if name not in _RESETS:
            raise ControlError(f"there is nothing called {name} to reset; {CONTROL_PATH}/reset/data, /settings, or all")
        if name == "settings":
            site.reset_settings()
        else:
            site.reset(settings=not name)
        if name != "data":
            self.set_fault(site, None)
        if name != "settings":
            self._request_log.clear()
        return {"reset": _RESETS[name]}

    def _put_fault(self, site: Site, _name: str, value: object) -> object:
        wanted = value.get("id") if isinstance(value, dict) else value
        if wanted is not None and not isinstance(wanted, str):
            raise UnknownFaultError('the body must be {"id": "..."} or null')
        self.set_fault(site, wanted or None)
        return site.fault.id or None

    def _log(self, site: Site, _name: str, _value: object) -> object:
        return [asdict(entry) for entry in self._request_log.entries() if entry.site == site.identity.name]


#: What is put back, by the last word of the address.
_RESETS = {
    "": ["data", "log", "settings", "fault"],
    "data": ["data", "log"],
    "settings": ["settings", "fault"],
}


def is_loopback(address: str) -> bool:
    """Whether a caller is on this machine: nobody else arranges a site, or sees its accounts."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _mail(mail: Mail) -> dict[str, object]:
    """A message sent; ``subject`` is the header as it stood on the wire."""
    told = asdict(mail)
    return {"to": told.pop("recipient"), **told}


def _error(problem: Exception) -> dict[str, str]:
    return {"error": str(problem)}


def _json(status: int, value: object) -> HttpResponse:
    body = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    return HttpResponse(status, (("Content-Type", "application/json;charset=UTF-8"),), body)


_WORDS = {"hub": ("active", "inactive"), "era": ("classic", "hub")}


def change_user(site: Site, name: str, value: object) -> object:
    """Set ``hub`` (active or inactive), ``verified`` and ``era`` of a user, or of an address Control Hub shall know."""
    wishes = _wishes(value)
    user = _user(site, name)
    if user is None:
        return _change_person(site, name, wishes)
    hub_active = wishes["hub"] == "active" if "hub" in wishes else user.hub_active
    verified = bool(wishes.get("verified", user.verified))
    if wishes.get("verified") and "hub" not in wishes:
        hub_active = True  # who follows the activation link is active from then on
    changed = replace(
        user,
        hub_active=hub_active,
        verified=verified,
        era=str(wishes.get("era", user.era)),
        active=_state(user, hub_active, verified) if {"hub", "verified"} & set(wishes) else user.active,
    )
    site.store.put(changed)
    return {"webExId": changed.webex_id, "active": changed.active, "verified": verified, "era": changed.era}


def _state(user: User, hub_active: bool, verified: bool) -> str:
    """The state on the site follows that in Control Hub (R41.11.0-01, -02); DelUser is not undone by it."""
    if not verified:
        return REQUEST_TO_ACTIVATE
    if not hub_active:
        return DEACTIVATED
    return user.active if user.active == DEACTIVATED and user.verified and user.hub_active else ACTIVATED


def _change_person(site: Site, email: str, wishes: dict[str, object]) -> object:
    if "@" not in email:
        raise ControlError(f"there is no user {email}", 404)
    before = site.store.get(Person, email)
    person = Person(
        email=email,
        organisation=before.organisation if before else "own",
        hub_active=wishes.get("hub", "active" if before is None or before.hub_active else "") == "active",
        verified=bool(wishes.get("verified", before.verified if before else True)),
    )
    if before:
        site.store.put(person)
    else:
        site.store.add(person)
    return {"email": email, "hub": "active" if person.hub_active else "inactive", "verified": person.verified}


def delete_user(site: Site, name: str, _value: object) -> object:
    """Remove a user for good."""
    user = _user(site, name)
    if user is None:
        raise ControlError(f"there is no user {name}", 404)
    site.store.drop(User, Term("user_id", "=", user.user_id))
    site.store.drop(Ticket, Term("user_id", "=", user.user_id))
    return None


def change_session(site: Site, name: str, value: object) -> object:
    """Start a session, or end it, as its host does in a client. ``attended`` names who came, else all guests did."""
    session = _session(site, name)
    wishes = value if isinstance(value, dict) else {}
    state, attended = wishes.get("state"), wishes.get("attended")
    if state not in ("started", "ended") or not set(wishes) <= {"state", "attended"}:
        raise ControlError('the body must hold "state", started or ended, and may hold "attended"')
    if attended is not None and not (isinstance(attended, list) and all(isinstance(one, str) for one in attended)):
        raise ControlError("attended must be a list of addresses")
    if state == "started":
        attendance.begin(site.store, session, site.now)
    elif session.opened:
        attendance.end(site.store, session, site.now, attended)
    else:
        raise ControlError(f"the session {name} has not been started", 409)
    return {"sessionKey": session.key, "state": state}


def delete_session(site: Site, name: str, _value: object) -> object:
    """Remove a session of any kind, as if it had never been."""
    session = _session(site, name)
    site.store.drop(Session, Term("key", "=", session.key))
    site.store.drop(Attendee, Term("session_key", "=", session.key))
    return None


def _session(site: Site, name: str) -> Session:
    found = site.store.get(Session, int(name)) if name.isdecimal() and len(name) < 19 else None
    if found is None:
        raise ControlError(f"there is no session {name}", 404)
    return found


def delete_mail(site: Site, _name: str, _value: object) -> object:
    """Forget the mail sent so far."""
    return site.store.drop(Mail)


def _user(site: Site, name: str) -> User | None:
    return site.store.first(User, Term("webex_id", "=", name)) or site.store.first(User, Term("email", "=", name))


def _wishes(value: object) -> dict[str, object]:
    if not isinstance(value, dict) or not value or not set(value) <= {"hub", "verified", "era"}:
        raise ControlError('the body must hold "hub", "verified" or "era"')
    for key, words in _WORDS.items():
        if key in value and value[key] not in words:
            raise ControlError(f"{key} must be one of {', '.join(words)}")
    if not isinstance(value.get("verified", True), bool):
        raise ControlError("verified must be true or false")
    return value


_SECRETS = {
    "password",
    "webex_access_token",
    "access_token",
    "audio_password",
    "panelist_password",
    "panelist_audio_password",
    "host_key",
    "host_pin",
    "access_code",
}

#: What a site holds, and the name of each collection.
_HELD: dict[str, type[Any]] = {
    "users": User,
    "persons": Person,
    "meeting_types": MeetingType,
    "sessions": Session,
    "attendees": Attendee,
    "programs": Program,
    "recordings": Recording,
    "binned_recordings": BinnedRecording,
    "views": View,
    "past_sessions": PastSession,
    "participations": Participation,
    "items": Item,
}


def snapshot(site: Site) -> dict[str, object]:
    """Everything the site holds, in a fixed order."""
    identity = site.identity
    return {
        "site": {"name": identity.name, "id": identity.site_id, "release": str(identity.release)},
        "settings": site.store.settings.items(),
        **{name: [_row(record) for record in site.store.all(kind)] for name, kind in _HELD.items()},
    }


def _row(record: Any) -> dict[str, object]:
    return {name: _masked(value) if name in _SECRETS else value for name, value in asdict(record).items()}


def _masked(secret: str) -> str:
    return f"digest:{hashlib.sha256(secret.encode()).hexdigest()[:8]}" if secret else ""
