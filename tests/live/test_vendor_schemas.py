"""The vendor's schemas judge the same however they are laid out, and nothing is fetched for them."""

from __future__ import annotations

import copy
import io
import socket
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from conformance.judge.vendor_schemas import VendorSchemas
from conformance.judge.schema_check import SchemaResult
from conformance.judge.contract import XS
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


def zipped(where: Path) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in vendors().items():
            file.writestr(name, text)
    where.joinpath("bundle.zip").write_bytes(buffer.getvalue())
    return where / "bundle.zip"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a schema was looked for on the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def judged(bundle: VendorSchemas, body: bytes) -> SchemaResult:
    return bundle.check(read_reply("GetSite", body))


@pytest.mark.parametrize("layout", [folder, zipped])
def test_the_layout_of_a_bundle_makes_no_difference(tmp_path: Path, layout: object) -> None:
    ours, theirs = VendorSchemas(ROOT / "schemas"), VendorSchemas(layout(tmp_path))  # type: ignore[operator]
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
