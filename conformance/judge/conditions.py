"""What a finding asks of one reply, as an XPath 1.0 expression: true where the clause is kept, false where it is not.

With it a failure can be shown on a machine without this suite, by what every machine has (xmllint). A finding that one
reply alone cannot show has none. Each form a check writes ``expected`` in has its rule here; a form without one is told
by no script, and whoever writes an envelope tries the expression on the reply that broke the clause first.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import combinations

from conformance.judge.contract import SCHEMAS, ComplexType, ContractView, ElementDeclaration
from conformance.judge.findings import Violation
from conformance.judge.reply_checks import LET_IN_AND_SERVED, NO_RECORD, NO_SUCH_USER
from conformance.wire.sign_in import ABOUT_USERS, BAD_TOKEN, OF_USERS, REFUSED_LOGINS

_RESPONSE = "//*[local-name()='header']/*[local-name()='response']"
_BODY = "//*[local-name()='body']/*[local-name()='bodyContent']"
_RESULT, _EXCEPTION = f"{_RESPONSE}/*[local-name()='result']", f"{_RESPONSE}/*[local-name()='exceptionID']"
_REASON = f"normalize-space({_RESPONSE}/*[local-name()='reason'])"
SUCCESS = f"normalize-space({_RESULT})='SUCCESS'"
_FAILURE = f"normalize-space({_RESULT})='FAILURE'"
_UPPER, _LOWER, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
_TEXT = "normalize-space(.)"
#: Both writings of a boolean are the same value.
_TWICE_WRITTEN = {"true": "1", "1": "true", "false": "0", "0": "false"}


def condition(violation: Violation, view: ContractView) -> str:
    """What ``violation`` asks of the reply it was found in; empty where one reply cannot show it."""
    rule = _RULES.get(violation.check)
    return rule(violation, _Places(violation.operation, view)) if rule else ""


def literal(text: str) -> str:
    """``text`` as XPath writes it, which has no way to escape a quote; on one line, whatever a site told."""
    text = " ".join(text.split())
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ',"\'",'.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"


class _Places:
    """Where the elements of one operation's reply stand, with the namespaces the contract declares."""

    def __init__(self, operation: str, view: ContractView) -> None:
        self._operation, self._view = operation, view

    @cached_property
    def _body(self) -> ComplexType:
        # Asked late: of an operation no schema declares whole replies can be judged still.
        return self._view.reply_type(self._operation)

    def at(self, path: str) -> str:
        """The elements at ``path``, as a feature writes it."""
        steps = [step for step in path.split("/") if step]
        if len(steps) == 1:
            declared = self._body.named(steps[0])
            if declared is None or declared.place:
                return f"{_BODY}//{_declared(steps[0], self._anywhere(steps[0]))}"
        told = _BODY
        here: ComplexType | None = self._body
        for step in steps:
            known = here.named(step) if here else None
            told += f"/{_declared(step, known)}"
            here = self._view.types.get(known.type) if known else None
        return told

    def _anywhere(self, name: str) -> ElementDeclaration | None:
        reachable: Iterable[ComplexType] = self._view.reachable(self._body).values()
        return next((one for kind in reachable if (one := kind.named(name))), None)


def _declared(name: str, known: ElementDeclaration | None) -> str:
    if known is not None and known.place:
        return f"{_named(name)}[starts-with(namespace-uri(),{literal(SCHEMAS)})]"
    return _named(name, known.name[0] if known else "")


def _named(name: str, namespace: str = "") -> str:
    where = f"[namespace-uri()={literal(namespace)}]" if namespace else ""
    return f"*[local-name()={literal(name)}]{where}"


def _each(place: str, test: str) -> str:
    return f"count({place})>0 and not({place}[not({test})])"


