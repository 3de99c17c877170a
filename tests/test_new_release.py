"""Releases are data: a new one is a folder, rows and dates, and every slip in them is one clear message."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.judge import element_checks
from conformance.judge.clauses import load_clauses
from conformance.judge.contract import Contract
from conformance.run.commands.commands import indexes
from conformance.run.site_session import EmbeddedMock
from conformance.scenarios.features import Catalogue
from conformance.sites.errors import UserError
from conformance.sites.release import Release
from conformance.wire.exchange import read_reply
from tests.conftest import ROOT
from tests.judge.test_corpus import edited

LATER = "99.1.0"
CLAUSE = """
[[item]]
heading = "News"

[[item.clause]]
id = "R99.1.0-01"
operation = "GetSite"
certainty = "explicit"
lines = "1"
text = "GetSite returns something."
"""

#: What is changed in a right list of clauses, and words of the message.
SLIPS = {
    "no id": ('id = "R99.1.0-01"\n', "", "the clause without an id lacks 'id'"),
    "no text": ('text = "GetSite returns something."\n', "", "the clause R99.1.0-01 lacks 'text'"),
    "no lines": ('lines = "1"\n', "", "lacks 'lines'"),
    "no certainty": ('certainty = "explicit"\n', "", "lacks 'certainty'"),
    "no operation": ('operation = "GetSite"\n', "", "lacks 'operation'"),
    "no heading": ('heading = "News"\n', "", "lacks 'heading'"),
    "a key mistyped": ("text =", "txet =", "did you mean 'text'?"),
    "a key of the item mistyped": ("heading =", "headline =", "unknown key 'headline'"),
    "an unknown certainty": ('"explicit"', '"explict"', "did you mean 'explicit'?"),
    "a level too hard": ('"explicit"', '"ambiguous"\nlevel = "must"', "it allows observe"),
    "a number for a text": ('lines = "1"', "lines = 1", "lines is no text"),
    "an id of another release": ("R99.1.0-01", "R99.2.0-01", "ids of this file are R99.1.0-01"),
    "an id of another form": ("R99.1.0-01", "R99.1-1", "is no clause of 99.1.0"),
    "a path for a list": ('lines = "1"', 'lines = "1"\nadds = "x"', "adds is a list of paths"),
    "an unknown key of the notes": ("[[item]]", '[notes]\nsuorce = "x"\n[[item]]', "did you mean 'source'?"),
    "a text for releases": ("[[item]]", '[notes]\nmissing = "42.2"\n[[item]]', "missing is a list of releases"),
    "no address of the notes": ("[[item]]", '[notes]\npublished = "the page"\n[[item]]', "published is no address: 'the page'"),
    "a row for the notes": ("[[item]]", "[[notes]]\n[[item]]", "notes is no table"),
    "a clause outside": ("[[item.clause]]", "[[clause]]", "'clause' stands outside an item"),
    "one item only": ("[[item]]", "[item]", "begin each with [[item]]"),
    "no TOML": ("[[item]]", "[[item", "not TOML"),
}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite of the test's own, for what it changes: features and schemas are copies."""
    for name in ("features", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("payloads", "steps", "conftest.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def write_clauses(suite: Path, text: str = CLAUSE) -> Path:
    folder = suite / "features" / LATER
    folder.mkdir()
    (folder / "clauses.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_right_list_is_taken(suite: Path) -> None:
    write_clauses(suite)
    assert load_clauses(suite / "features")["R99.1.0-01"].release == Release.parse(LATER)


def test_of_notes_without_lines_the_source_is_cited_and_gaps_are_told(suite: Path) -> None:
    """Of later releases only parts are stored: no lines are made up, and what is missing is said."""
    told = '[notes]\nsource = "later releases"\ngap = "the second half"\nmissing = ["99.0"]\n'
    write_clauses(suite, told + CLAUSE.replace('lines = "1"\n', ""))
    catalogue = Catalogue(suite)
    assert catalogue.clauses["R99.1.0-01"].place == "later releases"
    pages = indexes(catalogue)
    page, front = pages[suite / "features" / LATER / "README.md"], pages[suite / "features" / "README.md"]
    assert "[later releases](" in page
    assert "Not known: the second half" in page
    assert "- 99.0.0: nothing of its notes is known" in front
    assert f"- {LATER}: the second half" in front
    assert catalogue.untold(Release.parse(LATER))[-1].endswith("99.0.0: what they brought is not judged")
    assert catalogue.untold(Release.parse("41.12")) == ()


def test_notes_on_a_page_nobody_knows_have_no_link_and_on_one_that_is_named_theirs(suite: Path) -> None:
    """Where the notes of 41.x and 42.x are is known; those of a later year may be elsewhere."""
    folder = write_clauses(suite)
    index = folder / "README.md"
    assert "those of the published notes. Written" in indexes(Catalogue(suite))[index]
    address = "https://help.webex.com/article/of-99"
    (folder / "clauses.toml").write_text(f'[notes]\npublished = "{address}"\n{CLAUSE}', encoding="utf-8")
    assert f"those of the [published notes]({address}). Written" in indexes(Catalogue(suite))[index]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_clause_is_one_clear_message(tmp_path: Path, slip: str) -> None:
    right, wrong, words = SLIPS[slip]
    assert right in CLAUSE
    (tmp_path / "features").mkdir()
    folder = write_clauses(tmp_path, CLAUSE.replace(right, wrong))
    with pytest.raises(UserError) as problem:
        load_clauses(tmp_path / "features")
    assert problem.value.code == "clause-list"
    assert words in str(problem.value)
    assert str(folder) in str(problem.value)


@pytest.mark.parametrize(
    ("right", "wrong", "code", "words"),
    [
        ('name="supportLargeEvent" type="xs:boolean"', 'name="supportLargeEvent" type="xs:bolean"', "schema-type", "did you mean 'boolean'?"),
        ('name="supportLargeEvent" type="xs:boolean"', 'name="supportLargeEvent" type="site:tolsType"', "schema-type", "did you mean 'toolsType'?"),
        ('c:since="41.6.3"', 'c:since="41,6.3"', "release-form", "'41,6.3' is not a release"),
        ('c:place="anywhere"', 'c:place="anyhow"', "schema-place", "there is no place 'anyhow'"),
    ],
)
def test_a_slip_in_a_schema_is_one_clear_message(suite: Path, right: str, wrong: str, code: str, words: str) -> None:
    file = suite / "schemas" / "site.xsd"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(UserError) as problem:
        Contract(suite / "schemas")
    assert problem.value.code == code
    assert words in str(problem.value)
    line = 1 + text[: text.index(right)].count("\n")
    assert problem.value.where.endswith(f"site.xsd:{line}")


@pytest.mark.parametrize(
    ("tags", "code", "words"),
    [
        ("@since.41.6.0", "tag-contradiction", "R41.7.0-01 came with 41.7.0"),
        ("@since.41.8.0 @until.41.7.0", "tag-contradiction", "ends before it begins"),
        ("@until.41.8.0 @until.41.9.0", "tag-twice", "cannot both hold"),
        ("@since.42.99.0", "release-unknown", "nobody published a release 42.99.0"),
        ("@until.41.13.0", "release-unknown", "nobody published a release 41.13.0"),
        ("@until.soon", "release-form", "'soon' is not a release"),
        ("@role.site-admni", "tag-contradiction", "did you mean 'site-admin'?"),
        ("@operation.GetUser", "tag-contradiction", "no step says so"),
        ("@setting.classic-events.off", "tag-contradiction", "no step says so"),
        ("@needs.large-event", "tag-contradiction", "no step says so"),
        ("@sinse.41.7.0", "tag-unknown", "unknown tag @sinse.41.7.0"),
    ],
)
def test_a_slip_in_a_tag_is_one_clear_message(tmp_path: Path, tags: str, code: str, words: str) -> None:
    with pytest.raises(UserError) as problem:
        Catalogue(ROOT).read(feature(tmp_path, tags))
    assert problem.value.code == code
    assert words in str(problem.value)
    assert ":4" in problem.value.where


def test_tags_may_repeat_what_the_steps_say(tmp_path: Path) -> None:
    tags = "@since.41.8.0 @until.41.9.0 @role.site-admin @operation.GetSite"
    (scenario,) = Catalogue(ROOT).read(feature(tmp_path, tags)).scenarios.values()
    assert (str(scenario.since), str(scenario.until)) == ("41.8.0", "41.9.0")


@pytest.mark.parametrize("release", ["41.12.3", "42.2.0", "42.11.1"])
def test_a_patch_and_a_release_without_notes_are_releases(tmp_path: Path, release: str) -> None:
    (scenario,) = Catalogue(ROOT).read(feature(tmp_path, f"@until.{release}")).scenarios.values()
    assert str(scenario.until) == release


#: What nobody would tell: what stands in a list, what is written instead, the code and words of the message.
UNSEEN = {
    "an operation with a typo": ('operation = "GetSite"', 'operation = "GetSiet"', "clause-list", "did you mean 'GetSite'?"),
    "a second operation with a typo": ('operation = "GetSite"', 'operation = "GetUser/SetUsr"', "clause-list", "did you mean 'SetUser'?"),
    "an element with a typo": ("tools/enableNBRMCModify", "tools/enableNBRMCModfy", "clause-list", "did you mean 'siteInstance/tools/enableNBRMCModify'?"),
    "a parent with a typo": ("siteInstance/tools/enable", "siteInstance/tols/enable", "clause-list", "did you mean 'siteInstance/tools/enableNBRMCModify'?"),
    "an element that is another operation's": ('"siteInstance/tools/enableNBRMCModify"', '"phones/hostPIN"', "clause-list", "has no 'phones/hostPIN'"),
    "an element anywhere with a typo": ('"siteInstance/tools/enableNBRMCModify"', '"**/enableNBRMCModfy"', "clause-list", "has no '**/enableNBRMCModfy'"),
    "an operation that is new": ('operation = "GetSite"', 'operation = "OpenWindow"', "clause-list", "a new one has its template in payloads/SERVICE/"),
    "an element that is new": ("tools/enableNBRMCModify", "tools/nightMode", "clause-list", "a new one is declared in schemas/SERVICE.xsd first, with c:since"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["index", "check"])
@pytest.mark.parametrize("name", UNSEEN)
def test_a_slip_that_nothing_would_show_is_one_clear_message(
    suite: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    right, wrong, code, words = UNSEEN[name]
    monkeypatch.chdir(suite)
    file = suite / "features" / "41.7.0" / "clauses.toml"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert main([command, "--root", str(suite)]) == 4
    told = "".join(capsys.readouterr())
    assert told.count(f"error[{code}]") == 1
    assert words in told
    assert str(file) in told


def test_an_element_of_a_release_nobody_published_is_told(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = suite / "schemas" / "site.xsd"
    text = file.read_text(encoding="utf-8")
    for release, code in (("41.6.7", 0), (LATER, 4)):
        file.write_text(text.replace('c:since="41.6.3"', f'c:since="{release}"', 1), encoding="utf-8")
        assert main(["index", "--root", str(suite)]) == code
    line = 1 + text[: text.index('c:since="41.6.3"')].count("\n")
    assert f"error[release-unknown]: nobody published a release {LATER}\n  where  {file}:{line}" in capsys.readouterr().err


def test_a_scenario_may_hold_from_a_later_release_than_its_feature(tmp_path: Path) -> None:
    """What it needs came later than its clause: the mail that activates a user, for instance."""
    file = feature(tmp_path, "@since.41.11.0 @until.41.12.0")
    file.write_text(f"@since.41.7.0 @until.41.8.0\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    (scenario,) = Catalogue(ROOT).read(file).scenarios.values()
    assert (str(scenario.since), str(scenario.until)) == ("41.11.0", "41.12.0")


def feature(folder: Path, tags: str) -> Path:
    file = folder / "one.feature"
    steps = "When the site admin sends GetSite\n    Then the call succeeds"
    file.write_text(f"Feature: One\n\n  @clause.R41.7.0-01 {tags}\n  Scenario: One\n    {steps}\n", encoding="utf-8")
    return file


def test_a_release_the_mock_does_not_know_is_one_clear_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=r"error\[mock-release\]: there is no release '99\.1\.0'"):
        EmbeddedMock(Release.parse(LATER), tmp_path)
    assert main(["check", "--release", LATER, "--root", str(ROOT)]) == 4
    assert "mocksite/releases.toml" in capsys.readouterr().err


def test_what_comes_last_need_not_be_last_in_a_later_release(suite: Path) -> None:
    """Judged among what the contract knew then: an element of a later release stands in nobody's way."""
    declared = 'name="freeAccount" type="xs:boolean" minOccurs="0" c:since="41.11.0"/>'
    file = suite / "schemas" / "user.xsd"
    text = file.read_text(encoding="utf-8")
    assert declared in text
    later = f'\n<xs:element name="newest" type="xs:boolean" minOccurs="0" c:since="{LATER}"/>'
    file.write_text(text.replace(declared, declared + later), encoding="utf-8")
    contract, end = Contract(suite / "schemas"), "</use:freeAccount>"
    reply = read_reply("GetUser", edited("GetUser", [[end, f"{end}<use:newest>true</use:newest>"]]))
    assert element_checks.comes_last(reply, contract.view(Release.parse("41.11.0")), "freeAccount") == ()
    (finding,) = element_checks.comes_last(reply, contract.view(Release.parse(LATER)), "freeAccount")
    assert finding.actual == "before newest"


def test_new_release_makes_a_folder_ready_to_fill(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-release", LATER, "--root", str(suite)]) == 0
    told = capsys.readouterr().out
    assert "next, each step" in told
    places = ("mocksite/releases.toml", "schemas/*.xsd", "clauses.toml\n", f"pytest features/{LATER} --release", "tests.matrix --only", "tests/ladder.toml", "tests.figures")
    assert sorted(places, key=told.index) == list(places), "in the order in which each step can be proved"
    folder = suite / "features" / LATER
    assert {path.name for path in folder.iterdir()} == {"clauses.toml", "new.feature", "README.md"}
    catalogue = Catalogue(suite)
    assert LATER not in promised(catalogue), "nothing is promised yet"
    assert not any(file.scenarios for file in catalogue.read_all([folder]))

    filled(folder / "clauses.toml", first="# [notes]")
    filled((folder / "new.feature").rename(folder / "options.feature"), first="  # @clause")
    catalogue = Catalogue(suite)
    assert LATER in promised(catalogue)
    (scenario,) = (one for file in catalogue.read_all([folder]) for one in file.scenarios.values())
    assert scenario.clause.adds == ("siteInstance/tools/newOption",)
    assert main(["index", "--root", str(suite)]) == 4
    assert "the contract of GetSite has no 'siteInstance/tools/newOption'" in capsys.readouterr().err
    schema = suite / "schemas" / "site.xsd"
    last = '<xs:element name="separateNoRecordingEdit" type="xs:boolean" minOccurs="0" c:since="41.7.0"/>'
    added = last.replace("separateNoRecordingEdit", "newOption").replace("41.7.0", LATER)
    text = schema.read_text(encoding="utf-8")
    assert last in text
    schema.write_text(text.replace(last, last + added), encoding="utf-8")
    assert main(["index", "--root", str(suite)]) == 0
    assert "R99.1.0-01" in (folder / "README.md").read_text(encoding="utf-8")


def promised(catalogue: Catalogue) -> set[str]:
    """The releases the clause list speaks about."""
    return {str(clause.release) for clause in catalogue.clauses.values()}


def filled(file: Path, first: str) -> None:
    """What stands there as an example, no longer as a comment, from the line that begins so."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(first))
    lines[start:] = [line.replace("# ", "", 1).removesuffix("#") if "#" in line[:3] else line for line in lines[start:]]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("release", "code"), [("41.12.0", "release-exists"), ("40.1.0", "release-old"), ("next", "release-form")]
)
def test_new_release_refuses_what_makes_no_sense(suite: Path, capsys: pytest.CaptureFixture[str], release: str, code: str) -> None:
    before = sorted((suite / "features").iterdir())
    assert main(["new-release", release, "--root", str(suite)]) == 4
    assert f"error[{code}]" in capsys.readouterr().err
    assert sorted((suite / "features").iterdir()) == before
