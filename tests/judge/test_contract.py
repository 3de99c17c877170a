"""The contract as schemas state it: a small one, whose every declaration is known."""

from __future__ import annotations

from pathlib import Path

import re

import pytest
from lxml import etree

from conformance.judge.contract import SERV, XS, C, ComplexType, Contract, ContractView, ElementDeclaration, read_document
from conformance.sites.errors import UserError
from conformance.sites.release import Release

OWN = f"{SERV}/site"
HEAD = f'<xs:schema xmlns:xs="{XS}" xmlns:c="{C}" xmlns:s="{SERV}" xmlns:n="{OWN}" elementFormDefault="qualified"'
FILES = {
    "contract.xsd": f'<xs:schema xmlns:xs="{XS}"><xs:import namespace="{SERV}" schemaLocation="service.xsd"/><xs:import namespace="{OWN}" schemaLocation="site.xsd"/></xs:schema>',
    "service.xsd": f'{HEAD} targetNamespace="{SERV}"><xs:element name="message" type="s:messageType"/>'
    '<xs:complexType name="messageType"><xs:sequence><xs:element name="header" type="xs:string"/><xs:element name="body" type="s:bodyType"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="bodyType"><xs:sequence><xs:element name="bodyContent" type="s:bodyContentType"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="bodyContentType"/></xs:schema>',
    "site.xsd": f'{HEAD} targetNamespace="{OWN}"><xs:import namespace="{SERV}" schemaLocation="service.xsd"/>'
    '<xs:simpleType name="toneType"><xs:restriction base="xs:string"><xs:enumeration value="BEEP"/><xs:enumeration value="NONE" c:since="41.5.0"/></xs:restriction></xs:simpleType>'
    '<xs:simpleType name="lateType" c:since="41.6.0"><xs:restriction base="xs:string"/></xs:simpleType>'
    '<xs:complexType name="getSite"><xs:complexContent><xs:extension base="s:bodyContentType"/></xs:complexContent></xs:complexType>'
    '<xs:complexType name="baseType"><xs:sequence><xs:element name="first" type="xs:int" maxOccurs="unbounded"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="toolsType"><xs:complexContent><xs:extension base="n:baseType"><xs:sequence>'
    '<xs:element name="tone" type="n:toneType" minOccurs="0" maxOccurs="3"/><xs:element name="late" type="xs:boolean" c:since="41.6.0"/>'
    '<xs:element name="odd" type="xs:boolean" c:place="any-order"/><xs:element name="lost" type="xs:boolean" c:place="anywhere"/>'
    "</xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
    '<xs:complexType name="lateTypes" c:since="41.6.0"><xs:sequence><xs:element name="x" type="n:lateType"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="getSiteResponse"><xs:complexContent><xs:extension base="s:bodyContentType"><xs:sequence>'
    '<xs:element name="tools" type="n:toolsType" minOccurs="2" maxOccurs="2"/><xs:element name="again" type="n:getSiteResponse" minOccurs="0"/>'
    "</xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:schema>",
}  # fmt: skip


def made(folder: Path, file: str = "", old: str = "", new: str = "") -> Contract:
    """The contract, with one thing written otherwise."""
    for name, text in FILES.items():
        assert name != file or old in text
        folder.joinpath(name).write_text(text.replace(old, new, 1) if name == file else text, encoding="utf-8")
    return Contract(folder)


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return made(tmp_path)


def element(name: str, kind: str, least: int = 1, most: int | None = 1, since: str = "", place: str = "", space: str = XS) -> ElementDeclaration:
    return ElementDeclaration((OWN, name), (space, kind), least, most, since, place)


TOOLS = (
    element("first", "int", most=None), element("tone", "toneType", 0, 3, space=OWN), element("late", "boolean", since="41.6.0"),
    element("odd", "boolean", place="any-order"), element("lost", "boolean", place="anywhere"),
)  # fmt: skip


