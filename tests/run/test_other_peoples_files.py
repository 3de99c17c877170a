"""What other people's features, files, folders and machines hold, and what must come of it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import mocksite
import pytest

from conformance.cli import main
from conformance.judge import reply_checks
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.sites.credentials import resolve
from conformance.sites.errors import CannotJudge, UserError
from conformance.wire.client import seconds_to_wait
from conformance.wire.environment import proxy_for
from conformance.wire.exchange import parse
from tests.conftest import ROOT, SAFETY
from tests.run.conftest import Runner
from tests.twisted import operation_of, twisted

CLAUSES = '''
[[item]]
heading = "An item"
heading_zh = "项"

[[item.clause]]
id = "R41.7.0-01"
operation = "GetSite"
certainty = "explicit"
lines = "1"
text = "GetSite answers."
'''
HEAD = "@since.41.7.0 @clause.R41.7.0-01\nFeature: f\n\n  Rule: r\n\n"


def features(pytester: pytest.Pytester, body: str, *, encoding: str = "utf-8") -> None:
    """A project whose only feature is ``body``."""
    (pytester.path / "features").unlink()
    folder = pytester.path / "features" / "41.7.0"
    folder.mkdir(parents=True)
    (folder / "clauses.toml").write_text(CLAUSES, encoding=encoding)
    (folder / "own.feature").write_text(HEAD + body, encoding=encoding)


SOUND = "    Scenario: sound\n      When the site admin sends GetSite\n      Then the call succeeds\n"


def _sends(*rows: str) -> str:
    table = "".join(f"        {row}\n" for row in rows)
    return f"    Scenario: t\n      When the site admin sends GetUser with\n{table}      Then the call succeeds\n"


def _contains(*rows: str, step: str = "the reply contains") -> str:
    table = "".join(f"        {row}\n" for row in rows)
    return f"    Scenario: t\n      When the site admin sends GetSite\n      Then {step}\n{table}"


#: What judges nothing, or says what nobody reads: an error when collected, with its code and line.
EMPTY = {
    "no step": ("    Scenario: empty\n", "scenario-empty", 6),
    "no Then": ("    Scenario: empty\n      When the site admin sends GetSite\n", "scenario-empty", 6),
    "no rows": (
        "    Scenario Outline: o <v>\n      When the site admin sends GetSite\n      Then the call succeeds\n"
        "      Examples:\n        | v |\n",
        "outline-empty",
        6,
    ),
    "a table nobody takes": (
        "    Scenario: t\n      When the site admin sends GetSite\n      Then the call succeeds\n        | a | b |\n",
        "step-table",
        8,
    ),
    "a text nobody takes": (
        '    Scenario: t\n      When the site admin sends GetSite\n      Then the call succeeds\n      """\n      x\n      """\n',
        "step-text",
        8,
    ),
    "a key twice": (
        "    Scenario: t\n      When the site admin sends GetUser with\n        | webExId | a |\n        | webExId | b |\n"
        "      Then the call succeeds\n",
        "table-key",
        7,
    ),
    "no header": (_contains("| siteInstance/tools | text |"), "table-header", 8),
    "a misspelt header": (_contains("| element | knd |", "| siteInstance/tools | text |"), "table-header", 8),
    "a header alone": (_contains("| element | kind |"), "table-header", 8),
    "a column too many": (_contains("| element | kind | v |", "| siteInstance/tools | text | x |"), "table-header", 8),
    "one column": (_contains("| element |", "| siteInstance/tools |"), "table-header", 8),
    "no table": (_contains(), "step-table", 8),
    "a header of none": (_contains("| siteInstance |", step="the reply contains none of"), "table-header", 8),
    "no children": (_contains("| securityOptions |", step="the children of the body keep this order"), "table-header", 8),
    "a kind nobody knows": (_contains("| element | kind |", "| siteInstance/tools | bolean |"), "table-kind", 10),
    "an element without a name": (_contains("| element | kind |", "| | boolean |"), "table-element", 10),
    "three columns of values": (_sends("| webExId | a | b |"), "table-columns", 7),
    "one column of values": (_sends("| webExId |"), "table-columns", 7),
    "with, and nothing": (_sends(), "step-table", 7),
    "a brace that is not closed": (_sends("| webExId | {site admin.webExId |"), "placeholder", 7),
    "a brace that is not opened": (_sends("| webExId | site admin.webExId} |"), "placeholder", 7),
    "braces around nothing": (_sends("| webExId | {} |"), "placeholder", 7),
    "a brace in a sentence": (SOUND.replace("sound", "b") + '      And webExId is "{site admin.webExId"\n', "placeholder", 9),
    "a holder nothing gives": (_sends("| webExId | {site amin.webExId} |"), "placeholder", 7),
    "what is not made here": (_sends("| webExId | {new user.email} |"), "placeholder", 7),
    "a title twice": (SOUND, "title-twice", 6),
    "an outline's title twice": (SOUND.replace("Scenario:", "Scenario Outline:") + "      Examples:\n        | v |\n        | 1 |\n", "title-twice", 6),
    "a clause that is not there": (
        SOUND.replace("Scenario: sound", "Scenario Outline: o <clause>") + "      Examples:\n        | clause |\n        | R41.7.0-07 |\n",
        "clause-unknown",
        6,
    ),
    "a phrase that means nothing": (_sends("| webExId | {nme} |"), "phrase-unknown", 7),
    "a moment of no unit": (_sends("| webExId | {now - 3 dys} |"), "phrase-unknown", 7),
}
#: What the message of some of them names: the way to mend it.
MENDED = {
    "a misspelt header": "begin it with | element | kind |",
    "a kind nobody knows": "did you mean 'boolean'?",
    "a holder nothing gives": "did you mean 'site-admin'?",
    "a phrase that means nothing": "did you mean 'name'?",
    "a title twice": "a scenario is called 'sound', as that of line 6 is",
    "a clause that is not there": "did you mean 'R41.7.0-01'?",
}


@pytest.mark.rotating(3)
@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.parametrize("lanes", ["0", "4"])
def test_what_judges_nothing_is_an_error(run: Runner, pytester: pytest.Pytester, name: str, lanes: str) -> None:
    body, code, line = EMPTY[name]
    features(pytester, SOUND + body)
    outcome = run("features", "--lanes", lanes)
    assert outcome.code == 4
    assert f"error[{code}]" in outcome.text
    assert f"features/41.7.0/own.feature:{line + 3}" in outcome.text
    assert MENDED.get(name, "") in outcome.text


@pytest.mark.parametrize("fixture", ["tmp_path", "request", "my_fixture"])
def test_a_step_that_asks_for_a_fixture_of_pytest_is_told_where_it_stands(
    run: Runner, pytester: pytest.Pytester, fixture: str
) -> None:
    features(pytester, SOUND.replace("the call succeeds", "my own step 3"))
    steps = pytester.path / "steps"
    for name in ("steps", "conftest.py"):
        (pytester.path / name).unlink()
    shutil.copy(ROOT / "conftest.py", pytester.path)
    shutil.copytree(ROOT / "steps", steps, ignore=shutil.ignore_patterns("__pycache__"))
    own = f"from pytest_bdd import parsers, then\n\n\n@then(parsers.parse('my own step {{n:d}}'))\ndef mine(context, n, {fixture}):\n    pass\n"
    (steps / "own.py").write_text(own, encoding="utf-8")
    outcome = run("features", "--collect-only", subprocess=True)
    assert outcome.code == 4
    assert outcome.text.count(f"error[step-argument]: the step function mine asks for {fixture!r}") == 1
    assert f"where  {steps / 'own.py'}:4" in outcome.text
    (steps / "own.py").write_text(own.replace(f", {fixture}", ""), encoding="utf-8")
    assert run("features", "--collect-only", subprocess=True).code == 0


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n"], ids=["nothing", "blank lines", "a comment"])
def test_a_file_without_a_feature_is_told(
    run: Runner, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    features(pytester, SOUND)
    file = pytester.path / "features" / "41.7.0" / "none.feature"
    file.write_text(text, encoding="utf-8")
    outcome = run("features")
    capsys.readouterr()
    index = main(["index", "--root", str(pytester.path)])
    for code, told in ((outcome.code, outcome.text), (index, "".join(capsys.readouterr()))):
        assert (code, told.count("error[feature-syntax]: the file holds no Feature")) == (4, 1)
        assert "features/41.7.0/none.feature:1" in told
        assert "Traceback" not in told


#: What only shows when a scenario is carried out, what judges it, and the words of its cause.
ODD = {
    "a step of ours that raises": ("GetSite\n", "fault of the suite: KeyError: 'ours'"),
    "a day no calendar has": (
        "LstRecording with\n        | createTimeStart | {now - 999999 days} |\n",
        "- 999999 days: no calendar reaches so far",
    ),
}


@pytest.mark.parametrize("lanes", ["0", "4"])
@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_carried_out_breaks_its_scenario(
    run: Runner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str, lanes: str
) -> None:
    sends, words = ODD[name]
    monkeypatch.setattr(reply_checks, "login_accepted", _raises)
    features(pytester, f"    Scenario: odd\n      When the site admin sends {sends}      Then the caller is signed in\n{SOUND}")
    outcome = run("features", "--lanes", lanes)
    assert outcome.outcomes() == {"odd": "broken", "sound": "passed"}
    assert "Traceback" not in outcome.text
    cause = outcome.summary["scenarios"][0]["cause"]
    assert words in cause
    told = re.findall(r"traceback in (\S+)\)", cause)
    assert len(told) == words.startswith("fault of the suite")
    assert all("Traceback" in (pytester.path / fault).read_text(encoding="utf-8") for fault in told)


def _raises(*_: object) -> NoReturn:
    raise KeyError("ours")


def test_python_may_leave_assertions_out(run: Runner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    features(pytester, SOUND + SOUND.replace("sound", "refused").replace("succeeds", "is refused"))
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    outcome = run("features", subprocess=True)
    assert outcome.outcomes() == {"sound": "passed", "refused": "failed"}
    assert outcome.code == 1


def test_byte_order_marks_are_read_over(run: Runner, pytester: pytest.Pytester) -> None:
    features(pytester, SOUND.replace("\n", "\r\n"), encoding="utf-8-sig")
    (pytester.path / "known_issues.toml").write_text("# none\r\n", encoding="utf-8-sig")
    with mocksite.start(release="41.12.0") as site:
        (pytester.path / "sites.toml").write_text(site.profile("here"), encoding="utf-8-sig")
        outcome = run("features", "--site", "here")
    assert outcome.outcomes() == {"sound": "passed"}


@pytest.mark.parametrize("text", ["\ufeffsecret", "secret\r\n", "\ufeffsecret\n", "secret\n\n"])
def test_marks_and_line_ends_are_no_part_of_a_secret(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").write_bytes(text.encode("utf-8"))
    monkeypatch.setenv("A_SECRET", text)
    assert resolve("file:s", where="here", folder=tmp_path) == "secret"
    assert resolve("${A_SECRET}", where="here", folder=tmp_path) == "secret"


def _every(_: Scenario) -> bool:
    return True


SELECTIONS: dict[str, tuple[list[str], Callable[[Scenario], bool]]] = {
    "dots": (["features/../features/41.7.0"], _every),
    "a link": (["linked/41.7.0"], _every),
    "a line": (["features/41.7.0/recording-changes.feature:10"], lambda one: one.title == "tools holds enableNBRMCModify"),
    "a node id": (
        ["features/41.7.0/recording-changes.feature::tools-holds-enableNBRMCModify"],
        lambda one: one.title == "tools holds enableNBRMCModify",
    ),
    "a title": (
        ["features/41.7.0/recording-changes.feature::tools holds enableNBRMCModify"],
        lambda one: one.title == "tools holds enableNBRMCModify",
    ),
    "a word": (["features/41.7.0", "-k", "directly"], lambda one: "directly" in one.title),
    "a marker": (["features/41.7.0", "-m", "clause.R41.7.0-02"], lambda one: one.clause.id == "R41.7.0-02"),
    "deselected": (["features/41.7.0", "--deselect", "features/41.7.0/recording-changes.feature"], lambda _: False),
    "stepwise": (["features/41.7.0", "--sw"], _every),
    "failed first": (["features/41.7.0", "--ff"], _every),
    "until one fails": (["features/41.7.0", "-x"], _every),
}


@pytest.mark.rotating(3)
@pytest.mark.parametrize("name", SELECTIONS)
def test_whatever_selects_makes_a_smaller_run(
    run: Runner, pytester: pytest.Pytester, catalogue: Catalogue, name: str
) -> None:
    arguments, wanted = SELECTIONS[name]
    there = [one for file in catalogue.known_files() for one in file.scenarios.values() if "/41.7.0/" in one.path]
    number = sum(map(wanted, there))
    (pytester.path / "linked").symlink_to(pytester.path / "features")
    outcome = run(*arguments, every_row=True)
    assert outcome.code == (0 if number else 5), outcome.text
    if number:
        assert len(outcome.outcomes()) == number
        assert outcome.summary["selected"]["scenarios"] == number


@pytest.mark.rotating(5)
@pytest.mark.parametrize("name", ["a line", "a node id", "a word", "a marker", "failed first"])
def test_whatever_selects_does_so_over_processes_too(run: Runner, catalogue: Catalogue, name: str) -> None:
    arguments, wanted = SELECTIONS[name]
    there = [one for file in catalogue.known_files() for one in file.scenarios.values() if "/41.7.0/" in one.path]
    outcome = run(*arguments, "-n", "2", every_row=True, subprocess=True)
    assert (outcome.code, set(outcome.outcomes())) == (0, {one.title for one in there if wanted(one)}), outcome.text


def test_a_node_id_is_one_word_of_a_shell(catalogue: Catalogue) -> None:
    names = [one.nodeid for file in catalogue.known_files() for one in file.scenarios.values()]
    printed = subprocess.run(["sh", "-c", f"printf '%s\\n' {' '.join(names)}"], capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == names
    assert len(set(names)) == len(names)


def test_titles_that_make_one_node_id_are_refused(run: Runner, pytester: pytest.Pytester) -> None:
    features(pytester, SOUND + SOUND.replace("sound", "sound?"))
    outcome = run("features")
    assert (outcome.code, "error[title-twice]" in outcome.text) == (4, True)


@pytest.mark.rotating(2)
@pytest.mark.parametrize("way", [(), ("-n", "2")], ids=" ".join)
def test_last_failed_is_a_smaller_run(run: Runner, pytester: pytest.Pytester, tmp_path: Path, way: tuple[str, ...]) -> None:
    with mocksite.start(release="41.6.3") as site:
        text = "\n".join(line for line in site.profile("old").splitlines() if not line.startswith("release"))
        (tmp_path / "old.toml").write_text(text, encoding="utf-8")
        aim = ("features/41.7.0", "--site", "old", "--sites", str(tmp_path / "old.toml"), "--release", "41.7.0")
        first = run(*aim)
        again = run(*aim, "--lf", *way, subprocess=bool(way))
    failed = {title for title, outcome in first.outcomes().items() if outcome == "failed"}
    assert failed
    assert set(again.outcomes()) == failed
    assert "INTERNALERROR" not in again.text


PLACES = {"below a file": "file/reports", "a file": "file", "not writable": "/proc/reports", "a device": "/dev/full", "nul": "a\0b"}


@pytest.mark.parametrize("name", PLACES)
def test_reports_that_cannot_be_written_are_told_before_anything_is_sent(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, name: str
) -> None:
    (pytester.path / "file").write_text("", encoding="utf-8")
    with twisted(tmp_path) as site:
        outcome = run("features/41.7.0", "--reports", PLACES[name], *site.arguments())
        assert not site.asked
    assert outcome.code == 4
    assert "error[reports]" in outcome.text
    assert "Traceback" not in outcome.text


@pytest.mark.parametrize("command", ["plan", "check", "sweep", "index", "docs"])
def test_a_folder_without_features(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command, "--root", str(tmp_path)]) == 4
    assert "error[features-missing]" in capsys.readouterr().err


@pytest.mark.parametrize("age", ["²", "1" * 400, "-1", "", "ten"])
def test_ages_that_are_none(capsys: pytest.CaptureFixture[str], age: str) -> None:
    assert main(["sweep", f"--older-than={age}"]) == 4
    assert "error[age]" in capsys.readouterr().err


SITE = "https://site.webex.com/WBXService/XMLService"
#: The environment, and the proxy that follows.
PROXIES = {
    "none": ({}, None),
    "of the scheme": ({"HTTPS_PROXY": "http://p:3128"}, "http://p:3128"),
    "small letters win": ({"HTTPS_PROXY": "http://a", "https_proxy": "http://b"}, "http://b"),
    "for all": ({"ALL_PROXY": "p:8080"}, "http://p:8080"),
    "of another scheme": ({"HTTP_PROXY": "http://p"}, None),
    "excepted": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "localhost,.webex.com"}, None),
    "excepted by port": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "site.webex.com:8443"}, "http://p"),
    "networks": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "10.0.0.0/8,fd00::/8,::1,[fe80::1]:443"}, "http://p"),
    "everything": ({"HTTPS_PROXY": "http://p", "no_proxy": "*"}, None),
    "part of a name": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "ebex.com"}, "http://p"),
}


@pytest.mark.parametrize("name", PROXIES)
def test_proxies_of_the_environment(name: str) -> None:
    environment, proxy = PROXIES[name]
    assert proxy_for(SITE, environment) == proxy


@contextmanager
def proxying(status: str) -> Iterator[str]:
    """A proxy that answers every CONNECT so, or nothing at all; its place."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                if status:
                    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(SAFETY)


