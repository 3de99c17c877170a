"""An outage of the site is no verdict: nothing fails by it, it is told once, and a doomed run ends early."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import mocksite
import pytest

from conformance.scenarios.discovery import SiteReads
from conformance.scenarios.features import Catalogue
from conformance.sites.discovery import discovery_table
from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Exchange, Request
from tests.conftest import ROOT
from tests.rig import rig
from tests.run.conftest import Runner
from tests.twins import wire
from tests.twins.site import Gateway, Twin, judge
from tests.twisted import operation_of, twisted

READS = ("features/41.3.0", "features/41.7.0", "features/41.11.0", "features/41.12.0")
OUTAGES = {
    "backend silent": (lambda: wire.refusal("000035", "ASService not responding"), "FAILURE 000035 ASService not responding"),
    "not forwarded": (wire.without_body, "FAILURE 000000 Fail to forward request:null"),
    "no exception, no body": (
        lambda: mocksite.HttpResponse(200, (), wire.without_body().body.replace(b"<serv:exceptionID>000000</serv:exceptionID>", b"")),
        "FAILURE Fail to forward request:null, without bodyContent",
    ),
    "maintenance page": (
        lambda: mocksite.HttpResponse(200, (("Content-Type", "text/html"),), b"<!DOCTYPE html><html>Maintenance</html>"),
        "a web page",
    ),
    "firewall": (lambda: mocksite.HttpResponse(403, (("Content-Type", "text/html"),), b"<html>no</html>"), "HTTP 403 Forbidden"),
    "redirect": (lambda: mocksite.HttpResponse(302, (("Location", "https://login.example.com/"),), b""), "HTTP 302 to another address"),
    "refused by a firewall with 200": (lambda: mocksite.HttpResponse(200, (), b"Request rejected, 8675309"), "starts with 'Request rejected"),
    "gateway": (wire.unavailable, "HTTP 503 Service Unavailable"),
    "limit": (lambda: mocksite.HttpResponse(429, (), b"slow down"), "the site limits the rate and has not let up for "),
}


class Falls:
    """Answers the preflights of ``parts`` processes and ``more`` requests, and from then on only with ``answer``."""

    def __init__(self, answer: mocksite.HttpResponse, parts: int, more: int = 0) -> None:
        self.answer, self.parts, self.more, self.after = answer, parts, more, 0
        self._lock = threading.Lock()

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.path.startswith("/_control"):
            return response
        with self._lock:
            # The preflight of a process ends with GetSite.
            if self.parts:
                self.parts -= operation_of(request) == "GetSite"
                return response
            if self.more:
                self.more -= 1
                return response
            self.after += 1
        return self.answer


@pytest.mark.rotating(5)
@pytest.mark.parametrize("name", OUTAGES)
@pytest.mark.parametrize("way", [("--lanes", "0"), ("--lanes", "8")], ids=" ".join)
def test_when_nothing_but_an_outage_is_left_nothing_is_judged(
    run: Runner, tmp_path: Path, name: str, way: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.wire.client._BACK_OFF", (0.01, 0.02))
    monkeypatch.setattr("conformance.wire.client._LONGEST_PAUSE", 0.01)
    monkeypatch.setattr("conformance.wire.client._IN_VAIN", (1, 0.01))
    answer, sign = OUTAGES[name]
    twist = Falls(answer(), 1)
    with twisted(tmp_path, twist) as site:
        outcome = run(*READS, *way, "--strict", *site.arguments())
    doomed(outcome.text, sign)
    assert outcome.code == 1
    assert twist.after < 120, "a site in trouble is not hammered"


@pytest.mark.parametrize("more", [0, 3])
def test_a_limit_that_begins_while_accounts_sign_in_and_is_not_let_up_is_told_before_anything_is_judged(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """Each account was waited for in turn, and then scenarios broke one by one."""
    monkeypatch.setattr("conformance.wire.client._LONGEST_PAUSE", 0.01)
    monkeypatch.setattr("conformance.wire.client._IN_VAIN", (1, 0.01))
    answered = [1 + more]
    limited: list[str] = []

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.path.startswith("/_control"):
            return response
        answered[0] -= 1
        if answered[0] >= 0:
            return response
        limited.append(operation_of(request))
        return mocksite.HttpResponse(429, (), b"slow down")

    with twisted(tmp_path, twist, lanes="1") as site:
        outcome = run(*READS, *site.arguments())
    assert outcome.code == 4, outcome.text
    assert "error[unreachable]: the site cannot be asked: " in outcome.text
    assert "the site limits the rate and has not let up for " in outcome.text
    assert "try again later; no scenario was run" in outcome.text
    assert len(limited) <= 6 + 2 * 3, "the first is asked again five times, the next once, and not every account"


def test_a_site_that_falls_silent_before_anything_is_judged_is_not_waited_for_read_by_read(run: Runner, tmp_path: Path) -> None:
    """With a time limit of 30 s it took most of half an hour."""
    left, silent = [1], list[str]()

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if not request.path.startswith("/_control"):
            left[0] -= 1
            if left[0] < 0:
                silent.append(operation_of(request))
                time.sleep(0.4)
        return response

    with twisted(tmp_path, twist, timeout="0.2", lanes="4", control_url="None") as site:
        text = site.sites.read_text(encoding="utf-8")
        site.sites.write_text(text.partition("[sites.twisted.data")[0], encoding="utf-8")
        outcome = run("features", *site.arguments())
    assert outcome.code == 4, outcome.text
    assert "error[unreachable]" in outcome.text
    assert set(silent) == {"AuthenticateUser", "GetUser", "GetAPIVersion"}


def test_a_site_that_falls_silent_is_looked_through_no_further(catalogue: Catalogue) -> None:
    asked: list[str] = []

    class Silent:
        def send(self, request: Request) -> Exchange:
            asked.append(request.operation)
            return Exchange(request, 0.0, 30.0, error="no answer within 30 s")

    with rig(catalogue) as site:
        reads = SiteReads(Silent(), discovery_table())
        for number in range(9):
            with pytest.raises(CannotJudge):
                reads.ask(site.run_context, "LstsummarySession", "site-admin", {"startFrom": str(number)})
    assert len(asked) == reads.requests == 3


def test_a_night_on_which_the_site_cannot_be_asked_leaves_no_results_of_the_night_before(run: Runner, tmp_path: Path) -> None:
    away: list[bool] = []

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return mocksite.HttpResponse(404, (), b"") if away else response

    with twisted(tmp_path, twist) as site:
        before = run("features/41.9.0", *site.arguments())
        assert (before.reports / "junit.xml").is_file()
        assert run("features/41.9.0", "--site", "nobody", *site.arguments()[2:]).code == 4
        assert before.summary["totals"]["passed"], "of a mistake in a name they are not the victims"
        away.append(True)
        outcome = run("features/41.9.0", *site.arguments())
    assert outcome.code == 4, outcome.text
    assert "error[unreachable]" in outcome.text
    assert [name for name in ("summary.json", "junit.xml", "badge.json", "metrics.prom") if (outcome.reports / name).exists()] == []


@pytest.mark.parametrize("name", ["maintenance page", "firewall", "redirect"])
def test_what_stands_before_a_site_and_turns_all_away_is_an_outage_in_mid_run(run: Runner, tmp_path: Path, name: str) -> None:
    """By then operations have been served, and the first answer to each is not what tells it."""
    answer, sign = OUTAGES[name]
    twist = Falls(answer(), 1, more=60)
    with twisted(tmp_path, twist) as site:
        outcome = run(*READS, "--lanes", "0", *site.arguments())
    assert "INCOMPLETE" in outcome.text
    assert sign in outcome.text.partition("given up: ")[2].partition("\n")[0]
    assert "BROKEN  " not in outcome.text
    assert outcome.text.count("NOT WELL  the site was not well: ") == 1
    assert twist.after < 30


@pytest.mark.parametrize("status", [200, 403])
def test_one_operation_that_is_turned_away_is_no_outage(run: Runner, tmp_path: Path, status: int) -> None:
    served = [3]

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) != "LstsummarySession":
            return response
        served[0] -= 1
        return response if served[0] >= 0 else mocksite.HttpResponse(status, (), b"<!DOCTYPE html><html>No</html>")

    with twisted(tmp_path, twist) as site:
        outcome = run(*READS, "--lanes", "0", *site.arguments())
    assert "INCOMPLETE" not in outcome.text
    assert "NOT WELL" not in outcome.text
    assert list(outcome.outcomes().values()).count("broken") > 5


def test_workers_end_the_run_too(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hurried.py").write_text("from conformance.wire import client\nclient._BACK_OFF = (0.01, 0.02)\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    answer, sign = OUTAGES["backend silent"]
    asked_first = ("", "GetAPIVersion", "AuthenticateUser", "GetUser", "GetSite")

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return response if operation_of(request) in asked_first else answer()

    others = " and ".join(f"not operation.{name}" for name in asked_first[1:])
    with twisted(tmp_path, twist) as site:
        arguments = ("-n", "2", "--lanes", "4", "-p", "hurried", "-m", others, *site.arguments())
        outcome = run(*READS, *arguments, subprocess=True)
    doomed(outcome.text, sign)


def doomed(text: str, sign: str) -> None:
    assert "INCOMPLETE" in text
    assert "given up: " in text
    assert sign in text.partition("given up: ")[2].partition("\n")[0]
    totals = next(line for line in text.splitlines() if line.startswith("all "))
    _, _, passed, failed, _, broken, *_ = totals.split()
    assert (passed, failed) == ("0", "0")
    assert int(broken) >= 5
    assert text.count("NOT WELL  the site was not well: ") == 1
    assert "BROKEN  " not in text, "told once, not for each scenario"
    assert "Traceback" not in text


def test_what_recovers_is_judged_and_told(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.wire.client._BACK_OFF", (0.01, 0.02))
    seen = []

    def hiccup(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if not wire.reads(request):
            return response
        seen.append(operation_of(request))
        return wire.refusal("000035", "ASService not responding") if len(seen) in (16, 17) else response

    with twisted(tmp_path, hiccup) as site:
        outcome = run("features/41.7.0", "features/41.2.0", "--lanes", "0", *site.arguments())
    assert outcome.code == 0
    assert outcome.summary["unwell"] == {"FAILURE 000035 ASService not responding": 2}
    assert "NOT WELL  the site was not well: 2 replies (2 x FAILURE 000035 ASService not responding)" in outcome.text
    assert "no scenario is broken by it" in outcome.text


def test_one_operation_s_own_trouble_is_no_outage(catalogue: Catalogue) -> None:
    """000000 was cured by another request once: it is an outage only while a good request meets it, too."""
    gateway = wire.refusing(wire.without_body, wire.sends("LstsummarySession"))
    told = judge(Twin("own-trouble", "", "", gateway=gateway, access="read-only"), catalogue)
    broken = told.outcome("broken")
    assert not told.outcome("failed")
    assert len(broken) > 3
    assert all("this is the trouble of LstsummarySession and no outage" in one.cause for one in broken)
    assert not any(exchange.outage for one in broken for exchange in one.exchanges)


def test_a_site_on_its_backup_is_told_once(run: Runner, tmp_path: Path) -> None:
    def backup(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return mocksite.HttpResponse(response.status, response.headers, response.body.replace(b"PRIMARY", b"BACKUP"))

    with twisted(tmp_path, backup) as site:
        outcome = run("features/41.7.0", *site.arguments())
    assert outcome.code == 0
    replies = outcome.summary["backup"]
    assert replies >= 4
    assert outcome.text.count("the site is on its backup") == 1
    assert f"gsbStatus BACKUP in {replies} replies" in outcome.text


def forgetting(good: int) -> Gateway:
    """Lets ``good`` requests in, and from then on knows nobody's password and no ticket."""
    seen = [0]

    def stand(request: mocksite.HttpRequest) -> mocksite.HttpResponse | None:
        seen[0] += 1
        return wire.refusal("030002", "Incorrect user or password") if seen[0] > good else None

    return stand


def test_credentials_refused_in_mid_run_break_and_end_it(run: Runner, tmp_path: Path) -> None:
    stand = forgetting(60)
    asked: list[str] = []

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.path.startswith("/_control"):
            return response
        answer = stand(request)
        if answer is not None:
            asked.append(operation_of(request))
        return answer or response

    with twisted(tmp_path, twist) as site:
        outcome = run(*READS, "--lanes", "0", *site.arguments())
    assert outcome.code == 1
    totals = next(line for line in outcome.text.splitlines() if line.startswith("all "))
    assert totals.split()[3] == "0"
    assert "given up: no account of the profile can sign in any more" in outcome.text
    assert "REFUSED  " in outcome.text
    assert "030002" in outcome.text
    assert max(asked.count("AuthenticateUser"), 1) <= 2 * 8, "a refused account is asked twice and not again: lock-out"
