"""Where secrets come from, the system keyring among it, and in how many notations they are kept out of texts."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

import pytest

from conformance.sites.credentials import is_literal, resolve
from conformance.sites.errors import UserError
from conformance.sites.masking import MASK, SecretRegistry, mask_contents, secret_registry

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


#: Every character that one of the notations writes otherwise.
ODD = "Gé\"<&f2a684>' %+/\\Zz=ü"
QUOTED = {
    "XML": escape(ODD),
    "XML in XML": escape(escape(ODD)),
    "an attribute in XML": escape(quoteattr(ODD)[1:-1]),
    "references in XML": escape(escape(ODD).encode("ascii", "xmlcharrefreplace").decode()),
    "JSON": json.dumps(ODD)[1:-1],
    "JSON with XML in it": json.dumps(escape(ODD))[1:-1],
    "JSON in XML": escape(json.dumps(ODD, ensure_ascii=False)[1:-1]),
    "an address": quote(ODD, safe=""),
    "an address in an address": quote(quote(ODD, safe=""), safe=""),
    "an address of ISO 8859-1": quote(ODD.encode("latin-1"), safe=""),
    "XML in an address": quote(escape(ODD), safe=""),
    "a form": quote_plus(ODD),
}


@pytest.mark.parametrize("notation", QUOTED)
def test_a_secret_is_masked_however_a_site_quotes_it(notation: str) -> None:
    registry = SecretRegistry()
    registry.learn(ODD)
    assert registry.mask_known(f"before {QUOTED[notation]} behind") == "before ****** behind"


@pytest.mark.parametrize("text", [ODD, escape(ODD)], ids=["plain", "XML"])
@pytest.mark.parametrize("ahead", ["", "a", "ab"])
def test_a_secret_is_masked_in_base64_wherever_it_begins(text: str, ahead: str) -> None:
    registry = SecretRegistry()
    registry.learn(ODD)
    whole = base64.b64encode(f"{ahead}{text}".encode()).decode()
    left = registry.mask_known(whole).replace("******", "")
    assert len(left) <= 6, "of the first and the last group a character or two are not its own"


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ("'1204'", "'6697'", ("'******'", "'****** (another)'")),
        ("1204, as before", "absent", ("******, as before", "absent")),
        ("4 values, each another one", "1204, 6697, 1204", ("4 values, each another one", "******, ****** (another), ******")),
        ("12045", "x1204", ("12045", "x1204")),
        ("text", repr("a'\\b"), ("text", repr(MASK).replace("'", '"'))),
        ("text", f"{'k' * 40!r}... (300 characters)", ("text", "'******'... (300 characters)")),
    ],
)
def test_contents_of_secret_elements_are_masked_in_what_a_finding_says(expected: str, actual: str, told: tuple[str, str]) -> None:
    contents = ["4", "1204", "6697", "a'\\b", "k" * 300]
    assert tuple(mask_contents((expected, actual), contents)) == told


def test_where_nothing_is_secret_a_finding_stays_as_it_is() -> None:
    assert mask_contents(("'1204'", "4"), ["4"]) == ["'1204'", "4"]
