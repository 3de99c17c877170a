"""A history collector: pages through histories with a checkpoint, stops at a short page, knows "no record found"."""

from __future__ import annotations

import pytest

import mocksite
from tests.mocksite.clients.wire import Wire, between

PAGE = 40


@pytest.fixture(scope="module")
def large():
    with mocksite.start(recordings=150, meetings=130) as running:
        yield running


class Collector:
    """serv unbound, Content-Type application/xml, order by start time, one endpoint after the other."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        admin = wire.account("site-admin")
        self._auth = (
            f"<webExID>{admin['webex_id']}</webExID><password>{admin['password']}</password><siteName>mocksite</siteName>"
        )

    def page(self, kind: str, scope: str, offset: int, order: str) -> str:
        return self._wire.post(
            '<?xml version="1.0" encoding="UTF-8"?>\n<serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            f'<header><securityContext>{self._auth}</securityContext></header><body><bodyContent xsi:type= "{kind}">{scope}'
            f"<listControl><serv:startFrom>{offset}</serv:startFrom><serv:maximumNum>{PAGE}</serv:maximumNum></listControl>"
            f"<order><orderBy>{order}</orderBy><orderAD>ASC</orderAD></order></bodyContent></body></serv:message>"
        )

    def collect(self, kind: str, row: str, scope: str = "", order: str = "STARTTIME") -> list[str]:
        rows: list[str] = []
        offset = 1
        while True:
            text = self.page(kind, scope, offset, order)
            if between(text, "serv:result") != ["SUCCESS"]:
                assert "no record found" in between(text, "serv:reason")[0]
                return rows
            found = between(text, row)
            (returned,) = between(text, "serv:returned")
            assert int(returned) == len(found)
            rows += found
            offset += int(returned)
            if int(returned) < PAGE:
                return rows


@pytest.mark.parametrize(
    ("operation", "row", "at_least"),
    [
        ("history.LstmeetingusageHistory", "history:meetingUsageHistory", 4),
        ("history.LstmeetingattendeeHistory", "history:meetingAttendeeHistory", 12),
        ("history.LsteventsessionHistory", "history:eventSessionHistory", 2),
        ("history.LsttrainingsessionHistory", "history:trainingSessionHistory", 2),
        ("history.LstsupportsessionHistory", "history:supportSessionHistory", 1),
        ("ep.LstsummarySession", "ep:session", 130),
        ("meeting.LstsummaryMeeting", "meet:meeting", 130),
    ],
)
def test_everything_is_collected_once(large, operation: str, row: str, at_least: int) -> None:
    wire = Wire(large, "application/xml")
    order = "SESSIONSTARTTIME" if "support" in operation else "STARTTIME"
    collector, kind = Collector(wire), f"java:com.webex.service.binding.{operation}"
    rows = collector.collect(kind, row, order=order)
    assert len(rows) == len(set(rows)) >= at_least
    assert between(collector.page(kind, "", 1, order), "serv:total") == [str(len(rows))]
    wire.close()


def test_access_to_recordings_is_collected(large) -> None:
    wire = Wire(large, "application/xml")
    collector = Collector(wire)
    kind = "java:com.webex.service.binding.history.LstrecordaccessHistory"
    trainings = collector.collect(kind, "history:recordAccessHistory", order="RECORDID")
    types = "".join(f"<serviceType>{name}</serviceType>" for name in ("MeetingCenter", "TrainingCenter", "EventCenter"))
    every = collector.collect(kind, "history:recordAccessHistory", f"<serviceTypes>{types}</serviceTypes>", "RECORDNAME")
    assert set(trainings) < set(every)
    assert len(every) == 159
    past = "<viewTimeScope><viewTimeStart>01/01/2001 00:00:00</viewTimeStart><viewTimeEnd>01/02/2001 00:00:00</viewTimeEnd></viewTimeScope>"
    assert collector.collect(kind, "history:recordAccessHistory", past, "UPLOADTIME") == []
    wire.close()


def test_a_checkpoint_finds_what_is_new(large) -> None:
    wire = Wire(large, "application/xml")
    collector = Collector(wire)
    kind = "java:com.webex.service.binding.history.LstmeetingusageHistory"
    starts = [between(row, "history:meetingStartTime")[0] for row in collector.collect(kind, "history:meetingUsageHistory")]
    scope = (
        f"<startTimeScope><sessionStartTimeStart>{starts[-1]}</sessionStartTimeStart>"
        "<sessionStartTimeEnd>12/31/2099 23:59:59</sessionStartTimeEnd></startTimeScope>"
    )
    newer = collector.collect(kind, "history:meetingUsageHistory", scope)
    assert [between(row, "history:meetingStartTime")[0] for row in newer] == [starts[-1]]
    wire.close()


def test_recordings_for_an_archive(large) -> None:
    """A Java archiver: several service types, everything of one host, no listControl."""
    wire = Wire(large)
    host = wire.account("host")
    text = wire.post(
        '<?xml version="1.0" encoding="UTF-8"?>\n<serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:serv="http://www.webex.com/schemas/2002/06/service"><header><securityContext><siteName>mocksite</siteName>'
        f"<webExID>{host['webex_id']}</webExID><password>{host['password']}</password><partnerID>webexpartner</partnerID>"
        '</securityContext></header><body><bodyContent xsi:type="java:com.webex.service.binding.ep.LstRecording">'
        f"<hostWebExID>{host['webex_id']}</hostWebExID><serviceTypes><serviceType>MeetingCenter</serviceType>"
        "<serviceType>EventCenter</serviceType><serviceType>TrainingCenter</serviceType></serviceTypes></bodyContent></body></serv:message>"
    )
    ids = between(text, "ep:recordingID")
    assert len(ids) == len(between(text, "ep:fileURL")) == len(between(text, "ep:streamURL")) == int(between(text, "serv:total")[0])
    wire.close()
