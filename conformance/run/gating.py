"""What keeps a scenario from running on a site, decided before anything is sent, where it can be listed."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.reporting.outcome import Skip
from conformance.run.case import Case
from conformance.target.account import CREDENTIALS
from conformance.target.profile import Profile
from conformance.target.release import Release
from conformance.target.settings import setting_named
from conformance.target.things import thing_of


@dataclass(frozen=True)
class Circumstances:
    """Everything gating looks at: the site, the release it is judged at, and what the run may do."""

    profile: Profile
    release: Release
    access: str
    has_mailbox: bool


def gate(case: Case, here: Circumstances) -> Skip | None:
    """The first reason ``case`` cannot run here, None when it can."""
    for judge in (_release, _role, _setting, _access, _data):
        skip = judge(case, here)
        if skip is not None:
            return skip
    return None


def _release(case: Case, here: Circumstances) -> Skip | None:
    if here.release < case.since:
        return Skip("release", f"begins with {case.since}, the site is judged as {here.release}")
    if case.until and here.release > case.until:
        return Skip("release", f"ended with {case.until}, the site is judged as {here.release}")
    return None


def _role(case: Case, here: Circumstances) -> Skip | None:
    missing = [role for role in case.roles if role not in here.profile.accounts]
    return Skip("role", f"the profile names no account {missing[0]}") if missing else None


def _setting(case: Case, here: Circumstances) -> Skip | None:
    if here.profile.is_mock:
        return None
    for name, value in case.settings.items():
        phrase = setting_named(name).phrase
        if name not in here.profile.settings:
            return Skip("setting", f"the profile does not say how {phrase} ({name}) is set")
        if here.profile.settings[name] != value:
            return Skip("setting", f"needs {name} = {_toml(value)}, the site has {_toml(here.profile.settings[name])}")
    return None


def _access(case: Case, here: Circumstances) -> Skip | None:
    if case.writes and here.access != "read-write":
        return Skip("access", "changes the site, and the run is read-only")
    return None


def _data(case: Case, here: Circumstances) -> Skip | None:
    if case.mail and not here.has_mailbox:
        return Skip("data", "the profile names no mailbox")
    if case.control and not here.profile.is_mock:
        return Skip("data", "only a mock can be brought into this state")
    for name in case.needs:
        if name in CREDENTIALS.values():
            if not any(_can_sign_in(here.profile, role, name) for role in case.roles):
                return Skip("data", f"no account of the profile has the credential {name}")
        elif thing_of(name, here.profile.data) is None:
            return Skip("data", f"the profile names no {name}")
    return None


def _can_sign_in(profile: Profile, role: str, element: str) -> bool:
    credentials = profile.accounts[role].credentials
    return element in credentials or (element == "sessionTicket" and "password" in credentials)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