#: What a proxy answers, and the trouble that is told.
TOLD = {
    "407 Proxy Authentication Required": "{} wants a name and password, http://USER:PASSWORD@HOST:PORT: 407 ",
    "403 Forbidden by policy": "{} answers: 403 Forbidden by policy",
    "": "the connection broke, by way of {}: ",
}


@pytest.mark.parametrize("status", TOLD)
def test_trouble_of_a_proxy_is_told_as_its_own_without_its_password(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    monkeypatch.setattr("conformance.wire.client._BACK_OFF", ())
    monkeypatch.setenv("P", "secret-of-the-test")
    text = f'[sites.s]\nurl = "{SITE}"\nsite_name = "s"\n[sites.s.accounts.site-admin]\nwebex_id = "a"\npassword = "${{P}}"\n'
    (pytester.path / "sites.toml").write_text(text)
    with proxying(status) as place:
        monkeypatch.setenv("HTTPS_PROXY", f"http://somebody:s3cret-of-proxy@{place}")
        assert main(["check", "--site", "s", "--root", str(ROOT)]) == 4
    told = capsys.readouterr()
    assert TOLD[status].format(f"the proxy {place} (HTTPS_PROXY)") in told.err
    assert "s3cret" not in told.err + told.out


def test_a_network_excepts_its_addresses() -> None:
    environment = {"HTTPS_PROXY": "http://p", "NO_PROXY": "fd00::/8, 10.0.0.0/8"}
    assert proxy_for("https://[fd00::7]/x", environment) is None
    assert proxy_for("https://10.1.2.3/x", environment) is None
    assert proxy_for("https://11.1.2.3/x", environment) == "http://p"


@pytest.mark.parametrize("value", ["ftp://p", "socks5://p", "http:///x", "http://p:port", "http://a b", "http://pé"])
def test_a_variable_that_is_wrong_is_named_and_not_shown(value: str) -> None:
    with pytest.raises(UserError) as caught:
        proxy_for(SITE, {"ALL_PROXY": value})
    assert "ALL_PROXY" in str(caught.value)
    assert value not in str(caught.value)


def test_a_log_of_keys_that_cannot_be_written(run: Runner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(pytester.path / "nowhere" / "log"))
    (pytester.path / "sites.toml").write_text(
        f'[sites.s]\nurl = "{SITE}"\nsite_name = "s"\n[sites.s.accounts.site-admin]\nwebex_id = "a"\npassword = "${{P}}"\n'
    )
    monkeypatch.setenv("P", "secret-of-the-test")
    outcome = run("features/41.7.0", "--site", "s")
    assert outcome.code == 4
    assert "SSLKEYLOGFILE" in outcome.text
    assert "Traceback" not in outcome.text


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("", 0.0), ("7", 7.0), (" 7 ", 7.0), ("²", 0.0), ("soon", 0.0), ("-5", 0.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("Thu, 99 Jan 1970", 0.0),
    ],
)  # fmt: skip
def test_retry_after(told: str, seconds: float) -> None:
    assert seconds_to_wait(told, 0.0) == seconds