def test_every_type_is_read_with_what_it_inherits(contract: Contract) -> None:
    types = contract.whole.types
    assert {name[1] for name in types} == {"messageType", "bodyType", "bodyContentType", "getSite", "baseType", "toolsType", "lateTypes", "getSiteResponse"}
    assert types[OWN, "toolsType"] == ComplexType((OWN, "toolsType"), TOOLS, "", (OWN, "baseType"))
    assert types[OWN, "baseType"].base is None
    assert types[OWN, "lateTypes"].since == "41.6.0"
    assert types[SERV, "messageType"].children[1] == ElementDeclaration((SERV, "body"), (SERV, "bodyType"), 1, 1, "", "")


@pytest.mark.parametrize(("release", "late"), [("41.5.0", False), ("41.6.0", True), ("42.1.0", True)])
def test_a_view_has_what_its_release_had(contract: Contract, release: str, late: bool) -> None:
    view = contract.view(Release.parse(release))
    assert ((OWN, "lateTypes") in view.types) is late
    assert [one.name[1] for one in view.types[OWN, "toolsType"].children] == ["first", "tone", *(["late"] if late else []), "odd", "lost"]
    assert ((OWN, "lateType") in view.values) is late
    assert contract.view(Release.parse(release)) is view
    alone = ContractView(Release.parse(release), contract._documents)
    assert alone.types == view.types
    assert alone.values == view.values


@pytest.mark.parametrize(("release", "values"), [("41.4.0", "BEEP"), ("41.5.0", "BEEP|NONE")])
def test_values_are_those_of_the_release(contract: Contract, release: str, values: str) -> None:
    assert contract.view(Release.parse(release)).values[OWN, "toneType"] == values
    assert contract.whole.values == {(OWN, "toneType"): "BEEP|NONE", (OWN, "lateType"): ""}


def test_operations_are_found_by_the_types_of_their_bodies(contract: Contract) -> None:
    whole = contract.whole
    assert contract.whole is whole
    assert whole.request_type("GetSite").name == (OWN, "getSite")
    assert whole.reply_type("GetSite").name == (OWN, "getSiteResponse")
    assert [whole.declares(one) for one in ("GetSite", "SetSite")] == [True, False]
    with pytest.raises(UserError) as told:
        whole.reply_type("SetSite")
    assert (told.value.code, told.value.what) == ("operation-schema", "no schema declares the type setSiteResponse of the operation SetSite")


def test_children_are_found_by_their_names(contract: Contract) -> None:
    tools = contract.whole.types[OWN, "toolsType"]
    assert (tools.named("tone"), tools.named("tones")) == (TOOLS[1], None)
    assert contract.whole.roaming == {(OWN, "lost"): TOOLS[4]}


@pytest.mark.parametrize(
    ("place", "namespace", "local", "may"),
    [
        ("", "use", "hostPIN", True), ("", "common", "hostPIN", False), ("", "use", "pin", False),
        ("phones", "use", "hostPIN", True), ("phones", "common", "hostPIN", True), ("phones", "common", "pin", False), ("phones", "elsewhere", "hostPIN", False),
    ],
)  # fmt: skip
def test_what_lost_its_place_may_stand_in_the_namespace_of_any_service(place: str, namespace: str, local: str, may: bool) -> None:
    spaces = {"use": f"{SERV}/user", "common": "http://www.webex.com/schemas/2002/06/common", "elsewhere": "urn:elsewhere"}
    declared = ElementDeclaration((spaces["use"], "hostPIN"), (XS, "string"), 0, 1, "41.5.0", place)
    assert declared.may_be((spaces[namespace], local)) is may


def test_what_is_reachable_is_told_once(contract: Contract) -> None:
    start = contract.whole.reply_type("GetSite")
    found = contract.whole.reachable(start)
    assert {name[1]: kind.name for name, kind in found.items()} == {"getSiteResponse": start.name, "toolsType": (OWN, "toolsType")}
    message = contract.whole.types[SERV, "messageType"]
    assert {name[1] for name in contract.whole.reachable(message)} == {"messageType", "bodyType", "bodyContentType"}


def message(inside: str) -> etree._Element:
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    return etree.fromstring(
        f'<s:message xmlns:s="{SERV}" xmlns:n="{OWN}" xmlns:xsi="{xsi}"><s:header/><s:body><s:bodyContent xsi:type="n:getSiteResponse">{inside}</s:bodyContent></s:body></s:message>'
    )


TOOL = "<n:tools><n:first>1</n:first>{}</n:tools>"


