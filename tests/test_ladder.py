"""The release ladder: a site of one release judged as the next breaks exactly what is new.

That is what an upgrade looks like seen from the other side, and the sharpest test of both: the mock's releases and
the suite's clauses were written apart from each other.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from conformance.judge.clauses import Clause
from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT
from tests.first_rows import first_rows
from tests.rig import rig

RELEASES = sorted(
    (path.name for path in (ROOT / "features").iterdir() if path.is_dir()), key=lambda name: [int(part) for part in name.split(".")]
)
LISTED = tomllib.loads(Path(__file__).with_name("ladder.toml").read_text(encoding="utf-8"))
KEPT = {clause: group["why"] for name, group in LISTED.items() if name != "follows" for clause in group["clauses"]}
#: Clauses of which no scenario can judge once another clause has failed: broken on the older site, and told by nothing else.
FOLLOWS = set(LISTED["follows"]["clauses"])


def failed(catalogue: Catalogue, release: str, judged_as: str, brought: str = "") -> tuple[set[str], set[str]]:
    """Clauses that failed and that broke, without --strict as a user runs it.

    Scenarios of older clauses that hold from ``brought`` on need what that release brought: they break where it is not.
    """
    scenarios = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    # Which rows of an outline can be judged on an older site is not the same for each of them.
    scenarios = first_rows(scenarios) if release == judged_as else scenarios
    with rig(catalogue, release=release, judged_as=judged_as) as site:
        trials = site.run(scenarios, strict=False)
    assert not any(trial.cleanup_errors for trial in trials), "a scenario left something behind"
    waiting = [one for one in trials if str(one.scenario.since) == brought != str(one.scenario.clause.release)]
    trials = [one for one in trials if not (one in waiting and one.verdict.outcome == "broken")]
    failures, breaks = ({one.scenario.clause.id for one in trials if one.verdict.outcome == word} for word in ("failed", "broken"))
    return failures, breaks


@pytest.mark.rotating(4)
@pytest.mark.parametrize("release", RELEASES)
def test_a_site_keeps_the_contract_of_its_own_release(catalogue: Catalogue, release: str) -> None:
    assert failed(catalogue, release, release) == (set(), set())


@pytest.mark.rotating(4)
@pytest.mark.parametrize(("older", "newer"), list(zip(RELEASES, RELEASES[1:], strict=False)))
def test_an_older_site_breaks_exactly_what_is_new(
    catalogue: Catalogue, clauses: dict[str, Clause], older: str, newer: str
) -> None:
    new = {clause.id for clause in clauses.values() if str(clause.release) == newer and clause.level == "must"}
    broken_clauses, could_not_be_judged = failed(catalogue, older, newer, brought=newer)
    print(f"{older:>8} judged as {newer:<8} {len(broken_clauses):3} of {len(new):3} must clauses broken")
    follows = {clause for clause in FOLLOWS if str(clauses[clause].release) == newer}
    assert could_not_be_judged - broken_clauses - set(KEPT) == follows, "[follows] of tests/ladder.toml lists them"
    kept = sorted(new - set(KEPT) - follows - broken_clauses)
    assert kept == [], f"{older} keeps them as well: list them in tests/ladder.toml, with the reason"
    assert broken_clauses - (new - set(KEPT) - follows) == set(), f"{older} breaks what is not new in {newer}, or what tests/ladder.toml says it keeps"


def test_the_ladder_speaks_about_must_clauses_only(clauses: dict[str, Clause]) -> None:
    """An exception for a clause that is not there would hide one that is."""
    assert {clause for clause in KEPT if clause not in clauses or clauses[clause].level != "must"} == set()
