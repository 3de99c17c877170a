"""What keeps a scenario from a site, with the words a skip is told in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from conformance.reporting.outcome import Skip
from conformance.run.commands.evidence.questions import Questions
from conformance.run.commands.price_list import requirements
from conformance.reporting.shapes import Announcements, Baseline
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext, gate, reasons, tells, told_setting
from conformance.scenarios.scenario import OtherNight, Scenario
from conformance.scenarios.step_registry import ScenarioStep
from conformance.sites.errors import CannotJudge
from conformance.sites.discovery import ITEM, ROLE, SETTING, Discovered, Discoveries
from conformance.sites.profile import known_test_data
from conformance.sites.release import Release
from conformance.sites.settings import known_settings
from conformance.wire.exchange import Request, Signature
from conformance.wire.mailbox import Mail
from conformance.wire.recording import OpenTape
from conformance.wire.sign_in import SignIns
from tests.rig import rig


@pytest.fixture(scope="module")
def mock(catalogue: Catalogue) -> Iterator[RunContext]:
    with rig(catalogue) as site:
        yield site.run_context


@pytest.fixture(scope="module")
def live(mock: RunContext) -> RunContext:
    """The same as a live site: nobody switches anything there, and of its settings only what the profile says is known."""
    profile = replace(mock.profile, control_url=None, settings={})
    assert not profile.is_mock
    return replace(mock, profile=profile, control_plane=None)


@pytest.fixture(scope="module")
def free(catalogue: Catalogue) -> Scenario:
    """A scenario that wants nothing."""
    every = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    wanting = ("settings", "writes", "mail", "needs", "account_facts", "other_night", "until", "needs_control_plane")
    return next(one for one in every if one.operations == ("GetSite",) and one.roles == ("site-admin",) and not any(getattr(one, name) for name in wanting))


def skipped(scenario: Scenario, here: RunContext, **changes: Any) -> Skip | None:
    return gate(replace(scenario, **changes), here)


def test_what_wants_nothing_runs_everywhere(free: Scenario, mock: RunContext, live: RunContext) -> None:
    assert gate(free, mock) is None
    assert gate(free, live) is None
    assert mock.gate(free) is None
    assert list(reasons(free, live)) == []


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("41.12.0", None, ""), ("42.1.0", None, "begins with 42.1.0, the site is judged as 41.12.0"), ("41.1.0", "41.12.0", ""),
        ("41.1.0", "41.12.1", ""),
        ("41.1.0", "41.11.0", "ended with 41.11.0, the site is judged as 41.12.0"),
    ],
)  # fmt: skip
def test_releases(free: Scenario, live: RunContext, since: str, until: str | None, why: str) -> None:
    told = skipped(free, live, since=Release.parse(since), until=Release.parse(until) if until else None)
    assert told == (Skip("release", why) if why else None)


@pytest.mark.parametrize(("judged_as", "ended"), [("41.12.0", False), ("41.12.3", False), ("41.12.16", False), ("42.1.0", True), ("42.12.0", True)])
def test_a_patch_of_the_last_release_is_that_release_still(
    catalogue: Catalogue, free: Scenario, live: RunContext, judged_as: str, ended: bool
) -> None:
    """What 42.1 takes away holds on every site of 41.12: for a run, for what a profile must say, and for traffic."""
    last = replace(free, until=Release(41, 12))
    here = replace(live, release=Release.parse(judged_as))
    assert gate(last, here) == (Skip("release", f"ended with 41.12.0, the site is judged as {judged_as}") if ended else None)
    assert [str(one.value) for one in requirements(last, here) if one.kind == "release"] == (["41.12.0 or earlier"] if ended else [])
    asked = [one for file in catalogue.known_files() for one in file.scenarios.values() if one.clause.id == "R41.3.0-19"]
    asked = [replace(one, until=Release(41, 12)) for one in asked]
    assert (Questions(asked, catalogue.registry, here.payloads, here.release).all == ()) is ended


def test_accounts(free: Scenario, live: RunContext) -> None:
    nobody = replace(live, profile=replace(live.profile, accounts={}))
    assert skipped(free, nobody, roles=()) is None
    assert skipped(free, live, roles=("site-admin", "host")) is None
    assert skipped(free, nobody, roles=("host",)) == Skip("role", "the profile names no account host")
    looked = replace(nobody, discovered=Discoveries(missing={"host": "the site lists none"}))
    assert skipped(free, looked, roles=("host",)) == Skip("role", "the profile names no account host (the site lists none)")


@pytest.mark.parametrize("role", ["host", "attendee"])
def test_what_is_about_who_administers_nothing_is_not_asked_of_an_administrator(catalogue: Catalogue, live: RunContext, role: str) -> None:
    every = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    counters = {one.roles: one for one in every if one.clause.id in ("R41.3.0-19", "R41.3.0-20")}
    administers = replace(live, administrators=frozenset({role}))
    why = f"the account {role} of the profile administers the site, and {counters[role,].clause.id} is about a {role} who is none"
    assert gate(counters[role,], administers) == Skip("role", why)
    assert [gate(one, live) for one in counters.values()] == [None, None]
    assert [one.roles for one in counters.values() if gate(one, administers)] == [(role,)], "nobody else is spared"


def found(clause: str, *things: tuple[str, str, Any]) -> Discoveries:
    """What reads told of, none of it for scenarios of ``clause``."""
    return Discoveries(tuple(Discovered(kind, name, "GetSite", value=value, not_for=frozenset({clause} if clause else ())) for kind, name, value in things))


@pytest.mark.parametrize(
    ("kind", "wants", "name", "why"),
    [
        (ROLE, {"roles": ("host",)}, "host", "the profile names no account host"),
        (SETTING, {"settings": {"entry-exit-tone": "BEEP"}}, "entry-exit-tone", "the profile does not say how the entry and exit tone of meetings (entry-exit-tone) is set"),
        (ITEM, {"needs": ("classic event",)}, "classic event", "the profile names no classic event: key classic-event-session-key"),
    ],
)
def test_what_was_found_by_what_is_judged_must_be_said(free: Scenario, live: RunContext, kind: str, wants: dict[str, Any], name: str, why: str) -> None:
    clause = free.clause.id
    here = replace(live, profile=replace(live.profile, accounts={}, data={}), discovered=found(clause, (kind, name, None)))
    told = skipped(free, here, **{"roles": (), **wants})
    assert told is not None
    assert told.why == f"{why} (what GetSite tells is what {clause} is about, so the profile must say it)"
    other = replace(here, discovered=found("R1.1.1-01", (kind, name, None)))
    assert skipped(free, other, **{"roles": (), **wants}) == Skip(told.kind, why)


def test_what_could_not_be_read_is_asked_for_all_the_same_and_nothing_else_is(free: Scenario, live: RunContext) -> None:
    """The scenario ends broken then, and says why: a skip would hide that somebody meant to have it judged."""
    unread = Discoveries(unread=dict.fromkeys(("host", "entry-exit-tone", "classic event"), "no answer"))
    here = replace(live, profile=replace(live.profile, accounts={}, data={}), discovered=unread)
    assert skipped(free, here, roles=("host",), settings={"entry-exit-tone": "BEEP"}, needs=("classic event",)) is None
    for kind, wants in (
        ("role", {"roles": ("host", "attendee")}),
        ("setting", {"settings": {"entry-exit-tone": "BEEP", "recording-changes-by-hosts": True}}),
        ("data", {"needs": ("classic event", "meeting")}),
    ):
        told = skipped(free, here, **{"roles": (), **wants})
        assert told is not None
        assert told.kind == kind


def test_settings(free: Scenario, live: RunContext, mock: RunContext) -> None:
    wants = {"recording-changes-by-hosts": True}
    assert skipped(free, mock, settings=wants) is None, "a mock is switched"
    told = skipped(free, live, settings=wants)
    assert told is not None
    assert told.kind == "setting"
    assert told.why.startswith("the profile does not say how ")
    assert told.why.endswith(" (recording-changes-by-hosts) is set")
    toned = replace(live, profile=replace(live.profile, settings={"entry-exit-tone": "NOTONE"}))
    assert skipped(free, toned, settings={"entry-exit-tone": "BEEP"}) == Skip("setting", "needs entry-exit-tone = BEEP, the site has NOTONE")
    assumed = next(one for one in known_settings().values() if one.assumed is False)
    assert skipped(free, live, settings={assumed.name: False}) is None
    assert skipped(free, live, settings={assumed.name: True}) == Skip("setting", f"needs {assumed.name} = true, the site has false")
    for value, why in ((True, None), (False, Skip("setting", "needs recording-changes-by-hosts = true, the site has false"))):
        here = replace(live, profile=replace(live.profile, settings={"recording-changes-by-hosts": value}))
        assert skipped(free, here, settings=wants) == why
        assert skipped(free, here, settings={**wants, "entry-exit-tone": "BEEP"}) != why or not value


def test_what_a_scenario_is_about_is_taken_from_the_operator_and_not_from_the_site(free: Scenario, live: RunContext) -> None:
    name, element = "webex-telephony", "isWebexTelephony"
    here = replace(live, profile=replace(live.profile, settings={name: True}), said_settings={name: False})
    about = replace(free, steps=(ScenarioStep("then", "Then", f"{element} is true", (), 1),))
    tabled = replace(free, steps=(ScenarioStep("then", "Then", "these are there", (("element",), (element,)), 1),))
    given = replace(free, steps=(ScenarioStep("given", "Given", f"{element} is true", (), 1),))
    longer = replace(free, steps=(ScenarioStep("then", "Then", f"x{element} is true", (), 1),))
    assert told_setting(free, name, here) is True
    assert [told_setting(one, name, here) for one in (about, tabled, given, longer)] == [False, False, True, True]
    assert told_setting(replace(about, operations=("GetUser",)), name, here) is True, "GetSite tells it, and is not asked"
    silent = replace(here, said_settings={})
    assert told_setting(about, name, silent) is None, "nobody said it"
    elsewhere = replace(silent, discovered=found("", (SETTING, "entry-exit-tone", "BEEP"), (SETTING, name, False)))
    assert told_setting(about, name, elsewhere) is False, "another read than GetSite's own element told it"
    assert told_setting(about, name, replace(elsewhere, discovered=found(free.clause.id, (SETTING, name, False)))) is None


@pytest.mark.parametrize(("writes", "access", "kept"), [(True, "read-only", True), (True, "read-write", False), (False, "read-only", False)])
def test_access(free: Scenario, live: RunContext, writes: bool, access: str, kept: bool) -> None:
    told = skipped(free, replace(live, access=access), writes=writes)
    assert told == (Skip("access", "changes the site, and the run is read-only") if kept else None)


def test_mail_and_control_plane(free: Scenario, live: RunContext, mock: RunContext) -> None:
    assert skipped(free, live, mail=True) is None
    assert skipped(free, replace(live, mailbox=None), mail=True) == Skip("data", "the profile names no mailbox")
    assert skipped(free, live, needs_control_plane=True) == Skip("data", "only a mock can be brought into this state")
    assert skipped(free, mock, needs_control_plane=True) is None


@pytest.mark.parametrize(
    ("element", "known", "key"),
    [
        ("email", {"email": "a@b.c"}, "email"), ("short name", {"email": "a@b.c"}, "email"), ("sessionTicket", {"credentials": {"password": "p"}}, "session_ticket"),
        ("password", {"credentials": {"password": "p"}}, "password"), ("webExId", {}, ""), ("anything else", {}, ""),
    ],
)  # fmt: skip
def test_what_must_be_known_of_an_account(free: Scenario, live: RunContext, element: str, known: dict[str, Any], key: str) -> None:
    bare = replace(live.profile.accounts["host"], email="", credentials={})
    assert tells(replace(bare, **known), element)
    for account, missing in ((replace(bare, **known), False), (bare, bool(key))):
        here = replace(live, profile=replace(live.profile, accounts={"host": account}))
        told = skipped(free, here, roles=(), account_facts=(("host", element),))
        assert told == (Skip("data", f"the account host of the profile has no {key}") if missing else None)
        assert skipped(free, here, roles=(), account_facts=(("other", element),)) is None


def test_things_of_the_profile(free: Scenario, live: RunContext) -> None:
    none = replace(live, profile=replace(live.profile, data={}))
    assert skipped(free, none, needs=("password",)) is None, "a credential is no test data"
    one = Skip("data", "the profile names no classic event: key classic-event-session-key")
    assert skipped(free, none, needs=("classic event",)) == one
    assert skipped(free, none, needs=("password", "classic event")) == one
    name, item = next((name, item) for name, item in known_test_data().items() if len(item.missing({})) == 2)
    assert skipped(free, none, needs=(name,)) == Skip("data", f"the profile names no {name}: keys {', '.join(item.missing({}))}")
    whole = replace(none, profile=replace(none.profile, data={"classic-event-session-key": "1"}))
    assert skipped(free, whole, needs=("classic event",)) is None
    assert skipped(free, whole, needs=("classic event", name)) is not None


def test_operations_that_are_not_served(free: Scenario, live: RunContext) -> None:
    here = replace(live, not_served=frozenset({"GetSite"}))
    assert gate(free, here) == Skip("not-served", "the profile says that GetSite is not served here")
    assert skipped(free, here, operations=("GetUser",)) is None


def test_another_night(free: Scenario, live: RunContext, mock: RunContext) -> None:
    other = OtherNight("recording-changes-by-hosts", True, ("a",))
    lacks = Skip("baseline", "needs --baseline REPORTS of a night with recording-changes-by-hosts = true")

    def on(nights: dict[str, Any]) -> RunContext:
        return replace(live, baseline=Baseline(Release(41, 12), "2021-12-01", {}, Announcements([], back=False), nights=nights))

    assert skipped(free, live, other_night=(other,)) == lacks
    assert skipped(free, mock, other_night=(other,)) is None
    assert skipped(free, on({}), other_night=(other,)) == lacks
    told = {"GetSite": {"site-admin": {"a": "1"}}}
    assert skipped(free, on({other.name: told}), other_night=(other,)) is None
    assert skipped(free, on({"another night": told}), other_night=(other,)) == lacks
    assert skipped(free, on({other.name: told}), other_night=(other,), roles=("site-admin", "host")) == lacks


def test_the_first_reason_is_told_and_kinds_can_be_chosen(free: Scenario, live: RunContext) -> None:
    wants = replace(free, writes=True, since=Release.parse("42.1.0"), needs_control_plane=True, roles=("nobody-here",))
    here = replace(live, access="read-only", profile=replace(live.profile, accounts={}))
    assert [skip.kind for skip in reasons(wants, here)] == ["release", "access", "role", "data"]
    told = gate(wants, here)
    assert told is not None
    assert told.kind == "release"
    assert [skip.kind for skip in reasons(wants, here, ["data", "access"])] == ["access", "data"]
    told = gate(wants, here, ["role"])
    assert told is not None
    assert told.kind == "role"


def test_a_scenario_sees_its_own_of_what_the_profile_names_several_times(free: Scenario, live: RunContext, catalogue: Catalogue) -> None:
    key = "disposable-classic-event-session-key"
    several = replace(live, profile=replace(live.profile, data={key: "1, 2, 3", "meeting-session-key": "4"}))
    every = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    seen = {one: several.for_scenario(one).profile.data for one in every}
    assert {data[key] for data in seen.values()} == {"1", "2", "3"}
    assert {data["meeting-session-key"] for data in seen.values()} == {"4"}
    assert all(data[key] == "123"[int(one.fingerprint, 16) % 3] for one, data in seen.items()), "the same in every process and on every day"
    one = replace(live, profile=replace(live.profile, data={key: "1"}))
    assert one.for_scenario(free) is one


def test_a_scenario_sees_what_was_found_but_for_what_its_clause_is_about(free: Scenario, live: RunContext) -> None:
    setting = (SETTING, "entry-exit-tone", "BEEP")
    other, own = (replace(live, discovered=found(clause, setting)) for clause in ("R1.1.1-01", free.clause.id))
    assert other.for_scenario(free).profile.settings == {"entry-exit-tone": "BEEP"}
    assert own.for_scenario(free).profile.settings == {}
    assert own.complete.profile.settings == own.named.settings == {"entry-exit-tone": "BEEP"}


def test_what_the_last_step_of_its_place_names_is_what_a_scenario_is_about(free: Scenario, live: RunContext) -> None:
    here = replace(live, profile=replace(live.profile, settings={"entry-exit-tone": "BEEP"}))
    of = {text: replace(free, steps=(ScenarioStep("then", "Then", text, (), 1),)) for text in ("entryExitTone is BEEP", "defaults holds something")}
    assert {text: told_setting(one, "entry-exit-tone", here) for text, one in of.items()} == {"entryExitTone is BEEP": None, "defaults holds something": "BEEP"}
    lone = replace(free, steps=(ScenarioStep("then", "Then", "enableRecordingAccess is true", (), 1),))
    here = replace(live, profile=replace(live.profile, settings={"recording-access": True}))
    assert told_setting(lone, "recording-access", here) is None, "an element that stands in no other"


class Box:
    """A mailbox that holds one mail to everybody."""

    pause = 0.0

    def mail_to(self, recipient: str) -> list[Mail]:
        return [Mail((recipient,), b"Hello", "", 2.0**40)]

    def listen(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to stop."""