@pytest.mark.parametrize(
    ("inside", "valid"),
    [
        (TOOL.format("") * 2, True), ("", True), ("<n:tools/>" * 2, True), (TOOL.format("") * 3, False), (TOOL.format("<n:late>true</n:late>") * 2, True),
        (TOOL.format("<n:tone>BEEP</n:tone>") * 2, True), (TOOL.format("<n:tone>HUM</n:tone>") * 2, False), (TOOL.format("<n:odd>true</n:odd>") * 2, False),
    ],
)  # fmt: skip
def test_replies_may_leave_out_what_is_required_outside_the_envelope_and_nothing_else(contract: Contract, inside: str, valid: bool) -> None:
    """Elements without a known place are not judged in it: they are taken out and validated alone."""
    assert contract.whole.schema.validate(message(inside)) is valid


def test_the_envelope_is_always_whole(contract: Contract) -> None:
    schema = contract.whole.schema
    assert not schema.validate(etree.fromstring(f'<s:message xmlns:s="{SERV}"><s:header/></s:message>'))
    assert not schema.validate(etree.fromstring(f'<s:message xmlns:s="{SERV}"><s:body/></s:message>'))
    assert schema.validate(etree.fromstring(f'<s:message xmlns:s="{SERV}"><s:header/><s:body/></s:message>'))


@pytest.mark.parametrize(("text", "valid"), [("true", True), ("yes", False)])
@pytest.mark.parametrize("name", ["odd", "lost"])
def test_what_has_no_known_place_is_validated_alone(contract: Contract, name: str, text: str, valid: bool) -> None:
    assert contract.whole.schema.validate(etree.fromstring(f'<n:{name} xmlns:n="{OWN}">{text}</n:{name}>')) is valid


def test_an_element_of_a_later_release_is_not_validated(contract: Contract) -> None:
    schema = contract.view(Release(41, 5)).schema
    assert not schema.validate(message(TOOL.format("<n:late>true</n:late>") * 2))


def test_namespaces_have_the_prefixes_of_their_schemas(contract: Contract) -> None:
    assert contract.namespaces == [SERV, OWN]
    assert contract.prefixes == {SERV: "s", OWN: "n"}


def test_a_namespace_without_a_prefix_is_called_by_its_last_word(tmp_path: Path) -> None:
    made(tmp_path)
    bare = f'<xs:schema xmlns:xs="{XS}" xmlns="{OWN}" xmlns:o="urn:other" targetNamespace="{OWN}"><xs:complexType name="getSite"/><xs:complexType name="getSiteResponse"><xs:sequence><xs:element name="a" type="getSite"/></xs:sequence></xs:complexType></xs:schema>'
    tmp_path.joinpath("site.xsd").write_text(bare)
    service = tmp_path.joinpath("service.xsd").read_text().replace(f' xmlns:n="{OWN}"', "")
    tmp_path.joinpath("service.xsd").write_text(service)
    assert Contract(tmp_path).prefixes == {SERV: "s", OWN: "site"}
    assert Contract(tmp_path).whole.reply_type("GetSite").children == (element("a", "getSite", space=OWN),)
    tmp_path.joinpath("site.xsd").write_text(bare.replace('type="getSite"', 'type="getSit"'))
    with pytest.raises(UserError, match="did you mean 'getSite'"):
        Contract(tmp_path)


def test_what_a_document_type_declares_is_not_read(tmp_path: Path) -> None:
    tmp_path.joinpath("own.dtd").write_text("no document type at all <!")
    tmp_path.joinpath("site.xsd").write_text('<!DOCTYPE a SYSTEM "own.dtd"><a/>')
    assert read_document(tmp_path / "site.xsd").tag == "a"


