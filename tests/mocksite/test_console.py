"""The page of the mock: what it shows, what its forms do, and that it works in a real browser by the keyboard alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

import mocksite
from mocksite.server import samples
from mocksite.server.requestlog import EXCHANGES
from tests.reporting.axe import VIEWS, axe, findings
from tests.reporting.browser import Browser, chromium


def shown(site, path: str = "/", client: str = "127.0.0.1") -> mocksite.HttpResponse:
    return site.core.handle(mocksite.HttpRequest("GET", path, {}, b"", client))


def text(site, path: str = "/") -> str:
    answer = shown(site, path)
    assert answer.status == 200
    return html.unescape(answer.body.decode())


def post(site, path: str = "/", headers: dict[str, str] | None = None, **fields: str) -> mocksite.HttpResponse:
    return site.core.handle(mocksite.HttpRequest("POST", path, headers or {}, urlencode(fields).encode()))


def test_the_page_tells_how_to_address_the_site_and_who_may_sign_in(site) -> None:
    """Who wrote clients against it found siteID told nowhere."""
    page = text(site)
    for role in ("site-admin", "host"):
        account = site.account(role)
        assert account["webex_id"] in page
        assert account["password"] in page
    assert str(site.core.main.identity.site_id) in page
    assert "GetUserCard" in page
    assert "AssignWebACDAgents" in page, "what is not served is told, too"
    assert "<script" not in page


def test_nobody_else_sees_it(site) -> None:
    """Passwords of a mock are no secrets, but --allow-remote is about the API."""
    for path in ("/", "/_mock/operations/GetUser", "/_mock/exchanges/1"):
        assert shown(site, path, client="192.0.2.7").status == 403
    assert shown(site, "/_mock/nothing").status == 404
    assert site.core.handle(mocksite.HttpRequest("PUT", "/")).status == 405


def test_a_form_of_another_page_changes_nothing(site) -> None:
    before = site.control("GET", "state").body
    foreign = {"Origin": "https://evil.example.com", "Host": "127.0.0.1:8080"}
    assert post(site, headers=foreign, action="setting", name="classic-events", value="false").status == 403
    assert site.control("GET", "state").body == before
    own = {"Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:8080"}
    assert post(site, headers=own, action="setting", name="classic-events", value="false").status == 303
    assert site.core.main.store.settings.classic_events is False


def test_forms_switch_what_the_page_offers(site) -> None:
    assert post(site, action="release", value="41.3.0").status == 303
    assert site.done("GetAPIVersion").text("apiVer") == "41.3.0"
    post(site, action="setting", name="nbr-storage", value="0")
    post(site, action="setting", name="entry-exit-tone", value="NOTONE")
    post(site, action="latency", value="250")
    post(site, action="fault", value="R41.2.0-01/isWebexTelephony-not-sent")
    settings = site.core.main.store.settings
    assert (settings.nbr_storage, settings.entry_exit_tone, site.core.pace.seconds) == (0, "NOTONE", 0.25)
    assert site.core.main.fault.id == "R41.2.0-01/isWebexTelephony-not-sent"
    assert "(changed)" in text(site)
    assert re.search(r'<tr class="changed"><td>nbr-storage', text(site))


def test_a_session_is_held_from_the_page(site) -> None:
    key = site.data["meeting-key"]
    for state, shown in (("started", "INPROGRESS"), ("ended", "NOT_INPROGRESS")):
        assert post(site, action="session", name=state, value=key).status == 303
        assert site.done("GetSessionInfo", f"<sessionKey>{key}</sessionKey>").text("status") == shown
    assert site.call("LstmeetingusageHistory", f"<meetingKey>{key}</meetingKey>").ok


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "setting", "name": "nbr-storage", "value": "-1"},
        {"action": "setting", "name": "nothing", "value": "1"},
        {"action": "fault", "value": "<b>none</b>"},
        {"action": "release", "value": "1.0"},
        {"action": "latency", "value": "soon"},
        {"action": "latency", "value": "99999999999999999999"},
        {"action": "reset", "name": "everything"},
        {"action": "session", "name": "started", "value": "<b>none</b>"},
        {"action": "session", "name": "ended", "value": "1"},
        {"action": "explode"},
    ],
)
def test_what_cannot_be_set_is_said(site, fields: dict[str, str]) -> None:
    before = site.control("GET", "state").body
    answer = post(site, **fields)
    assert answer.status == 400
    assert b"<b>none</b>" not in answer.body
    assert site.control("GET", "state").body == before


def test_exchanges_show_request_and_reply_and_no_secret(site) -> None:
    password = site.account("host")["password"]
    ticket = site.done("AuthenticateUser").text("sessionTicket")
    site.done("GethosturlMeeting", f"<meetingKey>{site.data['meeting-key']}</meetingKey>", sessionTicket=ticket)
    first, second = (entry.number for entry in site.core.request_log.entries()[-2:])
    assert f"/_mock/exchanges/{first}" in text(site)
    for number, inside in ((first, "<use:timeToLive>"), (second, "hostMeetingURL")):
        page = text(site, f"/_mock/exchanges/{number}")
        assert inside in page
        assert password not in page
        assert ticket not in page
        assert not re.search(r"TK=\w", page)
    assert shown(site, f"/_mock/exchanges/{second + 1}").status == 404


def test_exchanges_of_long_ago_are_forgotten(site) -> None:
    for _ in range(EXCHANGES + 5):
        site.call("GetAPIVersion")
    assert len(site.core.request_log.exchanges()) == EXCHANGES
    assert len(site.core.request_log.entries()) == EXCHANGES + 5


def test_hostile_text_stays_text(site) -> None:
    site.post(b"<!DOCTYPE x [<!ENTITY a 'b'>]><script>alert(1)</script>&a;")
    site.call("<script>", webExID="<script>")
    page = shown(site).body.decode()
    assert "<script" not in page
    numbers = [entry.number for entry in site.core.request_log.entries()]
    assert all(b"<script" not in shown(site, f"/_mock/exchanges/{number}").body for number in numbers)


def test_an_operation_is_sent_from_its_page(site) -> None:
    page = text(site, "/_mock/operations/GetUser")
    document = page.partition('spellcheck="false">')[2].partition("</textarea>")[0]
    assert "curl -s" in page
    answer = html.unescape(post(site, "/_mock/operations/GetUser", request=document).body.decode())
    assert "<serv:result>SUCCESS</serv:result>" in answer
    assert "<serv:exceptionID>999999<" in html.unescape(post(site, "/_mock/operations/GetUser", request="no XML").body.decode())


def test_a_reset_says_what_it_resets(site) -> None:
    """Who wrote clients against it lost settings with the data."""
    def changed() -> tuple[bool, bool, bool]:
        listed = "Mine" in site.call("LstsummaryMeeting").response.body.decode()
        return listed, not site.core.main.store.settings.avatars, bool(site.core.main.fault.id)

    def change() -> None:
        site.done("CreateMeeting", "<metaData><confName>Mine</confName></metaData>")
        site.set("avatars", "false")
        site.control("PUT", "fault", '{"id": "R41.2.0-01/isWebexTelephony-not-sent"}')
        assert changed() == (True, True, True)

    for path, told, left in (
        ("reset/data", ["data", "log"], (False, True, True)),
        ("reset/settings", ["settings", "fault"], (True, False, False)),
        ("reset", ["data", "log", "settings", "fault"], (False, False, False)),
    ):
        change()
        assert json.loads(site.control("POST", path).body) == {"reset": told}
        assert changed() == left
    assert site.control("POST", "reset/nothing").status == 400


def test_the_log_file_keeps_whole_exchanges_without_secrets(make, tmp_path: Path) -> None:
    """Who wrote clients against it missed the bodies."""
    file = tmp_path / "log.jsonl"
    talk = make(log=file)
    password = talk.account("host")["password"]
    ticket = talk.done("AuthenticateUser").text("sessionTicket")
    talk.post(f"UID=a&PWD={password}&XML={urlencode({'': talk.document('GetSite')})[1:]}")
    talk.post(b"\xff\xfe\x00 no text")
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert "<webExID>" in lines[0]["request"]
    assert "<use:sessionTicket>******<" in lines[0]["reply"]
    assert "<serv:message" in lines[1]["request"], "a form is kept as the document it carries"
    assert password not in file.read_text("utf-8")
    assert ticket not in file.read_text("utf-8")


@pytest.mark.parametrize(
    "written",
    [
        "<password><![CDATA[Canary-1]]></password>",
        "<password><!-- mine -->Canary-1</password>",
        "<password>Canary-<![CDATA[1]]>Canary-2<!-- x --></password>",
        "<password>Canary-1<?x y?>Canary-2</password>",
        "<use-1:password xmlns:use-1='urn:x'>Canary-1</use-1:password>",
        "<password >\n Canary-1 </password >",
        "<password><![CDATA[Canary-1",
        "<password>Canary-1",
        "<backURL>https://site/p.php?AT=LI&amp;pwd=Canary-1</backURL>",
    ],
)
def test_a_password_is_masked_however_it_is_written(make, tmp_path: Path, written: str) -> None:
    file = tmp_path / "log.jsonl"
    talk = make(log=file)
    talk.post(talk.document("GetSite").replace("<siteName>", f"{written}<siteName>", 1))
    talk.post(f"<message>{written}")
    kept = file.read_text("utf-8")
    assert kept.count("******") >= 2
    for text in (kept, *(part for one in talk.core.request_log.exchanges() for part in one.texts())):
        assert "Canary-" not in text
    assert "<message>" in kept


needs_browser = pytest.mark.skipif(not chromium(), reason="no chromium on this machine: apt-get install chromium")


@pytest.fixture(scope="module")
def running() -> Iterator[mocksite.Server]:
    with mocksite.start() as server:
        yield server


def press(browser: Browser, key: str, code: int, **more: str) -> None:
    for kind in ("keyDown", "keyUp"):
        browser.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **(more if kind == "keyDown" else {}))


def walk_to(browser: Browser, wanted: str) -> None:
    """Tab until what has the focus is called ``wanted``, and shows it."""
    for _ in range(400):
        press(browser, "Tab", 9)
        if browser.look("document.activeElement.textContent.trim() || document.activeElement.getAttribute('aria-label')") == wanted:
            assert browser.look("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    pytest.fail(f"no key leads to {wanted}")


def enter(browser: Browser) -> None:
    """Press Enter and wait for the page it leads to."""
    browser.look("window.left = true")
    press(browser, "Enter", 13, text="\r")
    while still_there(browser):
        pass


def still_there(browser: Browser) -> bool:
    """Whether the page that was left is still shown, or the next one not whole; between two pages there is none to ask."""
    try:
        return bool(browser.look("window.left || document.readyState != 'complete'"))
    except AssertionError as between:
        assert "navigated" in str(between)
        return True


@needs_browser
def test_on_a_phone_nothing_stands_beside_the_page(running: mocksite.Server) -> None:
    with Browser(width=390) as browser:
        browser.open(running.base_url + "/")
        assert browser.look("document.documentElement.scrollWidth") == 390


@needs_browser
def test_by_keyboard_alone_an_operation_is_sent_and_its_exchange_read(running: mocksite.Server) -> None:
    with Browser() as browser:
        browser.open(running.base_url + "/")
        walk_to(browser, "GetAPIVersion")
        enter(browser)
        walk_to(browser, "Send")
        enter(browser)
        assert "<ep:apiVer>41.12.0</ep:apiVer>" in browser.look("document.querySelector('#reply + pre').textContent")
        walk_to(browser, "webex-mock")
        enter(browser)
        number = str(running.core.request_log.entries()[-1].number)
        walk_to(browser, number)
        enter(browser)
        assert "******" in browser.look("document.querySelector('pre').textContent")


@needs_browser
@pytest.mark.parametrize("dark", [False, True], ids=["by day", "by night"])
def test_both_colour_schemes_can_be_read(running: mocksite.Server, dark: bool) -> None:
    """And a phone need not scroll sideways past its tables."""
    with Browser(dark=dark, width=1200) as browser:
        browser.open(running.base_url + "/")
        ink = browser.look("(() => { const c = document.createElement('canvas').getContext('2d'); c.fillStyle = getComputedStyle(document.body).color; c.fillRect(0, 0, 1, 1); return c.getImageData(0, 0, 1, 1).data[0]; })()")
        paper = browser.look("(() => { const probe = document.createElement('p'); probe.style.color = 'Canvas'; document.body.append(probe); return getComputedStyle(probe).color; })()")
        assert (ink > 127) is dark
        assert (int(re.findall(r"\d+", paper)[0]) < 128) is dark
        assert browser.look("document.documentElement.scrollWidth <= innerWidth")


@needs_browser
@pytest.mark.rotating(12)
@pytest.mark.parametrize(("dark", "width"), VIEWS)
@pytest.mark.parametrize("path", ["/", "/_mock/operations/CreateMeeting", "/_mock/exchanges/1"])
def test_its_pages_keep_the_rules_of_accessibility(running: mocksite.Server, path: str, dark: bool, width: int) -> None:
    if not axe():
        pytest.skip("no axe-core here, and no npm to get it")
    running.core.handle(mocksite.HttpRequest(body=samples.request(running.core.main, "getUser").encode()))
    assert findings(running.base_url + path, dark=dark, width=width) == []
