"""The vendor's schemas judge the same however they are laid out, and nothing is fetched for them."""

from __future__ import annotations

import copy
import io
import re
import socket
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import etree

from conformance.judge.vendor_check import VendorCheck
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.judge.schema_check import SchemaResult
from conformance.judge.contract import XS, C
from conformance.sites.errors import UserError
from conformance.wire.exchange import read_reply
from tests.conftest import ROOT

SITE = (ROOT / "tests" / "corpus" / "GetSite.xml").read_bytes()


def vendors() -> dict[str, bytes]:
    """Our schemas as a vendor might ship them: in parts with prefixes of their own, absolute addresses, a copy."""
    found: dict[str, bytes] = {}
    for file in sorted((ROOT / "schemas").glob("*.xsd")):
        root = etree.fromstring(file.read_bytes())
        prefix = next((name for name, uri in root.nsmap.items() if uri == root.get("targetNamespace")), None)
        for node in root.findall(f"{{{XS}}}import"):
            node.set("schemaLocation", f"http://www.webex.com/schemas/{node.get('namespace', '')[-9:]}.xsd")
        first, second = copy.deepcopy(root), copy.deepcopy(root)
        for number, node in enumerate(root):
            if node.tag in (f"{{{XS}}}element", f"{{{XS}}}complexType", f"{{{XS}}}simpleType"):
                half = first if number % 2 else second
                half.remove(
                    half.xpath(f"*[@name='{node.get('name')}' and local-name()='{etree.QName(node).localname}']")[0]
                )
        first.insert(0, first.makeelement(f"{{{XS}}}include", {"schemaLocation": f"types/{file.name}"}))
        found[f"XSD 41/Schemas/{file.stem}/{file.stem.upper()}.XSD"] = etree.tostring(first)
        text = etree.tostring(second)
        if prefix:
            text = text.replace(f"xmlns:{prefix}=".encode(), b"xmlns:own=").replace(f'"{prefix}:'.encode(), b'"own:')
        found[f"XSD 41/Schemas/{file.stem}/types/{file.name}"] = text
        found[f"XSD 41/old copies/{file.name}"] = text
    return found


def folder(where: Path) -> Path:
    for name, text in vendors().items():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_bytes(text)
    return where


def of_known_places() -> dict[str, bytes]:
    """The same without the elements of which only a vendor could say where they stand: what nobody declares is told."""
    found = {}
    for name, text in vendors().items():
        root = etree.fromstring(text)
        for node in root.findall(f".//*[@{{{C}}}place]"):
            node.getparent().remove(node)
        found[name] = etree.tostring(root)
    return found


def zipped(where: Path, texts: Mapping[str, bytes] | None = None) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (texts or vendors()).items():
            file.writestr(name, text)
    where.joinpath("bundle.zip").write_bytes(buffer.getvalue())
    return where / "bundle.zip"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a schema was looked for on the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


#: A user without the element whose place our schemas leave open: of a vendor's, the order is known.
USER = re.sub(
    rb"\s*<use:webexAssistantEnabled>.*?</use:webexAssistantEnabled>", b"", (ROOT / "tests" / "corpus" / "GetUser.xml").read_bytes()
)


def judged(bundle: VendorSchemas, body: bytes) -> SchemaResult:
    return bundle.check(read_reply("GetSite", body))


@pytest.mark.rotating(3)
@pytest.mark.parametrize("layout", [folder, zipped])
def test_the_layout_of_a_bundle_makes_no_difference(vendor: VendorSchemas, tmp_path: Path, layout: object) -> None:
    ours, theirs = vendor, VendorSchemas(layout(tmp_path))  # type: ignore[operator]
    for file in sorted((ROOT / "tests" / "corpus").glob("*.xml")):
        assert judged(theirs, file.read_bytes()) == judged(ours, file.read_bytes()), file.name
    wrong = SITE.replace(b"<serv:result>SUCCESS", b"<serv:result>PERHAPS")
    assert wrong != SITE
    assert judged(theirs, wrong) == judged(ours, wrong) != judged(ours, SITE)


