"""Several processes for one site (``-n``): what keeps one of them from beginning ends the run, and is told once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import mocksite
import pytest

from conformance.run.distribution import SiteScheduling
from tests.conftest import ROOT
from tests.run.conftest import Outcome, Runner
from tests.twisted import operation_of, twisted


def ended_by(outcome: Outcome, words: str) -> None:
    """The run ended with one message that says so."""
    assert outcome.code == 4, outcome.text
    assert outcome.text.count(words) == 1, outcome.text
    assert "INTERNALERROR" not in outcome.text
    assert not (outcome.reports / "summary.json").exists()


def test_a_worker_whose_site_cannot_be_asked_ends_the_run(run: Runner, tmp_path: Path) -> None:
    """The others would wait for what it collects, for ever."""
    asked: list[str] = []

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "GetAPIVersion":
            asked.append("")
            if len(asked) == 2:
                return mocksite.HttpResponse(404, (), b"")
        return response

    with twisted(tmp_path, twist) as site:
        outcome = run("features/41.7.0", "-n", "2", *site.arguments(), subprocess=True)
    ended_by(outcome, "error[unreachable]: the site cannot be asked: GetAPIVersion")


class Node:
    """A worker as xdist's controller sees it: what it was given to do."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.gateway = SimpleNamespace(id=name)
        self.given: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def test_a_worker_in_the_place_of_a_dead_one_is_given_nothing_before_it_has_collected() -> None:
    """xdist takes it for ready, since the dead one had collected: KeyError: <WorkerController gw2>, now and then."""
    option = SimpleNamespace(loadscopereorder=False)
    config = SimpleNamespace(getvalue=lambda name: ["2*popen"], option=option)
    scheduling = SiteScheduling(config, None, lambda nodeid: False)
    first, second, third = nodes = [Node(f"gw{number}") for number in range(3)]
    collected = [f"a::{number}" for number in range(8)]
    for node in (first, second):
        scheduling.add_node(node)
    scheduling.add_node_collection(first, collected)
    assert scheduling.remove_node(first) is None, "it had nothing to do yet"
    scheduling.add_node(third)
    scheduling.add_node_collection(second, collected)
    scheduling.schedule()
    assert third.given == []
    assert not third.shutting_down
    scheduling.add_node_collection(third, collected)
    scheduling.schedule()
    assert third.given
    done: dict[str, int] = dict.fromkeys(("gw1", "gw2"), 0)
    while not scheduling.tests_finished:
        for node in nodes[1:]:
            if done[node.name] < len(node.given):
                scheduling.mark_test_complete(node, node.given[done[node.name]])
                done[node.name] += 1
    assert sorted(second.given + third.given) == list(range(8))


#: A plugin by which a worker cannot open its site, by a fault of the suite.
FAULTY = """
from conformance.run import distribution


def faulty(*_, **__):
    raise ValueError("what nobody thought of")


distribution.open_site = faulty
"""


def test_a_fault_in_a_worker_is_one_message_and_no_fault_of_xdist(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faulty.py").write_text(FAULTY, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    outcome = run("features/41.9.0", "-n", "2", "-p", "faulty", subprocess=True)
    ended_by(outcome, "error[fault]: ValueError: what nobody thought of")
    assert any("in faulty" in file.read_text(encoding="utf-8") for file in (outcome.reports / "faults").iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("features/41.9.0", "-m", "must and"), "Wrong expression passed to '-m'"),
        (("features/41.9.0", "features/nowhere"), "file or directory not found: features/nowhere"),
        (("mine",), "error[clause-count]"),
    ],
)
def test_a_mistake_that_workers_find_is_one_message(
    run: Runner, pytester: pytest.Pytester, arguments: tuple[str, ...], words: str
) -> None:
    feature = pytester.mkdir("mine") / "mine.feature"
    feature.write_text("Feature: mine\n  Scenario: of no clause\n    Given nothing\n", encoding="utf-8")
    ended_by(run(*arguments, "-n", "2", subprocess=True), words)
