"""How a vendor's bundle is read, in any layout, and every way in which it is refused, to the word: bundles of a few lines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from lxml import etree

from conformance.judge import vendor_schemas
from conformance.judge.contract import SERV, XS
from conformance.judge.schema_check import SchemaResult
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.sites.errors import UserError
from conformance.wire.exchange import read_reply

OWN = f"{SERV}/user"
HEAD = f'<xs:schema xmlns:xs="{XS}" xmlns:s="{SERV}"'
MESSAGE = (
    '<xs:element name="message"><xs:complexType><xs:sequence><xs:element name="header" type="%s"/><xs:element name="body" type="xs:string"/>'
    "</xs:sequence></xs:complexType></xs:element>"
)


def service(inside: str = "", kind: str = "s:word", before: str = "") -> str:
    return f'{HEAD} targetNamespace="{SERV}" elementFormDefault="qualified">{before}{MESSAGE % kind}{inside}</xs:schema>'


def of(namespace: str, inside: str = "") -> str:
    target = f' targetNamespace="{namespace}"' if namespace else ""
    return f"{HEAD}{target}>{inside}</xs:schema>"


def word(*values: str, name: str = "word") -> str:
    rows = "".join(f'<xs:enumeration value="{value}"/>' for value in values)
    return f'<xs:simpleType name="{name}"><xs:restriction base="xs:string">{rows}</xs:restriction></xs:simpleType>'


def include(place: str) -> str:
    return f'<xs:include schemaLocation="{place}"/>'


SOUND = {"service.xsd": service(word("A"))}


def bundle(folder: Path, files: Mapping[str, str | bytes], *, zipped: bool = False) -> Path:
    """The bundle in ``folder``, as it is or as a zip."""
    if zipped:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        folder.joinpath("bundle.zip").write_bytes(buffer.getvalue())
        return folder / "bundle.zip"
    place = folder / "bundle"
    place.mkdir()
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return place


def judged(schemas: VendorSchemas, header: str) -> SchemaResult:
    text = f'<s:message xmlns:s="{SERV}"><s:header>{header}</s:header><s:body>x</s:body></s:message>'
    return schemas.check(read_reply("GetUser", text.encode()))


def taken(schemas: VendorSchemas, *headers: str) -> list[bool]:
    """Which of the headers fit to the letter."""
    return [judged(schemas, header) == SchemaResult((), ()) for header in headers]


# -- layout ---------------------------------------------------------------------------

WORDS = {"a/words.xsd": of("", word("A")), "b/words.xsd": of("", word("B")), "c/service.xsd": ""}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("place", "fits"),
    [("../b/words.xsd", "B"), ("../a/words.xsd", "A"), ("..\\b\\words.xsd", "B"), ("http://webex.test/words.xsd", "A"), ("./../x/../b/words.xsd", "B"), ("words.xsd", "A")],
)
def test_a_document_is_found_by_its_path_and_else_by_its_name(tmp_path: Path, place: str, fits: str, zipped: bool) -> None:
    files = {**WORDS, "c/service.xsd": service(before=include(place))}
    assert taken(VendorSchemas(bundle(tmp_path, files, zipped=zipped)), "A", "B") == [fits == "A", fits == "B"]


def test_a_zip_of_windows_has_backslashes(tmp_path: Path) -> None:
    files = {"XSD\\a\\words.xsd": WORDS["a/words.xsd"], "XSD\\b\\words.xsd": WORDS["b/words.xsd"], "XSD\\c\\service.XSD": service(before=include("../b/words.xsd"))}
    schemas = VendorSchemas(bundle(tmp_path, files, zipped=True))
    assert taken(schemas, "A", "B") == [False, True]
    assert schemas.source == tmp_path / "bundle.zip"


@pytest.mark.parametrize("zipped", [False, True])
def test_only_schemas_are_read_each_once(tmp_path: Path, zipped: bool) -> None:
    text, whole = of(SERV, word("A")), service()
    form = ' elementFormDefault="qualified"'
    otherwise = whole.replace(form, "").replace("<xs:schema", f"<xs:schema{form}")
    files: dict[str, str | bytes] = {
        "a.xsd": text, "copy/a.xsd": text, "notes.txt": b"\0 no XML", "a.wsdl": "<a/>", "other.xsd": "<definitions/>", "__MACOSX/a.xsd": b"\0",
        "x/._a.xsd": b"\0", "xsd": b"\0", "y\\._a.xsd" if zipped else "y/._a.xsd": b"\0", "__MACOSX\\a.xsd" if zipped else "__MACOSX/b.xsd": b"\0", "z.xsd": whole, "zz.xsd": otherwise,
    }  # fmt: skip
    assert taken(VendorSchemas(bundle(tmp_path, files, zipped=zipped)), "A", "B") == [True, False]


def test_parts_of_a_namespace_are_put_together_and_imports_answered_by_namespace(tmp_path: Path) -> None:
    far = "".join(f'<xs:import namespace="{OWN}" schemaLocation="http://nowhere.test/{nth}.xsd"/>' for nth in (1, 2))
    files = {
        "1.xsd": of(SERV, word("A")),
        "2.xsd": service(kind="u:both", before=far).replace("xmlns:s=", f'xmlns:u="{OWN}" xmlns:s='),
        "3.xsd": of(OWN, '<xs:import namespace="%s"/><xs:simpleType name="both"><xs:union memberTypes="s:word"/></xs:simpleType>' % SERV),
        "4.xsd": of("", word("Z")),
    }
    assert taken(VendorSchemas(bundle(tmp_path, files)), "A", "B") == [True, False]


def test_a_document_without_a_namespace_belongs_to_all_who_include_it_and_theirs_too(tmp_path: Path) -> None:
    files = {
        "service.xsd": service(before=include("one.xsd")), "one.xsd": of("", include("two.xsd")), "two.xsd": of("", include("one.xsd") + word("A")),
        "user.xsd": of(OWN, include("two.xsd") + '<xs:annotation/>' + include("nowhere.xsd")),
    }  # fmt: skip
    assert taken(VendorSchemas(bundle(tmp_path, files), [OWN]), "A", "B") == [True, False]


@pytest.mark.parametrize(("new", "old"), [("service", "old/words"), ("a", "words"), ("z", "b/words")])
def test_what_is_redefined_reaches_its_namespace_through_the_redefinition(tmp_path: Path, new: str, old: str) -> None:
    narrower = '<xs:simpleType name="word"><xs:restriction base="s:word"><xs:enumeration value="B"/></xs:restriction></xs:simpleType>'
    files = {
        f"{old}.xsd": of(SERV, word("A", "B") + '<xs:element name="known" type="s:word"/>'), "a/more.xsd": of(SERV, word("C", name="more")),
        f"{new}.xsd": service(before=f'<xs:redefine schemaLocation="{old}.xsd">{narrower}</xs:redefine>'),
    }  # fmt: skip
    assert taken(VendorSchemas(bundle(tmp_path, files)), "A", "B", "C") == [False, True, False]


# -- loosened ---------------------------------------------------------------------------


def optional(kind: str, types: str, tmp_path: Path, header: str) -> list[str]:
    """The paths of what is found in a reply whose header is of ``kind``."""
    schemas = VendorSchemas(bundle(tmp_path, {"service.xsd": service(types, kind)}))
    return [one.path for one in judged(schemas, header).findings]


INNER = '<xs:complexType name="inner"><xs:sequence><xs:element name="%s" type="xs:string"/><xs:element name="second" type="xs:string"/></xs:sequence></xs:complexType>'


@pytest.mark.parametrize(
    ("name", "header", "found"),
    [
        ("first", "<s:first/><s:second/>", []), ("first", "<s:second/>", []), ("first", "", []), ("first", "<s:second/><s:first/>", ["header/first"]),
        ("response", "<s:second/>", ["header/second"]), ("response", "", ["header"]), ("result", "<s:second/>", ["header/second"]), ("result", "<s:result/>", []),
    ],
)  # fmt: skip
def test_what_is_left_out_is_no_finding_but_in_the_envelope(tmp_path: Path, name: str, header: str, found: list[str]) -> None:
    assert optional("s:inner", INNER % name, tmp_path, header) == found


def test_what_is_called_like_a_part_of_the_envelope_elsewhere_may_be_left_out(tmp_path: Path) -> None:
    user = of(OWN, '<xs:complexType name="both"><xs:sequence><xs:element name="response" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:sequence></xs:complexType>')
    head = service(kind="u:both", before=f'<xs:import namespace="{OWN}"/>').replace("xmlns:s=", f'xmlns:u="{OWN}" xmlns:s=')
    schemas = VendorSchemas(bundle(tmp_path, {"user.xsd": user, "service.xsd": head}))
    assert judged(schemas, "<b/>").findings == ()
    assert [one.path for one in judged(schemas, "<b/><response/>").findings] == ["header/response"]


GROUPED = (
    '<xs:complexType name="inner"><xs:sequence><xs:choice><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:choice>'
    '<xs:group ref="s:pair"/><xs:any namespace="##other" processContents="skip"/></xs:sequence></xs:complexType>'
    '<xs:group name="pair"><xs:sequence><xs:element name="c" type="xs:string"/><xs:element name="d" type="xs:string"/></xs:sequence></xs:group>'
)


@pytest.mark.parametrize("header", ["", "<s:a/>", "<s:c/>", "<s:d/>", "<s:b/><s:d/>", '<o xmlns="urn:o"/>'])
def test_every_kind_of_particle_may_be_left_out(tmp_path: Path, header: str) -> None:
    assert optional("s:inner", GROUPED, tmp_path, header) == []


def test_a_group_that_a_later_release_redefines_is_loosened_too(tmp_path: Path) -> None:
    again = '<xs:group name="pair"><xs:sequence><xs:group ref="s:pair"/><xs:element name="e" type="xs:string"/></xs:sequence></xs:group>'
    files = {"old.xsd": service(GROUPED, "s:inner"), "new.xsd": of(SERV, f'<xs:redefine schemaLocation="old.xsd">{again}</xs:redefine>').replace(">", ' elementFormDefault="qualified">', 1)}
    schemas = VendorSchemas(bundle(tmp_path, files))
    assert [judged(schemas, header).findings for header in ("", "<s:e/>", "<s:c/><s:e/>")] == [()] * 3
    assert [one.path for one in judged(schemas, "<s:e/><s:c/>").findings] == ["header/c"]


AMBIGUOUS = (
    '<xs:complexType name="inner"><xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/><xs:element name="a" type="xs:string"/>'
    '<xs:element name="more" type="s:more"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="more"><xs:sequence><xs:element name="x" type="xs:string"/><xs:element name="y" type="xs:string"/></xs:sequence></xs:complexType>'
)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("<s:a/><s:b/><s:a/><s:more><s:y/></s:more>", []), ("<s:b/><s:a/><s:more><s:x/><s:y/></s:more>", ["header/b"]), ("<s:a/><s:b/><s:a/><s:more><s:y/><s:x/></s:more>", ["header/more/x"]),
    ],
)  # fmt: skip
def test_a_type_that_would_be_ambiguous_stays_as_it_is_and_it_alone(tmp_path: Path, header: str, found: list[str]) -> None:
    assert optional("s:inner", AMBIGUOUS, tmp_path, header) == found


def test_an_element_that_is_called_like_an_ambiguous_type_is_loosened_all_the_same(tmp_path: Path) -> None:
    row = '<xs:element name="inner"><xs:complexType><xs:sequence><xs:element name="x" type="xs:string"/><xs:element name="y" type="xs:string"/></xs:sequence></xs:complexType></xs:element>'
    types = AMBIGUOUS.replace('<xs:element name="x" type="xs:string"/>', row)
    assert optional("s:inner", types, tmp_path, "<s:a/><s:b/><s:a/><s:more><s:inner><s:y/></s:inner><s:y/></s:more>") == []


def test_where_a_type_without_a_name_would_be_ambiguous_all_stay_as_they_are(tmp_path: Path) -> None:
    """libxml2 does not say which."""
    local = AMBIGUOUS.replace('<xs:element name="more" type="s:more"/>', "").partition("</xs:complexType>")[0].replace(' name="inner"', "")
    types = f'<xs:complexType name="outer"><xs:sequence><xs:element name="in">{local}</xs:complexType></xs:element><xs:element name="z" type="xs:string"/></xs:sequence></xs:complexType>'
    assert optional("s:outer", types, tmp_path, "<s:in><s:b/></s:in>") == ["header/in/b", "header"]


# -- refused ------------------------------------------------------------------------------


def told(problem: UserError) -> tuple[str, str, str, str]:
    return problem.code, problem.what, problem.where, problem.hint


WHOLE = "name the whole bundle of the release, with the schemas of every service"
DOCTYPE = "'d.xsd' has a document type, which may hide entities"
#: Of files of a bundle: the code, what is said, what is added to where it lies, and the hint.
REFUSED: dict[str, tuple[dict[str, str], tuple[str, str, str, str]]] = {
    "nothing": ({"readme": "x"}, ("bundle-empty", "there are no schemas in BUNDLE", "", "")),
    "XML of another kind": ({"a.xsd": "<a/>"}, ("bundle-empty", "there are no schemas in BUNDLE", "", "")),
    "no XML": ({"a.xsd": "<a>"}, ("bundle-syntax", "'a.xsd' is not XML: Premature end of data in tag a line 1, line 1, column 4", ":'a.xsd'", "")),
    "a document type": ({**SOUND, "d.xsd": f'<!DOCTYPE a>{of("urn:x")}'}, ("bundle-doctype", DOCTYPE, "", "")),
    "only documents without a namespace": ({"a.xsd": of("", word("A"))}, ("bundle-service", f"BUNDLE holds no schema of the service service ({SERV})", "", WHOLE)),
    "another service": ({"a.xsd": of(OWN)}, ("bundle-service", f"BUNDLE holds no schema of the service service ({SERV})", "", WHOLE)),
    "without one that is asked for": (SOUND, ("bundle-service", f"BUNDLE holds no schema of the service user ({OWN})", "", WHOLE)),
    "an import that is nowhere": ({**SOUND, "u.xsd": of(OWN, '<xs:import namespace="urn:gone"/>')}, ("bundle-import", "an import is not in the bundle: 'u.xsd' imports 'urn:gone'", "", "")),
    "an import of no namespace": ({**SOUND, "u.xsd": of(OWN, "<xs:import/>")}, ("bundle-import", "an import is not in the bundle: 'u.xsd' imports ''", "", "")),
    "a redefinition that is nowhere": ({**SOUND, "u.xsd": of(OWN, '<xs:redefine schemaLocation="g.xsd"/>')}, ("bundle-import", "'u.xsd' redefines 'g.xsd', which is not in the bundle", "", "")),
    "a redefinition of nothing": ({**SOUND, "u.xsd": of(OWN, "<xs:redefine/>")}, ("bundle-import", "'u.xsd' redefines '', which is not in the bundle", "", "")),
}  # fmt: skip


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", REFUSED)
def test_a_bundle_is_refused_in_one_message(tmp_path: Path, name: str, zipped: bool) -> None:
    files, (code, what, where, hint) = REFUSED[name]
    source = bundle(tmp_path, files, zipped=zipped)
    with pytest.raises(UserError) as caught:
        VendorSchemas(source, [OWN])
    assert told(caught.value) == (code, what.replace("BUNDLE", str(source)), f"{source}{where}", hint)


@pytest.mark.parametrize(
    "declared", ['SYSTEM "broken"', '[<!ENTITY e SYSTEM "broken">]', '[<!ENTITY e SYSTEM "FOLDER/broken">]', 'SYSTEM "FOLDER/broken"']
)
def test_nothing_that_a_document_type_names_is_read(tmp_path: Path, declared: str) -> None:
    tmp_path.joinpath("broken").write_text("<broken")
    text = f"<!DOCTYPE a {declared}>{of('urn:x', '&e;' if 'ENTITY' in declared else '')}".replace("FOLDER", f"file://{tmp_path}")
    with pytest.raises(UserError) as caught:
        VendorSchemas(bundle(tmp_path, {**SOUND, "d.xsd": text}))
    assert (caught.value.code, caught.value.what) == ("bundle-doctype", DOCTYPE)


def test_schemas_that_contradict_themselves_are_refused(tmp_path: Path) -> None:
    source = bundle(tmp_path, {"service.xsd": service()})
    with pytest.raises(UserError) as caught:
        VendorSchemas(source)
    code, what, where, hint = told(caught.value)
    assert (code, where, hint) == ("bundle-invalid", str(source), "")
    assert what.startswith("the schemas do not compile: ")
    assert "word" in what


@pytest.mark.parametrize(
    ("name", "climbs"), [("../a.xsd", True), ("a/../../b", True), ("/etc/a", True), ("..\\a.xsd", True), ("a..b.xsd", False), ("x/..a.xsd", False)]
)
def test_a_path_that_leaves_the_bundle_is_refused(tmp_path: Path, name: str, climbs: bool) -> None:
    source = bundle(tmp_path, {**SOUND, name: of("urn:x")}, zipped=True)
    if climbs:
        with pytest.raises(UserError) as caught:
            VendorSchemas(source)
        assert told(caught.value) == ("bundle-path", f"the bundle holds a path that leaves it: {name!r}", str(source), "")
    else:
        VendorSchemas(source)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("room", [0, -1])
def test_a_bundle_has_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool, room: int) -> None:
    files = {**SOUND, "u.xsd": of(OWN)}
    size = sum(map(len, files.values()))
    monkeypatch.setattr(vendor_schemas, "_LARGEST", size + room)
    source = bundle(tmp_path, files, zipped=zipped)
    if room:
        with pytest.raises(UserError) as caught:
            VendorSchemas(source)
        assert told(caught.value) == ("bundle-size", f"{source} unpacks to {size} bytes", str(source), "")
    else:
        VendorSchemas(source)


def test_one_member_that_is_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_schemas, "_LARGEST", 1000)
    source = bundle(tmp_path, {**SOUND, "bomb": "x" * 1001}, zipped=True)
    with pytest.raises(UserError) as caught:
        VendorSchemas(source)
    assert told(caught.value) == ("bundle-size", "'bomb' unpacks to 1001 bytes", str(source), "")


@pytest.mark.parametrize(("most", "fits"), [(5, True), (4, False)])
def test_a_folder_that_holds_more_than_any_bundle_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, fits: bool) -> None:
    monkeypatch.setattr(vendor_schemas, "_MOST_FILES", most)
    source = bundle(tmp_path, {**SOUND, "x/a.txt": "", "x/b.txt": ""})
    if fits:
        VendorSchemas(source)
        return
    with pytest.raises(UserError) as caught:
        VendorSchemas(source)
    what = "the folder holds more than 4 files and folders"
    assert told(caught.value) == ("bundle-size", what, str(source), "name the folder of the schemas itself")


def test_what_is_not_there_or_can_be_no_bundle_is_refused(tmp_path: Path) -> None:
    tmp_path.joinpath("text").write_text("hello")
    for source, code, what in (
        (tmp_path / "none.zip", "bundle-missing", f"there is no schema bundle {tmp_path}/none.zip"), (Path("/dev/null"), "bundle-zip", "a schema bundle is a folder or a zip file"),
        (tmp_path / "text", "bundle-zip", "cannot read the schema bundle: File is not a zip file"),
    ):  # fmt: skip
        with pytest.raises(UserError) as caught:
            VendorSchemas(source)
        assert told(caught.value) == (code, what, str(source), "")


def test_a_folder_is_read_in_the_order_of_its_names_whatever_else_is_called_so(tmp_path: Path) -> None:
    source = bundle(tmp_path, {**SOUND, "folder.xsd/a.txt": "x"})
    source.joinpath("gone.xsd").symlink_to("nowhere")
    VendorSchemas(source)


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So little that nothing can be compiled."""
    monkeypatch.setattr(vendor_schemas, "_MEMORY", 1 << 20)
    yield


