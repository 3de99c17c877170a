"""What a site says of itself wrongly is the finding of one clause; what it says otherwise than its profile goes first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import httpx
import pytest

import mocksite
from conformance.run.options import Options
from conformance.run.preflight import PreflightReport
from conformance.run.site_session import open_site
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.sites.errors import UserError
from conformance.sites.settings import known_settings
from tests.conftest import ROOT
from tests.rig import CoreTransport
from tests.twins import profiles, wire
from tests.twins.site import Table, Told, Twin, judge, opened, scenarios
from tests.twisted import Twist, operation_of
from tests.variations import Change, Element, named, namespace

TOLD = {name: setting for name, setting in known_settings().items() if setting.reported}
OTHER = {"true": "false", "false": "true", "ANNOUNCENAME": "BEEP", "NOTONE": "BEEP", "BEEP": "NOTONE"}


def twice(name: str) -> Change:
    def change(root: Element) -> None:
        for element in named(root, name):
            again = element.makeelement(f"{{{namespace(element)}}}{name}")
            again.text = OTHER[element.text]
            element.addnext(again)

    return change


WRONG: dict[str, Callable[[str], Change]] = {
    "blank": lambda name: wire.saying(name, " "),
    "illegal": lambda name: wire.saying(name, "perhaps"),
    "in capitals": lambda name: wire.rewritten(name, lambda text: text.upper() if text in ("true", "false") else "no"),
    "contradicting": lambda name: wire.rewritten(name, lambda text: OTHER[text]),
    "twice": twice,
}


#: Settings whose value a clause judges; of the others clauses judge the place only.
NOTICED = ("recording-access", "large-events", "entry-exit-tone-ec", "webex-telephony")
#: Where GetSite lies about the tone of events, GetEvent and GetSite disagree, and that is a clause of its own.
COMPARED = {"entry-exit-tone-ec": {"R41.4.0-06"}}
#: Where it says nothing, or two things, there is nothing to compare with, and GetEvent is not accused of that.
NOTHING_SAID = ("blank", "twice")


def judging(every: list[Scenario], element: str) -> set[str]:
    """Clauses whose scenarios speak of ``element``."""
    texts = {one: [text for step in one.steps for text in (step.text, *sum(step.table, ()))] for one in every}
    return {one.clause.id for one in every if any(re.search(rf"\b{element}\b", text) for text in texts[one])}


@cache
def healthy() -> dict[str, str]:
    return outcomes(judge(Twin("healthy", "", "", access="read-only"), CATALOGUE[0]))


CATALOGUE: list[Catalogue] = []


def outcomes(told: Told) -> dict[str, str]:
    return {one.scenario.nodeid: one.verdict.outcome for one in told.trials}


@pytest.mark.rotating(7)
@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("name", TOLD)
def test_a_wrong_setting_is_the_finding_of_its_clause_alone(catalogue: Catalogue, name: str, how: str) -> None:
    CATALOGUE[:] = [catalogue]
    element = TOLD[name].reported.rpartition("/")[2]
    twin = Twin("wrong", "", "", replies=(wire.of("GetSite", WRONG[how](element)),), access="read-only")
    told = judge(twin, catalogue)
    mine = judging(scenarios(catalogue), element) | COMPARED.get(name, set())
    assert {one.scenario.clause.id for one in told.outcome("failed")} <= mine
    if name in NOTICED and (name, how) != ("webex-telephony", "contradicting"):
        assert told.outcome("failed"), "somebody must notice"
    compared = COMPARED.get(name, set()) if how in NOTHING_SAID else set()
    assert {one.scenario.clause.id for one in told.outcome("broken")} == compared
    assert not compared & {one.scenario.clause.id for one in told.outcome("failed")}
    changed = {place for place, outcome in outcomes(told).items() if healthy().get(place) != outcome not in ("failed", "broken")}
    gone = set(healthy()) - set(outcomes(told))
    needs = {one.nodeid for one in scenarios(catalogue) if name in one.settings}
    assert changed | gone <= (needs if how == "contradicting" else set())


def test_booleans_may_be_digits_in_every_privilege(catalogue: Catalogue) -> None:
    digits = {"true": "1", "false": "0"}
    change = wire.all_of(*(wire.rewritten(name, lambda text: digits.get(text, text)) for name in ("siteAdmin", "host", "roSiteAdmin")))
    with opened(Twin("digits", "", "", replies=(wire.of("GetUser", change),)), catalogue) as site:
        assert not site.rig.run_context.sign_ins.refused


@pytest.mark.parametrize("name", ["siteAdmin", "roSiteAdmin", "umSiteAdmin"])
@pytest.mark.parametrize("text", ["true", "1"])
def test_who_administers_the_site_beside_hosting_or_attending_is_told(catalogue: Catalogue, name: str, text: str) -> None:
    told = preflight(catalogue, Twin("several-hats", "", "", replies=(wire.of("GetUser", wire.saying(name, text)),)))
    assert {"host", "attendee"} <= told.administrators
    assert not told.administrators & {"site-admin", "unscoped-admin"}
    (line,) = [line for line in told.lines if line.what == "account host"]
    assert (line.state, line.found) == ("ok", f"signed in, host true, {name} true")


@pytest.mark.parametrize("text", ["false", "0", "yes"])
def test_who_does_not_is_not(catalogue: Catalogue, text: str) -> None:
    change = wire.all_of(*(wire.saying(name, text) for name in ("siteAdmin", "roSiteAdmin", "umSiteAdmin")))
    assert not preflight(catalogue, Twin("no-hats", "", "", replies=(wire.of("GetUser", change),))).administrators


@pytest.mark.parametrize("text", ["TRUE", "yes", " "])
def test_a_privilege_that_cannot_be_read_takes_no_role_away(catalogue: Catalogue, text: str) -> None:
    told = preflight(catalogue, Twin("odd", "", "", replies=(wire.of("GetUser", wire.saying("siteAdmin", text)),)))
    (line,) = [line for line in told.lines if line.what == "account site-admin"]
    assert (line.state, "siteAdmin cannot be read" in line.found) == ("note", True)


def preflight(catalogue: Catalogue, twin: Twin, **headers: str) -> PreflightReport:
    """What the preflight tells of ``twin``."""
    reports: list[PreflightReport] = []

    def keep(twin: Twin) -> None:
        from conformance.run.preflight import Preflight
        from unittest.mock import patch

        real = Preflight.look

        def look(self: object, asked: object = None) -> PreflightReport:
            reports.append(real(self, asked))  # type: ignore[arg-type]
            return reports[-1]

        with patch.object(Preflight, "look", look), opened(twin, catalogue):
            pass

    keep(twin)
    return reports[0]


def account(role: str, **changes: object) -> Callable[[Table], None]:
    def change(table: Table) -> None:
        table["accounts"][role] = {key: value for key, value in (table["accounts"][role] | changes).items() if value is not None}

    return change


NO_TOKENS = {"webex_access_token": None, "access_token": None}


def test_an_account_that_cannot_sign_in_breaks_the_scenarios_of_its_role(catalogue: Catalogue) -> None:
    twin = Twin("locked-out", "", "", profile=(account("host", password="forgotten-1", **NO_TOKENS),), access="read-only")
    told = judge(twin, catalogue)
    broken = told.outcome("broken")
    assert not told.outcome("failed")
    hosts = {one.scenario.title for one in told.trials if "host" in one.scenario.roles}
    # Of several callers whose answers are held against each other one may be missing.
    assert {one.scenario.title for one in broken} <= hosts
    assert len(hosts) - len({one.scenario.title for one in broken}) <= 1
    assert all("the account host cannot sign in" in one.cause and "030002" in one.cause for one in broken)
    assert told.judged > 60


def test_an_account_that_is_not_what_the_profile_says_accuses_nobody(catalogue: Catalogue) -> None:
    twin = Twin("no-admin", "", "", replies=(wire.of("GetUser", wire.saying("roSiteAdmin", "false")),), access="read-only")
    broken = [one for one in judge(twin, catalogue).outcome("broken")]
    assert broken
    assert all("read-only-admin cannot play its role: GetUser tells roSiteAdmin false" in one.cause for one in broken)


def test_an_expired_ticket_of_the_profile_is_told_and_another_credential_serves(catalogue: Catalogue) -> None:
    old = account("host", session_ticket="4832534b00ffee00", password=None, access_token=None)
    told = preflight(catalogue, Twin("old-ticket", "", "", profile=(old,)))
    refused, line = [line for line in told.lines if line.what == "account host"]
    assert (refused.state, refused.told) == ("refused", "signs in with sessionTicket")
    assert "the session ticket is not valid (any more)" in refused.found
    assert (line.state, line.told) == ("ok", "signs in with webExAccessToken, host true")
    lost = account("host", session_ticket="4832534b00ffee00", password=None, **NO_TOKENS)
    told = preflight(catalogue, Twin("old-ticket", "", "", profile=(lost,)))
    (line,) = [line for line in told.lines if line.what == "account host"]
    assert line.state == "refused"
    assert "the session ticket is not valid (any more)" in line.found


def test_without_any_account_nothing_is_run(catalogue: Catalogue) -> None:
    twin = Twin("locked", "", "", profile=(profiles.only("site-admin"), account("site-admin", password="forgotten-1", **NO_TOKENS)))
    with pytest.raises(UserError) as told, opened(twin, catalogue):
        pass
    assert told.value.code == "account-refused"
    assert "030002" in told.value.what
    assert told.value.hint.startswith("check the password")


def version(**elements: str) -> Twist:
    gone = wire.lacking("apiVer", "trainReleaseVersion", "trainReleaseOrder", *(name for name in ("release", "apiVersion") if name not in elements))
    said = [wire.saying(name, text) for name, text in elements.items() if name != "apiVer"]
    after = "release" if "release" in elements else "apiVersion"
    added = [wire.adding(after, "apiVer", elements["apiVer"])] if "apiVer" in elements else []
    return wire.of("GetAPIVersion", wire.all_of(gone, *said, *added))


READABLE = {
    "apiVer first": ({"apiVersion": "WebEx XML API V41.1.0", "release": "SP26", "apiVer": "41.12.0"}, "41.12.0"),
    "release": ({"apiVersion": "WebEx XML API V11.0.0", "release": "41.12.0"}, "41.12.0"),
    "apiVersion": ({"apiVersion": "WebEx XML API V41.12.0"}, "41.12.0"),
    "later": ({"apiVersion": "WebEx XML API V11.0.0", "release": "SP26", "apiVer": "42.6.0"}, "42.6.0"),
}


@pytest.mark.parametrize("form", READABLE)
def test_the_release_is_read_in_every_form(catalogue: Catalogue, form: str) -> None:
    elements, release = READABLE[form]
    with opened(Twin("form", "", "", replies=(version(**elements),)), catalogue) as site:
        assert str(site.rig.run_context.release) == release


def test_a_release_that_cannot_be_read_is_asked_for(catalogue: Catalogue) -> None:
    twin = Twin("unreadable", "", "", replies=(version(apiVersion="WebEx XML API V11.0.0", release="EP1"),))
    with pytest.raises(UserError) as told, opened(twin, catalogue):
        pass
    assert told.value.code == "release-unknown"
    assert 'release = "' in told.value.hint
    assert "sweep" not in str(told.value)
    assert "contradict" not in str(told.value)


def test_a_clock_that_is_off_by_days_is_told_and_the_site_s_is_gone_by(catalogue: Catalogue, tmp_path: Path) -> None:
    core = mocksite.Core()
    theirs = datetime.now(UTC) + timedelta(days=3)

    class Elsewhen(CoreTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            answer.headers["Date"] = format_datetime(theirs)
            return answer

    file = tmp_path / "sites.toml"
    file.write_text(core.profile("twin"), encoding="utf-8")
    options = Options(sites=("twin",), strict=True, reports=tmp_path, lanes=0, root=ROOT)
    session = open_site("twin", file, options, catalogue.clauses, transport=Elsewhen(core))
    session.close()
    assert abs(session.run_context.now - theirs) < timedelta(minutes=2)
    assert any("clock: the profile says" in line and "judged by the clock of the site" in line for line in session.preflight.differences)
    healthy_session = open_site("twin", file, replace(options), catalogue.clauses, transport=CoreTransport(core))
    healthy_session.close()
    assert healthy_session.preflight.clock == 0.0


def test_what_asked_first_carried_no_credential(catalogue: Catalogue) -> None:
    seen: list[bytes] = []

    def listen(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        seen.append(request.body)
        return response

    with opened(Twin("listening", "", "", replies=(listen,)), catalogue):
        pass
    assert operation_of(mocksite.HttpRequest(body=seen[0])) == "GetAPIVersion"
    assert b"password" not in seen[0]
