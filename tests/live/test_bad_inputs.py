"""What users get wrong: one clear message with what, where and how to mend, exit code 4, no traceback, no secret."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

import conformance.wire.client
from conformance.cli import main
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.scenarios.features import Catalogue
from conformance.run.site_session import open_site
from conformance.run.suite import INSTALLED, allure_folder
from conformance.run.options import Options
from conformance.sites.profile_file import load_profile
from conformance.sites.errors import UserError
from conformance.wire.payloads import Payloads
from tests.conftest import ROOT

CANARY = "s3cr3t-Canary-77"
SOUND = """
[sites.staging]
url = "https://staging.webex.com/WBXService/XMLService"
site_name = "staging"

[sites.staging.accounts.site-admin]
webex_id = "admin@example.com"
password = "${BAD_INPUT_PASSWORD}"
"""
SITE = "[sites.staging]"
URL = 'url = "https://staging.webex.com/WBXService/XMLService"'
PASSWORD = 'password = "${BAD_INPUT_PASSWORD}"'

#: What stands in the profile, what it is replaced by, the code of the error and a word of its message.
PROFILES = {
    "not TOML": (SITE, "[sites.staging", "sites-syntax", "not TOML"),
    "another table": (SITE, f"[site.x]\n{SITE}", "sites-table", "site"),
    "no such site": ("sites.staging", "sites.stagin", "site-unknown", "stagin"),
    "a site that is no table": (SOUND, "sites = {staging = 3}", "sites-table", "table"),
    "a key with a typo": ("site_name", "sitename", "profile-key", "site_name"),
    "no url": (URL, "", "profile-missing", "url"),
    "url is a number": (URL, "url = 3", "profile-type", "url"),
    "url is no address": (URL, 'url = "staging"', "url-form", "address"),
    "url with a port beyond": (URL, 'url = "https://staging.webex.com:99999/x"', "url-form", "address"),
    "url with a password": (URL, f'url = "https://a:{CANARY}@staging.webex.com/"', "url-credentials", "credentials"),
    "http": (URL, URL.replace("https", "http"), "url-http", "in clear"),
    "the retired address": (URL, URL.replace("XMLService", "xml10.0.0/XMLService", 1), "url-retired", "10.0.0"),
    "api.webex.com without a site": (f'{URL}\nsite_name = "staging"', URL.replace("staging", "api"), "", "site_name"),
    "a release of two numbers": (URL, f'{URL}\nrelease = "41"', "release-form", "41"),
    "access of another word": (URL, f'{URL}\naccess = "readwrite"', "profile-value", "read-write"),
    "a rate without a unit": (URL, f'{URL}\nrate = "4"', "profile-rate", "4/s"),
    "a rate of nothing": (URL, f'{URL}\nrate = "0/s"', "profile-rate", "0/s"),
    "a timeout of nothing": (URL, f"{URL}\ntimeout = 0", "profile-type", "timeout"),
    "a timeout of an hour": (URL, f"{URL}\ntimeout = 3600", "profile-type", "timeout"),
    "lanes as text": (URL, f'{URL}\nlanes = "4"', "profile-type", "lanes"),
    "too many lanes": (URL, f"{URL}\nlanes = 500", "profile-type", "lanes"),
    "a flag as text": (URL, f'{URL}\ntrust_env = "no"', "profile-type", "trust_env"),
    "an encoding nobody knows": (URL, f'{URL}\nencoding = "UTF-7"', "profile-value", "UTF-8"),
    "a control plane of a live site": (URL, f'{URL}\ncontrol_url = "http://127.0.0.1:1"', "control-url", "mock"),
    "no account": (SOUND.partition("\n[sites.staging.acc")[2], "", "", ""),
    "an unknown role": ("accounts.site-admin", "accounts.siteadmin", "role-unknown", "site-admin"),
    "an account without a name": ('webex_id = "admin@example.com"', "", "profile-missing", "webex_id"),
    "an account without a credential": (PASSWORD, "", "credential-missing", "credential"),
    "a credential with a typo": (PASSWORD, PASSWORD.replace("password", "pasword"), "profile-key", "password"),
    "a secret in the file": (PASSWORD, f'password = "{CANARY}"', "secret-literal", "${"),
    "an unset variable": (PASSWORD, 'password = "${NOT_SET_AT_ALL}"', "variable-unset", "NOT_SET_AT_ALL"),
    "an empty variable": (PASSWORD, 'password = "${BAD_INPUT_EMPTY}"', "secret-empty", "empty"),
    "a secret of two lines": (PASSWORD, 'password = "${BAD_INPUT_LINES}"', "secret-character", "line"),
    "a secret that is no UTF-8": (PASSWORD, 'password = "${BAD_INPUT_BYTES}"', "secret-character", "UTF-8"),
    "a NUL in the name of a secret file": (PASSWORD, 'password = "file:/x\\u0000y"', "secret-file", "file"),
    "a secret file that is not there": (PASSWORD, 'password = "file:/nowhere/x"', "secret-file", "/nowhere/x"),
    "a secret that is a folder": (PASSWORD, 'password = "file:/"', "secret-file", "read"),
    "a keyring entry of one word": (PASSWORD, 'password = "keyring:webex"', "keyring-form", "SERVICE/NAME"),
    "an unknown setting": (PASSWORD, f"{PASSWORD}\n[sites.staging.settings]\nclassic = true", "setting-unknown", ""),
    "a setting of another kind": (
        PASSWORD, f'{PASSWORD}\n[sites.staging.settings]\nclassic-events = "on"', "setting-value", "classic-events",
    ),
    "a mailbox of a user who is no address": (
        PASSWORD, f'{PASSWORD}\n[sites.staging.mailbox]\nimap = "x:993"\nuser = "u"\n{PASSWORD}', "profile-value", "user",
    ),
    "a mailbox without a port": (
        PASSWORD, f'{PASSWORD}\n[sites.staging.mailbox]\nimap = "x:y"\nuser = "u"\n{PASSWORD}', "profile-value", "imap",
    ),
    "unknown data": (PASSWORD, f'{PASSWORD}\n[sites.staging.data]\nthing = "x"', "profile-key", "thing"),
    "skips that are no list": (URL, f'{URL}\nexpected_skips = "data"', "profile-type", "expected_skips"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAD_INPUT_PASSWORD", CANARY)
    monkeypatch.setenv("BAD_INPUT_EMPTY", "")
    monkeypatch.setenv("BAD_INPUT_LINES", f"{CANARY}\nsecond")
    monkeypatch.setenv("BAD_INPUT_BYTES", f"{CANARY}\udcff")
    monkeypatch.delenv("NOT_SET_AT_ALL", raising=False)
    monkeypatch.delenv("WEBEX_SITES", raising=False)


def refused(problem: UserError, code: str, word: str) -> str:
    """The message, checked: a code, what it is about, where; no secret."""
    text = str(problem)
    assert text.startswith("error[")
    assert "  where  " in text
    assert CANARY not in text
    assert "Traceback" not in text
    assert word in text
    assert not code or problem.code == code, text
    return text


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_refused(tmp_path: Path, name: str) -> None:
    old, new, code, word = PROFILES[name]
    assert old in SOUND
    file = tmp_path / "sites.toml"
    file.write_text(SOUND.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_profile("staging", file)
    assert str(file) in refused(caught.value, code, word)


#: Mistakes below a table, and the line each stands in.
LINES = {"a key with a typo": 4, "lanes as text": 4, "an unknown role": 6, "a credential with a typo": 8, "unknown data": 10}


@pytest.mark.parametrize("name", LINES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / "sites.toml"
    file.write_text(SOUND.replace(*PROFILES[name][:2]), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_profile("staging", file)
    assert caught.value.where == f"{file}:{LINES[name]}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=ascii)
def test_the_sound_profile_is_not_refused_whatever_ends_its_lines(tmp_path: Path, end: str) -> None:
    file = tmp_path / "sites.toml"
    file.write_bytes(SOUND.replace("\n", end).encode())
    assert load_profile("staging", file).accounts["site-admin"].credential == ("password", CANARY)


def test_the_example_profile_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STAGING_ADMIN_PASSWORD", "STAGING_HOST_PASSWORD", "STAGING_MAIL_PASSWORD"):
        monkeypatch.setenv(name, CANARY)
    three_lines = load_profile("staging", ROOT / "sites.example.toml")
    assert (three_lines.site_name, set(three_lines.accounts), three_lines.data) == ("staging", {"site-admin"}, {})
    profile = load_profile("everything", ROOT / "sites.example.toml")
    assert (profile.access, profile.rate, profile.lanes) == ("read-only", 4.0, 4)
    assert set(profile.accounts) == {"site-admin", "host"}


ENVELOPE = (
    '<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>'
    "<serv:result>FAILURE</serv:result><serv:reason>{reason}</serv:reason><serv:gsbStatus>PRIMARY</serv:gsbStatus>"
    "<serv:exceptionID>{id}</serv:exceptionID></serv:response></serv:header><serv:body><serv:bodyContent/></serv:body>"
    "</serv:message>"
)


def failing(exception_id: str, reason: str) -> Callable[[httpx.Request], httpx.Response]:
    """A site that refuses everything in this way."""
    body = ENVELOPE.format(id=exception_id, reason=reason)
    return lambda _: httpx.Response(200, text=body)


def raising(problem: Exception) -> Callable[[httpx.Request], httpx.Response]:
    """A network that fails in this way."""

    def handle(_: httpx.Request) -> httpx.Response:
        raise problem

    return handle


def answering(status: int, body: bytes, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """A site that answers everything like this."""
    return lambda _: httpx.Response(status, content=body, headers=headers)


BOMB = b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><serv:message>&b;</serv:message>'
#: How the site behaves, and words the message must hold.
SITES = {
    "a wrong password": (failing("030002", "Invalid password"), "check the password"),
    "an unknown user": (failing("030001", "No such user"), "check webex_id"),
    "an expired ticket": (failing("030047", "Invalid session ticket"), "session ticket"),
    "an SSO-only site": (failing("030048", "SSO is required to sign in"), "SSO only"),
    "a site that limits the rate": (failing("000045", "API call throttled"), "limits the rate"),
    "a site that asks to wait an hour": (answering(429, b"", **{"Retry-After": "3600"}), "asks to wait 3600 s"),
    "an unknown host": (raising(httpx.ConnectError("[Errno -2] Name or service not known")), "host name is not known"),
    "a refused connection": (raising(httpx.ConnectError("[Errno 111] Connection refused")), "connection refused"),
    "a certificate nobody trusts": (
        raising(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] unable to get local issuer")), "certificate",
    ),
    "silence": (raising(httpx.ReadTimeout("timed out")), "no answer within"),
    "a reset": (raising(httpx.ReadError("Connection reset by peer")), "connection broke"),
    "HTTP 500 with a page": (answering(500, b"<html>oops</html>"), "HTTP 500"),
    "HTTP 502": (answering(502, b"bad gateway"), "HTTP 502"),
    "HTTP 403": (answering(403, b""), "HTTP 403"),
    "a redirect": (answering(302, b"", Location="https://evil.example.com/"), "redirects are not followed"),
    "a page with 200": (answering(200, b"<html><body>login</body></html>"), "not"),
    "an empty body": (answering(200, b""), "empty"),
    "blanks only": (answering(200, b"  \n"), "empty"),
    "truncated XML": (answering(200, b"<serv:message xmlns:serv='x'><serv:header>"), "not XML"),
    "bytes": (answering(200, bytes(range(256))), "not XML"),
    "a DOCTYPE with entities": (answering(200, BOMB), "DOCTYPE"),
    "an endless reply": (answering(200, b"<m>" + b" " * (33 * 1024 * 1024)), "32 MiB"),
    "a charset nobody knows": (answering(200, b'<?xml version="1.0" encoding="klingon"?><m/>'), "cannot be"),
}  # fmt: skip


def options(tmp_path: Path) -> Options:
    """As of a run without any option."""
    return Options(sites=("staging",), reports=tmp_path / "reports", root=ROOT)


@pytest.mark.parametrize("name", SITES)
def test_a_site_that_cannot_be_judged_ends_the_run_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(conformance.wire.client, "_BACK_OFF", (0.0, 0.0))
    monkeypatch.setattr(conformance.wire.client, "_PAUSES", 0)
    handle, words = SITES[name]
    file = tmp_path / "sites.toml"
    file.write_text(SOUND.replace(URL, f'{URL}\nrate = "1000/s"'), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        open_site("staging", file, options(tmp_path), Catalogue(ROOT).clauses, transport=httpx.MockTransport(handle))
    refused(caught.value, "", words)
    assert caught.value.code in ("account-refused", "unreachable")


def archive(**members: bytes) -> bytes:
    """A zip with these members, ``__`` for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("UP", ".."), content)
    return buffer.getvalue()