SERVICE = "http://www.webex.com/schemas/2002/06/service"
NAMED = f'<xs:schema xmlns:xs="{XS}" targetNamespace="{SERVICE}" xmlns:s="{SERVICE}" elementFormDefault="qualified">'
BARE = f'<xs:schema xmlns:xs="{XS}"><xs:simpleType name="word"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>'


def test_a_document_without_a_namespace_takes_that_of_its_includer(tmp_path: Path) -> None:
    tmp_path.joinpath("words.xsd").write_text(BARE)
    tmp_path.joinpath("service.xsd").write_text(
        f'{NAMED}<xs:include schemaLocation="http://x.test/words.xsd"/><xs:element name="message" type="s:word"/></xs:schema>'
    )
    VendorSchemas(tmp_path)


def test_a_schema_with_a_document_type_is_refused(tmp_path: Path) -> None:
    tmp_path.joinpath("secret").write_text("file content")
    tmp_path.joinpath("service.xsd").write_text(
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>{NAMED}<xs:element name="message"/></xs:schema>'
    )
    with pytest.raises(UserError, match="document type"):
        VendorSchemas(tmp_path)


def test_a_bundle_zipped_on_a_mac_is_read(vendor: VendorSchemas, tmp_path: Path) -> None:
    """Finder puts a fork beside every file; it has the name of a schema and is none."""
    file = zipped(tmp_path)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("__MACOSX/XSD 41/._ep.xsd", b"\x00\x05\x16\x07 Mac OS X")
        archive.writestr("XSD 41/._site.xsd", b"\x00\x05\x16\x07 Mac OS X")
        archive.writestr("__MACOSX/copy.xsd", b"no schema")
    assert judged(VendorSchemas(file), SITE) == judged(vendor, SITE)


def test_what_a_document_redefines_reaches_its_namespace_through_it_alone(tmp_path: Path) -> None:
    """xs:redefine is how a later release of a bundle gives a type of the earlier one more children."""
    tmp_path.joinpath("old").mkdir()
    tmp_path.joinpath("old/service.xsd").write_bytes((ROOT / "schemas" / "service.xsd").read_bytes())
    tmp_path.joinpath("common.xsd").write_bytes((ROOT / "schemas" / "common.xsd").read_bytes())
    tmp_path.joinpath("service.xsd").write_text(
        f'{NAMED}<xs:redefine schemaLocation="old/service.xsd"><xs:complexType name="responseType"><xs:complexContent>'
        '<xs:extension base="s:responseType"><xs:sequence><xs:element name="mood" type="xs:boolean" minOccurs="0"/>'
        "</xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:redefine></xs:schema>"
    )
    moody = FAILURE.replace(b"</serv:response>", b"<serv:mood>%s</serv:mood></serv:response>")
    bundle = VendorSchemas(tmp_path)
    assert judged(bundle, moody % b"true") == SchemaResult((), ())
    assert [one.path for one in judged(bundle, moody % b"gay").findings] == ["header/response/mood"]


