"""What checks of elements say, to the word: it stands in reports, and a known issue is pasted from it."""

from __future__ import annotations

import pytest

from conformance.judge import element_checks
from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Reply, read_reply
from tests.judge.test_edges import WHOLE, get_site
from tests.judge.test_reply_checks import NOBODY, REFUSED, SERV, TONE, listed, tone, words

FLAGS = ["siteInstance/tools/enableNBRMCModify", "siteInstance/tools/separateNoRecordingEdit"]


def tools(**flags: str) -> Reply:
    return get_site(f"<ns1:tools>{''.join(f'<ns1:{name}>{text}</ns1:{name}>' for name, text in flags.items())}</ns1:tools>")


@pytest.mark.parametrize(
    ("reply", "actual"),
    [
        (NOBODY, "absent, the site answered FAILURE 000017 No right"),
        (get_site(""), "absent with its parent"),
        (get_site("<ns1:defaults/>"), "absent (defaults has: nothing)"),
        (get_site("<ns1:defaults><ns1:a/><ns1:b/><ns1:c/></ns1:defaults>"), "absent (defaults has: a, b, c)"),
        (get_site("<ns1:defaults><ns1:a/><ns1:b/><ns1:c/><ns1:d/><ns1:e/></ns1:defaults>"), "absent (defaults has: a, b, c, ... 2 more)"),
        (get_site("<ns1:defaults><ns1:a/><o:entryExitTone xmlns:o='urn:o'/></ns1:defaults>"), "absent (defaults has entryExitTone in namespace urn:o)"),
        (get_site("<ns1:defaults><entryExitTone/></ns1:defaults>"), "absent (defaults has entryExitTone in no namespace)"),
        (get_site("<ns1:defaults/><ns1:entryExitTone/>"), "absent (defaults has: nothing)"),
        (get_site("<ns1:defaults><ns1:a><o:entryExitTone xmlns:o='urn:o'/></ns1:a></ns1:defaults>"), "absent (defaults has: a)"),
        (get_site("<ns1:defaults/><ns1:defaults><o:entryExitTone xmlns:o='urn:o'/></ns1:defaults>"), "absent (defaults has: nothing)"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(reply: Reply, actual: str) -> None:
    assert words(element_checks.present(reply, WHOLE, TONE, "text")) == [("element-present", TONE, "entryExitTone, text", actual)]
    assert words(element_checks.value_is(reply, WHOLE, TONE, "BEEP")) == [("element-value", TONE, "'BEEP'", actual)]


def test_what_may_be_left_out_is_in_one_place_at_least() -> None:
    path, name = "recordDetail/participantEmail", "<n:recordDetail><n:participantEmail>{}</n:participantEmail></n:recordDetail>"
    for rows, actual in [
        ("<n:recordDetail/>" + name.format("a"), ""), (name.format("") + "<n:recordDetail/>", ""), (name.format("a"), ""),
        ("<n:recordDetail/>", "absent (recordDetail has: nothing)"), ("", "absent with its parent"),
    ]:  # fmt: skip
        reply = listed("LstrecordaccessDetailHistory", "history", rows)
        found = element_checks.present(reply, WHOLE, path, "text or empty", everywhere=False)
        assert [one.actual for one in found] == ([actual] if actual else [])
    (twice,) = element_checks.present(listed("LstrecordaccessDetailHistory", "history", "<n:recordDetail/>" + name.format("a")), WHOLE, path, "text or empty")
    assert twice.actual == "absent in 1 of 2 places"


def test_a_lone_name_in_another_namespace_is_told_where_it_stands() -> None:
    there = get_site("<ns1:defaults><ns1:a/><o:activeUserCount xmlns:o='urn:o'/></ns1:defaults>")
    assert [one.actual for one in element_checks.present(there, WHOLE, "activeUserCount")] == ["absent (defaults has activeUserCount in namespace urn:o)"]
    assert [one.actual for one in element_checks.comes_last(there, WHOLE, "activeUserCount")] == ["absent (defaults has activeUserCount in namespace urn:o)"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x" * 200, f"'{'x' * 200}'"),
        ("x" * 201, f"'{'x' * 40}'... (201 characters)"),
    ],
)
def test_a_long_text_is_told_by_its_beginning(text: str, found: str) -> None:
    assert words(element_checks.value_is(tone(text), WHOLE, TONE, "BEEP")) == [("element-value", TONE, "'BEEP'", found)]


@pytest.mark.parametrize(
    ("told", "wanted", "same"),
    [
        ("true", "1", True), ("1", "true", True), ("false", "0", True), ("0", "false", True), ("true", "0", False), ("1", "0", False),
        ("TRUE", "true", False), ("Zoe@Example.com", "zoe@example.com", True), ("zoe@example.org", "zoe@example.com", False), ("beep", "BEEP", False),
    ],
)  # fmt: skip
def test_when_two_values_are_the_same(told: str, wanted: str, same: bool) -> None:
    assert (element_checks.value_is(tone(told), WHOLE, TONE, wanted) == ()) is same
    assert (element_checks.value_is_not(tone(told), WHOLE, TONE, wanted) == ()) is not same
    assert (element_checks.none_is(tone(told), WHOLE, TONE, wanted) == ()) is not same


def test_a_value_nobody_may_have_may_be_missing_altogether() -> None:
    assert element_checks.none_is(get_site(""), WHOLE, TONE, "BEEP") == ()
    found = words(element_checks.none_is(tone("NOTONE", "BEEP"), WHOLE, TONE, "BEEP"))
    assert found == [("element-value", TONE, "anything but 'BEEP', or absent", "'BEEP'")]


def test_an_element_that_stands_once_is_told_when_it_stands_twice() -> None:
    found = [("element-count", TONE, "once", "2 times: 'BEEP', 'NOTONE'")]
    assert words(element_checks.value_is(tone("BEEP", "NOTONE"), WHOLE, TONE, "BEEP")) == found
    assert words(element_checks.present(tone("BEEP", "NOTONE"), WHOLE, TONE, "text")) == found


def test_a_flag_that_was_changed_has_another_value() -> None:
    before = tools(enableNBRMCModify="true", separateNoRecordingEdit="false")
    assert element_checks.changed(before, tools(enableNBRMCModify="true", separateNoRecordingEdit="true"), WHOLE, FLAGS) == ()
    assert element_checks.changed(before, tools(enableNBRMCModify="false", separateNoRecordingEdit="false"), WHOLE, FLAGS) == ()
    same = tools(enableNBRMCModify="1", separateNoRecordingEdit="0")
    told = "unchanged: enableNBRMCModify true, separateNoRecordingEdit false"
    assert words(element_checks.changed(before, same, WHOLE, FLAGS)) == [("element-change", ", ".join(FLAGS), "one of them changed", told)]


def test_a_flag_that_is_missing_or_none_was_not_changed() -> None:
    whole, half = tools(enableNBRMCModify="true", separateNoRecordingEdit="true"), tools(separateNoRecordingEdit="false")
    missing = [("element-present", FLAGS[0], "enableNBRMCModify, boolean", "absent (tools has: separateNoRecordingEdit)")]
    assert words(element_checks.changed(half, whole, WHOLE, FLAGS)) == missing
    assert words(element_checks.changed(whole, half, WHOLE, FLAGS)) == missing
    odd = [("element-kind", FLAGS[0], "boolean", "'maybe'")]
    maybe = tools(enableNBRMCModify="maybe", separateNoRecordingEdit="false")
    assert words(element_checks.changed(maybe, whole, WHOLE, FLAGS)) == odd
    assert words(element_checks.changed(whole, maybe, WHOLE, FLAGS)) == odd
    assert words(element_checks.another_than({FLAGS[0]: "true"}, maybe, WHOLE)) == odd


def test_two_replies_say_the_same() -> None:
    assert element_checks.unchanged([tone("x"), tone("BEEP"), tone("BEEP")], WHOLE, TONE) == ()
    assert element_checks.unchanged([tone("1", "false"), tone("true", "0")], WHOLE, TONE) == ()
    for before, after, expected, actual in (
        (tone("BEEP"), tone("NOTONE"), "BEEP, as before", "NOTONE"),
        (tone("A", "B"), tone("A"), "A, B, as before", "A"),
        (tone("A"), tone("A", "B"), "A, as before", "A, B"),
        (tone("A"), get_site(""), "A, as before", "absent"),
        (get_site(""), tone("A"), "absent, as before", "A"),
    ):
        assert words(element_checks.unchanged([before, after], WHOLE, TONE)) == [("element-value", TONE, expected, actual)]


def test_replies_that_say_nothing_are_not_the_same() -> None:
    for replies in ([NOBODY, tone("A")], [tone("A"), NOBODY]):
        found = words(element_checks.unchanged(replies, WHOLE, TONE))
        assert found == [("result", "response/result", "SUCCESS", "FAILURE 000017 No right")]
    with pytest.raises(CannotJudge, match=f"neither reply of GetSite tells {TONE}"):
        element_checks.unchanged([get_site(""), get_site("")], WHOLE, TONE)


@pytest.mark.parametrize(
    ("replies", "different", "not_same"),
    [
        ([tone("A"), tone("B")], "", ""),
        ([tone("A"), tone("B"), tone("A")], "A, B, A", ""),
        ([tone("A"), tone("A")], "A, A", "A, A"),
        ([tone("A"), get_site("")], "A", "A"),
        ([tone("A"), tone("B"), get_site("")], "A, B", "A, B"),
        ([get_site(""), get_site("")], "absent", "absent"),
    ],
)
def test_what_belongs_to_one_thing_alone(replies: list[Reply], different: str, not_same: str) -> None:
    number = len(replies)
    found = [("element-value", TONE, f"{number} values, each another one", different)] if different else []
    assert words(element_checks.all_different(replies, WHOLE, TONE)) == found
    found = [("element-value", TONE, "not the same for everybody", not_same)] if not_same else []
    assert words(element_checks.not_all_the_same(replies, WHOLE, TONE)) == found


def test_one_person_alone_shows_no_difference_between_people() -> None:
    assert words(element_checks.not_all_the_same([tone("A", "B")], WHOLE, TONE)) == [("element-value", TONE, "not the same for everybody", "A, B")]


@pytest.mark.parametrize(
    ("before", "after", "expected", "actual"),
    [
        (tone("A", "B"), tone("A", "C"), "the same in both, A, B before", "A, C"),
        (get_site(""), tone("A"), "the same in both, absent before", "A"),
        (tone("A"), get_site(""), "the same in both, A before", "absent"),
        (get_site(""), get_site(""), "the same in both, absent before", "absent"),
    ],
)
def test_one_value_in_both(before: Reply, after: Reply, expected: str, actual: str) -> None:
    assert element_checks.same_in_both(tone("A", "B"), tone("A", "B"), WHOLE, TONE) == ()
    assert element_checks.same_in_both(tone("true", "A@b"), tone("1", "a@B"), WHOLE, TONE) == ()
    assert element_checks.same_in_both(tone("A", "B"), tone("A"), WHOLE, TONE) != ()
    assert words(element_checks.same_in_both(before, after, WHOLE, TONE)) == [("element-value", TONE, expected, actual)]


@pytest.mark.parametrize(
    ("stem", "text", "expected", "found"),
    [
        ("X12", "X123", "X12 followed by digits", ""), ("X12", "X12", "X12 followed by digits", "'X12'"), ("X12", "X12a", "X12 followed by digits", "'X12a'"),
        ("X12", "X12³", "X12 followed by digits", "'X12³'"), ("X12", "X12٣", "X12 followed by digits", "'X12٣'"),
        ("X12", "1123", "X12 followed by digits", "'1123'"), ("", "123", "serviceType followed by digits", "'123'"), (None, "123", "serviceType followed by digits", "'123'"),
    ],
)  # fmt: skip
def test_a_value_that_goes_on_in_digits(stem: str | None, text: str, expected: str, found: str) -> None:
    meta = "" if stem is None else f"<ns1:metaData><ns1:serviceType>{stem}</ns1:serviceType></ns1:metaData>"
    reply = get_site(f"{meta}<ns1:defaults><ns1:entryExitTone>{text}</ns1:entryExitTone></ns1:defaults>")
    told = element_checks.extends_by_digits(reply, WHOLE, TONE, "siteInstance/metaData/serviceType")
    assert words(told) == ([("element-value", TONE, expected, found)] if found else [])


USER = {"privilege/host": "<n:privilege><n:host>{}</n:host></n:privilege>",
        "supportedServices/meetingCenter": "<n:supportedServices><n:meetingCenter>{}</n:meetingCenter></n:supportedServices>"}  # fmt: skip


@pytest.mark.parametrize(
    ("host", "center", "actual"),
    [
        ("false", "true", ""), ("true", "0", ""), ("0", None, ""), (None, "false", ""),
        ("true", "true", "privilege/host true, supportedServices/meetingCenter true"), (None, None, "privilege/host absent, supportedServices/meetingCenter absent"),
    ],
)  # fmt: skip
def test_who_may_not_host_meetings_is_told_so_somewhere(host: str | None, center: str | None, actual: str) -> None:
    rows = "".join(USER[path].format(text) for path, text in zip(USER, (host, center), strict=True) if text is not None)
    found = words(element_checks.no_meeting_license(listed("GetUser", "user", rows), WHOLE))
    assert found == ([("license", "", "privilege/host or supportedServices/meetingCenter false", actual)] if actual else [])


@pytest.mark.parametrize(
    ("held", "numbers", "found"),
    [
        ("<ns1:hostPassword>abc</ns1:hostPassword><ns1:panelistPasscode>123</ns1:panelistPasscode>", 1, ""),
        ("<ns1:hostPassword>abc</ns1:hostPassword><ns1:meetingPwd>12a</ns1:meetingPwd>", 1, "hostPassword, meetingPwd"),
        ("<ns1:hostPassword>abc</ns1:hostPassword><ns1:meetingPwd>12²</ns1:meetingPwd>", 1, "hostPassword, meetingPwd"),
        ("<ns1:hostPassword>abc</ns1:hostPassword>", 0, "hostPassword"),
        ("<ns1:hostPASSWORD>abc</ns1:hostPASSWORD><ns1:other>abc</ns1:other>", 0, "hostPASSWORD"),
        ("<ns1:hostPassword>***</ns1:hostPassword><ns1:hostPasscode>xX-0</ns1:hostPasscode>", 0, "absent with its parent"),
        ("<ns1:hostPassword>True</ns1:hostPassword><ns1:hostPasscode>false</ns1:hostPasscode><ns1:aPwd>1</ns1:aPwd><ns1:bPwd/>", 0, "absent with its parent"),
        ("<ns1:passwords><ns1:a>abc</ns1:a></ns1:passwords>", 0, "absent with its parent"),
    ],
)
def test_elements_that_hold_a_password(held: str, numbers: int, found: str) -> None:
    told = words(element_checks.passwords(get_site(held), 2, numbers))
    assert told == ([("password", "accessControl", f"2 passwords, {numbers} of them numbers", found)] if found else [])


PANELIST = "two elements that say panelist and password, one of them a number"


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ("<ns1:panelistPassword>abc</ns1:panelistPassword><ns1:numericPanelistPassword>123</ns1:numericPanelistPassword>", ""),
        ("<ns1:panelistPassword>abc</ns1:panelistPassword><ns1:numericPANELISTPassword>x</ns1:numericPANELISTPassword>", "panelistPassword, numericPANELISTPassword"),
        ("<ns1:panelistPASSWORD>12</ns1:panelistPASSWORD><ns1:panelist>12</ns1:panelist><ns1:password>12</ns1:password>", "panelistPASSWORD"),
        ("<ns1:panelistPassword>ab</ns1:panelistPassword><ns1:panelistPassword2>1²</ns1:panelistPassword2>", "panelistPassword, panelistPassword2"),
        ("<ns1:panelistPassword>12</ns1:panelistPassword><ns1:panelistPassword2/>", "panelistPassword"),
        ("<ns1:Panelist><ns1:password>abc</ns1:password><ns1:numericPassword>123</ns1:numericPassword></ns1:Panelist>", ""),
        ("<ns1:panelist><ns1:pin>123</ns1:pin></ns1:panelist><ns1:host><ns1:password>123</ns1:password></ns1:host>", "absent with its parent"),
        ("", "absent with its parent"),
    ],
)
def test_passwords_of_panelists_are_told_by_what_they_say(held: str, found: str) -> None:
    told = words(element_checks.panelist_passwords(get_site(held)))
    assert told == ([("element-present", "accessControl", PANELIST, found)] if found else [])