def test_a_cookie_that_is_not_ascii_is_forgotten(run: Runner, tmp_path: Path) -> None:
    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.path.startswith("/_control"):
            return response
        return mocksite.HttpResponse(response.status, (*response.headers, ("Set-Cookie", "a=\xe9; Path=/")), response.body)

    with twisted(tmp_path, twist) as site:
        outcome = run("features/41.7.0", *site.arguments())
    assert set(outcome.outcomes().values()) == {"passed"}


PAGES = {
    "maintenance": (b"<!DOCTYPE html><html><head><title>Down for\nmaintenance</title></head></html>", "a web page called 'Down for maintenance'"),
    "capitals": (b"  <HTML><body>x</body></HTML>", "is a web page and no message"),
    "blanks": (b'\n <?xml version="1.0"?><m/>', "blanks stand before its XML declaration"),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_is_no_message_is_told_as_what_it_is(name: str) -> None:
    body, words = PAGES[name]
    with pytest.raises(CannotJudge, match=words.replace("(", r"\(")):
        parse(body)


def test_a_long_reason_is_shortened_for_people(run: Runner, tmp_path: Path) -> None:
    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) != "LstMeetingType":
            return response
        long = b"<serv:result>FAILURE</serv:result><serv:reason>" + b"long " * 40_000 + b"</serv:reason>"
        return mocksite.HttpResponse(
            response.status, response.headers, response.body.replace(b"<serv:result>SUCCESS</serv:result>", long)
        )

    with twisted(tmp_path, twist) as site:
        outcome = run("features/41.12.0", "-m", "operation.LstMeetingType", *site.arguments())
    assert max(map(len, outcome.lines)) < 3000
    for name in ("junit.xml", "summary.json"):
        assert (outcome.reports / name).stat().st_size < 200_000
    assert any(file.stat().st_size > 200_000 for file in (outcome.reports / "exchanges").iterdir())


