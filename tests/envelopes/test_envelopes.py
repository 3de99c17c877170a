"""``envelope``, ``verify`` and ``replay``: what leaves the house stands alone, is whole, and holds no secret."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import mocksite
from conformance.cli import main
from conformance.judge.conditions import literal
from conformance.run.commands.evidence import replay, seal
from mocksite.faults import CATALOGUE
from tests.conftest import ROOT
from tests.envelopes.measure import shown, xmllint_for

#: Twenty over all classes of faults; ``python -m tests.envelopes`` runs the scripts of all.
FAULTS = sorted(CATALOGUE)[:: len(CATALOGUE) // 20]


@pytest.mark.rotating(5)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_script_ends_with_1_where_the_site_is_wrong_and_0_where_it_is_right(fault: str) -> None:
    told = shown(fault)
    assert told.right or told.why, told.words


@dataclass(frozen=True)
class Sent:
    """An envelope of a run on a mock that lacks an element, and the keys it was signed and not signed with."""

    folder: Path
    reports: Path
    sites: Path
    public: Path
    foreign: Path
    private: Path


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    place = tmp_path_factory.mktemp("sent")
    mine, other = _keys(place, "mine"), _keys(place, "other")
    with mocksite.start(release="41.6.3") as server:
        sites = place / "sites.toml"
        sites.write_text(server.profile(), encoding="utf-8")
        feature = "features/41.7.0/recording-changes.feature:21"
        asked = [feature, "--sites", str(sites), "--site", "mock", "--release", "41.7.0", "--reports", str(place / "reports")]
        subprocess.run([sys.executable, "-m", "conformance.cli", "run", "-q", *asked], cwd=ROOT, check=False, capture_output=True)
        assert main(["envelope", str(place / "reports"), "--sign", str(mine[0])]) == 0
        (folder,) = (place / "reports" / "envelopes").iterdir()
        yield Sent(folder, place / "reports", sites, mine[1], other[1], mine[0])


def _keys(place: Path, name: str) -> tuple[Path, Path]:
    key = Ed25519PrivateKey.generate()
    private, public = place / f"{name}.pem", place / f"{name}-public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.fixture
def copy(sent: Sent, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sent.folder, tmp_path / "copy"))


def script(sent: Sent, tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": f"{xmllint_for(tmp_path)}:/usr/bin:/bin", **variables}
    return subprocess.run(
        ["sh", str(sent.folder / "show.sh")], env=given, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_script_needs_nothing_of_ours(sent: Sent, tmp_path: Path) -> None:
    password = tomllib.loads(sent.sites.read_text())["sites"]["mock"]["accounts"]["site-admin"]["password"]
    assert script(sent, tmp_path, WEBEX_PASSWORD=password).returncode == 1
    with mocksite.start(release="41.12.0") as sound:
        told = script(sent, tmp_path, WEBEX_PASSWORD=password, WEBEX_URL=sound.url)
    assert (told.returncode, told.stdout) == (0, "kept: the site answered SUCCESS\n")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "set WEBEX_PASSWORD"),
        ({"WEBEX_PASSWORD": "Mislaid-<&>-1"}, "answered FAILURE 030002"),
        ({"WEBEX_PASSWORD": "x", "WEBEX_URL": "http://127.0.0.1:9/"}, "nobody answered"),
    ],
)
def test_what_cannot_be_told_is_neither(sent: Sent, tmp_path: Path, variables: dict[str, str], words: str) -> None:
    told = script(sent, tmp_path, **variables)
    assert (told.returncode, words in told.stderr) == (2, True), told.stderr


def test_it_says_what_support_asks_for_and_no_secret(sent: Sent) -> None:
    words = (sent.folder / "finding.md").read_text(encoding="utf-8")
    for one in ("R41.7.0-02", "lines 626,648", "separateNoRecordingEdit", "release 41.6.3", "caseID", "and 0 more", "sh show.sh"):
        assert one in words
    accounts = tomllib.loads(sent.sites.read_text())["sites"]["mock"]["accounts"].values()
    canaries = [value for row in accounts for name, value in row.items() if name not in ("webex_id", "email")]
    assert canaries
    everything = b"".join(file.read_bytes() for file in sent.folder.iterdir())
    assert not [one for one in canaries if one.encode() in everything]


def test_any_changed_byte_is_found(copy: Path) -> None:
    assert seal.problems(copy) == []
    for file in sorted(copy.iterdir()):
        sound = file.read_bytes()
        for at in range(0, len(sound), max(1, len(sound) // 150)):
            file.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
            assert seal.problems(copy), (file.name, at)
        for other in (sound + b"\n", sound[:-1], b""):
            file.write_bytes(other)
            assert seal.problems(copy), file.name
        file.unlink()
        assert seal.problems(copy), file.name
        file.write_bytes(sound)
    (copy / "more.txt").write_text("")
    assert seal.problems(copy)
    (copy / "more.txt").unlink()
    assert seal.problems(copy) == []


def test_two_files_cannot_pass_as_one(copy: Path) -> None:
    told = (copy / seal.MANIFEST).read_text().splitlines()
    first, second = (line.partition("  ") for line in told[:2])
    (copy / second[2]).unlink()
    (copy / first[2]).rename(copy / f"{first[2]}\n{told[1]}")
    assert seal.problems(copy)


def test_a_foreign_key_is_found(sent: Sent, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(sent.folder), "--key", str(sent.public)]) == 0
    assert main(["verify", str(sent.folder), "--key", str(sent.foreign)]) == 3
    assert "another key signed it" in capsys.readouterr().out
    seal.seal(copy, Ed25519PrivateKey.generate())
    assert main(["verify", str(copy)]) == 0
    assert main(["verify", str(copy), "--key", str(sent.public)]) == 3
    for name in (seal.SIGNATURE, seal.SIGNER):
        (copy / name).unlink()
    seal.seal(copy)
    assert main(["verify", str(copy)]) == 0
    assert main(["verify", str(copy), "--key", str(sent.public)]) == 3
    assert "it is not signed" in capsys.readouterr().out


def test_standard_tools_read_manifest_and_signature(sent: Sent) -> None:
    summed = subprocess.run(["sha256sum", "-c", seal.MANIFEST], cwd=sent.folder, capture_output=True, check=False)
    assert summed.returncode == 0
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", seal.SIGNER, "-rawin", "-in", seal.MANIFEST]
    signed = subprocess.run([*verify, "-sigfile", seal.SIGNATURE], cwd=sent.folder, capture_output=True, check=False)
    assert signed.returncode == 0


def again(sent: Sent, *more: str, code: int) -> str:
    asked = [sys.executable, "-m", "conformance.cli", "replay", str(sent.folder), *more]
    if "--reports" not in more:
        asked += ["--reports", str(sent.reports.parent / "again")]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.rotating(1)
@pytest.mark.parametrize(
    ("release", "code", "words"),
    [("41.7.0", 3, "reproduced"), ("41.6.3", 6, "cannot tell, the scenario is skipped"), ("", 0, "not reproduced")],
)
def test_it_is_replayed_elsewhere(sent: Sent, release: str, code: int, words: str) -> None:
    here = ["--sites", str(sent.sites), "--release", release] if release else []
    assert again(sent, "--site", "mock", *here, code=code).startswith(words)


def test_the_evidence_of_a_replay_stays(sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where ``--reports`` says, or else in a folder named after the envelope, which another run in ``reports`` leaves alone."""
    here = ["--site", "mock", "--sites", str(sent.sites), "--release", "41.7.0"]
    assert again(sent, *here, "--reports", str(tmp_path / "mine"), code=3).startswith("reproduced")
    monkeypatch.chdir(tmp_path)
    assert main(["replay", *here[:4], str(sent.folder), *here[4:], "--root", str(ROOT)]) == 3
    for reports in (tmp_path / "mine", tmp_path / "reports" / "replayed" / sent.folder.name):
        (row,) = json.loads((reports / "summary.json").read_text(encoding="utf-8"))["scenarios"]
        told = row["exchanges"][0].partition(":")[2]
        assert (reports / "exchanges" / Path(told).name).is_file(), told


