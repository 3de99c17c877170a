"""Ways to choose scenarios: places, lines, node ids, words, markers, what failed last; each makes a smaller run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import mocksite
import pytest

from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from tests.run.conftest import Runner


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
