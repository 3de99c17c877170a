"""A provisioning tool (PowerShell style, siteID only): joiners, movers, leavers, on managed and classic sites."""

from __future__ import annotations

import pytest

import mocksite
from tests.mocksite.clients.wire import Wire, between


class Tool:
    """Prefix serv bound, elements indented, siteID and partnerID instead of siteName."""

    def __init__(self, server: mocksite.Server) -> None:
        self.wire = Wire(server)
        admin = self.wire.account("site-admin")
        self._security = (
            f"<webExID>{admin['webex_id']}</webExID>\n<password>{admin['password']}</password>\n"
            f"<siteID>{server.core.main.identity.site_id}</siteID>\n<partnerID>webexpartner</partnerID>"
        )

    def ask(self, operation: str, body: str) -> str:
        return self.wire.post(
            '<?xml version="1.0" encoding="UTF-8"?>\n    <serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
            '    xmlns:serv="http://www.webex.com/schemas/2002/06/service">\n    <header>\n        <securityContext>\n'
            f"{self._security}\n        </securityContext>\n    </header>\n    <body>\n        <bodyContent\n"
            f'                xsi:type="java:com.webex.service.binding.user.{operation}">\n{body}\n</bodyContent>\n    </body>\n    </serv:message>'
        )


JOINER = """<webExId>{0}</webExId><firstName>New</firstName><lastName>User</lastName><email>{1}</email>
<password>Passw0rd!</password><privilege><host>true</host></privilege><active>ACTIVATED</active>"""


def test_joiners_movers_leavers_under_control_hub() -> None:
    with mocksite.start() as server:
        tool = Tool(server)
        made = tool.ask("CreateUser", JOINER.format("newuser", "newuser@example.com"))
        (user_id,) = between(made, "use:userId")
        shown = tool.ask("GetUser", "<webExId>newuser@example.com</webExId>")
        assert between(shown, "use:userId") == [user_id]
        assert between(shown, "use:webExId")[0] == "newuser@example.com"
        assert between(shown, "use:active") == ["REQUEST_TO_ACTIVATE"]
        again = tool.ask("CreateUser", JOINER.format("newuser", "newuser@example.com"))
        assert between(again, "serv:exceptionID") in (["030004"], ["030005"])
        moved = tool.ask("SetUser", "<webExId>newuser@example.com</webExId><company>Sales</company><timeZoneID>25</timeZoneID>")
        assert between(moved, "serv:result") == ["SUCCESS"]
        gone = tool.ask("DelUser", "<webExId>newuser@example.com</webExId><syncWebOffice>true</syncWebOffice>")
        assert between(gone, "use:status") == ["SUCCESS"]
        shown = tool.ask("GetUser", "<webExId>newuser@example.com</webExId>")
        assert between(shown, "use:active") == ["DEACTIVATED"]
        missing = tool.ask("GetUser", "<webExId>nobody@example.com</webExId>")
        assert between(missing, "serv:exceptionID") == ["030001"]
        tool.wire.close()


def test_a_nightly_run_of_many(server) -> None:
    tool = Tool(server)
    people = [f"bulk{number}@example.com" for number in range(60)]
    for email in people:
        assert between(tool.ask("CreateUser", JOINER.format(email, email)), "serv:result") == ["SUCCESS"]
    listed = tool.ask("LstsummaryUser", "<listControl><serv:startFrom>1</serv:startFrom><serv:maximumNum>500</serv:maximumNum>"
                      "<serv:listMethod>AND</serv:listMethod></listControl><order><orderBy>UID</orderBy><orderAD>ASC</orderAD></order>")
    assert set(people) <= set(between(listed, "use:webExId"))
    for start in (0, 50):
        ids = "".join(f"<webExId>{email}</webExId>" for email in people[start : start + 50])
        assert set(between(tool.ask("DelUser", ids), "use:status")) == {"SUCCESS"}
    tool.wire.close()


@pytest.mark.parametrize("release", ["41.1.0", "41.10.0"])
def test_an_older_site_takes_what_it_is_given(release: str) -> None:
    with mocksite.start(release=release) as server:
        tool = Tool(server)
        tool.ask("CreateUser", JOINER.format("newuser", "newuser@example.com"))
        shown = tool.ask("GetUser", "<webExId>newuser</webExId>")
        assert between(shown, "use:active") == ["ACTIVATED"]
        tool.wire.close()


def test_a_room_bot_sets_titles(server) -> None:
    """webex.xmlapi in the type, str body without Content-Type."""
    wire = Wire(server, None)
    admin = wire.account("site-admin")
    text = wire.post(
        '<?xml version="1.0" encoding="UTF-8"?>\n<serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><header><securityContext>'
        f"<siteName>mocksite</siteName><webExID>{admin['webex_id']}</webExID><password>{admin['password']}</password></securityContext></header>"
        '<body><bodyContent xsi:type="java:com.webex.xmlapi.service.binding.user.SetUser"><webExId>rosa.room@example.com</webExId>'
        "<personalUrl>RosaR</personalUrl><personalMeetingRoom><title>Rosa's place</title></personalMeetingRoom></bodyContent></body></serv:message>"
    )
    assert between(text, "serv:result") == ["SUCCESS"]
    wire.close()