FAILURE = (
    f'<serv:message xmlns:serv="{SERVICE}"><serv:header><serv:response><serv:result>FAILURE</serv:result>'
    "<serv:reason>No</serv:reason></serv:response></serv:header><serv:body><serv:bodyContent/></serv:body></serv:message>"
).encode()
#: What stands in a reply of GetUser, what it becomes, and what is found and told: fair to sites as they are.
FITTING: tuple[tuple[str, bytes, bytes, list[str], list[str]], ...] = (
    ("an element nobody declared", b"<use:firstName>", b"<use:mood>1</use:mood><use:firstName>", [], ["mood"]),
    ("two of them in one parent", b"<use:webExId>", b"<use:a/><use:b/><use:webExId>", [], ["a", "b"]),
    ("an attribute", b"<use:firstName>", b'<use:firstName lang="en">', [], ["firstName/@lang"]),
    ("a value of a later release", b">ACTIVATED<", b">SLEEPING<", [], ["active: expected one of ACTIVATED"]),
    ("a leaf without its value", b">ACTIVATED<", b"><", [], ["active: expected one of ACTIVATED"]),
    ("a required element left out", b"<com:addressType>PERSONAL</com:addressType>", b"", [], []),
    ("another namespace", b"<use:lastName>Host</use:lastName>", b"<com:lastName>E</com:lastName>", ["lastName"], []),
    ("another type", b"<use:host>true", b"<use:host>yes", ["privilege/host"], []),
    ("another order", b"<use:firstName>", b"<use:email>a@b.example</use:email><use:firstName>", ["firstName"], []),
    ("one too many", b"<use:lastName>", b"<use:lastName>x</use:lastName><use:lastName>", ["lastName"], []),
    ("a result of its own", b"SUCCESS", b"PERHAPS", ["header/response/result"], []),
    ("a body of no known type", b"use:getUserResponse", b"use:gotUserResponse", [], ["bodyContent/@xsi:type"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def vendor() -> VendorSchemas:
    return VendorSchemas(ROOT / "schemas")


@pytest.mark.parametrize(("what", "old", "new", "wrong", "news"), FITTING, ids=[row[0] for row in FITTING])
def test_only_order_type_namespace_and_number_are_judged(
    vendor: VendorSchemas, what: str, old: bytes, new: bytes, wrong: list[str], news: list[str]
) -> None:
    assert old in USER, what
    healthy = judged(vendor, USER)
    assert not healthy.findings
    assert not healthy.doubts
    result = judged(vendor, USER.replace(old, new, 1))
    assert [one.path for one in result.findings] == wrong
    more = [line for line in result.drift if line not in healthy.drift]
    assert [any(line.startswith(one) for line in more) for one in news] == [True] * len(news)
    assert result.doubts == ()


def test_every_required_element_that_is_left_out_is_told(vendor: VendorSchemas) -> None:
    drift = judged(vendor, SITE).drift
    told = [line for line in drift if line.startswith("siteInstance/metaData: ") and line.endswith("required, and left out")]
    assert len(told) > 5


def test_a_finding_only_one_validator_has_is_told_and_not_judged(vendor: VendorSchemas, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = USER.replace(b"<use:host>true", b"<use:host>yes", 1)
    assert len(judged(vendor, wrong).findings) == 1
    monkeypatch.setattr(VendorCheck, "_confirmed", lambda self, found, root: [])
    result = judged(vendor, wrong)
    assert result.findings == ()
    assert [line.partition(":")[0] for line in result.doubts] == ["privilege/host"]


def test_a_bundle_that_becomes_ambiguous_when_loosened_judges_still(tmp_path: Path) -> None:
    """Children made optional may let one element stand in two places; that type alone stays strict."""
    tmp_path.joinpath("common.xsd").write_bytes((ROOT / "schemas" / "common.xsd").read_bytes())
    text = (ROOT / "schemas" / "service.xsd").read_text()
    text = text.replace(
        '<xs:element name="enableServer" type="xs:boolean" minOccurs="0"/>',
        '<xs:sequence minOccurs="0"><xs:element name="tollNum" type="xs:string"/><xs:element name="at" type="xs:string"/>'
        "</xs:sequence>",
    ).replace('<xs:element name="tollNum" type="xs:string" minOccurs="0"/>', "", 1)
    text = text.replace(
        '<xs:element name="host" type="xs:string"/>',
        '<xs:element name="host" type="xs:string"/><xs:element name="mid" type="xs:string"/><xs:element name="host" type="xs:string"/>',
    )
    tmp_path.joinpath("service.xsd").write_text(text)
    bundle = VendorSchemas(tmp_path)
    late = FAILURE.replace(b"</serv:reason>", b"</serv:reason><serv:exceptionID>1</serv:exceptionID><serv:gsbStatus>PRIMARY</serv:gsbStatus>")
    assert [one.path for one in judged(bundle, late).findings] == ["header/response/gsbStatus"]
