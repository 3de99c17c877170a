"""The living documentation in a real browser: search, links, views, phone and night."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.cli import main
from tests.conftest import ROOT
from tests.reporting.browser import Browser, chromium
from tests.reporting.conftest import Runs

pytestmark = pytest.mark.skipif(not chromium(), reason="no chromium on this machine: apt-get install chromium")

SHOWN = "[...document.querySelectorAll('article.clause')].filter(one => one.checkVisibility()).map(one => one.id)"


@pytest.fixture(scope="module")
def url(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the page is."""
    file: Path = tmp_path_factory.mktemp("browser") / "page.html"
    assert main(["docs", str(runs["bad"]), "--output", str(file), "--root", str(ROOT)]) == 0
    return file.as_uri()


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """A window of a desk."""
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(window: Browser, url: str) -> Browser:
    """The page, opened afresh."""
    window.open("about:blank#away")
    window.open(url)
    return window


def test_a_reader_searches_an_element_and_finds_its_clauses(browser: Browser) -> None:
    everything = len(browser.look(SHOWN))
    browser.click("#search")
    browser.type("freeAccount")
    shown = browser.look(SHOWN)
    assert {"R41.11.0-61", "R41.11.0-62"} <= set(shown)
    assert len(shown) < 12 < everything
    assert browser.look("document.getElementById('found').textContent") == f"{len(shown)} of {everything} clauses"
    assert browser.look(
        "[...CSS.highlights.get('found')].every(range => range.toString().toLowerCase() == 'freeaccount')"
    )
    contents = browser.look("[...document.querySelectorAll('.contents a')].filter(one => !one.hidden).length")
    assert 0 < contents < 8


def test_a_search_finds_a_clause_by_its_id_and_its_link_leads_to_it(browser: Browser) -> None:
    browser.click(".views a[data-view=by-operation]")
    browser.click("#search")
    browser.type("R41.7.0-02")
    lines = "[...document.querySelectorAll('#by-operation li')].filter(one => one.checkVisibility()).map(one => one.dataset.clause)"
    assert set(browser.look(lines)) == {"R41.7.0-02"}
    browser.click("#by-operation li:not([hidden]) a")
    assert browser.look("location.hash") == "#R41.7.0-02"
    top = browser.look("document.getElementById('R41.7.0-02').getBoundingClientRect().top")
    bar = browser.look("document.querySelector('.bar').getBoundingClientRect().bottom")
    assert bar <= top < 500, "the clause stands below the bar, in sight"
    assert browser.look("document.querySelector('.views a[aria-current]').dataset.view") == "by-release"


def test_the_heading_is_found_in_chinese(browser: Browser) -> None:
    browser.click("#search")
    browser.type("锁定")
    assert "R41.12.0-01" in browser.look(SHOWN)


def test_a_search_for_nothing_known_says_so(browser: Browser) -> None:
    browser.click("#search")
    browser.type("xyzzy")
    assert browser.look(SHOWN) == []
    assert browser.look("document.getElementById('found').textContent").startswith("0 of ")


def test_a_deep_link_opens_the_clause_with_its_scenarios(browser: Browser, url: str) -> None:
    browser.open("about:blank#away")
    browser.open(f"{url}#R41.11.0-61")
    found = "document.getElementById('R41.11.0-61')"
    assert 0 <= browser.look(f"{found}.getBoundingClientRect().top") < 500
    assert browser.look(f"[...{found}.querySelectorAll('.steps')].every(one => one.checkVisibility())")
    assert browser.look(f"{found}.matches(':target')")


def test_a_search_is_a_link_too(browser: Browser, url: str) -> None:
    browser.open("about:blank#away")
    browser.open(f"{url}#q=subProductCodePrefix")
    assert "R41.12.0-13" in browser.look(SHOWN)
    assert len(browser.look(SHOWN)) < 10