def test_mail_of_a_live_site_is_waited_for_longer_than_that_of_a_mock(live: RunContext, mock: RunContext) -> None:
    assert (live.mail_watch().patience, mock.mail_watch().patience) == (180.0, 3.0)
    (mail,) = replace(live, mailbox=Box()).mail_watch().to("zoe@example.com")
    assert mail.recipients == ("zoe@example.com",)
    with pytest.raises(CannotJudge, match="the profile names no mailbox"):
        replace(live, mailbox=None).mail_watch().to("zoe@example.com")


class Noted:
    """A tape that lets everything pass, and knows what kinds of things did."""

    def __init__(self) -> None:
        self.passed: list[str] = []

    def through(self, kind: str, what: str, ask: Callable[[], Any], form: Any) -> Any:
        self.passed.append(kind)
        return ask()


class NotedOpenTape(Noted, OpenTape):
    """The same for who keeps nothing."""


def version(here: RunContext) -> Request:
    body = here.payloads.render("GetAPIVersion", {}, {"siteName": here.profile.site_name})
    return Request("GetAPIVersion", "host", here.profile.url, body)


def test_what_a_run_is_told_goes_through_its_tape(mock: RunContext) -> None:
    """Else a run could not be judged again."""
    tape, open_tape = Noted(), NotedOpenTape()
    for one in (tape, open_tape):
        here = replace(mock, tape=one, mailbox=Box())
        client = here.plain_client()
        assert client.send(version(here)).reply.succeeded
        client.close()
        here.mail_watch().to("zoe@example.com")
    assert tape.passed == ["exchange", "mail"]
    assert open_tape.passed == ["mail"], "nobody reads it, and exchanges are many"


def test_a_client_trusts_whom_the_profile_trusts(mock: RunContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a site with a certificate of its own is an outage."""
    made: list[tuple[Any, ...]] = []
    monkeypatch.setattr("conformance.scenarios.run_context.Client", lambda *given, transport: made.append((*given, transport)))
    replace(mock, tape=NotedOpenTape()).plain_client()
    assert made == [(mock.profile, mock.rate_limiter, mock.tls, mock.transport)]


def test_an_account_that_one_client_finds_refused_is_known_to_all(mock: RunContext) -> None:
    here = replace(mock, sign_ins=SignIns())
    host, secret = here.profile.accounts["host"], "Plum-41-of-nobody"
    broken = replace(here, profile=replace(here.profile, accounts={"host": replace(host, credentials={"password": secret})}))
    head = {"siteName": here.profile.site_name, "webExID": host.webex_id, "password": secret}
    body = here.payloads.render("GetUser", {"webExId": host.webex_id}, head)
    client = broken.client()
    exchange = client.send(Request("GetUser", "host", here.profile.url, body, Signature(broken.profile.accounts["host"], "password", secret)))
    client.close()
    assert exchange.refused
    assert list(here.sign_ins.refused) == ["host"]
    here.sign_ins.close()
