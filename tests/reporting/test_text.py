"""Tables on a terminal, and texts and exchanges as files hold them."""

from __future__ import annotations

import json
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.reporting.exchange_file import readable, shown, shown_from, write_exchange, write_fault
from conformance.reporting.pages import script_data
from conformance.reporting.text import ascii_json, counted, printable, safe, shortened, table, visible
from conformance.wire.exchange import Exchange, Request


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    """Because sites are named in Chinese, too: each such character takes two columns."""
    rows = [["site", "count", "what"], ["会议室", "7", "x"], ["acme", "12", "y"]]
    assert table(rows, right=frozenset({1})) == ["site    count  what", "会议室      7  x", "acme       12  y"]


#: A control character, and how it is shown.
SHOWN = {"\x00": "\\x00", "\x1b": "\\x1b", "\x7f": "\\x7f", "\x9f": "\\x9f", "\u202e": "\\x202e", "\ud800": "\\xd800", "\t": "\t", "\n": "\n", "\x20": " ", "ä": "ä"}


@pytest.mark.parametrize(("char", "shown"), SHOWN.items(), ids=ascii)
def test_control_characters_are_told_and_not_obeyed(char: str, shown: str) -> None:
    assert safe(f"a{char}b") == printable(f"a{char}b") == visible(f"a{char}b") == f"a{shown}b"


@pytest.mark.parametrize("char", SHOWN, ids=ascii)
def test_other_programs_get_what_was_said_in_any_encoding(char: str) -> None:
    told = ascii_json({f"k{char}": [f"a{char}b"]})
    assert json.loads(told) == {f"k{char}": [f"a{char}b"]}
    assert told.isascii()
    assert all(one.isprintable() for one in told.splitlines())
    assert ascii_json([1, {}], indent=None) == "[1, {}]"
    assert ascii_json([1]) == "[\n 1\n]"


@pytest.mark.parametrize(("char", "shown"), SHOWN.items(), ids=ascii)
def test_a_page_is_not_broken_by_what_a_site_says(char: str, shown: str) -> None:
    """A script that does not parse leaves the page empty."""
    assert json.loads(str(script_data([f"a{char}b</script>"]))) == [f"a{shown if ord(char) > 0x7e else char}b</script>"]


def test_secrets_are_masked_but_where_somebody_did_so_before() -> None:
    text = "<password>hush-hush-3</password>"
    assert "hush" not in safe(text)
    assert "hush" not in printable(text)
    assert "hush" not in ascii_json([text])
    assert "hush" not in script_data([text])
    assert visible(text) == text


@pytest.mark.parametrize(("length", "shown"), [(1000, "x" * 1000), (1001, "x" * 1000 + "... (1 more characters)"), (1500, "x" * 1000 + "... (500 more characters)")])
def test_what_nobody_would_read_is_cut(length: int, shown: str) -> None:
    assert shortened("x" * length) == shown


def test_a_table_ends_no_line_in_blanks_and_aligns_to_the_left() -> None:
    assert table([["a", "b"], ["ccc", ""], ["Ｗ", "ｱ"], ["会", "X"]]) == ["a    b", "ccc", "Ｗ   ｱ", "会   X"]


@pytest.mark.parametrize(("number", "several", "words"), [(0, "", "0 runs"), (1, "", "1 run"), (2, "", "2 runs"), (1, "runnings", "1 run"), (2, "runnings", "2 runnings")])
def test_a_number_has_its_noun(number: int, several: str, words: str) -> None:
    assert counted(number, "run", several) == words


def test_most_nouns_have_an_s_where_there_are_several() -> None:
    assert [counted(number, "run") for number in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]


def test_a_row_with_a_cell_too_many_is_a_fault_and_not_cut() -> None:
    with pytest.raises(ValueError, match="zip"):
        table([["a"], ["b", "c"]])


SENT = Request("GetSite", 'host "1"', "https://acme.test/a?b=1&c", b"<a><b>1</b></a>")
PLAIN = Exchange(SENT, 1000.5, 0.25, status=200, body=b"")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<exchange operation="GetSite" caller=\'host "1"\' url="https://acme.test/a?b=1&amp;c" sent="1970-01-01T00:16:40.500+00:00" seconds="0.250"'
ASKED = "  <request><![CDATA[\n<a>\n  <b>1</b>\n</a>\n]]></request>\n"
#: An exchange, how often its scenario was tried, and what its file holds.
FILES = [
    (PLAIN, 1, f'{HEAD} status="200">\n{ASKED}  <reply></reply>\n</exchange>\n'),
    (
        replace(PLAIN, status=0, error="time < 3\x1b", notes=("again & again", "b")), 2,
        f'{HEAD} status="0" attempt="2">\n  <note>again &amp; again</note>\n  <note>b</note>\n  <trouble>time &lt; 3\\x1b</trouble>\n{ASKED}  <reply></reply>\n</exchange>\n',
    ),
    (replace(PLAIN, body=b"no ]]> XML \x0c\xff"), 1, f'{HEAD} status="200">\n{ASKED}  <reply><![CDATA[\nno ]]]]><![CDATA[> XML \ufffd\n]]></reply>\n</exchange>\n'),
]  # fmt: skip