def test_passwords_of_a_refusal_are_told_as_absent() -> None:
    bodyless = read_reply("GetSite", f'<m:message xmlns:m="{SERV}"><m:header><m:response>{REFUSED.replace("serv:", "m:")}</m:response></m:header></m:message>'.encode())
    absent = "absent, the site answered FAILURE 000017 No right"
    assert [one.actual for one in element_checks.panelist_passwords(bodyless)] == [absent]
    assert [one.actual for one in element_checks.passwords(bodyless, 1, 0)] == [absent]
    assert element_checks.absent(bodyless, "accessControl") == ()
    ordered = element_checks.in_order(get_site("", REFUSED), WHOLE, "siteInstance/tools", ["a", "b"])
    assert words(ordered) == [("element-order", "siteInstance/tools", "a, b", absent)]


def order_of(*names: str) -> Reply:
    return get_site(f"<ns1:metaData>{''.join(f'<ns1:{name}>x</ns1:{name}>' for name in names)}</ns1:metaData>")


META = "siteInstance/metaData"


@pytest.mark.parametrize(
    ("check", "names", "expected", "actual"),
    [
        ("directly_after", ("isEnterprise", "serviceType"), "", ""),
        ("directly_after", ("serviceType",), "", ""),
        ("directly_after", ("serviceType", "isEnterprise"), "directly after isEnterprise", "first"),
        ("directly_after", ("isEnterprise", "siteName", "serviceType"), "directly after isEnterprise", "after siteName"),
        ("directly_before", ("serviceType", "isEnterprise"), "", ""),
        ("directly_before", ("serviceType",), "", ""),
        ("directly_before", ("isEnterprise", "serviceType"), "directly before isEnterprise", "last"),
        ("directly_before", ("siteName", "serviceType", "siteName", "isEnterprise"), "directly before isEnterprise", "before siteName"),
    ],
)
def test_neighbours(check: str, names: tuple[str, ...], expected: str, actual: str) -> None:
    judged = getattr(element_checks, check)(order_of(*names), WHOLE, f"{META}/serviceType", "isEnterprise")
    assert words(judged) == ([("element-order", f"{META}/serviceType", expected, actual)] if expected else [])


