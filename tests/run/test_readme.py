"""The README says what a run says, and it and docs/verification.md how much there is of what they count."""

from __future__ import annotations

import re
from pathlib import Path

import mocksite
import pytest

from conformance.scenarios.features import Catalogue
from conformance.sites.release import Release
from tests import figures
from tests.conftest import ROOT
from tests.figures import masked
from tests.run.conftest import Runner

README = (ROOT / "README.md").read_text(encoding="utf-8")
VERIFICATION = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")


RENEW = "python -m tests.figures counts it anew"


@pytest.mark.rotating(2)
def test_the_sample_is_what_a_run_says(run: Runner) -> None:
    sample = README.partition("```text\n")[2].partition("\n```")[0].splitlines()
    lines = run("features", subprocess=True, every_row=True).text.splitlines()
    told = lines[next(nth for nth, line in enumerate(lines) if line.strip("= ") == "conformance") :]
    assert masked(sample) == masked(told)[: len(sample)], RENEW


def test_clauses_are_counted(catalogue: Catalogue) -> None:
    said = re.search(r"Every sentence of the release notes is a clause \((\d+) of them\)", README)
    assert said
    assert int(said[1]) == len(catalogue.clauses), RENEW


@pytest.mark.parametrize("words", figures.README)
def test_what_trust_rests_on_is_counted(words: str) -> None:
    assert figures.counted_anew(README, {words: figures.README[words]}) == README, RENEW


@pytest.mark.parametrize("words", figures.VERIFICATION)
def test_what_its_instruments_count_is_counted(words: str) -> None:
    assert figures.counted_anew(VERIFICATION, {words: figures.VERIFICATION[words]}) == VERIFICATION, RENEW


def test_scenarios_of_41_12_are_counted(catalogue: Catalogue) -> None:
    said = re.search(r"(\d+) of (\d+) scenarios of 41\.12 judged, (\d+) recorded, (\d+) need a mock", VERIFICATION)
    assert said
    judged, every, recorded, mocks = map(int, said.groups())
    newest = Release.parse("41.12.0")
    there = [one for file in catalogue.known_files() for one in file.scenarios.values() if one.since <= newest]
    assert judged + recorded + mocks == every == len(there)


def test_mutants_are_counted_as_their_page_does() -> None:
    page = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
    rows = [tuple(int(text) for text in row) for row in re.findall(r"^\| \w+ \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)]
    killed, survived, equivalent = map(sum, zip(*rows, strict=True))
    assert f"| all {len(rows)} | {killed:,} | {survived} | {equivalent} |" in page
    assert f"[{len(rows)} modules, {killed:,} killed, {survived} survived](mutants.md)" in VERIFICATION


def test_faults_are_counted_by_class() -> None:
    for of_class, counts in figures.of_classes().items():
        begins = f"| {of_class} | {' | '.join(map(str, counts))} | 0 | "
        assert begins in VERIFICATION, f"{begins}: {RENEW}"


def test_figures_of_trust_are_those_of_the_page_of_verification() -> None:
    """What the README takes from docs/verification.md stands there, so that one figure cannot be renewed alone."""
    trust = README.partition("## Can the verdicts be trusted?")[2].partition("[docs/verification.md]")[0]
    figures = set(re.findall(r"\b\d[\d,]*\b", trust))
    assert len(figures) >= 5
    assert figures - set(re.findall(r"\b\d[\d,]*\b", VERIFICATION)) == set()


def test_the_sample_of_a_failure_is_what_a_run_says(run: Runner, tmp_path: Path) -> None:
    sample = README.partition("## Read a failure")[2].partition("```text\n")[2].partition("\n```")[0].splitlines()
    with mocksite.start(release="41.6.3") as site:
        (tmp_path / "old.toml").write_text(site.profile("old"), encoding="utf-8")
        told = run("features/41.7.0", "--release", "41.7.0", "--site", "old", "--sites", str(tmp_path / "old.toml"), every_row=True)
    begin = next(nth for nth, line in enumerate(told.lines) if line.startswith("FAILED"))
    assert sample == told.lines[begin : begin + len(sample)]


def test_every_command_that_pages_name_is_there() -> None:
    from conformance.cli import _parser

    known = _parser().format_help()
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for name in re.findall(r"webex-conformance ([a-z][a-z-]+)", page.read_text(encoding="utf-8")):
            assert re.search(rf"^\s+{name}\s", known, re.MULTILINE), f"{page.name}: webex-conformance {name}"


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target
