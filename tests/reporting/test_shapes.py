"""The shape of a reply to the letter, several as one, and every way in which two differ: told, found, or explained by a clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.schema_check import SchemaResult
from conformance.reporting.shapes import Announcements, Baseline, Declarations, Drift, Shape, covers, declarations_of, drift_of, merge, moved, shape_of
from conformance.sites.release import FIRST, Release
from conformance.wire.exchange import read_reply
from tests.judge.test_conditions import message, refused
from tests.rig import CONTRACT

SERV = "http://www.webex.com/schemas/2002/06/service"
WHOLE = CONTRACT.whole
NOBODY = Announcements(())
ENTRY = ("",)


def user(inside: str) -> bytes:
    return message(body=inside, kind=' xsi:type="n:getUserResponse"', space=f"{SERV}/user").encode()


def shape(inside: str) -> Shape:
    return shape_of(read_reply("GetUser", user(inside)))


def row(count: int = 1, parents: int | None = None, kinds: tuple[str, ...] = ("text",), words: tuple[str, ...] = (), after: tuple[str, ...] = ENTRY) -> dict[str, Any]:
    return {"count": count, "parents": count if parents is None else parents, "kinds": [*kinds], "words": [*words], "after": [*after]}


@pytest.fixture
def declared() -> Declarations:
    """Nothing is looked up in it yet."""
    return Declarations(WHOLE)


PARENT = row(kinds=("parent",), after=())


# -- what is declared -------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("active", "activeType"), ("privilege/host", "boolean"), ("webexAssistantEnabled", "boolean"), ("wherever/webexAssistantEnabled", "boolean"),
        ("privilege/nobody", None), ("active/below", None), ("nobody", None), ("nobody/host", None), ("SupportPrivateMeeting", "boolean"),
    ],
)  # fmt: skip
def test_an_element_is_declared_at_its_path_or_may_stand_anywhere(declared: Declarations, path: str, kind: str | None) -> None:
    found = declared.at("GetUser", path)
    assert (found.type[1] if found else None) == kind
    assert (found.name[1] if found else path.rpartition("/")[2]) == path.rpartition("/")[2]
    assert declared.at("NoOperation", path) is None
    assert Declarations(None).at("GetUser", path) is None


def test_only_enumerations_have_words(declared: Declarations) -> None:
    assert declared.words("GetUser", "active") == {"ACTIVATED", "REQUEST_TO_ACTIVATE", "DEACTIVATED"}
    assert declared.words("GetUser", "address/addressType") == {"PERSONAL", "GLOBAL"}
    for path in ("firstName", "privilege", "nobody"):
        assert declared.words("GetUser", path) == set()
    assert Declarations(None).words("GetUser", "active") == set()


@pytest.mark.parametrize(
    ("path", "exact", "there"),
    [("privilege/host", True, True), ("timeZoneID", True, False), ("webExId", False, True), ("firstName", False, False), ("nobody", False, False), ("active", False, False)],
)
def test_what_has_one_kind_and_what_is_there_whatever_the_data(declared: Declarations, path: str, exact: bool, there: bool) -> None:
    assert declared.is_exact("GetUser", path) is exact
    assert declared.is_flag_or_required("GetUser", path) is there


PRICE = "siteInstance/commerceAndReporting/conferencePrice"


@pytest.mark.parametrize(
    ("operation", "path", "text", "kind"),
    [
        ("GetUser", "privilege/host", "1", "boolean"), ("GetUser", "privilege/host", "0", "boolean"), ("GetUser", "privilege/host", "2", "integer"),
        ("GetUser", "privilege/host", "yes", "text"), ("GetUser", "timeZoneID", "1", "integer"), ("GetUser", "firstName", "1", "integer"), ("GetUser", "nobody", "0", "integer"),
        ("GetSite", PRICE, "3", "decimal"), ("GetSite", PRICE, "-.5", "decimal"), ("GetSite", PRICE, "1.5e-3", "decimal"), ("GetSite", PRICE, "", "empty"),
        ("GetSite", PRICE, "dear", "text"), ("GetUser", "firstName", "1.5", "text"), ("GetUser", "timeZoneID", "", "empty"), ("GetUser", "privilege/host", "1.5", "text"),
    ],
)  # fmt: skip
def test_the_kind_of_a_value_is_that_of_its_type(declared: Declarations, operation: str, path: str, text: str, kind: str) -> None:
    assert declared.kind(operation, path, text) == kind


def test_what_a_view_declares_is_looked_up_once() -> None:
    assert declarations_of(WHOLE) is declarations_of(WHOLE)
    assert declarations_of(WHOLE).at("GetUser", "active") is WHOLE.reply_type("GetUser").named("active")


# -- one reply, and several ---------------------------------------------------------


def test_the_shape_of_a_reply_to_the_letter() -> None:
    inside = (
        "<n:webExId>w</n:webExId><n:mood>good</n:mood><n:mood>7</n:mood><n:tspAccount><n:tspAccount><n:accountIndex>1</n:accountIndex></n:tspAccount>"
        "<n:tspAccount><n:accountIndex/><n:custom1> x </n:custom1></n:tspAccount></n:tspAccount><n:active>ACTIVATED</n:active><n:mood>8</n:mood>"
    )
    assert shape(inside) == {
        ".": PARENT,
        "webExId": row(),
        "mood": row(3, 1, ("text", "integer"), after=("webExId", "mood", "active")),
        "tspAccount": row(kinds=("parent",), after=("mood",)),
        "tspAccount/tspAccount": row(2, 1, ("parent",), after=("", "tspAccount")),
        "tspAccount/tspAccount/accountIndex": row(2, kinds=("integer", "empty")),
        "tspAccount/tspAccount/custom1": row(after=("accountIndex",)),
        "active": row(words=("ACTIVATED",), after=("tspAccount",)),
    }


def test_a_reply_without_anything_has_an_empty_body_and_a_refusal_no_shape() -> None:
    assert shape("") == {".": row(kinds=("empty",), after=())}
    assert shape_of(read_reply("GetUser", refused().encode())) == {}
    assert shape_of(read_reply("GetUser", user("").replace(b"bodyContent", b"noContent"))) == {}


def test_only_words_of_a_list_are_kept_and_no_more_than_sixty() -> None:
    assert shape("<n:active>It is, my friend</n:active>")["active"]["words"] == []
    assert shape("<n:firstName>ACTIVATED</n:firstName>")["firstName"]["words"] == []
    many = shape("".join(f"<n:active>W{number}</n:active>" for number in range(70)))["active"]
    assert (many["count"], many["words"]) == (70, [f"W{number}" for number in range(60)])


def test_without_a_contract_no_word_is_kept() -> None:
    found = shape_of(read_reply("GetUser", user("<n:active>ACTIVATED</n:active>")), Declarations(None))
    assert found["active"] == row()


def test_several_shapes_are_one() -> None:
    one = {".": PARENT, "a": row(2, 1, ("text", "empty"), ("B", "A"), ("c", ""))}
    other = {".": PARENT, "a": row(3, 2, ("integer", "text"), ("C", "A"), ("b", "")), "d": row()}
    assert merge([one, other]) == {
        ".": row(2, kinds=("parent",), after=()), "a": row(5, 3, ("empty", "integer", "text"), ("A", "B", "C"), ("", "b", "c")), "d": row(),
    }  # fmt: skip
    assert merge([]) == {}


def test_of_many_words_sixty_are_kept_and_of_neighbours_all() -> None:
    names = [f"w{number:02}" for number in range(70)]
    some, more = ({"a": row(kinds=part, words=part, after=part)} for part in (tuple(names[:50]), tuple(names[50:])))
    (merged,) = merge([some, more]).values()
    assert (merged["kinds"], merged["words"], merged["after"]) == (names, names[:60], names)
    assert merge([merge([some, more]), some])["a"]["words"] == names[:60]


# -- places -------------------------------------------------------------------------


def in_order(*names: str, parent: str = "") -> Shape:
    """Siblings, each after the one before it."""
    return {f"{parent}{name}": row(after=(before,)) for before, name in zip(("", *names), names, strict=False)}


@pytest.mark.parametrize("parent", ["", "p/", "p/q/"])
def test_where_an_element_stood_and_stands_is_told(parent: str) -> None:
    found = list(moved(in_order("a", "b", "c", parent=parent), in_order("c", "a", "b", parent=parent)))
    assert found == [(f"{parent}c", "after b", "first")]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (("a", "b", "c"), []), (("a", "c"), []), (("c", "b", "a"), [("a", "first", "after b"), ("b", "after a", "after c")]),
        (("b", "a", "c", "d"), [("a", "first", "after b")]), (("d", "c", "b"), [("b", "after a", "after c")]), (("b", "c", "a"), [("a", "first", "after c")]),
    ],
)  # fmt: skip
def test_one_move_explains_the_pairs_it_turned(after: tuple[str, ...], told: list[tuple[str, str, str]]) -> None:
    before = in_order("a", "b", "c")
    found = list(moved(before, in_order(*after)))
    assert sorted(found) == sorted(told)


def test_of_two_that_explain_as_much_the_same_is_told_in_every_run() -> None:
    names = [f"{letter}{number}" for number in range(5) for letter in "abcdefgh"]
    found = list(moved(in_order(*names), in_order(*names[20:], *names[:20])))
    assert [path for path, _, _ in found] == sorted(names[:20]), "sets have another order in every process"


def test_what_came_in_either_order_has_no_place_to_move_from() -> None:
    either = merge([in_order("a", "b"), in_order("b", "a")])
    assert list(moved(either, in_order("b", "a"))) == list(moved(in_order("a", "b"), either)) == []


def test_every_place_an_element_was_seen_at_is_told() -> None:
    before = {"a": row(), "b": row(), "c": row(after=("b", "a"))}
    assert list(moved(before, {"c": row(), "a": row(after=("c",)), "b": row(after=("c",))})) == [("c", "after a or after b", "first")]
    after = {"c": row(), "x": row(after=("c", "x"))}
    assert list(moved({"x": row(after=("", "a", "x")), "a": row(), "c": row(after=("x",))}, after)) == [("x", "first or after a", "after c")]


def test_an_element_that_follows_only_its_like_stands_alone() -> None:
    before = {"b": row(after=("b",)), "a": row(after=("b",))}
    assert list(moved(before, in_order("a", "b"))) == [("b", "alone", "after a")]


# -- differences ----------------------------------------------------------------------


def drift(before: Mapping[str, Any], after: Mapping[str, Any], announcements: Announcements = NOBODY) -> list[tuple[str, ...]]:
    body = {".": PARENT}
    found = list(drift_of("GetUser", {**body, **before}, {**body, **after}, Declarations(WHOLE), announcements))
    assert {one.operation for one in found} <= {"GetUser"}
    return [(one.path, one.what, one.before, one.after, one.clause) for one in found]


LIST, EMPTY_LIST = row(2, 1, ("parent",)), row(kinds=("empty",))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"email": row()}, [("email", "appeared", "absent", "text (once)", "")]),
        ({"email": row()}, {}, [("email", "vanished", "text (once)", "absent", "")]),
        ({"email": row(3, 1, ("empty", "text"))}, {}, [("email", "vanished", "empty, text (3 times)", "absent", "")]),
        ({"phones": row(kinds=("parent",)), "phones/fax": row(), "phones/pager": row()}, {}, [("phones", "vanished", "parent, 2 elements below (once)", "absent", "")]),
        ({"phones": row(kinds=("parent",)), "phonesx": row()}, {"phonesx": row()}, [("phones", "vanished", "parent (once)", "absent", "")]),
        # In some of its parents only: data, unless the contract did not know it.
        ({"p": row(2)}, {"p": row(2), "p/email": row()}, [("p/email", "appeared", "absent", "text (once)", "")]),
        ({"phones": row(2)}, {"phones": row(2), "phones/fax": row()}, []),
        ({"phones": row(2), "phones/fax": row()}, {"phones": row(2)}, []),
        ({"phones": row(2), "phones/fax": row(4, 2)}, {"phones": row(2)}, [("phones/fax", "vanished", "text (4 times)", "absent", "")]),
        ({"phones": row(2)}, {"phones": row(2), "phones/fax": row(2)}, [("phones/fax", "appeared", "absent", "text (2 times)", "")]),
        ({"phones": row(2), "phones/fax": row()}, {"phones": row(2), "phones/fax": row(2)}, []),
        # No parent was there to hold it.
        ({"phones": row(), "phones/fax": row()}, {"phones": row(), "phones/fax": row()}, []),
    ],
)  # fmt: skip
def test_what_came_or_went_is_told_where_data_cannot_be_the_cause(
    before: Mapping[str, Any], after: Mapping[str, Any], told: list[tuple[str, ...]]
) -> None:
    assert drift(before, after) == told


def test_below_a_parent_that_was_not_there_nothing_came_or_went(declared: Declarations) -> None:
    some = {"phones/fax": row()}
    assert drift({}, some) == drift(some, {}) == []
    assert list(drift_of("GetUser", {}, {".": row(0)}, declared, NOBODY)) == []


@pytest.mark.parametrize(
    ("path", "was", "now", "told"),
    [
        # Typed exactly: every kind counts.
        ("privilege/host", ("boolean",), ("boolean", "text"), ("kind", "boolean", "boolean, text")),
        ("privilege/host", ("boolean", "empty"), ("text", "boolean"), ("kind", "boolean, empty", "boolean, text")),
        ("privilege/host", ("boolean",), ("empty",), ("kind", "boolean", "empty")), ("privilege/host", ("boolean",), ("boolean", "empty"), ("kind", "boolean", "boolean, empty")),
        ("privilege/host", ("boolean", "text"), ("boolean",), None),
        # A text may look like anything that is one.
        ("firstName", ("integer",), ("text",), None), ("firstName", ("boolean",), ("text",), None), ("firstName", ("date and time",), ("text",), None),
        ("firstName", ("text",), ("text", "empty"), None), ("firstName", ("empty",), ("text",), None), ("firstName", ("text",), ("empty",), ("kind", "text", "empty")),
        ("firstName", ("text", "integer"), ("empty",), ("kind", "integer, text", "empty")), ("firstName", ("integer", "empty"), ("empty",), None),
        ("firstName", ("integer",), ("parent",), ("kind", "text", "parent")), ("firstName", ("parent",), ("empty",), None),
        # Nobody declared it: only a clean break is one.
        ("mood", ("integer",), ("text",), ("kind", "integer", "text")), ("mood", ("integer",), ("integer", "text"), None), ("mood", ("integer",), ("text", "empty"), ("kind", "integer", "text")),
        ("mood", ("empty",), ("integer",), ("kind", "empty", "integer")), ("mood", ("empty", "integer"), ("empty",), ("kind", "integer", "empty")), ("mood", ("text",), ("empty",), ("kind", "text", "empty")),
        ("mood", ("boolean", "integer"), ("text", "date and time"), ("kind", "boolean, integer", "date and time, text")), ("mood", ("parent",), ("empty",), ("kind", "parent", "empty")),
        ("mood", ("empty",), ("empty",), None), ("mood", (), ("text",), None), ("mood", ("text",), (), None),
    ],
)  # fmt: skip
def test_another_kind_is_told_where_it_means_something(path: str, was: tuple[str, ...], now: tuple[str, ...], told: tuple[str, ...] | None) -> None:
    parent = {"privilege": row()} if "/" in path else {}
    found = drift({**parent, path: row(kinds=was)}, {**parent, path: row(kinds=now)})
    assert found == ([(path, *told, "")] if told else [])


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (("ACTIVATED",), ("ACTIVATED", "SLEEPING", "DOZING"), ("words", "ACTIVATED", "also DOZING, SLEEPING")), (("ACTIVATED",), ("DEACTIVATED",), None),
        (("NAPPING", "ACTIVATED"), ("SLEEPING",), ("words", "ACTIVATED, NAPPING", "also SLEEPING")), (("NAPPING",), ("NAPPING",), None), ((), ("SLEEPING",), None),
    ],
)  # fmt: skip
def test_a_word_of_a_list_that_nobody_met_is_told(was: tuple[str, ...], now: tuple[str, ...], told: tuple[str, ...] | None) -> None:
    found = drift({"active": row(words=was)}, {"active": row(words=now)})
    assert found == ([("active", *told, "")] if told else [])


def test_of_the_body_itself_only_what_it_holds_is_told(declared: Declarations) -> None:
    assert list(drift_of("GetUser", {".": row(9, kinds=("empty",))}, {".": PARENT}, declared, NOBODY)) == []


@pytest.mark.parametrize(
    ("one", "announced", "worse"),
    [
        (Drift("GetUser", "a", "vanished", "text", "absent"), False, True), (Drift("GetUser", "a", "vanished", "text", "absent", "R41.5.0-01"), True, False),
        (Drift("GetUser", "a", "appeared", "absent", "text"), False, False), (Drift("GetUser", "a", "kind", "text", "empty"), False, False),
        (Drift("GetUser", "a", "kind", "integer", "empty"), False, True), (Drift("GetUser", "a", "kind", "text", "integer"), False, True),
    ],
)  # fmt: skip
def test_a_client_breaks_by_what_nobody_announced_and_it_may_rely_on(one: Drift, announced: bool, worse: bool) -> None:
    assert (one.announced, one.worse) == (announced, worse)


# -- what clauses announce ---------------------------------------------------------------


@pytest.fixture
def clause(clauses: dict[str, Clause]) -> Clause:
    return replace(clauses["R41.11.0-61"], operation="GetUser", adds=("mood",), changes=("active",), removes=("**/fax",))


@pytest.mark.parametrize(
    ("stated", "path", "covered"),
    [
        ("a/b", "a/b", True), ("a/b", "a/bc", False), ("a/*", "a/b", True), ("b", "a/b", False), ("**/b", "b", True), ("**/b", "x/y/b", True), ("**/b", "x/ab", False),
        ("**/b", "b/c", False), ("A", "a", False), ("**/B", "b", False), ("**/b*", "a/bc", True), ("**/*", "a", True),
    ],
)  # fmt: skip
def test_which_path_a_clause_states(stated: str, path: str, covered: bool) -> None:
    assert covers(stated, path) is covered


@pytest.mark.parametrize(
    ("what", "path", "there", "back"),
    [
        ("appeared", "mood", True, False), ("vanished", "mood", False, True), ("appeared", "phones/fax", False, True), ("vanished", "phones/fax", True, False),
        ("kind", "active", True, True), ("words", "active", True, True), ("moved", "active", True, True), ("moved", "mood", False, False), ("appeared", "active", False, False),
    ],
)  # fmt: skip
def test_a_clause_explains_what_it_brings_alters_and_takes_away(clause: Clause, what: str, path: str, there: bool, back: bool) -> None:
    other = replace(clause, id="R41.1.0-01", operation="GetSite", adds=("*",), changes=("*",), removes=("*",))
    assert Announcements([other, clause]).explains(what, "GetUser", path) == (clause.id if there else "")
    assert Announcements([other, clause], back=True).explains(what, "GetUser", path) == (clause.id if back else "")
    assert Announcements([]).explains(what, "GetUser", path) == ""


def test_what_a_clause_explains_is_told_with_it_and_though_data_may_be_the_cause(clause: Clause) -> None:
    announced = Announcements([clause])
    assert drift({}, {"mood": row()}, announced) == [("mood", "appeared", "absent", "text (once)", clause.id)]
    phones = {"phones": row(2)}
    assert drift({**phones, "phones/fax": row()}, phones, announced) == [("phones/fax", "vanished", "text (once)", "absent", clause.id)]
    assert drift({"active": row(kinds=("text",))}, {"active": row(kinds=("parent",))}, announced) == [("active", "kind", "text", "parent", clause.id)]
    one, other = {"active": row(), "email": row(after=("active",))}, {"active": row(after=("email",)), "email": row()}
    assert [(path, what, told) for path, what, _, _, told in drift(one, other, announced)] == [("active", "moved", clause.id)]
    here = replace(clause, changes=("*",), adds=("*",), removes=("*",))
    same = {"firstName": row()}
    assert drift(same, same, Announcements([here])) == []


# -- against what was recorded --------------------------------------------------------------


def judged(before: str, now: str) -> SchemaResult:
    baseline = Baseline(Release(41, 11), "2021-11-01 04:00 UTC", {"GetUser": shape(before)}, NOBODY)
    return baseline.check(read_reply("GetUser", user(now)), WHOLE)


RECORDED = "as recorded on 41.11.0, 2021-11-01 04:00 UTC"


@pytest.mark.parametrize(
    ("before", "now", "found", "told"),
    [
        ("<n:lastName>a</n:lastName>", "<n:lastName>a</n:lastName><n:lastName>b</n:lastName>", ("lastName", "once in its parent", "2 in 1 (repeated)"), ""),
        ("<n:lastName/><n:lastName/>", "<n:lastName>a</n:lastName><n:lastName>b</n:lastName>", None, ""),
        ("<n:mood/>", "<n:mood/><n:mood/>", None, ""), ("<n:email/>", "<n:email/><n:lastName>a</n:lastName><n:lastName>b</n:lastName>", None, "lastName"),
        ("<n:timeZoneID>4</n:timeZoneID>", "<n:timeZoneID/>", None, "timeZoneID"), ("<n:email>a</n:email>", "<n:email/>", None, ""),
        ("<n:timeZoneID>4</n:timeZoneID>", "<n:timeZoneID>x</n:timeZoneID>", ("timeZoneID", "integer", "text (kind)"), ""),
        ("<n:phones><n:fax/></n:phones>", "<n:phones>all</n:phones>", ("phones", "parent", "text (kind)"), "phones/fax"),
        ("<n:firstName>a</n:firstName>", "<n:firstName><n:b/></n:firstName>", ("firstName", "text", "parent (kind)"), "firstName/b"),
        ("<n:mood>1</n:mood><n:mood>true</n:mood>", "<n:mood>a</n:mood>", None, "mood"), ("<n:mood>a b</n:mood>", "<n:mood>7</n:mood>", None, "mood"),
        ("<n:timeZoneID>4</n:timeZoneID><n:timeZoneID>x</n:timeZoneID>", "<n:timeZoneID>7</n:timeZoneID><n:timeZoneID>true</n:timeZoneID>", ("timeZoneID", "integer, text", "boolean, integer (kind)"), ""),
        ("<n:timeZoneID>true</n:timeZoneID><n:timeZoneID>x</n:timeZoneID>", "<n:timeZoneID>true</n:timeZoneID><n:timeZoneID/>", None, "timeZoneID"),
        ("<n:webExId>w</n:webExId>", "<n:mood/>", ("webExId", "text (once)", "absent (vanished)"), "mood"), ("<n:email>a</n:email>", "", None, "email"),
        ("", "<n:freeAccount>true</n:freeAccount>", None, "freeAccount"), ("<n:freeAccount/>", "", ("freeAccount", "empty (once)", "absent (vanished)"), ""),
        ("<n:firstName>a</n:firstName><n:email>a</n:email>", "<n:email>a</n:email><n:firstName>a</n:firstName>", ("firstName", "first", "after email (moved)"), ""),
    ],
)  # fmt: skip
def test_one_reply_is_held_against_what_was_recorded(before: str, now: str, found: tuple[str, str, str] | None, told: str) -> None:
    result = judged(before, now)
    assert [(one.check, one.path, one.expected, one.actual) for one in result.findings] == ([("baseline", found[0], f"{found[1]}, {RECORDED}", found[2])] if found else [])
    assert [line.partition(":")[0] for line in result.drift] == ([told] if told else [])


def test_what_was_told_on_another_night() -> None:
    nights = {"night": {"GetUser": {"host": {"active": "ACTIVATED"}}}}
    baseline = Baseline(Release(41, 11), "", {}, NOBODY, nights=nights)
    assert baseline.told("night", "GetUser", "host") == {"active": "ACTIVATED"}
    for asked in (("day", "GetUser", "host"), ("night", "GetSite", "host"), ("night", "GetUser", "attendee")):
        assert baseline.told(*asked) == {}


def test_a_clause_is_judged_by_a_run_of_an_older_release_and_the_first_by_any(clause: Clause) -> None:
    baseline = Baseline(Release(41, 5), "", {}, NOBODY)
    for release, precedes in ((Release(41, 4), False), (Release(41, 5), False), (Release(41, 6), True), (FIRST, True)):
        assert baseline.precedes(replace(clause, release=release)) is precedes


def test_an_operation_is_held_when_a_reply_to_it_was_recorded() -> None:
    baseline = Baseline(Release(41, 5), "", {"GetUser": {".": PARENT}, "GetSite": {}}, NOBODY)
    assert [baseline.holds(operation) for operation in ("GetUser", "GetSite", "GetEvent")] == [True, False, False]
