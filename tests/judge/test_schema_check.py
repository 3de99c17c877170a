"""What validation by our schemas says, to the word: findings where the contract is broken, drift where it is silent."""

from __future__ import annotations

import pytest
from lxml import etree

from conformance.judge.findings import Finding
from conformance.judge.schema_check import SchemaResult, check_schema, findings_of, only_told, path_of, take_out, told
from conformance.wire.exchange import Reply, read_reply
from tests.judge.test_edges import WHOLE, get_site

TOOLS = "siteInstance/tools/enableNBRMCModify"


def words(result: SchemaResult) -> list[tuple[str, str, str]]:
    assert {one.check for one in result.findings} <= {"schema"}
    return [(one.path, one.expected, one.actual) for one in result.findings]


@pytest.mark.parametrize(
    ("path", "expected", "actual", "harmless"),
    [
        ("a/b", "one of A, B", "'C'", True), ("header/response/result", "one of SUCCESS, FAILURE", "'x'", False), ("a/b", "a value of int", "'x'", False),
        ("a/b", "a value of int", "''", True), ("header/response/result", "one of SUCCESS, FAILURE", "''", True), ("a/header/b", "one of A, B", "'C'", True),
    ],
)  # fmt: skip
def test_what_real_sites_show_is_only_told(path: str, expected: str, actual: str, harmless: bool) -> None:
    assert only_told(Finding("schema", path, expected, actual)) is harmless


@pytest.mark.parametrize(("length", "cut"), [(300, False), (301, True)])
def test_a_line_of_drift_stays_one(length: int, cut: bool) -> None:
    head = "a/b: expected x, actual "
    finding = Finding("schema", "a/b", "x", "y" * (length - len(head)))
    whole = head + finding.actual
    assert told(finding) == (f"{whole[:300]} ..." if cut else whole)


@pytest.mark.parametrize(
    ("inside", "findings", "drift"),
    [
        ("<ns1:tools><ns1:enableNBRMCModify> true </ns1:enableNBRMCModify></ns1:tools>", [], []),
        ("<ns1:tools>\n </ns1:tools>", [], []),
        ("<ns1:tools><ns1:enableNBRMCModify>yes</ns1:enableNBRMCModify></ns1:tools>", [(TOOLS, "a value of xs:boolean", "'yes'")], []),
        ("<ns1:tools><ns1:odd>yes</ns1:odd></ns1:tools>", [], ["siteInstance/tools/odd"]),
        ("<ns1:odd/>", [], ["siteInstance/odd"]),
        ("<serv:enableRecordingAccess/><other:enableRecordingAccess/>", [], ["siteInstance/enableRecordingAccess in namespace http://www.webex.com/schemas/2002/06/service", "siteInstance/enableRecordingAccess"]),
        ("<ns1:tools>words</ns1:tools>", [("siteInstance/tools", "a valid element", "Character content other than whitespace is not allowed because the content type is 'element-only'.")], []),
        ("<ns1:tools><ns1:enableNBRMCModify/></ns1:tools>", [(TOOLS, "a value of xs:boolean", "''")], []),
        ("<ns1:defaults><ns1:entryExitTone> BEEP </ns1:entryExitTone></ns1:defaults>", [], []),
        # Its place is unknown: it may stand anywhere, once in each, and is judged by itself.
        (
            "<ns1:enableRecordingAccess a='1'>true</ns1:enableRecordingAccess><ns1:tools><ns1:enableRecordingAccess>no</ns1:enableRecordingAccess></ns1:tools>",
            [("siteInstance/tools/enableRecordingAccess", "a value of xs:boolean", "'no'")], ["siteInstance/enableRecordingAccess/@a"],
        ),
        (
            "<ns1:enableRecordingAccess>no</ns1:enableRecordingAccess><ns1:enableRecordingAccess>maybe</ns1:enableRecordingAccess>",
            [("siteInstance/enableRecordingAccess", what, told) for what, told in (("a value of xs:boolean", "'no'"), ("at most 1", "2 times"), ("a value of xs:boolean", "'maybe'"))],
            [],
        ),
        ('<ns1:tools a="1"><ns1:enableNBRMCModify b="1">true</ns1:enableNBRMCModify></ns1:tools>', [], ["siteInstance/tools/@a", f"{TOOLS}/@b"]),
    ],
)  # fmt: skip
def test_what_a_reply_says_within_and_beyond_the_contract(inside: str, findings: list[tuple[str, str, str]], drift: list[str]) -> None:
    result = check_schema(get_site(inside), WHOLE)
    assert (words(result), list(result.drift), result.doubts) == (findings, drift, ())


def test_a_reply_is_left_as_it_came() -> None:
    reply = get_site('<ns1:tools a="1"><ns1:odd>yes</ns1:odd></ns1:tools>')
    before = etree.tostring(reply.root)
    check_schema(reply, WHOLE)
    assert etree.tostring(reply.root) == before


