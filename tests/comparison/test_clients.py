"""What a client uses, from a list and from its traffic; and which differences of two runs break it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import mocksite
import pytest

from conformance.cli import main
from conformance.reporting.comparison.clients import UseProfile, broken_by, read_use
from conformance.reporting.shapes import APPEARED, KIND, MOVED, VANISHED, Drift
from conformance.sites.errors import UserError
from tests.comparison.test_upgrade import folders, without_the_element
from tests.reporting.test_schemas import problems
from tests.run.conftest import run

__all__ = ["folders", "run"]
TOOLS = "siteInstance/tools"
GONE = f"{TOOLS}/enableNBRMCModify"


def written(folder: Path, text: str, name: str = "billing.txt") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def request(operation: str) -> str:
    return (
        '<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><header><securityContext><siteName>s</siteName>'
        "<webExID>canary-user</webExID><password>canary-password</password></securityContext></header>"
        f'<body><bodyContent xsi:type="java:com.webex.service.binding.site.{operation}"/></body></serv:message>'
    )


def reply(body: str = "", exception: str = "") -> str:
    told = f"<serv:result>{'FAILURE' if exception else 'SUCCESS'}</serv:result><serv:exceptionID>{exception}</serv:exceptionID>"
    return (
        '<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>'
        f"{told}</serv:response></serv:header><serv:body><serv:bodyContent>{body}</serv:bodyContent></serv:body></serv:message>"
    )


def har(*exchanges: tuple[str, str], encoded: bool = False) -> str:
    def content(text: str) -> dict[str, str]:
        return {"text": base64.b64encode(text.encode()).decode(), "encoding": "base64"} if encoded else {"text": text}

    rows = [{"request": {"postData": {"text": asked}}, "response": {"content": content(told)}} for asked, told in exchanges]
    page = {"request": {"method": "GET"}, "response": {"content": {"text": "<html></html>"}}}
    return json.dumps({"log": {"entries": [page, *rows]}})


READ = reply("<s:siteInstance xmlns:s='urn:s'><s:tools><s:enableNBRMCModify>true</s:enableNBRMCModify></s:tools></s:siteInstance>")


@pytest.fixture(params=["har", "encoded har", "lines", "forms"])
def traffic(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What a client exchanged: GetSite once, and GetUser refused."""
    exchanges = ((asked("GetSite"), READ), (asked("GetUser"), reply(exception="000015")))
    if request.param == "forms":
        forms = ((urlencode({"UID": "a", "PWD": "canary-form", "XML": one}), told) for one, told in exchanges)
        text = "\n".join(json.dumps({"request": one, "reply": told}) for one, told in forms)
    elif request.param == "lines":
        text = "\n".join(json.dumps({"request": one, "reply": told}) for one, told in exchanges)
    else:
        text = har(*exchanges, encoded=request.param == "encoded har")
    return written(tmp_path, text, "portal.har")


asked = request


def test_traffic_says_what_was_read_of_what_kind_and_which_exceptions_are_known(traffic: Path) -> None:
    use = read_use(traffic)
    assert use.client == "portal"
    assert set(use.operations) == {"GetSite", "GetUser"}
    assert use.operations["GetSite"].reads[GONE] == {"boolean"}
    assert use.operations["GetUser"].exceptions == {"000015"}
    assert "canary" not in repr(use)


def test_a_list_says_it_in_lines(tmp_path: Path) -> None:
    use = read_use(written(tmp_path, f"# what billing reads\nGetUser\nGetSite {GONE}\nGetSite ! 000015\n\n"))
    assert use.client == "billing"
    assert use.operations["GetUser"].reads_at("anything/at/all")
    site = use.operations["GetSite"]
    assert site.reads_at(GONE)
    assert site.reads_at(TOOLS)
    assert not site.reads_at(f"{TOOLS}/other")
    assert site.exceptions == {"000015"}


