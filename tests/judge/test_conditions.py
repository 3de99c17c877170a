"""What a finding asks of one reply, as XPath: true of replies that keep the clause, false of those that break it."""

from __future__ import annotations

import pytest
from lxml import etree

from conformance.judge.conditions import condition, literal
from conformance.judge.findings import Violation
from tests.judge.test_edges import SITE, WHOLE

SERV = "http://www.webex.com/schemas/2002/06/service"


def message(head: str = "<s:result>SUCCESS</s:result>", body: str = "", kind: str = ' xsi:type="n:getSiteResponse"', space: str = SITE) -> str:
    """A whole reply: what stands in its response, and in its body."""
    return (
        f'<s:message xmlns:s="{SERV}" xmlns:n="{space}" xmlns:o="urn:other" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:header>'
        f"<s:response>{head}</s:response></s:header><s:body><s:bodyContent{kind}>{body}</s:bodyContent></s:body></s:message>"
    )


def refused(number: str = "000001", reason: str = "No", status: str = "PRIMARY") -> str:
    told = (("result", "FAILURE"), ("reason", reason), ("gsbStatus", status), ("exceptionID", number))
    return message("".join(f"<s:{name}>{text}</s:{name}>" for name, text in told if text), kind="")


def site(inside: str) -> str:
    return message(body=f"<n:siteInstance>{inside}</n:siteInstance>")


def asked(check: str, path: str, expected: str, actual: str = "", operation: str = "GetSite") -> str:
    return condition(Violation("R41.1.0-01", check, operation, path, expected, actual), WHOLE)


def holds(expression: str, text: str) -> bool:
    told = etree.fromstring(text).xpath(f"boolean({expression})")
    assert isinstance(told, bool)
    return told


OK, NONE = message(), message("<s:result/>")
TONE = "siteInstance/defaults/entryExitTone"


def tone(*texts: str, prefix: str = "n") -> str:
    return site(f"<n:defaults>{''.join(f'<{prefix}:entryExitTone>{text}</{prefix}:entryExitTone>' for text in texts)}</n:defaults>")


def ordered(*names: str) -> str:
    return site(f"<n:metaData>{''.join(f'<n:{name}>x</n:{name}>' for name in names)}</n:metaData>")


def rows(total: str, *keys: str, returned: str = "", name: str = "x") -> str:
    """A list of sessions."""
    told = f"<s:total>{total}</s:total><s:returned>{returned or total}</s:returned>"
    inside = "".join(f"<n:session><n:sessionKey>{key}</n:sessionKey><n:confName>{name}</n:confName></n:session>" for key in keys)
    return message(body=f"<n:matchingRecords>{told}</n:matchingRecords>{inside}", kind=' xsi:type="n:lstsummarySessionResponse"', space=f"{SERV}/ep")


