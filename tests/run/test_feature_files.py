"""Feature files as people write them: what is refused with file and line, what breaks its scenario, and what is read over."""

from __future__ import annotations

import re
import shutil
from typing import NoReturn

import mocksite
import pytest

from conformance.cli import main
from conformance.judge import reply_checks
from tests.conftest import ROOT
from tests.run.conftest import Runner

CLAUSES = '''
[[item]]
heading = "An item"
heading_zh = "项"

[[item.clause]]
id = "R41.7.0-01"
operation = "GetSite"
certainty = "explicit"
lines = "1"
text = "GetSite answers."
'''
HEAD = "@since.41.7.0 @clause.R41.7.0-01\nFeature: f\n\n  Rule: r\n\n"


def features(pytester: pytest.Pytester, body: str, *, encoding: str = "utf-8") -> None:
    """A project whose only feature is ``body``."""
    (pytester.path / "features").unlink()
    folder = pytester.path / "features" / "41.7.0"
    folder.mkdir(parents=True)
    (folder / "clauses.toml").write_text(CLAUSES, encoding=encoding)
    (folder / "own.feature").write_text(HEAD + body, encoding=encoding)


SOUND = "    Scenario: sound\n      When the site admin sends GetSite\n      Then the call succeeds\n"


def _sends(*rows: str) -> str:
    table = "".join(f"        {row}\n" for row in rows)
    return f"    Scenario: t\n      When the site admin sends GetUser with\n{table}      Then the call succeeds\n"


def _contains(*rows: str, step: str = "the reply contains") -> str:
    table = "".join(f"        {row}\n" for row in rows)
    return f"    Scenario: t\n      When the site admin sends GetSite\n      Then {step}\n{table}"


#: What judges nothing, or says what nobody reads: an error when collected, with its code and line.
EMPTY = {
    "no step": ("    Scenario: empty\n", "scenario-empty", 6),
    "no Then": ("    Scenario: empty\n      When the site admin sends GetSite\n", "scenario-empty", 6),
    "no rows": (
        "    Scenario Outline: o <v>\n      When the site admin sends GetSite\n      Then the call succeeds\n"
        "      Examples:\n        | v |\n",
        "outline-empty",
        6,
    ),
    "a table nobody takes": (
        "    Scenario: t\n      When the site admin sends GetSite\n      Then the call succeeds\n        | a | b |\n",
        "step-table",
        8,
    ),
    "a text nobody takes": (
        '    Scenario: t\n      When the site admin sends GetSite\n      Then the call succeeds\n      """\n      x\n      """\n',
        "step-text",
        8,
    ),
    "a key twice": (
        "    Scenario: t\n      When the site admin sends GetUser with\n        | webExId | a |\n        | webExId | b |\n"
        "      Then the call succeeds\n",
        "table-key",
        7,
    ),
    "no header": (_contains("| siteInstance/tools | text |"), "table-header", 8),
    "a misspelt header": (_contains("| element | knd |", "| siteInstance/tools | text |"), "table-header", 8),
    "a header alone": (_contains("| element | kind |"), "table-header", 8),
    "a column too many": (_contains("| element | kind | v |", "| siteInstance/tools | text | x |"), "table-header", 8),
    "one column": (_contains("| element |", "| siteInstance/tools |"), "table-header", 8),
    "no table": (_contains(), "step-table", 8),
    "a header of none": (_contains("| siteInstance |", step="the reply contains none of"), "table-header", 8),
    "no children": (_contains("| securityOptions |", step="the children of the body keep this order"), "table-header", 8),
    "a kind nobody knows": (_contains("| element | kind |", "| siteInstance/tools | bolean |"), "table-kind", 10),
    "an element without a name": (_contains("| element | kind |", "| | boolean |"), "table-element", 10),
    "three columns of values": (_sends("| webExId | a | b |"), "table-columns", 7),
    "one column of values": (_sends("| webExId |"), "table-columns", 7),
    "with, and nothing": (_sends(), "step-table", 7),
    "a brace that is not closed": (_sends("| webExId | {site admin.webExId |"), "placeholder", 7),
    "a brace that is not opened": (_sends("| webExId | site admin.webExId} |"), "placeholder", 7),
    "braces around nothing": (_sends("| webExId | {} |"), "placeholder", 7),
    "a brace in a sentence": (SOUND.replace("sound", "b") + '      And webExId is "{site admin.webExId"\n', "placeholder", 9),
    "a holder nothing gives": (_sends("| webExId | {site amin.webExId} |"), "placeholder", 7),
    "what is not made here": (_sends("| webExId | {new user.email} |"), "placeholder", 7),
    "a title twice": (SOUND, "title-twice", 6),
    "an outline's title twice": (SOUND.replace("Scenario:", "Scenario Outline:") + "      Examples:\n        | v |\n        | 1 |\n", "title-twice", 6),
    "a clause that is not there": (
        SOUND.replace("Scenario: sound", "Scenario Outline: o <clause>") + "      Examples:\n        | clause |\n        | R41.7.0-07 |\n",
        "clause-unknown",
        6,
    ),
    "a phrase that means nothing": (_sends("| webExId | {nme} |"), "phrase-unknown", 7),
    "a moment of no unit": (_sends("| webExId | {now - 3 dys} |"), "phrase-unknown", 7),
}
#: What the message of some of them names: the way to mend it.
MENDED = {
    "a misspelt header": "begin it with | element | kind |",
    "a kind nobody knows": "did you mean 'boolean'?",
    "a holder nothing gives": "did you mean 'site-admin'?",
    "a phrase that means nothing": "did you mean 'name'?",
    "a title twice": "a scenario is called 'sound', as that of line 6 is",
    "a clause that is not there": "did you mean 'R41.7.0-01'?",
}