@pytest.mark.parametrize(
    ("operation", "path", "what", "after", "breaks"),
    [
        ("GetSite", GONE, VANISHED, "absent", True),
        ("GetSite", TOOLS, VANISHED, "absent", True),
        ("GetSite", f"{TOOLS}/other", VANISHED, "absent", False),
        ("DelUser", GONE, VANISHED, "absent", False),
        ("GetSite", GONE, KIND, "text", True),
        ("GetSite", GONE, KIND, "boolean", False),
        ("GetSite", GONE, MOVED, "after x", False),
        ("GetSite", GONE, APPEARED, "boolean", False),
    ],
)
def test_a_difference_breaks_who_reads_it(traffic: Path, operation: str, path: str, what: str, after: str, breaks: bool) -> None:
    drift = Drift(operation, path, what, "boolean", after)
    assert broken_by(drift, [read_use(traffic), UseProfile("idle", {})]) == (("portal",) if breaks else ())


def test_compare_says_whom_it_breaks_in_every_form(
    folders: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (before,), (after,) = folders("before", 1), folders("after", 1, without_the_element)
    clients = ("--client", str(written(tmp_path, f"GetSite {GONE}\n")), "--client", str(written(tmp_path, "DelUser\n", "hr.txt")))
    sides = ["compare", before, after, *clients]
    assert main([*sides, "--html", str(tmp_path / "page.html")]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert "clients  billing broken" in lines
    assert f"    breaks  GetSite  {GONE}: it reads an element that went" in lines
    assert any(line.startswith("  hr  0 differences break it, 0 may, ") for line in lines)
    assert "it reads an element that went" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert main([*sides, "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert problems("compare", told) == []
    assert [(one["client"], len(one["breaks"])) for one in told["clients"]] == [("billing", 1), ("hr", 0)]
    assert main([*sides, "--markdown"]) == 3
    assert "## What our clients use" in capsys.readouterr().out


def test_upgrade_names_them_with_the_reason(
    folders: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = ["--before", *folders("before", 2), "--after", *folders("after", 2, without_the_element)]
    assert main(["upgrade", *sides, "--client", str(written(tmp_path, f"GetSite {GONE}\n"))]) == 3
    assert "then absent (breaks billing)" in capsys.readouterr().out
    assert main(["upgrade", *sides, "--client", str(written(tmp_path, "DelUser\n", "hr.txt"))]) == 3
    assert "then absent (breaks none of the clients named)" in capsys.readouterr().out


def test_an_exception_a_client_does_not_know_breaks_it(
    folders: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"clause": "R41.7.0-02", "check": "element-present", "operation": "GetSite", "path": TOOLS, "expected": "SUCCESS",
             "actual": "FAILURE 030001 Sorry", "exchange": 1, "line": 1}  # fmt: skip

    def refused(document: dict[str, list[dict[str, object]]]) -> None:
        document["scenarios"][0].update(outcome="failed", violations=[found])

    (before,), (after,) = folders("before", 1), folders("after", 1, refused)
    for text, words in (
        ("GetSite ! 000015\n", "    breaks  GetSite: it meets an exception it does not know: 030001"),
        ("GetSite ! 030001\n", "    may break  GetSite: it meets an exception it knows: 030001"),
    ):
        main(["compare", before, after, "--client", str(written(tmp_path, text))])
        assert words in capsys.readouterr().out.splitlines()


def test_the_traffic_of_a_mock_is_read(tmp_path: Path) -> None:
    core = mocksite.Core()
    asked_for = asked("GetAPIVersion").replace("site.GetAPIVersion", "ep.GetAPIVersion")
    answer = core.handle(mocksite.HttpRequest(body=asked_for.encode())).body.decode()
    assert set(read_use(written(tmp_path, har((asked_for, answer)))).operations) == {"GetAPIVersion"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "client-empty"),
        ("GetSite a b c\n", "client-line"),
        ("GetSite !\n", "client-line"),
        ('{"log": {}}', "client-form"),
        ('{"log": {"entries": [{"request": 1}]}}', "client-form"),
        ('{"request": "x"}', "client-form"),
        ('{"request": "x"}\n{', "client-form"),
        ('{"log": {"entries": []}}', "client-empty"),
        ('{"request": "<no", "reply": "<no"}', "client-empty"),
    ],
)
def test_mistakes_are_one_message(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(UserError) as problem:
        read_use(written(tmp_path, text))
    assert problem.value.code == code


def test_a_file_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read what a client uses"):
        read_use(tmp_path / "nowhere.har")