#: Check, path, expected and actual of a finding; replies that keep the clause, and such that break it.
WHOLE_REPLY: list[tuple[tuple[str, ...], list[str], list[str]]] = [
    (("result", "response/result", "SUCCESS"), [OK, message("<s:result> SUCCESS\n</s:result>")], [refused(), NONE]),
    (("result", "response/result", "FAILURE"), [refused(), refused("000002")], [OK, NONE]),
    (("result", "response/result", "FAILURE 000002"), [refused("000002")], [OK, refused("000001"), message("<s:result>SUCCESS</s:result><s:exceptionID>000002</s:exceptionID>")]),
    (("result", "response/result", "SUCCESS, or FAILURE 000015"), [OK, refused("000015")], [refused(), NONE, message("<s:result/><s:exceptionID>000015</s:exceptionID>")]),
    (("result", "response/result", "SUCCESS or FAILURE"), [OK, refused()], [NONE, message("<s:result>PERHAPS</s:result>")]),
    (("body-type", "bodyContent/@xsi:type", f"getSiteResponse in {SITE}"), [OK], [
        message(kind=""), message(kind=' xsi:type="n:getUserResponse"'), message(kind=' xsi:type="o:getSiteResponse"'),
        message("<s:result>FAILURE</s:result>"),
    ]),
    (("exception-id", "response/exceptionID", "000001"), [refused()], [refused("000002"), OK, message("<s:result>SUCCESS</s:result><s:exceptionID>000001</s:exceptionID>")]),
    (("exception-id", "response/exceptionID", "any but 000001"), [refused("000002"), OK], [refused(), NONE]),
    (("exception-id", "response/exceptionID", "absent, as in every success"), [OK], [refused()]),
    (("reason", "response/reason", "'No  Such. '"), [refused(reason=one) for one in ("No such", "NO SUCH.", " no\n such. ")], [refused(), refused(reason="no suchlike"), OK]),
    (("reason", "response/reason", "'No such .'"), [refused(reason=one) for one in ("No such", "no such.")], [refused(reason="No"), OK]),
    (("reason", "response/reason", '"it\'s"'), [refused(reason="IT'S.")], [refused()]),
    (("refusal-form", "response/gsbStatus", "PRIMARY or BACKUP"), [refused(), refused(status="BACKUP"), refused(status=" BACKUP ")], [refused(status="x"), refused(status="")]),
    (("refusal-form", "bodyContent", "empty, without a type"), [refused()], [
        OK, message(kind="", body="<s:x/>"), refused().replace("<s:bodyContent></s:bodyContent>", ""),
        refused().replace("<s:bodyContent></s:bodyContent>", "<s:bodyContent/><s:bodyContent/>"),
    ]),
    (("refusal-form", "response", "result, reason, exceptionID, each once"), [refused(), refused(reason=""), OK], [
        message("<s:reason>a</s:reason><s:result>FAILURE</s:result>"), message("<s:result>FAILURE</s:result><s:result>FAILURE</s:result>"),
        message("<s:exceptionID>1</s:exceptionID><s:reason>a</s:reason>"), message("<s:exceptionID>1</s:exceptionID><s:exceptionID>1</s:exceptionID>"),
        message("<s:exceptionID>1</s:exceptionID><s:result>a</s:result>"),
    ]),
    (("login", "response/result", "the login accepted"), [OK, refused("000001")], [
        *map(refused, ("030001", "030002", "030048", "030099", "030104", "")), refused("999999", "WebEx access\nToken is invalid"), NONE,
    ]),
    (("login", "response/result", "the login accepted, SUCCESS"), [OK], [refused("000001"), refused("030001"), NONE]),
    (("login", "response/result", "the login accepted", "", "SetUser"), [OK, refused("030004")], [refused("030001"), refused("030048"), refused("030104"), NONE]),
    (("login-refused", "response/result", "refused"), [refused("030001"), refused("030099"), refused("030104"), refused("1", "webEx access token is invalid.")], [refused("000001"), OK, message("<s:result>SUCCESS</s:result><s:exceptionID>030001</s:exceptionID>")]),
]  # fmt: skip
ELEMENTS: list[tuple[tuple[str, ...], list[str], list[str]]] = [
    (("element-present", TONE, "entryExitTone"), [tone("x"), site("<n:defaults><n:entryExitTone><n:a/></n:entryExitTone></n:defaults>")], [
        tone(""), tone(), OK, tone("x", prefix="o"), site("<n:defaults><n:entryExitTone>a</n:entryExitTone></n:defaults><n:defaults/>"), tone("x", ""),
    ]),
    (("element-present", TONE, "entryExitTone, text"), [tone("x")], [tone(" "), tone(), site("<n:defaults><n:entryExitTone><n:a/></n:entryExitTone></n:defaults>")]),
    (("element-present", TONE, "entryExitTone, text or empty"), [tone("x"), tone("")], [tone(), tone("x", prefix="o")]),
    (("element-present", TONE, "entryExitTone, boolean"), [tone(one) for one in ("true", "false", "1", "0", " true ")], [tone(one) for one in ("TRUE", "2", "", "yes")]),
    (("element-present", TONE, "entryExitTone, integer"), [tone(one) for one in ("7", "-7", "+70")], [tone(one) for one in ("7.0", "", "-", "seven")]),
    (("element-present", TONE, "entryExitTone, date and time"), [tone("11/29/2026 03:00:59")], [tone(one) for one in ("11/29/2026", "1/29/2026 03:00:59", "11-29-2026 03:00:59")]),
    (("element-present", TONE, "entryExitTone, date and time"),
        [tone(f"{one}:00") for one in ("01/31/2026 00:00", "02/29/2028 23:59", "02/29/2000 12:00", "02/28/2026 00:00", "04/30/2026 24:00", "12/31/2026 00:00", "11/30/0001 00:00")],
        [tone(one) for one in ("29/11/2026 03:00:59", "13/01/2026 00:00:00", "00/01/2026 00:00:00", "01/00/2026 00:00:00", "01/32/2026 00:00:00", "04/31/2026 00:00:00",
            "02/30/2028 00:00:00", "02/29/2026 00:00:00", "02/29/1900 00:00:00", "02/29/2100 00:00:00", "01/01/0000 00:00:00", "01/01/2026 24:00:01", "01/01/2026 24:01:00", "01/01/2026 25:00:00",
            "01/01/2026 23:60:00", "01/01/2026 23:59:60", "02/31/2026 00:00:00")]),
    (("element-present", TONE, "entryExitTone, count"), [tone(one) for one in ("7", "007", "0")], [tone(one) for one in ("-7", "+7", "7.0", "", "³", "seven")]),
    (("element-present", TONE, "entryExitTone, one of BEEP, NOTONE"), [tone("BEEP"), tone("NOTONE")], [tone("beep"), tone("BEEP, NOTONE"), tone("")]),
    (("element-present", TONE, "entryExitTone, 4 digits"), [tone("0129")], [tone(one) for one in ("129", "01293", "012a", "012X", "")]),
    (("element-present", TONE, "entryExitTone, 4 hexadecimal digits"), [tone("01aF")], [tone(one) for one in ("1af", "01ag", "01aX", "01af0")]),
    # A lone name: anywhere in the body, in its namespace where the contract knows it.
    (("element-present", "enableNBRMCModify", "enableNBRMCModify"), [site("<n:tools><n:enableNBRMCModify>a</n:enableNBRMCModify></n:tools>")], [OK, site("<o:enableNBRMCModify>a</o:enableNBRMCModify>")]),
    (("element-present", "enableRecordingAccess", "enableRecordingAccess"), [site(f"<{one}:enableRecordingAccess>a</{one}:enableRecordingAccess>") for one in "ns"], [OK, site("<o:enableRecordingAccess>a</o:enableRecordingAccess>")]),
    (("element-present", "siteInstance/siteCommonOptions/enableRecordingAccess", "enableRecordingAccess"),
        [site(f"<n:siteCommonOptions><{one}:enableRecordingAccess>a</{one}:enableRecordingAccess></n:siteCommonOptions>") for one in "ns"],
        [OK, site("<n:siteCommonOptions><o:enableRecordingAccess>a</o:enableRecordingAccess></n:siteCommonOptions>")]),
    (("element-present", "odd", "odd"), [site("<o:odd>x</o:odd>"), message(body="<n:odd>x</n:odd>")], [OK]),
    (("element-present", "siteInstance", "siteInstance"), [site("<n:a/>")], [OK, message(body="<n:b><n:siteInstance>x</n:siteInstance></n:b>"), message(body="<o:siteInstance>x</o:siteInstance>")]),
    (("element-present", "siteInstance/odd/odder", "odder"), [site("<o:odd><n:odder>x</n:odder></o:odd>")], [OK, site("<n:odd/>"), site("<n:odder>x</n:odder>")]),
    (("element-kind", TONE, "boolean"), [tone("true"), tone("true", "0")], [tone("x"), tone(), tone("true", "x")]),
    (("element-count", TONE, "once"), [tone("x")], [tone("x", "y"), tone()]),
    (("element-absent", "defaults/entryExitTone", "absent"), [OK, site("<n:entryExitTone><n:defaults/></n:entryExitTone>")], [tone("x"), tone("x", prefix="o")]),
    (("element-absent", "entryExitTone", "absent"), [OK], [tone("x")]),
    (("element-value", TONE, "'BEEP'"), [tone("BEEP"), tone(" BEEP ")], [tone("NOTONE"), tone(), tone("BEEP", "x")]),
    (("element-value", TONE, "'true'"), [tone("true"), tone("1")], [tone("false"), tone("0")]),
    (("element-value", TONE, "'0'"), [tone("false"), tone("0")], [tone("true"), tone("1"), tone("x")]),
    (("element-value", TONE, "'1'"), [tone("true")], [tone("0")]),
    (("element-value", TONE, "'false'"), [tone("0")], [tone("1")]),
    (("element-value", TONE, "'Zoe@Example.COM'"), [tone("zoe@example.com"), tone("ZOE@example.com")], [tone("zoe@example.org")]),
    (("element-value", TONE, "anything but 'BEEP'"), [tone("NOTONE")], [tone("BEEP"), tone(), tone("x", "BEEP")]),
    (("element-value", TONE, "anything but 'BEEP', or absent"), [tone("NOTONE"), tone(), OK], [tone("BEEP"), tone("x", "BEEP")]),
    (("element-value", TONE, "wbx followed by digits"), [tone("wbx1"), tone("wbx0129")], [tone("wbx"), tone("wbx1a"), tone("x1"), tone("awbx1"), tone()]),
    (("element-value", TONE, "another one in each row"), [tone("x", "y")], [tone("x", "y", "x"), OK]),
    (("element-order", "siteInstance/metaData/b", "directly after a"), [ordered("a", "b"), ordered("x", "b")], [ordered("b", "a"), ordered("a", "x", "b"), ordered("a")]),
    (("element-order", "siteInstance/metaData/b", "directly before a"), [ordered("b", "a"), ordered("b", "x")], [ordered("a", "b"), ordered("b", "x", "a")]),
    (("element-order", "siteInstance/metaData/b", "first"), [ordered("b", "a"), ordered("b")], [ordered("a", "b"), ordered("a")]),
    (("element-order", "siteInstance/metaData/b", "last"), [ordered("a", "b")], [ordered("b", "a")]),
    (("element-order", "siteInstance/metaData", "a, b, c"), [ordered("a", "b", "c"), ordered("a", "x", "c")], [ordered("a", "c", "b"), ordered("b", "a"), ordered("c", "x", "a"), OK]),
    (("element-order", "", "a, b"), [message(body="<n:a/><n:b/>")], [message(body="<n:b/><n:a/>")]),
]  # fmt: skip
LISTS: list[tuple[tuple[str, ...], list[str], list[str]]] = [
    (("count", "matchingRecords/total", "exactly 1"), [rows("7")], [message()]),
    (("count", "matchingRecords/returned", "2, the number of session"), [rows("2", "1", "2"), rows("9", "1", returned="1")], [rows("2", "1"), rows("0")]),
    (("count", "matchingRecords/returned", "at least 1, the number of session"), [rows("1", "1")], [rows("2", "1"), rows("0")]),
    (("count", "matchingRecords/total", "at least 2"), [rows("2"), rows("30")], [rows("1"), rows("x"), message()]),
    (("count", "matchingRecords/total", "12"), [rows("12"), rows("012")], [rows("11"), message()]),
    (("row-present", "session/sessionKey", "12, among the rows"), [rows("1", "12"), rows("2", "1", "12")], [rows("1", "1"), message()]),
    (("row-absent", "session/sessionKey", "not among the rows", "12"), [rows("1", "1"), message(), refused("000015")], [rows("1", "12"), refused("000001"), NONE]),
    (("row-order", "session/sessionKey", "ascending"), [rows("2", "1", "2"), rows("3", "1", "2", "30")], [rows("2", "2", "1"), rows("2", "1", "1"), rows("1", "1"), rows("3", "1", "3", "2")]),
    (("element-value", "session/sessionKey", "another one in each row"), [rows("2", "1", "2")], [rows("2", "1", "1"), message()]),
    (("element-value", "session/sessionKey", "anything but '12' for x"), [rows("1", "1"), rows("1", "12", name="y"), message()], [rows("1", "12"), rows("2", "1", "12")]),
    (("element-value", "session/sessionKey", 'anything but "1\'2" for x'), [rows("1", "12")], [rows("1", "1'2")]),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "kept", "broken"), WHOLE_REPLY + ELEMENTS, ids=lambda one: "  ".join(one) if isinstance(one, tuple) else "")
