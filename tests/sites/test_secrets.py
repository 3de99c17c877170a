"""Where secrets come from, the system keyring among it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from conformance.sites.credentials import is_literal, resolve
from conformance.sites.errors import UserError
from conformance.sites.masking import SecretRegistry, secret_registry

SECRET = "k3yr1ng-Canary-99"


def asked(monkeypatch: pytest.MonkeyPatch, answer: object, name: str = "webex/admin") -> str:
    """Resolve a keyring reference with a keyring that answers so."""

    def get_password(service: str, user: str) -> object:
        assert (service, user) == ("webex", "admin")
        if isinstance(answer, Exception):
            raise answer
        return answer

    module = None if answer is ImportError else SimpleNamespace(get_password=get_password)
    monkeypatch.setitem(sys.modules, "keyring", module)
    return resolve(f"keyring:{name}", where="sites.toml:7", folder=Path())


def test_the_keyring_gives_a_secret_and_the_vault_learns_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, SECRET) == SECRET
    assert SECRET not in secret_registry.mask(f"it is {SECRET}.")


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (ImportError, "keyring-missing", "pip install keyring"),
        (None, "keyring-empty", "keyring set webex admin"),
        (RuntimeError(f"locked, {SECRET}"), "keyring-failed", "RuntimeError"),
        ("", "secret-empty", "empty"),
        ("two\nlines", "secret-character", "line"),
    ],
)
def test_a_keyring_that_gives_none(monkeypatch: pytest.MonkeyPatch, answer: object, code: str, words: str) -> None:
    with pytest.raises(UserError) as told:
        asked(monkeypatch, answer)
    text = str(told.value)
    assert told.value.code == code
    assert words in text
    assert "sites.toml:7" in text
    assert SECRET not in text


def test_a_reference_may_name_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHO", "admin")
    assert asked(monkeypatch, SECRET, name="webex/${WHO}") == SECRET
    (tmp_path / "admin").write_text(f"{SECRET}\n", encoding="utf-8")
    assert resolve("file:${WHO}", where="x", folder=tmp_path) == SECRET


@pytest.mark.parametrize(("text", "literal"), [("${A}", False), ("file:a", False), ("keyring:a/b", False), ("abc", True)])
def test_what_stands_in_the_profile_itself_is_told_apart(text: str, literal: bool) -> None:
    assert is_literal(text) is literal


#: Passwords that are words, numbers and parts of moments of our reports.
OF_THE_FORMAT = ("passed", "outcome", "2026", "scenarios", "integer", "41.7")


def test_a_password_that_is_a_word_of_a_report_leaves_it_readable() -> None:
    mine = SecretRegistry()
    for secret in (*OF_THE_FORMAT, SECRET):
        mine.learn(secret)
    row = {"nodeid": "features/41.7.0/x.feature::it passed", "outcome": "passed", "cause": f"it passed {SECRET}", "sent": 2026}
    whole = {"scenarios": [row], "finished": "2026-11-29", "shapes": {"GetSite": {"a/integer": {"kinds": ["integer"]}, SECRET: {}}}}
    told = json.loads(mine.masked_json(whole))
    assert told == {
        "scenarios": [row | {"cause": "it ****** ******"}],
        "finished": "2026-11-29",
        "shapes": {"GetSite": {"a/integer": {"kinds": ["integer"]}, "******": {}}},
    }
