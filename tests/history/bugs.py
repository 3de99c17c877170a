"""Bugs planted in the suite itself: what it says of a sound site is then wrong, and nobody's fault but ours.

A bug sits in one function and has a manner: it *accuses* (a check finds what is not there), *raises* (an error of our
code), *breaks* (it says nothing can be judged), or, of a request template, *forgets* an element or *misspells* one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from types import ModuleType
from typing import Any
from unittest.mock import patch

from lxml import etree

from conformance.judge import element_checks, list_checks, mail_checks, reply_checks
from conformance.judge.findings import Finding
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.sites.errors import CannotJudge
from conformance.wire.payloads import Payloads
from tests.rig import PAYLOADS, rig

_CHECKS = (element_checks, list_checks, mail_checks, reply_checks)
_SENDS = ("send", "arrange", "hold", "make", "sign_in", "send_for_every_page", "single_out", "require_login")
_MANNERS = {"check": ("accuses", "raises", "breaks"), "method": ("raises", "breaks"), "payload": ("forgets", "misspells")}


def names() -> list[str]:
    """Every bug that can be planted: ``kind/where:manner``."""
    places = [f"check/{module.__name__.rpartition('.')[2]}.{name}" for module in _CHECKS for name in _checks_of(module)]
    places += [f"method/{name}" for name in _SENDS]
    places += [f"payload/{operation}" for operation in PAYLOADS.operations]
    return sorted(f"{place}:{manner}" for place in places for manner in _MANNERS[place.partition("/")[0]])


def _checks_of(module: ModuleType) -> list[str]:
    own = inspect.getmembers(module, inspect.isfunction)
    return [name for name, function in own if function.__module__ == module.__name__ and _is_check(name, function)]


def _is_check(name: str, function: Any) -> bool:
    return not name.startswith("_") and inspect.signature(function).return_annotation == "Findings"


@contextmanager
def at_work(name: str) -> Iterator[None]:
    """The suite with the bug ``name``."""
    place, _, manner = name.partition(":")
    with patch.object(*_place(place), _bug(place, manner)):
        yield


def _place(place: str) -> tuple[Any, str]:
    """The object and the attribute of it that a bug sits in."""
    kind, _, where = place.partition("/")
    if kind == "check":
        module, _, name = where.partition(".")
        return next(one for one in _CHECKS if one.__name__.endswith(f".{module}")), name
    return (ScenarioContext, where) if kind == "method" else (Payloads, "render")


def _bug(place: str, manner: str) -> Callable[..., Any]:
    if manner in ("forgets", "misspells"):
        return _wrong_request(place.partition("/")[2], manner)

    def bug(*_: object, **__: object) -> tuple[Finding, ...]:
        if manner == "raises":
            raise KeyError(place)
        if manner == "breaks":
            raise CannotJudge(f"the reply of {place} holds nothing that could be judged")
        return (Finding("element-present", "body/planted", "an element", "absent"),)

    return bug


def _wrong_request(operation: str, manner: str) -> Callable[..., Any]:
    """Requests of ``operation`` lack the last element that holds text, or spell its name otherwise."""
    render = Payloads.render

    def bug(self: Payloads, asked: str, *more: Any, **named: Any) -> Any:
        body = render(self, asked, *more, **named)
        return _spoilt(body, manner) if asked == operation else body

    return bug


def _spoilt(body: bytes, manner: str) -> bytes:
    root = etree.fromstring(body)
    content = next(root.iter("bodyContent"), None)
    leaves = [one for one in content.iter() if len(one) == 0 and (one.text or "").strip()] if content is not None else []
    if not leaves:
        return body
    if manner == "misspells":
        leaves[0].tag = str(leaves[0].tag) + "s"
    else:
        parent = leaves[0].getparent()
        assert parent is not None
        parent.remove(leaves[0])
    return etree.tostring(root)


def met_by(name: str, scenarios: Sequence[Scenario], catalogue: Catalogue) -> list[Scenario]:
    """The scenarios that come by the place of the bug ``name``."""
    kind, _, where = name.partition(":")[0].partition("/")
    if kind == "payload":
        return [one for one in scenarios if where in one.operations]
    reached = _reached(tuple(scenarios), catalogue)
    return [one for one in scenarios if name.partition(":")[0] in reached[one.nodeid]]


@cache
def _reached(scenarios: tuple[Scenario, ...], catalogue: Catalogue) -> dict[str, set[str]]:
    """By scenario the places it comes by on a sound site."""
    reached: dict[str, set[str]] = {}
    now: list[set[str]] = [set()]
    with ExitStack() as stack, rig(catalogue) as site:
        for place in {name.partition(":")[0] for name in names()} - {f"payload/{one}" for one in PAYLOADS.operations}:
            owner, attribute = _place(place)
            stack.enter_context(patch.object(owner, attribute, _noting(getattr(owner, attribute), place, now)))
        for scenario in scenarios:
            now[0] = reached.setdefault(scenario.nodeid, set())
            site.run([scenario])
    return reached


def _noting(function: Callable[..., Any], place: str, now: list[set[str]]) -> Callable[..., Any]:
    def noting(*arguments: Any, **named: Any) -> Any:
        now[0].add(place)
        return function(*arguments, **named)

    return noting
