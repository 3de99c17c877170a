"""One session ticket for each account of a run, renewed in time; the password only where it must be."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import httpx
import mocksite
import pytest

from conformance.cli import main
from conformance.scenarios.features import Catalogue
from conformance.scenarios.authentication import Authenticator
from tests.conftest import ROOT
from tests.rig import CoreTransport, answered, rig
from tests.run.conftest import Runner
from tests.twins import wire
from tests.twins.site import Gateway, Told, Twin, judge
from tests.twisted import answering, operation_of, twisted

ACCOUNTS = 9


def by_password(request: mocksite.HttpRequest) -> bool:
    return b"<password>" in request.body.partition(b"</securityContext>")[0]


def refusing(exception_id: str, when: object) -> object:
    return wire.refusing(lambda: wire.refusal(exception_id, "no"), when)  # type: ignore[arg-type]


@pytest.mark.rotating(3)
@pytest.mark.parametrize("way", [("--lanes", "0"), ("--lanes", "16"), ("-n", "2")], ids=" ".join)
def test_each_process_signs_each_account_in_once(run: Runner, tmp_path: Path, way: tuple[str, ...]) -> None:
    told: Counter[str] = Counter()

    def listen(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if by_password(request):
            told[operation_of(request)] += 1
        return response

    with twisted(tmp_path, listen) as site:
        accounts = site.sites.read_text(encoding="utf-8").count("\npassword = ")
        outcome = run("features/41.3.0", "features/41.7.0", "features/41.12.0", *way, *site.arguments(), subprocess="-n" in way)
    assert outcome.code == 0, outcome.text
    assert set(told) == {"AuthenticateUser"}
    processes = 3 if "-n" in way else 1
    assert told["AuthenticateUser"] <= accounts * processes


def test_a_ticket_is_renewed_when_it_is_worn_and_when_the_site_forgets_it(catalogue: Catalogue) -> None:
    with rig(catalogue) as site:
        here, client = site.run_context, site.run_context.client()
        authenticator = Authenticator(here, client.send)
        host = authenticator.account("host")
        first = authenticator.signed(host, "GetUser", {"webExId": host.webex_id})
        assert client.send(first).served
        site.core.main.store.drop(mocksite.model.records.Ticket)
        again = client.send(first)
        assert again.served
        assert "session ticket renewed; sent again" in again.notes
        assert again.request.body != first.body
        assert authenticator.signed(host, "GetUser", {"webExId": host.webex_id}).body == again.request.body
        here.sign_ins._clock = lambda: 1e12  # noqa: SLF001
        assert authenticator.signed(host, "GetUser", {"webExId": host.webex_id}).body != again.request.body
        client.close()


def test_one_refused_good_password_does_not_count(catalogue: Catalogue) -> None:
    """The site forgets the password of every account once, and refuses whatever was asked with it."""

    def gateway() -> Gateway:
        seen: set[bytes] = set()

        def stand(request: mocksite.HttpRequest) -> mocksite.HttpResponse | None:
            if not by_password(request) or request.body in seen:
                return None
            seen.add(request.body)
            return wire.refusal("030002", "Incorrect user or password")

        return stand

    told = judge(Twin("forgetful", "", "", gateway=gateway), catalogue)
    assert not told.outcome("failed", "broken")


def provisioning(request: mocksite.HttpRequest) -> bool:
    return operation_of(request) in ("CreateUser", "SetUser") and b"<sessionTicket>" in request.body


def test_what_takes_no_ticket_gets_the_password(catalogue: Catalogue) -> None:
    told = judge(Twin("no-ticket", "", "", gateway=refusing("030104", provisioning)), catalogue)
    assert told.judged > 150
    assert {one.scenario.clause.id for one in told.outcome("failed")} <= {"R41.11.0-24", "R41.11.0-66"}, "the clauses about tickets"
    assert not told.outcome("broken")
    notes = [note for one in told.trials for exchange in one.exchanges for note in exchange.notes]
    assert sum("no session ticket taken" in note for note in notes) == 2, "once for each operation, then it is known"


@pytest.mark.rotating(2)
@pytest.mark.parametrize("answer", ["refused", "absent"])
def test_without_tickets_the_password_serves(catalogue: Catalogue, answer: str) -> None:
    page = mocksite.HttpResponse(404, (("Content-Type", "text/html"),), b"<html>Not Found</html>")
    gateway = {
        "refused": refusing("999999", wire.sends("AuthenticateUser")),
        "absent": wire.refusing(lambda: page, wire.sends("AuthenticateUser")),
    }[answer]
    told = judge(Twin("no-tickets", "", "", gateway=gateway, access="read-only"), catalogue)  # type: ignore[arg-type]
    about_tickets = [one for one in told.outcome("failed", "broken") if "AuthenticateUser" not in str(one.exchanges) + one.cause]
    assert not about_tickets
    assert told.judged > 80


def test_a_sign_in_that_nothing_readable_answers_is_told_and_not_tried_before_every_request(run: Runner, tmp_path: Path) -> None:
    """Each try may cost a time-out: a night of five hundred requests would last until the morning."""
    with twisted(tmp_path, answering(200, b"<serv:message", "AuthenticateUser")) as site:
        outcome = run("features/41.7.0", "--lanes", "4", *site.arguments())
    assert outcome.code == 0, outcome.text
    notes = re.findall(r"note: AuthenticateUser gives (\S+) no ticket: password sent \(AuthenticateUser to \S+: the reply is not XML", outcome.text)
    assert len(notes) == len(set(notes)) > 1
    assert site.asked.count("GetSite") > site.asked.count("AuthenticateUser") == len(notes)


class Ticketless(CoreTransport):
    """Answers AuthenticateUser with ``body``, where there is one."""

    body = b"<serv:message"

    def answer(self, asked: mocksite.HttpRequest, answer: mocksite.HttpResponse) -> httpx.Response:
        if operation_of(asked) == "AuthenticateUser":
            self.asked = getattr(self, "asked", 0) + 1
            return httpx.Response(200, content=self.body) if self.body else answered(answer)
        return answered(answer)


def test_a_site_that_gave_no_answer_is_asked_for_a_ticket_again_later(catalogue: Catalogue) -> None:
    """What kept it from answering passes."""
    now = 0.0
    with rig(catalogue, through=Ticketless) as here:
        run_context = here.run_context
        transport, sign_ins, host = run_context.transport, run_context.sign_ins, run_context.profile.accounts["host"]
        assert isinstance(transport, Ticketless)
        sign_ins._clock = lambda: now  # noqa: SLF001
        seen = []
        for now, transport.body in ((0.0, b"<serv:message"), (299.0, b""), (301.0, b"")):
            seen.append((sign_ins.credential(run_context, host)[0], transport.asked))
    assert seen == [("password", 1), ("password", 1), ("sessionTicket", 2)]


def test_a_refusal_of_one_operation_is_no_lost_account(catalogue: Catalogue) -> None:
    """The account can sign in, so what the operation answers is the site's own."""
    told = judge(Twin("odd", "", "", gateway=refusing("030002", wire.sends("LstMeetingType")), access="read-only"), catalogue)
    assert told.outcome("failed")
    assert not [one for one in told.outcome("broken") if "sign in" in one.cause]
    assert lost(told) == set()


