"""Addresses of sites, proxies and mailboxes that nobody can reach: one message that names the key or the variable."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import os
import httpx
import pytest

from conformance.cli import main
from conformance.run.options import Options
from conformance.run.site_session import open_site
from conformance.scenarios.features import Catalogue
from conformance.sites.profile_file import load_profile
from conformance.wire.environment import proxy_for
from tests.conftest import ROOT
from tests.inputs.kinds import CANARY, one_message, refusal

PATH = "/WBXService/XMLService"
#: Hosts, and whether an address with one can be meant.
HOSTS = {
    "staging.webex.com": True,
    "staging.webex.com.": True,
    "STAGING.WEBEX.COM": True,
    "bücher.example.com": True,
    "xn--bcher-kva.example.com": True,
    "xn--zzzzzz.example.com": False,
    "xn--.example.com": False,
    "xn--a\u00fc.example.com": False,
    "\u202estaging.webex.com": False,
    "stag\u200bing.webex.com": False,
    "staging..webex.com": False,
    ".webex.com": False,
    "-staging.webex.com": False,
    "staging_.webex.com": True,
    f"{'a' * 64}.webex.com": False,
    f"{'a.' * 200}webex.com": False,
    "[::1": False,
    "[::1]": True,
    "[fe80::1%25eth0]": False,
    "[::g]": False,
    "127.0.0.1": True,
    "staging webex com": False,
    "staging.webex.com\\evil": False,
    "staging.webex.com%00": False,
    "${NOT_SET_AT_ALL}": False,
    "": False,
    "*": False,
    "a,b": False,
    "<script>": False,
    "\ufffd": False,
}
RATES = ("0.000001/s", "0/min", "0.9/min", "-1/s", "1e3/s", "4", "4/h", "/s", "\u0664/s", "4/s/s", f"{'9' * 400}/s", "nan/s", "inf/s", "0.016/s")
PORTS = {"": True, ":443": True, ":0": False, ":-1": False, ":65536": False, ":99999999999999999999": False, ":http": False, ":\u00b2": False, ":\u0664\u0664\u0663": False}


def profile(folder: Path, url: str) -> Path:
    """A profile of a site at ``url``."""
    file = folder / "sites.toml"
    text = f'[sites.s]\nurl = "{url}"\nsite_name = "s"\n[sites.s.accounts.site-admin]\nwebex_id = "a"\npassword = "${{BAD_INPUT_PASSWORD}}"\n'
    file.write_text(text.replace("\\", "\\\\"), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAD_INPUT_PASSWORD", CANARY)
    monkeypatch.delenv("NOT_SET_AT_ALL", raising=False)


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize("host", HOSTS)
def test_hosts_and_ports(tmp_path: Path, host: str, port: str) -> None:
    file = profile(tmp_path, f"https://{host}{port}{PATH}")
    problem = refusal(lambda: load_profile("s", file))
    if HOSTS[host] and PORTS[port]:
        assert problem is None
    else:
        assert problem is not None, "nobody can be there"
        one_message(problem, told_at=f"{file}:2")


def refuses(_: httpx.Request) -> httpx.Response:
    """A site that lets nobody in."""
    return httpx.Response(403)


@pytest.mark.parametrize("rate", RATES, ids=ascii)
def test_rates_that_never_end(tmp_path: Path, rate: str) -> None:
    file = profile(tmp_path, f"https://staging.webex.com{PATH}")
    file.write_text(file.read_text(encoding="utf-8").replace('site_name = "s"\n', f'rate = "{rate}"\n'), encoding="utf-8")
    problem = refusal(lambda: load_profile("s", file))
    assert problem is not None
    assert problem.code == "profile-rate"
    one_message(problem, told_at=f"{file}:3")


@pytest.mark.parametrize("host", [host for host, right in HOSTS.items() if right])
def test_a_host_that_can_be_meant_is_asked(tmp_path: Path, host: str, catalogue: Catalogue) -> None:
    file = profile(tmp_path, f"https://{host}{PATH}")
    options = Options(sites=("s",), reports=tmp_path / "reports", root=ROOT)
    transport = httpx.MockTransport(refuses)
    problem = refusal(lambda: open_site("s", file, options, catalogue.clauses, transport=transport))
    assert problem is not None
    assert "403" in one_message(problem)


#: Schemes and what surrounds a host.
URLS = (
    "staging.webex.com", "//staging.webex.com", "ftp://staging.webex.com", "file:///etc/passwd", "javascript:alert(1)",
    "https:/staging.webex.com", "https:staging.webex.com", "https://", "https:///x", "http://staging.webex.com",
    f"https://a:{CANARY}@staging.webex.com", f"https://{CANARY}@staging.webex.com", "HTTPS//staging.webex.com",
    "https://staging.webex.com/\u2028x", "https://staging.webex.com/a b", "data:text/plain,x", "\u0000", "\t",
    "https://api.webex.com/WBXService/xml9.0.0/XMLService", "ws://staging.webex.com",
)  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_what_is_no_address(tmp_path: Path, url: str) -> None:
    file = profile(tmp_path, url.replace("\u0000", r"\u0000").replace(r"\u", r"\u"))
    problem = refusal(lambda: load_profile("s", file))
    assert problem is not None
    one_message(problem, told_at=str(file))


VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
PROXIES = (
    "ftp://p", "socks4://p", "socks5://p", "http://", "http:///x", "http://p:port", "http://p:0", "http://p:65536",
    "http://a b", "http://p\u00e9", "http://[::1", "://", "http://p\x00", "http://p\n", f"ftp://u:{CANARY}@p", " ", "javascript:x",
)  # fmt: skip


@pytest.mark.parametrize(("variable", "value"), list(product(VARIABLES, PROXIES)), ids=ascii)
def test_proxies_that_are_none(variable: str, value: str) -> None:
    problem = refusal(lambda: proxy_for(f"https://staging.webex.com{PATH}", {variable: value}))
    assert problem is not None
    assert variable in one_message(problem)
    assert CANARY not in str(problem)
    assert value.strip("htp:/ ") == "" or value not in str(problem)


NO_PROXIES = ("*", ",", "[", "]", "[::1", "a/b", "10.0.0.0/99", "10.0.0.0/8/8", ":", "::::", "\u00b2", "host:port", "*.*", "x" * 100_000, ",".join("abcdef"))


@pytest.mark.parametrize("value", NO_PROXIES, ids=lambda value: ascii(value[:20]))
def test_exceptions_that_are_none_are_read_over(value: str) -> None:
    assert proxy_for(f"https://staging.webex.com{PATH}", {"HTTPS_PROXY": "http://p", "NO_PROXY": value}) in ("http://p", None)


CERTIFICATES = {
    "nothing": b"",
    "words": b"not a certificate",
    "a NUL": b"-----BEGIN CERTIFICATE-----\nAA\0AA\n-----END CERTIFICATE-----\n",
    "no base64": b"-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n",
    "no end": b"-----BEGIN CERTIFICATE-----\nAAAA\n",
    "no DER": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "a key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "bytes": bytes(range(256)) * 10,
    "UTF-16": "-----BEGIN CERTIFICATE-----".encode("utf-16"),
    "a zip": b"PK\x03\x04",
    "a pipe": None,
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificates_that_are_none(tmp_path: Path, catalogue: Catalogue, name: str) -> None:
    content = CERTIFICATES[name]
    (tmp_path / "ca.pem").write_bytes(content) if content is not None else os.mkfifo(tmp_path / "ca.pem")
    file = profile(tmp_path, f"https://staging.webex.com{PATH}")
    file.write_text(file.read_text(encoding="utf-8").replace('site_name = "s"\n', 'site_name = "s"\nca_file = "ca.pem"\n'), encoding="utf-8")
    options = Options(sites=("s",), reports=tmp_path / "reports", root=ROOT)
    problem = refusal(lambda: open_site("s", file, options, catalogue.clauses, transport=httpx.MockTransport(refuses)))
    assert problem is not None
    assert "ca.pem" in one_message(problem)


AGES = ("\u00b2", "\u0661", "1" * 400, "-1", "", "ten", "1.5", "1e3", " 5", "5 ", "0x10", "nan", "inf", "1_000", "+1", "None", "\x00", "\ud800")
RELEASES = ("", "41", "41.12.0.1", "v41.12.0", " ", "41.x.0", "\u0664\u0661.1.0", "-1.0.0", "9" * 5000 + ".1.0", "41..0", "../41.12.0", "latest")


@pytest.mark.parametrize("age", AGES, ids=lambda value: ascii(value[:20]))
def test_ages_that_are_none(capsys: pytest.CaptureFixture[str], age: str) -> None:
    assert main(["sweep", f"--older-than={age}", "--root", str(ROOT)]) == 4
    assert capsys.readouterr().err.count("error[age]") == 1


#: An option that says nothing means the default.
NAMED = [*(("new-release", release) for release in RELEASES), *product(("check", "plan", "sweep"), (one for one in RELEASES if one))]


@pytest.mark.parametrize(("command", "release"), NAMED, ids=lambda value: ascii(value[:20]))
def test_releases_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str, release: str) -> None:
    monkeypatch.chdir(tmp_path)
    named = ["new-release", "--", release] if command == "new-release" else [command, f"--release={release}"]
    where = ["--root", str(ROOT)]
    try:
        code = main([named[0], *where, *named[1:]])
    except SystemExit as stop:
        code = int(stop.code or 0)
    told = capsys.readouterr().err
    assert code == 4
    assert told.count("error[") == 1
    assert len(told) < 3000
    assert not list((ROOT / "features").glob("*/new.feature"))
