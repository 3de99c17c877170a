"""FIDELITY.md tells the truth: every element of every reply has its evidence, and the page is what the table says."""

from __future__ import annotations

import re
from pathlib import Path

import mocksite
from mocksite.cli import main
from mocksite.protocol.evidence import KINDS, elements, evidence, report

PAGE = Path(mocksite.__file__).with_name("FIDELITY.md")


def test_every_element_has_its_evidence_and_nothing_else_has() -> None:
    rows, told = [(one.reply, one.element) for one in evidence()], list(elements())
    assert [one for one in told if one not in rows] == [], "replies/*.xml have elements without a row of replies/evidence.tsv"
    assert [one for one in rows if one not in told] == [], "replies/evidence.tsv has rows of elements that no reply has"
    assert rows == told, "rows of replies/evidence.tsv stand in the order of the replies"
    assert {one.kind for one in evidence()} == set(KINDS)
    assert all(one.source and one.source != "?" for one in evidence())


def test_an_element_that_came_with_a_release_is_known_from_its_notes() -> None:
    """Because of these the judge has clauses: where they are only assumed a verdict must not rest on their place."""
    replies = PAGE.with_name("replies")
    dated = {
        (path.stem, name)
        for path in replies.glob("*.xml")
        for name in re.findall(r"<\w+:(\w+)[^>]* since=", path.read_text("utf-8"))
    }
    known = {(one.reply, one.element.rpartition("/")[2]) for one in evidence() if re.search(r"\b4[1-9]\.\d+|overview|guide", one.source)}
    known |= {(one.reply, one.element.rpartition("/")[2]) for one in evidence() if one.kind == "captured"}
    assert sorted(dated - known) == [], "their rows of replies/evidence.tsv name no release note, overview or guide"


def test_the_page_is_what_the_command_says(capsys) -> None:
    assert main(["fidelity"]) == 0
    assert capsys.readouterr().out == report() + "\n"
    told = PAGE.read_text("utf-8").partition("<!-- webex-mock fidelity -->\n")[2].partition("\n<!-- end -->")[0]
    assert told == report(), "webex-mock fidelity prints what must stand there, python -m tests.figures writes it"
