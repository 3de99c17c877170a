"""Values at the very edge of what a check accepts: bugs planted there once survived every other test (tests/mutants)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from conformance.judge import element_checks, mail_checks, reply_checks
from conformance.judge.known_issues import load_known
from conformance.judge.schema_check import check_schema
from conformance.reporting.shapes import Announcements, Declarations, Shape, drift_of, shape_of
from conformance.sites.errors import CannotJudge, UserError
from conformance.wire.exchange import Reply, read_reply
from conformance.wire.mailbox import Mail
from tests.rig import CONTRACT

WHOLE = CONTRACT.whole
SITE = "http://www.webex.com/schemas/2002/06/service/site"


def get_site(inside: str, result: str = "<serv:result>SUCCESS</serv:result>") -> Reply:
    """A reply of GetSite with ``inside`` in its siteInstance."""
    return read_reply("GetSite", (
        '<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:ns1="{SITE}" xmlns:other="urn:other"><serv:header><serv:response>{result}<serv:gsbStatus>PRIMARY</serv:gsbStatus>'
        '</serv:response></serv:header><serv:body><serv:bodyContent xsi:type="ns1:getSiteResponse"><ns1:siteInstance>'
        f"{inside}</ns1:siteInstance></serv:bodyContent></serv:body></serv:message>"
    ).encode())  # fmt: skip


def test_one_element_has_no_order() -> None:
    parent, names = "siteInstance/metaData", ["isEnterprise", "serviceType"]
    two = get_site("<ns1:metaData><ns1:isEnterprise>true</ns1:isEnterprise><ns1:serviceType>x</ns1:serviceType></ns1:metaData>")
    assert element_checks.in_order(two, WHOLE, parent, names) == ()
    one = get_site("<ns1:metaData><ns1:serviceType>x</ns1:serviceType></ns1:metaData>")
    with pytest.raises(CannotJudge, match="no order to judge"):
        element_checks.in_order(one, WHOLE, parent, names)


def test_a_lone_name_is_not_taken_from_a_foreign_namespace() -> None:
    ours = get_site("<ns1:metaData><ns1:activeUserCount>3</ns1:activeUserCount></ns1:metaData>")
    assert element_checks.present(ours, WHOLE, "activeUserCount", "integer") == ()
    theirs = get_site("<ns1:metaData><other:activeUserCount>3</other:activeUserCount></ns1:metaData>")
    assert [one.check for one in element_checks.present(theirs, WHOLE, "activeUserCount", "integer")] == ["element-present"]


def test_what_must_be_absent_is_looked_for_below_its_parents_in_their_order() -> None:
    deep = get_site("<ns1:a><ns1:b><ns1:c>1</ns1:c></ns1:b></ns1:a>")
    assert [one.check for one in element_checks.absent(deep, "a/b/c")] == ["element-absent"]
    assert element_checks.absent(deep, "b/a/c") == ()


def test_an_attribute_nobody_declared_is_told() -> None:
    reply = get_site('<ns1:metaData colour="red"><ns1:isEnterprise>true</ns1:isEnterprise></ns1:metaData>')
    assert "siteInstance/metaData/@colour" in check_schema(reply, WHOLE).drift


@pytest.mark.parametrize(("today", "valid"), [("2027-01-30", True), ("2027-01-31", True), ("2027-02-01", False)])
def test_a_known_issue_holds_until_the_end_of_its_day(tmp_path: Path, today: str, valid: bool) -> None:
    file = tmp_path / "known.toml"
    file.write_text(
        '[[known]]\nclause = "R41.7.0-02"\ncheck = "x"\nsite = "s"\nreason = "r"\nowner = "o"\nlink = "l"\nexpires = 2027-01-31\n', encoding="utf-8"
    )
    day = dt.date.fromisoformat(today)
    if valid:
        assert len(load_known(file, "s", ["R41.7.0-02"], (), day)) == 1
    else:
        with pytest.raises(UserError, match="expired on 2027-01-31"):
            load_known(file, "s", ["R41.7.0-02"], (), day)


def test_two_that_changed_places_are_told() -> None:
    one, other = "<ns1:siteID>1</ns1:siteID>", "<ns1:trialUser>2</ns1:trialUser>"
    before, after = shape_of(get_site(one + other)), shape_of(get_site(other + one))

    def told(now: Shape) -> list[tuple[str, str]]:
        found = drift_of("GetSite", before, now, Declarations(WHOLE), Announcements(()))
        return [(one.what, one.path) for one in found]

    assert told(before) == []
    assert told(after) == [("moved", "siteInstance/siteID")]


@pytest.mark.parametrize(("length", "right"), [(75, True), (76, False)])
def test_an_encoded_word_has_75_characters_and_no_more(length: int, right: bool) -> None:
    word = b"=?UTF-8?Q?" + b"a" * (length - 12) + b"?="
    assert len(word) == length
    # On a line of its own: that of the header's name has less room.
    found = mail_checks.ascii_on_the_wire([Mail(("a@example.com",), b"x\r\n " + word, "", 0.0)])
    assert [one.expected for one in found] == ([] if right else ["encoded words of at most 75 characters"])


def test_letter_case_makes_no_other_reason() -> None:
    refusal = "<serv:result>FAILURE</serv:result><serv:reason>ACCESS Denied.</serv:reason>"
    assert reply_checks.reason_is(get_site("", refusal), "access denied") == ()
    assert [one.check for one in reply_checks.reason_is(get_site("", refusal), "access granted")] == ["reason"]


def test_an_empty_element_does_not_hold_another_value() -> None:
    path = "siteInstance/metaData/serviceType"
    full, empty = (get_site(f"<ns1:metaData><ns1:serviceType>{text}</ns1:serviceType></ns1:metaData>") for text in ("b", ""))
    assert element_checks.value_is_not(full, WHOLE, path, "a") == ()
    assert [one.check for one in element_checks.value_is_not(full, WHOLE, path, "b")] == ["element-value"]
    assert [one.check for one in element_checks.value_is_not(empty, WHOLE, path, "a")] == ["element-value"]


META = "siteInstance/metaData"


def meta(*names: str) -> Reply:
    """A site whose meta data stand in this order."""
    return get_site(f"<ns1:metaData>{''.join(f'<ns1:{name}>x</ns1:{name}>' for name in names)}</ns1:metaData>")


def test_the_neighbour_that_stands_in_between_is_told() -> None:
    found = element_checks.directly_before(meta("region", "serviceType", "siteName", "isEnterprise"), WHOLE, f"{META}/serviceType", "isEnterprise")
    assert [one.actual for one in found] == ["before siteName"]


def test_an_element_that_the_contract_does_not_know_has_its_place_all_the_same() -> None:
    """It was taken for the last one wherever it stood."""
    odd = f"{META}/odd"
    assert [one.actual for one in element_checks.comes_last(meta("odd", "isEnterprise"), WHOLE, odd)] == ["before isEnterprise"]
    assert element_checks.comes_first(meta("odd", "isEnterprise"), WHOLE, odd) == ()
    assert [one.actual for one in element_checks.comes_first(meta("isEnterprise", "odd"), WHOLE, odd)] == ["after isEnterprise"]
    assert element_checks.directly_after(meta("isEnterprise", "odd", "siteName"), WHOLE, odd, "isEnterprise") == ()


@pytest.mark.parametrize(("names", "told"), [("abc", "a, b, c"), ("abcd", "a, b, c, ... 1 more"), ("abcde", "a, b, c, ... 2 more")])
def test_of_what_is_there_instead_three_are_told(names: str, told: str) -> None:
    assert [one.actual for one in element_checks.present(meta(*names), WHOLE, f"{META}/siteName")] == [f"absent (metaData has: {told})"]


def test_a_body_whose_type_is_in_no_namespace_is_told_so() -> None:
    reply = read_reply("GetSite", (
        '<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><serv:header><serv:response>'
        '<serv:result>SUCCESS</serv:result></serv:response></serv:header><serv:body><serv:bodyContent xsi:type="getSiteResponse"/></serv:body></serv:message>'
    ).encode())  # fmt: skip
    assert [one.actual for one in reply_checks.succeeded(reply, WHOLE)] == ["getSiteResponse in no namespace"]
