"""Sentences about the latest reply: result, elements, values, order, lists."""

from conformance.judge import element_checks, reply_checks
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import columns, then


@then("the call succeeds")
def call_succeeds(context: ScenarioContext) -> None:
    context.judge(reply_checks.succeeded(context.reply, context.run_context.contract.whole))


@then("the call succeeds or finds nothing")
def call_succeeds_or_finds_nothing(context: ScenarioContext) -> None:
    context.judge(reply_checks.succeeded_or_empty(context.reply, context.run_context.contract.whole))


@then("the call succeeds unless this caller has no right to it")
def call_succeeds_where_allowed(context: ScenarioContext) -> None:
    context.judge(reply_checks.succeeded_where_allowed(context.reply, context.run_context.contract.whole))


@then("just one of the last two calls succeeds")
def one_call_succeeds(context: ScenarioContext) -> None:
    context.judge(reply_checks.one_succeeded(context.reply_before, context.reply))


@then("the call is refused")
def call_is_refused(context: ScenarioContext) -> None:
    context.judge(reply_checks.refused(context.reply))


@then("the call is refused with {exception_id}")
def call_is_refused_with(context: ScenarioContext, exception_id: str) -> None:
    context.judge(reply_checks.refused(context.reply, exception_id))


@then("the call is refused with {exception_id} unless this caller has no right to it")
def call_is_refused_where_allowed(context: ScenarioContext, exception_id: str) -> None:
    context.judge(reply_checks.refused_where_allowed(context.reply, exception_id))


@then("the call is not refused with {exception_id}")
def call_is_not_refused_with(context: ScenarioContext, exception_id: str) -> None:
    context.judge(reply_checks.not_refused_with(context.reply, exception_id))


@then('the reason is "{reason}"')
def reason_is(context: ScenarioContext, reason: str) -> None:
    context.judge(reply_checks.reason_is(context.reply, reason))


@then("the caller is signed in")
def login_is_accepted(context: ScenarioContext) -> None:
    context.judge(reply_checks.login_accepted(context.reply, context.last.request))


@then("the caller is not signed in")
def login_is_refused(context: ScenarioContext) -> None:
    context.judge(reply_checks.login_not_accepted(context.reply))


@then("the refusal has gsbStatus and an empty body")
def refusal_has_standard_form(context: ScenarioContext) -> None:
    context.judge(reply_checks.has_form_of_refusal(context.reply))


@then("the list can be read")
def list_can_be_read(context: ScenarioContext) -> None:
    context.judge(reply_checks.list_given(context.reply))


@then("the list holds the {listed}")
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
@columns("element", "kind")
def reply_contains(context: ScenarioContext, datatable: list[list[str]]) -> None:
    for path, kind in datatable[1:]:
        context.judge(element_checks.present(context.reply, context.run_context.contract.whole, path, kind))


@then("the reply contains in one place at least")
@columns("element", "kind")
def reply_contains_somewhere(context: ScenarioContext, datatable: list[list[str]]) -> None:
    for path, kind in datatable[1:]:
        whole = context.run_context.contract.whole
        context.judge(element_checks.present(context.reply, whole, path, kind, everywhere=False))


@then("the reply contains none of")
@columns("element")
def reply_contains_none_of(context: ScenarioContext, datatable: list[list[str]]) -> None:
    for (name,) in datatable[1:]:
        context.judge(element_checks.absent(context.reply, name))


@then('{path} is "{text}"')
def element_is(context: ScenarioContext, path: str, value: str) -> None:
    context.judge(
        element_checks.value_is(context.reply, context.run_context.contract.whole, path, context.value(value))
    )


@then('{path} is not "{text}"')
def element_is_not(context: ScenarioContext, path: str, value: str) -> None:
    context.judge(
        element_checks.value_is_not(context.reply, context.run_context.contract.whole, path, context.value(value))
    )


@then("{path} comes directly after {before}")
def element_follows(context: ScenarioContext, path: str, before: str) -> None:
    context.judge(element_checks.directly_after(context.reply, context.promised, path, before))


@then("{path} comes directly before {after}")
def element_precedes(context: ScenarioContext, path: str, after: str) -> None:
    context.judge(element_checks.directly_before(context.reply, context.promised, path, after))


@then("{path} comes {end} in its parent")
def element_stands_at_the_end(context: ScenarioContext, path: str, end: str) -> None:
    check = {"first": element_checks.comes_first, "last": element_checks.comes_last}[end]
    context.judge(check(context.reply, context.promised, path))


@then("the children of the body keep this order")
@columns("element")
def body_keeps_order(context: ScenarioContext, datatable: list[list[str]]) -> None:
    context.judge(
        element_checks.in_order(
            context.reply, context.run_context.contract.whole, "", [row[0] for row in datatable[1:]]
        )
    )


@then("the children of {path} keep this order")
@columns("element")
def children_keep_order(context: ScenarioContext, path: str, datatable: list[list[str]]) -> None:
    context.judge(
        element_checks.in_order(
            context.reply, context.run_context.contract.whole, path, [row[0] for row in datatable[1:]]
        )
    )


