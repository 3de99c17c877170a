"""``webex-conformance init``: from address, user and password to a profile that runs, and nothing else changed."""

from __future__ import annotations

import io
import os
import re
import pty
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.run.commands.new_profile import with_lines
from tests.conftest import ROOT
from tests.live.one_account import OneAccount, one_account
from tests.run.conftest import Runner

VARIABLE = "MOCKSITE_ADMIN_PASSWORD"


class Init:
    """The command against one site, its answers on standard input."""

    def __init__(self, one: OneAccount, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = tomllib.loads(one.sites.read_text(encoding="utf-8"))["sites"]["one"]
        account = told["accounts"]["site-admin"]
        self.url, self.user, self.password = told["url"], account["webex_id"], account["password"]
        self.file = file
        self.one = one
        self._monkeypatch = monkeypatch

    def answers(self) -> str:
        return f"{self.url}\n{self.user}\n{self.password}\n"

    def __call__(self, *more: str, answers: str | None = None) -> int:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(self.answers() if answers is None else answers))
        return main(["init", "--root", str(ROOT), "--sites", str(self.file), *more])


@pytest.fixture
def init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Init]:
    monkeypatch.delenv(VARIABLE, raising=False)
    # What init puts into the environment of its process goes with the test.
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with one_account(tmp_path) as one:
        yield Init(one, tmp_path / "sites.toml", monkeypatch)


def test_what_nobody_is_served_is_proposed(init: Init) -> None:
    init.one.set(**{"not_served": "LstMeetingType", "not_served_answer": "410"})
    assert init() == 0
    assert '# not_served = ["LstMeetingType"]' in init.file.read_text(encoding="utf-8")


def test_three_answers_make_a_profile_that_runs(
    init: Init, run: Runner, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert init() == 0
    text, told = init.file.read_text(encoding="utf-8"), capsys.readouterr()
    profile = tomllib.loads(text)["sites"]["mocksite"]
    assert profile["accounts"]["site-admin"]["password"] == f"${{{VARIABLE}}}"
    assert profile["settings"]["control-hub-managed"] is True
    assert profile["data"]["predefined-session-type-id"] == "3"
    assert re.search(r"\n# meeting-key = .*   # found by LstsummarySession, in every run anew\n", text), "over on another day"
    mine = r"\n# customised-session-type-id = .*   # found by LstMeetingType, but not for R41.12.0-13: take the # away to vouch for it\n"
    assert re.search(mine, text), "what a clause is about is for the operator to say"
    assert init.password not in text + told.out + told.err
    assert "scenarios would run read-only" in told.out
    assert not list(init.file.parent.glob(".sites-*")), "no draft is left"
    monkeypatch.setenv(VARIABLE, init.password)
    outcome = run("features/41.3.0", "--site", "mocksite", "--sites", str(init.file))
    assert outcome.code == 0, outcome.text
    assert outcome.summary["totals"]["passed"] > 10


def test_run_again_it_adds_what_is_new_and_changes_nothing_else(init: Init, capsys: pytest.CaptureFixture[str]) -> None:
    assert init() == 0
    whole = init.file.read_text(encoding="utf-8")
    assert init("--site", "mocksite", answers="") == 0
    assert init.file.read_text(encoding="utf-8") == whole
    assert "nothing new about mocksite" in capsys.readouterr().out
    mine = whole.replace("classic-events = true", "classic-events = false").split("large-events")[0]
    init.file.write_text(f"{mine}\n# a remark of mine\n[sites.other]\nurl = 'x'\n", encoding="utf-8")
    assert init("--site", "mocksite", answers="") == 0
    again = init.file.read_text(encoding="utf-8")
    assert "classic-events = false" in again, "what stands there stays"
    assert "large-events = true" in again
    assert set(mine.splitlines()) <= set(again.splitlines())
    assert again.index("large-events = true") < again.index("# a remark of mine"), "in the table it belongs to"


def test_the_variable_of_the_password_is_called_as_the_profile(init: Init) -> None:
    """An address that does not name the site: the site is asked, and the profile keeps the name it was given."""
    assert init("--site", "staging") == 0
    told = tomllib.loads(init.file.read_text(encoding="utf-8"))["sites"]["staging"]
    assert told["accounts"]["site-admin"]["password"] == "${STAGING_ADMIN_PASSWORD}"
    assert told["site_name"] == "mocksite"


def test_other_sites_of_the_file_stay_as_they_are(init: Init) -> None:
    mine = "# mine\n[sites.other]\nurl = 'https://other.webex.com/WBXService/XMLService' # kept\n"
    init.file.write_text(mine, encoding="utf-8")
    assert init() == 0
    text = init.file.read_text(encoding="utf-8")
    assert text.startswith(mine)
    assert set(tomllib.loads(text)["sites"]) == {"other", "mocksite"}
    assert init() == 4, "the site is there by now"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ("", "error[init-answer]: there is no answer to 'address of the site"),
        ("{url}\n", "error[init-answer]: there is no answer to 'administrator"),
        ("{url}\n{user}\nn0t-hers-at-all\n", "error[account-refused]"),
        ("http://127.0.0.1:9\n{user}\n{password}\n", "error[unreachable]"),
        ("http://user:secret@host\n", "error[url-form]: that is not the address of a site"),
        ("staging.webex.com:99999\n", "error[url-form]: that is not the address of a site"),
        ("http://[::1\n", "error[url-form]: that is not the address of a site"),
        ("stag ing\n", "error[url-form]: that is not the address of a site"),
    ],
)
def test_a_mistake_is_one_message_and_leaves_no_file(
    init: Init, capsys: pytest.CaptureFixture[str], answers: str, message: str
) -> None:
    assert init(answers=answers.format(url=init.url, user=init.user, password=init.password)) == 4
    told = capsys.readouterr()
    assert message in told.err
    assert init.password not in told.err
    assert not init.file.exists()
    assert not list(init.file.parent.glob(".sites-*"))


