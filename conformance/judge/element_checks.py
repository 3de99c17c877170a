"""Checks of elements: presence, absence, kind, value, order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from conformance.judge.contract import ContractView
from conformance.judge.elements import Finder, FoundElement, fits_kind, may_be_empty, same_value
from conformance.judge.findings import Finding
from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Element, Reply, children, is_count, local_name, qname, text_of, texts_of

Findings = tuple[Finding, ...]


def present(reply: Reply, whole: ContractView, path: str, kind: str = "", *, everywhere: bool = True) -> Findings:
    """Every parent, or one at least, holds the last step of ``path``, not empty, and of ``kind`` when one is given."""
    expected = ", ".join(part for part in (local_name_of(path), kind) if part)
    finder = Finder(reply, whole)
    found = finder.all(path)
    parents, _ = finder.parents(path)
    if not found:
        return (Finding("element-present", path, expected, _absence(reply, parents, path)),)
    missing = [parent for parent in parents if "/" in path and not finder.in_parent(parent, path)]
    if everywhere and missing:
        return (Finding("element-present", path, expected, f"absent in {len(missing)} of {len(parents)} places"),)
    if repeated := _told_twice(path, found):
        return repeated
    for item in found:
        if not item.text and not children(item.element) and not may_be_empty(kind):
            return (Finding("element-present", path, expected, "empty"),)
        if kind and not fits_kind(item.text, kind):
            return (Finding("element-kind", path, kind, repr(item.text)),)
    return ()


def absent(reply: Reply, path: str) -> Findings:
    """Nothing stands at ``path``, whatever its namespace; a lone name is looked for anywhere."""
    if reply.body is None:
        return ()
    *above, last = path.split("/")
    for element in reply.body.iter():
        if local_name(element) != last:
            continue
        ancestors = islice(element.iterancestors(), len(above))
        if [local_name(ancestor) for ancestor in ancestors] == above[::-1]:
            return (Finding("element-absent", path, "absent", f"present: {text_of(element)!r}"),)
    return ()


def none_is(reply: Reply, whole: ContractView, path: str, value: str) -> Findings:
    """No element at ``path`` holds ``value``; that there is none at all is fine."""
    if any(same_value(text, value) for text in Finder(reply, whole).texts(path)):
        return (Finding("element-value", path, f"anything but {value!r}, or absent", repr(value)),)
    return ()


def changed(before: Reply, after: Reply, whole: ContractView, paths: list[str]) -> Findings:
    """All ``paths`` are there in both replies, and at least one holds another value in the later one."""
    missing = [finding for path in paths for finding in present(before, whole, path, "boolean")]
    if missing:
        return (missing[0],)
    return another_than({path: Finder(before, whole).texts(path)[0] for path in paths}, after, whole)


def another_than(before: Mapping[str, str], reply: Reply, whole: ContractView) -> Findings:
    """All paths of ``before``, what an earlier reply told, are there, and at least one holds another value now."""
    missing = [finding for path in before for finding in present(reply, whole, path, "boolean")]
    if missing:
        return (missing[0],)
    if any(not same_value(told, Finder(reply, whole).texts(path)[0]) for path, told in before.items()):
        return ()
    actual = ", ".join(f"{local_name_of(path)} {told}" for path, told in before.items())
    return (Finding("element-change", ", ".join(before), "one of them changed", f"unchanged: {actual}"),)


def unchanged(replies: list[Reply], whole: ContractView, path: str) -> Findings:
    """The last two of ``replies`` say the same at ``path``; what neither tells cannot be compared."""
    before, after = replies[-2:]
    refused = next((reply for reply in (before, after) if not reply.succeeded), None)
    if refused is not None:
        return (Finding("result", "response/result", "SUCCESS", refused.verdict()),)
    first, second = Finder(before, whole).texts(path), Finder(after, whole).texts(path)
    if not first and not second:
        raise CannotJudge(f"neither reply of {after.operation} tells {path}")
    if len(first) == len(second) and all(map(same_value, first, second)):
        return ()
    shown = [", ".join(texts) or "absent" for texts in (first, second)]
    return (Finding("element-value", path, f"{shown[0]}, as before", shown[1]),)


def all_different(replies: list[Reply], whole: ContractView, path: str) -> Findings:
    """Each of ``replies`` tells a value of its own at ``path``: it belongs to one thing alone."""
    texts = [text for reply in replies for text in Finder(reply, whole).texts(path)]
    if len(texts) >= len(replies) and len(set(texts)) == len(texts):
        return ()
    return (Finding("element-value", path, f"{len(replies)} values, each another one", ", ".join(texts) or "absent"),)


def not_all_the_same(replies: list[Reply], whole: ContractView, path: str) -> Findings:
    """Not every one of ``replies``, each about somebody else, tells the same at ``path``."""
    texts = [text for reply in replies for text in Finder(reply, whole).texts(path)]
    if len(texts) >= len(replies) > 1 and len(set(texts)) > 1:
        return ()
    return (Finding("element-value", path, "not the same for everybody", ", ".join(texts) or "absent"),)


def same_in_both(before: Reply, after: Reply, whole: ContractView, path: str) -> Findings:
    """``path`` holds one value, the same in both replies."""
    first, second = Finder(before, whole).texts(path), Finder(after, whole).texts(path)
    if first and len(first) == len(second) and all(map(same_value, first, second)):
        return ()
    return (
        Finding(
            "element-value",
            path,
            f"the same in both, {', '.join(first) or 'absent'} before",
            ", ".join(second) or "absent",
        ),
    )


def alike(reply: Reply, whole: ContractView, path: str, other: str) -> str:
    """Whether two elements say the same, for an observation: what follows one of them may then follow the other."""
    first, second = (", ".join(Finder(reply, whole).texts(one)) or "absent" for one in (path, other))
    told = f"{local_name_of(path)} {first}, {local_name_of(other)} {second}"
    return f"{told}: alike, so which of them is followed cannot be told" if first == second else told


def extends_by_digits(reply: Reply, whole: ContractView, path: str, stem: str) -> Findings:
    """The value at ``path`` is the value at ``stem`` followed by digits (R41.12.0-15)."""
    stems = Finder(reply, whole).texts(stem)
    start = stems[0] if stems else ""
    expected = f"{start or local_name_of(stem)} followed by digits"
    return value_fits(
        reply,
        whole,
        path,
        expected,
        lambda text: bool(start) and text.startswith(start) and is_count(text[len(start) :]),
    )


def no_meeting_license(reply: Reply, whole: ContractView) -> Findings:
    """The user may no longer host meetings, by privilege or by service (R41.11.0-15 names neither)."""
    finder = Finder(reply, whole)
    told = {path: finder.texts(path) for path in ("privilege/host", "supportedServices/meetingCenter")}
    if any(same_value(text, "false") for texts in told.values() for text in texts):
        return ()
    actual = ", ".join(f"{path} {texts[0] if texts else 'absent'}" for path, texts in told.items())
    return (Finding("license", "", "privilege/host or supportedServices/meetingCenter false", actual),)


#: Words in the name of an element that holds a password. What says true or false, or 1 or 0, is none.
_PASSWORD_WORDS = ("password", "passcode", "pwd")
_NO_PASSWORDS = ("", "true", "false", "0", "1")
#: What stands in the place of a password that is not told.
_MASKS = set("*•-xX0")


def passwords(reply: Reply, wanted: int, numbers: int) -> Findings:
    """At least ``wanted`` elements hold a password, ``numbers`` of them a number (R41.4.0-07: no name is told)."""
    leaves = [one for one in (reply.body.iter() if reply.body is not None else ()) if not children(one)]
    named = [one for one in leaves if any(word in local_name(one).lower() for word in _PASSWORD_WORDS)]
    found = [one for one in named if text_of(one).lower() not in _NO_PASSWORDS and set(text_of(one)) - _MASKS]
    if len(found) >= wanted and sum(is_count(text_of(one)) for one in found) >= numbers:
        return ()
    actual = ", ".join(local_name(one) for one in found) or _absence(reply)
    return (Finding("password", "accessControl", f"{wanted} passwords, {numbers} of them numbers", actual),)


def panelist_passwords(reply: Reply) -> Findings:
    """Two elements say panelist and password, one of them a number (R41.4.0-07: the notes do not name them).

    What they stand in may say the panelist.
    """
    expected = "two elements that say panelist and password, one of them a number"
    texts = [
        (local_name(element), text_of(element))
        for element in (reply.body.iter() if reply.body is not None else ())
        if "password" in local_name(element).lower() and text_of(element)
        if any("panelist" in local_name(one).lower() for one in (element, *element.iterancestors()))
    ]
    if len(texts) >= 2 and any(is_count(text) for _, text in texts):
        return ()
    actual = ", ".join(name for name, _ in texts) or _absence(reply)
    return (Finding("element-present", "accessControl", expected, actual),)


def no_row_with(reply: Reply, whole: ContractView, rows: str, name: tuple[str, str], leaf: tuple[str, str]) -> Findings:
    """No row of ``rows`` has both the value of ``name`` and that of ``leaf``."""
    for row in Finder(reply, whole).all(rows):
        texts = texts_of(row.element)
        if texts.get(name[0]) == name[1] and same_value(texts.get(leaf[0], ""), leaf[1]):
            return (
                Finding("element-value", f"{rows}/{leaf[0]}", f"anything but {leaf[1]!r} for {name[1]}", repr(leaf[1])),
            )
    return ()


def value_is(reply: Reply, whole: ContractView, path: str, value: str) -> Findings:
    """Every element at ``path`` holds ``value``; booleans may be written 1 and 0."""
    return value_fits(reply, whole, path, _shown(value), lambda text: same_value(text, value))


def value_is_not(reply: Reply, whole: ContractView, path: str, value: str) -> Findings:
    """Elements at ``path`` are there and none holds ``value``."""
    expected = f"anything but {value!r}"
    return value_fits(reply, whole, path, expected, lambda text: bool(text) and not same_value(text, value))


def value_fits(reply: Reply, whole: ContractView, path: str, expected: str, fits: Callable[[str], bool]) -> Findings:
    """Every element at ``path`` satisfies ``fits``; ``expected`` says what that is."""
    found = Finder(reply, whole).all(path)
    if not found:
        actual = _absence(reply, Finder(reply, whole).parents(path)[0], path)
        return (Finding("element-value", path, expected, actual),)
    if repeated := _told_twice(path, found):
        return repeated
    wrong = next((item for item in found if not fits(item.text)), None)
    return () if wrong is None else (Finding("element-value", path, expected, _shown(wrong.text)),)


def directly_after(reply: Reply, promised: ContractView, path: str, before: str) -> Findings:
    """Each element at ``path`` comes directly after its sibling called ``before``, where there is one."""

    def judge(position: int, names: list[str]) -> str:
        if before not in names:
            return ""
        if position and names[position - 1] == before:
            return ""
        return f"after {names[position - 1]}" if position else "first"

    return _ordered(reply, promised, path, f"directly after {before}", judge)


def directly_before(reply: Reply, promised: ContractView, path: str, after: str) -> Findings:
    """Each element at ``path`` comes directly before its sibling called ``after``, where there is one."""

    def judge(position: int, names: list[str]) -> str:
        if after not in names:
            return ""
        following = names[position + 1] if position + 1 < len(names) else ""
        return "" if following == after else f"before {following}" if following else "last"

    return _ordered(reply, promised, path, f"directly before {after}", judge)


def comes_first(reply: Reply, promised: ContractView, path: str) -> Findings:
    """Each element at ``path`` is the first child its parent is declared to have."""
    return _ordered(
        reply, promised, path, "first", lambda position, names: "" if position == 0 else f"after {names[position - 1]}"
    )


def comes_last(reply: Reply, promised: ContractView, path: str) -> Findings:
    """Each element at ``path`` is the last child its parent is declared to have."""

    def judge(position: int, names: list[str]) -> str:
        return "" if position == len(names) - 1 else f"before {names[position + 1]}"

    return _ordered(reply, promised, path, "last", judge)


def in_order(reply: Reply, whole: ContractView, parent: str, names: list[str]) -> Findings:
    """Those of ``names`` that stand below ``parent`` come in this order; fewer than two have none."""
    holders = [found.element for found in Finder(reply, whole).all(parent)] if parent else [reply.body]
    if not holders:
        return (Finding("element-order", parent, ", ".join(names), _absence(reply)),)
    for holder in holders:
        actual = (
            [local_name(child) for child in children(holder) if local_name(child) in names]
            if holder is not None
            else []
        )
        if len(dict.fromkeys(actual)) < min(2, len(names)):
            raise CannotJudge(f"no order to judge: {parent or 'the body'} holds {', '.join(actual) or 'none'} of them")
        if actual != sorted(actual, key=names.index):
            return (Finding("element-order", parent, ", ".join(names), ", ".join(actual)),)
    return ()


def told(reply: Reply, whole: ContractView, path: str) -> str:
    """What the reply says at ``path``, for an observation."""
    texts = Finder(reply, whole).texts(path)
    return f"{path}: {', '.join(text or 'empty' for text in texts) if texts else _absence(reply)}"


def _told_twice(path: str, found: list[FoundElement]) -> Findings:
    """A parent that holds an element more often than it may: who reads the first is told something else."""
    for item in found:
        declared = item.parent_type.named(local_name(item.element)) if item.parent_type else None
        same = [child for child in children(item.parent) if child.tag == item.element.tag]
        if declared is not None and declared.most == 1 and len(same) > 1:
            return (Finding("element-count", path, "once", f"{len(same)} times: {', '.join(map(_shown_of, same))}"),)
    return ()


def _shown_of(element: Element) -> str:
    return _shown(text_of(element))


def _ordered(
    reply: Reply, promised: ContractView, path: str, expected: str, judge: Callable[[int, list[str]], str]
) -> Findings:
    """Order among what was ``promised`` with the clause: an element of a later release stands in nobody's way."""
    finder = Finder(reply, promised)
    found = finder.all(path)
    if not found:
        return (Finding("element-order", path, expected, _absence(reply, finder.parents(path)[0], path)),)
    for item in found:
        actual = judge(*_position(item, finder))
        if actual:
            return (Finding("element-order", path, expected, actual),)
    return ()


