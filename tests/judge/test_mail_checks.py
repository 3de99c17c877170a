"""What checks of mail say: of its subject, its encoding, and whether it came."""

from __future__ import annotations

import pytest

from conformance.judge import mail_checks
from conformance.wire.mailbox import Mail
from tests.judge.test_reply_checks import words


def test_a_further_mail_arrived() -> None:
    mail = Mail(("zoe@example.com",), b"Hello", "", 0.0)
    assert mail_checks.arrived([mail], "zoe@example.com") == ()
    assert words(mail_checks.arrived([], "zoe@example.com")) == [("mail", "zoe@example.com", "a further mail", "none arrived")]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (b"=?utf-8?b?5rE=?= =?utf-8?b?iQ==?=", "whole characters in each encoded word"),
        (b"=?utf-8?q?=E6=B1?= =?utf-8?q?=89?=", "whole characters in each encoded word"),
        (b"=?utf-8?B?SGVs*bG8=?=", "whole characters in each encoded word"),
        (b"=?utf-8*en?b?5rGJ?=", ""),
        (b"=?utf-8?B?5rGJ?=X", "encoded words apart from what stands beside them"),
        (b"=?utf-8?B?5rGJ?= =?utf-8?Q?a ", "no blank and no line end within an encoded word"),
        (b"a?= =?utf-8?B?5rGJ?=", "no blank and no line end within an encoded word"),
        (b"a ~ b", ""),
        (b"a \x7f b", "pure ASCII on the wire"),
        (b"a" * 99 + b" =?utf-8?B?5rGJ?=\r\n b", ""),
    ],
)
def test_each_encoded_word_is_read_by_itself(subject: bytes, expected: str) -> None:
    found = [one.expected for one in mail_checks.ascii_on_the_wire([Mail(("zoe@example.com",), subject, "", 0.0)])]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("subjects", "longest"),
    [
        ([], 0), ([b"a" * 99], 0), ([b"=?utf-8?B?5rGJ?=\r\n " + b"a" * 99], 0), ([b"a" * 50 + b" =?utf-8?B?5rGJ?=\r\n b"], 0),
        ([b"a" * 51 + b" =?utf-8?B?5rGJ?=\r\n b"], 77), ([b"a\n " + b"a" * 60 + b" =?utf-8?B?5rGJ?=", b"a" * 52 + b" =?utf-8?B?5rGJ?="], 78),
    ],
)  # fmt: skip
def test_lines_longer_than_the_standard_has_them_are_told(subjects: list[bytes], longest: int) -> None:
    mails = [Mail(("zoe@example.com",), subject, "", 0.0) for subject in subjects]
    told = [f"a line of the subject with encoded words has {longest} characters: RFC 2047 allows 76"]
    assert mail_checks.long_lines(mails) == (told if longest else [])
    assert mail_checks.ascii_on_the_wire(mails) == ()


def test_a_subject_that_is_no_text_is_shown_byte_by_byte() -> None:
    (found,) = mail_checks.ascii_on_the_wire([Mail(("zoe@example.com",), b"a \xff", "", 0.0)])
    assert found.actual == r"a \xff"
