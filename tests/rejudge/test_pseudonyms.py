"""Secrets of a recording have another name of their form, and everything else stays to the byte."""

from __future__ import annotations

import pytest
from lxml import etree

from conformance.sites.masking import SecretRegistry
from conformance.wire.recording import Pseudonyms


@pytest.fixture
def names() -> Pseudonyms:
    registry = SecretRegistry()
    registry.learn("Canary-Pw-1")
    return Pseudonyms(registry, b"k" * 32)


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (b"<x:hostPIN>0123</x:hostPIN>", False),
        (b"<sessionTicket  a='1'>AAABbb09==</sessionTicket>", False),
        (b"<password><![CDATA[a<b&c1]]></password>", False),
        (b"<meetingPassword>a&amp;b&lt;1</meetingPassword>", False),
        (b"<note>it was Canary-Pw-1 then</note>", False),
        ("<password>p\u00e4ss1</password>".encode(), False),
        ("<?xml version='1.0' encoding='UTF-16'?><password>secret1</password>".encode("utf-16"), False),
        (b"<enforcePassword>true</enforcePassword>", True),
        (b"<password></password><password/>", True),
        (b"<siteName>plain 1234</siteName>", True),
        (b"<audioPassword>0000000</audioPassword><hostPIN>****</hostPIN>", True),
        (b"\xff\x00 no text at all \xfe", True),
        (b"<password>cut off", True),
    ],
)
def test_what_is_secret_changes_and_nothing_else(names: Pseudonyms, before: bytes, kept: bool) -> None:
    after = names.of_body(before)
    assert (after == before) is kept
    assert b"Canary" not in after
    for one in (b"<", b">", b"?xml", b"it was", b"then"):
        assert after.count(one) == before.count(one) or b"CDATA" in before
    assert len(after) >= len(before) - 12


def test_what_xml_writes_otherwise_stays_xml(names: Pseudonyms) -> None:
    registry = SecretRegistry()
    registry.learn("Canary-<&>'-1")
    known = Pseudonyms(registry, b"k" * 32)
    for one in (known, names):
        for text in (b"<a>Canary-&lt;&amp;&gt;&#39;-1</a>", b"<password>Canary-&lt;&amp;&gt;&#8805;-1</password>"):
            told = one.of_body(text)
            etree.fromstring(told)
            assert b"Canary" not in told or (one is names and b"password" not in text)


def test_digits_stay_digits_and_letters_letters(names: Pseudonyms) -> None:
    told = names.pseudonym("Ab-09 z")
    assert [one.isdigit() for one in told] == [one.isdigit() for one in "Ab-09 z"]
    assert [one.isupper() for one in told] == [one.isupper() for one in "Ab-09 z"]
    assert (told[2], told[5]) == ("-", " ")
    assert names.pseudonym("0042")[0] == "0"
    assert names.pseudonym("1042")[0] != "0"


def test_equal_secrets_stay_equal_within_one_recording_and_nowhere_else(names: Pseudonyms) -> None:
    text = "<password>abcdef123456</password>"
    assert names.of(text) == names.of(text)
    assert names.of(names.of(text)) == names.of(text)
    assert names.of(text) != Pseudonyms(SecretRegistry(), b"o" * 32).of(text)
    assert names.of("<hostPIN>123456</hostPIN>") != names.of("<hostPIN>123457</hostPIN>")
