"""What an administrator would do by hand in Control Hub, done through the control plane."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksite.query import Term
from mocksite.record import (
    ACTIVATED,
    DEACTIVATED,
    REQUEST_TO_ACTIVATE,
    Attendee,
    Mail,
    Person,
    Session,
    Ticket,
    User,
)

if TYPE_CHECKING:
    from mocksite.site import Site

_WORDS = {"hub": ("active", "inactive"), "era": ("classic", "hub")}


class ArrangementError(ValueError):
    """Something that cannot be arranged; the message is for the user, ``status`` for HTTP."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def arrange_user(site: Site, name: str, value: object) -> object:
    """Set ``hub`` (active or inactive), ``verified`` and ``era`` of a user, or of an address Control Hub shall know."""
    wishes = _wishes(value)
    user = _user(site, name)
    if user is None:
        return _arrange_person(site, name, wishes)
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


def _arrange_person(site: Site, email: str, wishes: dict[str, object]) -> object:
    if "@" not in email:
        raise ArrangementError(f"there is no user {email}", 404)
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
        raise ArrangementError(f"there is no user {name}", 404)
    site.store.drop(User, Term("user_id", "=", user.user_id))
    site.store.drop(Ticket, Term("user_id", "=", user.user_id))
    return None


def delete_session(site: Site, name: str, _value: object) -> object:
    """Remove a session of any kind."""
    if not name.isdigit() or not site.store.drop(Session, Term("key", "=", int(name))):
        raise ArrangementError(f"there is no session {name}", 404)
    site.store.drop(Attendee, Term("session_key", "=", int(name)))
    return None


def delete_mail(site: Site, _name: str, _value: object) -> object:
    """Forget the mail sent so far."""
    return site.store.drop(Mail)


def _user(site: Site, name: str) -> User | None:
    return site.store.first(User, Term("webex_id", "=", name)) or site.store.first(User, Term("email", "=", name))


def _wishes(value: object) -> dict[str, object]:
    if not isinstance(value, dict) or not value or not set(value) <= {"hub", "verified", "era"}:
        raise ArrangementError('the body must hold "hub", "verified" or "era"')
    for key, words in _WORDS.items():
        if key in value and value[key] not in words:
            raise ArrangementError(f"{key} must be one of {', '.join(words)}")
    if not isinstance(value.get("verified", True), bool):
        raise ArrangementError("verified must be true or false")
    return value