@pytest.mark.rotating(3)
@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.parametrize("lanes", ["0", "4"])
def test_what_judges_nothing_is_an_error(run: Runner, pytester: pytest.Pytester, name: str, lanes: str) -> None:
    body, code, line = EMPTY[name]
    features(pytester, SOUND + body)
    outcome = run("features", "--lanes", lanes)
    assert outcome.code == 4
    assert f"error[{code}]" in outcome.text
    assert f"features/41.7.0/own.feature:{line + 3}" in outcome.text
    assert MENDED.get(name, "") in outcome.text


@pytest.mark.parametrize("fixture", ["tmp_path", "request", "my_fixture"])
def test_a_step_that_asks_for_a_fixture_of_pytest_is_told_where_it_stands(
    run: Runner, pytester: pytest.Pytester, fixture: str
) -> None:
    features(pytester, SOUND.replace("the call succeeds", "my own step 3"))
    steps = pytester.path / "steps"
    for name in ("steps", "conftest.py"):
        (pytester.path / name).unlink()
    shutil.copy(ROOT / "conftest.py", pytester.path)
    shutil.copytree(ROOT / "steps", steps, ignore=shutil.ignore_patterns("__pycache__"))
    own = f"from pytest_bdd import parsers, then\n\n\n@then(parsers.parse('my own step {{n:d}}'))\ndef mine(context, n, {fixture}):\n    pass\n"
    (steps / "own.py").write_text(own, encoding="utf-8")
    outcome = run("features", "--collect-only", subprocess=True)
    assert outcome.code == 4
    assert outcome.text.count(f"error[step-argument]: the step function mine asks for {fixture!r}") == 1
    assert f"where  {steps / 'own.py'}:4" in outcome.text
    (steps / "own.py").write_text(own.replace(f", {fixture}", ""), encoding="utf-8")
    assert run("features", "--collect-only", subprocess=True).code == 0


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n"], ids=["nothing", "blank lines", "a comment"])
def test_a_file_without_a_feature_is_told(
    run: Runner, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    features(pytester, SOUND)
    file = pytester.path / "features" / "41.7.0" / "none.feature"
    file.write_text(text, encoding="utf-8")
    outcome = run("features")
    capsys.readouterr()
    index = main(["index", "--root", str(pytester.path)])
    for code, told in ((outcome.code, outcome.text), (index, "".join(capsys.readouterr()))):
        assert (code, told.count("error[feature-syntax]: the file holds no Feature")) == (4, 1)
        assert "features/41.7.0/none.feature:1" in told
        assert "Traceback" not in told


#: What only shows when a scenario is carried out, what judges it, and the words of its cause.
ODD = {
    "a step of ours that raises": ("GetSite\n", "fault of the suite: KeyError: 'ours'"),
    "a day no calendar has": (
        "LstRecording with\n        | createTimeStart | {now - 999999 days} |\n",
        "- 999999 days: no calendar reaches so far",
    ),
}


@pytest.mark.parametrize("lanes", ["0", "4"])
@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_carried_out_breaks_its_scenario(
    run: Runner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str, lanes: str
) -> None:
    sends, words = ODD[name]
    monkeypatch.setattr(reply_checks, "login_accepted", _raises)
    features(pytester, f"    Scenario: odd\n      When the site admin sends {sends}      Then the caller is signed in\n{SOUND}")
    outcome = run("features", "--lanes", lanes)
    assert outcome.outcomes() == {"odd": "broken", "sound": "passed"}
    assert "Traceback" not in outcome.text
    cause = outcome.summary["scenarios"][0]["cause"]
    assert words in cause
    told = re.findall(r"traceback in (\S+)\)", cause)
    assert len(told) == words.startswith("fault of the suite")
    assert all("Traceback" in (pytester.path / fault).read_text(encoding="utf-8") for fault in told)


def _raises(*_: object) -> NoReturn:
    raise KeyError("ours")


def test_python_may_leave_assertions_out(run: Runner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    features(pytester, SOUND + SOUND.replace("sound", "refused").replace("succeeds", "is refused"))
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    outcome = run("features", subprocess=True)
    assert outcome.outcomes() == {"sound": "passed", "refused": "failed"}
    assert outcome.code == 1


def test_byte_order_marks_are_read_over(run: Runner, pytester: pytest.Pytester) -> None:
    features(pytester, SOUND.replace("\n", "\r\n"), encoding="utf-8-sig")
    (pytester.path / "known_issues.toml").write_text("# none\r\n", encoding="utf-8-sig")
    with mocksite.start(release="41.12.0") as site:
        (pytester.path / "sites.toml").write_text(site.profile("here"), encoding="utf-8-sig")
        outcome = run("features", "--site", "here")
    assert outcome.outcomes() == {"sound": "passed"}


def test_titles_that_make_one_node_id_are_refused(run: Runner, pytester: pytest.Pytester) -> None:
    features(pytester, SOUND + SOUND.replace("sound", "sound?"))
    outcome = run("features")
    assert (outcome.code, "error[title-twice]" in outcome.text) == (4, True)