def test_a_disk_that_fills_up_costs_files_and_no_verdict(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    for name in ("write_exchange", "write_junit", "write_summary", "write_whole"):
        monkeypatch.setattr(f"conformance.run.session.{name}", full)
    monkeypatch.setattr("conformance.history.resume_file.ResumeFile.add", full)
    with mocksite.start(release="41.6.3") as site:
        text = "\n".join(line for line in site.profile("old").splitlines() if not line.startswith("release"))
        (tmp_path / "old.toml").write_text(text, encoding="utf-8")
        outcome = run("features/41.7.0", "--site", "old", "--sites", str(tmp_path / "old.toml"), "--release", "41.7.0")
    assert outcome.code == 1
    assert re.search(r"^FAILED  \d+ scenarios, one cause", outcome.text, re.MULTILINE)
    assert "summary.json could not be written: OSError: [Errno 28]" in outcome.text
    assert "Traceback" not in outcome.text


@pytest.mark.parametrize("named", ["on the command line", "in the profile"])
def test_a_history_that_cannot_be_written_is_told_before_anything_runs(run: Runner, tmp_path: Path, named: str) -> None:
    history = tmp_path / "history"
    history.write_text("a file", encoding="utf-8")
    option = ("--history", str(history)) if named == "on the command line" else ()
    with mocksite.start(release="41.12.0") as site:
        text = site.profile("own") if option else site.profile("own").replace("[sites.own]\n", f'[sites.own]\nhistory = "{history}"\n')
        (tmp_path / "own.toml").write_text(text, encoding="utf-8")
        outcome = run("features/41.7.0", "--site", "own", "--sites", str(tmp_path / "own.toml"), *option)
    assert outcome.code == 4
    assert f"error[history]: history cannot be written: File exists\n  where  {history}" in outcome.text
    assert "passed" not in outcome.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--alluredir", "{file}"), "error[alluredir]: alluredir cannot be written: File exists\n  where  {file}"),
        (("--notify", "true"), "error[usage]: --notify needs --history"),
        (("{file}/nothing",), "ERROR: file or directory not found: {file}/nothing"),
    ],
    ids=["Allure results", "notices of no history", "a folder that is not there"],
)
def test_what_cannot_come_of_an_option_is_told_before_anything_runs(
    run: Runner, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "a-file"
    file.write_text("", encoding="utf-8")
    outcome = run("features/41.7.0", *(one.format(file=file) for one in arguments))
    assert outcome.code == 4
    assert words.format(file=file) in outcome.text
    assert "passed" not in outcome.text
    assert "Traceback" not in outcome.text
