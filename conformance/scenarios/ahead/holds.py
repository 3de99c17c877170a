"""What a scenario touches, read off its steps: two whose things do not touch are carried out side by side.

A thing is held in a mode. Scenarios share a thing that they hold in the same
mode, unless that is :data:`ALONE`: many may look at one meeting, many may add
users to a site, but nobody reads the list of users while they do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from conformance.scenarios.scenario import USED_UP, Scenario, references, role_named
from conformance.scenarios.step_registry import ScenarioStep, StepMatch, StepRegistry
from conformance.sites.profile import CREDENTIALS, DISPOSABLE, data_item
from conformance.sites.settings import Value, setting_spoken
from conformance.wire.client import reads_only

ALONE: Final = "alone"
_LOOKED_AT, _ADDED_TO = "looked at", "added to"
#: A scenario that lists while it writes looks for its own things by what these hold.
_ITS_OWN = ("new ", "other new ", "attempted ", DISPOSABLE)
#: Lists of these are about the site or the past: nothing that a scenario changes stands in them.
_UNTOUCHED = ("TimeZone", "MeetingType", "History")

#: Things and the modes they are held in.
Holds = tuple[tuple[str, Value], ...]


def holds(scenario: Scenario, registry: StepRegistry, data: Mapping[str, str], *, settings: bool) -> Holds:
    """What ``scenario`` holds, of test ``data`` the very thing; with ``settings`` also how it wants the site set."""
    matches = [(step, registry.look_up(step, scenario.path)) for step in scenario.steps]
    found = [*_lists(scenario, matches), *_data(scenario, matches, data)]
    found += _settings(matches) if settings else ()
    return tuple(sorted(dict(found).items(), key=lambda one: one[0]))


def kept_steady(held: Holds, present: Mapping[str, Value]) -> Holds:
    """``held``, and every setting that somebody switches and nobody here names, as it is at ``present``.

    No verdict on a sound site depends on a setting that a scenario does not name; on a wrong one it may.
    """
    named = dict(held)
    rest = {f"setting {name}": value for name, value in present.items() if f"setting {name}" not in named}
    return tuple(sorted((named | rest).items(), key=lambda one: one[0]))


def setting_of(thing: str) -> str:
    """The name of the setting that ``thing`` is; empty when it is none."""
    kind, _, name = thing.partition(" ")
    return name if kind == "setting" else ""


def list_of(operation: str) -> str:
    """The list that ``operation`` reads or changes; empty for one that does neither."""
    if any(word in operation for word in _UNTOUCHED):
        return ""
    if reads_only(operation) and not operation.startswith("Lst"):
        return ""
    kind = "users" if "User" in operation else "recordings" if "ecord" in operation else "sessions"
    return f"list of {kind}"


def _lists(scenario: Scenario, matches: Collection[tuple[ScenarioStep, StepMatch]]) -> Iterator[tuple[str, Value]]:
    changed = {list_of(one) for one in scenario.operations if not reads_only(one)}
    if scenario.writes and any(match.arguments.get("user") for _, match in matches):
        changed.add(list_of("SetUser"))
    listing: dict[str, bool] = {}
    for step, match in matches:
        operation = str(match.arguments.get("operation") or "")
        if reads_only(operation) and (name := list_of(operation)):
            own = any(holder.startswith(_ITS_OWN) for holder, _ in references([step]))
            listing[name] = listing.get(name, True) and own
    for name in filter(None, dict.fromkeys((*sorted(changed), *listing))):
        yield name, _LOOKED_AT if name not in changed else _ADDED_TO if listing.get(name, True) else ALONE


def _data(
    scenario: Scenario, matches: Collection[tuple[ScenarioStep, StepMatch]], data: Mapping[str, str]
) -> Iterator[tuple[str, Value]]:
    """Test data and accounts: those a changing request is about, or may give away, are held alone."""
    at_stake = {USED_UP, *_at_stake(matches)}
    for name in (*scenario.needs, *scenario.roles):
        if name not in CREDENTIALS.values():
            alone = scenario.writes and (name in at_stake or name.startswith(DISPOSABLE))
            item = (data_item(name, data) or {}) if name in scenario.needs else {}
            yield f"data {name} {next(iter(item.values()), '')}", ALONE if alone else _LOOKED_AT


def _at_stake(matches: Collection[tuple[ScenarioStep, StepMatch]]) -> Iterator[str]:
    for step, match in matches:
        operation = str(match.arguments.get("operation") or "")
        if operation and not reads_only(operation):
            subject = match.arguments.get("item")
            if subject and "session type" not in str(subject):
                yield role_named(str(subject))
            if "User" in operation:
                named = {role_named(holder) for holder, _ in references([step])}
                yield from sorted(named - {role_named(str(match.arguments.get("role") or ""))})


def _settings(matches: Collection[tuple[ScenarioStep, StepMatch]]) -> Iterator[tuple[str, Value]]:
    wanted: dict[str, set[Value]] = {}
    for _, match in matches:
        if spoken := match.arguments.get("setting") or match.arguments.get("other_setting"):
            setting = setting_spoken(str(spoken))
            wanted.setdefault(setting.name, set()).add(setting.value(str(match.arguments["value"])))
    for name, values in wanted.items():
        yield f"setting {name}", next(iter(values)) if len(values) == 1 else ALONE
