"""What the sentences of the features judge: which element, value or exception id, in the reply of which operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.judge.reply_checks import NO_RECORD
from conformance.reporting.documentation.reference import Mention
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.step_registry import ScenarioStep, StepRegistry

_RESULT = "header/response/result"
_REFUSAL = (_RESULT, "header/response/exceptionID")
_COUNTS = ("matchingRecords/total", "matchingRecords/returned", "matchingRecords/startFrom")
#: Sentences that judge elements they do not name, by the step function: those of the envelope, and those of the body.
_ENVELOPE = {
    "call_succeeds": (_RESULT,),
    "call_succeeds_or_finds_nothing": _REFUSAL,
    "one_call_succeeds": (_RESULT,),
    "right_address_answers": (_RESULT,),
    "login_is_accepted": (_RESULT,),
    "login_is_refused": (_RESULT,),
    "call_is_refused": (_RESULT,),
    "call_is_refused_with": _REFUSAL,
    "call_is_refused_where_allowed": _REFUSAL,
    "call_is_not_refused_with": _REFUSAL,
    "reason_is": ("header/response/reason",),
    "refusal_has_standard_form": (*_REFUSAL, "header/response/gsbStatus", "body/bodyContent"),
    "list_can_be_read": (_RESULT,),
}
_BODY = {
    "counts_agree": _COUNTS,
    "there_is_one": _COUNTS,
    "each_choice_is_the_sum": _COUNTS[:1],
    "recordings_are_listed": ("recordAccessHistory/recordID",),
    "no_recording_is_listed": ("recordAccessHistory/recordID",),
    "user_has_no_license": ("privilege/host", "supportedServices/meetingCenter"),
    "views_are_told": ("recordDetail/viewed", "recordDetail/downloaded", "recordDetail/accessTime"),
}
_VALUES = {
    "call_succeeds": ("SUCCESS",),
    "call_is_refused": ("FAILURE",),
    "call_is_refused_with": ("FAILURE",),
    "call_is_refused_where_allowed": ("FAILURE",),
}


def mentions(catalogue: Catalogue) -> Iterator[Mention]:
    """Everything the features of ``catalogue`` judge or record, scenario by scenario."""
    for file in catalogue.read_all([catalogue.root / "features"]):
        for scenario in file.scenarios.values():
            yield from _of(scenario, catalogue.registry)


def _of(scenario: Scenario, registry: StepRegistry) -> Iterator[Mention]:
    asked = scenario.operations[0] if scenario.operations else ""
    for step in scenario.steps:
        match = registry.look_up(step, scenario.path)
        if step.type == "then":
            told = _told(match.function.__name__, match.arguments, asked)
            judged = scenario.level != "observe" and not step.text.endswith(" recorded")
            for operation, path, values in told:
                yield Mention(scenario.nodeid, scenario.clause.id, operation, path, judged, values)
        else:
            asked = _asked(step, match.arguments, asked)


def _asked(step: ScenarioStep, arguments: dict[str, Any], before: str) -> str:
    """The operation whose reply is the latest after a step."""
    if step.text.startswith(("a new user", "another new user")):
        return before
    return str(arguments.get("operation", before))


def _told(function: str, arguments: dict[str, Any], asked: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    values = _VALUES.get(function, ())
    yield from (("", path, values) for path in _ENVELOPE.get(function, ()))
    yield from ((asked, path, ()) for path in _BODY.get(function, ()))
    yield from ((asked, one, ()) for one in _exceptions(function, arguments))
    named = str(arguments.get("operation", asked))
    both = "other" in arguments
    for path, words in _paths(arguments):
        yield asked if both else named, path, words
    if both:
        yield named, str(arguments["other"]), ()


def _exceptions(function: str, arguments: dict[str, Any]) -> Iterator[str]:
    if "exception_id" in arguments:
        yield str(arguments["exception_id"])
    if function in ("call_succeeds_or_finds_nothing", "list_can_be_read"):
        yield NO_RECORD


def _paths(arguments: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every path a sentence names, with the values it asks for there."""
    rows, path = str(arguments.get("rows", "")), str(arguments.get("path", ""))
    value = (str(arguments["value"]),) if "value" in arguments else ()
    if rows:
        yield rows, ()
    if rows and "leaf" in arguments:
        yield f"{rows}/{arguments['leaf']}", value
        yield f"{rows}/confName", ()
    elif path:
        yield path, value
        parent = path.rpartition("/")[0]
        for beside in ("before", "after"):
            if beside in arguments:
                yield f"{parent}/{arguments[beside]}".lstrip("/"), ()
        if "stem" in arguments:
            yield str(arguments["stem"]), ()
    yield from _cells(arguments.get("datatable", ()), path)


def _cells(table: Iterable[list[str]], parent: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in list(table)[1:]:
        path = f"{parent}/{row[0]}" if parent else row[0]
        kind = row[1] if len(row) > 1 else ""
        listed = kind.removeprefix("one of ") if kind.startswith("one of ") else ""
        yield path, tuple(word.strip() for word in listed.split(",") if word.strip())