def lost(told: Told) -> set[str]:
    return {one.cause for one in told.outcome("broken") if "cannot sign in" in one.cause}


def test_a_refused_name_is_no_refused_account(run: Runner, tmp_path: Path) -> None:
    """The classic-era user is let in by the e-mail address, so the old webExID is refused and not the password."""
    with twisted(tmp_path, options=mocksite.Options(fault="R41.11.0-28/old-name-refused")) as site:
        outcome = run("features/41.11.0/logins.feature", *site.arguments(), every_row=True)
    assert outcome.code == 1, outcome.text
    red = {(one["clauses"][0], one["outcome"]) for one in outcome.summary["scenarios"] if one["outcome"] in ("failed", "broken")}
    assert red == {("R41.11.0-28", "failed")}
    assert "classic-era-user signs in by its e-mail address only" in outcome.text


def test_a_wrong_password_is_sent_under_the_address_once_and_no_further(run: Runner, tmp_path: Path) -> None:
    sent: Counter[bytes] = Counter()

    def listen(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if b"<password>Not-The-Password-7</password>" in request.body:
            sent[request.body.partition(b"<webExID>")[2].partition(b"<")[0]] += 1
        return response

    with twisted(tmp_path, listen) as site:
        text = site.sites.read_text(encoding="utf-8")
        head, role, rest = text.partition("[sites.twisted.accounts.classic-era-user]")
        assert role, text
        rest = re.sub(r'password = "[^"]*"', 'password = "Not-The-Password-7"', rest, count=1)
        site.sites.write_text(head + role + rest, encoding="utf-8")
        outcome = run("features/41.11.0/logins.feature", *site.arguments())
    assert outcome.code == 1, outcome.text
    assert sorted(sent.values()) == [1, 2]


#: A credential of the administrator, and the clause that says it signs in.
OWN = {"password": "R41.11.0-25", "webex_access_token": "R41.11.0-26", "access_token": "R41.11.0-27"}


def stale(site: object, key: str) -> None:
    """Have the profile of the administrator name a ``key`` that is none (any more)."""
    file = site.sites  # type: ignore[attr-defined]
    head, role, rest = file.read_text(encoding="utf-8").partition("[sites.twisted.accounts.site-admin]")
    assert f"{key} = " in rest
    file.write_text(head + role + re.sub(rf'\b{key} = "[^"]*"', f'{key} = "Not-Any-More-7"', rest, count=1), encoding="utf-8")


@pytest.mark.parametrize("key", OWN)
def test_a_credential_that_nothing_takes_accuses_nobody(
    run: Runner, tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be wrong, or have expired: broken, told by whoever checks, and no stanza of known issues."""
    sent: Counter[str] = Counter()

    def listen(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if b">Not-Any-More-7<" in request.body:
            sent[operation_of(request)] += 1
        return response

    with twisted(tmp_path, listen) as site:
        stale(site, key)
        assert main(["check", *site.arguments("--reports", str(tmp_path), "--root", str(ROOT))]) == 1
        checked = capsys.readouterr().out
        sent.clear()
        outcome = run("features/41.11.0/logins.feature", *site.arguments("--lanes", "0"), every_row=True)
    assert outcome.code == 1, outcome.text
    rows = [row for row in outcome.summary["scenarios"] if row["outcome"] in ("failed", "broken")]
    # By the password the account gets its session ticket, too.
    about = {OWN[key], *(["R41.11.0-24"] if key == "password" else [])}
    assert {(row["outcome"], row["clauses"][0], row["trouble"]) for row in rows} == {("broken", one, "account") for one in about}
    causes = {row["cause"] for row in rows}
    assert len(causes) == 1
    assert re.fullmatch(rf"the {key} of site-admin is refused, whatever is asked for: .*\(check it, it may have expired\)", *causes)
    assert not (outcome.reports / "new_known_issues.toml").exists()
    assert sum(sent.values()) <= 5, "sites lock accounts"
    assert [line for line in checked.splitlines() if "refused" in line and "may have expired" in line], checked
    if key == "password":
        assert any("signs in with password" in note and "it may have expired" in note for note in outcome.summary["notes"])


@pytest.mark.parametrize("element", ["password", "webExAccessToken", "accessToken"])
def test_a_credential_that_works_elsewhere_accuses_the_site(run: Runner, tmp_path: Path, element: str) -> None:
    clause = OWN[{"webExAccessToken": "webex_access_token", "accessToken": "access_token"}.get(element, element)]
    with twisted(tmp_path, options=mocksite.Options(fault=f"{clause}/{element}-refused")) as site:
        outcome = run("features/41.11.0/logins.feature", *site.arguments(), every_row=True)
    assert outcome.code == 1, outcome.text
    red = [row for row in outcome.summary["scenarios"] if row["outcome"] in ("failed", "broken")]
    assert {(row["outcome"], row["operations"][0]) for row in red} == {("failed", "GetSite")}
    assert clause in outcome.clauses("failed")