def test_another_failure_or_none_is_no_reproduction(sent: Sent, tmp_path: Path) -> None:
    finding = json.loads((sent.folder / "finding.json").read_text(encoding="utf-8"))
    row = {"nodeid": finding["scenario"]["nodeid"], "violations": [], "outcome": "broken", "skip": None, "cause": "nobody answers"}
    other = {**row, "outcome": "failed", "cause": "", "violations": [{**finding["finding"], "path": "siteInstance"}]}
    for scenarios, code in (([row], 6), ([other], 6), ([], 6), ([{**row, "outcome": "passed"}], 0)):
        (tmp_path / "summary.json").write_text(json.dumps({"scenarios": scenarios}), encoding="utf-8")
        assert replay.replayed(finding, tmp_path)[0] == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["envelope", "{reports}"], "envelope-exists"),
        (["envelope", "{reports}/nowhere"], "summary-missing"),
        (["envelope", "{reports}", "--output", "{tmp}/o", "--sign", "{public}"], "key-form"),
        (["envelope", "{reports}", "--output", "{tmp}/o", "--sign", "{tmp}/none.pem"], "file"),
        (["envelope", "{edited}", "--output", "{tmp}/o"], "summary-form"),
        (["verify", "{tmp}/nothing"], "envelope-missing"),
        (["verify", "{tmp}"], "envelope-missing"),
        (["verify", "{folder}", "--key", "{private}"], "key-form"),
        (["replay", "{cut}", "--site", "mock"], "envelope-changed"),
        (["replay", "{strange}", "--site", "mock"], "envelope-form"),
    ],
)
def test_a_mistake_is_one_message(
    sent: Sent, copy: Path, tmp_path: Path, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "finding.json").write_text('{"format": 1, "scenario": {"nodeid": "--pdb"}}', encoding="utf-8")
    strange = Path(shutil.copytree(copy, tmp_path / "strange"))
    seal.seal(strange, Ed25519PrivateKey.generate())
    empty = tmp_path / "empty"
    empty.mkdir()
    edited = tmp_path / "edited"
    edited.mkdir()
    told = json.loads((sent.reports / "summary.json").read_text(encoding="utf-8"))
    (edited / "summary.json").write_text(json.dumps({**told, "causes": [{"outcome": "failed"}]}), encoding="utf-8")
    places = {
        "edited": edited, "reports": sent.reports, "tmp": empty, "public": sent.public, "private": sent.private, "folder": sent.folder,
        "cut": copy, "strange": strange,
    }  # fmt: skip
    assert main([one.format(**places) for one in arguments]) == 4
    assert f"error[{code}]" in capsys.readouterr().err


def test_a_text_of_a_site_cannot_leave_its_quotes() -> None:
    assert literal("it's\nXPATH\nrm") == '"it\'s XPATH rm"'
    assert literal("a'b\"c") == "concat('a',\"'\",'b\"c')"