@then("the counts agree with the number of {rows}")
@then("the counts agree with the number of {rows} from row {number} on")
def counts_agree(context: ScenarioContext, rows: str, number: str = "1") -> None:
    whole = context.run_context.contract.whole
    context.judge(reply_checks.counts_agree(context.reply, whole, rows, int(number)))


@then("there is exactly one {rows}")
def there_is_one(context: ScenarioContext, rows: str) -> None:
    context.judge(reply_checks.one_row(context.reply, context.run_context.contract.whole, rows))


@then('no {path} is "{text}"')
def no_element_is(context: ScenarioContext, path: str, value: str) -> None:
    context.judge(element_checks.none_is(context.reply, context.run_context.contract.whole, path, context.value(value)))


@then('no {rows} called "{name}" has {leaf} "{text}"')
def no_row_has(context: ScenarioContext, rows: str, name: str, leaf: str, value: str) -> None:
    named = ("confName", context.value(name))
    context.judge(
        element_checks.no_row_with(context.reply, context.run_context.contract.whole, rows, named, (leaf, value))
    )


@then("{path} is what {operation} said in {other_path}")
def element_agrees(context: ScenarioContext, path: str, operation: str, other: str) -> None:
    (asked,) = context.replies_of(operation)[-1:]
    context.judge(reply_checks.same_as(context.reply, path, asked, other, context.run_context.contract.whole))


@then("{path} is the same in both replies of {operation}")
def element_stays(context: ScenarioContext, path: str, operation: str) -> None:
    replies = context.replies_of(operation)
    context.judge(element_checks.unchanged(replies, context.run_context.contract.whole, path))


@then("{path} is another one in each reply of {operation}")
def element_is_another(context: ScenarioContext, path: str, operation: str) -> None:
    replies = context.replies_of(operation)
    context.judge(element_checks.all_different(replies, context.run_context.contract.whole, path))


@then("{path} is another one in the last two replies")
def element_is_another_now(context: ScenarioContext, path: str) -> None:
    replies, whole = [context.reply_before, context.reply], context.run_context.contract.whole
    context.judge(element_checks.all_different(replies, whole, path))


@then("{path} is not the same in all replies of {operation}")
def element_differs(context: ScenarioContext, path: str, operation: str) -> None:
    replies = context.replies_of(operation)
    context.judge(element_checks.not_all_the_same(replies, context.run_context.contract.whole, path))


@then('{path} of {operation} in that zone is the moment "{moment}"')
def element_is_the_moment(context: ScenarioContext, path: str, operation: str, moment: str) -> None:
    (listed,), zones = context.replies_of(operation)[-1:], context.replies_of("LstTimeZone") or [context.reply]
    whole = context.run_context.contract.whole
    context.judge(reply_checks.moment_is(listed, zones, whole, path, context.value(moment)), about=operation)


@then("{path} is the same in the last two replies")
def element_is_the_same(context: ScenarioContext, path: str) -> None:
    context.judge(
        element_checks.same_in_both(context.reply_before, context.reply, context.run_context.contract.whole, path)
    )


@then("at least one of these elements is another one while {other_setting} is/are {state}")
@columns("element")
def some_element_differs_on_another_night(
    context: ScenarioContext, other_setting: str, value: str, datatable: list[list[str]]
) -> None:
    context.judge_against_another_night(other_setting, value, [row[0] for row in datatable[1:]])


@then("{path} is {stem} followed by digits")
def element_extends(context: ScenarioContext, path: str, stem: str) -> None:
    context.judge(element_checks.extends_by_digits(context.reply, context.run_context.contract.whole, path, stem))


@then("{path} ascends from row to row")
def rows_ascend(context: ScenarioContext, path: str) -> None:
    context.judge(reply_checks.ascends(context.reply, context.run_context.contract.whole, path))


@then("of these recordings exactly those of {kinds} are listed")
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


@then("the session is shown in full")
def session_is_shown_in_full(context: ScenarioContext) -> None:
    reply_checks.require_whole_session(context.reply, context.run_context.contract.whole)


@then("the {item} is one of the host")
def session_is_of_the_host(context: ScenarioContext, item: str) -> None:
    asking = context.held("host")["webExId"]
    reply_checks.require_host(context.reply, context.run_context.contract.whole, item, asking)


@then("whether {path} and {other_path} of {operation} are alike is recorded")
def elements_alike_are_recorded(context: ScenarioContext, path: str, other: str, operation: str) -> None:
    (reply,) = context.replies_of(operation)[-1:]
    context.observe(element_checks.alike(reply, context.run_context.contract.whole, path, other))


@then("the reply contains four passwords, two of them numbers")
def four_passwords(context: ScenarioContext) -> None:
    context.judge(element_checks.passwords(context.reply, 4, 2))


@then("the reply contains a password and a numeric password of the panelists")
def panelists_have_passwords(context: ScenarioContext) -> None:
    context.judge(element_checks.panelist_passwords(context.reply))


@then("the answer is recorded")
def answer_is_recorded(context: ScenarioContext) -> None:
    context.observe(f"{context.reply.operation} answered {context.reply.verdict()}")


@then("{path} is recorded")
def element_is_recorded(context: ScenarioContext, path: str) -> None:
    context.observe(element_checks.told(context.reply, context.run_context.contract.whole, path))
