"""A run that goes on: nothing that is there is written over, and nothing of another run is taken for its own."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.history.resume_file import RESUME_FILE, ResumeFile, last_numbers
from conformance.run.fleet import processes, shard_run
from conformance.run.fleet.processes import SiteProcess, process_of, run_fleet
from conformance.run.fleet.shard_run import demand_no_shard, run_shard
from conformance.run.fleet.shards import SHARD, ShardPlan, Share
from conformance.run.options import Options
from conformance.run.session import WorkerRun
from conformance.scenarios.features import Catalogue
from conformance.sites.errors import UserError
from conformance.wire.exchange import Exchange, Request

PLAN = ShardPlan(((Share("a", 1, 1, 2),), (Share("b", 1, 1, 2),)), ("a", "b"), "5e1ec7ed")
TERMS = {"site": "a"}


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "reports"


@pytest.fixture
def options(reports: Path, tmp_path: Path) -> Options:
    return Options(sites=("a", "b"), reports=reports, root=tmp_path, resume=True)


@pytest.fixture
def carried_out(monkeypatch: pytest.MonkeyPatch) -> list[SiteProcess]:
    """The processes that shards and fleets would carry out, which are not begun here."""
    begun: list[SiteProcess] = []

    def carry_out(_: Options, fleet: list[SiteProcess]) -> int:
        begun.extend(fleet)
        return 0

    for module in (shard_run, processes):
        monkeypatch.setattr(module, "carry_out", carry_out)
    monkeypatch.setattr(shard_run, "plan_shards", lambda *_: PLAN)
    return begun


def finished(site: Path, failed: int = 0, problems: int = 0, sent: int = 1) -> Path:
    """A site that a run is done with."""
    told = {"totals": {"failed": failed}, "problems": ["!"] * problems, "scenarios": [{"sent": sent, "skip": {"kind": "release"}}]}
    site.mkdir(parents=True)
    (site / "summary.json").write_text(json.dumps(told), encoding="utf-8")
    return site / "summary.json"


def refusal(options: Options, number: int, of: int = 2) -> UserError:
    with pytest.raises(UserError) as caught:
        run_shard(options, (), (), (number, of))
    return caught.value


# -- evidence ---------------------------------------------------------------------


def test_numbers_go_on_behind_the_highest_of_their_process(reports: Path) -> None:
    assert last_numbers(reports, "") == (0, 0)
    for name in ("exchanges/0002-GetUser.xml", "exchanges/10007-GetUser.xml", "exchanges/gw0-0009-GetUser.xml",
                 "exchanges/part2-0012-GetUser.xml", "exchanges/0400.xml.tmp", "exchanges/note", "faults/0003.txt", "faults/start.txt"):  # fmt: skip
        file = reports / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert last_numbers(reports, "") == (10007, 3)
    assert last_numbers(reports, "gw0-") == (9, 0)
    assert last_numbers(reports, "part2-") == (12, 0)
    assert last_numbers(reports, "gw1-") == (0, 0)


@pytest.mark.parametrize(("part", "worker", "prefix"), [((1, 1), "", ""), ((1, 1), "gw0", "gw0-"), ((2, 3), "", "part2-")])
def test_a_resumed_run_writes_no_evidence_over(
    catalogue: Catalogue, options: Options, part: tuple[int, int], worker: str, prefix: str
) -> None:
    here = SimpleNamespace(profile=SimpleNamespace(name="a"), payloads=SimpleNamespace(operations=("GetUser",)))
    session = cast(Any, SimpleNamespace(run_context=here))

    def run(*, resume: bool) -> WorkerRun:
        told = replace(options, sites=("mock",), resume=resume, part=part)
        return WorkerRun(told, catalogue, session, worker)

    exchange = Exchange(Request("GetUser", "site-admin", "http://127.0.0.1/", b"<a/>"), 1.0, 0.5, 200, body=b"<b/>")
    first = run(resume=False)
    earlier = first._written([exchange, exchange], 1)
    fault = first.traceback_file(ValueError("first"))
    again = run(resume=True)
    assert again._written([exchange], 1) == [f"1:reports/exchanges/{prefix}0003-GetUser.xml"] != earlier[:1]
    assert again.traceback_file(ValueError("second")) == f"reports/faults/{prefix}0002.txt" != fault
    assert run(resume=False)._written([exchange], 1) == earlier[:1], "a new run has cleared them"


# -- the file a run is resumed by -------------------------------------------------


@pytest.mark.parametrize("text", ["", '{"si', "[]\n", "\x00\x00"])
def test_a_site_whose_run_was_killed_while_it_began_begins_again(options: Options, text: str) -> None:
    file = options.reports / "a" / RESUME_FILE
    assert "--resume" not in process_of("a", ["--resume"], options, None)._arguments
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    assert "--resume" not in process_of("a", ["--resume"], options, None)._arguments
    ResumeFile(file.parent, TERMS).begin()
    assert process_of("a", ["--resume"], options, None)._arguments == ("--resume",)


def test_a_line_that_a_kill_cut_short_is_not_glued_to_the_next(reports: Path) -> None:
    def message(nodeid: str) -> dict[str, Any]:
        return {"result": {"nodeid": nodeid, "outcome": "passed"}}

    file = ResumeFile(reports, TERMS)
    file.begin()
    file.add(message("one"))
    with (reports / RESUME_FILE).open("ab") as cut:
        cut.write('{"result": {"nodeid": "zwö'.encode()[:-1])
    process = SiteProcess("a", [], reports)
    process.look()
    assert file.finished() == [message("one")]
    file.expect(3)
    file.add(message("three"))
    process.look()
    assert (process.selected, process.done) == (3, 2)
    assert file.finished() == [message("one"), message("three")]


def test_whoever_looks_at_a_run_is_not_stopped_by_a_line_that_is_none(reports: Path) -> None:
    reports.mkdir()
    (reports / RESUME_FILE).write_text('{"result": {"node{"selected": 4}\n7\n{"selected": 5}\n', encoding="utf-8")
    process = SiteProcess("a", [], reports)
    process.look()
    assert process.selected == 5


def test_what_sites_of_an_interrupted_run_ended_with_is_known_until_it_is_told_anew(
    options: Options, carried_out: list[SiteProcess]
) -> None:
    finished(options.reports / "a", failed=1)
    overview = options.reports / "overview.json"
    overview.write_text('{"format": 1, "sites": {"a": {"exit": 2}, "b": {"exit": 2}}}', encoding="utf-8")
    for _ in range(2):
        # Killed before it told it anew, and resumed again.
        carried_out.clear()
        assert run_fleet(options, ()) == 0
        assert [one.ended for one in carried_out] == [1, None]
    run_fleet(replace(options, resume=False), ())
    assert not overview.exists()


def test_sites_of_a_run_that_was_killed_before_it_told_of_any_are_kept(
    options: Options, carried_out: list[SiteProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    results, stranger = (options.reports / name / "summary.json" for name in "ac")
    finished(stranger.parent)

    def killed(*_: object) -> int:
        finished(options.reports / "a", failed=1)
        raise SystemExit(9)

    with monkeypatch.context() as context, pytest.raises(SystemExit):
        context.setattr(processes, "carry_out", killed)
        run_fleet(replace(options, resume=False), ())
    with monkeypatch.context() as context, pytest.raises(SystemExit):
        # It is killed as soon as it goes on, with fewer sites.
        context.setattr(processes, "carry_out", lambda *_: sys.exit(9))
        run_fleet(replace(options, sites=("b",)), ())
    assert run_fleet(replace(options, sites=("a", "b", "c")), ()) == 0
    assert [one.ended for one in carried_out] == [1, None, None]
    assert results.exists()
    assert not stranger.exists(), "it was of another run"
    assert not (options.reports / RESUME_FILE).exists()


@pytest.mark.parametrize(
    ("told", "ended"),
    [({}, 0), ({"failed": 1}, 1), ({"problems": 1}, 1), ({"sent": 0}, 5)],
    ids=["green", "red", "a problem", "nothing ran"],
)
def test_a_site_ended_with_what_its_summary_says(options: Options, told: dict[str, int], ended: int) -> None:
    folder = options.reports / "a"
    assert processes._ended(folder) is None
    summary = finished(folder, **told)
    assert processes._ended(folder) == ended
    ResumeFile(folder, TERMS).begin()
    assert processes._ended(folder) is None, "it was killed while it wrote its reports"
    (folder / RESUME_FILE).unlink()
    for text in ("{}", "[]", "{", '{"totals": {}, "problems": [], "scenarios": [7]}'):
        summary.write_text(text, encoding="utf-8")
        assert processes._ended(folder) is None


# -- shards -----------------------------------------------------------------------


def test_a_shard_goes_on_where_it_began_and_nowhere_else(options: Options, carried_out: list[SiteProcess]) -> None:
    assert run_shard(options, (), (), (1, 2)) == 0, "--resume of a shard that never began begins it"
    assert run_shard(options, (), (), (1, 2)) == 0
    file, results = options.reports / SHARD, finished(options.reports / "a")
    before, content = file.read_bytes(), results.read_bytes()
    told = refusal(options, 2)
    assert (told.code, told.where) == ("resume-shard", str(file))
    assert told.what == "shard 1 is there, and to be resumed is shard 2"
    assert (file.read_bytes(), results.read_bytes()) == (before, content), "what is refused destroys nothing"
    assert [one.site for one in carried_out] == ["a", "a"]


def test_a_shard_of_another_plan_is_not_gone_on_with(
    options: Options, carried_out: list[SiteProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_shard(options, (), (), (1, 2))
    results = finished(options.reports / "a")
    monkeypatch.setattr(shard_run, "plan_shards", lambda *_: replace(PLAN, selection="07e12"))
    assert refusal(options, 1).what == "it was cut otherwise, with other sites, scenarios, N, --even-by or version of the suite"
    (options.reports / SHARD).write_text("{", encoding="utf-8")
    assert refusal(options, 1).code == "part-cut"
    assert results.exists()
    assert len(carried_out) == 1


@pytest.mark.parametrize("left", ["summary.json", "overview.json", "a/summary.json", f"b/{RESUME_FILE}"])
def test_a_shard_does_not_go_on_with_what_a_run_in_one_piece_left(options: Options, carried_out: list[SiteProcess], left: str) -> None:
    file = options.reports / left
    file.parent.mkdir(parents=True)
    file.write_text("{}", encoding="utf-8")
    told = refusal(options, 1)
    assert (told.code, told.where) == ("resume-shard", str(file))
    assert not carried_out
    assert run_shard(replace(options, resume=False), (), (), (1, 2)) == 0, "a new run clears as ever"


def test_a_run_in_one_piece_does_not_go_on_in_the_folder_of_a_shard(options: Options, carried_out: list[SiteProcess]) -> None:
    demand_no_shard(options)
    run_shard(options, (), (), (1, 2))
    with pytest.raises(UserError) as caught:
        demand_no_shard(options)
    assert (caught.value.code, caught.value.where) == ("resume-shard", str(options.reports / SHARD))
    demand_no_shard(replace(options, shard=(1, 2)))
    demand_no_shard(replace(options, resume=False))
    run_fleet(replace(options, resume=False), ())
    demand_no_shard(options)


def test_a_run_of_one_site_does_not_go_on_in_its_folder_in_a_shard(
    options: Options, carried_out: list[SiteProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_shard(options, (), (), (1, 2))
    folder = options.reports / "a"
    finished(folder)
    alone = replace(options, sites=("a",), reports=folder)
    with pytest.raises(UserError) as caught:
        demand_no_shard(alone)
    assert (caught.value.code, caught.value.where) == ("resume-shard", str(options.reports / SHARD))
    assert caught.value.hint == f"say which shard with --shard, as it was begun, and --reports {options.reports}"
    monkeypatch.chdir(folder)
    with pytest.raises(UserError):
        demand_no_shard(replace(alone, reports=Path()))
    demand_no_shard(replace(alone, in_shard=True))
    demand_no_shard(replace(alone, resume=False))
    demand_no_shard(replace(alone, reports=options.reports / "other"))


def test_a_new_shard_leaves_nothing_of_an_earlier_one_that_a_retry_could_take_for_its_own(
    options: Options, carried_out: list[SiteProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = finished(options.reports / "a")
    written: list[int] = []

    def write(file: Path, text: str) -> None:
        assert not results.exists(), "it is cleared before the file says that the shard began"
        written.append(json.loads(text)["shard"])

    monkeypatch.setattr(shard_run, "write_whole", write)
    assert run_shard(replace(options, resume=False), (), (), (1, 2)) == 0
    assert (written, len(carried_out)) == ([1], 1)