def test_it_is_true_of_replies_that_keep_the_clause_and_false_of_those_that_do_not(finding: tuple[str, ...], kept: list[str], broken: list[str]) -> None:
    expression = asked(*finding)
    assert [holds(expression, one) for one in kept] == [True] * len(kept)
    assert [holds(expression, one) for one in broken] == [False] * len(broken)


@pytest.mark.parametrize(("finding", "kept", "broken"), LISTS, ids=lambda one: "  ".join(one) if isinstance(one, tuple) else "")
def test_of_lists_it_is_true_and_false_as_well(finding: tuple[str, ...], kept: list[str], broken: list[str]) -> None:
    check, path, expected, actual = (*finding, "")[:4]
    expression = asked(check, path, expected, actual, "LstsummarySession")
    assert [holds(expression, one) for one in kept] == [True] * len(kept)
    assert [holds(expression, one) for one in broken] == [False] * len(broken)


def test_a_licence_is_missing_where_one_of_both_is_false() -> None:
    def user(host: str, center: str) -> str:
        inside = f"<n:privilege><n:host>{host}</n:host></n:privilege><n:supportedServices><n:meetingCenter>{center}</n:meetingCenter></n:supportedServices>"
        return message(body=inside, space=f"{SERV}/user")

    expression = asked("license", "privilege/host", "false", operation="GetUser")
    assert [holds(expression, user(*one)) for one in (("true", "true"), ("false", "true"), ("true", "0"), ("0", "false"))] == [False, True, True, True]