@pytest.mark.parametrize("view", ["by-release", "by-operation", "by-clause"])
def test_one_view_shows_at_a_time(browser: Browser, view: str) -> None:
    browser.click(f".views a[data-view={view}]")
    shown = "[...document.querySelectorAll('.view')].filter(one => one.checkVisibility()).map(one => one.id)"
    assert browser.look(shown) == [view]


@pytest.mark.parametrize("view", ["by-release", "by-operation", "by-clause"])
def test_nothing_is_wider_than_a_phone(window: Browser, url: str, view: str) -> None:
    window.send("Emulation.setDeviceMetricsOverride", width=320, height=700, deviceScaleFactor=1, mobile=True)
    try:
        window.open("about:blank#away")
        window.open(f"{url}#{view}")
        window.settle()
        assert window.look("document.documentElement.scrollWidth") <= 320
        assert window.look("document.querySelector('#search').getBoundingClientRect().width") > 250
    finally:
        window.send("Emulation.setDeviceMetricsOverride", width=1300, height=1000, deviceScaleFactor=1, mobile=False)


def test_the_page_is_dark_by_night(browser: Browser) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    day = browser.look(paper)
    browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    try:
        assert (day, browser.look(paper)) == ("rgb(255, 255, 255)", "rgb(18, 22, 29)")
    finally:
        browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])


