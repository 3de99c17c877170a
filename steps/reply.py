"""Sentences about the latest reply: result, elements, values, order, lists."""

from pytest_bdd import parsers, then

from conformance.judge import element_checks, reply_checks
from conformance.scenarios.scenario_context import ScenarioContext


@then("the call succeeds")
def call_succeeds(context: ScenarioContext) -> None:
    context.judge(reply_checks.succeeded(context.reply, context.run_context.contract.whole))


@then("the call succeeds or finds nothing")
def call_succeeds_or_finds_nothing(context: ScenarioContext) -> None:
    context.judge(reply_checks.succeeded_or_empty(context.reply, context.run_context.contract.whole))


@then("just one of the last two calls succeeds")
def one_call_succeeds(context: ScenarioContext) -> None:
    context.judge(reply_checks.one_succeeded(context.reply_before, context.reply))


@then("the call is refused")
def call_is_refused(context: ScenarioContext) -> None:
    context.judge(reply_checks.refused(context.reply))


@then(parsers.re(r"the call is refused with (?P<exception_id>\d{6})"))
def call_is_refused_with(context: ScenarioContext, exception_id: str) -> None:
    context.judge(reply_checks.refused(context.reply, exception_id))


@then(parsers.re(r"the call is not refused with (?P<exception_id>\d{6})"))
def call_is_not_refused_with(context: ScenarioContext, exception_id: str) -> None:
    context.judge(reply_checks.not_refused_with(context.reply, exception_id))


@then(parsers.re(r'the reason is "(?P<reason>.+)"'))
def reason_is(context: ScenarioContext, reason: str) -> None:
    context.judge(reply_checks.reason_is(context.reply, reason))


@then("the caller is signed in")
def login_is_accepted(context: ScenarioContext) -> None:
    context.judge(reply_checks.login_accepted(context.reply))


@then("the caller is not signed in")
def login_is_refused(context: ScenarioContext) -> None:
    context.judge(reply_checks.login_not_accepted(context.reply))


@then("the refusal has gsbStatus and an empty body")
def refusal_has_standard_form(context: ScenarioContext) -> None:
    context.judge(reply_checks.has_form_of_refusal(context.reply))


@then("the list can be read")
def list_can_be_read(context: ScenarioContext) -> None:
    context.judge(reply_checks.list_given(context.reply))


@then(parsers.re(r"the list holds the (?P<listed>.+)"))
def list_holds(context: ScenarioContext, listed: str) -> None:
    context.single_out(listed)


@then("the right address answers with SUCCESS")
def right_address_answers(context: ScenarioContext) -> None:
    context.judge(reply_checks.right_address_served(context.last, context.run_context.contract.whole))


@then("what the address answers is recorded")
def answer_of_the_address_is_recorded(context: ScenarioContext) -> None:
    context.observe(reply_checks.answer_at(context.last))


@then("the address is no longer served")
def address_is_not_served(context: ScenarioContext) -> None:
    context.judge(reply_checks.not_served(context.last))


@then("the reply contains")
def reply_contains(context: ScenarioContext, datatable: list[list[str]]) -> None:
    for path, kind in datatable[1:]:
        context.judge(element_checks.present(context.reply, context.run_context.contract.whole, path, kind))


@then("the reply contains none of")
def reply_contains_none_of(context: ScenarioContext, datatable: list[list[str]]) -> None:
    for (name,) in datatable[1:]:
        context.judge(element_checks.absent(context.reply, name))


@then(parsers.re(r'(?P<path>[\w/]+) is "(?P<value>[^"]*)"'))
def element_is(context: ScenarioContext, path: str, value: str) -> None:
    context.judge(
        element_checks.value_is(context.reply, context.run_context.contract.whole, path, context.value(value))
    )


@then(parsers.re(r'(?P<path>[\w/]+) is not "(?P<value>[^"]*)"'))
def element_is_not(context: ScenarioContext, path: str, value: str) -> None:
    context.judge(
        element_checks.value_is_not(context.reply, context.run_context.contract.whole, path, context.value(value))
    )


@then(parsers.re(r"(?P<path>[\w/]+) comes directly after (?P<before>\w+)"))
def element_follows(context: ScenarioContext, path: str, before: str) -> None:
    context.judge(element_checks.directly_after(context.reply, context.promised, path, before))


@then(parsers.re(r"(?P<path>[\w/]+) comes directly before (?P<after>\w+)"))
def element_precedes(context: ScenarioContext, path: str, after: str) -> None:
    context.judge(element_checks.directly_before(context.reply, context.promised, path, after))


@then(parsers.re(r"(?P<path>[\w/]+) comes (?P<end>first|last) in its parent"))
def element_stands_at_the_end(context: ScenarioContext, path: str, end: str) -> None:
    check = {"first": element_checks.comes_first, "last": element_checks.comes_last}[end]
    context.judge(check(context.reply, context.promised, path))


@then("the children of the body keep this order")
def body_keeps_order(context: ScenarioContext, datatable: list[list[str]]) -> None:
    context.judge(
        element_checks.in_order(
            context.reply, context.run_context.contract.whole, "", [row[0] for row in datatable[1:]]
        )
    )


@then(parsers.re(r"the children of (?P<path>[\w/]+) keep this order"))
def children_keep_order(context: ScenarioContext, path: str, datatable: list[list[str]]) -> None:
    context.judge(
        element_checks.in_order(
            context.reply, context.run_context.contract.whole, path, [row[0] for row in datatable[1:]]
        )
    )


