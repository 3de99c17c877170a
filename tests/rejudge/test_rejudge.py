"""``--record`` and ``rejudge``: a recording comes to what its run came to, and holds no secret."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.sites.errors import UserError
from conformance.wire.recording import ReadingTape
from tests.live.test_flaky import Lacks, live
from tests.rejudge.measure import agreed, everything
from tests.run.conftest import Outcome, Runner, run
from tests.run.test_interrupted import WRITES, Stops, interrupted
from tests.run.test_outcomes import LOST
from tests.twisted import Twist, straight, twisted

__all__ = ["run"]
FEATURE = "features/41.7.0"
#: A fault whose wrong value a pseudonym must not make a right one.
NOT_TOLD = "kind-not-meaning/GetSessionInfo/large-event/audioPassword/nought"


@pytest.mark.rotating(40)
@pytest.mark.parametrize("name", [*everything()["fault"][::10], NOT_TOLD])
def test_a_fault_recorded_is_found_again(name: str) -> None:
    """``python -m tests.rejudge`` measures all of them."""
    judged, different = agreed("fault", name)
    assert judged
    assert different == []


@pytest.mark.rotating(8)
@pytest.mark.parametrize("name", everything()["transport"])
def test_what_did_not_arrive_does_not_arrive_again(name: str) -> None:
    judged, different = agreed("transport", name)
    assert judged > 100
    assert different == []


def test_the_sound_mock_is_judged_again_as_it_was() -> None:
    judged, different = agreed("sound", "")
    assert judged > 700
    assert different == []


def rows(outcome: Outcome, folder: str = "reports") -> list[dict[str, Any]]:
    """What the reports tell of each scenario, without what a second run has of its own."""
    document = json.loads((outcome.reports.parent / folder / "summary.json").read_text(encoding="utf-8"))
    own = ("exchanges", "duration_s", "case_ids")
    return [{key: value for key, value in row.items() if key not in own} for row in document["scenarios"]]


def again(run: Runner, *more: str) -> Outcome:
    return run("features", "--rejudge", "reports", "--reports", "again", *more, every_row=True)


@pytest.mark.parametrize("twist", [straight, LOST, Lacks(lambda number: number == 2)], ids=["sound", "lost", "flaky"])
def test_a_live_site_is_judged_again_when_it_is_gone(run: Runner, tmp_path: Path, twist: Twist) -> None:
    with twisted(tmp_path, twist) as site:
        first = run(FEATURE, *live(site), "--record", every_row=True)
    second = again(run)
    assert second.code == first.code
    assert rows(second, "again") == rows(first)


def test_workers_record_as_well(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        first = run(FEATURE, *live(site), "--record", "-n", "2", subprocess=True, every_row=True)
    assert len(list(first.reports.glob("recording*.jsonl.gz"))) == 3
    assert rows(again(run), "again") == rows(first)
    run(FEATURE, "--record")
    assert len(list(first.reports.glob("recording*.jsonl.gz"))) == 1


def test_the_embedded_mock_is_judged_again_with_its_mail(run: Runner) -> None:
    first = run("features/41.11.0", "--record", "-k", "mail", every_row=True)
    assert "passed" in first.outcomes().values()
    assert rows(again(run), "again") == rows(first)


def test_of_an_interrupted_run_what_it_finished_is_judged_again(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    stops = Stops("GetEvent", 4)
    with twisted(tmp_path, stops) as site:
        first = interrupted(stops, run, pytester, WRITES, "--lanes", "0", "--record", *site.arguments())
    assert first.code == 2
    second = again(run)
    assert second.code == 0, second.text
    judged = rows(second, "again")
    assert {row["outcome"] for row in judged} == {"passed"}
    assert f"the recorded run was cut short: it finished {len(judged)} of " in second.text


def test_another_release_and_strict_judge_what_was_recorded(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        run(FEATURE, *live(site), "--record")
    older = again(run, "--release", "41.6.3")
    assert {row["outcome"] for row in rows(older, "again")} == {"skipped"}


def test_the_release_and_the_strictness_of_the_recorded_run_are_taken(run: Runner, tmp_path: Path) -> None:
    older = ["--release", "41.6.3", "--strict-schema"]
    with twisted(tmp_path, LOST) as site:
        first = run(FEATURE, *live(site), "-k", "directly", "--record", *older)
    assert first.code == 5
    assert rows(again(run), "again") == rows(first)
    assert ReadingTape(first.reports).notes["strict_schema"] is True
    named = again(run, "--release", "41.7.0")
    assert [row["outcome"] for row in rows(named, "again")] == ["failed"]


def test_the_reports_of_the_recorded_run_stay(run: Runner) -> None:
    first = run(FEATURE, "--record")
    kept = (first.reports / "summary.json").read_bytes()
    for recording in ("reports", "reports/recording.jsonl.gz"):
        refused = run("features", "--rejudge", recording, "--reports", "reports/../reports")
        assert refused.code == 4
        assert "error[rejudge-reports]" in refused.text
    assert (first.reports / "summary.json").read_bytes() == kept


def test_one_process_judges_again_whatever_n_says(run: Runner) -> None:
    first = run(FEATURE, "--record")
    outcome = run("features", "--rejudge", "reports", "--reports", "again", "-n", "2", subprocess=True)
    assert outcome.code == first.code == 0
    assert rows(outcome, "again") == rows(first)


def test_no_secret_is_in_it(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path) as site:
        outcome = run("features/41.5.0", *live(site), "--access", "read-write", "--record")
        profile = site.sites.read_text(encoding="utf-8")
    text = gzip.decompress((outcome.reports / "recording.jsonl.gz").read_bytes()).decode()
    secrets = [
        line.partition(" = ")[2].strip('"') for line in profile.splitlines() if "password" in line or "token" in line
    ]
    assert secrets
    assert not [one for one in secrets if one in text]
    tape = ReadingTape(outcome.reports)
    told = [row for several in tape.told("exchange") for row in several]
    bodies = [zlib.decompress(base64.b85decode(row[name])) for row in told for name in ("body", "request")]
    assert any(b"securityContext" in one for one in bodies)
    assert not [one for one in secrets if any(one.encode() in body for body in bodies)]


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda file: file.unlink(), "recording-missing"),
        (lambda file: file.write_bytes(file.read_bytes()[:-40]), "recording-form"),
        (lambda file: file.write_bytes(b"no recording"), "recording-form"),
        (lambda file: file.write_bytes(gzip.compress(b'["note","format",1]\n')), "recording-form"),
        (lambda file: file.write_bytes(gzip.compress(b'["note","format",7]\n["end"]\n')), "recording-form"),
        (lambda file: file.write_bytes(gzip.compress(b'["exchange"]\n["end"]\n')), "recording-form"),
    ],
)
def test_what_is_no_recording_is_one_message(run: Runner, harm: Any, code: str) -> None:
    outcome = run(f"{FEATURE}/recording-changes.feature:12", "--record")
    harm(outcome.reports / "recording.jsonl.gz")
    with pytest.raises(UserError) as problem:
        ReadingTape(outcome.reports)
    assert problem.value.code == code


def test_the_command_judges_beside_the_recording(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run(f"{FEATURE}/recording-changes.feature:12", "--record")
    assert outcome.code == 0
    assert main(["rejudge", str(outcome.reports / "nowhere"), "-q"]) == 4
    assert "error[recording-missing]" in capsys.readouterr().err


def test_a_resumed_run_records_nothing(run: Runner) -> None:
    outcome = run(FEATURE, "--record", "--resume")
    assert outcome.code == 4
    assert "error[record-resume]" in outcome.text
