"""What a run writes down of its changes, where its ledgers stand, and which of them may go."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from conformance.sites.errors import UserError
from conformance.sites.ledger import (
    DEACTIVATED, Ledger, Ledgers, SiteLock, begun, deactivated, edited, left_behind, maker, new_run_id, place_of, run_of, state_folder,
)  # fmt: skip

RUN, PLACE = "6123456789ab", "acme.webex.com_staging"


def summed(line: dict[str, Any]) -> dict[str, Any]:
    """A line as a run writes it: with what shows that nobody changed it."""
    return {**line, "sum": crc32(json.dumps(line, sort_keys=True).encode())}


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def keeping(file: Path, *how: str, operation: str = "CreateUser") -> Path:
    """A ledger of one change for each of ``how``: ``open``, or as it was settled."""
    ledger = Ledger(file, PLACE, run_of(file))
    for state in how:
        entry = ledger.intend("host", operation, ledger.next_name())
        ledger.created(entry, {"webExId": "a@b.c,a"})
        if state != "open":
            ledger.settled(entry, state)
    ledger.close()
    return file


@pytest.mark.parametrize(
    ("name", "when", "run"),
    [
        (f"wxc-{RUN}-1", float(0x61234567), RUN), (f"wxc-{RUN}gw0-12", float(0x61234567), RUN), (f"wxc-{RUN}-1@example.com", float(0x61234567), RUN),
        (f"wxc-{RUN}gw11-12@mail.example.co.uk", float(0x61234567), RUN),
        (f"wxc-{RUN}-1 copy of Hanna", None, RUN), (f"wxc-{RUN}-1st planning of the team", None, RUN), (f"wxc-{RUN}-1\n", None, RUN),
        (f"wxc-{RUN}-1@", None, RUN), (f"wxc-{RUN}-1@example.com, Hanna", None, RUN), (f"wxc-{RUN}alpha-1", None, RUN), (f"wxc-{RUN}gw-1", None, RUN), (f"wxc-{RUN} -1", None, ""),
        ("wxc-5e0be0ffabcd-1", None, "5e0be0ffabcd"), ("wxc-5e0be100abcd-1", float(0x5E0BE100), "5e0be100abcd"), (f"abc-{RUN}-1", None, ""), (f"wxc-{RUN}", None, ""), ("wxc-0123456789-1", None, ""), (f"x wxc-{RUN}-1", None, ""), ("", None, ""),
    ],
)  # fmt: skip
def test_a_name_tells_its_run_and_when_that_began(name: str, when: float | None, run: str) -> None:
    assert (begun(name), maker(name)) == (when, run)


def test_a_run_is_called_by_the_second_it_began_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 0x61234567 + 0.9)
    first, second = new_run_id(), new_run_id()
    assert len(first) == len(second) == 12
    assert first[:8] == "61234567"
    assert first != second
    assert begun(f"wxc-{first}-1") == 0x61234567


def test_every_change_is_written_down_before_and_after(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / f"staging-{RUN}.jsonl"
    ledger = Ledger(file, PLACE, RUN)
    assert [ledger.next_name(), ledger.next_name()] == [f"wxc-{RUN}-1", f"wxc-{RUN}-2"]
    entry = ledger.intend("host", "CreateUser", "wxc-Zoë")
    assert (entry.number, entry.site, entry.role, entry.operation, entry.name) == (f"{RUN}-3", PLACE, "host", "CreateUser", "wxc-Zoë")
    assert len(lines(file)) == 1, "it stands there before anything is sent"
    ledger.created(entry, {"webExId": "1"})
    ledger.settled(entry, "removed")
    assert ledger.intend("host", "CreateUser", "x").number == f"{RUN}-4"
    ledger.close()
    ledger.close()
    told = [{key: value for key, value in line.items() if key not in ("sum", "started")} for line in lines(file)]
    assert told[:3] == [
        {"state": "intended", "number": f"{RUN}-3", "site": PLACE, "role": "host", "operation": "CreateUser", "name": "wxc-Zoë"},
        {"state": "created", "number": f"{RUN}-3", "key": {"webExId": "1"}}, {"state": "removed", "number": f"{RUN}-3"},
    ]  # fmt: skip
    assert edited(file) == 0
    ledger.settled(entry, "removed")
    ledger.close()
    assert len(lines(file)) == 5, "it goes on where it ended"
    file.unlink()
    ledger.settled(entry, "removed")
    assert len(lines(file)) == 1, "it was closed, and is opened anew"
    ledger.close()


def test_a_ledger_is_known_by_a_second_name_where_there_can_be_one(tmp_path: Path) -> None:
    here = Ledgers("staging", PLACE, tmp_path / "reports", tmp_path / "state" / "site")
    ledger = here.of_run(RUN)
    assert here.files() == []
    ledger.intend("host", "CreateUser", "x")
    ledger.close()
    second = tmp_path / "state" / "site" / f"staging-{RUN}.jsonl"
    assert second.samefile(tmp_path / "reports" / f"staging-{RUN}.jsonl")
    assert second.parent.stat().st_mode & 0o777 == 0o700
    (line,) = lines(second)
    assert (line["site"], line["number"]) == (PLACE, f"{RUN}-1")
    ledger.intend("host", "CreateUser", "y")
    ledger.close()
    tmp_path.joinpath("file").write_text("")
    blocked = Ledgers("staging", PLACE, tmp_path / "reports", tmp_path / "file" / "site").of_run("fedcba987654")
    blocked.intend("host", "CreateUser", "x")
    blocked.close()
    assert len(lines(tmp_path / "reports" / "staging-fedcba987654.jsonl")) == 1
    lone = Ledgers("staging", PLACE, tmp_path / "lone", None).of_run(RUN)
    lone.intend("host", "CreateUser", "x")
    lone.close()
    assert [file.name for file in tmp_path.joinpath("lone").iterdir()] == [f"staging-{RUN}.jsonl"]


def test_every_ledger_of_a_site_is_found_once_the_latest_first(tmp_path: Path) -> None:
    reports, known, others = tmp_path / "reports", tmp_path / "known", tmp_path / "others"
    here = Ledgers("my-site", PLACE, reports, known, (others,))
    for run in ("000000000001", "000000000003"):
        ledger = here.of_run(run)
        ledger.intend("host", "CreateUser", "x")
        ledger.close()
    keeping(others / "my-site-000000000002.jsonl", "open")
    keeping(known / "renamed-000000000004.jsonl", "open")
    for stranger in ("site-000000000005.jsonl", "my-site-x-000000000006.jsonl", "my-site-000000000007.txt"):
        reports.joinpath(stranger).write_text("")
    assert {run_of(file) for file in known.iterdir()} == {f"00000000000{number}" for number in (1, 3, 4)}
    found = here.files()
    assert [run_of(file) for file in found] == [f"00000000000{number}" for number in (4, 3, 2, 1)]
    assert found[1].parent == reports, "by the name beside the reports"
    assert [run_of(file) for file in Ledgers("my-site", PLACE, reports, None).files()] == ["000000000003", "000000000001"]


def test_where_the_lock_of_a_site_stands(tmp_path: Path) -> None:
    assert Ledgers("a", PLACE, tmp_path / "r", tmp_path / "k").lock == tmp_path / "k" / ".run"
    assert Ledgers("a", PLACE, tmp_path / "r", None).lock == tmp_path / "r" / ".run-a"


def test_what_a_run_and_its_workers_have_not_undone_is_counted(tmp_path: Path) -> None:
    keeping(tmp_path / f"staging-{RUN}.jsonl", "open", "removed", "open")
    keeping(tmp_path / f"staging-{RUN}gw1.jsonl", "open", operation="CreateEvent")
    keeping(tmp_path / "staging-fedcba987654.jsonl", "open")
    assert Ledgers("staging", PLACE, tmp_path, None).open_of(RUN) == Counter({"CreateUser": 2, "CreateEvent": 1})


#: What a ledger lists, how old it is in hours, whether it is one of the runs that are over; and whether it goes.
PRUNED = [
    (("removed",), 0, True, True), (("removed",), 0, False, False), (("removed",), 25, False, True), (("removed",), 23, False, False),
    (("open",), 25, True, False), ((DEACTIVATED,), 25, True, False), (("removed", "open"), 0, True, False), (("refused",), 0, True, True),
]  # fmt: skip


@pytest.mark.parametrize(("how", "hours", "mine", "gone"), PRUNED)
def test_a_ledger_that_lists_nothing_may_go_once_its_run_is_over(tmp_path: Path, how: tuple[str, ...], hours: int, mine: bool, gone: bool) -> None:
    here = Ledgers("staging", PLACE, tmp_path / "r", tmp_path / "k", (tmp_path / "o", tmp_path / "elsewhere"))
    file = keeping(tmp_path / "r" / f"staging-{RUN}.jsonl", *how)
    for folder in ("k", "o"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file.name).hardlink_to(file)
    os.utime(file, (time.time() - hours * 3600,) * 2)
    here.prune(*([RUN] if mine else ["fedcba987654"]))
    assert [(tmp_path / folder / file.name).exists() for folder in "rko"] == [not gone] * 3


def test_only_what_is_of_this_site_is_its_own(tmp_path: Path) -> None:
    here = Ledgers("staging", PLACE, tmp_path, None)
    file = keeping(tmp_path / f"staging-{RUN}.jsonl", "open", "removed")
    ledger = Ledger(file, "other.webex.com_staging", f"{RUN}b")
    strangers = [ledger.intend("host", "CreateUser", name) for name in ("x", "y", "z")]
    ledger.settled(strangers[0], "removed")
    ledger.close()
    ((entry, key),) = here.left_behind(file)
    assert (entry.site, entry.name, key) == (PLACE, f"wxc-{RUN}-1", {"webExId": "a@b.c,a"})
    assert here.elsewhere(file) == 2
    assert Ledgers("staging", "other.webex.com_staging", tmp_path, None).elsewhere(file) == 1


def test_users_that_stay_are_told_by_every_name_they_may_go_by(tmp_path: Path) -> None:
    file = tmp_path / f"staging-{RUN}.jsonl"
    ledger = Ledger(file, PLACE, RUN)
    both, unkeyed, nameless, gone = (ledger.intend("host", "CreateUser", name) for name in ("a", "b", "", "d"))
    ledger.created(both, {"webExId": "a,a@x.y"})
    ledger.created(both, {"webExId": "new"})
    ledger.created(unkeyed, {"meetingKey": "1"})
    ledger.created(gone, {"webExId": "d"})
    for entry in (both, unkeyed, nameless):
        ledger.settled(entry, DEACTIVATED)
    ledger.settled(gone, "removed")
    ledger.close()
    assert deactivated(file) == ["a or a@x.y or new", "b", ""]
    assert [entry.name for entry, _ in left_behind(file)] == []


INTENDED = {"state": "intended", "number": "1", "site": "s", "role": "r", "operation": "o", "name": "n", "started": 1.5}
#: Lines, and whether they are believed.
FORMS: list[tuple[dict[str, Any], bool]] = [
    (INTENDED, True), ({**INTENDED, "started": 1}, True), ({**INTENDED, "started": "1"}, False), ({**INTENDED, "name": 1}, False), ({**INTENDED, "more": "x"}, False),
    ({key: value for key, value in INTENDED.items() if key != "role"}, False), ({"state": "created", "number": "1", "key": {"a": "b"}}, True),
    ({"state": "created", "number": "1", "key": {"a": 1}}, False), ({"state": "created", "number": "1", "key": ["a"]}, False), ({"state": "created", "number": "1"}, False),
    ({"state": "created", "number": 1, "key": {}}, False), ({"state": "removed", "number": "1"}, True), ({"state": "removed"}, False), ({"state": 1, "number": "1"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("line", "believed"), FORMS, ids=str)
def test_only_lines_of_the_right_form_are_believed(tmp_path: Path, line: dict[str, Any], believed: bool) -> None:
    file = tmp_path / f"s-{RUN}.jsonl"
    file.write_text(json.dumps(summed(line)) + "\n", encoding="utf-8")
    assert edited(file) == int(not believed)


def test_the_order_of_what_a_line_says_does_not_matter(tmp_path: Path) -> None:
    file = keeping(tmp_path / f"staging-{RUN}.jsonl", "open")
    turned = [json.dumps(dict(reversed(line.items()))) for line in lines(file)]
    file.write_text("\n".join(turned), encoding="utf-8")
    assert edited(file) == 0
    assert len(list(left_behind(file))) == 1


def test_what_is_left_is_told_whole(tmp_path: Path) -> None:
    file = tmp_path / f"s-{RUN}.jsonl"
    rows = [INTENDED, {**INTENDED, "number": "2"}, {"state": "created", "number": "2", "key": {"a": "ö"}}, {"state": "removed", "number": "9"}]
    file.write_text("".join(json.dumps(summed(row), ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    (two, key), (one, none) = left_behind(file)
    assert (key, none) == ({"a": "ö"}, None)
    assert (two.number, one.number, one.site, one.role, one.operation, one.name, one.started) == ("2", "1", "s", "r", "o", "n", 1.5)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "webex-conformance"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://acme.webex.com/WBX", "acme.webex.com_acme"), ("http://acme.webex.com:80/WBX", "acme.webex.com_acme"), ("https://acme.webex.com:443", "acme.webex.com_acme"),
        ("http://acme.webex.com:443/", "acme.webex.com_443_acme"), ("https://acme.webex.com:80/", "acme.webex.com_80_acme"), ("ftp://a b:80", "a_b_80_acme"),
    ],
)  # fmt: skip
def test_the_place_of_a_site_is_called_by_its_host_and_its_name(home: Path, url: str, name: str) -> None:
    assert (place_of(url, "ACME"), state_folder(name)) == (name, home / name)


def test_a_site_has_no_place_where_nobody_can_write_or_is_at_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, int]] = []
    monkeypatch.setattr(os, "access", lambda place, mode: asked.append((place, mode)))
    assert state_folder("a_b") is None
    assert asked == [(tmp_path, os.W_OK)]
    (home / "a_b").mkdir(parents=True)
    assert state_folder("a_b") is None
    assert asked[1:] == [(home / "a_b", os.W_OK)]
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_folder("a_b") is None
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder("a_b") == tmp_path / ".local/state/webex-conformance/a_b"

    def nobody(_: Path) -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "expanduser", nobody)
    assert state_folder("a_b") is None


#: Two parts of runs by access, number and number of parts: whether both may be at work.
PARTS = [
    (("read-write", (1, 2)), ("read-write", (2, 2)), True), (("read-write", (2, 3)), ("read-write", (3, 3)), True), (("read-write", (1, 2)), ("read-write", (1, 2)), False),
    (("read-write", (1, 2)), ("read-write", (1, 1)), False), (("read-write", (2, 2)), ("read-write", (1, 1)), False), (("read-write", (2, 2)), ("read-only", (1, 1)), True),
    (("read-write", (1, 2)), ("read-only", (1, 1)), False), (("read-only", (2, 2)), ("read-write", (1, 1)), False), (("read-only", (2, 2)), ("read-write", (1, 2)), False),
    (("read-only", (1, 2)), ("read-only", (2, 2)), True),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "together"), PARTS, ids=str)
def test_parts_of_a_run_share_a_site_and_only_the_first_writes(
    tmp_path: Path, first: tuple[str, tuple[int, int]], second: tuple[str, tuple[int, int]], together: bool
) -> None:
    file = tmp_path / "of" / "site" / ".run"
    held = SiteLock(file, *first)
    try:
        SiteLock(file, *second).close()
        assert together
    except UserError:
        assert not together
    finally:
        held.close()
    assert not file.parent.exists(), "the last one takes the files and an empty place away"


def test_who_comes_second_is_told_who_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "strftime", lambda form: {"%Y-%m-%d %H:%M:%S": "2026-11-29 03:00:00"}[form])
    file = tmp_path / ".run"
    file.write_text("a line of a run that was killed, and a long one at that, longer than that of any other\n")
    held = SiteLock(file, "read-write")
    with pytest.raises(UserError) as told:
        SiteLock(file, "read-only")
    what = "is at work on this site, and this one is read-only: they would judge each other's changes"
    assert told.value.what == f"a read-write run (process {os.getpid()}, since 2026-11-29 03:00:00) {what}"
    assert (told.value.code, told.value.where, told.value.hint) == ("site-in-use", str(file), "wait for its end; runs that only read may share a site")
    file.write_text(" \n")
    with pytest.raises(UserError, match="another run is at work"):
        SiteLock(file, "read-only")
    held.close()


def test_a_lock_whose_file_was_taken_away_by_who_held_it_before_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    file, flock = tmp_path / ".run", fcntl.flock
    taken: list[None] = []

    def late(handle: Any, mode: int) -> None:
        if not taken:
            file.unlink()
            taken.append(None)
        flock(handle, mode)

    monkeypatch.setattr(fcntl, "flock", late)
    held = SiteLock(file, "read-write")
    with pytest.raises(UserError):
        SiteLock(file, "read-write")
    held.close()


@pytest.mark.usefixtures("ascii_files")
def test_a_ledger_that_was_copied_by_something_that_writes_utf_8_is_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / f"staging-{RUN}.jsonl"
    ledger = Ledger(file, PLACE, RUN)
    ledger.intend("host", "CreateUser", "wxc-Zoë")
    ledger.close()
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines(file)), encoding="utf-8")
    assert edited(file) == 0
    assert [entry.name for entry, _ in left_behind(file)] == ["wxc-Zoë"]


def test_a_ledger_that_found_no_room_can_be_closed() -> None:
    """The site is given back then, and a mock ends."""
    ledger = Ledger(Path("/dev/full"), "staging", "a-run")
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        ledger.intend("site-admin", "CreateUser", "x")
    ledger.close()
    ledger.close()


def test_a_folder_or_a_link_to_nothing_is_no_ledger_and_told(tmp_path: Path) -> None:
    ledgers = Ledgers("s", PLACE, tmp_path / "reports", tmp_path / "known")
    for place in (tmp_path / "reports", tmp_path / "known"):
        place.mkdir()
        (place / "s-folder.jsonl").mkdir()
        (place / "s-link.jsonl").symlink_to(tmp_path / "nowhere")
    written = ledgers.of_run(RUN)
    written.intend("host", "CreateMeeting", "x")
    written.close()
    assert [file.name for file in ledgers.files()] == [f"s-{RUN}.jsonl"]
    assert sorted(str(file.relative_to(tmp_path)) for file in ledgers.unreadable()) == [
        "known/s-folder.jsonl", "known/s-link.jsonl", "reports/s-folder.jsonl", "reports/s-link.jsonl"
    ]  # fmt: skip


@pytest.mark.parametrize("lacks", [os.R_OK, os.X_OK])
def test_a_folder_of_ledgers_that_is_closed_to_us_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: int) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "others").mkdir()
    ledgers = Ledgers("s", PLACE, tmp_path / "mine", tmp_path / "nowhere", (tmp_path / "others",))
    assert ledgers.unreadable() == []
    monkeypatch.setattr(os, "access", lambda path, mode: not (mode & lacks and Path(path) == tmp_path / "others"))
    assert ledgers.unreadable() == [tmp_path / "others"]


def test_an_entry_knows_the_names_its_run_gave(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "s.jsonl", PLACE, f"{RUN}gw1")
    entry = ledger.intend("host", "CreateUser", "x")
    ledger.close()
    given = {name: entry.gave(name) for name in (f"wxc-{RUN}gw1-7", f"a+wxc-{RUN}gw1-7@b.c", f"wxc-{RUN}gw1-7 Plain", f"wxc-{RUN}gw2-7", f"wxc-{RUN}-7", "x")}
    assert list(given.values()) == [True, True, True, False, False, False]
    assert replace(entry, number=f"{RUN}my-box-3").gave(f"wxc-{RUN}my-box-7")
    assert not replace(entry, number=f"{RUN}my-box-3").gave(f"wxc-{RUN}my-7")