@pytest.mark.parametrize(
    "finding",
    [
        ("schema", "a/b", "a value of int"), ("result", "response/result", "another"), ("result", "response/result", "FAILURE 12"), ("exception-id", "x", "six digits"),
        ("exception-id", "x", "0000012"), ("reason", "response/reason", "'cut ... (300 characters)"), ("reason", "response/reason", "12"), ("element-present", "a/b", "c, text"),
        ("element-value", TONE, "as before"), ("element-order", "siteInstance/metaData", "as in the notes: a, b"), ("count", "matchingRecords/total", "more"),
        ("row-present", "session/sessionKey", "all of them"), ("row-order", "sessionKey", "ascending"), ("element-value", TONE, "anything but 12 for x"),
    ],
)  # fmt: skip
def test_what_one_reply_cannot_show_has_none(finding: tuple[str, ...]) -> None:
    assert asked(*finding) == ""


@pytest.mark.parametrize(
    ("text", "written"),
    [("a  b\nc", "'a b c'"), ("it's", '"it\'s"'), ('say "so"', "'say \"so\"'"), ("a'b\"c'd", "concat('a',\"'\",'b\"c',\"'\",'d')")],
)
def test_how_a_text_is_written(text: str, written: str) -> None:
    assert literal(text) == written
    assert etree.fromstring("<a/>").xpath(f"string({written})") == " ".join(text.split())


def test_an_expression_names_only_elements_that_there_are() -> None:
    assert "each" not in asked("refusal-form", "response", "result, reason, exceptionID, each once")


def test_of_an_operation_no_schema_declares_whole_replies_are_judged_still() -> None:
    assert holds(asked("result", "response/result", "SUCCESS", operation="FlyAway"), OK)