def typed(kind: str, namespaces: str = "") -> Reply:
    serv = "http://www.webex.com/schemas/2002/06/service"
    return read_reply("GetSite", (
        f'<s:message xmlns:s="{serv}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {namespaces}><s:header><s:response><s:result>SUCCESS</s:result>'
        f'<s:gsbStatus>PRIMARY</s:gsbStatus></s:response></s:header><s:body><s:bodyContent {kind}/></s:body></s:message>'
    ).encode())  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "actual"), [(typed('xsi:type="s:odd"'), "odd in http://www.webex.com/schemas/2002/06/service"), (typed('xsi:type="odd"'), "odd in no namespace")]
)
def test_a_type_nobody_knows_is_all_that_is_told(reply: Reply, actual: str) -> None:
    result = check_schema(reply, WHOLE)
    assert (words(result), result.drift) == ([("bodyContent/@xsi:type", "a type of the contract", actual)], ())


def test_a_body_without_a_type_and_a_message_without_a_body() -> None:
    assert words(check_schema(typed(""), WHOLE)) == []
    assert list(check_schema(typed('a="1"', 'b="2"'), WHOLE).drift) == ["@b", "@a"]
    bodyless = read_reply("GetSite", b'<s:message xmlns:s="http://www.webex.com/schemas/2002/06/service" b="2"/>')
    result = check_schema(bodyless, WHOLE)
    assert result.drift == ("@b",)
    assert len(result.findings) == 1
    assert result.findings[0].actual == "missing"


def test_where_an_element_stands() -> None:
    root = get_site("<ns1:tools/>").root
    named = {etree.QName(one).localname: path_of(one) for one in root.iter()}
    assert named == {
        "message": "message", "header": "header", "response": "header/response", "result": "header/response/result", "gsbStatus": "header/response/gsbStatus",
        "body": "body", "bodyContent": "bodyContent", "siteInstance": "siteInstance", "tools": "siteInstance/tools",
    }  # fmt: skip


def test_what_is_taken_out_takes_the_text_behind_it_along() -> None:
    root = etree.fromstring("<a>1<b/>2<c/></a>")
    child = root[0]
    take_out(child)
    assert (etree.tostring(root), child.tail, child.getparent()) == (b"<a>1<c/></a>", None, None)
    take_out(root)
    assert root.getparent() is None


SOUND = "<s:response><s:result>SUCCESS</s:result><s:gsbStatus>PRIMARY</s:gsbStatus></s:response>"


def enveloped(header: str = SOUND, body: str = "<s:bodyContent/>", rest: str = "") -> Reply:
    """A reply of SetUser, whose body holds nothing."""
    serv = "http://www.webex.com/schemas/2002/06/service"
    return read_reply("SetUser", (
        f'<s:message xmlns:s="{serv}" xmlns:u="{serv}/user" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:header>{header}</s:header>'
        f"<s:body>{body}</s:body>{rest}</s:message>"
    ).encode())  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "findings", "drift"),
    [
        (enveloped(), [], ()),
        (enveloped(rest="<s:odd/>"), [], ("odd",)),
        (enveloped(body="<s:bodyContent/><s:odd/>"), [], ("body/odd",)),
        (enveloped(body="<s:bodyContent><s:odd/></s:bodyContent>"), [], ("odd",)),
        (enveloped(body='<s:bodyContent xsi:type="u:setUserResponse"> \n </s:bodyContent>'), [], ()),
        (enveloped(header="<s:response/>"), [("header/response", "result", "missing")], ()),
        (enveloped(body=""), [("body", "bodyContent", "missing")], ()),
    ],
)
def test_what_an_envelope_lacks_and_what_it_has_too_much(reply: Reply, findings: list[tuple[str, str, str]], drift: tuple[str, ...]) -> None:
    result = check_schema(reply, WHOLE)
    assert (words(result), result.drift) == (findings, drift)


def listing(*values: str) -> etree.XMLSchema:
    """A schema of one element that holds an empty one or one of ``values``."""
    facets = "".join(f'<xs:enumeration value="{value}"/>' for value in values)
    return etree.XMLSchema(etree.fromstring(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType><xs:choice><xs:element name="X"/><xs:element name="Y">'
        f'<xs:simpleType><xs:restriction base="xs:string">{facets}</xs:restriction></xs:simpleType></xs:element></xs:choice></xs:complexType></xs:element></xs:schema>'
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "path", "expected", "actual"),
    [
        ("<a/>", "a", "X, Y", "missing"),
        ("<a><Y>3</Y></a>", "Y", "one of X1, 2X, C, D, E, F", "'3'"),
        ("<a><X/><X/></a>", "X", "nothing here", "this element in this place"),
        ("<a><Z/></a>", "Z", "X, Y", "this element in this place"),
    ],
)
def test_what_the_validator_says_is_told_in_words(text: str, path: str, expected: str, actual: str) -> None:
    schema, root = listing("X1", "2X", "C", "D", "E", "F"), etree.fromstring(text)
    assert not schema.validate(root)
    assert findings_of(schema, root) == [Finding("schema", path, expected, actual)]


def test_a_long_list_is_cut() -> None:
    schema, root = listing(*"ABCDEFGH"), etree.fromstring("<a><Y>3</Y></a>")
    assert not schema.validate(root)
    assert [one.expected for one in findings_of(schema, root)] == ["one of A, B, C, D, E, F, ... 2 more"]
