"""``webex-conformance compare`` over real runs: what an upgrade brings, who announced it, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conformance import __version__
from conformance.cli import main
from conformance.judge.clauses import Clause
from conformance.judge.contract import ComplexType, Contract
from conformance.reporting.comparison.compare_output import markdown_of
from conformance.reporting.comparison.compare_output import comparison_as_json, lines_of
from conformance.reporting.comparison.compare import compare_runs
from conformance.reporting.summary import read_run
from conformance.sites.release import Release
from conformance.sites.errors import UserError
from tests.conftest import ROOT
from tests.reporting.conftest import Edited, Runs

Compare = Callable[..., tuple[int, str, str]]
BROUGHT = ("41.10.0", "41.11.0", "41.12.0")


@pytest.fixture
def compare(capsys: pytest.CaptureFixture[str]) -> Compare:
    """``compare(before, after, *options)``: exit code, output, errors."""

    def run(before: Path, after: Path, *options: str) -> tuple[int, str, str]:
        code = main(["compare", str(before), str(after), *options, "--root", str(ROOT)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def drift(document: dict[str, Any]) -> set[tuple[str, str, str, str | None]]:
    return {(row["operation"], row["change"], row["path"], row["announced"]) for row in document["drift"]}


def promised(contract: Contract, after: Release, to: Release) -> Iterator[tuple[str, str]]:
    """Operation and path of each element of a reply that came with the releases in between, found by the schemas alone."""
    view = contract.view(to)

    def below(holder: ComplexType | None, path: str, above: tuple[object, ...]) -> Iterator[str]:
        for particle in holder.children if holder else ():
            inside = view.types.get(particle.type)
            here = f"{path}/{particle.name[1]}" if path else particle.name[1]
            if particle.since and after < Release.parse(particle.since) <= to:
                yield here
            if inside is not None and inside not in above:
                yield from below(inside, here, (*above, inside))

    for holder in (one for (_, name), one in view.types.items() if name.endswith("Response")):
        name = holder.name[1].removesuffix("Response")
        operation = name[0].upper() + name[1:]
        yield from ((operation, path) for path in below(holder, "", (holder,)))


def test_every_element_of_the_releases_in_between_is_announced_by_its_clause(
    runs: Runs, compare: Compare, contract: Contract, clauses: dict[str, Clause]
) -> None:
    code, out, _ = compare(runs["old"], runs["new"], "--json")
    document = json.loads(out)
    found = {(row["operation"], row["path"]): row["announced"] for row in document["drift"]}
    assert code == 0
    asked = json.loads((runs["new"] / "summary.json").read_text(encoding="utf-8"))["shapes"]
    brought = set(promised(contract, Release.parse("41.9.0"), Release.parse("41.12.0")))
    # GetMeetingType shares a type with LstMeetingType; no clause is about it, so no scenario asks for it.
    assert {operation for operation, _ in brought} - set(asked) == {"GetMeetingType"}
    assert set(found) == {(operation, path) for operation, path in brought if operation in asked}
    for (operation, path), announced in found.items():
        assert announced, f"{operation} {path} is unannounced"
        assert clauses[announced].speaks_of(operation)
        assert path in clauses[announced].adds
    assert drift(document) == {
        ("GetUser", "appeared", "freeAccount", "R41.11.0-61"),
        ("LstMeetingType", "appeared", "meetingType/subProductCodePrefix", "R41.12.0-13"),
    }


def test_every_clause_of_the_releases_in_between_is_gained(
    runs: Runs, compare: Compare, clauses: dict[str, Clause]
) -> None:
    document = json.loads(compare(runs["old"], runs["new"], "--json")[1])
    assert [row["id"] for row in document["gained"]] == [
        name for name, one in clauses.items() if str(one.release) in BROUGHT
    ]
    assert {row["outcome"] for row in document["gained"]} == {"passed", "observed", "skipped"}
    assert document["changes"] == document["worse"] == []
    # Only scenarios of the newer releases ask for some operations.
    assert all(note.startswith("replies seen in one run only") for note in document["notes"])


def test_a_site_with_one_element_more_and_one_less_has_exactly_those_two_unannounced(
    runs: Runs, compare: Compare
) -> None:
    code, out, _ = compare(runs["old"], runs["changed"], "--json")
    assert code == 3
    assert {row for row in drift(json.loads(out)) if row[3] is None} == {
        ("GetSite", "appeared", "siteInstance/metaData/brandColour", None),
        ("GetSite", "vanished", "siteInstance/metaData/currency", None),
    }
    assert len(drift(json.loads(out))) == 4


def add_element(document: dict[str, Any]) -> None:
    row = {"kinds": ["text"], "words": [], "after": ["timeZoneID"]}
    document["shapes"]["GetUser"]["shoeSize"] = row | {
        key: document["shapes"]["GetUser"]["."]["count"] for key in ("count", "parents")
    }


def take_element(document: dict[str, Any]) -> None:
    del document["shapes"]["LstMeetingType"]["meetingType/productCodePrefix"]


def test_a_summary_with_one_element_more_and_one_less_has_exactly_those_two_unannounced(
    runs: Runs, edited: Edited, compare: Compare
) -> None:
    after = edited("new", lambda document: (add_element(document), take_element(document)))
    code, out, _ = compare(runs["old"], after, "--json")
    assert code == 3
    assert {row for row in drift(json.loads(out)) if row[3] is None} == {
        ("GetUser", "appeared", "shoeSize", None),
        ("LstMeetingType", "vanished", "meetingType/productCodePrefix", None),
    }


def test_an_element_nobody_announced_is_worse_in_strict_comparisons_only(
    runs: Runs, edited: Edited, compare: Compare
) -> None:
    after = edited("new", add_element)
    assert compare(runs["old"], after)[0] == 0
    assert compare(runs["old"], after, "--strict")[0] == 3
    assert compare(runs["old"], runs["new"], "--strict")[0] == 0


def move(document: dict[str, Any]) -> None:
    """``active`` directly behind ``productCodePrefix``, where it stood elsewhere."""
    shape = document["shapes"]["LstMeetingType"]
    first, last = "meetingType/productCodePrefix", "meetingType/active"
    shape[first]["after"], shape[last]["after"] = ["active"], shape[first]["after"]
    shape["meetingType/subProductCodePrefix"]["after"] = ["productCodePrefix"]
    for path, row in shape.items():
        if path not in (first, last) and "active" in row["after"] and path.startswith("meetingType/"):
            row["after"] = [name for name in row["after"] if name != "active"] or ["productCodePrefix"]


def retype(document: dict[str, Any]) -> None:
    document["shapes"]["GetUser"]["userId"]["kinds"] = ["text"]


def emptied(kind: str) -> Callable[[dict[str, Any]], None]:
    """An element that held a ``kind`` in every reply, and holds nothing now."""

    def edit(document: dict[str, Any]) -> None:
        shape = document["shapes"]["GetUser"]
        path = next(path for path, row in shape.items() if row["kinds"] == [kind] and path.startswith("phones/"))
        shape[path]["kinds"] = ["empty"]

    return edit


@pytest.mark.parametrize(("kind", "code"), [("integer", 3), ("text", 0)])
def test_a_value_that_is_empty_now_is_told_as_it_is(
    runs: Runs, edited: Edited, compare: Compare, kind: str, code: int
) -> None:
    after = edited("new", emptied(kind))
    ended, out, _ = compare(runs["new"], after, "--json")
    told = [(row["change"], row["before"], row["after"]) for row in json.loads(out)["drift"]]
    assert (told, ended) == ([("kind", kind, "empty")], code)


def new_word(document: dict[str, Any]) -> None:
    document["shapes"]["GetUser"]["active"]["words"].append("HIBERNATED")


@pytest.mark.parametrize(
    ("edit", "operation", "change", "path"),
    [
        (move, "LstMeetingType", "moved", "meetingType/active"),
        (retype, "GetUser", "kind", "userId"),
        (new_word, "GetUser", "words", "active"),
    ],
)
def test_what_moved_or_changed_kind_or_values_is_unannounced(
    runs: Runs,
    edited: Edited,
    compare: Compare,
    edit: Callable[[dict[str, Any]], None],
    operation: str,
    change: str,
    path: str,
) -> None:
    code, out, _ = compare(runs["new"], edited("new", edit), "--json")
    assert drift(json.loads(out)) == {(operation, change, path, None)}
    assert code == 3


@pytest.mark.parametrize("name", ["old", "new", "changed", "bad"])
def test_a_run_does_not_differ_from_itself(runs: Runs, compare: Compare, name: str) -> None:
    code, out, _ = compare(runs[name], runs[name], "--json")
    document = json.loads(out)
    assert code == 0
    assert document["drift"] == document["gained"] == document["worse"] == []
    assert {row["change"] for row in document["changes"]} <= {"still failing", "still broken"}


def test_the_way_back_is_announced_too(runs: Runs, compare: Compare) -> None:
    code, out, _ = compare(runs["new"], runs["old"], "--json")
    document = json.loads(out)
    assert {row[1:] for row in drift(document)} == {
        ("vanished", "freeAccount", "R41.11.0-61"),
        ("vanished", "meetingType/subProductCodePrefix", "R41.12.0-13"),
    }
    assert document["gained"] == []
    assert code == 0


def test_an_older_release_is_told_in_a_line_and_lacks_what_is_not_yet_there(runs: Runs, compare: Compare) -> None:
    skipped = [row for row in json.loads(compare(runs["new"], runs["old"], "--json")[1])["changes"] if row["skip"]]
    assert len(skipped) > 100
    for form in ((), ("--markdown",)):
        out = compare(runs["new"], runs["old"], *form)[1]
        assert f"{len(skipped)} scenarios newly skipped: release {len(skipped)}" in out
        assert (out.count("not yet there"), out.count("vanished")) == (2, 0)
        assert len(out.splitlines()) < 30



def test_a_worse_run_says_what_is_worse(runs: Runs, compare: Compare) -> None:
    code, out, err = compare(runs["new"], runs["bad"])
    document = json.loads(compare(runs["new"], runs["bad"], "--json")[1])
    kinds = {row["change"]: row for row in document["changes"]}
    assert code == 3
    assert err == ""
    failing = [row for row in document["changes"] if row["change"] == "newly failing"]
    assert out.splitlines()[-1].startswith(f"verdict  worse: {len(failing)} scenarios newly failing, ")
    assert {"R41.11.0-62", "R41.11.0-63"} <= {clause for row in failing for clause in row["clauses"]}
    assert re.search(r"^  \d+ scenarios, one cause: GetUser  freeAccount  absent$", out, re.MULTILINE)
    assert kinds["newly known"]["clauses"] == ["R41.11.0-61"]
    assert "the reply is not XML" in kinds["newly broken"]["why"]
    back = json.loads(compare(runs["bad"], runs["new"], "--json")[1])
    # What broke and is whole again is recorded, where there is nothing to judge it by; that is no loss.
    told = {row["change"] for row in back["changes"]}
    assert {"newly passing"} <= told <= {"newly passing", "newly skipped"}
    assert {row["skip"] for row in back["changes"]} <= {None, "baseline", "observe-only"}
    assert back["worse"] == []


def test_a_scenario_that_no_longer_runs_is_worse_unless_the_contract_says_so(
    runs: Runs, edited: Edited, compare: Compare
) -> None:
    def skip(kind: str) -> Callable[[dict[str, Any]], None]:
        def change(document: dict[str, Any]) -> None:
            passed = next(one for one in document["scenarios"] if one["outcome"] == "passed")
            passed.update(outcome="skipped", skip={"kind": kind, "why": "because"})

        return change

    assert compare(runs["new"], edited("new", skip("setting")))[0] == 3
    assert compare(runs["new"], edited("new", skip("release")))[0] == 0


def test_the_table_for_the_terminal_puts_the_unannounced_first(runs: Runs, compare: Compare) -> None:
    code, out, _ = compare(runs["old"], runs["changed"])
    lines = out.splitlines()
    rows = [
        line.split() for line in lines if "GetSite" in line or "freeAccount" in line or "subProductCodePrefix" in line
    ]
    assert code == 3
    assert "replies  2 differences announced, 2 unannounced" in lines
    assert [row[0] for row in rows] == ["UNANNOUNCED", "UNANNOUNCED", "R41.11.0-61", "R41.12.0-13"]
    assert lines[-1] == "verdict  worse: 1 unannounced change of replies that can break a client"


def test_markdown_is_tables_that_nothing_in_a_run_can_break(runs: Runs, edited: Edited, compare: Compare) -> None:
    hostile = "<script>|[x](http://evil)\n\x1b[31m"
    after = edited("changed", lambda document: document.update(site=hostile))
    _, out, _ = compare(runs["old"], after, "--markdown")
    lines = out.splitlines()
    heads = [line for line in lines if line.startswith("#")]
    assert heads[-2:] == ["## Unannounced differences of replies (2)", "## Announced differences of replies (2)"]
    assert "## What 41.12.0 brings" in heads
    assert "\x1b" not in out
    assert "<script" not in out.replace("\\<script", "")
    bars = [line.replace("\\|", "").count("|") for line in lines]
    for above, below in zip(bars, bars[1:], strict=False):
        assert not above or not below or above == below, "a row has not the columns of its table"


class Page(HTMLParser):
    """Tags, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attributes if name in ("href", "src", "action", "srcset")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_complete_in_itself_and_escapes_what_a_run_says(
    runs: Runs, edited: Edited, compare: Compare, tmp_path: Path
) -> None:
    after = edited("changed", lambda document: document.update(site="<script>alert(1)</script>\x1b[31m"))
    file = tmp_path / "new folder" / "compare.html"
    assert compare(runs["old"], after, "--html", str(file))[0] == 3
    page = Page(file.read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in page.text
    assert page.links == []
    for word in ("brandColour", "currency", "freeAccount", "R41.11.0-61", "R41.12.0-13", "Unannounced", "nobody"):
        assert word in page.text
    assert file.read_text(encoding="utf-8").count("http") == 0


def unselected(document: dict[str, Any]) -> None:
    del document["scenarios"][0]
    document["selected"]["scenarios"] -= 1


REFUSED: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "incomplete": ("run-incomplete", lambda document: document["scenarios"].pop()),
    "a scenario twice": (
        "run-incomplete",
        lambda document: document["scenarios"].__setitem__(0, document["scenarios"][1]),
    ),
    "another format": ("summary-format", lambda document: document.update(format=2)),
    "no format": ("summary-form", lambda document: document.pop("format")),
    "another selection": ("selections-differ", unselected),
}


