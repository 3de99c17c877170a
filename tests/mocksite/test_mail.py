"""Mail the site sends, in the log and over real SMTP (R41.5.0-16, -17, R41.11.0-05)."""

from __future__ import annotations

import json
import re
import socket
from email.header import decode_header, make_header

import pytest

from mocksite.model.releases import release
from mocksite.protocol.mail import Letter, posted

ATTENDEES = "<participants><attendees><attendee><person><name>G</name><email>g@example.org</email></person></attendee></attendees></participants>"


def mails(talk) -> list[dict]:
    return json.loads(talk.control("GET", "mail").body)


def subject_of(text: str, at: str = "41.12.0") -> bytes:
    document = posted(Letter("g@example.org", text, "Hello"), "mocksite", release(at), 1, 0).document
    head = document.partition(b"\r\n\r\n")[0]
    return re.search(rb"^Subject: ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head, re.MULTILINE).group(1)


@pytest.mark.parametrize("text", ["测试会议", "Meeting invitation: wxc-1 测试会议 " + "长" * 60, "Zoë", "é" * 200, "Ω plain words between Ω"])
def test_other_than_ascii_travels_in_encoded_words(text: str) -> None:
    raw = subject_of(text)
    assert raw.isascii()
    words = re.split(rb"\r\n[ \t]| ", raw)
    assert all(re.fullmatch(rb"=\?utf-8\?[bq]\?[^? ]+\?=", word) and len(word) <= 75 for word in words if word.startswith(b"=?"))
    assert any(word.startswith(b"=?") for word in words)
    assert all(len(line) <= 78 for line in (b"Subject: " + raw).split(b"\r\n"))
    assert str(make_header(decode_header(raw.decode()))) == text


@pytest.mark.parametrize("text", ["Test", "A long subject " * 20, "=? not encoded ?="])
def test_ascii_travels_as_it_is(text: str) -> None:
    raw = subject_of(text)
    assert raw.decode() == " ".join(text.split())


def test_before_41_5_subjects_are_raw_utf_8() -> None:
    assert subject_of("测试", "41.4.0") == "测试".encode()


def test_a_subject_cannot_smuggle_a_header() -> None:
    assert b"\r\nBcc:" not in posted(Letter("g@example.org", "a\r\nBcc: x@y", "b"), "m", release("41.12.0"), 1, 0).document


def test_who_gets_mail_about_a_meeting(site) -> None:
    meeting = f"<metaData><confName>测试会议</confName></metaData>{ATTENDEES}"
    site.done("CreateMeeting", meeting)
    assert mails(site) == []
    site.done("CreateMeeting", f"{meeting}<attendeeOptions><emailInvitations>TRUE</emailInvitations></attendeeOptions>")
    (mail,) = mails(site)
    assert mail["to"] == "g@example.org"
    assert "测试会议" in str(make_header(decode_header(mail["subject"])))
    single = meeting.replace("<attendee>", "<attendee><emailInvitations>true</emailInvitations>")
    site.done("CreateMeeting", single)
    assert len(mails(site)) == 2


def test_who_gets_mail_about_an_event(site) -> None:
    event = "<metaData><sessionName>Fair</sessionName></metaData><attendees><attendee><name>G</name><email>g@example.org</email></attendee></attendees>"
    site.done("CreateEvent", event)
    site.done("CreateEvent", f"{event}<extOptions><emailInvitations>true</emailInvitations></extOptions>")
    assert [mail["subject"] for mail in mails(site)] == ["Event invitation: Fair"]


def test_welcome_and_activation(site) -> None:
    site.new_user(firstName="测试", sendWelcome="true")
    welcome, activation = (str(make_header(decode_header(mail["subject"]))) for mail in mails(site))
    assert "测试" in activation
    assert "测试" in welcome
    assert [len(re.findall(r"https?://", mail["body"])) for mail in mails(site)] == [0, 1]


def test_a_refused_call_sends_nothing(site) -> None:
    bad = f"<metaData><confName>M</confName></metaData>{ATTENDEES}<attendeeOptions><emailInvitations>true</emailInvitations></attendeeOptions>"
    assert not site.call("CreateMeeting", bad + "<schedule><timeZoneID>999</timeZoneID></schedule>").ok
    assert mails(site) == []


def test_mail_goes_out_by_smtp(site) -> None:
    from aiosmtpd.controller import Controller

    class Sink:
        def __init__(self) -> None:
            self.got: list[tuple[list[str], bytes]] = []

        async def handle_DATA(self, _server, _session, envelope) -> str:
            self.got.append((envelope.rcpt_tos, envelope.content))
            return "250 kept"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    try:
        site.set("mail-relay", f'"127.0.0.1:{port}"')
        site.new_user(firstName="测试")
        assert sink.got[0][0] == ["nora.new@example.com"]
        assert b"Subject: =?utf-8?" in sink.got[0][1]
    finally:
        controller.stop()
    assert mails(site)[0]["delivered"] == "yes"
    site.new_user(email="second@example.com")
    assert "refused" in mails(site)[1]["delivered"].lower(), "a relay that is gone is noted, and hurts nobody"
