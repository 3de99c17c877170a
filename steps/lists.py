"""Sentences that hold lists against each other."""

from conformance.judge import list_checks
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import then, when

#: The history reaches back 90 days, and its last 48 hours may be incomplete; zones are less than a day apart.
_TIMES = ("{now - 91 days}", "{now - 89 days}", "{now - 72 hours}", "{now + 1 day}")
#: What was viewed in between is told by every list alike, however long it takes to read them.
_SETTLED = {"viewTimeStart": _TIMES[1], "viewTimeEnd": _TIMES[2]}


def _named(services: str) -> list[str]:
    return services.replace(" and ", ", ").split(", ")


@when("the {role} sends {operation} for every choice of {services}")
def somebody_asks_for_every_choice(context: ScenarioContext, role: str, operation: str, services: str) -> None:
    for chosen in list_checks.choices(_named(services)):
        context.send_for_every_page(role, operation, {"serviceType": ", ".join(chosen), **_SETTLED})
        context.lists.append(context.reply)


@then("each choice of {services} tells {path} of the services it names and of no other")
def each_choice_is_the_sum(context: ScenarioContext, services: str, path: str) -> None:
    whole = context.run_context.contract.whole
    context.judge(list_checks.each_choice_is_the_sum(context.lists, _named(services), whole, path))


@then("{path} is another one in each row")
def each_row_is_another(context: ScenarioContext, path: str) -> None:
    context.judge(list_checks.each_row_another(context.reply, context.run_context.contract.whole, path))


@then("{rows} is another one for each of the two recordings")
def recordings_have_rows_of_their_own(context: ScenarioContext, rows: str) -> None:
    replies, whole = context.replies_of(context.last.request.operation), context.run_context.contract.whole
    context.judge(list_checks.rows_of_their_own(replies, whole, rows))


@then("the recording was not viewed in the last three days")
def recording_was_not_viewed(context: ScenarioContext) -> None:
    list_checks.require_unseen(context.reply, context.run_context.contract.whole, context.value(_TIMES[2]))


@then("the views are as many as {operation} counts")
def views_are_told(context: ScenarioContext, operation: str) -> None:
    (listed,), whole = context.replies_of(operation)[-1:], context.run_context.contract.whole
    context.judge(list_checks.views_told(context.reply, listed, whole, [context.value(one) for one in _TIMES]))
