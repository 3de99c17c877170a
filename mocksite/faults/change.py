"""The kinds of change faults are made of: of a reply, of a refusal, of a call, of a mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mocksite.faults.fault import Fault
from mocksite.model.releases import Release
from mocksite.operations.call import Call
from mocksite.protocol.mail import Posted
from mocksite.protocol.nodes import Node

Edit = Callable[["Call", Node], None]
Alter = Callable[["Call"], None]
When = Callable[["Call"], bool]


def always(_call: Call) -> bool:
    """Every call."""
    return True


def concerns(fault: Fault, call: Call) -> bool:
    """Whether the operation of a call is one the fault acts on."""
    return not fault.operations or call.operation.name.lower() in {one.lower() for one in fault.operations}


@dataclass(frozen=True)
class ReplyFault(Fault):
    """Changes the content of a SUCCESS reply, or the state behind it."""

    edit: Edit = lambda _call, _body: None
    when: When = always

    def reply(self, call: Call, tree: Node) -> Node:
        body = tree.find("body/bodyContent")
        if concerns(self, call) and "xsi:type" in body_marks(body) and body is not None and self.when(call):
            self.edit(call, body)
        return tree


@dataclass(frozen=True)
class MessageFault(Fault):
    """Changes the whole message of a reply, refusals included."""

    edit: Edit = lambda _call, _message: None
    when: When = always

    def reply(self, call: Call, tree: Node) -> Node:
        if concerns(self, call) and self.when(call):
            self.edit(call, tree)
        return tree


@dataclass(frozen=True)
class CallFault(Fault):
    """Changes a call before it is carried out: the site hears something else, or forgets a rule."""

    alter: Alter = lambda _call: None
    when: When = always

    def asked(self, call: Call) -> None:
        if concerns(self, call) and self.when(call):
            self.alter(call)


@dataclass(frozen=True)
class MailFault(Fault):
    """Changes the mail the site sends; None sends none."""

    edit: Callable[[Posted], Posted | None] = lambda message: message

    def mail(self, message: Posted) -> Posted | None:
        return self.edit(message)


def body_marks(body: Node | None) -> dict[str, str]:
    """The attributes of a body, which a refusal has none of."""
    return body.attributes if body is not None else {}


def spots(body: Node, path: str) -> list[tuple[Node, Node]]:
    """Parent and element for every element whose path of local names ends in ``path``."""
    return list(_spots(body, "", path))


def _spots(parent: Node, above: str, path: str) -> Iterator[tuple[Node, Node]]:
    for child in parent.children:
        here = f"{above}/{child.local}"
        if here.endswith(f"/{path}"):
            yield parent, child
        yield from _spots(child, here, path)


def dropped(path: str) -> Edit:
    """The element is not there."""

    def edit(_call: Call, body: Node) -> None:
        for parent, child in spots(body, path):
            parent.children.remove(child)

    return edit


def saying(path: str, text: str | None) -> Edit:
    """The element says something else."""

    def edit(_call: Call, body: Node) -> None:
        for _, child in spots(body, path):
            child.text, child.children = text, []

    return edit


def inverted(path: str) -> Edit:
    """A boolean says the opposite."""

    def edit(_call: Call, body: Node) -> None:
        for _, child in spots(body, path):
            child.text = "false" if child.text == "true" else "true"

    return edit


def renamed(path: str, name: str) -> Edit:
    """The element goes by another name."""

    def edit(_call: Call, body: Node) -> None:
        for _, child in spots(body, path):
            child.name = child.name[: len(child.name) - len(child.local)] + name

    return edit


def first(path: str) -> Edit:
    """The element stands before all its siblings."""
    return _standing(path, lambda _siblings: 0)


def last(path: str) -> Edit:
    """The element stands behind all its siblings."""
    return _standing(path, len)


def earlier(path: str) -> Edit:
    """The element and the one before it have changed places."""

    def edit(_call: Call, body: Node) -> None:
        for parent, child in spots(body, path):
            at = max(parent.children.index(child) - 1, 0)
            parent.children.remove(child)
            parent.children.insert(at, child)

    return edit


def _standing(path: str, place: Callable[[list[Node]], int]) -> Edit:
    def edit(_call: Call, body: Node) -> None:
        for parent, child in spots(body, path):
            parent.children.remove(child)
            parent.children.insert(place(parent.children), child)

    return edit


def refusing(exception_id: str, reason: str = "Refused") -> Edit:
    """The whole message becomes a refusal."""

    def edit(_call: Call, message: Node) -> None:
        response = message.find("header/response")
        assert response is not None, "a message without a head"
        response.children = [
            Node("serv:result", "FAILURE"),
            Node("serv:reason", reason),
            Node("serv:gsbStatus", "PRIMARY"),
            Node("serv:exceptionID", exception_id),
        ]
        body = message.find("body")
        assert body is not None, "a message without a body"
        body.children = [Node("serv:bodyContent")]

    return edit


class Forgetful(Release):
    """A release without one of its behaviours."""

    forgotten: str

    def has(self, behaviour: str) -> bool:
        return behaviour != self.forgotten and Release(*self.parts).has(behaviour)

    @property
    def parts(self) -> tuple[int, int, int]:
        """The numbers of the release."""
        return self.major, self.minor, self.patch

    def __lt__(self, other: Release) -> bool:
        return self.parts < (other.major, other.minor, other.patch)

    def __ge__(self, other: Release) -> bool:
        return not self < other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Release) and self.parts == (other.major, other.minor, other.patch)

    def __hash__(self) -> int:
        return hash((self.parts, self.forgotten))


def forgetting(behaviour: str) -> Alter:
    """The operation behaves as it did before the release that brought a behaviour."""

    def alter(call: Call) -> None:
        now = call.release
        call.release = Forgetful(now.major, now.minor, now.patch)
        object.__setattr__(call.release, "forgotten", behaviour)

    return alter


def deaf_to(*paths: str) -> Alter:
    """The site does not hear elements of the request."""

    def alter(call: Call) -> None:
        for path in paths:
            for parent, child in spots(call.content.node, path):
                parent.children.remove(child)

    return alter


def hearing(path: str, text: str) -> Alter:
    """The site hears another value than was sent."""

    def alter(call: Call) -> None:
        for _, child in spots(call.content.node, path):
            child.text = text

    return alter
