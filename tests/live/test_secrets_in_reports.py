"""No credential and nothing secret that a site returned stands in any file or line of a run, however it went."""

from __future__ import annotations

import base64
import html
import itertools
import re
import tomllib
from pathlib import Path
from urllib.parse import quote

import mocksite
import pytest

from tests.conftest import ROOT
from tests.run.conftest import Outcome, Runner
from tests.twisted import Twist, answering, replacing, straight, twisted

#: A password that every way of writing changes.
CANARY = "Kanari&<\"'>+/ü=1"
LOGINS = "features/41.11.0/logins.feature"
FEATURES = ("features/41.7.0", LOGINS, "features/41.4.0/entry-exit-tone.feature")
_SECRET = re.compile(
    rb"<(?:\w+:)?(sessionTicket|webExAccessToken|accessToken|password|sessionPassword|meetingPassword|hostPIN|PIN|"
    rb"hostKey)>([^<]{8,})<"
)


class Listens:
    """Collects what is secret in requests and replies while it twists them."""

    def __init__(self, twist: Twist) -> None:
        self.twist = twist
        self.heard: set[bytes] = set()

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        for body in (request.body, response.body):
            self.heard |= {value for name, value in _SECRET.findall(body)}
        return self.twist(request, response)


def boom(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    """Half a reply, with the secrets of the request told back as its reason."""
    if request.path.startswith("/_control") or b"AuthenticateUser" not in request.body:
        return response
    return mocksite.HttpResponse(200, response.headers, b"<reason>" + request.body)


def forms(secret: str) -> set[bytes]:
    """A secret as it may be written."""
    plain = {secret, html.escape(secret), html.escape(html.escape(secret)), quote(secret), quote(secret, safe="")}
    plain |= {repr(secret)[1:-1], secret.encode("ascii", "xmlcharrefreplace").decode()}
    return {form.encode() for form in plain} | {base64.b64encode(secret.encode())}


def hits(outcome: Outcome, secrets: set[bytes]) -> list[str]:
    """Where a secret stands: files of the reports, or the terminal."""
    texts = {str(path): path.read_bytes() for path in outcome.reports.rglob("*") if path.is_file()}
    texts["terminal"] = outcome.text.encode()
    return [f"{name}: {secret!r}" for name, text in texts.items() for secret in secrets if secret in text]


def profile_secrets(file: Path) -> set[bytes]:
    """Every credential of the profile, in all its forms."""
    accounts = tomllib.loads(file.read_text(encoding="utf-8"))["sites"]["twisted"]["accounts"].values()
    names = ("password", "session_ticket", "webex_access_token", "access_token")
    return {form for account in accounts for name in names if name in account for form in forms(account[name])}


WAYS = {
    "it passes": (straight, ()),
    "it fails": (replacing(b"separateNoRecordingEdit", b"separateNoRecordingEdits"), ()),
    "it fails, one after the other": (replacing(b"CLASSIC", b"classic"), ("--lanes", "0")),
    "it breaks": (answering(200, b"<html>no</html>", "GetEvent", "SetEvent"), ()),
    "the site tells secrets back": (boom, ()),
    "two workers": (replacing(b"enableNBRMCModify", b"enable"), ("-n", "2")),
}


@pytest.mark.rotating(6)
@pytest.mark.parametrize("name", WAYS)
def test_no_secret_gets_out(run: Runner, tmp_path: Path, name: str) -> None:
    twist, more = WAYS[name]
    listens = Listens(twist)
    with twisted(tmp_path, listens) as site:
        outcome = run(*FEATURES, "-vv", *more, *site.arguments(), subprocess=True)
        secrets = profile_secrets(site.sites)
    assert len(outcome.lines) > 10, outcome.text
    assert len(secrets) > 8
    assert len(listens.heard) > 5
    # What features write out is nobody's secret.
    written = (ROOT / LOGINS).read_bytes()
    assert hits(outcome, {secret for secret in secrets | listens.heard if secret not in written}) == []


def test_a_refused_password_is_not_told(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path) as site:
        text = site.sites.read_text(encoding="utf-8")
        account = 'webex_id = "ada.admin@example.com"'
        first = re.search(rf'{re.escape(account)}(?:.*\n)*?password = "(.*)"', text)
        assert first
        site.sites.write_text(text.replace(f'"{first.group(1)}"', f"'''{CANARY}'''"), encoding="utf-8")
        outcome = run("features/41.7.0", *site.arguments(), subprocess=True)
    assert outcome.code == 0, "the account has other credentials, and signs in with them"
    assert "Traceback" not in outcome.text
    assert hits(outcome, forms(CANARY)) == []


def test_the_canary_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "leak.txt").write_text(html.escape(CANARY), encoding="utf-8")
    assert hits(Outcome(0, [], tmp_path), forms(CANARY))


def pins_of_its_own(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    """Each hostPIN another one whenever it is asked for, and none of them a number: findings quote every one."""
    body = re.sub(rb"(hostPIN>)\d+(<)", lambda found: found[1] + b"Kanari-%d" % next(COUNTED) + found[2], response.body)
    return mocksite.HttpResponse(response.status, response.headers, body)


COUNTED = itertools.count(1000)


def test_findings_about_a_pin_do_not_tell_it(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, pins_of_its_own) as site:
        outcome = run("features/41.5.0/host-pin.feature", "--strict", "-vv", *site.arguments(), subprocess=True)
    assert outcome.code == 1, outcome.text
    assert "  expected  phones/hostPIN, '******'" in outcome.lines
    assert "  actual    '****** (another)'" in outcome.lines
    assert hits(outcome, {b"Kanari"}) == []
