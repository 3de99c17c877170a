"""A known issue is pasted from what a run prints, and excuses that failure on that site, nothing else."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path

import mocksite
import pytest

from conformance.cli import main
from tests.conftest import ROOT
from tests.run.conftest import Outcome, Runner
from tests.run.test_outcomes import LOST
from tests.twisted import twisted

CHANGES = ("features/41.7.0/recording-changes.feature", "-m", "clause.R41.7.0-02")


def stanzas(outcome: Outcome) -> list[str]:
    """What the run wrote to be pasted, and said where."""
    assert "1 stanza to paste into known_issues.toml, with a reason: reports/new_known_issues.toml" in outcome.text
    return (outcome.reports / "new_known_issues.toml").read_text(encoding="utf-8").splitlines()


def pasted(lines: list[str], file: Path, **changes: str) -> list[str]:
    """The stanza in a file, with a reason and a link; what a reader would fill in, and ``changes``."""
    filled = {"reason": '"asked Cisco"', "owner": '"the API team"', "link": '"https://example.com/1"', **changes}
    keyed = [(line, line.partition(" =")[0]) for line in lines]
    text = "\n".join(f"{key} = {filled[key]}" if key in filled else line for line, key in keyed)
    file.write_text(text + "\n", encoding="utf-8")
    return ["--known-issues", str(file)]


def test_what_is_printed_can_be_pasted(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        first = run(*CHANGES, *site.arguments())
        assert (first.code, first.clauses("failed")) == (1, {"R41.7.0-02"})
        printed = stanzas(first)
        assert tomllib.loads("\n".join(printed))["known"] == [
            {
                "clause": "R41.7.0-02", "check": "element-present", "site": "twisted", "reason": "", "owner": "", "link": "",
                "expires": dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30),
            }
        ]  # fmt: skip
        second = run(*CHANGES, *site.arguments(*pasted(printed, tmp_path / "known.toml")))
        assert (second.code, second.clauses("known")) == (0, {"R41.7.0-02"}), second.text
        assert "paste into" not in second.text, "what is known needs no other stanza"
        assert not (second.reports / "new_known_issues.toml").exists()
    with twisted(tmp_path) as site:
        third = run(*CHANGES, *site.arguments("--known-issues", str(tmp_path / "known.toml")))
    assert third.code == 1
    assert "did not fail as listed" in third.text


def test_an_empty_reason_is_not_accepted(run: Runner, tmp_path: Path) -> None:
    """Pasted as it is, the stanza is refused: who expects a failure says why."""
    with twisted(tmp_path, LOST) as site:
        printed = stanzas(run(*CHANGES, *site.arguments()))
        again = run(*CHANGES, *site.arguments(*pasted(printed, tmp_path / "known.toml", reason='""')))
    assert again.code == 4
    assert "lacks reason" in again.text
    assert f"{tmp_path / 'known.toml'}:1" in again.text


def test_who_looks_after_it_is_asked_for_and_told_everywhere(
    run: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "history"
    with twisted(tmp_path, LOST) as site:
        printed = stanzas(run(*CHANGES, *site.arguments()))
        nobody = run(*CHANGES, *site.arguments(*pasted(printed, tmp_path / "known.toml", owner='""')))
        known = pasted(printed, tmp_path / "known.toml")
        outcome = run(*CHANGES, *site.arguments(*known, "--history", str(history), "--alluredir", str(tmp_path / "allure")))
    assert nobody.code == 4
    assert "lacks owner" in nobody.text
    assert any(line.startswith("KNOWN") and line.endswith(": asked Cisco (the API team)") for line in outcome.lines)
    assert {row["owner"] for row in outcome.summary["scenarios"] if row["outcome"] == "known"} == {"the API team"}
    assert "known: asked Cisco (the API team)" in (outcome.reports / "junit.xml").read_text(encoding="utf-8")
    labels = [json.loads(file.read_text(encoding="utf-8"))["labels"] for file in (tmp_path / "allure").glob("*-result.json")]
    assert {"name": "owner", "value": "the API team"} in [label for told in labels for label in told]
    capsys.readouterr()
    assert main(["history", "--history", str(history), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["sites"]
    assert {one["owner"] for one in told["clauses"] if one["clause"] == "R41.7.0-02"} == {"the API team"}
    assert main(["notify", "--history", str(history)]) == 0
    assert "owner: the API team" in capsys.readouterr().out


def test_the_issue_of_another_site_excuses_nothing(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        printed = stanzas(run(*CHANGES, *site.arguments()))
        outcome = run(*CHANGES, *site.arguments(*pasted(printed, tmp_path / "known.toml", site='"production"')))
    assert (outcome.code, outcome.clauses("failed")) == (1, {"R41.7.0-02"})
    assert "did not fail as listed" not in outcome.text, "and a run on this site does not unmask it"


@pytest.mark.parametrize(
    ("listed", "code"), [("", 1), ('"setting"', 0), ('"R41.7.0-04"', 0), ('"R41.7.0-02"', 1), ('"access", "release"', 1)]
)
def test_strict_skips(run: Runner, tmp_path: Path, listed: str, code: int) -> None:
    """Skipped here: what a site that is set otherwise would have to be compared with (R41.7.0-04)."""
    with twisted(tmp_path, access='"read-only"', control_url="None") as site:
        text = site.sites.read_text(encoding="utf-8")
        text = text.replace("[sites.twisted]", f"[sites.twisted]\nexpected_skips = [{listed}]", 1)
        site.sites.write_text(text, encoding="utf-8")
        outcome = run("features/41.7.0", "--strict-skips", *site.arguments())
    skips = {(row["skip"]["kind"], *row["clauses"]) for row in outcome.summary["scenarios"] if row["skip"]}
    assert skips == {("setting", "R41.7.0-04")}
    assert outcome.code == code, outcome.text
    assert ("unexpected skip" in outcome.text) is bool(code)


def test_the_failure_in_the_readme_is_what_a_run_prints(run: Runner, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sample = readme.partition("## Read a failure")[2].partition("```text\n")[2].partition("\n```")[0]
    with mocksite.start(release="41.6.3") as site:
        (tmp_path / "old.toml").write_text(site.profile("mine"), encoding="utf-8")
        outcome = run("features/41.7.0", "--site", "mine", "--sites", str(tmp_path / "old.toml"), "--release", "41.7.0", every_row=True)
    assert sample in outcome.text
