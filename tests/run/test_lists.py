"""What there is to choose from, as lists: the sentences of the features, the faults of the mock."""

from __future__ import annotations

import json

import pytest

from conformance.cli import main
from conformance.run.commands.vocabulary import entries
from conformance.scenarios.features import Catalogue
from mocksite.cli import main as mock
from mocksite.faults import CATALOGUE
from tests.run.conftest import Runner


def test_every_sentence_has_an_example_that_stands_where_it_says(catalogue: Catalogue) -> None:
    found = entries(catalogue)
    assert len(found) > 60
    steps = sum(len(scenario.steps) for file in catalogue.known_files() for scenario in file.scenarios.values())
    assert sum(one.used for one in found) == steps, "every step is one of these sentences"
    for one in (one for one in found if one.used):
        path, _, line = one.where.rpartition(":")
        assert (catalogue.root / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].strip()


def test_the_example_of_every_sentence_is_a_step_of_it(catalogue: Catalogue) -> None:
    parsers = {one.parser.name: one.parser for one in catalogue.registry.definitions}
    assert [one for one in entries(catalogue) if not parsers[one.sentence].is_matching(one.example.removesuffix(" ..."))] == []


def test_steps_prints_those_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["steps", "mail"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) % 2 == 0
    assert all("mail" in "".join(pair).lower() for pair in zip(lines[::2], lines[1::2], strict=True))
    assert main(["steps", "--json"]) == 0
    assert {"keyword", "sentence", "example", "where", "used"} == set(json.loads(capsys.readouterr().out)[0])
    assert main(["steps", "xyzzy"]) == 4
    assert "error[word]" in capsys.readouterr().err


def test_the_mock_lists_its_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert mock(["--list-faults"]) == 0
    assert [line.partition("  ")[0] for line in capsys.readouterr().out.splitlines()] == list(CATALOGUE)
    assert mock(["--list-faults", "hostpin"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told
    assert all("hostpin" in line.lower() for line in told)
    assert mock(["--list-faults", "xyzzy"]) == 4
    assert "error[list-faults]" in capsys.readouterr().err


def test_pytest_tells_the_tags(run: Runner) -> None:
    told = run("--markers", subprocess=True).text
    for tag in ("clause.ID", "operation.NAME", "writes"):
        assert f"@pytest.mark.{tag}" in told
