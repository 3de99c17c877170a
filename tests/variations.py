"""Harmless variations of a reply: other bytes, the same meaning. A site may send any of them and keep the contract."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, unescape

import httpx
import mocksite
from lxml import etree

from tests.rig import CoreTransport, answered
from tests.twisted import Twist, operation_of

SERV = "http://www.webex.com/schemas/2002/06/service"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LATER = "urn:later"
#: Refusals whose reason the notes print: l.57 (41.12.0) and l.544 (41.11.0). Every other reason is wording for people.
PRINTED_REASONS = ("010106", "060068")

Element = etree._Element
Change = Callable[[Element], object]


def elements(root: Element) -> list[Element]:
    return [element for element in root.iter() if isinstance(element.tag, str)]


def leaves(root: Element) -> Iterator[Element]:
    yield from (element for element in elements(root) if not len(element) and (element.text or "").strip())


def local(element: Element) -> str:
    return etree.QName(element).localname


def namespace(element: Element) -> str:
    return etree.QName(element).namespace or ""


def named(root: Element, name: str) -> list[Element]:
    return [element for element in elements(root) if local(element) == name]


def with_body(response: mocksite.HttpResponse, body: bytes) -> mocksite.HttpResponse:
    return mocksite.HttpResponse(response.status, response.headers, body)


def is_message(response: mocksite.HttpResponse) -> bool:
    return response.status == 200 and b"message" in response.body[:300]


def tree(change: Change) -> Twist:
    """Change the document; what the parser alone would write otherwise does not count as a change."""

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if not is_message(response):
            return response
        root = etree.fromstring(response.body)
        before = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
        change(root)
        after = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
        return response if after == before else with_body(response, after)

    return twist


def text(change: Callable[[str], str]) -> Twist:
    """Change the characters of the document."""

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return with_body(response, change(response.body.decode()).encode()) if is_message(response) else response

    return twist


def values(change: Callable[[str], str]) -> Callable[[str], str]:
    """Change what stands between the tags of a leaf, as it is written."""
    return lambda document: re.sub(r"(<[^/?!][^<>]*[^/]>)([^<>]*\S[^<>]*)(</)", lambda m: m[1] + change(m[2]) + m[3], document)


# -- names ---------------------------------------------------------------------


def renamed(new_names: Callable[[list[str]], dict[str, str]]) -> Callable[[str], str]:
    def change(document: str) -> str:
        prefixes = list(dict.fromkeys(re.findall(r"xmlns:(\w+)=", document)))
        new = new_names(prefixes)

        def say(match: re.Match[str]) -> str:
            return match[1] + new.get(match[2], match[2]) + match[3]

        document = re.sub(r"(</?)(\w+)(:)", say, document)
        document = re.sub(r"(xmlns:)(\w+)(=)", say, document)
        document = re.sub(r"(\s)(\w+)(:type=)", say, document)
        return re.sub(r'(:type=")(\w+)(:)', say, document)

    return change


def other_prefixes(prefixes: list[str]) -> dict[str, str]:
    return {prefix: f"n.{index}" for index, prefix in enumerate(prefixes)}


def swapped_prefixes(prefixes: list[str]) -> dict[str, str]:
    """The prefix of the service stands for the envelope and the other way round."""
    return dict(zip(prefixes, [*prefixes[1:], prefixes[0]], strict=True))


def service_by_default(document: str) -> str:
    document = re.sub(r"(</?)serv:", r"\1", document)
    return document.replace("xmlns:serv=", "xmlns=")


def body_by_default(document: str) -> str:
    """The namespace of the body is the default one from bodyContent on; xsi:type names its type without a prefix."""
    found = re.search(r'xsi:type="(\w+):', document)
    if not found:
        return document
    prefix = found[1]
    uri = re.search(rf'xmlns:{prefix}="([^"]+)"', document)[1]
    document = re.sub(rf"(</?){prefix}:", r"\1", document)
    return document.replace(f'xsi:type="{prefix}:', f'xmlns="{uri}" xsi:type="')


def declared_everywhere(document: str) -> str:
    uris = dict(re.findall(r'xmlns:(\w+)="([^"]+)"', document))
    opened = re.sub(r"<(\w+):(\w+)", lambda m: f'<own:{m[2]} xmlns:own="{uris[m[1]]}"', document)
    return re.sub(r"</\w+:", "</own:", opened)


# -- additions -------------------------------------------------------------------


def everywhere(make: Callable[[Element], Element], *, in_leaves: bool = False) -> Change:
    """Put something into every gap between children, before the first and after the last; and into the midst of texts."""

    def change(root: Element) -> None:
        for parent in elements(root):
            if len(parent):
                for index in range(len(parent), -1, -1):
                    parent.insert(index, make(parent))
            elif in_leaves and parent.text:
                half = len(parent.text) // 2
                new = make(parent)
                new.tail, parent.text = parent.text[half:], parent.text[:half]
                parent.insert(0, new)

    return change


def unknown(uri: str | None) -> Callable[[Element], Element]:
    """An element nobody declared, with a text; ``None`` puts it into the namespace of its parent."""

    def make(parent: Element) -> Element:
        name = namespace(parent) if uri is None else uri
        made = etree.Element(f"{{{name}}}neverHeardOf" if name else "neverHeardOf")
        made.text = "anything"
        return made

    return make


def unknown_tree(parent: Element) -> Element:
    made = etree.Element(f"{{{namespace(parent)}}}neverHeardOf")
    for name in ("first", "second"):
        etree.SubElement(etree.SubElement(made, f"{{{namespace(parent)}}}{name}"), f"{{{LATER}}}deep").text = "true"
    return made


def unknown_attributes(root: Element) -> None:
    for element in elements(root):
        element.set("later", "1")
        element.set(f"{{{LATER}}}mark", "x")


def usual_attributes(root: Element) -> None:
    root.set(f"{{{XSI}}}schemaLocation", f"{SERV} http://127.0.0.1:1/service.xsd")
    for element in elements(root):
        element.set("{http://www.w3.org/XML/1998/namespace}lang", "en")


def around_the_document(document: str) -> str:
    head, _, rest = document.partition("?>")
    return f'{head}?>\n<?xml-stylesheet href="none.xsl"?><!-- before -->\n{rest}\n<!-- after --><?later now?>\n\n'


def sub_errors(root: Element) -> None:
    for place in named(root, "exceptionID"):
        above = place.getparent()
        errors = etree.Element(f"{{{SERV}}}subErrors")
        error = etree.SubElement(errors, f"{{{SERV}}}subError")
        for name, value in (("exceptionID", "999999"), ("reason", "another reason"), ("value", "1")):
            etree.SubElement(error, f"{{{SERV}}}{name}").text = value
        above.insert(above.index(place) + 1, errors)


def later_release(root: Element) -> None:
    """What 42.10 and 42.11.1 add, and more after the newest elements of 41.x."""
    additions = {
        "registrationURL": ("registrationShortURL", "https://example.com/r/1"), "confID": ("recordingUUID", "0a" * 16),
        "freeAccount": ("accountOrigin", "ORDER"), "separateNoRecordingEdit": ("recordingStudio", "false"),
        "subProductCodePrefix": ("subProductCodeSuffix", "X"),
    }  # fmt: skip
    for known, (name, value) in additions.items():
        for place in named(root, known):
            new = etree.Element(f"{{{namespace(place)}}}{name}")
            new.text = value
            place.addnext(new)


# -- values ----------------------------------------------------------------------


def each_leaf(change: Callable[[str], str]) -> Change:
    def go(root: Element) -> None:
        for leaf in list(leaves(root)):
            leaf.text = change(leaf.text)

    return go


def as_digits(value: str) -> str:
    return {"true": "1", "false": "0"}.get(value, value)


def in_cdata(root: Element) -> None:
    for leaf in list(leaves(root)):
        leaf.text = etree.CDATA(leaf.text)


def half_in_cdata(value: str) -> str:
    plain = unescape(value, {"&quot;": '"', "&apos;": "'"})
    half = len(plain) // 2
    return f"{escape(plain[:half])}<![CDATA[{plain[half:]}]]>"


def as_references(value: str) -> str:
    return "".join(f"&#{ord(char)};" for char in unescape(value, {"&quot;": '"', "&apos;": "'"}))


def blanks_for_nothing(root: Element) -> None:
    for element in elements(root):
        if not len(element) and not element.text:
            element.text = " "


def indented(space: str) -> Change:
    return lambda root: etree.indent(root, space)


def backup(root: Element) -> None:
    for status in named(root, "gsbStatus"):
        status.text = "BACKUP"


def other_reasons(wording: Callable[[str], str]) -> Change:
    def change(root: Element) -> None:
        identity = [element.text for element in named(root, "exceptionID")]
        if identity and identity[0] not in PRINTED_REASONS:
            for reason in named(root, "reason"):
                reason.text = wording(reason.text)

    return change


def without_period(root: Element) -> None:
    """One trailing period more or less, and another white space, is no other reason (sources.md, Refusals)."""
    for reason in named(root, "reason"):
        text = reason.text.replace(" ", "\n ", 1)
        reason.text = text.removesuffix(".") if text.endswith(".") else text + "."


def other_case(root: Element) -> None:
    """Reasons are for people; whether a word begins with a capital letter is no other reason."""
    for reason in named(root, "reason"):
        reason.text = reason.text.swapcase()


def support_case(root: Element) -> None:
    """respTime and caseID, which gateways add to the head of a reply (capture of 2018)."""
    for status in named(root, "gsbStatus"):
        response = status.getparent()
        assert response is not None
        for name, text in (("respTime", "142"), ("caseID", "gw01.example.com 20211128190339")):
            etree.SubElement(response, f"{{{SERV}}}{name}").text = text


def summer_zones(root: Element) -> None:
    """Zones are named with the offset of summer time, and one as later schemas spell it."""
    names = {"GMT-08:00, Pacific": "GMT-07:00, Pacific", "GMT+01:00, Europe": "GMT+02:00, Europe",
             "GMT+00:00, Western European (London)": "Greenwich Time (London, GMT+01:00)"}
    for leaf in list(leaves(root)):
        for old, new in names.items():
            leaf.text = leaf.text.replace(old, new)


def more_than_shown(root: Element) -> None:
    """total exceeds returned although more rows were allowed (sources.md, Lists); one that was asked for by name is counted alone."""
    for records in named(root, "matchingRecords"):
        for total in named(records, "total"):
            total.text = str(int(total.text) + 3) if total.text != "1" else "1"


def nothing_required(root: Element) -> None:
    """What the XSD of 2011 requires and real sites leave out (sources.md, Strictness), or may, as no note of 41.x speaks of it."""
    for name in ("tollNum", "parterID", "countryAlias", "phoneNumber", "iCalendarURL", "attendee"):
        for element in named(root, name):
            element.getparent().remove(element)


def reversed_rows(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    """Rows in another order, where the request asked for none."""
    if b"orderBy" in request.body or not operation_of(request).lower().startswith("lst"):
        return response

    def change(root: Element) -> None:
        for body in named(root, "bodyContent"):
            rows = [child for child in body if local(child) != "matchingRecords"]
            for slot, row in zip([body.index(row) for row in rows], reversed(rows), strict=True):
                body.insert(slot, row)

    return tree(change)(request, response)


# -- bytes and HTTP --------------------------------------------------------------


def encoded(declared: str, codec: str, mark: bytes = b"") -> Twist:
    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if not is_message(response):
            return response
        document = re.sub(r'encoding="[^"]*"', f'encoding="{declared}"', response.body.decode(), count=1)
        return with_body(response, mark + document.encode(codec, "xmlcharrefreplace"))

    return twist


def headers(change: Callable[[dict[str, str]], dict[str, str]]) -> Twist:
    return lambda request, response: mocksite.HttpResponse(
        response.status, tuple(change(dict(response.headers)).items()), response.body
    )


def typed(kind: str) -> Twist:
    return headers(lambda old: {**{name: text for name, text in old.items() if name.lower() != "content-type"}, **({"Content-Type": kind} if kind else {})})


MORE_HEADERS = {
    "Set-Cookie": "a=b; Path=/; Secure", "X-Powered-By": "later", "Via": "1.1 proxy", "Server": "", "Pragma": "no-cache",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains;preload", "Content-Language": "zh-CN",
}  # fmt: skip


def zipped(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    kept = tuple((name, text) for name, text in response.headers if name.lower() != "content-length")
    return mocksite.HttpResponse(response.status, (*kept, ("Content-Encoding", "gzip")), gzip.compress(response.body, 1))


def single_quotes(document: str) -> str:
    return re.sub(r'([\w:]+)\s*=\s*"([^"<>]*)"', r"\1 = '\2'", document) if '"' in document else document


VARIATIONS: dict[str, Twist] = {
    "other prefixes": text(renamed(other_prefixes)),
    "prefixes swapped": text(renamed(swapped_prefixes)),
    "default namespace for the envelope": text(service_by_default),
    "default namespace for the body": text(body_by_default),
    "namespaces declared on every element": text(declared_everywhere),
    "unknown elements of a foreign namespace": tree(everywhere(unknown(LATER))),
    "unknown elements of the same namespace": tree(everywhere(unknown(None))),
    "unknown elements of no namespace": tree(everywhere(unknown(""))),
    "unknown elements with children": tree(everywhere(unknown_tree)),
    "unknown attributes": tree(unknown_attributes),
    "xsi:schemaLocation and xml:lang": tree(usual_attributes),
    "comments": tree(everywhere(lambda parent: etree.Comment(" <a>b</a> "), in_leaves=True)),
    "processing instructions": tree(everywhere(lambda parent: etree.ProcessingInstruction("later", "now"), in_leaves=True)),
    "comments and instructions around the document": text(around_the_document),
    "CDATA": tree(in_cdata),
    "text and CDATA mixed": text(values(half_in_cdata)),
    "character references": text(values(as_references)),
    "pretty-printed": tree(indented("  ")),
    "pretty-printed with tabs and CRLF": text(lambda document: re.sub(r">(?=<)", ">\r\n\t\t", document).replace("\t\t</serv:bodyContent", "</serv:bodyContent")),
    "white space around values": tree(each_leaf(lambda value: f"\n\t  {value} \r\n")),
    "a blank for an empty value": tree(blanks_for_nothing),
    "booleans as 1 and 0": tree(each_leaf(as_digits)),
    "single quotes": text(single_quotes),
    "start and end tag for an empty element": text(lambda document: re.sub(r"<([\w:]+)((?:\s[^<>]*?)?)/>", r"<\1\2></\1>", document)),
    "an empty-element tag": text(lambda document: re.sub(r"<([\w:]+)((?:\s[^<>]*)?)></\1>", r"<\1\2 />", document)),
    "blanks inside tags": text(lambda document: re.sub(r"(</?[\w:]+)(\s[^<>]*?)?(/?>)", r"\1\2 \n\3", document)),
    "no XML declaration": text(lambda document: re.sub(r"^<\?xml[^>]*\?>", "", document)),
    "ISO-8859-1": encoded("ISO-8859-1", "iso-8859-1"),
    "US-ASCII": encoded("US-ASCII", "ascii"),
    "UTF-16": encoded("UTF-16", "utf-16"),
    "UTF-16, big end first": encoded("UTF-16", "utf-16-be", b"\xfe\xff"),
    "UTF-8 with a byte order mark": encoded("utf-8", "utf-8", b"\xef\xbb\xbf"),
    "gsbStatus BACKUP": tree(backup),
    "subErrors beside the exception": tree(sub_errors),
    "other wording where no reason is printed": tree(other_reasons(lambda reason: "请求被拒绝。 No.")),
    "reasons left out where none is printed": tree(other_reasons(lambda reason: "")),
    "another period and white space in every reason": tree(without_period),
    "other letter case of every reason": tree(other_case),
    "respTime and caseID": tree(support_case),
    "zones named otherwise": tree(summer_zones),
    "rows in another order": reversed_rows,
    "total above returned": tree(more_than_shown),
    "required elements real sites leave out": tree(nothing_required),
    "a site of 42.x": tree(later_release),
    "more headers": headers(lambda old: {**old, **MORE_HEADERS}),
    "header names in small letters": headers(lambda old: {name.lower(): text for name, text in old.items()}),
    "no Content-Type": typed(""),
    "application/xml": typed("application/xml; charset=us-ascii"),
    "gzip": zipped,
}  # fmt: skip


@dataclass
class Counter:
    """How many answers went out, and how many of them were others than the mock gave."""

    answers: int = 0
    varied: int = 0


def through(twist: Twist, counter: Counter) -> Callable[[mocksite.Core], CoreTransport]:
    """A way that varies every answer and counts what it really changed."""

    class Varying(CoreTransport):
        def answer(self, asked: mocksite.HttpRequest, answer: mocksite.HttpResponse) -> httpx.Response:
            new = twist(asked, answer)
            counter.answers += 1
            counter.varied += (new.body, new.headers) != (answer.body, answer.headers)
            return answered(new)

    return Varying


def pieces(sent: list[int]) -> Callable[[mocksite.Core], CoreTransport]:
    """A way without lengths, as Transfer-Encoding: chunked, in small pieces; ``sent`` tells how many each body took."""

    class Chunked(CoreTransport):
        def answer(self, asked: mocksite.HttpRequest, answer: mocksite.HttpResponse) -> httpx.Response:
            size = max(7, len(answer.body) // 40)
            parts = [answer.body[start : start + size] for start in range(0, len(answer.body), size)]
            sent.append(len(parts))
            kept = [(name, text) for name, text in answer.headers if name.lower() != "content-length"]
            return httpx.Response(answer.status, headers=kept, content=iter(parts))

    return Chunked
