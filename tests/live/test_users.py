"""Users, logins and mail on sites that keep the contract in ways of their own, and on sites that do not."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mocksite
import pytest

from mocksite.faults import CATALOGUE
from tests.live.test_sweep import sweep
from tests.run.conftest import Outcome, Runner
from tests.run.test_interrupted import state
from tests.twisted import Twist, Twisted, operation_of, straight, twisted

USERS = "features/41.11.0/control-hub-users.feature"
LOGINS = "features/41.11.0/logins.feature"
WRITING = ("--access", "read-write")


@contextmanager
def live(folder: Path, twist: Twist = straight, **settings: object) -> Iterator[Twisted]:
    """A site as an operator has one: set as told, its profile without a control plane."""
    with twisted(folder, twist, control_url="None") as site:
        for name, value in settings.items():
            site.core.main.store.set(name.replace("_", "-"), value)
        profile = site.core.profile("twisted", url="URL", control_url="None")
        url = next(line for line in site.sites.read_text(encoding="utf-8").splitlines() if line.startswith("url = "))
        lines = [line for line in profile.splitlines() if not line.startswith(("control_url", "url"))]
        site.sites.write_text("\n".join([lines[0], url, *lines[1:]]), encoding="utf-8")
        yield site


def fair(outcome: Outcome) -> bool:
    """Nobody is accused, and everything could be judged."""
    return not outcome.summary["totals"]["failed"] and not outcome.summary["totals"]["broken"]


def rows(outcome: Outcome, word: str) -> list[dict[str, Any]]:
    return [row for row in outcome.summary["scenarios"] if row["outcome"] == word]


@pytest.mark.rotating(8)
@pytest.mark.parametrize(
    "settings",
    [
        {"control_hub_managed": False},
        {"single_sign_on": True},
        {"directory_sync": True},
        {"verification_by_mail_domain": True},
        {"login_refused_every": 15},
        {"address_change_waits": True, "avatars": False, "further_mails": True},
        {"tickets_for_user_management": False, "activation_mails": False, "names_in_mail_subjects": False},
        {"names_owned_by_control_hub": False},
    ],
    ids=lambda settings: "+".join(settings),
)
def test_a_site_may_choose(run: Runner, tmp_path: Path, settings: dict[str, object]) -> None:
    with live(tmp_path, **settings) as site:
        before = state(site)["users"]
        outcome = run(USERS, LOGINS, "features/41.11.0/free-account.feature", *site.arguments(*WRITING))
        after = state(site)["users"]
    assert fair(outcome), outcome.text
    assert outcome.code == 0, outcome.text
    # By number: those of new users are no higher than the others.
    now = {user["user_id"]: user for user in after}
    assert [now.pop(user["user_id"], None) for user in before] == before, "users of the operator's are as they were"
    assert {user["active"] for user in now.values()} <= {"DEACTIVATED"}


@pytest.mark.rotating(4)
def test_a_site_that_makes_no_user_is_asked_once_and_accused_of_nothing(run: Runner, tmp_path: Path) -> None:
    with live(tmp_path, host_limit=1) as site:
        # Lanes may have asked before the first of them hears of it.
        outcome = run(USERS, LOGINS, *site.arguments(*WRITING, "--lanes", "0"))
        asked = Counter(site.asked)
    broken = rows(outcome, "broken")
    assert not rows(outcome, "failed")
    assert len(broken) > 20
    assert {row["cause"] for row in broken} == {
        "the site creates no users at the moment: FAILURE 999999 exceededSiteHostLimit"
    }
    assert asked["CreateUser"] == 2, "the request of the scenario, and the most ordinary one"


def test_one_account_signs_in_once(run: Runner, tmp_path: Path) -> None:
    bodies: list[bytes] = []

    def listen(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        bodies.append(request.body)
        return response

    with live(tmp_path, listen) as site:
        outcome = run("features/41.3.0", "features/41.7.0", *site.arguments("--lanes", "4"))
    assert fair(outcome)
    sent = [body for body in bodies if b"securityContext" in body]
    by_password = [body for body in sent if b"<password>" in body]
    by_ticket = [body for body in sent if b"<sessionTicket>" in body]
    logins = [body for body in by_password if b"AuthenticateUser" in body]
    accounts = site.sites.read_text(encoding="utf-8").count(".accounts.")
    assert len(logins) <= accounts
    assert len(by_password) <= len(logins) + accounts + 2, "the preflight tries each account, and asks two questions"
    assert len(by_ticket) > 20


@pytest.mark.rotating(2)
@pytest.mark.parametrize("exception_id", ["030047", "030104"])
def test_a_site_that_takes_no_tickets_gets_the_password(run: Runner, tmp_path: Path, exception_id: str) -> None:
    def refuse(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if b"<sessionTicket>" not in request.body:
            return response
        body = re.sub(rb"<serv:result>.*</serv:gsbStatus>", b"<serv:result>FAILURE</serv:result><serv:reason>No</serv:reason>"
            b"<serv:gsbStatus>PRIMARY</serv:gsbStatus><serv:exceptionID>" + exception_id.encode() + b"</serv:exceptionID>",
            re.sub(rb"<serv:bodyContent.*</serv:bodyContent>", b"<serv:bodyContent/>", response.body, flags=re.S), flags=re.S)  # fmt: skip
        return mocksite.HttpResponse(response.status, response.headers, body)

    with live(tmp_path, refuse) as site:
        outcome = run("features/41.3.0", "features/41.7.0", *site.arguments())
    assert fair(outcome), outcome.text


@pytest.mark.rotating(7)
@pytest.mark.parametrize(
    "fault",
    [
        "R41.11.0-04/password-taken-over",
        "R41.11.0-12/own-address",
        "R41.11.0-13/new-name-taken-over",
        "R41.11.0-14/address-shared",
        "R41.11.0-16/not-woken",
        "R41.11.0-34/address-unknown",
        "R41.11.0-36/nobody-deleted",
    ],
)
def test_what_a_site_wrongly_accepts_is_put_back(run: Runner, tmp_path: Path, fault: str) -> None:
    with live(tmp_path) as site:
        before = state(site)["users"]
        site.core.main.fault = CATALOGUE[fault]
        outcome = run(USERS, LOGINS, *site.arguments(*WRITING))
        site.core.main.fault = mocksite.Core().main.fault
        after = state(site)["users"]
    assert CATALOGUE[fault].clause in outcome.clauses("failed"), outcome.text
    now = {user["webex_id"]: {**user, "site_admin": 0} for user in after}
    changed = [was["webex_id"] for was in before if now.get(was["webex_id"]) != {**was, "site_admin": 0}]
    if fault != "R41.11.0-16/not-woken":
        assert changed == []
    else:
        assert {"dora.disposable@example.com"} < set(changed) <= {"dora.disposable@example.com", "ddispose", "edispose"}
        untold = [one for one in changed if f"{one} has active DEACTIVATED still" not in outcome.text]
        assert untold == [], "SetUser cannot wake anybody: told, not hidden"


def test_who_is_deactivated_already_is_left_alone_by_the_sweep(run: Runner, tmp_path: Path) -> None:
    with live(tmp_path) as site:
        outcome = run(USERS, *site.arguments(*WRITING))
        assert Counter(site.asked)["DelUser"] > 10
        site.asked.clear()
        assert sweep(site, outcome.reports) == 0
    assert "LstsummaryUser" in site.asked
    assert "DelUser" not in site.asked


def without(site: Twisted, start: str) -> None:
    """Take a line out of the profile."""
    text = site.sites.read_text(encoding="utf-8")
    site.sites.write_text(re.sub(rf"(?m)^{re.escape(start)}.*\n", "", text), encoding="utf-8")


def test_what_a_scenario_says_of_an_account_must_stand_in_the_profile(run: Runner, tmp_path: Path) -> None:
    with live(tmp_path) as site:
        without(site, 'email = "jana.classic@example.com"')
        outcome = run(LOGINS, *site.arguments(*WRITING))
    assert fair(outcome)
    told = {row["skip"]["why"] for row in rows(outcome, "skipped")}
    assert "the account classic-era-user of the profile has no email" in told
    assert b"<webExId></webExId>" not in b"".join(path.read_bytes() for path in outcome.reports.rglob("*.xml"))
    assert outcome.clauses("skipped") >= {"R41.11.0-29", "R41.11.0-32"}


def test_a_disposable_user_who_is_not_active_breaks_and_fails_nothing(run: Runner, tmp_path: Path) -> None:
    with live(tmp_path) as site:
        site.core.handle(
            mocksite.HttpRequest("PUT", "/_control/users/ddispose", {}, json.dumps({"hub": "inactive"}).encode())
        )
        outcome = run(LOGINS, *site.arguments(*WRITING))
        (user,) = [one for one in state(site)["users"] if one["webex_id"] == "ddispose"]
    assert outcome.clauses("broken") == {"R41.11.0-36"}
    assert not rows(outcome, "failed")
    assert all("is DEACTIVATED, not ACTIVATED" in row["cause"] for row in rows(outcome, "broken"))
    assert user["active"] == "DEACTIVATED"


def test_a_right_password_refused_once_is_told_and_counts_for_nothing(run: Runner, tmp_path: Path) -> None:
    seen: set[bytes] = set()

    def refuse_once(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        # Of tokens nobody has seen a site forget one; a refusal of one is told.
        if operation_of(request) != "DelUser" or b"ccessToken>" in request.body or request.body in seen:
            return response
        seen.add(request.body)
        return mocksite.HttpResponse(200, response.headers, REFUSED)

    with live(tmp_path, refuse_once) as site:
        outcome = run(LOGINS, *site.arguments(*WRITING))
    assert fair(outcome), outcome.text
    assert seen


REFUSED = (
    b'<?xml version="1.0" encoding="UTF-8"?><serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service">'
    b"<serv:header><serv:response><serv:result>FAILURE</serv:result><serv:reason>Incorrect user or password</serv:reason>"
    b"<serv:gsbStatus>PRIMARY</serv:gsbStatus><serv:exceptionID>030002</serv:exceptionID></serv:response></serv:header>"
    b"<serv:body><serv:bodyContent/></serv:body></serv:message>"
)