@pytest.mark.parametrize(
    ("check", "names", "actual"),
    [
        ("comes_first", ("serviceType", "isEnterprise"), ""), ("comes_first", ("isEnterprise", "serviceType"), "after isEnterprise"),
        ("comes_last", ("isEnterprise", "serviceType"), ""), ("comes_last", ("isEnterprise", "serviceType", "siteName"), "before siteName"),
        ("comes_first", ("isEnterprise",), "absent (metaData has: isEnterprise)"), ("comes_last", (), "absent (metaData has: nothing)"),
    ],
)  # fmt: skip
def test_ends_of_a_row(check: str, names: tuple[str, ...], actual: str) -> None:
    judged = getattr(element_checks, check)(order_of(*names), WHOLE, f"{META}/serviceType")
    assert words(judged) == ([("element-order", f"{META}/serviceType", check.removeprefix("comes_"), actual)] if actual else [])


def test_the_order_of_a_few_names() -> None:
    names = ["isEnterprise", "serviceType", "siteName"]
    assert element_checks.in_order(order_of("isEnterprise", "odd", "siteName"), WHOLE, META, names) == ()
    wrong = order_of("siteName", "odd", "isEnterprise")
    assert words(element_checks.in_order(wrong, WHOLE, META, names)) == [("element-order", META, ", ".join(names), "siteName, isEnterprise")]
    for reply, told in ((order_of("isEnterprise", "isEnterprise"), "isEnterprise, isEnterprise"), (order_of(), "none")):
        with pytest.raises(CannotJudge, match=f"^no order to judge: {META} holds {told} of them$"):
            element_checks.in_order(reply, WHOLE, META, names)
    assert element_checks.in_order(order_of("serviceType"), WHOLE, META, ["serviceType"]) == ()


