"""Kinds of values that files hold by mistake, as TOML spells them, and what every refusal must look like."""

from __future__ import annotations

from collections.abc import Callable

from conformance.sites.errors import UserError

#: Never to be shown: it stands where secrets stand.
CANARY = "s3cr3t-Canary-77"

#: Values that are no text, by what they are.
NO_TEXT = {
    "a whole number": "3",
    "a number below nothing": "-1",
    "a huge number": "9" * 400,
    "a fraction": "0.5",
    "no number": "nan",
    "no end": "inf",
    "a flag": "true",
    "a date": "2027-01-31",
    "a time": "2027-01-31T10:00:00Z",
    "a list": '["a", "b"]',
    "an empty list": "[]",
    "lists in lists": "[[[1], []]]",
    "a table": "{a = 1}",
    "an empty table": "{}",
}
#: Texts that mean nothing anywhere.
ODD_TEXT = {
    "nothing": '""',
    "blanks": '"   "',
    "a line break": r'"a\nb"',
    "a NUL": r'"a\u0000b"',
    "an escape": r'"\u001b[2Ja"',
    "a mark that turns text around": r'"\u202ea"',
    "a variable that is not set": '"${NOT_SET_AT_ALL}"',
    "a variable without an end": '"${BAD_INPUT_PASSWORD"',
    "a user who is not there": '"~nosuchuser/x"',
    "a very long text": f'"{"x" * 70_000}"',
    "another alphabet": '"пример"',
}
#: What no parser of TOML takes, or takes with an error of its own.
NO_TOML = {
    "no value": "",
    "a bare word": "yes",
    "an open text": '"abc',
    "an open list": "[1, 2",
    "a thousand lists": "[" * 1000 + "]" * 1000,
    "a hundred thousand lists": "[" * 100_000,
    "a number of 5,000 digits": "9" * 5000,
    "half a character": r'"\ud800"',
    "a date that is none": "2027-02-31",
    "a control character": '"a\x01b"',
    "two values": '"a" "b"',
}


def one_message(problem: UserError, *, told_at: str = "") -> str:
    """The message, checked: what, where, no traceback, no secret, nothing that steers a terminal but for line ends."""
    text = str(problem)
    assert text.startswith("error["), text
    assert text.count("error[") == 1, text
    assert problem.what.strip()
    assert "  where  " in text, f"it does not say where: {text}"
    assert told_at in text
    assert CANARY not in text
    assert "Traceback" not in text
    assert len(text) < 2000, "it cannot be read"
    return text


def refusal(call: Callable[[], object]) -> UserError | None:
    """How ``call`` refuses; None when it takes what it got. Any other error is the traceback a user would see."""
    try:
        call()
    except UserError as problem:
        return problem
    return None