def _is(text: str) -> str:
    if "@" in text:
        return f"{_lowered(_TEXT)}={literal(text.lower())}"
    values = [text, *([_TWICE_WRITTEN[text]] if text in _TWICE_WRITTEN else [])]
    return " or ".join(f"{_TEXT}={literal(value)}" for value in values)


def _lowered(expression: str) -> str:
    return f"translate({expression},'{_UPPER}','{_LOWER}')"


def _quoted(words: str) -> str | None:
    """The text that ``repr`` wrote; None where there is none, or it was cut short."""
    try:
        value = ast.literal_eval(words)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


# -- the whole reply -------------------------------------------------------------


def _result(violation: Violation, _: _Places) -> str:
    wanted = violation.expected
    refusal = re.fullmatch(r"FAILURE(?: (\d{6}))?", wanted)
    if refusal:
        return " and ".join([_FAILURE, *([f"{_EXCEPTION}={literal(refusal[1])}"] if refusal[1] else [])])
    listed = re.fullmatch(r"SUCCESS, or FAILURE (\d{6})", wanted)
    if listed:
        return f"{SUCCESS} or ({_FAILURE} and {_EXCEPTION}={literal(listed[1])})"
    return {"SUCCESS": SUCCESS, "SUCCESS or FAILURE": f"{SUCCESS} or {_FAILURE}"}.get(wanted, "")


def _body_type(violation: Violation, _: _Places) -> str:
    name, __, namespace = violation.expected.partition(" in ")
    kind = f"{_BODY}/@*[local-name()='type']"
    prefix = f"substring-before({kind},':')"
    bound = f"{_BODY}/namespace::*[name()={prefix}]={literal(namespace)}"
    return f"{SUCCESS} and substring-after({kind},':')={literal(name)} and {bound}"


def _exception(violation: Violation, _: _Places) -> str:
    other = re.fullmatch(r"any but (\d{6})", violation.expected)
    if other:
        return f"({SUCCESS} or {_FAILURE}) and not({_EXCEPTION}={literal(other[1])})"
    if violation.expected.startswith("absent"):
        return f"not({_EXCEPTION})"
    known = re.fullmatch(r"\d{6}", violation.expected)
    return f"{_FAILURE} and {_EXCEPTION}={literal(violation.expected)}" if known else ""


def _reason(violation: Violation, _: _Places) -> str:
    wanted = _quoted(violation.expected)
    if wanted is None:
        return ""
    plain = " ".join(wanted.split()).removesuffix(".").rstrip().lower()
    told = _lowered(_REASON)
    return f"{told}={literal(plain)} or {told}={literal(plain + '.')}"


def _refusal_form(violation: Violation, _: _Places) -> str:
    if violation.path == "response/gsbStatus":
        status = f"normalize-space({_RESPONSE}/*[local-name()='gsbStatus'])"
        return f"{status}='PRIMARY' or {status}='BACKUP'"
    if violation.path == "bodyContent":
        return f"count({_BODY})=1 and not({_BODY}/*) and not({_BODY}/@*[local-name()='type'])"
    names = violation.expected.removesuffix(", each once").split(", ")
    once = [f"count({_RESPONSE}/{_named(name)})<2" for name in names]
    return " and ".join([*once, *_in_this_order(_RESPONSE, names)])


def _login(violation: Violation, _: _Places) -> str:
    if violation.expected == LET_IN_AND_SERVED:
        return SUCCESS
    nobody = f"{_EXCEPTION}={literal(NO_SUCH_USER)}"
    let_in = f"string({_EXCEPTION})!='' and not({nobody} or {_refused_login(violation.operation)})"
    return f"{SUCCESS} or ({_FAILURE} and {let_in})"


def _login_refused(_: Violation, __: _Places) -> str:
    return f"{_FAILURE} and ({_refused_login('')})"


