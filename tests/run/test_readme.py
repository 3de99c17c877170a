"""The README says what a run says, and how much there is of what it counts."""

from __future__ import annotations

import re

import pytest

from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT
from tests.run.conftest import Runner

README = (ROOT / "README.md").read_text(encoding="utf-8")


def masked(lines: list[str]) -> list[str]:
    """Without what differs between two runs: port, seconds, how wide a terminal is."""
    text = re.sub(r"127\.0\.0\.1:\d+", "HOST", "\n".join(lines))
    return [re.sub(r"\d+\.\d+ ?s", "SECONDS", line).strip("= ") for line in text.splitlines()]


@pytest.mark.rotating(2)
def test_the_sample_is_what_a_run_says(run: Runner) -> None:
    sample = README.partition("```text\n")[2].partition("\n```")[0].splitlines()
    lines = run("features", subprocess=True, every_row=True).text.splitlines()
    told = lines[next(nth for nth, line in enumerate(lines) if line.strip("= ") == "conformance") :]
    assert masked(sample) == masked(told)[: len(sample)]


def test_clauses_are_counted(catalogue: Catalogue) -> None:
    said = re.search(r"Every sentence of the release notes is a clause \((\d+) of them\)", README)
    assert said
    assert int(said[1]) == len(catalogue.clauses)


def test_every_command_it_names_is_there() -> None:
    from conformance.cli import _parser

    known = _parser().format_help()
    for name in re.findall(r"webex-conformance ([a-z-]+)", README):
        assert re.search(rf"^\s+{name}\s", known, re.MULTILINE), f"webex-conformance {name}"


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target
