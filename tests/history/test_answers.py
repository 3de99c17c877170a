"""Answers of the history that a bystander would check by hand: since when, in whose words, and told to whom."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.history.archive import Archive
from conformance.history.index import Index
from conformance.history.night import NightRecord
from conformance.history.view import ClauseHistory, SiteHistory
from tests.history.test_notify import Nightly

CLAUSE = "R41.1.0-01"


class Pair(Nightly):
    """A site of five scenarios, the first two of one clause; a night is given as the letters of those two."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        first, second, *rest = self.first.scenarios
        self.first = replace(self.first, scenarios=(first, replace(second, clauses=first.clauses), *rest))

    def nights(self, letters: str, **changes: object) -> None:
        """Nights without notices, a pair of letters each: ``PP PF``."""
        first = self.first
        for both in letters.split():
            self.first = replace(first, outcomes=f"P{both[1]}{first.outcomes[2:]}")
            self.archive.keep(self.night(both[0], **changes))
            self.number += 1
        self.first = first

    def clauses(self) -> dict[str, ClauseHistory]:
        index = Index(self.archive)
        try:
            return {one.clause: one for one in SiteHistory(index, "staging").clauses()}
        finally:
            index.close()

    @property
    def clause(self) -> ClauseHistory:
        return self.clauses()[CLAUSE]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Ten good nights, 2025-11-28 to 2025-12-07."""
    pair = Pair(tmp_path)
    pair.nights("PP " * 10)
    return pair


# -- in whose words ----------------------------------------------------------------


@pytest.mark.parametrize("letter", "BUWS")
def test_a_night_that_says_nothing_does_not_explain_a_failure(pair: Pair, letter: str) -> None:
    pair.nights("FP FP FP", words={0: "GetUser  check element-present"}, faults={0: "site"}, owners={0: "A Team"})
    pair.nights(f"{letter}P", words={0: "no reply within 30 s"}, faults={0: "operation"}, exchanges={0: ("request:e.xml",)})
    told = pair.clause
    assert (told.words, told.aside, told.exchanges) == ("GetUser  check element-present", "fault: site; owner: A Team", ())


def test_the_words_are_those_of_the_latest_failure(pair: Pair) -> None:
    pair.nights("FP", words={0: "GetUser  check element-present"})
    pair.nights("FP", words={0: "GetUser  check value"}, exchanges={0: ("request:e.xml",)}, root="/reports")
    assert (pair.clause.words, pair.clause.exchanges) == ("GetUser  check value", ("/reports/e.xml",))


def test_what_an_earlier_failure_said_is_no_word_of_this_one(pair: Pair) -> None:
    pair.nights("FP FP FP", words={0: "GetUser  check element-present"})
    pair.nights("PP " * 20 + "FP FP FP")
    assert (pair.clause.state, pair.clause.words) == ("failing", "")


def test_what_is_lost_is_explained_by_the_nights_without_a_verdict(pair: Pair) -> None:
    pair.nights("FP", words={0: "GetUser  check element-present"})
    pair.nights("PP " * 5)
    pair.nights("BB BB BB", words={0: "no such account", 1: "no such account"})
    assert (pair.clause.state, pair.clause.words) == ("lost", "no such account")


@pytest.mark.parametrize(("letter", "tried"), [("B", "broken"), ("U", "failed")])
def test_attempts_of_a_night_without_a_verdict_confirm_nothing(pair: Pair, letter: str, tried: str) -> None:
    assert pair.run("F", words={0: "GetUser  check element-present"}) is None
    assert pair.run(letter, attempts={0: (tried, tried)}) is None
    assert pair.clause.state == "new"
    notice = pair.run("F", words={0: "GetUser  check element-present"})
    assert notice is not None
    assert [one.words for one in notice.changes] == ["GetUser  check element-present"]


# -- since when --------------------------------------------------------------------


def test_a_clause_fails_since_the_first_of_its_scenarios_does(pair: Pair) -> None:
    pair.nights("PF " * 5, words={1: "GetUser  check value"})
    pair.nights("FF", words={0: "GetUser  check element-present", 1: "GetUser  check value"})
    assert [one.state for one in pair.clause.scenarios] == ["new", "failing"]
    assert (pair.clause.state, pair.clause.since, pair.clause.words) == ("failing", "2025-12-08", "GetUser  check value")
    pair.nights("FF FF")
    assert (pair.clause.state, pair.clause.since) == ("failing", "2025-12-08")


def test_a_clause_is_told_once_however_many_of_its_scenarios_begin_to_fail(pair: Pair) -> None:
    pair.nights("PF PF")
    assert pair.tell(_later(pair)) is not None
    for night in ("FF", "FF", "FP"):
        pair.nights(night)
        assert pair.tell(_later(pair)) is None


def test_of_two_that_began_to_fail_the_one_that_failed_again_is_told(pair: Pair) -> None:
    pair.nights("FF", attempts={1: ("failed", "failed")}, words={0: "once", 1: "twice"})
    assert (pair.clause.state, pair.clause.words) == ("new", "twice")
    assert pair.tell(_later(pair)) is not None


def test_a_clause_is_well_since_the_last_of_its_scenarios_is(pair: Pair) -> None:
    pair.nights("FF " * 6 + "PF " * 3 + "PP " * 6)
    assert (pair.clause.state, pair.clause.since) == ("fixed", "2025-12-17")
    pair.nights("PP " * 40)
    assert (pair.clause.state, pair.clause.since) == ("passing", "2025-12-17")


def test_a_clause_that_always_passed_does_so_since_its_first_night(pair: Pair) -> None:
    assert (pair.clause.state, pair.clause.since) == ("passing", "2025-11-28")


# -- told to whom ------------------------------------------------------------------


def test_an_outage_is_told_once_and_the_next_one_too(pair: Pair) -> None:
    def nights(letters: str) -> list[str]:
        return [notice.night for notice in map(pair.run, letters) if notice is not None and notice.night]

    assert nights("XX") == ["the night of 2025-12-08 hardly judged anything (see its reports)"]
    pair.nights("PP")
    assert nights("XX") == ["the night of 2025-12-11 hardly judged anything (see its reports)"]
    assert nights("XXXX") == []


def test_an_outage_of_many_nights_is_one_thing_and_clauses_come_back_as_they_were(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    pair.nights("FP FP FP")
    assert pair.tell(_later(pair)) is not None
    before = {name: (one.state, one.since, one.words) for name, one in pair.clauses().items()}
    notices = [pair.run("X", unwell={"FAILURE 000035": 5}) for _ in range(6)]
    assert [(one.night, one.changes, one.healed) for one in notices if one] == [
        ("the night of 2025-12-11 hardly judged anything (FAILURE 000035)", (), ()),
    ]
    assert {name: (one.state, one.since, one.words) for name, one in pair.clauses().items()} == before
    main(["history", "--history", str(pair.archive.folder)])
    told = capsys.readouterr().out
    assert "the last 6 nights, since 2025-12-11, hardly judged anything: FAILURE 000035\n" in told
    assert ", 0 lost" not in told and " lost" not in told
    assert [pair.run("F") for _ in range(4)] == [None] * 4
    assert {name: (one.state, one.since, one.words) for name, one in pair.clauses().items()} == before


def test_what_is_lost_is_not_explained_by_an_outage_after_it(pair: Pair) -> None:
    pair.nights("BB BB BB", words={0: "no such account", 1: "no such account"})
    pair.run("X", words={0: "FAILURE 000035", 1: "FAILURE 000035"})
    assert (pair.clause.state, pair.clause.since, pair.clause.words) == ("lost", "2025-12-08", "no such account")


def test_an_outage_is_told_again_after_nights_that_are_missing(pair: Pair) -> None:
    pair.run("X")
    assert pair.run("X", later=40) is not None
    notice = pair.run("X")
    assert notice is not None
    assert notice.night.startswith("the night of 2025-12-10 hardly judged anything")


def test_one_notice_that_does_not_arrive_keeps_no_other_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = Pair(tmp_path / "history")
    for site in ("a", "b", "c"):
        pair.archive.keep(replace(pair.night("F"), site=site))
    hook = tmp_path / "hook.py"
    hook.write_text(
        "import json, pathlib, sys\nsite = json.load(sys.stdin)['site']\n"
        "site == 'a' and sys.exit(f'a is deaf to {sys.argv[1]}\\nand said so')\n"
        f"(pathlib.Path({str(tmp_path)!r}) / site).touch()\n",
        encoding="utf-8",
    )
    (pair.archive.folder / ".told-b.json").mkdir()
    url = "https://hooks.example.com/services/T0K3NT0K3N/secret"
    command = f"{sys.executable} -S '{hook}' {url}"
    chosen = [word for site in "acbd" for word in ("--site", site)]
    assert main(["notify", "--history", str(pair.archive.folder), "--to", command, *chosen]) == 4
    told = capsys.readouterr().err.splitlines()
    assert told[:4] == [
        "error[notify]: of 3 sites nobody could be told",
        "  the notice of a could not be delivered: it ended with 1: a is deaf to https://hooks.example.com/services/******/secret and said so",
        f"  what was told of b could not be noted: a folder, a pipe or a device is there ({pair.archive.folder / '.told-b.json'})",
        "  no night of a site 'd' is here",
    ]
    assert told[4] == f"  where  {sys.executable} ...; {pair.archive.folder}"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b", "c", "history", "hook.py"]
    assert json.loads((pair.archive.folder / ".told-c.json").read_text(encoding="utf-8"))["states"][CLAUSE] == "failing"
    assert not (pair.archive.folder / ".told-a.json").exists()


def test_an_unknown_site_keeps_no_other_back(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    pair.nights("FP FP")
    assert main(["notify", "--history", str(pair.archive.folder), "--site", "stagin", "--site", "staging"]) == 4
    told = capsys.readouterr()
    assert told.err.startswith("error[site-unknown]")
    assert told.out.startswith("staging: 1 clause changed")


# -- versions of the suite ---------------------------------------------------------


def test_a_scenario_that_judges_one_more_clause_is_the_same(pair: Pair) -> None:
    pair.nights("FP " * 6)
    first, *rest = pair.first.scenarios
    pair.first = replace(pair.first, suite="9", scenarios=(replace(first, clauses=(CLAUSE, "R41.2.0-07")), *rest))
    pair.nights("PP " * 10)
    assert {name: (one.state, len(one.scenarios)) for name, one in pair.clauses().items() if name in (CLAUSE, "R41.2.0-07")} == {
        CLAUSE: ("fixed", 2), "R41.2.0-07": ("fixed", 1),
    }  # fmt: skip
    assert pair.clause.change == "suite went from 0.1.0 to 9"


def test_of_rows_of_one_outline_each_takes_over_its_own(pair: Pair) -> None:
    first, _, *rest = pair.first.scenarios
    rows = [replace(first, row=row, steps="") for row in ("a", "b")]
    pair.first = replace(pair.first, scenarios=(*rows, *rest))
    pair.nights("PF PF PF")
    wider = [replace(one, clauses=(CLAUSE, "R41.2.0-07")) for one in reversed(rows)]
    pair.first = replace(pair.first, suite="9", scenarios=(*wider, *rest))
    pair.nights("FP FP")
    assert sorted(one.letters[-5:] for one in pair.clause.scenarios if one.letters[-1] != "-") == ["FFFFF", "PPPPP"]


def test_another_clause_alone_makes_it_another_scenario(pair: Pair) -> None:
    pair.nights("FP FP FP")
    first, *rest = pair.first.scenarios
    pair.first = replace(pair.first, suite="9", scenarios=(replace(first, clauses=("R41.2.0-07",)), *rest))
    pair.nights("PP")
    assert (pair.clause.state, pair.clause.since) == ("passing", "2025-11-28")
    assert [one.title for one in pair.clause.scenarios] == ["scenario 1"]
    assert (pair.clauses()["R41.2.0-07"].state, pair.clauses()["R41.2.0-07"].letters[-4:]) == ("passing", "---P")


def without_the_first(pair: Pair, suite: str, kept: int = 4) -> None:
    """From now on the first scenario is not run; ``kept`` others are."""
    others = pair.first.scenarios[1 : 1 + kept]
    outcomes = "P" * kept
    pair.archive.keep(replace(pair.night(), suite=suite, scenarios=others, outcomes=outcomes))
    pair.number += 1


def test_what_left_the_suite_decides_no_clause(pair: Pair) -> None:
    pair.nights("FP FP FP")
    without_the_first(pair, suite="9")
    assert (pair.clause.state, len(pair.clause.scenarios), pair.clause.letters[-4:]) == ("passing", 1, "FFFP")
    without_the_first(pair, suite="9", kept=1)
    assert pair.clause.state == "passing"


@pytest.mark.parametrize(("suite", "kept"), [("0.1.0", 4), ("9", 2)])
def test_what_was_not_run_may_still_be_there(pair: Pair, suite: str, kept: int) -> None:
    """The same version of the suite ran a part, or a later one a smaller part than to tell."""
    pair.nights("FP FP FP")
    without_the_first(pair, suite, kept)
    assert (pair.clause.state, pair.clause.since) == ("failing", "2025-12-08")


def test_what_the_version_ran_on_an_earlier_night_is_there(pair: Pair) -> None:
    pair.first = replace(pair.first, suite="9")
    pair.nights("FP FP FP")
    without_the_first(pair, suite="9")
    assert pair.clause.state == "failing"


def test_a_clause_that_the_suite_left_and_has_again_is_no_news(pair: Pair) -> None:
    first = pair.first
    pair.first = replace(first, scenarios=(first.scenarios[0], replace(first.scenarios[1], clauses=("R41.2.0-01",)), *first.scenarios[2:]))
    pair.nights("FP FP")
    assert pair.tell(_later(pair)) is not None
    without_the_first(pair, suite="9")
    assert CLAUSE not in pair.clauses()
    assert pair.tell(_later(pair)) is None
    pair.nights("FP", suite="10")
    assert pair.clause.state == "failing"
    assert pair.tell(_later(pair)) is None


# -- two machines, two versions of the suite ------------------------------------------


def in_turns(pair: Pair, letters: str) -> list[str]:
    """What is told of nights by two machines in turns, of suites 0.1.0 and 9; each confirms its failures at once."""
    told = []
    for letter in letters:
        suite = "9" if pair.number % 2 else "0.1.0"
        notice = pair.run(letter, suite=suite, attempts={0: ("failed", "failed")} if letter == "F" else {})
        told += [] if notice is None else [notice.text()]
    return told


def test_what_one_suite_of_two_finds_is_told_once_and_as_the_suites(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "suite 0.1.0 passes it, suite 9 fails it"
    told = in_turns(pair, "PFPFPFPFPFPF")
    assert "suite went from 0.1.0 to 9" in told[0]
    assert words in told[-1]
    assert len(told) <= 3
    assert in_turns(pair, "PFPF" * 5) == []
    assert (pair.clause.state, pair.clause.since, pair.clause.change) == ("failing", "2025-12-09", words)
    main(["history", "--history", str(pair.archive.folder)])
    out = capsys.readouterr().out
    line = f"suites 0.1.0 and 9 take turns, and what they see otherwise is no change of the site: {CLAUSE}\n"
    assert line in out and words in out
    page = pair.archive.folder / "page.html"
    main(["history", "--history", str(pair.archive.folder), "--html", str(page)])
    assert line.strip() in page.read_text(encoding="utf-8")


def test_what_the_older_suite_alone_finds_is_told_of_a_clause_that_is_well(pair: Pair) -> None:
    in_turns(pair, "FPFPFPFPFP")
    assert (pair.clause.state, pair.clause.change) == ("passing", "suite 0.1.0 fails it, suite 9 passes it")
    # Another scenario of the clause, which both pass, decides its state; what they do not agree on is told all the same.
    assert [bool(one.differs) for one in pair.clause.scenarios] == [True, False]


def test_what_both_suites_find_is_the_sites(pair: Pair) -> None:
    in_turns(pair, "PPPPPPPP")
    told = in_turns(pair, "FFFFFFFF")
    assert len(told) == 1 and "suite" not in told[0]
    assert (pair.clause.state, pair.clause.since, pair.clause.change) == ("failing", "2025-12-16", "")


def test_a_failure_of_a_new_suite_that_the_old_one_finds_too_is_the_sites(pair: Pair) -> None:
    pair.nights("FP FP", suite="9")
    assert pair.clause.change == "suite went from 0.1.0 to 9"
    pair.nights("FP")
    assert (pair.clause.state, pair.clause.change) == ("failing", "")


def test_a_scenario_that_one_suite_of_two_has_neither_comes_nor_goes(pair: Pair) -> None:
    first = pair.first
    told = []
    for nth in range(20):
        later = nth % 2
        pair.first = replace(first, scenarios=first.scenarios[later:], outcomes="PPPPP"[later:])
        attempts = {} if later else {0: ("failed", "failed")}
        notice = pair.run("P" if later else "F", suite="9" if later else "0.1.0", attempts=attempts)
        told.append(notice is not None)
    assert not any(told[4:])
    assert (pair.clause.state, pair.clause.since) == ("failing", "2025-12-08")
    assert sum(told) <= 3


# -- the order in which files arrive ------------------------------------------------


def test_the_order_in_which_nights_arrive_plays_no_part(tmp_path: Path) -> None:
    """A scenario is renamed, then takes other steps, then has its first title again; two nights started at once."""
    pair = Pair(tmp_path / "history")
    first, *rest = pair.first.scenarios
    titled = replace(first, title="renamed", nodeid="features/new.feature::renamed")
    versions = (first, titled, replace(titled, steps="0"), replace(first, steps="1"))
    nights = []
    for one in versions:
        nights.append(replace(pair.night(), scenarios=(one, *rest), suite=str(pair.number)))
        pair.number += 1
    nights.append(replace(nights[-1], outcomes="FPPPP", requests=1))
    orders = [nights, nights[::-1], *(nights[place:] + nights[:place] for place in (1, 3)), nights[::2] + nights[1::2]]
    answers = {_answer(tmp_path / str(number), order) for number, order in enumerate(orders)}
    (answer,) = answers
    assert [len(letters) for _, letters in answer] == [5] * 5


def _answer(folder: Path, nights: Iterable[NightRecord]) -> tuple[tuple[str, str], ...]:
    """Node id and letters of each scenario after nights that were taken in one by one."""
    archive = Archive(folder)
    for night in nights:
        archive.keep(night)
        index = Index(archive)
        told = tuple((one.nodeid, one.letters) for one in SiteHistory(index, "staging").scenarios)
        index.close()
    return told


def test_a_night_that_was_deleted_leaves_nothing_to_the_next(pair: Pair) -> None:
    """Numbers of nights are given again."""
    night = pair.night("F", words={0: "GetUser  check element-present"})
    file = pair.archive.keep(night)
    assert pair.clause.words == "GetUser  check element-present"
    file.unlink()
    assert pair.clause.state == "passing"
    pair.nights("FP")
    assert (pair.clause.state, pair.clause.words) == ("new", "")


def _later(pair: Pair) -> dt.datetime:
    """The hour after the last night that was kept."""
    started = dt.datetime(2025, 11, 28, 2, tzinfo=dt.UTC) + dt.timedelta(days=pair.number - 1)
    return started + dt.timedelta(hours=1)