@then(parsers.re(r"the counts agree with the number of (?P<rows>\w+)"))
def counts_agree(context: ScenarioContext, rows: str) -> None:
    context.judge(reply_checks.counts_agree(context.reply, context.run_context.contract.whole, rows))


@then(parsers.re(r"there is exactly one (?P<rows>\w+)"))
def there_is_one(context: ScenarioContext, rows: str) -> None:
    context.judge(reply_checks.one_row(context.reply, context.run_context.contract.whole, rows))


@then(parsers.re(r'no (?P<path>[\w/]+) is "(?P<value>[^"]*)"'))
def no_element_is(context: ScenarioContext, path: str, value: str) -> None:
    context.judge(element_checks.none_is(context.reply, context.run_context.contract.whole, path, context.value(value)))


@then(parsers.re(r'no (?P<rows>\w+) called "(?P<name>[^"]+)" has (?P<leaf>\w+) "(?P<value>[^"]*)"'))
def no_row_has(context: ScenarioContext, rows: str, name: str, leaf: str, value: str) -> None:
    named = ("confName", context.value(name))
    context.judge(
        element_checks.no_row_with(context.reply, context.run_context.contract.whole, rows, named, (leaf, value))
    )


@then(parsers.re(r"(?P<path>[\w/]+) is what (?P<operation>\w+) said in (?P<other>[\w/]+)"))
def element_agrees(context: ScenarioContext, path: str, operation: str, other: str) -> None:
    (asked,) = context.replies_of(operation)[-1:]
    context.judge(reply_checks.same_as(context.reply, path, asked, other, context.run_context.contract.whole))


@then(parsers.re(r"(?P<path>[\w/]+) is the same in both replies of (?P<operation>\w+)"))
def element_stays(context: ScenarioContext, path: str, operation: str) -> None:
    replies = context.replies_of(operation)
    context.judge(element_checks.unchanged(replies, context.run_context.contract.whole, path))


@then(parsers.re(r"(?P<path>[\w/]+) is another one in each reply of (?P<operation>\w+)"))
def element_is_another(context: ScenarioContext, path: str, operation: str) -> None:
    replies = context.replies_of(operation)
    context.judge(element_checks.all_different(replies, context.run_context.contract.whole, path))


@then(parsers.re(r'(?P<path>[\w/]+) of (?P<operation>\w+) in that zone is the moment "(?P<moment>[^"]+)"'))
def element_is_the_moment(context: ScenarioContext, path: str, operation: str, moment: str) -> None:
    (listed,), zones = context.replies_of(operation)[-1:], context.reply
    whole = context.run_context.contract.whole
    context.judge(reply_checks.moment_is(listed, zones, whole, path, context.value(moment)), about=operation)


@then(parsers.re(r"(?P<path>[\w/]+) is the same in the last two replies"))
def element_is_the_same(context: ScenarioContext, path: str) -> None:
    context.judge(
        element_checks.same_in_both(context.reply_before, context.reply, context.run_context.contract.whole, path)
    )


@then("at least one of these elements changed between the two replies")
def some_element_changed(context: ScenarioContext, datatable: list[list[str]]) -> None:
    paths = [row[0] for row in datatable[1:]]
    context.judge(
        element_checks.changed(context.reply_before, context.reply, context.run_context.contract.whole, paths)
    )


@then(parsers.re(r"(?P<path>[\w/]+) is (?P<stem>[\w/]+) followed by digits"))
def element_extends(context: ScenarioContext, path: str, stem: str) -> None:
    context.judge(element_checks.extends_by_digits(context.reply, context.run_context.contract.whole, path, stem))


@then(parsers.re(r"(?P<path>[\w/]+) ascends from row to row"))
def rows_ascend(context: ScenarioContext, path: str) -> None:
    context.judge(reply_checks.ascends(context.reply, context.run_context.contract.whole, path))


@then(parsers.re(r"of these recordings exactly those of (?P<kinds>.+) are listed"))
def recordings_are_listed(context: ScenarioContext, kinds: str) -> None:
    recordings = context.held_of_kind("recording of ")
    context.judge(
        reply_checks.lists_exactly(context.reply, context.run_context.contract.whole, recordings, kinds.split(" and "))
    )


@then("none of these recordings is listed")
def no_recording_is_listed(context: ScenarioContext) -> None:
    recordings = context.held_of_kind("recording of ")
    context.judge(reply_checks.lists_exactly(context.reply, context.run_context.contract.whole, recordings, []))


@then("the user has no meeting license")
def user_has_no_license(context: ScenarioContext) -> None:
    context.judge(element_checks.no_meeting_license(context.reply, context.run_context.contract.whole))


@then("the reply contains four passwords, two of them numbers")
def four_passwords(context: ScenarioContext) -> None:
    context.judge(element_checks.passwords(context.reply, 4, 2))


@then("the reply contains a password and a numeric password of the panelists")
def panelists_have_passwords(context: ScenarioContext) -> None:
    context.judge(element_checks.panelist_passwords(context.reply))


@then("the answer is recorded")
def answer_is_recorded(context: ScenarioContext) -> None:
    context.observe(f"{context.reply.operation} answered {context.reply.verdict()}")


@then(parsers.re(r"(?P<path>[\w/]+) is recorded"))
def element_is_recorded(context: ScenarioContext, path: str) -> None:
    context.observe(element_checks.told(context.reply, context.run_context.contract.whole, path))
