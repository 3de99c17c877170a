"""The clause list is read whole or refused with one message that names the file and what to write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.judge.clauses import SUBJECTS, Clause, Edition, load_clauses, load_editions, unknown_to
from conformance.sites.errors import UserError
from conformance.sites.release import Release

ITEM = '[[item]]\nheading = "Häuser"\nheading_zh = "房子"\n'
CLAUSE = '[[item.clause]]\nid = "R41.3.0-01"\noperation = "GetSite"\ncertainty = "explicit"\nlines = "1-2"\ntext = "It tells."\n'
PLAIN = Clause("R41.3.0-01", Release(41, 3), "GetSite", "explicit", "must", "It tells.", "1-2", "Häuser", "房子", "")


def listed(folder: Path, text: str, release: str = "41.3.0") -> Path:
    """The folder of features, in which the list of ``release`` says ``text``."""
    file = folder / release / "clauses.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_a_clause_is_what_its_list_says(tmp_path: Path) -> None:
    listed(tmp_path, ITEM + CLAUSE)
    assert load_clauses(tmp_path) == {"R41.3.0-01": PLAIN}
    assert load_editions(tmp_path) == {Release(41, 3): Edition()}
    more = 'level = "should"\nremark = "So."\nadds = ["a/b", "c"]\nchanges = ["d"]\nremoves = ["e"]\n'
    listed(tmp_path, "\ufeff[notes]\nsource = \"S1\"\npublished = \"https://x\"\ngap = \"Half.\"\nmissing = [\"41.2\"]\n" + ITEM + CLAUSE.replace("explicit", "control").replace('lines = "1-2"\n', "") + more)
    told = replace(PLAIN, certainty="control", level="should", lines="", source="S1", notes="https://x", remark="So.", adds=("a/b", "c"), changes=("d",), removes=("e",))
    assert load_clauses(tmp_path) == {"R41.3.0-01": told}
    assert load_editions(tmp_path) == {Release(41, 3): Edition("S1", "Half.", (Release(41, 2),), "https://x")}


def test_lists_are_read_in_the_order_of_their_releases_and_items_need_no_heading_in_chinese(tmp_path: Path) -> None:
    listed(tmp_path, '[[item]]\nheading = "x"\n' + CLAUSE.replace("41.3.0", "41.10.0"), "41.10.0")
    listed(tmp_path, ITEM + CLAUSE, "41.3.0")
    listed(tmp_path, "", "41.2.0")
    found = load_clauses(tmp_path)
    assert list(found) == ["R41.3.0-01", "R41.10.0-01"]
    assert found["R41.10.0-01"].item_zh == ""
    assert list(load_editions(tmp_path)) == [Release(41, 2), Release(41, 3), Release(41, 10)]


@pytest.mark.parametrize(
    ("certainty", "level"), [("explicit", "must"), ("inferred", "should"), ("control", "must"), ("ambiguous", "observe")]
)
def test_a_clause_is_as_hard_as_its_certainty_allows(tmp_path: Path, certainty: str, level: str) -> None:
    listed(tmp_path, ITEM + CLAUSE.replace("explicit", certainty))
    assert load_clauses(tmp_path)["R41.3.0-01"].level == level


WRITE = 'write {} = "..."'
#: The text of a list, what is said of it, and the hint.
WRONG: dict[str, tuple[str, str, str]] = {
    "no TOML": ("id = ", "not TOML: Invalid value (at end of document)", ""),
    "a key outside": (f"x = 1\n{ITEM}{CLAUSE}", "'x' stands outside an item", "each clause is an [[item.clause]] of an [[item]]"),
    "notes that are no table": ("notes = 1\n", "notes is no table", "begin it with [notes]"),
    "an unknown key of the notes": ('[notes]\nsourc = "x"\n', "[notes] has an unknown key 'sourc'", "did you mean 'source'?"),
    "notes that are no text": ("[notes]\ngap = 1\n", "[notes]: gap is no text", WRITE.format("gap")),
    "a missing release that is no list": ('[notes]\nmissing = "41.2"\n', '[notes]: missing is a list of releases, such as ["42.2"]', ""),
    "a missing release that is a number": ("[notes]\nmissing = [41.2]\n", '[notes]: missing is a list of releases, such as ["42.2"]', ""),
    "notes whose page is no address": (
        '[notes]\npublished = "the page"\n', "[notes]: published is no address: 'the page'", 'write it as in "https://help.webex.com/..."',
    ),
    "items that are no list": ("[item]\nheading = 'x'\n", "item is no list of tables", "begin each with [[item]]"),
    "items that are no tables": ("item = [1]\n", "item is no list of tables", "begin each with [[item]]"),
    "clauses that are no list": (f"{ITEM}clause = 1\n", "clause is no list of tables", "begin each with [[item.clause]]"),
    "clauses that are no tables": (f"{ITEM}clause = [1]\n", "clause is no list of tables", "begin each with [[item.clause]]"),
    "an item without a heading": ("[[item]]\n", "the item '' lacks 'heading'", WRITE.format("heading")),
    "an item with an unknown key": (f'{ITEM}headin = "x"\n', "the item 'Häuser' has an unknown key 'headin'", "did you mean 'heading'?"),
    "a heading that is no text": ("[[item]]\nheading = 1\n", "the item 1: heading is no text", WRITE.format("heading")),
    "a clause without an id": (ITEM + CLAUSE.replace('id = "R41.3.0-01"\n', ""), "the clause without an id lacks 'id'", WRITE.format("id")),
    "a clause without lines": (ITEM + CLAUSE.replace('lines = "1-2"\n', ""), "the clause R41.3.0-01 lacks 'lines'", WRITE.format("lines")),
    "a clause without a text": (ITEM + CLAUSE.replace('text = "It tells."\n', ""), "the clause R41.3.0-01 lacks 'text'", WRITE.format("text")),
    "a clause with an unknown key": (f'{ITEM}{CLAUSE}remarks = "x"\n', "the clause R41.3.0-01 has an unknown key 'remarks'", "did you mean 'remark'?"),
    "a remark that is no text": (f"{ITEM}{CLAUSE}remark = 1\n", "the clause R41.3.0-01: remark is no text", WRITE.format("remark")),
    "an id of another release": (ITEM + CLAUSE.replace("41.3.0", "41.4.0"), "'R41.4.0-01' is no clause of 41.3.0", "ids of this file are R41.3.0-01, -02, ..."),
    "no id": (ITEM + CLAUSE.replace("R41.3.0-01", "R41.3.0-1"), "'R41.3.0-1' is no clause of 41.3.0", "ids of this file are R41.3.0-01, -02, ..."),
    "an unknown certainty": (ITEM + CLAUSE.replace("explicit", "explicet"), "R41.3.0-01: unknown certainty 'explicet'", "did you mean 'explicit'?"),
    "a level it does not allow": (
        f'{ITEM}{CLAUSE}level = "should"\n', "R41.3.0-01: level 'should' contradicts certainty 'explicit'", "it allows must",
    ),
    "a level a control does not allow": (
        ITEM + CLAUSE.replace("explicit", "control") + 'level = "observe"\n', "R41.3.0-01: level 'observe' contradicts certainty 'control'", "it allows must or should",
    ),
    "an empty text": (ITEM + CLAUSE.replace("It tells.", " "), "R41.3.0-01: the text is empty", "say in our words what the notes demand"),
    **{
        f"lines like {lines!r}": (ITEM + CLAUSE.replace("1-2", lines), f"R41.3.0-01: {lines!r} are no lines of the notes", 'write them as in lines = "12-14,20"')
        for lines in ("twelve", "1-", "1-2,", "-2", "1,,2", "1-2-3", "x1", "1x")
    },
    "an id that stands twice": (ITEM + CLAUSE + CLAUSE, "R41.3.0-01 stands twice", ""),
    **{
        f"{key} that {what}": (f"{ITEM}{CLAUSE}{key} = {value}\n", f'R41.3.0-01: {key} is a list of paths, such as ["siteInstance/tools/newElement"]', "")
        for key in ("adds", "changes", "removes")
        for what, value in (("are a text", '"a"'), ("are numbers", "[1]"), ("are empty", '["a", ""]'))
    },
}  # fmt: skip


@pytest.mark.parametrize("lines", ["7", "12-14", "12,14-16", "12-14,20"])
def test_lines_are_numbers_and_ranges(tmp_path: Path, lines: str) -> None:
    listed(tmp_path, ITEM + CLAUSE.replace("1-2", lines))
    assert load_clauses(tmp_path)["R41.3.0-01"].lines == lines


@pytest.mark.parametrize(
    ("operation", "names"),
    [("GetUser", ("GetUser",)), ("GetUser/SetUser, DelUser", ("GetUser", "SetUser", "DelUser")), ("GetUser and SetUser", ("GetUser", "SetUser")), *((one, ()) for one in SUBJECTS)],
)
def test_a_clause_names_operations_or_is_about_something_else(tmp_path: Path, operation: str, names: tuple[str, ...]) -> None:
    listed(tmp_path, ITEM + CLAUSE.replace("GetSite", operation))
    assert load_clauses(tmp_path)["R41.3.0-01"].operations == names


@pytest.mark.parametrize("name", WRONG)
def test_a_list_that_is_wrong_is_refused_in_these_words(tmp_path: Path, name: str) -> None:
    text, what, hint = WRONG[name]
    file = listed(tmp_path, text)
    with pytest.raises(UserError) as caught:
        load_clauses(tmp_path)
    assert (caught.value.code, str(caught.value.what), caught.value.where, caught.value.hint) == ("clause-list", what, str(file), hint)


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = listed(tmp_path, "")
    file.write_bytes(b"\xff")
    with pytest.raises(UserError, match="not TOML"):
        load_clauses(tmp_path)


def test_a_folder_or_a_missing_release_that_is_none_is_told_with_its_file(tmp_path: Path) -> None:
    odd = listed(tmp_path, "", "41.x")
    with pytest.raises(UserError) as caught:
        load_clauses(tmp_path)
    assert caught.value.where == str(odd)
    odd.unlink()
    file = listed(tmp_path, '[notes]\nmissing = ["41.x"]\n')
    with pytest.raises(UserError) as caught:
        load_editions(tmp_path)
    assert caught.value.where == str(file)


def test_which_notes_nobody_has() -> None:
    editions = {Release(41, 3): Edition(missing=(Release(41, 2), Release(41, 1))), Release(42, 1): Edition(missing=(Release(41, 12), Release(41, 2)))}
    assert unknown_to(editions, Release(41, 12)) == [Release(41, 1), Release(41, 2), Release(41, 12)]
    assert unknown_to(editions, Release(41, 2)) == [Release(41, 1), Release(41, 2)]
    assert unknown_to(editions, Release(41, 0)) == []


@pytest.mark.parametrize(
    ("operation", "asked", "speaks"),
    [
        ("GetSite", "GetSite", True), ("GetSite", "GetUser", False), ("GetSite, GetUser", "GetUser", True), ("GetSite and GetUser", "GetSite", True),
        ("GetSiteX", "GetSite", False), ("all operations", "GetSite", True),
    ],
)  # fmt: skip
def test_of_which_operations_a_clause_speaks(operation: str, asked: str, speaks: bool) -> None:
    assert replace(PLAIN, operation=operation).speaks_of(asked) is speaks


def test_where_a_clause_is_read_off() -> None:
    assert (PLAIN.place, replace(PLAIN, lines="", source="S1").place) == ("l. 1-2", "S1")
    addresses = [replace(PLAIN, release=Release(major, 1)).published for major in (41, 42, 43)]
    assert addresses == ["https://help.webex.com/article/nvuo92z", "https://help.webex.com/article/trlbvp", ""]
    assert replace(PLAIN, notes="https://notes.example").published == "https://notes.example"