#: In which file what becomes what; code, words, line of the file, and hint of the message.
WRONG = [
    ("site.xsd", 'type="n:toneType"', 'type="n:tonType"', "schema-type", "no schema declares the type 'n:tonType'", "site.xsd:1", "did you mean 'toneType'?"),
    ("site.xsd", 'base="n:baseType"', 'base="n:basesType"', "schema-type", "no schema declares the type 'n:basesType'", "site.xsd:1", "did you mean 'baseType'?"),
    ("site.xsd", 'base="xs:string"', 'base="xs:itn"', "schema-type", "no schema declares the type 'xs:itn'", "site.xsd:1", "did you mean 'int'?"),
    ("site.xsd", 'base="xs:string"', 'base="xs:strong"', "schema-type", "no schema declares the type 'xs:strong'", "site.xsd:1", "did you mean 'string'?"),
    ("site.xsd", 'c:since="41.6.0"', 'c:since="soon"', "release-form", "'soon' is not a release", "site.xsd:1", "write it as the release notes do, for instance 41.11.0"),
    ("site.xsd", 'c:place="anywhere"', 'c:place="anywere"', "schema-place", "there is no place 'anywere'", "site.xsd:1", "did you mean 'anywhere'?"),
    ("site.xsd", "<xs:simpleType", "<xs:simpleType<", "schema-syntax", "site.xsd is not XML: ", "site.xsd:1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "what", "where", "hint"), WRONG)
def test_a_schema_that_makes_no_sense_is_refused(tmp_path: Path, file: str, old: str, new: str, code: str, what: str, where: str, hint: str) -> None:
    with pytest.raises(UserError) as told:
        made(tmp_path, file, old, new)
    assert told.value.what.startswith(what)
    assert told.value.where.endswith(where)
    assert (told.value.code, told.value.hint) == (code, hint)


def test_an_element_of_a_release_nobody_published_is_refused(tmp_path: Path) -> None:
    found = made(tmp_path)
    dates = {since for file in tmp_path.rglob("*.xsd") for since in re.findall(r'c:since="([^"]+)"', file.read_text(encoding="utf-8"))}
    known = [Release.parse(one) for one in sorted(dates)]
    assert len(known) > 0
    found.demand_published(known)
    with pytest.raises(UserError) as caught:
        found.demand_published([Release(12, 1)])
    assert caught.value.code == "release-unknown"
    assert caught.value.what.removeprefix("nobody published a release ") in map(str, known)
    assert caught.value.hint == "known: 12.1.0"
    assert re.search(r"\.xsd:\d+$", caught.value.where)


def test_a_folder_without_schemas_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        Contract(tmp_path)
    assert (told.value.code, told.value.what, told.value.where) == ("schemas-missing", f"there is no contract.xsd in {tmp_path}", str(tmp_path))
    assert made(tmp_path).folder == tmp_path


def test_two_elements_of_unknown_place_must_agree(tmp_path: Path) -> None:
    two = '<xs:element name="odd" type="xs:{}" c:place="any-order"/>'
    assert made(tmp_path, "site.xsd", two.format("boolean"), two.format("boolean") * 2).whole.schema is not None
    with pytest.raises(UserError) as told:
        _ = made(tmp_path, "site.xsd", two.format("boolean"), two.format("boolean") + two.format("int")).whole.schema
    assert (told.value.code, told.value.what) == ("schema-place", "two elements odd of unknown place differ in type")
    assert told.value.where.endswith("site.xsd")


def test_schemas_that_do_not_fit_together_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        _ = made(tmp_path, "site.xsd", 'schemaLocation="service.xsd"', 'schemaLocation="gone.xsd"').whole.schema
    assert (told.value.code, told.value.what) == ("schema-import", "the schemas import what is not there: gone.xsd")
    tmp_path.joinpath("more.xsd").write_text(f'<xs:schema xmlns:xs="{XS}"><xs:import namespace="urn:a" schemaLocation="also.xsd"/></xs:schema>')
    with pytest.raises(UserError, match=r"what is not there: also.xsd, gone.xsd"):
        _ = Contract(tmp_path).whole.schema
    tmp_path.joinpath("more.xsd").unlink()
    with pytest.raises(UserError) as told:
        _ = made(tmp_path, "site.xsd", '<xs:element name="tone"', '<xs:element nam="tone"').whole.schema
    assert told.value.code == "schema-invalid"
    assert told.value.what.startswith("the schemas do not compile: ")


def test_nothing_is_fetched_and_no_entity_is_resolved(tmp_path: Path) -> None:
    tmp_path.joinpath("secret").write_text("content")
    file = tmp_path / "a.xsd"
    file.write_text(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><x>&e;</x>')
    assert "content" not in etree.tostring(read_document(file)).decode().partition("<x>")[2]