def damaged(method: int) -> bytes:
    """A zip whose one member does not unpack."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        file.writestr("a.xsd", b"<!-- " + bytes(range(32, 127)) * 40 + b" -->")
    content = bytearray(buffer.getvalue())
    start = 30 + len("a.xsd") + (9 if method == zipfile.ZIP_LZMA else 0)
    content[start : start + 40] = b"\xff" * 40
    return bytes(content)


SCHEMA = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="%s">%s</xs:schema>'
SERVICE = b"http://www.webex.com/schemas/2002/06/service"
BUNDLES = {
    "no zip": (b"hello", "bundle-zip"),
    "an empty zip": (archive(), "bundle-empty"),
    "a zip without schemas": (archive(readme=b"x"), "bundle-empty"),
    "a path that climbs out": (archive(UP__x=b"", UP__evil=b"x"), "bundle-path"),
    "a member that unpacks to 60 MB": (archive(**{"big.xsd": b" " * 60_000_000}), "bundle-size"),
    "members that together do": (archive(**{f"{n}.xsd": b" " * 20_000_000 for n in range(3)}), "bundle-size"),
    "a schema that is not XML": (archive(**{"a.xsd": b"<xs:schema"}), "bundle-syntax"),
    "schemas of something else": (archive(**{"a.xsd": SCHEMA % (b"urn:x", b"")}), "bundle-service"),
    "a schema that is none": (
        archive(**{"a.xsd": SCHEMA % (SERVICE, b'<xs:element name="m" type="nowhere"/>')}), "bundle-invalid",
    ),
    "an import that is not there": (
        archive(**{"a.xsd": SCHEMA % (SERVICE, b'<xs:import namespace="urn:gone"/>')}), "bundle-import",
    ),
    "a redefined file that is not there": (
        archive(**{"a.xsd": SCHEMA % (SERVICE, b'<xs:redefine schemaLocation="gone.xsd"/>')}), "bundle-import",
    ),
    "a damaged deflate stream": (damaged(zipfile.ZIP_DEFLATED), "bundle-zip"),
    "a damaged lzma stream": (damaged(zipfile.ZIP_LZMA), "bundle-zip"),
    "a damaged bzip2 stream": (damaged(zipfile.ZIP_BZIP2), "bundle-zip"),
    "a zip cut in the middle": (archive(**{"a.xsd": SCHEMA % (SERVICE, b"")})[:-30], "bundle-zip"),
    "a name that steers the terminal": (archive(**{"\x1b[2J.xsd": b"<xs:schema"}), "bundle-syntax"),
}  # fmt: skip


@pytest.mark.parametrize("name", BUNDLES)
def test_a_schema_bundle_is_refused(tmp_path: Path, name: str) -> None:
    content, code = BUNDLES[name]
    file = tmp_path / "bundle.zip"
    file.write_bytes(content)
    with pytest.raises(UserError) as caught:
        VendorSchemas(file)
    refused(caught.value, code, str(file))
    assert "\x1b" not in str(caught.value)


def test_a_schema_bundle_without_a_service_is_refused_by_its_name(tmp_path: Path) -> None:
    tmp_path.joinpath("a.xsd").write_bytes(SCHEMA % (SERVICE, b""))
    with pytest.raises(UserError) as caught:
        VendorSchemas(tmp_path, services=(f"{SERVICE.decode()}/history",))
    refused(caught.value, "bundle-service", "history")


def test_a_schema_bundle_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "bundle.zip")
    with pytest.raises(UserError) as caught:
        VendorSchemas(tmp_path / "bundle.zip")
    refused(caught.value, "bundle-zip", "folder or a zip")


def test_schemas_that_unfold_without_end_are_refused(tmp_path: Path) -> None:
    groups = "".join(
        f'<xs:group name="g{n}"><xs:sequence><xs:group ref="s:g{n - 1}"/><xs:element name="e{n}"/>'
        f'<xs:group ref="s:g{n - 1}"/></xs:sequence></xs:group>'
        for n in range(1, 60)
    )
    service = SERVICE.decode()
    tmp_path.joinpath("a.xsd").write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:s="{service}" targetNamespace="{service}">'
        f'<xs:group name="g0"><xs:sequence><xs:element name="e"/></xs:sequence></xs:group>{groups}'
        '<xs:complexType name="t"><xs:group ref="s:g59"/></xs:complexType></xs:schema>'
    )
    with pytest.raises(UserError) as caught:
        VendorSchemas(tmp_path, seconds=1)
    refused(caught.value, "bundle-large", "processor")


def test_a_schema_bundle_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        VendorSchemas(tmp_path / "none.zip")
    refused(caught.value, "bundle-missing", "none.zip")


COMMANDS = {
    "no command": [],
    "an unknown command": ["chekc"],
    "an unknown site": ["check", "--sites", "{sites}", "--site", "stagin"],
    "no profile file": ["check", "--sites", "{tmp}/none.toml", "--site", "staging"],
    "a release that is none": ["check", "--release", "new"],
    "a release before the suite": ["plan", "--release", "12.1.0"],
    "writing to a site that is read-only": ["check", "--sites", "{sites}", "--site", "staging", "--access", "read-write"],
    "an age that is none": ["sweep", "--older-than", "soon"],
    "no summary": ["compare", "{tmp}/a", "{tmp}/b"],
    "a summary that is none": ["compare", "{sites}", "{sites}"],
    "a folder without features": ["docs", "--root", "{tmp}"],
    "an unknown option": ["plan", "--sites", "{sites}", "--colour"],
}  # fmt: skip


def test_a_report_of_somebody_without_a_home_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nobody(self: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", nobody)
    with pytest.raises(UserError) as caught:
        allure_folder(INSTALLED)
    assert "XDG_CACHE_HOME" in refused(caught.value, "cache", "you have no home")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_with_one_message_and_4(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    sites = tmp_path / "sites.toml"
    sites.write_text(SOUND, encoding="utf-8")
    arguments = [part.format(sites=sites, tmp=tmp_path) for part in COMMANDS[name]]
    root = [] if not arguments or "--root" in arguments or arguments[0] == "chekc" else ["--root", str(ROOT)]
    try:
        code = main([*arguments, *root])
    except SystemExit as stop:
        code = int(stop.code or 0)
    told = capsys.readouterr().err
    assert code == 4
    assert told.count("error[") == 1
    assert "Traceback" not in told
    assert CANARY not in told


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [("check --acces read-only", "did you mean '--access'?"), ("sweep --older-then=5", "did you mean '--older-than'?")],
)
def test_an_option_with_a_typo_is_told_the_nearest(
    capsys: pytest.CaptureFixture[str], arguments: str, hint: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments.split())
    assert stop.value.code == 4
    told = capsys.readouterr().err
    assert told.startswith(f"usage: webex-conformance {arguments.split()[0]} "), "that of the command"
    assert told.endswith(f"\n  hint   {hint}\n")


PAYLOADS = {
    "an unknown operation": ("GetWeather", {}, "payload-unknown"),
    "a variable nobody gave": ("GetUser", {}, "payload-missing"),
    "a variable the template does not know": ("GetSite", {"colour": "red"}, "payload-variable"),
    "a character XML cannot carry": ("GetUser", {"webExId": "a\x00b"}, "payload-character"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_is_refused(name: str) -> None:
    operation, values, code = PAYLOADS[name]
    with pytest.raises(UserError) as caught:
        Payloads(ROOT / "payloads").render(operation, values, {"siteName": "s", "webExID": "a", "password": CANARY})
    refused(caught.value, code, operation)


def test_a_template_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "GetSite.xml").write_text("<a/>\n<b/>\n{% if %}\n", encoding="utf-8")
    (tmp_path / "defaults.toml").write_text("", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        Payloads(tmp_path).render("GetSite", {"a": "b"}, {})
    refused(caught.value, "payload-template", "GetSite.xml:3")


def test_there_are_enough_cases() -> None:
    assert sum(map(len, (PROFILES, SITES, BUNDLES, COMMANDS, PAYLOADS))) >= 60


def test_an_option_without_its_value_takes_the_features_for_none(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "conformance.cli", "run", "--root", str(ROOT), "--reports"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 4
    assert "webex-conformance run: error: argument --reports: expected one argument" in done.stderr