def test_paper_shows_every_step(browser: Browser) -> None:
    browser.look("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.look("[...document.querySelectorAll('#by-release .steps')].every(one => one.checkVisibility())")
    browser.look("window.dispatchEvent(new Event('afterprint'))")
    assert browser.look("document.querySelectorAll('main details.scenario[open]').length") == 0


def test_a_search_stands_in_the_address(browser: Browser) -> None:
    browser.click("#search")
    browser.type("freeAccount failed")
    assert browser.look("location.hash") == "#q=freeAccount%20failed"


def test_the_first_tab_leads_to_the_clauses(browser: Browser) -> None:
    browser.look("document.querySelector('.skip').focus()")
    browser.settle()
    assert browser.look("document.querySelector('.skip').getBoundingClientRect().left") >= 0
    assert browser.look("document.querySelector(document.querySelector('.skip').getAttribute('href')).tagName") == "MAIN"


def test_several_sites_are_a_matrix_in_which_a_warning_is_not_passed(
    runs: Runs, window: Browser, tmp_path: Path
) -> None:
    files = []
    for nth in range(19):
        document = json.loads((runs["bad"] / "summary.json").read_text(encoding="utf-8"))
        document["site"] = f"site-{nth}"
        files.append(tmp_path / f"{nth}.json")
        files[-1].write_text(json.dumps(document), encoding="utf-8")
    page = tmp_path / "page.html"
    assert main(["docs", *map(str, files), "--output", str(page), "--root", str(ROOT)]) == 0
    window.open("about:blank#away")
    window.open(f"{page.as_uri()}#by-site")
    cells = window.look("[...document.querySelectorAll('.matrix tr[data-clause=\"R41.11.0-62\"] td')].map(one => one.textContent.trim())")
    assert cells == ["✗ failed"] * 19
    assert window.look("document.documentElement.scrollWidth <= innerWidth")
    words = window.look("[...document.getElementById('R41.11.0-62').querySelectorAll('.head .chip')].map(one => one.textContent.trim())")
    assert words == ["19 failed"]


TOLD = "[...document.querySelectorAll('#told dl')].map(one => [...one.querySelectorAll('dd')].map(each => each.textContent))"
ROWS = "[...document.querySelectorAll('.matrix tbody tr')].filter(one => one.checkVisibility()).map(one => one.dataset.clause)"


def test_filters_of_the_table_stand_in_the_address(browser: Browser, url: str) -> None:
    browser.open("about:blank#away")
    browser.open(f"{url}#by-site?outcome=failed&release=41.11.0")
    assert set(browser.look(ROWS)) == {"R41.11.0-62", "R41.11.0-63"}
    browser.look(
        "(() => { const one = document.querySelector('.filters [name=release]'); one.value = '41.7.0';"
        " one.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    assert browser.look("location.hash") == "#by-site?outcome=failed&release=41.7.0"
    assert browser.look(ROWS) == []
    assert browser.look("document.getElementById('rows-shown').textContent").startswith("0 of ")


@pytest.mark.parametrize(
    ("name", "value"), [("level", "observe"), ("operation", "GetSessionInfo"), ("outcome", "skipped"), ("site", "mock")]
)
def test_each_filter_narrows_to_what_it_says(browser: Browser, url: str, name: str, value: str) -> None:
    browser.open("about:blank#away")
    browser.open(f"{url}#by-site?{name}={value}")
    every = browser.look("document.querySelectorAll('.matrix tbody tr').length")
    shown = len(browser.look(ROWS))
    assert 0 < shown <= every
    assert (shown == every) == (name == "site")


def test_a_cell_opens_to_expected_actual_and_exchange(browser: Browser, url: str) -> None:
    browser.open("about:blank#away")
    browser.open(f"{url}#by-site?outcome=failed")
    browser.click('.matrix tr[data-clause="R41.11.0-62"] button')
    assert browser.look("location.hash") == "#by-site?outcome=failed&clause=R41.11.0-62&on=mock"
    (check, element, expected, actual), *_ = browser.look(TOLD)
    assert (bool(check), element) == (True, "GetUser freeAccount")
    assert expected and actual
    assert browser.look("document.querySelector('#told-heading').textContent") == "R41.11.0-62 on mock"
    links = browser.look("[...document.querySelectorAll('#told a')].map(one => one.href)")
    assert links and all(Path(link.removeprefix("file://")).is_file() for link in links)
    browser.click("#told form button")
    assert browser.look("location.hash") == "#by-site?outcome=failed"


def test_an_opened_cell_is_a_link_too(browser: Browser, url: str) -> None:
    browser.open("about:blank#away")
    browser.open(f"{url}#by-site?clause=R41.11.0-62&on=mock")
    assert browser.look("document.getElementById('told').open")
    words = browser.look("[...document.querySelectorAll('#told h3 .chip')].map(one => one.textContent)")
    assert "failed" in words


def test_the_contract_is_searched_from_the_releases(browser: Browser) -> None:
    browser.click("#search")
    browser.type("hostPIN")
    links = browser.look("[...document.querySelectorAll('#results a')].map(one => one.getAttribute('href'))")
    assert links[:2] == ["contract.html#use:personalMeetingRoomType/hostPIN", "contract.html#use:userPhonesType/hostPIN"]


@pytest.fixture
def contract(window: Browser, url: str) -> Browser:
    """The page of the contract, opened afresh."""
    window.open("about:blank#away")
    window.open(url.rpartition("/")[0] + "/contract.html")
    return window


def test_the_contract_is_searched_as_one_types(contract: Browser) -> None:
    contract.click("#search")
    contract.type("030118")
    names = "[...document.querySelectorAll('#results a')].map(one => one.textContent)"
    assert contract.look(names)[0] == "030118"
    assert not contract.look("document.getElementById('coverage').checkVisibility()")
    assert contract.look("location.hash") == "#q=030118"
    contract.look("document.querySelector('#results a').click()")
    contract.settle()
    assert contract.look("location.hash") == "#030118"
    assert contract.look("document.getElementById('030118').getBoundingClientRect().top < innerHeight")


def test_the_contract_fits_a_phone(window: Browser, url: str) -> None:
    window.send("Emulation.setDeviceMetricsOverride", width=320, height=700, deviceScaleFactor=1, mobile=True)
    try:
        window.open("about:blank#away")
        window.open(url.rpartition("/")[0] + "/contract.html#site:toolsType/enableNBRMCModify")
        window.settle()
        assert window.look("document.documentElement.scrollWidth") <= 320
    finally:
        window.send("Emulation.setDeviceMetricsOverride", width=1300, height=1000, deviceScaleFactor=1, mobile=False)