@pytest.mark.parametrize(("exchange", "attempt", "text"), FILES)
def test_the_file_of_an_exchange_to_the_letter(tmp_path: Path, exchange: Exchange, attempt: int, text: str) -> None:
    name = write_exchange(tmp_path / "a" / "b", "0007", exchange, attempt)
    assert name == "0007-GetSite.xml"
    assert (tmp_path / "a" / "b" / name).read_text(encoding="utf-8") == text
    write_exchange(tmp_path / "a" / "b", "0007", replace(exchange, status=500), attempt)
    assert 'status="500"' in (tmp_path / "a" / "b" / name).read_text(encoding="utf-8")


def test_an_exchange_is_told_as_once_tried_where_nobody_says_otherwise(tmp_path: Path) -> None:
    write_exchange(tmp_path, "1", PLAIN)
    assert (tmp_path / "1-GetSite.xml").read_text(encoding="utf-8") == FILES[0][2]


def test_the_number_of_a_case_stands_in_its_file(tmp_path: Path) -> None:
    serv = "http://www.webex.com/schemas/2002/06/service"
    body = f'<s:message xmlns:s="{serv}"><s:header><s:response><s:result>SUCCESS</s:result><s:caseID>1-2-3</s:caseID></s:response></s:header></s:message>'
    write_exchange(tmp_path, "1", replace(PLAIN, body=body.encode()))
    assert f'{HEAD} status="200" caseID="1-2-3">\n' in (tmp_path / "1-GetSite.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""), (b"<a><b/></a>", "<a>\n  <b/>\n</a>"), (b"<a>", "<a>"), ("é".encode(), "é"), (b"\xff", "\ufffd"),
        (b"<a><password>hush-hush-3</password></a>", "<a>\n  <password>******</password>\n</a>"), (b"<password>hush-hush-3</password> and", "<password>******</password> and"),
        (b"<a><b/></a>".ljust(2_000_000), "<a>\n  <b/>\n</a>"), (b"<a><b/></a>".ljust(2_000_001), "<a><b/></a>".ljust(2_000_000)),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_body_is_laid_out_where_it_is_xml_and_masked_in_any_case(body: bytes, text: str) -> None:
    assert readable(body) == text


@pytest.mark.usefixtures("ascii_files")
def test_the_file_of_an_exchange_is_utf_8_whatever_the_machine_is_set_to(tmp_path: Path) -> None:
    write_exchange(tmp_path, "1", replace(PLAIN, body="<a>二</a>".encode()))
    assert "<a>二</a>".encode() in (tmp_path / "1-GetSite.xml").read_bytes()


def test_files_are_named_from_the_project_where_they_lie_in_it() -> None:
    assert shown(Path("/a/b/c.txt"), Path("/a")) == "b/c.txt"
    assert shown(Path("/x/c.txt"), Path("/a")) == "/x/c.txt"
    assert shown_from(Path("/b/reports"), Path("/a")) == Path("/a")
    assert shown_from(Path("reports"), Path("/a")) == Path.cwd()


def test_a_traceback_is_kept_masked_and_no_trouble_where_it_cannot_be(tmp_path: Path) -> None:
    try:
        raise ValueError("<password>hush-hush-3</password>")
    except ValueError as problem:
        fault = problem
    assert write_fault(tmp_path / "reports", tmp_path, "0001", fault) == "reports/faults/0001.txt"
    text = (tmp_path / "reports/faults/0001.txt").read_text(encoding="utf-8")
    assert text == "".join(traceback.format_exception(fault)).replace("hush-hush-3", "******")
    assert text.startswith("Traceback (most recent call last):\n")
    assert text.endswith("ValueError: <password>******</password>\n")
    assert write_fault(tmp_path, tmp_path, "2", None) == "faults/2.txt"
    assert (tmp_path / "faults/2.txt").read_text(encoding="utf-8") == ""
    tmp_path.joinpath("file").write_text("")
    assert write_fault(tmp_path / "file", tmp_path, "1", fault) == ""
