"""Checks of elements: presence, absence, kind, value, order."""

from __future__ import annotations

from collections.abc import Callable

from conformance.judge.contract import View
from conformance.judge.finder import Finder, Found
from conformance.judge.kinds import fits_kind
from conformance.judge.violation import Finding
from conformance.wire.message import Reply, children
from conformance.wire.xml import Element, local_name, text_of

Findings = tuple[Finding, ...]


def present(reply: Reply, whole: View, path: str, kind: str = "") -> Findings:
    """Every parent holds the last step of ``path``, not empty, and of ``kind`` when one is given."""
    expected = ", ".join(part for part in (local_name_of(path), kind) if part)
    finder = Finder(reply, whole)
    found = finder.all(path)
    parents, name = finder.parents(path)
    if not found:
        return (Finding("element-present", path, expected, _absence(reply, parents)),)
    missing = [parent for parent in parents if "/" in path and not finder.in_parent(parent, path)]
    if missing:
        return (Finding("element-present", path, expected, f"absent in {len(missing)} of {len(parents)} places"),)
    for item in found:
        if not item.text and not children(item.element):
            return (Finding("element-present", path, expected, "empty"),)
        if kind and not fits_kind(item.text, kind):
            return (Finding("element-kind", path, kind, repr(item.text)),)
    return ()


def absent(reply: Reply, name: str) -> Findings:
    """No element called ``name`` stands anywhere in the reply, in whatever namespace."""
    if reply.body is None:
        return ()
    places = [element for element in reply.body.iter() if isinstance(element.tag, str) and local_name(element) == name]
    if not places:
        return ()
    return (Finding("element-absent", name, "absent", f"present: {text_of(places[0])!r}"),)


def value_is(reply: Reply, whole: View, path: str, value: str) -> Findings:
    """Every element at ``path`` holds ``value``; booleans may be written 1 and 0."""
    return value_fits(reply, whole, path, repr(value), lambda text: _same(text, value))


def value_is_not(reply: Reply, whole: View, path: str, value: str) -> Findings:
    """Elements at ``path`` are there and none holds ``value``."""
    return value_fits(reply, whole, path, f"anything but {value!r}", lambda text: bool(text) and not _same(text, value))


def value_fits(reply: Reply, whole: View, path: str, expected: str, fits: Callable[[str], bool]) -> Findings:
    """Every element at ``path`` satisfies ``fits``; ``expected`` says what that is."""
    found = Finder(reply, whole).all(path)
    if not found:
        return (Finding("element-value", path, expected, _absence(reply, Finder(reply, whole).parents(path)[0])),)
    wrong = next((item for item in found if not fits(item.text)), None)
    return () if wrong is None else (Finding("element-value", path, expected, repr(wrong.text)),)


def directly_after(reply: Reply, whole: View, path: str, before: str) -> Findings:
    """Each element at ``path`` comes directly after its sibling called ``before``."""

    def judge(position: int, names: list[str]) -> str:
        if position and names[position - 1] == before:
            return ""
        return f"after {names[position - 1]}" if position else "first"

    return _ordered(reply, whole, path, f"directly after {before}", judge)


def directly_before(reply: Reply, whole: View, path: str, after: str) -> Findings:
    """Each element at ``path`` comes directly before its sibling called ``after``."""

    def judge(position: int, names: list[str]) -> str:
        following = names[position + 1] if position + 1 < len(names) else ""
        return "" if following == after else f"before {following}" if following else "last"

    return _ordered(reply, whole, path, f"directly before {after}", judge)


def comes_first(reply: Reply, whole: View, path: str) -> Findings:
    """Each element at ``path`` is the first child its parent is declared to have."""
    return _ordered(reply, whole, path, "first", lambda position, names: "" if position == 0 else f"after {names[position - 1]}")


def comes_last(reply: Reply, whole: View, path: str) -> Findings:
    """Each element at ``path`` is the last child its parent is declared to have."""

    def judge(position: int, names: list[str]) -> str:
        return "" if position == len(names) - 1 else f"before {names[position + 1]}"

    return _ordered(reply, whole, path, "last", judge)


def in_order(reply: Reply, whole: View, parent: str, names: list[str]) -> Findings:
    """Those of ``names`` that stand below ``parent`` come in this order; at least two must be there."""
    holders = [found.element for found in Finder(reply, whole).all(parent)] if parent else [reply.body]
    if not holders:
        return (Finding("element-order", parent, ", ".join(names), _absence(reply, [])),)
    for holder in holders:
        actual = [local_name(child) for child in children(holder) if local_name(child) in names] if holder is not None else []
        if len(dict.fromkeys(actual)) < min(2, len(names)) or actual != sorted(actual, key=names.index):
            return (Finding("element-order", parent, ", ".join(names), ", ".join(actual) or "none of them"),)
    return ()


def _ordered(reply: Reply, whole: View, path: str, expected: str, judge: Callable[[int, list[str]], str]) -> Findings:
    finder = Finder(reply, whole)
    found = finder.all(path)
    if not found:
        return (Finding("element-order", path, expected, _absence(reply, finder.parents(path)[0])),)
    for item in found:
        actual = judge(*_position(item, finder))
        if actual:
            return (Finding("element-order", path, expected, actual),)
    return ()


def _position(item: Found, finder: Finder) -> tuple[int, list[str]]:
    siblings = finder.neighbours(item)
    same = [index for index, sibling in enumerate(siblings) if sibling is item.element]
    return (same[0] if same else len(siblings) - 1), [local_name(sibling) for sibling in siblings]


def _same(text: str, value: str) -> bool:
    return text == value or {text, value} in ({"true", "1"}, {"false", "0"})


def local_name_of(path: str) -> str:
    """The last step of a path."""
    return path.rpartition("/")[2]


def _absence(reply: Reply, parents: list[Element]) -> str:
    if not reply.succeeded:
        return f"absent, the site answered {reply.verdict()}"
    if not parents:
        return "absent with its parent"
    names = [local_name(child) for child in children(parents[0])]
    shown = ", ".join(names[:3]) + (f", ... {len(names) - 3} more" if len(names) > 3 else "")
    return f"absent ({local_name(parents[0])} has: {shown or 'nothing'})"
