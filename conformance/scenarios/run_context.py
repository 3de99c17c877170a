"""What every scenario of a run shares: the site made ready, and what keeps a scenario from it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx

from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract, ContractView
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.reporting.outcome import Skip
from conformance.reporting.shapes import Baseline
from conformance.scenarios.scenario import Scenario
from conformance.sites.control_plane import ControlPlane
from conformance.sites.discovery import ROLE, SETTING, Discoveries, discovery_table
from conformance.sites.ledger import Ledger
from conformance.sites.profile import CREDENTIALS, Account, Profile, data_item, known_test_data, share_of
from conformance.sites.release import Release
from conformance.sites.settings import Setting, Value, setting_named
from conformance.wire.client import Client
from conformance.wire.mailbox import Mailbox, MailWatch
from conformance.wire.payloads import Payloads
from conformance.wire.rate_limiter import RateLimiter
from conformance.wire.recording import OpenTape, Tape, TapedClient, waiting
from conformance.wire.served import ServedOperations
from conformance.wire.sign_in import SignIns, SiteClient

#: Seconds to wait for mail: a mock delivers at once, a live site through the internet, and Control Hub when it likes.
_MOCK_PATIENCE, _PATIENCE = 3.0, 180.0


@dataclass(frozen=True)
class RunContext:
    """One site made ready for scenarios.

    ``profile`` is what we were told, ``discovered`` what was found beside it;
    ``vendor_schemas`` are the vendor's own schemas when the profile names them,
    ``baseline`` what an earlier run on the same site recorded,
    ``mailbox`` where mail of the site can be read, ``transport`` a replacement
    for the network. ``administrators`` are the other roles of the profile that
    administer the site by its own word. The settings of ``profile`` are what the site says, where it
    says it; ``said_settings`` what the operator wrote.
    """

    profile: Profile
    release: Release
    access: str
    contract: Contract
    clauses: Mapping[str, Clause]
    payloads: Payloads
    ledger: Ledger
    run_id: str
    rate_limiter: RateLimiter
    tls: ssl.SSLContext
    control_plane: ControlPlane | None = None
    mailbox: Mailbox | None = None
    vendor_schemas: VendorSchemas | None = None
    baseline: Baseline | None = None
    strict_schema: bool = False
    transport: httpx.BaseTransport | None = None
    #: Operations the site refuses whoever asks and whatever for, with its words: not asked again.
    refused: dict[str, str] = field(default_factory=dict)
    discovered: Discoveries = field(default_factory=Discoveries)
    sign_ins: SignIns = field(default_factory=SignIns)
    served: ServedOperations = field(default_factory=ServedOperations)
    not_served: frozenset[str] = frozenset()
    said_settings: Mapping[str, Value] = field(default_factory=dict)
    administrators: frozenset[str] = frozenset()
    #: What the run is told goes through it.
    tape: Tape = field(default_factory=OpenTape)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def view(self) -> ContractView:
        """The contract as of the release the site is judged at."""
        return self.contract.view(self.release)

    @property
    def schema_source(self) -> str:
        """What replies are judged by, in words."""
        measures = [str(self.vendor_schemas.source)] if self.vendor_schemas else []
        if self.baseline:
            measures.append(f"replies recorded on {self.baseline.release}, {self.baseline.day}")
        if self.strict_schema:
            measures.append(f"the suite's own schemas, as of {self.release}")
        alone = "the clauses alone (no vendor's schemas, no baseline)"
        return ", ".join(measures) or f"{alone}; drift is told by the suite's own schemas, as of {self.release}"

    def client(self) -> SiteClient:
        """A client of the site; each lane has its own."""
        return SiteClient(self, self.sign_ins)

    def plain_client(self) -> Client:
        """A client that signs nothing by itself."""

        def make() -> Client:
            return Client(self.profile, self.rate_limiter, self.tls, transport=self.transport)

        return make() if isinstance(self.tape, OpenTape) else TapedClient(self.tape, make)

    def mail_watch(self) -> MailWatch:
        """What waits for mail while a scenario lasts."""
        return MailWatch(self.mailbox, _MOCK_PATIENCE if self.profile.is_mock else _PATIENCE, waiting(self.tape))

    @property
    def named(self) -> Profile:
        """The profile with everything that was found."""
        return self.discovered.beside(self.profile)

    def for_scenario(self, scenario: Scenario) -> RunContext:
        """The site as ``scenario`` may see it: what was found stands in the profile, unless its clause is about it.

        Of things to change that the profile names several times it sees its own.
        """
        profile = self.discovered.beside(self.profile, scenario.clause.id)
        data = share_of(profile.data, int(scenario.fingerprint, 16))
        if data is not profile.data:
            profile = replace(profile, data=data)
        return self if profile is self.profile else replace(self, profile=profile)

    @property
    def complete(self) -> RunContext:
        """The site with everything that was found in its profile."""
        return replace(self, profile=self.named)

    def gate(self, scenario: Scenario) -> Skip | None:
        """Why ``scenario`` cannot run here, if so."""
        return gate(scenario, self)


def gate(scenario: Scenario, here: RunContext, kinds: Iterable[str] = ()) -> Skip | None:
    """The first reason ``scenario`` cannot run here, None when it can; only reasons of ``kinds``, if some are named."""
    return next(reasons(scenario, here.for_scenario(scenario), kinds), None)


def reasons(scenario: Scenario, here: RunContext, kinds: Iterable[str] = ()) -> Iterator[Skip]:
    """Every kind of reason, the first of each."""
    for kind, judge in _REASONS.items():
        if not kinds or kind in kinds:
            skip = judge(scenario, here)
            if skip is not None:
                yield skip


def _release(scenario: Scenario, here: RunContext) -> Skip | None:
    if here.release < scenario.since:
        return Skip("release", f"begins with {scenario.since}, the site is judged as {here.release}")
    if scenario.ended_by(here.release):
        return Skip("release", f"ended with {scenario.until}, the site is judged as {here.release}")
    return None


def _role(scenario: Scenario, here: RunContext) -> Skip | None:
    for role in scenario.roles:
        if role not in here.profile.accounts and not here.discovered.trouble(role):
            return Skip("role", f"the profile names no account {role}{here.discovered.why(role, scenario.clause.id)}")
        if role in here.administrators and scenario.clause.id in _not_by_administrators(role):
            about = f"{scenario.clause.id} is about a {role} who is none"
            return Skip("role", f"the account {role} of the profile administers the site, and {about}")
    return None


def _not_by_administrators(role: str) -> frozenset[str]:
    return discovery_table().ways(ROLE, role).not_by_administrators


def _setting(scenario: Scenario, here: RunContext) -> Skip | None:
    if here.profile.is_mock:
        return None
    for name, value in scenario.settings.items():
        setting = setting_named(name)
        told = told_setting(scenario, name, here)
        if told is None:
            if here.discovered.trouble(name):
                continue
            why = here.discovered.why(name, scenario.clause.id)
            return Skip("setting", f"the profile does not say how {setting.phrase} ({name}) is set{why}")
        if not setting.agrees(told, value):
            return Skip("setting", f"needs {name} = {setting.shown(value)}, the site has {_toml(told)}")
    return None


def told_setting(scenario: Scenario, name: str, here: RunContext) -> Value | None:
    """How the site is set, as far as ``scenario`` may know: what tells the setting must not be what it judges."""
    setting = setting_named(name)
    told = here.profile.settings.get(name)
    if _is_about(scenario, setting):
        found = here.discovered.used_for(SETTING, name, scenario.clause.id)
        told = here.said_settings.get(name, found.value if found else None)
    return setting.assumed if told is None else told


def _is_about(scenario: Scenario, setting: Setting) -> bool:
    """Whether a scenario judges the very element that tells a setting: then what the operator wrote is the measure."""
    element = setting.reported.rpartition("/")[2]
    if not element or "GetSite" not in scenario.operations:
        return False
    then = [text for step in scenario.steps if step.type == "then" for text in (step.text, *sum(step.table, ()))]
    return any(re.search(rf"\b{element}\b", text) for text in then)


def _access(scenario: Scenario, here: RunContext) -> Skip | None:
    if scenario.writes and here.access != "read-write":
        return Skip("access", "changes the site, and the run is read-only")
    return None


def _data(scenario: Scenario, here: RunContext) -> Skip | None:
    if scenario.mail and here.mailbox is None:
        return Skip("data", "the profile names no mailbox")
    if scenario.needs_control_plane and not here.profile.is_mock:
        return Skip("data", "only a mock can be brought into this state")
    for role, element in scenario.account_facts:
        if role in here.profile.accounts and not tells(here.profile.accounts[role], element):
            return Skip("data", f"the account {role} of the profile has no {_PROFILE_KEYS.get(element, element)}")
    for name in scenario.needs:
        if name in CREDENTIALS.values() or data_item(name, here.profile.data) is not None:
            continue
        if not here.discovered.trouble(name):
            why = here.discovered.why(name, scenario.clause.id)
            return Skip("data", f"the profile names no {name}: {_keys(name, here)}{why}")
    return None


#: Elements features refer to, and the key of the profile that tells them.
_PROFILE_KEYS = {"short name": "email", "webExId": "webex_id"} | {element: key for key, element in CREDENTIALS.items()}


def tells(account: Account, element: str) -> bool:
    """Whether the profile says ``element`` of the account: nothing empty is ever sent for it."""
    if element in ("email", "short name"):
        return bool(account.email)
    if element == "sessionTicket" and "password" in account.credentials:
        return True
    return element not in CREDENTIALS.values() or element in account.credentials


def _keys(name: str, here: RunContext) -> str:
    keys = known_test_data()[name].missing(here.profile.data)
    return ("keys " if len(keys) > 1 else "key ") + ", ".join(keys)


def _other_night(scenario: Scenario, here: RunContext) -> Skip | None:
    """A site whose settings nobody can switch is compared with what it answered while it was set otherwise."""
    for other in scenario.other_night if not here.profile.is_mock else ():
        asked = ((operation, role) for operation in scenario.operations for role in scenario.roles)
        if not here.baseline or not all(here.baseline.told(other.name, *one) for one in asked):
            return Skip("baseline", f"needs --baseline REPORTS of a night with {other.name}")
    return None


def _served(scenario: Scenario, here: RunContext) -> Skip | None:
    missing = [operation for operation in scenario.operations if operation in here.not_served]
    return Skip("not-served", f"the profile says that {missing[0]} is not served here") if missing else None


_REASONS = {
    "not-served": _served,
    "release": _release,
    "access": _access,
    "role": _role,
    "setting": _setting,
    "data": _data,
    "baseline": _other_night,
}


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