@pytest.mark.parametrize("what", REFUSED)
def test_runs_that_cannot_be_compared_are_refused_with_one_message(
    runs: Runs, edited: Edited, compare: Compare, what: str
) -> None:
    code_word, edit = REFUSED[what]
    code, out, err = compare(runs["old"], edited("new", edit))
    assert (code, out) == (4, "")
    assert err.startswith(f"error[{code_word}]: ")
    assert err.count("error[") == 1
    assert "new-edited.json" in err


def another_suite(document: dict[str, Any]) -> None:
    """Another version has one scenario less, one under a new title in another file, and one with other steps."""
    document["suite"] = "9.9.9"
    unselected(document)
    renamed, changed = document["scenarios"][:2]
    renamed.update(nodeid="features/moved.feature::Quite another title", title="Quite another title")
    changed.update(steps="0123456789ab")


def test_scenarios_are_followed_from_one_version_of_the_suite_to_the_next(
    runs: Runs, edited: Edited, compare: Compare
) -> None:
    code, out, err = compare(runs["old"], edited("new", another_suite))
    assert (code, err) == (0, "")
    number = len(read_run(runs["old"]).scenarios)
    versions = f"two versions of the suite, {__version__} and 9.9.9: {number - 1} scenarios compared, 1 in BEFORE alone, 0 in AFTER alone"
    assert any(line.endswith(versions) for line in out.splitlines())
    assert out.count("its steps changed with the suite, a difference may come from there: ") == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"x"', "{}", '{"format": 1}', "\0\0", "<xml/>", "[" * 100_000]
)
def test_files_that_are_no_summary_are_refused(runs: Runs, compare: Compare, tmp_path: Path, text: str) -> None:
    file = tmp_path / "foreign.json"
    file.write_text(text, encoding="utf-8")
    code, out, err = compare(file, runs["new"])
    assert (code, out) == (4, "")
    assert err.startswith("error[summary-")
    assert str(file) in err