def _refused_login(operation: str) -> str:
    told = [f"{_EXCEPTION}={literal(one)}" for one in REFUSED_LOGINS]
    told.append(f"contains({_lowered(_REASON)},{literal(BAD_TOKEN)})")
    family = [] if operation in ABOUT_USERS else [f"starts-with({_EXCEPTION},{literal(OF_USERS)})"]
    return " or ".join([*told, *family])


# -- elements --------------------------------------------------------------------


def _present(violation: Violation, places: _Places) -> str:
    name, _, kind = violation.expected.partition(", ")
    parent, _, last = violation.path.rpartition("/")
    if name != last:
        return ""
    found = places.at(violation.path)
    tests = [*([f"(* or {_TEXT}!='')"] if kind != "text or empty" else []), *([f"({_kind(kind)})"] if kind else [])]
    everywhere = f" and not({places.at(parent)}[not({_named(last)})])" if parent else ""
    return _each(found, " and ".join(tests)) + everywhere


def _kind(kind: str) -> str:
    listed, digits = kind.removeprefix("one of "), re.fullmatch(r"(\d+) (hexadecimal )?digits", kind)
    if listed != kind:
        return " or ".join(f"{_TEXT}={literal(word.strip())}" for word in listed.split(","))
    if digits:
        letters = _DIGITS + ("abcdefABCDEF" if digits[2] else "")
        return f"string-length({_TEXT})={digits[1]} and translate({_TEXT},'{letters}','')=''"
    return _KINDS[kind] if kind != "date and time" else _date_and_time()


def _date_and_time() -> str:
    month, day, year = (f"number(substring({_TEXT},{at}))" for at in ("1,2", "4,2", "7,4"))
    hour, minute, second = (f"number(substring({_TEXT},{at},2))" for at in (12, 15, 18))
    leap = f"({year} mod 4=0 and ({year} mod 100!=0 or {year} mod 400=0))"
    long = f"contains('01 03 05 07 08 10 12',substring({_TEXT},1,2))"
    last = f"({day}<29 or ({day}=29 and {leap}) or ({day}<31 and {month}!=2) or {long})"
    tests = (
        f"translate({_TEXT},'{_DIGITS}','9999999999')='99/99/9999 99:99:99'",
        f"{year}>0 and {month}>0 and {month}<13 and {day}>0 and {day}<32 and {last}",
        f"(({hour}<24 and {minute}<60 and {second}<60) or substring({_TEXT},12)='24:00:00')",
    )
    return " and ".join(tests)


_UNSIGNED = f"translate({_TEXT},'+-','')"
_KINDS = {
    "boolean": f"{_TEXT}='true' or {_TEXT}='false' or {_TEXT}='1' or {_TEXT}='0'",
    "integer": f"{_UNSIGNED}!='' and translate({_UNSIGNED},'{_DIGITS}','')=''",
    "count": f"{_TEXT}!='' and translate({_TEXT},'{_DIGITS}','')=''",
    "text": f"{_TEXT}!=''",
    "text or empty": "true()",
}


def _of_kind(violation: Violation, places: _Places) -> str:
    return _each(places.at(violation.path), _kind(violation.expected))


def _once(violation: Violation, places: _Places) -> str:
    found, last = places.at(violation.path), violation.path.rpartition("/")[2]
    return f"count({found})>0 and not({found}[preceding-sibling::{_named(last)}])"


def _absent(violation: Violation, _: _Places) -> str:
    return f"not({_BODY}//" + "/".join(map(_named, violation.path.split("/"))) + ")"


