"""What is judged and what is told of a reply beside a vendor's schemas, to the word, on a small bundle."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from conformance.judge.contract import SERV, XS
from conformance.judge.findings import Finding
from conformance.judge.schema_check import SchemaResult
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.wire.exchange import XSI, read_reply

OWN = f"{SERV}/user"
SERVICE = (
    f'<xs:schema xmlns:xs="{XS}" xmlns:s="{SERV}" targetNamespace="{SERV}" elementFormDefault="qualified"><xs:element name="message" type="s:messageType"/>'
    '<xs:complexType name="messageType"><xs:sequence><xs:element name="header" type="xs:string"/><xs:element name="body" type="s:bodyType"/></xs:sequence>'
    '<xs:attribute name="version" type="xs:string"/></xs:complexType>'
    '<xs:complexType name="bodyType"><xs:sequence><xs:element name="bodyContent" type="s:bodyContentType"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="bodyContentType"/></xs:schema>'
)  # fmt: skip
USER = (
    f'<xs:schema xmlns:xs="{XS}" xmlns:s="{SERV}" xmlns:u="{OWN}" targetNamespace="{OWN}" elementFormDefault="qualified"><xs:import namespace="{SERV}" schemaLocation="service.xsd"/>'
    '<xs:element name="head" type="xs:string"/><xs:element name="substitute" type="xs:string" substitutionGroup="u:head"/>'
    '<xs:complexType name="inner"><xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:boolean" minOccurs="0"/>'
    '<xs:element name="plain" type="xs:string" form="unqualified" minOccurs="0"/></xs:sequence><xs:attribute name="lang" type="xs:string"/></xs:complexType>'
    '<xs:complexType name="open"><xs:sequence><xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType>'
    '<xs:complexType name="none"/><xs:simpleType name="void"><xs:restriction base="xs:string"><xs:maxLength value="0"/></xs:restriction></xs:simpleType>'
    '<xs:complexType name="getUserResponse"><xs:complexContent><xs:extension base="s:bodyContentType"><xs:sequence>'
    '<xs:element name="inner" type="u:inner"/><xs:element name="open" type="u:open" minOccurs="0"/><xs:element name="none" type="u:none" minOccurs="0"/>'
    '<xs:element name="void" type="u:void" minOccurs="0"/><xs:choice><xs:element name="left" type="xs:string"/><xs:element name="right" type="xs:string"/></xs:choice>'
    '<xs:sequence minOccurs="0"><xs:element name="first" type="xs:string"/><xs:element name="second" type="xs:string"/></xs:sequence>'
    '<xs:sequence><xs:element name="nested" type="xs:string"/></xs:sequence><xs:element ref="u:head" minOccurs="0"/>'
    "</xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:schema>"
)  # fmt: skip
INNER, LEFT, NESTED = "<u:inner><u:a>1</u:a></u:inner>", "<u:left/>", "<u:nested/>"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> VendorSchemas:
    folder: Path = tmp_path_factory.mktemp("bundle")
    folder.joinpath("service.xsd").write_text(SERVICE)
    folder.joinpath("user.xsd").write_text(USER)
    return VendorSchemas(folder)


def judged(bundle: VendorSchemas, inside: str, kind: str = 'xsi:type="u:getUserResponse"', head: str = "") -> SchemaResult:
    text = (
        f'<s:message xmlns:s="{SERV}" xmlns:u="{OWN}" xmlns:o="urn:other" xmlns:xsi="{XSI}" {head}><s:header>x</s:header>'
        f"<s:body><s:bodyContent {kind}>{inside}</s:bodyContent></s:body></s:message>"
    )
    return bundle.check(read_reply("GetUser", text.encode()))


def wrong(path: str, expected: str, actual: str) -> Finding:
    return Finding("schema", path, expected, actual)


#: What stands in the body; what is found; what is told.
REPLIES: list[tuple[str, list[Finding], list[str]]] = [
    (INNER + LEFT + NESTED, [], []),
    (INNER + NESTED + LEFT, [wrong("left", "head, substitute", "this element in this place")], []),
    (LEFT + NESTED, [], ["bodyContent: inner is required, and left out"]),
    (INNER + LEFT, [], ["bodyContent: nested is required, and left out"]),
    (INNER + NESTED, [], []),
    (f"<u:inner/>{LEFT}{NESTED}", [], ["inner: a is required, and left out"]),
    (f"<u:inner><u:a>1</u:a><u:odd/></u:inner>{LEFT}{NESTED}", [], ["inner/odd"]),
    (f"<u:inner><u:a>x</u:a></u:inner>{LEFT}{NESTED}", [wrong("inner/a", "a value of xs:int", "'x'")], []),
    (f"<u:inner><o:a>1</o:a></u:inner>{LEFT}{NESTED}", [wrong("inner/a", f"the namespace {OWN}", "urn:other")], ["inner: a is required, and left out"]),
    (f"<u:inner><a>1</a></u:inner>{LEFT}{NESTED}", [wrong("inner/a", f"the namespace {OWN}", "no namespace")], ["inner: a is required, and left out"]),
    (f"<u:inner><u:a>1</u:a><u:plain>x</u:plain></u:inner>{LEFT}{NESTED}", [wrong("inner/plain", "the namespace no namespace", OWN)], []),
    (f"<u:inner><u:a>1</u:a><plain>x</plain></u:inner>{LEFT}{NESTED}<u:odd/>", [], ["odd"]),
    (f'<u:inner lang="en" tone="x"><u:a>1</u:a></u:inner>{LEFT}{NESTED}', [], ["inner/@tone"]),
    (f'{INNER}<u:open x="1"><o:any y="2"/></u:open>{LEFT}{NESTED}<u:odd/>', [], ["odd"]),
    (f"{INNER}<u:none><u:x/></u:none>{LEFT}{NESTED}", [], ["none/x"]),
    (f"{INNER}<u:void/>{LEFT}{NESTED}", [], []),
    (f"{INNER}<u:void><u:x/></u:void>{LEFT}{NESTED}", [], ["void/x"]),
    # libxml2 finds the element that stands too late, xmlschema its parent.
    (f"<u:inner><u:b>true</u:b><u:a>1</u:a></u:inner>{LEFT}{NESTED}", [wrong("inner/a", "plain", "this element in this place")], []),
    (f"{INNER}<u:left a='1'><u:x/></u:left>{NESTED}", [wrong("left", "a valid element", "Element content is not allowed, because the type definition is simple.")], ["left/@a"]),
    (f"{INNER}{LEFT}{NESTED}<u:substitute>x</u:substitute><u:odd/>", [], ["odd"]),
]  # fmt: skip


@pytest.mark.parametrize(("inside", "findings", "drift"), REPLIES, ids=range(len(REPLIES)))
def test_what_is_found_and_what_is_told(bundle: VendorSchemas, inside: str, findings: list[Finding], drift: list[str]) -> None:
    assert judged(bundle, inside) == SchemaResult(tuple(findings), tuple(drift), ())


def test_a_body_states_its_type_with_any_prefix_or_none(bundle: VendorSchemas) -> None:
    for kind in (f'xmlns:x="{OWN}" xsi:type="x:getUserResponse"', f'xmlns="{OWN}" xsi:type=" getUserResponse "'):
        assert judged(bundle, INNER + LEFT, kind).drift == ("bodyContent: nested is required, and left out",)
    assert judged(bundle, "", 'xsi:type="u:gotUser"') == SchemaResult((), ("bodyContent/@xsi:type: the vendor's schemas declare no gotUser",))
    assert judged(bundle, "", "") == SchemaResult((), ())
    assert judged(bundle, "<u:inner/>", "") == SchemaResult((), ("inner",))


def test_attributes_of_the_envelope_are_those_it_declares(bundle: VendorSchemas) -> None:
    assert judged(bundle, INNER + LEFT + NESTED, head='version="1" more="2"').drift == ("message/@more",)


def test_a_reply_is_left_as_it_came(bundle: VendorSchemas) -> None:
    reply = read_reply("GetUser", f'<s:message xmlns:s="{SERV}"><s:header>x</s:header><s:odd/><s:body><s:bodyContent/></s:body></s:message>'.encode())
    before = etree.tostring(reply.root)
    assert bundle.check(reply).drift == ("odd",)
    assert etree.tostring(reply.root) == before


def test_a_mistake_of_the_schemas_that_one_validator_alone_minds_keeps_nobody_from_judging(tmp_path: Path) -> None:
    """The vendor's own have some."""
    backwards = r'<xs:simpleType name="backwards"><xs:restriction base="xs:string"><xs:pattern value="\d{2,1}"/></xs:restriction></xs:simpleType>'
    tmp_path.joinpath("service.xsd").write_text(SERVICE)
    tmp_path.joinpath("user.xsd").write_text(USER.replace('<xs:complexType name="none"/>', f'<xs:complexType name="none"/>{backwards}'))
    assert judged(VendorSchemas(tmp_path), INNER + LEFT).drift == ("bodyContent: nested is required, and left out",)