JUNK: tuple[object, ...] = (None, 7, "x", "", True, [], [None], ["x"], {}, {"x": 1})


def test_no_value_in_a_summary_makes_compare_fall_over(
    runs: Runs, tmp_path: Path, contract: Contract, clauses: dict[str, Clause]
) -> None:
    """Because a summary may come from anywhere: each field, at the top and in a row, once with each kind of junk."""
    document = json.loads((runs["new"] / "summary.json").read_text(encoding="utf-8"))
    shape = {"GetUser": {path: document["shapes"]["GetUser"][path] for path in (".", "freeAccount")}}
    small = document | {"scenarios": document["scenarios"][:1], "clauses": document["clauses"][:1], "shapes": shape}
    small["selected"] = {"scenarios": 1, "of": 258}
    text, file = json.dumps(small), tmp_path / "junk.json"
    file.write_text(text, encoding="utf-8")
    good, refused = read_run(file), 0
    places: tuple[Callable[[Any], Any], ...] = (
        lambda whole: whole,
        lambda whole: whole["scenarios"][0],
        lambda whole: whole["clauses"][0],
        lambda whole: whole["shapes"]["GetUser"],
        lambda whole: whole["shapes"]["GetUser"]["freeAccount"],
        lambda whole: whole["selected"],
    )
    for place in places:
        for field in place(small):
            for junk in JUNK:
                changed = json.loads(text)
                place(changed)[field] = junk
                file.write_text(json.dumps(changed), encoding="utf-8")
                try:
                    delta = compare_runs(good, read_run(file), clauses, contract)
                    assert lines_of(delta)
                    assert markdown_of(delta)
                    assert comparison_as_json(delta)
                except UserError:
                    refused += 1
    # What compare does not look at may hold anything; most of it is looked at.
    assert refused > 100


