"""What may come instead of a reply: read as what was sent, or not read at all; never as something else.

Whoever reads a reply wrongly accuses the site, or passes what it never said.
"""

from __future__ import annotations

import codecs
import gzip
import ssl
import zlib
from collections.abc import Callable
from itertools import product

import httpx
import mocksite
import pytest
from lxml import etree

from conformance.sites.errors import CannotJudge
from conformance.sites.profile import Profile
from conformance.wire import client as wire
from conformance.wire.client import Client
from conformance.wire.exchange import Exchange, Request, parse, read_reply
from conformance.wire.rate_limiter import RateLimiter
from tests.wire.test_retries import profile  # noqa: F401 - a fixture

ASKED = b'<?xml version="1.0"?><serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"/>'
MESSAGE = mocksite.Core().handle(mocksite.HttpRequest(body=ASKED)).body
TEXT = MESSAGE.decode("utf-8").partition("?>")[2].replace("</serv:reason>", " Zo\u00eb</serv:reason>")
SENT = f'<?xml version="1.0" encoding="UTF-8"?>{TEXT}'.encode()
END = "</serv:message>"


def meaning(root: etree._Element) -> bytes:
    """Everything a document says."""
    return etree.tostring(root, method="c14n2")


def with_text(words: str) -> str:
    """The message with more in the reason."""
    return TEXT.replace("</serv:reason>", f"{words}</serv:reason>")


def with_more(markup: str) -> str:
    """The message with more at its end."""
    return TEXT.replace(END, markup + END)


# -- encodings: as they are, by what they say they are -----------------------------------------------------------------

MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
         "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE}  # fmt: skip
ENCODINGS = (*MARKS, "utf-7", "iso-8859-1", "iso-8859-15", "cp1252", "cp437", "cp037", "cp500", "gb18030", "ascii", "koi8-r")
SAID = {"itself": None, "nothing": "", "UTF-8": "UTF-8", "UTF-16": "UTF-16", "klingon": "klingon"}
#: Sites and the suite agree on these where they are told apart by what the document says, or by its mark (XML 1.0, 4.3.3).
MUST_BE_READ = {
    *((encoding, mark, said) for encoding in ("utf-8", "utf-16-le", "utf-16-be") for mark in (True, False) for said in ("itself",)),
    ("utf-8", True, "nothing"), ("utf-8", False, "nothing"), ("utf-16-le", True, "nothing"), ("utf-16-be", True, "nothing"),
    ("iso-8859-1", False, "itself"),
}  # fmt: skip


def encoded(encoding: str, mark: bool, said: str) -> bytes:
    """The message in an encoding that says something of itself."""
    name = encoding.upper() if SAID[said] is None else SAID[said]
    head = f'<?xml version="1.0" encoding="{name}"?>' if name else ""
    return (MARKS[encoding] if mark else b"") + (head + TEXT).encode(encoding, "xmlcharrefreplace")


ENCODED = [(encoding, mark, said) for encoding, mark, said in product(ENCODINGS, (False, True), SAID) if encoding in MARKS or not mark]


@pytest.mark.parametrize(("encoding", "mark", "said"), ENCODED, ids=str)
def test_an_encoding_is_read_as_what_it_says_or_not_at_all(encoding: str, mark: bool, said: str) -> None:
    try:
        root = parse(encoded(encoding, mark, said))
    except CannotJudge:
        assert (encoding, mark, said) not in MUST_BE_READ
        return
    if encoding == "utf-7" and said in ("nothing", "UTF-8"):
        assert b"Zo+AO" in meaning(root), "every text of UTF-7 is one of ASCII, too"
        return
    assert meaning(root) == meaning(etree.fromstring(SENT)), "it was read as something that was not sent"


