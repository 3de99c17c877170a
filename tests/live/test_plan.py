"""``webex-conformance plan`` is a price list, and its prices are what is paid."""

from __future__ import annotations

import itertools
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.run.commands.price_list import fewest_nights
from conformance.sites.settings import Value
from tests.conftest import ROOT
from tests.live.one_account import CLASSIC, OneAccount, one_account
from tests.run.conftest import Runner


def plan(one: OneAccount, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """What ``plan --json`` says."""
    capsys.readouterr()
    assert main(["plan", *one.arguments("--root", str(ROOT), "--json", *more)]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.rotating(4)
@pytest.mark.parametrize("settings", [{}, CLASSIC], ids=["hub", "classic"])
@pytest.mark.parametrize("access", ["read-only", "read-write"])
def test_what_is_planned_is_what_runs(
    run: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: dict[str, object], access: str
) -> None:
    with one_account(tmp_path, settings=settings) as one:
        told = plan(one, capsys, "--access", access)
        outcome = run("features", *one.arguments("--access", access), every_row=True)
    rows = outcome.summary["scenarios"]
    ran = {row["nodeid"] for row in rows if not row["skip"] or row["skip"]["kind"] == "observe-only"}
    assert {row["nodeid"] for row in told["scenarios"] if not row["lacks"]} == ran
    assert (told["run"], told["skipped"]) == (len(ran), len(rows) - len(ran))
    assert told["recorded"] == sum((row["skip"] or {}).get("kind") == "observe-only" for row in rows)
    assert len(outcome.summary["deactivated"]) <= told["users_left"]


def test_every_scenario_that_does_not_run_is_sold_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with one_account(tmp_path) as one:
        told = plan(one, capsys)
    assert sum(line["scenarios"] for line in told["unlocks"] + told["out_of_reach"]) == told["skipped"]
    assert told["unlocks"][0]["needs"] == ["--access read-write"]


def test_no_setting_is_proposed_that_the_site_has_otherwise_and_no_line_stands_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """GetSite says BEEP and telephony, though no profile vouches for it: the clauses about that are for the operator."""
    with one_account(tmp_path, settings={"entry-exit-tone-ec": "BEEP", "webex-telephony": True}) as one:
        told = plan(one, capsys)
    lines = ["; ".join(line["needs"]) for line in told["unlocks"]]
    assert len(set(lines)) == len(lines)
    tones = {line for line in lines if "entry-exit-tone-ec" in line}
    assert {"settings: entry-exit-tone-ec = BEEP, if the site is set so"} | {
        f"entry-exit-tone-ec = {tone}, on another night or a second site" for tone in ("NOTONE", "ANNOUNCENAME")
    } >= tones
    assert len(tones) >= 2
    assert "settings: webex-telephony = false, if the site is set so" not in lines


def test_a_line_unlocks_as_many_as_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with one_account(tmp_path) as one:
        told = plan(one, capsys)
        access = told["unlocks"][0]
        second = next(line for line in told["unlocks"] if "add an account classic-era-user" in line["needs"][0])
        writing = plan(one, capsys, "--access", "read-write")
        assert writing["run"] - told["run"] == access["scenarios"]
        full = tomllib.loads(one.site.sites.read_text(encoding="utf-8"))["sites"]["twisted"]
        account = full["accounts"]["classic-era-user"]
        lines = [f'{key} = "{value}"' for key, value in account.items()]
        text = one.sites.read_text(encoding="utf-8")
        one.sites.write_text(text + "\n".join(["[sites.one.accounts.classic-era-user]", *lines]), encoding="utf-8")
        more = plan(one, capsys, "--access", "read-write")
    assert more["run"] - writing["run"] == second["scenarios"]


def test_it_sends_nothing_but_reads_and_says_what_would_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with one_account(tmp_path, settings=CLASSIC) as one:
        assert main(["plan", *one.arguments("--root", str(ROOT), "--access", "read-write")]) == 0
        assert not [operation for operation in one.site.asked if operation.startswith(("Create", "Set", "Del"))]
    text = capsys.readouterr().out
    assert "users would stay on the site, deactivated" in text
    assert "account attendee = a new user would be made by CreateUser" in text
    assert "nights on 2 sites judge everything" in text


def fits(wanted: dict[str, Value], night: dict[str, Value]) -> bool:
    return wanted.items() <= night.items()


def test_nights_are_the_fewest_there_can_be() -> None:
    both: list[dict[str, bool | int | str]] = [{"storage": storage, "support": support} for storage in (0, 1) for support in (True, False)]
    assert len(fewest_nights(both, {})) == 4, "each needs a night of its own"
    assert len(fewest_nights([*both, {"tone": "BEEP"}, {"tone": "NOTONE"}, {"storage": 0}], {})) == 4
    assert fewest_nights([{"tone": "BEEP"}], {"tone": "BEEP", "other": 1}) == [{"tone": "BEEP"}], "tonight will do"


def test_no_fewer_nights_would_do() -> None:
    """Every way of asking for up to two of three settings, against trying out all there is."""
    values: list[dict[str, Value]] = [{"a": 1}, {"a": 2}, {"b": 1, "c": 1}, {"b": 2}, {"a": 1, "c": 2}, {"a": 2, "b": 1}]
    every = [dict(zip("abc", one, strict=True)) for one in itertools.product((1, 2), repeat=3)]
    for number in range(1, len(values) + 1):
        for wanted in itertools.combinations(values, number):
            found = fewest_nights(list(wanted), {})
            assert all(any(fits(one, night) for night in found) for one in wanted)
            least = next(
                count
                for count in itertools.count(1)
                for nights in itertools.combinations(every, count)
                if all(any(fits(one, night) for night in nights) for one in wanted)
            )
            assert len([night for night in found if night]) == least, wanted


def test_no_night_is_sold_for_what_another_release_brings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with one_account(tmp_path) as one:
        told = plan(one, capsys, "--access", "read-write")
    assert all(night["scenarios"] for night in told["nights"])
    assert not [night for night in told["nights"] if night["settings"].get("suspended") is True], "only 42.5 and 42.6 ask for it"
    assert any("a site of release 42.5.0 or later" in row["lacks"] for row in told["scenarios"])