def test_a_folder_without_a_summary_is_an_interrupted_run(runs: Runs, compare: Compare, tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    code, _, err = compare(tmp_path, runs["new"])
    assert code == 4
    assert "error[run-incomplete]" in err
    assert "--resume" in err
    assert "error[summary-missing]" in compare(tmp_path / "nowhere", runs["new"])[2]


def test_a_page_that_cannot_be_written_is_a_mistake_of_the_user(runs: Runs, compare: Compare, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path, tmp_path / "file" / "page.html"):
        code, out, err = compare(runs["old"], runs["new"], "--html", str(place))
        assert (code, out) == (4, "")
        assert "error[page-unwritable]" in err


def test_usage_errors_exit_with_4(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["x"], [str(runs["old"]), str(runs["new"]), "--json", "--markdown"]):
        with pytest.raises(SystemExit) as ended:
            main(["compare", *arguments])
        assert ended.value.code == 4
        assert "error[usage]" in capsys.readouterr().err


NOTED: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "a live site": ("one site is a mock, the other is live", lambda document: document.update(mock=False, site="acme")),
    "an older run": ("AFTER is the older run", lambda document: document.update(finished="2020-01-01T00:00:00+00:00")),
    "less access": ("access differs", lambda document: document.update(access="read-only")),
    "a strict run": ("only one of the runs was strict", lambda document: document.update(strict=True)),
    "judged as another release": (
        "AFTER was judged as 41.12.0",
        lambda document: document.update(site_release="41.11.0"),
    ),
    "an operation unseen": ("replies seen in one run only", lambda document: document["shapes"].pop("GetSite")),
    "a problem": ("AFTER had a problem: it rained", lambda document: document.update(problems=["it rained"])),
}


@pytest.mark.parametrize("what", NOTED)
def test_what_makes_two_runs_less_alike_is_said(runs: Runs, edited: Edited, compare: Compare, what: str) -> None:
    words, edit = NOTED[what]
    after = edited("new", edit)
    for form in ((), ("--markdown",), ("--json",)):
        assert words in compare(runs["new"], after, *form)[1].replace("\\", "")