# -- documents ---------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
BROKEN = {
    "100,000 prefixes": TEXT.replace("<serv:message ", "<serv:message " + " ".join(f'xmlns:p{n}="urn:{n}"' for n in range(100_000)) + " "),
    "100,000 prefixes of its elements": with_more("".join(f'<p{n}:a xmlns:p{n}="urn:{n}"/>' for n in range(100_000))),
    "100,000 names": with_more("".join(f"<n{n}/>" for n in range(100_000))),
    "100,000 names and nothing else": "<message>" + "".join(f"<n{n}/>" for n in range(100_000)) + "</message>",
    "100,000 namespaces": with_more("".join(f'<a xmlns="urn:{n}"/>' for n in range(100_000))),
    "100,000 attributes": TEXT.replace("<serv:message ", "<serv:message " + " ".join(f'a{n}="x"' for n in range(100_000)) + " "),
    "depth without end": with_more("<a>" * 5000 + "</a>" * 5000),
    "a text of 11 million characters": with_text("x" * 11_000_000),
    "a value of 11 million characters": with_more(f'<a b="{"x" * 11_000_000}"/>'),
    "an attribute twice": with_more('<a b="1" b="2"/>'),
    "an attribute twice by two prefixes": with_more('<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>'),
    "a prefix nobody declared": with_more("<zz:a/>"),
    "a prefix taken back": with_more('<a xmlns:serv=""/>'),
    "a prefix called xml": with_more('<a xmlns:xml="urn:x"/>'),
    "a prefix called xmlns": with_more('<a xmlns:xmlns="urn:x"/>'),
    "a document type": f"<!DOCTYPE serv:message>{TEXT}",
    "a document type of a file": f'<!DOCTYPE m SYSTEM "file:///etc/passwd">{TEXT}',
    "a document type of an address": f'<!DOCTYPE m PUBLIC "x" "http://127.0.0.1:1/x">{TEXT}',
    "entities of entities": f'<!DOCTYPE m [<!ENTITY l0 "ha">{LAUGHS}]>{with_text("&l9;")}',
    "an entity that holds itself": f'<!DOCTYPE m [<!ENTITY a "&b;"><!ENTITY b "&a;">]>{with_text("&a;")}',
    "an entity of a file": f'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>{with_text("&x;")}',
    "an entity of parameters": f'<!DOCTYPE m [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>{TEXT}',
    "attributes by default": f'<!DOCTYPE m [<!ATTLIST serv:message a CDATA "x">]>{TEXT}',
    "an entity nobody declared": with_text("&who;"),
    "an entity of HTML": with_text("&nbsp;"),
    "a bare ampersand": with_text(" R&D "),
    "a bare bracket": with_text(" a < b "),
    "the end of a section": with_text("]]>"),
    "a section without an end": with_text("<![CDATA[x"),
    "a comment without an end": with_text("<!-- x"),
    "two hyphens in a comment": with_text("<!-- a -- b -->"),
    "an instruction without an end": with_text("<?x y"),
    "an instruction called xml": with_text("<?xml version='1.0'?>"),
    "a character of nothing": with_text("&#0;"),
    "a reference to half a character": with_text("&#xD800;"),
    "a reference beyond the last": with_text("&#x110000;"),
    "a reference to no character": with_text("&#xFFFE;"),
    "a control character": with_text("\x01"),
    "a NUL": with_text("\0"),
    "no character": with_text("\ufffe"),
    "a vertical tab": with_text("\x0b"),
    "a tag that does not end": TEXT[:-3],
    "a tag too few": TEXT.replace("</serv:header>", ""),
    "a tag too many": with_more("</a>"),
    "tags that cross": with_more("<a><b></a></b>"),
    "other letters at its end": TEXT.replace(END, "</serv:Message>"),
    "two messages": TEXT + TEXT,
    "words before it": "OK " + TEXT,
    "words behind it": TEXT + " OK",
    "a NUL behind it": TEXT + "\0",
    "half of it": TEXT[: len(TEXT) // 2],
    "a version that is none": f'<?xml version="abc"?>{TEXT}',
    "no version": f'<?xml encoding="UTF-8"?>{TEXT}',
    "a declaration in capitals": f'<?XML version="1.0"?>{TEXT}',
    "a declaration without an end": f'<?xml version="1.0"{TEXT}',
    "blanks before its declaration": f' <?xml version="1.0"?>{TEXT}',
    "a line before its declaration": f'\n<?xml version="1.0"?>{TEXT}',
    "a web page": "<html><body>Welcome</body></html>",
    "a web page with a type": "<!DOCTYPE html><html><body>Welcome<br></body></html>",
    "a web page with a comment": "<!-- x --><html><body>Welcome</body></html>",
    "XHTML": '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    "JSON": '{"message": {}}',
    "words": "Service temporarily unavailable",
    "a number": "0",
    "SOAP": f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{TEXT}</e:Body></e:Envelope>',
    "another root": TEXT.replace("serv:message", "serv:massage"),
    "nothing": "",
    "blanks": " \r\n\t ",
    "a declaration alone": '<?xml version="1.0"?>',
    "a comment alone": "<!-- maintenance -->",
}
#: What a document may well be: read, and nothing of it lost.
READ = {
    "blanks behind it": TEXT + " \r\n",
    "a comment before it": f"<!-- x -->{TEXT}",
    "comments within": with_text("<!-- & < -->"),
    "instructions within": with_text("<?x y?>"),
    "a section": with_text("<![CDATA[ R&D <x> ]]>"),
    "characters as numbers": with_text("&#xE9;&#233;&#x1F600;"),
    "characters beyond the first plane": with_text("\U0001f600"),
    "a mark within": with_text("\ufeff"),
    "line ends of Windows": TEXT.replace("><", ">\r\n<"),
    "line ends of old": TEXT.replace("><", ">\r<"),
    "blanks in its tags": TEXT.replace("</serv:reason>", "</serv:reason\n>"),
    "apostrophes": TEXT.replace('"', "'"),
    "another prefix": TEXT.replace("serv:", "x:").replace("xmlns:serv", "xmlns:x"),
    "a declaration of 1.1": f'<?xml version="1.1"?>{TEXT}',
    "alone": f'<?xml version="1.0" standalone="yes"?>{TEXT}',
    "a text of a million characters": with_text("x" * 1_000_000),
    "200 deep": with_more("<a>" * 200 + "</a>" * 200),
    "20,000 elements of one name": with_more("<a/>" * 20_000),
    "a prefix declared 20,000 times": with_more('<a xmlns:p="urn:p"/>' * 20_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_message_is_not_read(name: str) -> None:
    with pytest.raises(CannotJudge) as caught:
        read_reply("GetSite", BROKEN[name].encode("utf-8", "surrogatepass"))
    assert len(str(caught.value)) < 1000
    assert "root:" not in str(caught.value), "a file of this machine was read"


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_and_a_message_is_read(name: str) -> None:
    reply = read_reply("GetSite", READ[name].encode())
    assert reply.result == "FAILURE"
    assert reply.exception_id == read_reply("GetSite", SENT).exception_id


# -- how it travels ----------------------------------------------------------------------------------------------------


def bare(body: bytes) -> bytes:
    """Deflate without zlib's frame."""
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def without_its_end(body: bytes) -> bytes:
    """A gzip stream flushed behind the last element, and cut there: everything can be read, and nothing vouches for it."""
    stream = zlib.compressobj(wbits=31)
    return stream.compress(body) + stream.flush(zlib.Z_SYNC_FLUSH)


ZIPPED = gzip.compress(SENT)
BOMB = gzip.compress(SENT[:-15] + b" " * 40_000_000 + SENT[-15:])
#: Content-Encoding, body, and whether it can be read.
CODED: dict[str, tuple[str, bytes, bool]] = {
    "none": ("", SENT, True),
    "identity": ("identity", SENT, True),
    "gzip": ("gzip", ZIPPED, True),
    "gzip in capitals": ("GZIP", ZIPPED, True),
    "gzip by its old name": ("x-gzip", ZIPPED, True),
    "gzip in two members": ("gzip", gzip.compress(SENT[:50]) + gzip.compress(SENT[50:]), True),
    "gzip with a name": ("gzip", ZIPPED[:3] + b"\x08" + ZIPPED[4:10] + b"name\0" + ZIPPED[10:], True),
    "gzip not compressed": ("gzip", gzip.compress(SENT, 0), True),
    "deflate": ("deflate", zlib.compress(SENT), True),
    "deflate without a frame": ("deflate", bare(SENT), True),
    "twice": ("gzip, gzip", gzip.compress(ZIPPED), True),
    "deflate, then gzip": ("deflate, gzip", gzip.compress(zlib.compress(SENT)), True),
    "and nothing": ("gzip, ", ZIPPED, True),
    "said twice and done once": ("gzip, gzip", ZIPPED, False),
    "said once and done twice": ("gzip", gzip.compress(ZIPPED), False),
    "said and not done": ("gzip", SENT, False),
    "done and not said": ("", ZIPPED, False),
    "another order": ("gzip, deflate", gzip.compress(zlib.compress(SENT)), False),
    "gzip said to be deflate": ("deflate", ZIPPED, False),
    "deflate said to be gzip": ("gzip", zlib.compress(SENT), False),
    "brotli": ("br", SENT, False),
    "zstd": ("zstd", SENT, False),
    "compress": ("compress", SENT, False),
    "a coding nobody knows": ("klingon", SENT, False),
    "a coding nobody knows around gzip": ("gzip, klingon", ZIPPED, False),
    "a charset": ("UTF-8", SENT, False),
    "an asterisk": ("*", SENT, False),
    "a coding with a weight": ("gzip;q=1", ZIPPED, False),
    "a hundred times": (", ".join(["gzip"] * 100), ZIPPED, False),
    "gzip without its end": ("gzip", without_its_end(SENT), False),
    "gzip without its sum": ("gzip", ZIPPED[:-8], False),
    "gzip without its last byte": ("gzip", ZIPPED[:-1], False),
    "gzip cut in half": ("gzip", ZIPPED[: len(ZIPPED) // 2], False),
    "the head of gzip": ("gzip", ZIPPED[:10], False),
    "half the head of gzip": ("gzip", ZIPPED[:5], False),
    "gzip with another sum": ("gzip", ZIPPED[:-8] + b"\0" * 4 + ZIPPED[-4:], False),
    "gzip of another length": ("gzip", ZIPPED[:-4] + b"\1\0\0\0", False),
    "gzip with a byte changed": ("gzip", ZIPPED[:40] + b"\xff" + ZIPPED[41:], False),
    "gzip and words": ("gzip", ZIPPED + b"OK", False),
    "gzip and half of another": ("gzip", ZIPPED + ZIPPED[:20], False),
    "gzip by another method": ("gzip", ZIPPED[:2] + b"\x07" + ZIPPED[3:], False),
    "deflate without its end": ("deflate", zlib.compress(SENT)[:-4], False),
    "deflate with another sum": ("deflate", zlib.compress(SENT)[:-4] + b"\0" * 4, False),
    "deflate twice": ("deflate", zlib.compress(SENT) * 2, False),
    "a bomb": ("gzip", BOMB, False),
    "a bomb in a bomb": ("gzip, gzip", gzip.compress(BOMB), False),
    "gzip of nothing": ("gzip", gzip.compress(b""), False),
    "nothing": ("gzip", b"", False),
}


def exchanged(profile: Profile, answer: Callable[[httpx.Request], httpx.Response]) -> Exchange:
    """One exchange with a site that answers so."""
    limiter = RateLimiter(None, sleep=lambda _: None)
    limiter.pause = lambda _: None  # type: ignore[assignment,method-assign]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client = Client(profile, limiter, tls, transport=httpx.MockTransport(answer), sleep=lambda _: None)
    try:
        return client.send(Request("GetSite", "host", profile.url, ASKED))
    finally:
        client.close()


@pytest.mark.parametrize("size", [1, 7, 100_000], ids="in pieces of {}".format)
@pytest.mark.parametrize("name", CODED)
def test_a_coding_is_taken_off_or_the_reply_is_not_read(profile: Profile, name: str, size: int) -> None:  # noqa: F811
    coding, body, right = CODED[name]
    size = max(size, len(body) // 5000)
    headers = {"Content-Encoding": coding} if coding else {}
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    told = exchanged(profile, lambda _: httpx.Response(200, headers=headers, content=iter(pieces)))
    if right:
        assert meaning(told.reply.root) == meaning(etree.fromstring(SENT))
    else:
        with pytest.raises(CannotJudge):
            _ = told.reply


def test_a_bomb_is_not_unpacked(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(wire, "LARGEST_REPLY", 1_000_000)
    told = exchanged(profile, lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=iter([BOMB])))
    assert "was not read on" in told.error


STATUSES = (201, 202, 203, 204, 205, 206, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 407, 408, 409, 410,
            411, 413, 414, 415, 418, 421, 422, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599)  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_a_message_under_another_status_is_read_only_where_http_says_it_worked(profile: Profile, status: int) -> None:  # noqa: F811
    told = exchanged(profile, lambda _: httpx.Response(status, content=b"" if status in (204, 205, 304) else SENT))
    if status < 300 and status not in (204, 205, 206):
        assert told.reply.result == "FAILURE"
    else:
        with pytest.raises(CannotJudge):
            _ = told.reply


HEADERS = {
    "a type of images": {"Content-Type": "image/png"},
    "another charset": {"Content-Type": "text/xml; charset=UTF-16"},
    "a charset nobody knows": {"Content-Type": "text/xml; charset=klingon"},
    "a type that is none": {"Content-Type": ";;;\"="},
    "a date that is none": {"Date": "soon"},
    "a date beyond all": {"Date": "Fri, 31 Dec 99999 23:59:59 GMT"},
    "a cookie of bytes": {"Set-Cookie": "a=\xe9; Path=/"},
    "a cookie that is none": {"Set-Cookie": ";;;=;"},
    "a header of 60,000 characters": {"X-A": "x" * 60_000},
    "a wait that is none": {"Retry-After": "\xb2"},
    "another place": {"Location": "https://evil.example.com/"},
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_change_nothing_about_a_message(profile: Profile, name: str) -> None:  # noqa: F811
    headers = [(key.encode(), value.encode("latin-1")) for key, value in HEADERS[name].items()]
    told = exchanged(profile, lambda _: httpx.Response(200, headers=headers, content=SENT))
    assert meaning(told.reply.root) == meaning(etree.fromstring(SENT))


def test_there_are_at_least_120_kinds() -> None:
    assert len(ENCODED) + len(BROKEN) + len(READ) + len(CODED) + len(STATUSES) + len(HEADERS) >= 250