def _position(item: FoundElement, finder: Finder) -> tuple[int, list[str]]:
    siblings = finder.neighbours(item)
    position = next(index for index, sibling in enumerate(siblings) if sibling is item.element)
    return position, [local_name(sibling) for sibling in siblings]


def _shown(text: str, most: int = 200) -> str:
    """A text as findings show it; a description of 10000 characters would bury what is wrong with it."""
    return repr(text) if len(text) <= most else f"{text[:40]!r}... ({len(text)} characters)"


def local_name_of(path: str) -> str:
    """The last step of a path."""
    return path.rpartition("/")[2]


def _absence(reply: Reply, parents: Sequence[Element] = (), path: str = "") -> str:
    """What is there instead of the element at ``path``, which none of ``parents`` holds; of a lone name anywhere."""
    if not reply.succeeded:
        return f"absent, the site answered {reply.verdict()}"
    if not parents:
        return "absent with its parent"
    for holder in parents[:1] if "/" in path else parents[0].iter("*"):
        for space, name in map(qname, children(holder)):
            if name == local_name_of(path):
                namespace = f"namespace {space}" if space else "no namespace"
                return f"absent ({local_name(holder)} has {name} in {namespace})"
    names = [local_name(child) for child in children(parents[0])]
    shown = ", ".join(names[:3]) + (f", ... {len(names) - 3} more" if len(names) > 3 else "")
    return f"absent ({local_name(parents[0])} has: {shown or 'nothing'})"
