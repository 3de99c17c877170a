"""Text of a site or a profile is data: no terminal obeys it, no template or report runs it."""

from __future__ import annotations

from pathlib import Path

import mocksite

from conformance.reporting.text import safe
from conformance.wire.payloads import Payloads
from tests.conftest import ROOT
from tests.run.conftest import Runner
from tests.run.test_outcomes import LOST, known_issue
from tests.twisted import operation_of, twisted

#: Turns the reading direction of a terminal around; XML may carry it.
TURNED = "\u202e"
HOSTILE = f"{TURNED}evil <b>bold</b> ]]> &amp; {{{{ 7*7 }}}}"


def hostile(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    """GetSite is refused, in words that want to be more than words."""
    if operation_of(request) != "GetSite":
        return response
    reason = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = (
        '<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>'
        f"<serv:result>FAILURE</serv:result><serv:reason>{reason}</serv:reason><serv:gsbStatus>PRIMARY</serv:gsbStatus>"
        "<serv:exceptionID>000001</serv:exceptionID></serv:response></serv:header><serv:body><serv:bodyContent/>"
        "</serv:body></serv:message>"
    )
    return mocksite.HttpResponse(200, response.headers, body.encode())


def test_no_report_obeys_what_a_site_says(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, hostile) as site:
        outcome = run("features/41.7.0", *site.arguments())
    assert outcome.code == 1
    assert "evil" in outcome.text
    texts = [outcome.text, (outcome.reports / "junit.xml").read_text(encoding="utf-8")]
    texts += [file.read_text(encoding="utf-8") for file in outcome.reports.rglob("*-result.json")]
    assert [text for text in texts if TURNED in text] == []
    assert [text for text in texts if "49" in text and "7*7" not in text and "evil" in text] == []
    assert "<b>bold" not in texts[1]


def test_no_report_obeys_a_known_issue(run: Runner, tmp_path: Path) -> None:
    """TOML can hold what XML cannot."""
    changes = {"reason": '"\\u001b[2J\\u0007asked"', "link": '"https://example.com/\\u009b1m"'}
    with twisted(tmp_path, LOST) as site:
        outcome = run("features/41.7.0", "-k", "holds", *site.arguments(*known_issue(tmp_path, **changes)))
    assert outcome.code == 4, outcome.text
    assert "error[known-issue-text]" in outcome.text
    assert not set(outcome.text) & {"\x1b", "\x07", "\x9b"}


def test_escape_sequences_are_shown() -> None:
    assert safe("\x1b[31mred\x07") == "\\x1b[31mred\\x07"


def test_a_value_is_never_a_template() -> None:
    context = {"siteName": "s", "webExID": "a", "password": "{{ 7*7 }}"}
    body = Payloads(ROOT / "payloads").render("GetUser", {"webExId": "{% raw %}<x>{{ 7*7 }}"}, context).decode()
    assert "<password>{{ 7*7 }}</password>" in body
    assert "{% raw %}&lt;x&gt;{{ 7*7 }}" in body