def test_the_order_of_the_body_itself() -> None:
    assert element_checks.in_order(get_site(""), WHOLE, "", ["siteInstance"]) == ()
    bodyless = read_reply("GetSite", f'<m:message xmlns:m="{SERV}"/>'.encode())
    with pytest.raises(CannotJudge, match="^no order to judge: the body holds none of them$"):
        element_checks.in_order(bodyless, WHOLE, "", ["siteInstance"])


@pytest.mark.parametrize(
    ("reply", "told"), [(tone("BEEP", "", "NOTONE"), "BEEP, empty, NOTONE"), (get_site(""), "absent with its parent"), (NOBODY, "absent, the site answered FAILURE 000017 No right")]
)
def test_what_is_told_for_an_observation(reply: Reply, told: str) -> None:
    assert element_checks.told(reply, WHOLE, TONE) == f"{TONE}: {told}"


def test_of_rows_that_are_named_none_may_hold_the_value() -> None:
    rows, name, leaf = "session", ("confName", "mine"), ("status", "1")

    def found(*told: tuple[str, str | None]) -> list[tuple[str, str, str, str]]:
        made = "".join(
            f"<n:session><n:confName>{called}</n:confName>{'' if status is None else f'<n:status>{status}</n:status>'}</n:session>" for called, status in told
        )
        return words(element_checks.no_row_with(listed("LstsummarySession", "ep", made), WHOLE, rows, name, leaf))

    assert found(("mine", "0"), ("other", "1"), ("mine", None)) == []
    assert found(("other", "0"), ("mine", "true")) == [("element-value", "session/status", "anything but '1' for mine", "'1'")]
    lacking = element_checks.no_row_with(listed("LstsummarySession", "ep", "<n:session><n:confName>mine</n:confName></n:session>"), WHOLE, rows, name, ("status", ""))
    assert [one.actual for one in lacking] == ["''"], "no text and an empty text are the same"