@pytest.mark.parametrize(
    ("role", "options", "where", "hint"),
    [
        ("site-admin", ("--password", "${{NOT_SET_AT_ALL}}"), "--password", "export NOT_SET_AT_ALL=... before the run"),
        ("site-admin", ("--password", "wrong-{password}"), "--user {user} and --password", "check the password of the account"),
        ("host", ("--password", "{password}"), "--user {user} and --password", "give the webExID of a full administrator"),
    ],
    ids=["no such variable", "a wrong password", "no administrator"],
)
def test_a_mistake_is_told_by_the_answer_that_it_is_in(
    init: Init, capsys: pytest.CaptureFixture[str], role: str, options: tuple[str, ...], where: str, hint: str
) -> None:
    """And not by a file that is not there yet."""
    account = tomllib.loads(init.one.site.sites.read_text(encoding="utf-8"))["sites"]["twisted"]["accounts"][role]
    said = {"user": account["webex_id"], "password": account["password"]}
    told = ("--url", init.url, "--user", said["user"], *(word.format(**said) for word in options))
    assert init(*told, "--site", "mine", "--site-name", "mocksite", "--yes", answers="") == 4
    words = capsys.readouterr().err
    assert f"  where  {where.format(**said)}" in words
    assert f"  hint   {hint}" in words
    assert str(init.file) not in words


def test_no_variable_is_promised_before_the_site_has_told_its_name(init: Init, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(answers=f"{init.url}\n{init.user}\n") == 4
    words = capsys.readouterr().err
    assert "there is no answer to 'password (kept out of the file)'" in words
    assert "SITE_ADMIN_PASSWORD" not in words
    assert init("--site", "mine", answers=f"{init.url}\n{init.user}\n") == 4
    assert "as $MINE_ADMIN_PASSWORD" in capsys.readouterr().err


def test_a_password_on_the_command_line_is_refused(init: Init, capsys: pytest.CaptureFixture[str]) -> None:
    assert init("--url", "staging", "--user", "ada", "--password", "Tr0ub4dor") == 4
    told = capsys.readouterr()
    assert "error[secret-literal]" in told.err
    assert "Tr0ub4dor" not in told.err


def test_everything_may_be_an_option(init: Init, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = init.file.with_name("secret")
    secret.write_text(init.password, encoding="utf-8")
    options = ("--url", init.url, "--user", init.user, "--password", f"file:{secret}", "--site", "mine", "--yes")
    assert init(*options, answers="") == 0
    profile = tomllib.loads(init.file.read_text(encoding="utf-8"))["sites"]["mine"]
    assert profile["accounts"]["site-admin"]["password"] == f"file:{secret}"
    assert profile["site_name"] == "mocksite"


def test_a_terminal_asks_and_never_shows_the_password(init: Init) -> None:
    environment = {key: value for key, value in os.environ.items() if key != VARIABLE}
    command = [sys.executable, "-m", "conformance.cli", "init", "--root", str(ROOT), "--sites", str(init.file)]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.execve(command[0], command, environment)  # noqa: S606 - our own interpreter
    shown = talk(terminal, [("SITE.webex.com", init.url), ("webExID", init.user), ("password", init.password), ("[Y/n]", "n")])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown
    assert init.password not in shown
    assert "looking around: " in shown
    assert "is left as it was" in shown
    assert not init.file.exists()


def talk(terminal: int, answers: list[tuple[str, str]]) -> str:
    """Answer each question once it stands on the terminal; everything that was shown."""
    shown, asked = "", 0
    while True:
        try:
            read = os.read(terminal, 4096)
        except OSError:
            break
        if not read:
            break
        shown += read.decode("utf-8", "replace")
        if answers and answers[0][0] in shown[asked:]:
            asked = len(shown)
            os.write(terminal, f"{answers.pop(0)[1]}\n".encode())
    os.close(terminal)
    return shown


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a]\nx = 1\n", "[a]\nx = 1\n\n[b]\ny = 2\n"),
        ("[b]\nx = 1\n", "[b]\nx = 1\ny = 2\n"),
        ("[b]\nx = 1\n\n# of c\n[c]\n", "[b]\nx = 1\ny = 2\n\n# of c\n[c]\n"),
        ("[b]\ny = 3\n", "[b]\ny = 3\n"),
        ("[b]\n# y = 3\n", "[b]\n# y = 3\n"),
        ("[b]\n", "[b]\ny = 2\n"),
    ],
)
def test_lines_go_where_they_belong(before: str, after: str) -> None:
    assert with_lines(before, "b", ["y = 2"]) == after