@pytest.mark.usefixtures("little_memory")
def test_schemas_that_take_too_much_to_compile_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = bundle(tmp_path, SOUND)
    with pytest.raises(UserError) as caught:
        VendorSchemas(source, seconds=7)
    what = "the schemas take more than 7 s of processor, or too much memory, to compile"
    assert told(caught.value) == ("bundle-large", what, str(source), "a content model that unfolds without end: are these the vendor's schemas?")
    assert capfd.readouterr() == ("", ""), "nothing of the process that tried"


def test_they_are_compiled_with_these_limits_before_they_are_compiled_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = tmp_path / "noted"
    monkeypatch.setattr(vendor_schemas, "_COMPILE", f"import sys; open({str(noted)!r}, 'w').write(open(sys.argv[1]).read() + ' '.join(sys.argv[1:]))")
    VendorSchemas(bundle(tmp_path, SOUND), seconds=7)
    text = noted.read_text()
    place, seconds, memory = text.rpartition(">")[2].split()
    assert (Path(place).parent.name[:10], Path(place).name, seconds, memory) == ("webex-xsd-", "entry.xsd", "7", f"{2 * 1024**3}")
    assert etree.fromstring(text.rpartition(">")[0] + ">").find(f"{{{XS}}}import").get("namespace") == SERV