def _value(violation: Violation, places: _Places) -> str:
    wanted, found = violation.expected, places.at(violation.path)
    rest = wanted.removeprefix("anything but ")
    value = _quoted(rest.removesuffix(", or absent"))
    if value is not None:
        if rest == wanted:
            return _each(found, _is(value))
        return f"not({found}[{_is(value)}])" if rest.endswith(", or absent") else _each(found, f"not({_is(value)})")
    row = re.fullmatch(r"('.*'|\".*\") for (.+)", rest)
    if row and (leaf := _quoted(row[1])) is not None:
        named = f"../{_named('confName')}={literal(row[2])}"
        return f"not({found}[({_is(leaf)}) and {named}])"
    digits = re.fullmatch(r"(\S+) followed by digits", wanted)
    if digits:
        tail = f"substring-after({_TEXT},{literal(digits[1])})"
        test = f"starts-with({_TEXT},{literal(digits[1])}) and {tail}!='' and translate({tail},'{_DIGITS}','')=''"
        return _each(found, test)
    if wanted == "another one in each row":
        return f"count({found})>0 and not({found}[. = preceding::{_named(violation.path.rpartition('/')[2])}])"
    return ""


def _order(violation: Violation, places: _Places) -> str:
    found, wanted = places.at(violation.path), violation.expected
    near = re.fullmatch(r"directly (after|before) (\w+)", wanted)
    if near:
        axis = {"after": "preceding", "before": "following"}[near[1]]
        test = f"{axis}-sibling::*[1][local-name()={literal(near[2])}] or not(../{_named(near[2])})"
        return _each(found, test)
    end = {"first": "not(preceding-sibling::*)", "last": "not(following-sibling::*)"}.get(wanted)
    if end:
        return _each(found, end)
    names = wanted.split(", ")
    if not all(re.fullmatch(r"\w+", name) for name in names):
        return ""
    return " and ".join([f"count({found})>0", *_in_this_order(found, names)])


def _in_this_order(holder: str, names: list[str]) -> list[str]:
    pairs = combinations(names, 2)
    return [f"not({holder}/{_named(last)}/following-sibling::{_named(first)})" for first, last in pairs]


# -- lists -----------------------------------------------------------------------


def _count(violation: Violation, places: _Places) -> str:
    told, wanted = places.at(violation.path), violation.expected
    if wanted == "exactly 1":
        return f"count({told})=1"
    rows = re.fullmatch(r"(?:\d+|at least 1), the number of (\w+)", wanted)
    if rows:
        number = f"count({places.at(rows[1])})"
        return f"{number}>0 and number({told})={number}"
    least = re.fullmatch(r"at least (\d+)", wanted)
    if least:
        return f"number({told})>={least[1]}"
    return f"number({told})={wanted}" if wanted.isdigit() else ""


def _row_listed(violation: Violation, places: _Places) -> str:
    number = re.match(r"(\d+), ", violation.expected)
    return f"{places.at(violation.path)}={literal(number[1])}" if number else ""


def _row_not_listed(violation: Violation, places: _Places) -> str:
    nothing = f"{_FAILURE} and {_EXCEPTION}={literal(NO_RECORD)}"
    return f"({SUCCESS} or ({nothing})) and not({places.at(violation.path)}={literal(violation.actual)})"


def _row_order(violation: Violation, places: _Places) -> str:
    found, (*_, row, last) = places.at(violation.path), ["", *violation.path.split("/")]
    if not row:
        return ""
    before = f"../preceding-sibling::{_named(row)}/{_named(last)}"
    return f"count({found})>1 and not({found}[{before} >= number(.)])"


def _license(_: Violation, places: _Places) -> str:
    paths = ("privilege/host", "supportedServices/meetingCenter")
    return " or ".join(f"{places.at(path)}[{_is('false')}]" for path in paths)


_RULES: dict[str, Callable[[Violation, _Places], str]] = {
    "result": _result,
    "body-type": _body_type,
    "exception-id": _exception,
    "reason": _reason,
    "refusal-form": _refusal_form,
    "login": _login,
    "login-refused": _login_refused,
    "element-present": _present,
    "element-kind": _of_kind,
    "element-count": _once,
    "element-absent": _absent,
    "element-value": _value,
    "element-order": _order,
    "count": _count,
    "row-present": _row_listed,
    "row-absent": _row_not_listed,
    "row-order": _row_order,
    "license": _license,
}
