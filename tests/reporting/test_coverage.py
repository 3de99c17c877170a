"""How much of the contract is asked for, seen, judged and killed: three operations, made-up scenarios and runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.judge.contract import Contract
from conformance.reporting.documentation.coverage import (
    KINDS,
    Coverage,
    CoverageRow,
    ExceptionEntry,
    Part,
    Reasons,
    read_exceptions,
    read_reasons,
)
from conformance.reporting.documentation.evidence import Evidence
from conformance.reporting.documentation.reference import Elements, Mention, OperationEntry, Reference
from conformance.reporting.shapes import Shape
from conformance.reporting.summary import RunFile
from conformance.sites.errors import UserError
from conformance.sites.profile import ROLES
from conformance.sites.settings import known_settings
from tests.comparison.made import a_run, shape

STATUS, ADDRESS = "use:delUserStatusType/status", "com:addressType/addressType"
SETTING = next(iter(known_settings()))


@pytest.fixture(scope="module")
def elements(contract: Contract) -> Elements:
    """Every element, with the places it has in the messages of three operations."""
    return Elements(contract, ["GetUser", "SetUser", "DelUser"], [])


def entry(name: str, *scenarios: str, parameters: Mapping[str, str] = {}, roles: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> OperationEntry:
    return OperationEntry(name, "user", True, "", "", parameters, roles, settings, scenarios)


def reference(elements: Elements, *mentions: Mention, killed: Mapping[str, int] = {}, **operations: OperationEntry) -> Reference:
    known = {name: operations.get(name, entry(name)) for name in ("GetUser", "SetUser", "DelUser")}
    return Reference(elements, known, mentions, {}, (), killed)


def refusal(name: str, unjudged: str = "") -> ExceptionEntry:
    return ExceptionEntry(name, "it says so", "yes", "GetUser", "notes", "", unjudged)


def coverage(
    reference: Reference, *runs: RunFile, exceptions: tuple[ExceptionEntry, ...] = (), reasons: Mapping[str, Mapping[str, str]] = {}, measured: bool = False
) -> Coverage:
    return Coverage(reference, Evidence(runs, {}), {one.id: one for one in exceptions}, Reasons(reasons), measured)


def part(told: Coverage, kind: str, name: str) -> Part:
    (found,) = (one for one in told.parts if (one.kind, one.name) == (kind, name))
    return found


def true_of(told: Coverage, kind: str, name: str) -> set[str]:
    """What can be said of one thing."""
    return {word for word in ("asked", "live", "mock", "judged", "killed") if getattr(part(told, kind, name), word)}


def run_of(operation: str, *paths: str, mock: bool = False) -> RunFile:
    return a_run(mock=mock, shapes={operation: shape(paths)})


def mention(operation: str, path: str, *values: str, judged: bool = True) -> Mention:
    return Mention("one", "R1-01", operation, path, judged, values)


# -- operations ----------------------------------------------------------------


def test_an_operation_that_scenarios_send_is_asked_and_judged(elements: Elements) -> None:
    told = coverage(reference(elements, DelUser=entry("DelUser", "one")))
    assert true_of(told, "operation", "DelUser") == {"asked", "judged"}
    assert true_of(told, "operation", "GetUser") == set()


@pytest.mark.parametrize(("judged", "words"), [(True, {"judged"}), (False, set())])
def test_an_operation_whose_reply_a_scenario_judges_is_judged(elements: Elements, judged: bool, words: set[str]) -> None:
    told = coverage(reference(elements, mention("DelUser", "user/status", judged=judged)))
    assert true_of(told, "operation", "DelUser") == words


@pytest.mark.parametrize(("mocks", "words"), [([], set()), ([True], {"mock"}), ([False], {"live"}), ([True, False], {"mock", "live"})])
def test_an_operation_is_seen_where_a_reply_has_a_shape(elements: Elements, mocks: list[bool], words: set[str]) -> None:
    told = coverage(reference(elements), *(run_of("DelUser", mock=mock) for mock in mocks), a_run(shapes={"DelUser": {}}))
    assert true_of(told, "operation", "DelUser") == words
    assert true_of(told, "operation", "GetUser") == set()


def test_an_operation_is_killed_with_an_element_of_its_reply(elements: Elements) -> None:
    told = coverage(reference(elements, killed={STATUS: 1, "use:setUser/firstName": 1}))
    assert true_of(told, "operation", "DelUser") == {"killed"}
    assert true_of(told, "operation", "SetUser") == set()


# -- elements ------------------------------------------------------------------


def test_an_element_of_a_reply_is_asked_with_its_operation(elements: Elements) -> None:
    told = coverage(reference(elements, DelUser=entry("DelUser", "one")))
    assert true_of(told, "element", STATUS) == {"asked"}
    assert true_of(told, "element", "use:delUser/webExId") == set()
    assert true_of(told, "element", "use:getUserResponse/freeAccount") == set()


def test_an_element_of_a_request_is_asked_where_a_template_sends_it(elements: Elements) -> None:
    told = coverage(reference(elements, DelUser=entry("DelUser", parameters={"webExId": "user"})))
    assert true_of(told, "element", "use:delUser/webExId") == {"asked"}
    assert true_of(told, "element", "use:delUser/syncWebOffice") == set()
    both = coverage(reference(elements, GetUser=entry("GetUser", "one"), SetUser=entry("SetUser", parameters={"address/city": "city"})))
    assert true_of(both, "element", "com:addressType/city") == true_of(both, "element", ADDRESS) == {"asked"}


@pytest.mark.parametrize(("mocks", "words"), [([], set()), ([True], {"mock"}), ([False], {"live"}), ([False, True], {"mock", "live"})])
def test_an_element_is_seen_where_a_reply_held_it(elements: Elements, mocks: list[bool], words: set[str]) -> None:
    told = coverage(reference(elements), *(run_of("DelUser", "user", "user/status", mock=mock) for mock in mocks))
    assert true_of(told, "element", STATUS) == words
    assert true_of(told, "element", "use:delUserStatusType/webExId") == set()


def test_an_element_is_judged_by_a_scenario_and_killed_by_a_fault(elements: Elements) -> None:
    told = coverage(reference(elements, mention("DelUser", "user/status"), mention("DelUser", "user/webExId", judged=False), killed={STATUS: 2}))
    assert true_of(told, "element", STATUS) == {"judged", "killed"}
    assert true_of(told, "element", "use:delUserStatusType/webExId") == set()


# -- values --------------------------------------------------------------------

TYPE = "serv:resultTypeType"


def met(*words: str, mock: bool = False) -> RunFile:
    whole: Shape = shape(["user", "user/status"])
    whole["user/status"]["words"] = list(words)
    return a_run(mock=mock, shapes={"DelUser": whole})


def test_a_value_is_asked_when_an_element_of_its_list_is_in_a_message(elements: Elements) -> None:
    told = coverage(reference(elements))
    assert true_of(told, "value", f"{TYPE} SUCCESS") == {"asked"}
    unspoken = elements.all["att:attendeeType/joinStatus"]
    assert not unspoken.occurrences
    assert true_of(told, "value", f"{unspoken.type} REGISTER") == set()
    assert {one.name for one in told.parts if one.kind == "value"} == {f"{name} {one}" for name, several in elements.enumerations.items() for one in several}


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ([met("FAILURE")], set()),
        ([met("SUCCESS", "FAILURE")], {"live"}),
        ([met("SUCCESS", mock=True)], {"mock"}),
        ([met("SUCCESS", mock=True), met("SUCCESS")], {"live", "mock"}),
    ],
)
def test_a_value_is_seen_where_a_reply_held_it(elements: Elements, runs: list[RunFile], words: set[str]) -> None:
    assert true_of(coverage(reference(elements), *runs), "value", f"{TYPE} SUCCESS") == words | {"asked"}


def test_a_value_is_judged_that_a_scenario_asks_for(elements: Elements) -> None:
    told = coverage(reference(elements, mention("DelUser", "user/status", "SUCCESS"), killed={STATUS: 1, TYPE: 1, f"{TYPE} SUCCESS": 1}))
    assert true_of(told, "value", f"{TYPE} SUCCESS") == {"asked", "judged"}
    assert part(told, "value", f"{TYPE} FAILURE") == Part("value", f"{TYPE} FAILURE", asked=True, live=False, mock=False, judged=False, killed=False)


# -- exception ids, roles, settings ----------------------------------------------


@pytest.mark.parametrize(
    ("judged", "killed", "words"),
    [
        ([], {}, set()),
        ([False], {"R1-01": 1}, {"asked"}),
        ([True], {}, {"asked", "judged"}),
        ([True], {"R1-02": 1}, {"asked", "judged"}),
        ([False, True], {"R1-01": 1}, {"asked", "judged", "killed"}),
    ],
)
def test_an_exception_id_is_asked_judged_and_killed_by_its_clauses(
    elements: Elements, judged: list[bool], killed: Mapping[str, int], words: set[str]
) -> None:
    mentions = [mention("DelUser", "000015", judged=one) for one in judged]
    told = coverage(reference(elements, *mentions, killed=killed), exceptions=(refusal("000015"), refusal("000016", "nobody can")))
    assert true_of(told, "exception id", "000015") == words
    assert true_of(told, "exception id", "000016") == set()
    assert (part(told, "exception id", "000015").reason, part(told, "exception id", "000016").reason) == ("", "nobody can")


def test_a_role_and_a_setting_are_judged_where_an_operation_is_asked_with_them(elements: Elements) -> None:
    told = coverage(reference(elements, DelUser=entry("DelUser", roles=("host",), settings=(SETTING,))))
    assert true_of(told, "role", "host") == true_of(told, "setting", SETTING) == {"asked", "judged"}
    others = [one for one in told.parts if one.kind in ("role", "setting") and one.name not in ("host", SETTING)]
    assert others == [Part(one.kind, one.name, asked=False, live=False, mock=False, judged=False, killed=False) for one in others]
    assert [one.name for one in told.parts if one.kind == "role"] == list(ROLES)
    assert [one.name for one in told.parts if one.kind == "setting"] == list(known_settings())


# -- figures -------------------------------------------------------------------


def test_every_kind_has_a_row_with_what_is_measured_of_it(elements: Elements) -> None:
    mentions = mention("DelUser", "user/status", "SUCCESS"), mention("DelUser", "000015")
    known = reference(
        elements, *mentions, killed={STATUS: 1, "R1-01": 1},
        DelUser=entry("DelUser", "one", roles=("host",), settings=(SETTING,)), GetUser=entry("GetUser"),
    )  # fmt: skip
    told = coverage(known, met("SUCCESS"), run_of("GetUser", "email", mock=True), exceptions=(refusal("000015"), refusal("000016")))
    values = sum(map(len, elements.enumerations.values()))
    rows = {row.kind: row for row in told.rows()}
    assert list(rows) == list(KINDS)
    assert rows["operation"] == CoverageRow("operation", 3, 1, 1, 1, 1, None)
    assert rows["element"] == CoverageRow("element", len(elements.all), 3, 2, 1, 1, None)
    assert (rows["value"].total, rows["value"].live, rows["value"].mock, rows["value"].judged) == (values, 1, 0, 1)
    assert rows["exception id"] == CoverageRow("exception id", 2, 1, None, None, 1, None)
    assert rows["role"] == CoverageRow("role", len(ROLES), 1, None, None, 1, None)
    assert rows["setting"] == CoverageRow("setting", len(known_settings()), 1, None, None, 1, None)
    measured = {row.kind: row.killed for row in replace(told, measured=True).rows()}
    assert measured == {"operation": 1, "element": 1, "value": None, "exception id": 1, "role": None, "setting": None}


def test_what_is_neither_judged_nor_given_a_reason_is_told(elements: Elements) -> None:
    reasons: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    known = reference(elements, mention("DelUser", "000015"), DelUser=entry("DelUser", "one", roles=("host",)))
    bare = coverage(known, exceptions=(refusal("000015", "why"), refusal("000016")))
    for one in bare.parts:
        reasons[one.kind][one.name] = "" if one.judged else "why"
    told = coverage(known, exceptions=(refusal("000015"),), reasons=reasons)
    del reasons["exception id"]
    assert told.unaccounted() == []
    assert part(told, "operation", "GetUser").reason == "why"
    reasons["operation"] = {"SetUser": "why", "DelUser": "why", "LstUser": "why"}
    reasons["role"] |= {"host": "why", "guest": "why"}
    wrong = coverage(known, exceptions=(refusal("000015", "why"), refusal("000016")), reasons=reasons)
    assert wrong.unaccounted() == [
        "nobody judges the operation GetUser",
        "nobody judges the exception id 000016",
        "the operation DelUser is judged, and given a reason not to be",
        "the exception id 000015 is judged, and given a reason not to be",
        "the role host is judged, and given a reason not to be",
        "there is no operation LstUser",
        "there is no role guest",
    ]


# -- files ---------------------------------------------------------------------


def test_a_list_of_exceptions_is_read_by_id(tmp_path: Path) -> None:
    (tmp_path / "exceptions.toml").write_text(
        '[[exception]]\nid = "000015"\nreason = "größer"\ncertain = "yes"\noperations = "GetUser"\nsource = "notes"\nsince = "41.11.0"\n'
        'unjudged = "nobody can"\n[[exception]]\nid = "000016"\nreason = 7\nother = "passed over"\n',
        encoding="utf-8",
    )
    assert read_exceptions(tmp_path) == {
        "000015": ExceptionEntry("000015", "größer", "yes", "GetUser", "notes", "41.11.0", "nobody can"),
        "000016": ExceptionEntry("000016", "7", "", "", "", "", ""),
    }
    (tmp_path / "exceptions.toml").write_text("", encoding="utf-8")
    assert read_exceptions(tmp_path) == {}


@pytest.mark.usefixtures("ascii_files")
def test_reasons_are_read_by_kind_and_name(tmp_path: Path) -> None:
    (tmp_path / "unjudged.toml").write_text(
        """