def test_a_place_of_several_that_lacks_the_element_is_told() -> None:
    half = get_site("<ns1:defaults><ns1:entryExitTone>A</ns1:entryExitTone></ns1:defaults><ns1:defaults/><ns1:defaults/>")
    assert words(element_checks.present(half, WHOLE, TONE)) == [("element-present", TONE, "entryExitTone", "absent in 2 of 3 places")]


def test_what_is_empty_is_there_only_if_it_may_be() -> None:
    assert words(element_checks.present(tone(""), WHOLE, TONE)) == [("element-present", TONE, "entryExitTone", "empty")]
    assert element_checks.present(tone(""), WHOLE, TONE, "text or empty") == ()
    assert element_checks.present(tone("BEEP"), WHOLE, "siteInstance/defaults") == (), "it holds no text but an element"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("<ns1:a>x</ns1:a><ns1:b>y</ns1:b>", "a x, b y"),
        ("<ns1:a>x</ns1:a><ns1:b>x</ns1:b>", "a x, b x: alike, so which of them is followed cannot be told"),
        ("<ns1:b>x</ns1:b>", "a absent, b x"),
        ("<ns1:a>x</ns1:a><ns1:b>y</ns1:b><ns1:a>y</ns1:a>", "a x, y, b y"),
    ],
)
def test_whether_two_elements_are_alike_is_told(held: str, told: str) -> None:
    assert element_checks.alike(get_site(held), WHOLE, "siteInstance/a", "siteInstance/b") == told
