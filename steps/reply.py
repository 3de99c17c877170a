"""Sentences about the latest reply: result, elements, values, order, lists."""

from pytest_bdd import parsers, then

from conformance.judge import element_checks, list_checks, reply_checks
from conformance.run.world import World


@then("the call succeeds")
def call_succeeds(world: World) -> None:
    world.judge(reply_checks.succeeded(world.reply, world.stage.contract.whole))


@then("the call is refused")
def call_is_refused(world: World) -> None:
    world.judge(reply_checks.refused(world.reply))


@then(parsers.re(r"the call is refused with (?P<exception_id>\d{6})"))
def call_is_refused_with(world: World, exception_id: str) -> None:
    world.judge(reply_checks.refused(world.reply, exception_id))


@then(parsers.re(r"the call is not refused with (?P<exception_id>\d{6})"))
def call_is_not_refused_with(world: World, exception_id: str) -> None:
    world.judge(reply_checks.not_refused_with(world.reply, exception_id))


@then(parsers.re(r'the reason is "(?P<reason>.+)"'))
def reason_is(world: World, reason: str) -> None:
    world.judge(reply_checks.reason_is(world.reply, reason))


@then("the login is accepted")
def login_is_accepted(world: World) -> None:
    world.judge(reply_checks.login_accepted(world.reply))


@then("the refusal has the standard form")
def refusal_has_standard_form(world: World) -> None:
    world.judge(reply_checks.has_form_of_refusal(world.reply))


@then("the address is no longer served")
def address_is_not_served(world: World) -> None:
    world.judge(reply_checks.not_served(world.last))


@then("the reply contains")
def reply_contains(world: World, datatable: list[list[str]]) -> None:
    for path, kind in datatable[1:]:
        world.judge(element_checks.present(world.reply, world.stage.contract.whole, path, kind))


@then("the reply contains none of")
def reply_contains_none_of(world: World, datatable: list[list[str]]) -> None:
    for (name,) in datatable[1:]:
        world.judge(element_checks.absent(world.reply, name))


@then(parsers.re(r'(?P<path>[\w/]+) is "(?P<value>[^"]*)"'))
def element_is(world: World, path: str, value: str) -> None:
    world.judge(element_checks.value_is(world.reply, world.stage.contract.whole, path, world.value(value)))


@then(parsers.re(r'(?P<path>[\w/]+) is not "(?P<value>[^"]*)"'))
def element_is_not(world: World, path: str, value: str) -> None:
    world.judge(element_checks.value_is_not(world.reply, world.stage.contract.whole, path, world.value(value)))


@then(parsers.re(r"(?P<path>[\w/]+) comes directly after (?P<before>\w+)"))
def element_follows(world: World, path: str, before: str) -> None:
    world.judge(element_checks.directly_after(world.reply, world.stage.contract.whole, path, before))


@then(parsers.re(r"(?P<path>[\w/]+) comes directly before (?P<after>\w+)"))
def element_precedes(world: World, path: str, after: str) -> None:
    world.judge(element_checks.directly_before(world.reply, world.stage.contract.whole, path, after))


@then(parsers.re(r"(?P<path>[\w/]+) comes (?P<end>first|last) in its parent"))
def element_stands_at_the_end(world: World, path: str, end: str) -> None:
    check = {"first": element_checks.comes_first, "last": element_checks.comes_last}[end]
    world.judge(check(world.reply, world.stage.contract.whole, path))


@then("the children of the body keep this order")
def body_keeps_order(world: World, datatable: list[list[str]]) -> None:
    world.judge(element_checks.in_order(world.reply, world.stage.contract.whole, "", [row[0] for row in datatable[1:]]))


@then(parsers.re(r"the children of (?P<path>[\w/]+) keep this order"))
def children_keep_order(world: World, path: str, datatable: list[list[str]]) -> None:
    world.judge(
        element_checks.in_order(world.reply, world.stage.contract.whole, path, [row[0] for row in datatable[1:]])
    )


@then(parsers.re(r"the counts agree with the number of (?P<rows>\w+)"))
def counts_agree(world: World, rows: str) -> None:
    world.judge(list_checks.counts_agree(world.reply, world.stage.contract.whole, rows))


@then(parsers.re(r"there is exactly one (?P<rows>\w+)"))
def there_is_one(world: World, rows: str) -> None:
    world.judge(list_checks.one_row(world.reply, world.stage.contract.whole, rows))


@then(parsers.re(r'no (?P<path>[\w/]+) is "(?P<value>[^"]*)"'))
def no_element_is(world: World, path: str, value: str) -> None:
    world.judge(element_checks.none_is(world.reply, world.stage.contract.whole, path, world.value(value)))


@then(parsers.re(r'no (?P<rows>\w+) called "(?P<name>[^"]+)" has (?P<leaf>\w+) "(?P<value>[^"]*)"'))
def no_row_has(world: World, rows: str, name: str, leaf: str, value: str) -> None:
    named = ("confName", world.value(name))
    world.judge(element_checks.no_row_with(world.reply, world.stage.contract.whole, rows, named, (leaf, value)))


@then(parsers.re(r"(?P<path>[\w/]+) is the same in the last two replies"))
def element_is_the_same(world: World, path: str) -> None:
    world.judge(element_checks.same_in_both(world.reply_before, world.reply, world.stage.contract.whole, path))


@then("at least one of these elements changed between the two replies")
def some_element_changed(world: World, datatable: list[list[str]]) -> None:
    paths = [row[0] for row in datatable[1:]]
    world.judge(element_checks.changed(world.reply_before, world.reply, world.stage.contract.whole, paths))


@then(parsers.re(r"(?P<path>[\w/]+) is (?P<stem>[\w/]+) followed by digits"))
def element_extends(world: World, path: str, stem: str) -> None:
    world.judge(element_checks.extends_by_digits(world.reply, world.stage.contract.whole, path, stem))


@then(parsers.re(r"(?P<path>[\w/]+) ascends from row to row"))
def rows_ascend(world: World, path: str) -> None:
    world.judge(list_checks.ascends(world.reply, world.stage.contract.whole, path))


@then(parsers.re(r"of these recordings exactly those of (?P<kinds>.+) are listed"))
def recordings_are_listed(world: World, kinds: str) -> None:
    recordings = world.held("recording of every kind")
    world.judge(list_checks.lists_exactly(world.reply, world.stage.contract.whole, recordings, kinds.split(" and ")))


@then("none of these recordings is listed")
def no_recording_is_listed(world: World) -> None:
    recordings = world.held("recording of every kind")
    world.judge(list_checks.lists_exactly(world.reply, world.stage.contract.whole, recordings, []))


@then("the user has no meeting license")
def user_has_no_license(world: World) -> None:
    world.judge(element_checks.no_meeting_license(world.reply, world.stage.contract.whole))


@then("the reply contains a password and a numeric password of the panelists")
def panelists_have_passwords(world: World) -> None:
    world.judge(element_checks.panelist_passwords(world.reply))


@then("the answer is recorded")
def answer_is_recorded(world: World) -> None:
    world.observe(f"{world.reply.operation} answered {world.reply.verdict()}")


@then(parsers.re(r"(?P<path>[\w/]+) is recorded"))
def element_is_recorded(world: World, path: str) -> None:
    world.observe(element_checks.told(world.reply, world.stage.contract.whole, path))