[[reason]]
words = "request only"
elements = {"use:delUser" = "webExId  syncWebOffice", "use:getUser" = "webExId"}
values = {"use:serviceType" = ["FREE OFFICE", "OTHER"]}
operations = ["LstUser", "SetUser"]
[[reason]]
words = "nobody has it"
elements = {"use:getUser" = "email"}
values = {"com:listingType" = ["PUBLIC"]}
operations = ["DelUser"]
roles = ["attendee"]
settings = ["audio"]
[[reason]]
words = "größer"
roles = ["host"]
""",
        encoding="utf-8",
    )
    reasons = read_reasons(tmp_path)
    assert reasons.of == {
        "operation": {"LstUser": "request only", "SetUser": "request only", "DelUser": "nobody has it"},
        "element": {
            "use:delUser/webExId": "request only", "use:delUser/syncWebOffice": "request only", "use:getUser/webExId": "request only",
            "use:getUser/email": "nobody has it",
        },
        "value": {"use:serviceType FREE OFFICE": "request only", "use:serviceType OTHER": "request only", "com:listingType PUBLIC": "nobody has it"},
        "exception id": {},
        "role": {"attendee": "nobody has it", "host": "größer"},
        "setting": {"audio": "nobody has it"},
    }  # fmt: skip
    assert (reasons.why("role", "attendee"), reasons.why("role", "guest"), reasons.why("colour", "red")) == ("nobody has it", "", "")
    (tmp_path / "unjudged.toml").write_text("", encoding="utf-8")
    assert read_reasons(tmp_path).of == {kind: {} for kind in KINDS}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "it cannot be read: No such file or directory"),
        (b"[[reason]", "it cannot be read: not TOML: Expected ']]' at the end of an array declaration"),
        (b"\xff", "it cannot be read: not TOML: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_message(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "unjudged.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError) as problem:
        read_reasons(tmp_path)
    assert problem.value.what.startswith(why)
    assert (problem.value.code, problem.value.where) == ("reasons", str(file))
