"""The JSON Schemas against what the commands really write, and the page about ``summary.json`` against its schema."""

from __future__ import annotations

import tomllib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from conformance.cli import main
from conformance.history.resume_file import OF_A_RUN
from conformance.reporting.comparison.compare import CHANGES
from conformance.reporting.outcome import OUTCOMES, SKIP_CLASSES
from conformance.reporting.summary import FORMAT
from conformance.run.fleet.processes import OUTPUT
from tests.conftest import ROOT
from tests.reporting.conftest import Runs

FOLDER = ROOT / "conformance" / "reporting" / "formats"


def schema(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")))


def problems(name: str, document: object) -> list[str]:
    validator = Draft202012Validator(schema(name), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]


def read(runs: Runs, name: str) -> dict[str, Any]:
    return dict(json.loads((runs[name] / "summary.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["summary", "compare", "history", "reference"])
def test_each_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", ["old", "new", "changed", "bad"])
def test_summaries_fit_their_schema(runs: Runs, name: str) -> None:
    assert problems("summary", read(runs, name)) == []


def test_the_contract_fits_its_schema(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", str(runs["changed"]), "--json", "--root", str(ROOT)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert problems("reference", told) == []
    assert {(one["site"], one["path"]) for one in told["undeclared"]} >= {("mock", "siteInstance/metaData/brandColour")}


def test_every_outcome_was_among_them(runs: Runs) -> None:
    """Because a schema proves little over runs that only pass."""
    told = [row for name in ("old", "bad") for row in read(runs, name)["scenarios"]]
    # A flaky one needs a site that changes its mind: tests/live/test_flaky.py.
    assert {row["outcome"] for row in told} == set(OUTCOMES) - {"flaky"}
    assert any(row["violations"] for row in told)
    assert any(row["exchanges"] for row in told)


@pytest.mark.parametrize(
    ("before", "after"), [("old", "new"), ("new", "old"), ("old", "changed"), ("new", "bad"), ("bad", "new")]
)
def test_comparisons_fit_their_schema(runs: Runs, capsys: pytest.CaptureFixture[str], before: str, after: str) -> None:
    main(["compare", str(runs[before]), str(runs[after]), "--json", "--root", str(ROOT)])
    assert problems("compare", json.loads(capsys.readouterr().out)) == []


def test_the_schemas_know_the_words_of_the_suite() -> None:
    summary, compare = schema("summary"), schema("compare")
    assert summary["properties"]["format"]["const"] == FORMAT
    assert summary["$defs"]["scenario"]["properties"]["outcome"]["enum"] == list(OUTCOMES)
    assert summary["$defs"]["skip"]["properties"]["kind"]["enum"] == list(SKIP_CLASSES)
    assert compare["properties"]["changes"]["items"]["properties"]["change"]["enum"] == list(CHANGES)


def damaged(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document without each of its fields, and with one nobody knows, at the top and in the first row of a list."""
    places = [("", lambda whole: whole)] + [
        (f"{key}[0]", lambda whole, key=key: whole[key][0]) for key in ("scenarios", "clauses")
    ]
    for name, place in places:
        for field in place(document):
            changed = copy.deepcopy(document)
            del place(changed)[field]
            yield f"{name} without {field}", changed
        changed = copy.deepcopy(document)
        place(changed)["colour"] = "blue"
        yield f"{name} with colour", changed


def test_the_schema_refuses_a_summary_that_lacks_a_field_or_has_one_too_many(runs: Runs) -> None:
    document = read(runs, "new")
    # The damage is to the form; a few rows tell it as well as all of them, in a twentieth of the time.
    small = document | {"scenarios": document["scenarios"][:1], "clauses": document["clauses"][:1], "shapes": {}}
    accepted = [what for what, changed in damaged(small) if not problems("summary", changed)]
    assert accepted == []


def fields(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            yield from part["properties"]
        for inner in part.values():
            yield from fields(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from fields(inner)


def test_the_page_about_summary_json_names_every_field() -> None:
    page = (ROOT / "docs" / "summary.md").read_text(encoding="utf-8")
    assert [name for name in dict.fromkeys(fields(schema("summary"))) if f"`{name}`" not in page] == []


def test_the_schemas_are_installed_with_the_suite() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert "conformance" in build["targets"]["wheel"]["packages"], "a package travels with all its files"
    assert {path.name for path in Path(FOLDER).glob("*.schema.json")} == {f"{name}.schema.json" for name in ("summary", "compare", "history", "reference")}


def test_the_page_of_the_reports_names_every_file_a_run_leaves(runs: Runs) -> None:
    page = (ROOT / "reports" / "README.md").read_text(encoding="utf-8")
    left = {path.name for name in ("new", "bad") for path in runs[name].iterdir()}
    assert {"summary.json", "junit.xml", "new_known_issues.toml"} <= left
    assert [name for name in sorted({*left, *OF_A_RUN, OUTPUT}) if f"`{name}`" not in page and f"`{name}/`" not in page] == []
