"""What a known issue covers, what is refused in one, and what is printed to be pasted."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.judge.findings import Violation
from conformance.judge.known_issues import KnownIssue, load_known, stanza
from conformance.sites.errors import UserError

TODAY = dt.date(2026, 11, 28)
CLAUSES = ("R41.7.0-02", "R41.7.0-03")
OPERATIONS = ("GetSite", "GetUser")
VIOLATION = Violation("R41.7.0-02", "element-present", "GetSite", "siteInstance/tools", "tools", "FAILURE 000017 No right")
ISSUE = KnownIssue("element-present, element-order", "staging", "asked", "us", "l", TODAY, "known.toml:1")


@pytest.mark.parametrize(
    ("told", "covered"),
    [
        ({}, True), ({"clause": "R41.7.0-02"}, True), ({"clause": "R41.7.0-03"}, False), ({"operation": "GetSite"}, True), ({"operation": "GetUser"}, False),
        ({"path": "siteInstance/tools"}, True), ({"path": "siteInstance"}, False), ({"refusal": "000017"}, True), ({"refusal": "000018"}, False),
        ({"clause": "R41.7.0-02", "operation": "GetSite", "path": "siteInstance/tools", "refusal": "000017"}, True),
        ({"clause": "R41.7.0-02", "operation": "GetSite", "path": "siteInstance/tools", "refusal": "000018"}, False),
        ({"check": "element-present"}, True), ({"check": "element-order"}, False), ({"check": "element"}, False),
        ({"check": "element-order,element-present"}, True), ({"check": "element-present , element-order"}, True), ({"check": "a,b"}, False),
    ],
)  # fmt: skip
def test_what_an_issue_covers(told: dict[str, str], covered: bool) -> None:
    assert replace(ISSUE, **told).covers(VIOLATION) is covered


@pytest.mark.parametrize(
    ("told", "concerned"),
    [
        ({"clause": "R41.7.0-02"}, True), ({"clause": "R41.7.0-09"}, False), ({"operation": "GetSite"}, True), ({"operation": "GetUser"}, False),
        ({"clause": "R41.7.0-02", "operation": "GetUser"}, False), ({"clause": "R41.7.0-09", "operation": "GetSite"}, False), ({}, True),
    ],
)  # fmt: skip
def test_which_scenarios_could_fail_as_listed(told: dict[str, str], concerned: bool) -> None:
    assert replace(ISSUE, **told).concerns(["R41.7.0-02"], ["GetSite"]) is concerned


def test_an_issue_is_named_by_what_it_says() -> None:
    named = replace(ISSUE, clause="R41.7.0-02", operation="GetSite", path="a/b", refusal="000017", check="login")
    assert str(named) == "the known issue of R41.7.0-02 GetSite a/b 000017 (check login)"
    assert str(replace(named, operation="", path="")) == "the known issue of R41.7.0-02 000017 (check login)"


def written(folder: Path, *entries: str, head: str = "") -> Path:
    file = folder / "known.toml"
    file.write_text(head + "".join(f"[[known]]\n{entry}\n" for entry in entries), encoding="utf-8")
    return file


WHOLE = {
    "clause": '"R41.7.0-02"', "check": '"element-present"', "site": '"staging"', "reason": '"asked"', "owner": '"us"', "link": '"l"', "expires": "2027-01-31",
}  # fmt: skip


def entry(**changes: str | None) -> str:
    return "\n".join(f"{key} = {value}" for key, value in {**WHOLE, **changes}.items() if value is not None)


def test_no_file_knows_no_issue() -> None:
    assert load_known(None, "staging", CLAUSES, OPERATIONS, TODAY) == ()


def test_issues_are_read_with_their_line_and_those_of_other_sites_left(tmp_path: Path) -> None:
    file = written(tmp_path, entry(site='"other"'), entry(clause=None, operation='"GetSite"', path='"a"', refusal='"1"', reason='"""asked\n  twice"""'), head="# ours\n")
    (issue,) = load_known(file, "staging", CLAUSES, OPERATIONS, TODAY)
    assert issue == KnownIssue("element-present", "staging", "asked twice", "us", "l", dt.date(2027, 1, 31), f"{file}:10", "", "GetSite", "a", "1")


def test_checks_are_divided_by_commas_with_or_without_blanks(tmp_path: Path) -> None:
    (issue,) = load_known(written(tmp_path, entry(check='"element-order,element-present"')), "staging", CLAUSES, OPERATIONS, TODAY)
    assert issue.covers(VIOLATION)
    assert not issue.covers(replace(VIOLATION, check="login"))


def test_a_table_written_inline_has_the_first_line(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(f"\nknown = [{{{', '.join(f'{key} = {value}' for key, value in WHOLE.items())}}}]\n", encoding="utf-8")
    (issue,) = load_known(file, "staging", CLAUSES, OPERATIONS, TODAY)
    assert issue.where == f"{file}:1"
    file.write_text("", encoding="utf-8")
    assert load_known(file, "staging", CLAUSES, OPERATIONS, TODAY) == ()


@pytest.mark.parametrize(
    ("changes", "code", "what", "hint"),
    [
        ({"clauses": '"x"'}, "known-issue-key", "unknown key 'clauses'", "did you mean 'clause'?"),
        ({"clause": None}, "known-issue-missing", "the known issue lacks clause (or operation)", ""),
        *(({key: None}, "known-issue-missing", f"the known issue lacks {key}", f"add {key} = ...") for key in ("check", "site", "reason", "owner", "link", "expires")),
        ({"reason": '"""\n\n"""'}, "known-issue-missing", "the known issue lacks reason", "add reason = ..."),
        ({"expires": "2027-01-31T00:00:00"}, "known-issue-date", "expires must be a date without a time", "write expires = 2027-01-31"),
        ({"expires": '"soon"'}, "known-issue-date", "expires must be a date without a time", "write expires = 2027-01-31"),
        ({"clause": '"R41.7.0-04"'}, "known-issue-clause", "there is no clause 'R41.7.0-04'", "did you mean 'R41.7.0-03'?"),
        ({"clause": None, "operation": '"GetSiet"'}, "known-issue-operation", "there is no operation 'GetSiet'", "did you mean 'GetSite'?"),
        ({"operation": '"getSite"'}, "known-issue-operation", "there is no operation 'getSite'", "did you mean 'GetSite'?"),
        *(
            ({"check": f'"{text}"'}, "known-issue-check", f"there is no check {text!r}",
             'as reports spell it, several by commas: check = "element-present, element-order"')
            for text in ("a,", ",a", "a,,b", "a b")
        ),
        ({"expires": "2026-11-27"}, "known-issue-expired", "the known issue of R41.7.0-02 (check element-present) expired on 2026-11-27",
         "us knows: look whether the site still fails, then remove the entry or give it a new date"),
        ({"path": "1"}, "known-issue-type", "path must be text", 'write path = "..."'),
        ({"owner": '"  "'}, "known-issue-text", "owner holds what nobody can read, or nothing", 'write owner = "..." in one line'),
        ({"owner": r'"a\u0007"'}, "known-issue-text", "owner holds what nobody can read, or nothing", 'write owner = "..." in one line'),
        ({"check": '"Element present"'}, "known-issue-check", "there is no check 'Element present'",
         'as reports spell it, several by commas: check = "element-present, element-order"'),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused_is_told_with_its_line_and_a_hint(tmp_path: Path, changes: dict[str, str | None], code: str, what: str, hint: str) -> None:
    file = written(tmp_path, entry(), entry(**changes))
    with pytest.raises(UserError) as refused:
        load_known(file, "staging", CLAUSES, OPERATIONS, TODAY)
    assert (refused.value.code, refused.value.what, refused.value.where, refused.value.hint) == (code, what, f"{file}:9", hint)


@pytest.mark.parametrize("text", ["known = 1", "known = [1]", "other = 1\n[[known]]", "[known]"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        load_known(file, "staging", CLAUSES, OPERATIONS, TODAY)
    assert (refused.value.code, refused.value.what, refused.value.where) == ("known-issues", "known issues stand as [[known]]", str(file))


def test_a_file_that_cannot_be_read_is_told_with_how_one_is_written(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text("known = [", encoding="utf-8")
    for at in (file, tmp_path, tmp_path / "none.toml"):
        with pytest.raises(UserError) as refused:
            load_known(at, "staging", CLAUSES, OPERATIONS, TODAY)
        assert (refused.value.code, refused.value.where) == ("known-issues", str(at))
        assert refused.value.what.startswith("cannot read the known issues: ")
        assert len(refused.value.what) > len("cannot read the known issues: None")
        assert refused.value.hint == "name the file with --known-issues; reports/new_known_issues.toml shows how one is written"


def test_a_stanza_names_the_clause_or_what_several_have_in_common() -> None:
    assert 'clause = "R41.7.0-02"\ncheck = "element-present"\nsite' in stanza([VIOLATION], "staging", TODAY)
    one = stanza([VIOLATION, replace(VIOLATION, check="element-order"), VIOLATION], "staging", TODAY)
    assert one == (
        '[[known]]\nclause = "R41.7.0-02"\ncheck = "element-present, element-order"\nsite = "staging"\nreason = ""\nowner = ""\nlink = ""\nexpires = 2026-12-28\n'
    )
    several = stanza([VIOLATION, replace(VIOLATION, clause="R41.7.0-03")], "östlich", TODAY)
    assert 'site = "östlich"' in several
    told = tomllib.loads(several)["known"][0]
    assert {key: told[key] for key in ("operation", "path", "refusal")} == {"operation": "GetSite", "path": "siteInstance/tools", "refusal": "000017"}
    assert "clause" not in told
