"""What each difference means to a client by what it uses, in whole sentences; and what its files say and must not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.judge.contract import Contract
from conformance.reporting.comparison import clients
from conformance.reporting.comparison.clients import ClientEffect, OperationUse, UseProfile, broken_by, effects, read_use
from conformance.reporting.comparison.compare import compare_runs
from conformance.reporting.shapes import APPEARED, KIND, MOVED, VANISHED, WORDS, Drift
from conformance.sites.errors import UserError
from tests.comparison.made import a_run, scenario, shape
from tests.comparison.test_clients import GONE, READ, asked, har, reply, written


def seen(**kinds: str) -> UseProfile:
    """A client whose traffic held elements of GetUser of these kinds."""
    return UseProfile("seen", {"GetUser": OperationUse({path: frozenset(told.split()) for path, told in kinds.items()})})


LISTED = UseProfile("listed", {"GetUser": OperationUse({"a/b": frozenset(), "c": frozenset()})})
EVERYTHING = UseProfile("everything", {"GetUser": OperationUse()})
IDLE = UseProfile("idle", {"LstUser": OperationUse()})
_UNTOUCHED = "untouched"


@pytest.mark.parametrize(
    ("use", "path", "what", "after", "effect", "words"),
    [
        (IDLE, "a", VANISHED, "absent", _UNTOUCHED, ""),
        (LISTED, "d", VANISHED, "absent", _UNTOUCHED, ""),
        (LISTED, "a/bc", VANISHED, "absent", _UNTOUCHED, ""),
        (LISTED, "a/b", VANISHED, "absent", "breaks", "GetUser  a/b: it reads an element that went"),
        (LISTED, "a", VANISHED, "absent", "breaks", "GetUser  a: it reads an element that went"),
        (EVERYTHING, "d", VANISHED, "absent", "breaks", "GetUser  d: it reads an element that went"),
        (LISTED, "c", APPEARED, "text", _UNTOUCHED, ""),
        (LISTED, "c", KIND, "text", "may break", "GetUser  c: it meets a kind it never met: text"),
        (EVERYTHING, "c", KIND, "text", "may break", "GetUser  c: it meets a kind it never met: text"),
        (seen(c="integer"), "c", KIND, "text", "breaks", "GetUser  c: it meets a kind it never met: text"),
        (seen(c="integer"), "c", KIND, "text, integer, empty", "breaks", "GetUser  c: it meets a kind it never met: empty, text"),
        (seen(c="integer text"), "c", KIND, "integer, text", _UNTOUCHED, ""),
        (LISTED, "c", MOVED, "first", "may break", "GetUser  c: it finds the element in another place"),
        (LISTED, "c", WORDS, "also IDLE", "may break", "GetUser  c: it meets another word: also IDLE"),
    ],
)
def test_a_difference_of_replies_means_to_a_client(
    contract: Contract, use: UseProfile, path: str, what: str, after: str, effect: str, words: str
) -> None:
    drift = Drift("GetUser", path, what, "integer", after)
    delta = replace(compare_runs(a_run(), a_run(), {}, contract), drift=(drift,))
    assert effects(delta, [use]) == (
        ClientEffect(use.client, (words,) * (effect == "breaks"), (words,) * (effect == "may break"), int(effect == _UNTOUCHED)),
    )
    assert broken_by(drift, [IDLE, use]) == ((use.client,) if effect == "breaks" else ())


@pytest.mark.parametrize(
    ("use", "cause", "effect", "words"),
    [
        (LISTED, "GetUser  c  absent", "breaks", "GetUser  c: it reads an element that is wrong: absent"),
        (LISTED, "GetUser  c  empty", "breaks", "GetUser  c: it reads an element that is wrong: empty"),
        (LISTED, "GetUser  a  another value", "may break", "GetUser  a: it reads an element that is wrong: another value"),
        (LISTED, "GetUser  c  two  blanks", "may break", "GetUser  c: it reads an element that is wrong: two  blanks"),
        (EVERYTHING, "GetUser  the mail  absent", "breaks", "GetUser  the mail: it reads an element that is wrong: absent"),
        (LISTED, "GetUser  d  absent", _UNTOUCHED, ""),
        (IDLE, "GetUser  c  absent", _UNTOUCHED, ""),
        (IDLE, "GetUser  c  000015", _UNTOUCHED, ""),
        (LISTED, "GetUser  d  000015", "breaks", "GetUser: it meets an exception it does not know: 000015"),
        (UseProfile("knows", {"GetUser": OperationUse({}, frozenset({"000015"}))}), "GetUser  d  000015", "may break",
         "GetUser: it meets an exception it knows: 000015"),
        (LISTED, "GetUser  c  00015", "may break", "GetUser  c: it reads an element that is wrong: 00015"),
        (LISTED, "GetUser  c  absurd", "may break", "GetUser  c: it reads an element that is wrong: absurd"),
    ],
)  # fmt: skip
def test_a_scenario_that_got_worse_means_to_a_client(contract: Contract, use: UseProfile, cause: str, effect: str, words: str) -> None:
    after = a_run(scenario("one", "failed", causes=(cause,)), scenario("two", "known", causes=("GetUser  c  absent",)))
    delta = compare_runs(a_run(scenario("one"), scenario("two")), after, {}, contract)
    assert effects(delta, [use]) == (
        ClientEffect(use.client, (words,) * (effect == "breaks"), (words,) * (effect == "may break"), int(effect == _UNTOUCHED)),
    )


def test_what_is_told_twice_stands_once_and_each_client_is_told_for_itself(contract: Contract) -> None:
    causes = ("GetUser  c  absent", "GetUser  c  wide", "GetUser  x  absent", "GetUser  y  absent")
    after = a_run(*(scenario(name, "failed", causes=causes) for name in "ab"), shapes={"GetUser": shape([])})
    before = a_run(*(scenario(name) for name in "ab"), shapes={"GetUser": shape(["c"])})
    told = effects(compare_runs(before, after, {}, contract), [LISTED, IDLE])
    assert told == (
        ClientEffect(
            "listed",
            ("GetUser  c: it reads an element that went", "GetUser  c: it reads an element that is wrong: absent"),
            ("GetUser  c: it reads an element that is wrong: wide",),
            4,
        ),
        ClientEffect("idle", (), (), 9),
    )


# -- files ---------------------------------------------------------------------


def test_a_list_keeps_every_line(tmp_path: Path) -> None:
    text = "GetUser a  # what for\n\n# GetSite\nGetUser b/c\nGetUser ! 000015\nGetUser ! 000016\nDelUser ! 000017\nLstUser\n"
    assert read_use(written(tmp_path, text)) == UseProfile("billing", {
        "GetUser": OperationUse({"a": frozenset(), "b/c": frozenset()}, frozenset({"000015", "000016"})),
        "DelUser": OperationUse({}, frozenset({"000017"})),
        "LstUser": OperationUse({}, frozenset()),
    })  # fmt: skip


def test_traffic_keeps_every_kind_and_exception(tmp_path: Path) -> None:
    exchanges = (
        (asked("GetSite"), reply("<a>x</a><b><c>7</c></b>")), (asked("GetSite"), reply("<a>7</a>")), (asked("GetSite"), reply(exception="000015")),
        (asked("GetSite"), reply(exception="000016")), ("", reply("<z/>")), ("  ", reply("<z/>")), ("<no", reply("<z/>")),
        (asked("DelUser"), "<no"), ("<message/>", reply("<z/>")), ("<message><bodyContent/></message>", reply("<z/>")), (asked("GetUser"), reply("<d/>")),
    )  # fmt: skip
    lines = "\n  \n".join(json.dumps({"request": one, "reply": told}) for one, told in exchanges)
    use = read_use(written(tmp_path, lines))
    assert set(use.operations) == {"GetSite", "GetUser"}
    site = use.operations["GetSite"]
    assert {path: set(kinds) for path, kinds in site.reads.items()} == {".": {"parent"}, "a": {"text", "integer"}, "b": {"parent"}, "b/c": {"integer"}}
    assert site.exceptions == {"000015", "000016"}
    assert {path: set(kinds) for path, kinds in use.operations["GetUser"].reads.items()} == {".": {"parent"}, "d": {"empty"}}
    assert use.operations["GetUser"].exceptions == frozenset()


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda: json.dumps({"request": asked("GetSite"), "reply": READ}), id="one line"),
        pytest.param(lambda: json.dumps({"request": asked("GetSite"), "reply": READ}, indent=1), id="over several lines"),
        pytest.param(lambda: "\ufeff\n " + har((asked("GetSite"), READ)), id="HAR with a mark of its encoding"),
    ],
)
def test_one_exchange_is_traffic(tmp_path: Path, form: Callable[[], str]) -> None:
    assert read_use(written(tmp_path, form())).operations["GetSite"].reads[GONE] == {"boolean"}


def test_har_without_texts_holds_no_exchange_and_breaks_none(tmp_path: Path) -> None:
    bare: list[dict[str, object]] = [
        {"request": {"postData": {}}, "response": {"content": {}}},
        {"request": {"postData": {"text": asked("DelUser")}}, "response": {"content": {}}},
    ]
    whole = json.loads(har((asked("GetUser"), reply("<a>größer</a>")), encoded=True))
    whole["log"]["entries"] += bare
    use = read_use(written(tmp_path, json.dumps(whole)))
    assert {name: set(one.reads) for name, one in use.operations.items()} == {"GetUser": {".", "a"}}


_FORM = '{"request": "...", "reply": "..."}'
_LINE = "OPERATION, OPERATION element/path, or OPERATION ! 000015"
_NEITHER = "this is neither HAR nor a line of JSON for each exchange: "


@pytest.mark.parametrize(
    ("text", "code", "what", "line", "hint"),
    [
        ("", "client-empty", "no operation is used here", "", "name operations, or record traffic of the XML API"),
        ("GetUser\n  GetSite a b  \n", "client-line", "'GetSite a b' says nothing", ":2", _LINE),
        ("GetSite !\n", "client-line", "'GetSite !' says nothing", ":1", _LINE),
        ("GetSite ! 000015 x\n", "client-line", "'GetSite ! 000015 x' says nothing", ":1", _LINE),
        ("GetSite a !\n", "client-line", "'GetSite a !' says nothing", ":1", _LINE),
        ('{"log": {}}', "client-form", f"{_NEITHER}KeyError 'entries'", "", _FORM),
        ('{"request": "x"}', "client-form", f"{_NEITHER}KeyError 'reply'", "", _FORM),
        ('{"request": 1, "reply": ""}', "client-form", f"{_NEITHER}AttributeError 'int' object has no attribute 'encode'", "", _FORM),
        ('{"log": {"entries": 7}}', "client-form", f"{_NEITHER}TypeError 'int' object is not iterable", "", _FORM),
    ],
)
def test_a_mistake_says_what_where_and_how_to_mend_it(tmp_path: Path, text: str, code: str, what: str, line: str, hint: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(UserError) as problem:
        read_use(file)
    assert (problem.value.code, problem.value.what, problem.value.where, problem.value.hint) == (code, what, f"{file}{line}", hint)


def test_what_is_no_base64_is_told(tmp_path: Path) -> None:
    entry = {"request": {}, "response": {"content": {"text": "abcde", "encoding": "base64"}}}
    with pytest.raises(UserError, match="neither HAR nor"):
        read_use(written(tmp_path, json.dumps({"log": {"entries": [entry]}})))


def test_a_file_that_is_no_text_or_not_there_is_told(tmp_path: Path) -> None:
    for file, why in ((tmp_path / "nowhere", "No such file or directory"), (tmp_path / "bytes", "can't decode byte 0xff")):
        (tmp_path / "bytes").write_bytes(b"\xff\xff")
        with pytest.raises(UserError) as problem:
            read_use(file)
        told = problem.value
        assert (told.code, told.where) == ("client", str(file))
        assert told.what.startswith("cannot read what a client uses: ")
        assert why in told.what


def test_a_file_larger_than_a_day_of_traffic_is_told_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_MOST", 2_000_000)
    file = written(tmp_path, f"GetUser #{' ' * 1_999_991}")
    assert set(read_use(file).operations) == {"GetUser"}
    file = written(tmp_path, f"GetUser #{' ' * 1_999_992}")
    with pytest.raises(UserError) as problem:
        read_use(file)
    told = problem.value
    assert (told.code, told.where) == ("client-size", str(file))
    assert (told.what, told.hint) == ("more than 2 MB of traffic", "cut it into several files")
