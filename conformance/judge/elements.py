"""Finds elements of a reply by the path features use, and says what kind of value one holds (sources.md, Values).

Kinds a feature may ask for: ``boolean``, ``integer`` (a sign allowed), ``count`` (digits alone: how many there are),
``text``, ``text or empty``, ``date and time`` (a day of the calendar), ``one of A, B``, ``8 digits``,
``8 hexadecimal digits``.

Paths are names as the API prints them, no prefixes. Namespaces come from the
contract, so an element in a foreign namespace is not found; one whose place the
sources lost (``c:place``) is found in that of any service, and a name the
contract does not declare is matched by name alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.judge.contract import ComplexType, ContractView, ElementDeclaration
from conformance.wire.exchange import Element, Reply, children, local_name, qname, text_of

#: How the API writes a moment, without its zone, and what of a flag means yes.
STAMP = "%m/%d/%Y %H:%M:%S"
TRUE_WORDS = ("true", "1")
_KINDS = {
    "boolean": re.compile(r"^(true|false|1|0)$"),
    "integer": re.compile(r"^[+-]?[0-9]+$"),
    "count": re.compile(r"^[0-9]+$"),
    "text": re.compile(r"\S"),
    "text or empty": re.compile(""),
    "date and time": re.compile(r"^\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}$", re.ASCII),
}
#: The kinds as a message names them.
KINDS = (*_KINDS, "one of A, B", "8 digits", "8 hexadecimal digits")
_INTEGER, _MOMENT = _KINDS["integer"], _KINDS["date and time"]
_ONE_OF = re.compile(r"^one of (.+)$")
_DIGITS = re.compile(r"^(\d+) (hexadecimal )?digits$")


def fits_kind(text: str, kind: str) -> bool:
    """Whether ``text`` is of ``kind``, one of those above."""
    listed = _ONE_OF.match(kind)
    if listed:
        return text in [word.strip() for word in listed.group(1).split(",")]
    digits = _DIGITS.match(kind)
    if digits:
        return re.fullmatch(rf"[{'0-9A-Fa-f' if digits.group(2) else '0-9'}]{{{digits.group(1)}}}", text) is not None
    if kind == "date and time":
        return _MOMENT.search(text) is not None and told_moment(text) is not None
    return _KINDS[kind].search(text) is not None


def may_be_empty(kind: str) -> bool:
    """Whether an element of ``kind`` may hold nothing."""
    return kind == "text or empty"


def is_kind(kind: str) -> bool:
    """Whether a feature may use ``kind``."""
    return kind in _KINDS or any(form.match(kind) for form in (_ONE_OF, _DIGITS))


def kind_of(text: str) -> str:
    """The narrowest kind of ``text``, for shapes and drift: empty, boolean, integer, date and time, text."""
    if not text:
        return "empty"
    if text in ("true", "false"):
        return "boolean"
    if _INTEGER.search(text):
        return "integer"
    return "date and time" if _MOMENT.search(text) else "text"


def same_value(text: str, value: str) -> bool:
    """Whether two texts say the same: booleans may be written 1 and 0, addresses in the case a site likes."""
    if "@" in value:
        return text.casefold() == value.casefold()
    return text == value or {text, value} in ({"true", "1"}, {"false", "0"})


def told_moment(text: str) -> datetime | None:
    """The moment ``text`` tells; None where it is none, such as a 13th month or a 30th of February.

    24:00:00 is the end of a day: no source says that a site may not write it.
    """
    ends = text.endswith(" 24:00:00")
    try:
        told = datetime.strptime(text.replace(" 24:", " 00:") if ends else text, STAMP)  # noqa: DTZ007 - its zone stands elsewhere
        return told + timedelta(days=1) if ends else told
    except (ValueError, OverflowError):
        return None


def moment_of(text: str) -> datetime:
    """The moment a reply tells, to be compared with its like; before all others where it tells none."""
    return told_moment(text) or datetime.min  # noqa: DTZ901 - before every moment there is


@dataclass(frozen=True)
class FoundElement:
    """An element with the declared type of its parent, which decides who its neighbours are."""

    element: Element
    parent: Element
    parent_type: ComplexType | None

    @property
    def text(self) -> str:
        """The leaf text without surrounding white space."""
        return text_of(self.element)


class Finder:
    """Looks into one reply with the eyes of the contract."""

    def __init__(self, reply: Reply, whole: ContractView) -> None:
        self._reply = reply
        self._whole = whole
        self._body_type = whole.reply_type(reply.operation)

    def all(self, path: str) -> list[FoundElement]:
        """Every element at ``path`` below the body, in document order."""
        body = self._reply.body
        if body is None:
            return []
        steps = path.split("/")
        if len(steps) == 1:
            declared = self._body_type.named(steps[0])
            if declared is None or declared.place:
                return self._anywhere(body, steps[0])
        return self._below(body, self._body_type, steps)

    def texts(self, path: str) -> list[str]:
        """The texts of every element at ``path``."""
        return [found.text for found in self.all(path)]

    def every_text(self) -> set[str]:
        """The texts of all leaves of the body, whatever they are called."""
        return set() if self._reply.body is None else {text_of(element) for element in self._reply.body.iter("*")}

    def parents(self, path: str) -> tuple[list[Element], str]:
        """The elements that must hold the last step of ``path``, and that step."""
        head, _, last = path.rpartition("/")
        if head:
            return [found.element for found in self.all(head)], last
        return ([] if self._reply.body is None else [self._reply.body]), last

    def in_parent(self, parent: Element, path: str) -> list[FoundElement]:
        """The elements at ``path`` that are children of ``parent``."""
        return [found for found in self.all(path) if found.parent is parent]

    def neighbours(self, found: FoundElement) -> list[Element]:
        """The children of the same parent whose position the contract knows, in order.

        Elements the contract does not declare there may stand anywhere on a
        live site (sources.md, Strictness) and say nothing about order; the one that
        was found has its place whatever it is.
        """
        if found.parent_type is None:
            return children(found.parent)
        placed = {declared.name for declared in found.parent_type.children if not declared.place}
        return [child for child in children(found.parent) if child is found.element or qname(child) in placed]

    def _below(self, parent: Element, parent_type: ComplexType | None, steps: list[str]) -> list[FoundElement]:
        declared = parent_type.named(steps[0]) if parent_type else None
        if declared is not None:
            matches = [child for child in children(parent) if declared.may_be(qname(child))]
            below_type = self._whole.types.get(declared.type)
        else:
            matches = list(parent.iterchildren(f"{{*}}{steps[0]}"))
            below_type = None
        if len(steps) == 1:
            return [FoundElement(child, parent, parent_type) for child in matches]
        return [found for child in matches for found in self._below(child, below_type, steps[1:])]

    def _anywhere(self, body: Element, name: str) -> list[FoundElement]:
        declared = self._declaration(name)
        found = []
        for element in body.iter():
            parent = element.getparent()
            if element is body or parent is None or local_name(element) != name:
                continue
            if declared is None or declared.may_be(qname(element)):
                found.append(FoundElement(element, parent, None))
        return found

    def _declaration(self, name: str) -> ElementDeclaration | None:
        for reachable in self._whole.reachable(self._body_type).values():
            declared = reachable.named(name)
            if declared is not None:
                return declared
        return None
