"""``webex-conformance plan``: what runs on a site, and for everything that does not the one line that unlocks it.

The lines stand in the order in which they unlock most, each presuming those above it. The nights are the fewest ways a
site, or a second one, must be set so that every scenario runs in one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.reporting.text import counted
from conformance.scenarios.discovery import Discovery
from conformance.scenarios.run_context import RunContext, gate, tells, told_setting
from conformance.scenarios.scenario import Scenario
from conformance.sites.discovery import PLANNED
from conformance.sites.profile import CREDENTIALS, ROLES, data_item, known_test_data
from conformance.sites.settings import Value, known_settings, setting_named
from conformance.wire.client import Sender

HUB = "control-hub-managed"
#: Ways a site is set, each for a night.
Nights = list[dict[str, Value]]


@dataclass(frozen=True, order=True)
class Requirement:
    """One thing a scenario lacks here: ``kind`` as skips have it, what it is called, what it must be."""

    kind: str
    name: str
    value: str = ""

    def __str__(self) -> str:
        return _SENTENCES[self.kind](self.name, self.value)

    @property
    def in_reach(self) -> bool:
        """Whether an operator can bring it about."""
        return self.kind != "mock"


def _role(name: str, _: str) -> str:
    return f"add an account {name}: {ROLES[name]}"


def _elsewhere(name: str, value: str) -> str:
    if name == HUB:
        return "a second site, " + ("managed in Control Hub" if value == "true" else "a classic one")
    return f"{name} = {value}, on another night or a second site"


def _data(name: str, keys: str) -> str:
    must_be = known_test_data()[name].must_be
    return f"data: {keys}, {name}" + (f" ({must_be})" if must_be else "")


_SENTENCES: dict[str, Callable[[str, str], str]] = {
    "release": lambda name, value: f"a site of release {value}" if name else value,
    "access": lambda name, _: name,
    "role": _role,
    "account": lambda name, value: f"give the account {name} its {value}",
    "setting": lambda name, value: f"settings: {name} = {value}, if the site is set so",
    "elsewhere": _elsewhere,
    "data": _data,
    "baseline": lambda _name, _value: "the vendor's schemas, or --baseline REPORTS of a run before the release",
    "other-night": lambda name, _: f"--baseline REPORTS of a night with {name}",
    "not-served": lambda name, _: f"a site that serves {name}, if it is not true that this one does not",
    "mailbox": lambda _name, _value: "add a mailbox that receives what the site sends",
    "mock": lambda name, _: name,
}


def requirements(scenario: Scenario, here: RunContext) -> Iterator[Requirement]:
    """Everything that keeps ``scenario`` from running, not only the first reason."""
    here = here.for_scenario(scenario)
    if here.release < scenario.since:
        yield Requirement("release", "since", f"{scenario.since} or later")
    if scenario.ended_by(here.release):
        yield Requirement("release", "until", f"{scenario.until} or earlier")
    if scenario.writes and here.access != "read-write":
        yield _access(here)
    yield from (
        Requirement("not-served", one, one) for one in scenario.operations if one in here.not_served
    )
    yield from _accounts(scenario, here)
    yield from _settings(scenario, here)
    if scenario.measured and not _has_measure(scenario, here):
        yield Requirement("baseline", "")
    if gate(scenario, here, ("baseline",)):
        yield from (Requirement("other-night", other.name) for other in scenario.other_night)
    if scenario.mail and here.mailbox is None:
        yield Requirement("mailbox", "")
    if scenario.needs_control_plane and not here.profile.is_mock:
        yield Requirement("mock", "nothing: only the mock can be brought into the state they need")
    for name in scenario.needs:
        lacking = name not in CREDENTIALS.values() and data_item(name, here.profile.data) is None
        if lacking and not here.discovered.trouble(name):
            keys = known_test_data()[name].missing(here.profile.data)
            yield Requirement("data", name, ", ".join(keys))


def _has_measure(scenario: Scenario, here: RunContext) -> bool:
    earlier = here.baseline is not None and here.baseline.precedes(scenario.clause)
    return earlier or here.strict_schema or here.vendor_schemas is not None


def _access(here: RunContext) -> Requirement:
    more = "" if here.profile.access == "read-write" else ', and access = "read-write" in the profile'
    return Requirement("access", f"--access read-write{more}")


def _accounts(scenario: Scenario, here: RunContext) -> Iterator[Requirement]:
    for role in scenario.roles:
        if role not in here.profile.accounts and not here.discovered.trouble(role):
            yield Requirement("role", role)
    for role, element in scenario.account_facts:
        if role in here.profile.accounts and not tells(here.profile.accounts[role], element):
            key = next((key for key, filled in CREDENTIALS.items() if filled == element), "email")
            yield Requirement("account", role, key)


def _settings(scenario: Scenario, here: RunContext) -> Iterator[Requirement]:
    for name, wanted in scenario.settings.items():
        setting, told = setting_named(name), told_setting(scenario, name, here)
        if here.profile.is_mock or (told is None and here.discovered.trouble(name)):
            continue
        if told is not None and setting.agrees(told, wanted):
            continue
        # What a clause is about is for the operator to say, and for nobody otherwise than the site does.
        tonight = told if told is not None else here.complete.profile.settings.get(name, here.said_settings.get(name))
        may_be_so = tonight is None or setting.agrees(tonight, wanted)
        yield Requirement("setting" if may_be_so else "elsewhere", name, _toml(wanted))


def _toml(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Unlock:
    """What to do next, and the scenarios that then run."""

    needs: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]

    def __str__(self) -> str:
        return "; and ".join(map(str, self.needs))


@dataclass(frozen=True)
class Night:
    """A way a site is set, and the scenarios judged there for the first time."""

    settings: Mapping[str, Value]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True)
class PriceList:
    """What would become of every scenario, and what the others cost.

    ``here`` is the site as the run would see it, ``writing`` as one would that may write.
    """

    here: RunContext
    writing: RunContext
    running: tuple[Scenario, ...]
    unlocks: tuple[Unlock, ...]
    out_of_reach: tuple[Unlock, ...]
    nights: tuple[Night, ...]
    users_left: int
    skipped: Mapping[Scenario, frozenset[Requirement]]

    @property
    def recorded(self) -> int:
        """How many of those that would run are only observed."""
        return sum(one.level == "observe" for one in self.running)

    @property
    def running_with_writing(self) -> int:
        """How many scenarios would run with ``--access read-write``."""
        access = {_access(self.here)}
        return len(self.running) + sum(bool(needs) and needs <= access for needs in self.skipped.values())

    @property
    def here_and_elsewhere(self) -> tuple[int, int]:
        """How many nights, on how many sites."""
        managed = {night.settings[HUB] for night in self.nights if HUB in night.settings}
        return len(self.nights), max(1, len(managed))

    def as_text(self) -> Iterator[str]:
        """For a terminal, line by line."""
        runs, skips = counted(len(self.running), "scenario"), len(self.skipped)
        found = self.here.discovered
        observed = f", {self.recorded} of them recorded and not judged" if self.recorded else ""
        yield f"{self.here.profile.name}, {self.here.access}: {runs} would run{observed}, {skips} skipped"
        if self.users_left:
            users = counted(self.users_left, "user")
            yield f"up to {users} would stay on the site, deactivated: the API removes no users"
        if found.found:
            yield from ("", f"not in the profile, and found out with {found.requests} requests:")
            yield from (f"  {one}" for one in found.found)
        if self.unlocks:
            yield from ("", "what unlocks the rest; each line presumes those above it:")
            yield from (f"  {'+' + str(len(one.scenarios)):>5}  {one}" for one in self.unlocks)
        yield from (f"  {len(one.scenarios):>5}  {one}" for one in self.out_of_reach)
        nights, sites = self.here_and_elsewhere
        verb = "judges" if nights == 1 else "judge"
        told = f"{counted(nights, 'night')} on {counted(sites, 'site')} {verb} everything of {self.here.release}"
        yield from ("", f"{told}; what is not named stays as it is:")
        yield from self._nights_as_text()

    def _nights_as_text(self) -> Iterator[str]:
        first = self.nights[0].settings if self.nights else {}
        present = {**_assumed(), **self.here.complete.profile.settings}
        for nth, night in enumerate(self.nights, 1):
            other = night.settings.get(HUB, first.get(HUB)) != first.get(HUB)
            differs = {name: value for name, value in night.settings.items() if nth == 1 or first.get(name) != value}
            said = {name: value for name, value in differs.items() if nth > 1 or name not in present}
            changes = ", ".join(f"{name} = {_toml(value)}" for name, value in sorted(said.items()))
            where = "a second site" if other else "this site"
            yield f"  {nth}  {len(night.scenarios):>4}  {where}{', ' + changes if changes else ' as it is'}"

    def every_scenario(self) -> Iterator[str]:
        """One line each, with what becomes of it; what is only recorded is judged by a later run, as a baseline."""
        for one in sorted((*self.running, *self.skipped), key=lambda one: (one.path, one.line, one.row)):
            skip = gate(one, self.here)
            word = f"skip  {skip.kind}: {skip.why}" if skip else "record" if one in self.skipped else "run"
            row = f" [{one.row}]" if one.row else ""
            yield f"{one.clause.id}  {one.path}:{one.line}  {one.title}{row}  ->  {word}"
        yield ""

    def as_json(self) -> dict[str, Any]:
        """For machines: numbers, lines, nights, and what every scenario lacks."""
        return {
            "format": 1,
            "site": self.here.profile.name,
            "access": self.here.access,
            "run": len(self.running),
            "recorded": self.recorded,
            "skipped": len(self.skipped),
            "users_left": self.users_left,
            "discovered": list(map(str, self.here.discovered.found)),
            "requests": self.here.discovered.requests,
            "unlocks": [_unlock_as_json(one) for one in self.unlocks],
            "out_of_reach": [_unlock_as_json(one) for one in self.out_of_reach],
            "nights": [{"settings": dict(one.settings), "scenarios": len(one.scenarios)} for one in self.nights],
            "scenarios": [
                {"nodeid": one.nodeid, "clause": one.clause.id, "lacks": sorted(map(str, self.skipped.get(one, ())))}
                for one in (*self.running, *self.skipped)
            ],
        }


def _unlock_as_json(one: Unlock) -> dict[str, Any]:
    return {"needs": list(map(str, one.needs)), "scenarios": len(one.scenarios)}


def price_list(run_context: RunContext, client: Sender, scenarios: Iterable[Scenario]) -> PriceList:
    """Look at the site, read-only, and work out what would run now, and what with more."""
    every = list(scenarios)
    looks = Discovery(run_context, client, act=False)
    here = replace(run_context, discovered=looks.look_for(every))
    writing = here
    if here.access != "read-write":
        writing = replace(run_context, access="read-write", discovered=looks.with_access("read-write", every))
    running = tuple(one for one in every if not any(requirements(one, here)))
    lacking = {one: _lacking(one, here, writing) for one in every if one not in set(running)}
    unlocks = list(_unlocks({one: needs for one, needs in lacking.items() if all(need.in_reach for need in needs)}))
    never = {one: needs for one, needs in lacking.items() if not all(need.in_reach for need in needs)}
    return PriceList(
        here,
        writing,
        running,
        tuple(unlocks),
        tuple(_together(never)),
        tuple(_nights([one for one in every if one not in never and _is_of(one, here)], here)),
        _users_left([one for one in every if gate(one, here) is None], here),
        lacking,
    )


def _is_of(scenario: Scenario, here: RunContext) -> bool:
    """Whether the release of the site has the scenario: no night on it can judge what another release brings."""
    return gate(scenario, here, ("release",)) is None


def _lacking(scenario: Scenario, here: RunContext, writing: RunContext) -> frozenset[Requirement]:
    """What it takes, in a run that may write: that makes by itself some of what a run that only reads lacks."""
    needs = frozenset(requirements(scenario, writing))
    if here.access == "read-write":
        return needs
    without_writing = frozenset(requirements(scenario, here))
    return needs | {_access(here)} if scenario.writes or needs < without_writing else without_writing


def _unlocks(lacking: Mapping[Scenario, frozenset[Requirement]]) -> Iterator[Unlock]:
    """Always the line that unlocks most by itself; where none does, the fewest lines that do together."""
    have: set[Requirement] = set()
    told: set[str] = set()
    left = dict(lacking)
    while left:
        wanted = Counter(frozenset(needs - have) for needs in left.values())
        fewest = min(map(len, wanted))
        short = (needs for needs in wanted if len(needs) == fewest)
        best = max(short, key=lambda needs: (wanted[needs], sorted(needs)))
        shown = tuple(_again(one) if one.name in told else one for one in sorted(best))
        # On another night the site is set so for those, too, that would not mind tonight.
        have |= best | {replace(one, kind=kind) for one in shown if one.kind == "elsewhere" for kind in _SET}
        told |= {one.name for one in shown if one.kind == "setting"}
        unlocked = tuple(one for one, needs in left.items() if needs <= have)
        yield Unlock(shown, unlocked)
        for one in unlocked:
            del left[one]


#: What is lacking where a site would have to be set otherwise.
_SET = ("setting", "elsewhere")


def _again(one: Requirement) -> Requirement:
    """A setting that an earlier line has at another value: it cannot be both in one night."""
    return replace(one, kind="elsewhere") if one.kind == "setting" else one


def _together(never: Mapping[Scenario, frozenset[Requirement]]) -> Iterator[Unlock]:
    for needs in dict.fromkeys(frozenset(one for one in needs if not one.in_reach) for needs in never.values()):
        yield Unlock(tuple(sorted(needs)), tuple(one for one, mine in never.items() if needs <= mine))


def _users_left(running: Iterable[Scenario], here: RunContext) -> int:
    """How many users such a run may leave behind, deactivated: a mock takes them out of its books."""
    if here.profile.is_mock or here.access != "read-write":
        return 0
    made = sum(one.how == PLANNED and one.by == "CreateUser" for one in here.discovered.found)
    return made + sum(one.creates.count("CreateUser") for one in running)


# -- nights -----------------------------------------------------------------------------------------------------------


def _nights(scenarios: list[Scenario], here: RunContext) -> Iterator[Night]:
    both_ways = [{other.setting: other.value} for one in scenarios for other in one.other_night]
    wanted = list({_key(one): dict(one) for one in (*both_ways, *(one.settings for one in scenarios)) if one}.values())
    present = {**_assumed(), **here.complete.profile.settings}
    left = list(scenarios)
    for settings in fewest_nights(wanted, present):
        mine = tuple(one for one in left if one.settings.items() <= settings.items())
        left = [one for one in left if one not in set(mine)]
        yield Night(settings, mine)


def _assumed() -> dict[str, Value]:
    """Settings that a profile which does not say is taken to have."""
    return {name: one.assumed for name, one in known_settings().items() if one.assumed is not None}


def _key(settings: Mapping[str, Value]) -> frozenset[tuple[str, Value]]:
    return frozenset(settings.items())


def fewest_nights(wanted: Nights, present: Mapping[str, Value]) -> Nights:
    """The fewest settings of a site that each of ``wanted`` fits into one of, the site's ``present`` ones first."""
    names = {name for one in wanted for name in one}
    first = {name: value for name, value in present.items() if name in names}
    open_ones = sorted((one for one in wanted if not one.items() <= first.items()), key=lambda one: -len(one))
    most = 1
    while True:
        found = _placed(open_ones, [dict(first)], most)
        if found is not None:
            return found
        most += 1


def _placed(open_ones: Nights, nights: Nights, most: int) -> Nights | None:
    """``nights`` with every one of ``open_ones`` in one of them, ``most`` at most; None when that cannot be."""
    if not open_ones:
        return nights
    wanted, rest = open_ones[0], open_ones[1:]
    for place, night in enumerate(nights):
        if all(night.get(name, value) == value for name, value in wanted.items()):
            found = _placed(rest, [*nights[:place], {**night, **wanted}, *nights[place + 1 :]], most)
            if found is not None:
                return found
    return _placed(rest, [*nights, dict(wanted)], most) if len(nights) < most else None
